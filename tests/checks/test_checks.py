"""The rules of records: each broken alone, none, and all at once."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from certifications import models
from certifications.checks import (
    AgencyFacts,
    AwardFacts,
    Near,
    facts_of,
    facts_of_agency,
    near_agencies,
    of_agency,
    of_award,
)
from tests import make

BASIC, ADVANCED, EXCELLENT = (
    models.CertificationLevel(rank=rank, name_th=name, min_score=low, max_score=high)
    for rank, name, low, high in (
        (1, "ระดับพื้นฐาน", 70, 79),
        (2, "ระดับก้าวหน้า", 80, 89),
        (3, "ระดับเป็นเลิศ", 90, 100),
    )
)
SOUND = AwardFacts(
    year=2565,
    event_year=2565,
    held_on=datetime.date(2022, 9, 28),
    level=ADVANCED,
    score=Decimal("85"),
    agency_name="สำนักงานจัดหางานจังหวัดแพร่",
    agency_province="54",
    closed_on=None,
    is_merged=False,
    others=((2562, 1), (None, None)),
    printed_province="54",
)


def said(findings) -> list[tuple[str, bool, str]]:
    return [(finding.code, finding.is_error, finding.field) for finding in findings]


def test_a_sound_award_has_no_findings():
    assert of_award(SOUND) == []


@pytest.mark.parametrize(
    ("broken", "finding", "words"),
    [
        (
            {"others": ((2565, 2),)},
            ("second_award", True, "year"),
            "“สำนักงานจัดหางานจังหวัดแพร่” มีผลการรับรองของปี 2565 อยู่แล้ว",
        ),
        (
            {"year": None, "event_year": None, "held_on": None},
            ("second_award", True, "year"),
            "ที่ไม่ทราบปีอยู่แล้ว",
        ),
        (
            {"event_year": 2564},
            ("event_of_another_year", True, "event"),
            "พิธีนี้เป็นของปี 2564 ไม่ตรงกับปีที่รับรอง 2565",
        ),
        (
            {"event_year": None, "held_on": datetime.date(2020, 9, 28)},
            ("held_in_another_year", True, "event"),
            "ต้องอยู่ในปี 2565 หรือปีถัดไป ไม่ใช่ 28 กันยายน 2563",
        ),
        (
            {"score": Decimal("95")},
            ("score_of_another_level", True, "score"),
            "คะแนนของระดับก้าวหน้าอยู่ระหว่าง 80–89 ไม่ใช่ 95",
        ),
        (
            {"level": None},
            ("score_without_level", False, "level"),
            "มีคะแนน 85 แต่ไม่มีระดับ",
        ),
        (
            {"others": ((2564, 3),)},
            ("level_lower", False, "level"),
            "ระดับก้าวหน้าของปี 2565 ต่ำกว่าระดับที่ได้ในปี 2564",
        ),
        (
            {"closed_on": datetime.date(2021, 12, 31)},
            ("closed_before", True, "agency"),
            "ปิดเมื่อ 31 ธันวาคม 2564 ก่อนปี 2565",
        ),
        (
            {"closed_on": datetime.date(2022, 9, 27)},
            ("closed_before", False, "agency"),
            "ปิดเมื่อ 27 กันยายน 2565 ก่อนพิธีมอบของปี 2565",
        ),
        (
            {"closed_on": datetime.date(2022, 9, 29), "held_on": None, "event_year": None},
            ("closed_before", False, "agency"),
            "ก่อนพิธีมอบของปี 2565",
        ),
        ({"is_merged": True}, ("merged_record", True, "agency"), "ถูกรวมเข้ากับระเบียนอื่นแล้ว"),
        (
            {"printed_province": "55"},
            ("another_province_printed", False, "agency"),
            "แหล่งที่มาระบุจังหวัดน่าน แต่ “สำนักงานจัดหางานจังหวัดแพร่” ในทะเบียนอยู่จังหวัดแพร่",
        ),
    ],
)
def test_each_rule_of_an_award_says_what_is_wrong(broken, finding, words):
    found = of_award(replace(SOUND, **broken))
    assert said(found) == [finding]
    assert words in found[0].message


def test_a_lower_level_is_warned_of_even_when_the_award_before_has_lapsed():
    assert said(of_award(replace(SOUND, others=((2562, 3),)))) == [("level_lower", False, "level")]


@pytest.mark.parametrize(
    "sound",
    [
        {"others": ((2564, None),)},
        {"others": ((2566, 3),)},  # a later award is no award before
        {"others": ((2563, 3), (2564, 2))},  # the latest before it decides
        {"level": None, "score": None, "others": ((2564, 3),)},
        {"closed_on": datetime.date(2022, 9, 28)},
        {"closed_on": datetime.date(2022, 9, 30), "held_on": None, "event_year": None},
        {"printed_province": "", "agency_province": "54"},
        {"printed_province": "54", "agency_province": ""},
        {"held_on": datetime.date(2023, 1, 15)},
        {"score": Decimal("89.99")},
    ],
)
def test_what_may_well_be_is_not_warned_of(sound):
    assert of_award(replace(SOUND, **sound)) == []


def test_an_award_with_everything_wrong_is_told_all_of_it_the_errors_first():
    wrong = replace(
        SOUND,
        event_year=2563,
        level=BASIC,
        closed_on=datetime.date(2020, 1, 1),
        is_merged=True,
        others=((2565, 1), (2564, 3)),
        printed_province="10",
    )
    assert [finding.code for finding in of_award(wrong)] == [
        "merged_record",
        "second_award",
        "event_of_another_year",
        "score_of_another_level",
        "closed_before",
        "level_lower",
        "another_province_printed",
    ]


def test_another_value_is_another_warning():
    first, second = (
        of_award(replace(SOUND, others=((year, 3),)))[0].about for year in (2563, 2564)
    )
    assert first != second


# --- agencies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "province"),
    [
        ("สำนักงานจัดหางานจังหวัดแพร่", "54"),
        ("สนง.จัดหางาน จ.แพร่", "54"),
        ("สำนักทะเบียนอำเภอเมืองสงขลา", "90"),
        ("สำนักงานที่ดินจังหวัดนราธิวาส สาขาตากใบ", "96"),
        ("ที่ว่าการอำเภอศรีเชียงใหม่", "43"),
        ("ที่ว่าการอำเภอโพธิ์ตาก", "43"),
        ("โรงพยาบาลคำตากล้า", "47"),
        ("ที่ว่าการอำเภอตากฟ้า", "60"),
        ("โรงพยาบาลส่งเสริมสุขภาพตำบลสระแก้ว", "62"),
        ("การประปาส่วนภูมิภาคสาขาพัทยา", "20"),
        ("ศูนย์บริการร่วมจังหวัดสงขลา จังหวัดสตูล", "91"),
        ("องค์การบริหารส่วนจังหวัด", ""),
        ("กรมการจัดหางาน", ""),
        ("สำนักงานขนส่งกรุงเทพมหานครพื้นที่ 3", "10"),
    ],
)
def test_a_name_that_agrees_with_its_province_is_not_warned_of(name, province):
    assert of_agency(AgencyFacts(name, province)) == []


@pytest.mark.parametrize(
    ("name", "province", "words"),
    [
        ("สำนักงานจัดหางานจังหวัดแพร่", "55", "ชื่อระบุจังหวัดแพร่ แต่ช่องจังหวัดเป็นน่าน"),
        ("สนง.จัดหางาน จ.แพร่", "55", "ชื่อระบุจังหวัดแพร่"),
        ("สำนักงานจัดหางานจังหวัดแพร่", "", "ยังไม่ได้เลือกจังหวัด"),
        ("สำนักงานขนส่งจังหวัดสุราษฏร์ธานี", "90", "ชื่อระบุจังหวัดสุราษฎร์ธานี"),
        ("ที่ว่าการอำเภอเมืองตาก", "50", "ชื่อระบุจังหวัดตาก"),
        ("สำนักงานเขตพญาไท กรุงเทพมหานคร", "12", "ชื่อระบุจังหวัดกรุงเทพมหานคร"),
        ("เรือนจำกลางระยอง", "22", "ชื่อระบุจังหวัดระยอง"),
    ],
)
def test_a_name_of_another_province_is_warned_of(name, province, words):
    found = of_agency(AgencyFacts(name, province))
    assert said(found) == [("another_province_in_name", False, "province")]
    assert words in found[0].message


def test_a_parent_that_is_merged_is_refused_and_one_that_closed_is_warned_of():
    facts = AgencyFacts("สำนักงาน", parent_name="กรมเดิม")
    assert said(of_agency(replace(facts, parent_is_merged=True))) == [
        ("parent_merged", True, "parent")
    ]
    closed = replace(facts, parent_closed_on=datetime.date(2020, 1, 1))
    assert said(of_agency(closed)) == [("parent_closed", False, "parent")]
    assert of_agency(replace(closed, closed_on=datetime.date(2020, 1, 1))) == []


def test_a_body_with_everything_wrong_is_told_all_of_it():
    near = Near(1, "222222", "สำนักงานจังหวัดแพร่", "54", "ชื่อเดียวกัน", True)
    facts = AgencyFacts(
        "สำนักงานจังหวัดแพร่", "55", "กรม", True, datetime.date(2020, 1, 1), None, (near,)
    )
    assert [finding.code for finding in of_agency(facts)] == [
        "parent_merged",
        "another_province_in_name",
        "parent_closed",
        "same_agency",
    ]


# --- what is already there -----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("held", "typed"),
    [
        ("สำนักงานจัดหางานจังหวัดแพร่", "สำนักงานจัดหางานจังหวัดแพร่"),
        ("สำนักงานจัดหางานจังหวัดแพร่", "สนง.จัดหางาน จ.แพร่"),
        ("สำนักงานจัดหางานจังหวัดแพร่", "สำนักงานจัดหางานจังหวัดแพร"),
        ("สำนักงานจัดหางานจังหวัดอุบลราชธานี", "สำนักงานจัดหางานจังหวัดอุบลรสชธานี"),
        ("การประปาส่วนภูมิภาคสาขาเชียงใหม่ (ชั้นพิเศษ)", "กปภ.สาขาเชียงใหม่"),
        ("การประปาส่วนภูมิภาคสาขาพัทยา", "การประปาส่วนภูมิภาค พัทยา"),
        ("สำนักงานขนส่งจังหวัดพิษณุโลก แห่งที่ ๑", "สำนักงานขนส่งจังหวัดพิษณุโลก แห่งที่ 1"),
        ("โรงพยาบาลส่งเสริมสุขภาพตำบลบ้านนา", "รพ.สต.บ้านนา"),
    ],
)
def test_a_body_that_is_already_there_is_found_however_it_is_written(held, typed):
    agency = make.agency(name_th=held)
    assert [near.code for near in near_agencies(typed)] == [agency.code]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("held", "typed"),
    [
        ("สำนักงานขนส่งจังหวัดพิษณุโลก แห่งที่ 1", "สำนักงานขนส่งจังหวัดพิษณุโลก แห่งที่ 2"),
        ("สำนักงานขนส่งจังหวัดพิษณุโลก", "สำนักงานขนส่งจังหวัดพิษณุโลก แห่งที่ 2"),
        ("สำนักงานจัดหางานจังหวัดตราด", "สำนักงานจัดหางานจังหวัดตรัง"),
        ("สำนักงานขนส่งจังหวัดเชียงใหม่", "สำนักงานขนส่งจังหวัดเชียงราย"),
        ("องค์การบริหารส่วนจังหวัดสระแก้ว", "องค์การบริหารส่วนตำบลสระแก้ว"),
        ("สำนักงานที่ดินจังหวัดแพร่ สาขาแม่แตง", "สำนักงานที่ดินจังหวัดแพร่ สาขาแม่แจ่ม"),
        ("กรมการปกครอง", "กรมการจัดหางาน"),
    ],
)
def test_a_sister_office_is_not_taken_for_the_same_body(held, typed):
    make.agency(name_th=held)
    assert near_agencies(typed) == []


@pytest.mark.django_db
def test_one_name_in_two_provinces_is_two_bodies_unless_one_does_not_say():
    make.agency(name_th="ที่ว่าการอำเภอเฉลิมพระเกียรติ", province="55")
    assert near_agencies("ที่ว่าการอำเภอเฉลิมพระเกียรติ", "80") == []
    assert near_agencies("ที่ว่าการอำเภอเฉลิมพระเกียรติ", "55")[0].is_equal
    assert near_agencies("ที่ว่าการอำเภอเฉลิมพระเกียรติ")


@pytest.mark.django_db
def test_other_names_count_and_the_body_itself_and_merged_records_do_not():
    agency = make.agency(name_th="สำนักงานแรกสมมติ")
    agency.names.create(kind="former", name="สำนักงานเก่าสมมติ")
    make.agency(name_th="สำนักงานเก่าสมมติ", merged_into=agency)
    assert [near.pk for near in near_agencies("สำนักงานเก่าสมมติ")] == [agency.pk]
    assert near_agencies("สำนักงานแรกสมมติ", exclude=agency) == []


@pytest.mark.django_db
def test_names_without_a_letter_are_near_nothing():
    make.agency(name_th="สำนักงานแรกสมมติ")
    assert near_agencies("") == near_agencies("()") == near_agencies("๑") == []


@pytest.mark.django_db
def test_facts_are_read_from_records():
    closed = datetime.date(2030, 1, 1)
    office = make.agency(name_th="สำนักงาน", province="54", closed_on=closed)
    event = make.event(2565, held_on=datetime.date(2022, 9, 28))
    make.award(office, 2564, level="excellent")
    award = make.award(office, 2565, level="advanced", event=event, score=Decimal(81))
    assert facts_of(award) == AwardFacts(
        2565, 2565, event.held_on, award.level, Decimal(81), "สำนักงาน", "54", closed, False,
        ((2564, 3),),
    )  # fmt: skip
    assert [finding.code for finding in of_award(facts_of(award))] == ["level_lower"]
    assert facts_of_agency(office) == AgencyFacts("สำนักงาน", "54", closed_on=closed)
