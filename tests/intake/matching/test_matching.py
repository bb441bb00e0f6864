"""Which body a row means: by code and by name, told apart by place, near only when it is near."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certifications import models
from certifications.intake.matching.guesses import guess_all
from certifications.intake.matching.matching import match_all
from certifications.intake.reading.rows import ReadRow
from certifications.models import IntakeRow
from tests import make

pytestmark = pytest.mark.django_db

Match = IntakeRow.Match


def matched(name: str = "", **said):
    return match_all([ReadRow(number=1, raw={}, name=name, **said)])[0]


def test_the_very_name_is_sure():
    office = make.agency(name_th="สำนักงานขนส่งจังหวัดแพร่", province="54")
    found = matched("สำนักงานขนส่งจังหวัดแพร่")
    assert (found.agency, found.match, found.why) == (office, Match.EXACT, "ชื่อตรงกัน")


@pytest.mark.parametrize("written", ["สำนักงานขนส่ง จังหวัดแพร่", "สำนักงานขนส่งจังหวัดแพร่ (แห่งที่ ๒)"])
def test_spaces_brackets_and_thai_digits_make_no_other_name(written):
    office = make.agency(name_th=written.replace("๒", "2").replace("(", "").replace(")", ""))
    assert matched(written).agency == office


def test_an_abbreviation_in_full_is_the_name():
    models.SearchWord.objects.create(typed="สมม.", means="การสมมติส่วนภูมิภาค")
    office = make.agency(name_th="การสมมติส่วนภูมิภาคสาขาพล")
    found = matched("สมม.สาขาพล")
    assert (found.agency, found.why) == (office, "ชื่อตรงกันเมื่อเขียนคำย่อเต็ม")


@pytest.mark.parametrize(
    ("kind", "why"),
    [("former", "ชื่อเดิมตรงกัน"), ("short", "ชื่อย่อตรงกัน"), ("as_printed", "ชื่อที่เคยพิมพ์ตรงกัน")],
)
def test_another_name_is_sure_and_says_which(kind, why):
    office = make.agency(name_th="สำนักงานใหม่จังหวัดน่าน")
    office.names.create(kind=kind, name="ศูนย์เก่าเมืองน่าน")
    found = matched("ศูนย์เก่าเมืองน่าน")
    assert (found.agency, found.match, found.why) == (office, Match.OTHER_NAME, why)


def test_folding_finds_but_is_no_identity():
    """แพร fold as แพร่ does; whoever wrote it is asked what was meant."""
    office = make.agency(name_th="สำนักงานจัดหางานจังหวัดแพร่", province="54")
    found = matched("สำนักงานจัดหางานจังหวัดแพร")
    assert (found.agency, found.match) == (office, Match.NEAR)
    assert "ต่างกันเพียงวรรณยุกต์หรือตัวสะกด" in found.why


def test_bodies_of_one_name_are_told_apart_by_province_then_by_parent():
    here = make.agency(name_th="เทศบาลตำบลบ้านกลาง", province="51")
    make.agency(name_th="เทศบาลตำบลบ้านกลาง", province="13")
    assert matched("เทศบาลตำบลบ้านกลาง", province="51").agency == here
    undecided = matched("เทศบาลตำบลบ้านกลาง")
    assert (undecided.agency, len(undecided.candidates)) == (None, 2)
    bank = make.agency(name_th="ธนาคารสมมติ", kind="state_enterprise")
    branch = make.agency(name_th="สาขาเมืองใหม่", parent=bank)
    make.agency(name_th="สาขาเมืองใหม่", parent=make.department())
    assert matched("สาขาเมืองใหม่", parent="ธนาคารสมมติ").agency == branch


def test_the_only_body_of_a_name_is_not_taken_from_another_province():
    make.agency(name_th="เทศบาลตำบลบ้านกลาง", province="13")
    found = matched("เทศบาลตำบลบ้านกลาง", province="51")
    assert found.agency is None
    assert "แต่อยู่จังหวัดปทุมธานี" in found.candidates[0].reason


def test_a_slip_of_the_hand_is_near_and_says_how_near():
    office = make.agency(name_th="โรงพยาบาลสมเด็จพระยุพราชปัว", province="55")
    found = matched("โรงพยาบาลสมเด็จพระยุพราปัว", province="55")
    assert (found.agency, found.match) == (office, Match.NEAR)
    assert found.why.startswith("ใกล้เคียง 9")


@pytest.mark.parametrize(
    "other",
    [
        "สำนักงานสรรพากรพื้นที่กรุงเทพมหานคร 2",
        "องค์การบริหารส่วนจังหวัดสระแก้ว",
        "สำนักงานขนส่งจังหวัดตราด",
    ],
)
def test_offices_of_one_kind_are_not_taken_for_one_another(other):
    for name in (
        "สำนักงานสรรพากรพื้นที่กรุงเทพมหานคร 1",
        "องค์การบริหารส่วนตำบลสระแก้ว",
        "สำนักงานขนส่งจังหวัดตรัง",
    ):
        make.agency(name_th=name)
    assert matched(other).agency is None


def test_what_search_finds_is_offered_and_not_taken():
    office = make.agency(name_th="สำนักงานขนส่งจังหวัดแพร่", province="54")
    found = matched("ขนส่งจังหวัดแพร่")
    assert (found.agency, [each.agency for each in found.candidates]) == (None, [office])


def test_a_code_goes_before_a_name_and_a_contradiction_is_said():
    office = make.agency(name_th="สำนักงานหนึ่ง")
    make.agency(name_th="สำนักงานสอง")
    found = matched("สำนักงานสอง", code=office.code)
    assert (found.agency, found.match) == (office, Match.CODE)
    assert [each.code for each in found.findings] == ["another_name"]


def test_an_unknown_code_is_an_error_and_its_name_only_an_offer():
    office = make.agency(name_th="สำนักงานหนึ่ง")
    found = matched("สำนักงานหนึ่ง", code="zzzzzz")
    assert found.agency is None
    assert [each.agency for each in found.candidates] == [office]
    assert [(each.code, each.is_error) for each in found.findings] == [("unknown_code", True)]


def test_a_merged_record_leads_to_the_one_that_stands_for_it():
    stands = make.agency(name_th="สำนักงานที่ยังอยู่")
    merged = make.agency(name_th="สำนักงานที่รวมแล้ว", merged_into=stands)
    assert matched("สำนักงานที่รวมแล้ว").agency == stands
    assert matched(code=merged.code).agency == stands


def test_another_parent_than_the_register_knows_is_a_warning():
    mine, other = make.department(name_th="กรมหนึ่ง"), make.department(name_th="กรมสอง")
    make.agency(name_th="สำนักงานของกรมหนึ่ง", parent=mine)
    found = matched("สำนักงานของกรมหนึ่ง", parent="กรมสอง")
    assert [each.code for each in found.findings] == ["another_parent"]
    assert matched("สำนักงานของกรมหนึ่ง", parent="กรมหนึ่ง").findings == []
    assert other.children.count() == 0


def test_a_name_that_an_award_was_printed_with_is_known_again():
    office = make.agency(name_th="โรงพยาบาลแพร่")
    make.award(office, 2566, name_as_printed="รพ.เมืองแพร่ (ศูนย์บริการจุดเดียวเบ็ดเสร็จ)")
    found = matched("รพ.เมืองแพร่ (ศูนย์บริการจุดเดียวเบ็ดเสร็จ)")
    assert (found.agency, found.match) == (office, Match.OTHER_NAME)


@pytest.mark.parametrize("name", ["", "ก", "๑", "'; drop table", "ก" * 300, "()", "\u200bฯ"])
def test_odd_names_break_nothing(name):
    make.agency(name_th="ก")
    assert matched(name).match in Match.values


def test_equal_names_cost_the_same_queries_for_three_rows_and_for_thirty():
    for number in range(30):
        make.agency(name_th=f"สำนักงานสมมติลำดับที่ {number}")

    def queries(rows: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            match_all(
                [ReadRow(number=n, raw={}, name=f"สำนักงานสมมติลำดับที่ {n}") for n in range(rows)]
            )
        return len(captured)

    assert queries(30) == queries(3)


# --- guesses -------------------------------------------------------------------------------------


def guess(name: str, **said) -> dict:
    row = ReadRow(number=1, raw={}, name=name, **said)
    return guess_all([row], match_all([row]), [0])[0]


def test_a_new_body_is_guessed_from_those_called_like_it():
    department = make.department(name_th="กรมการขนส่งทางบก")
    transport = models.Service.objects.get(code="transport")
    for place in ("แพร่", "น่าน"):
        make.agency(name_th=f"สำนักงานขนส่งจังหวัด{place}", parent=department, service=transport)
    found = guess("สำนักงานขนส่งจังหวัดตาก")
    assert (found["parent"], found["service"], found["kind"], found["province"]) == (
        department.pk,
        transport.pk,
        "office",
        "63",
    )
    assert "เดาจาก 2 หน่วยงาน" in found["why"]


def test_the_parent_that_the_row_names_goes_before_a_guess():
    named = make.department(name_th="กรมที่ระบุ")
    make.agency(name_th="สำนักงานขนส่งจังหวัดแพร่", parent=make.department())
    assert guess("สำนักงานขนส่งจังหวัดตาก", parent="กรมที่ระบุ")["parent"] == named.pk


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("กระทรวงสมมติ", "ministry"),
        ("กรมสมมติ", "department"),
        ("เทศบาลตำบลสมมติ", "local_government"),
        ("มหาวิทยาลัยสมมติ", "university"),
        ("ศูนย์สมมติ", "office"),
    ],
)
def test_the_kind_of_a_new_body_is_read_from_its_name(name, kind):
    assert guess(name)["kind"] == kind
