"""Searching: how a query is parsed, what comes first, an index never out of step."""

import datetime
import io
import random

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.template import Context, Template
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certifications.actions.loading.records import DATA_FOLDER
from certifications.models import (
    Agency,
    AgencyName,
    MissedQuery,
    PlaceName,
    SearchEntry,
    SearchWord,
    search_index,
)
from certifications.models import vocabulary as vocabulary_models
from certifications.models.agencies import new_code
from certifications.models.vocabulary import count_missed
from certifications.reference.thai import clean, sort_key
from certifications.search import folding, index
from certifications.search import query as search_query
from certifications.search.entry import GRAM, grams
from certifications.search.highlight import highlight
from certifications.search.vocabulary import MOST_ALTERNATIVES
from tests import make
from tests.benchmarks import golden, perturb


def vocabulary():
    return search_index.current_vocabulary()


def found(text: str) -> list[str]:
    answer = Agency.objects.search(text, vocabulary())
    return [agency.name_th for agency in answer.agencies]


def parse(text: str) -> search_query.ParsedQuery:
    return search_query.parse(text, vocabulary())


# --- folding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("แพร่", "แพร้"),
        ("สุราษฎร์", "สุราษฏร"),
        ("พาณิชย์", "พานิชย"),
        ("เชียงใหม่", "เชียงไหม่"),
        ("ศีรษะ", "สีรสะ"),
        ("พื้นที่ ๗", "พื้นที่7"),
        ("กรุงเทพฯ", "กรุงเทพ"),
        ("Roi-Et", "roi  et"),
        ("ร้อย เอ็ด", "ร้อยเอ็ด"),
    ],
)
def test_what_sounds_or_looks_alike_folds_alike(one, other):
    assert folding.fold(clean(one)) == folding.fold(clean(other))


@pytest.mark.parametrize(("one", "other"), [("ระยอง", "ระนอง"), ("ตราด", "ตรัง"), ("เลย", "ลอย")])
def test_different_provinces_stay_different(one, other):
    assert folding.fold(one) != folding.fold(other)


def test_every_letter_of_a_text_is_in_one_of_its_spaced_grams():
    for text in ("โรงพยาบาล", "แพร", "ขนส", "จัดหางาน"):
        held = grams(text, step=GRAM)
        assert all(any(letter in gram for gram in held) for letter in text)
        assert set(held) <= set(grams(text))
    assert grams("นา") == []


# --- parsing a query -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "year", "level"),
    [
        ("ขนส่ง 2565", 2565, ""),
        ("ขนส่ง ๒๕๖๕", 2565, ""),
        ("ขนส่งปี65", 2565, ""),
        ("ขนส่ง พ.ศ. 2565", 2565, ""),
        ("transport 2022", 2565, ""),
        ("ขนส่ง ปีงบประมาณ 2566", 2566, ""),
        ("ศูนย์ 1111", None, ""),
        ("พื้นที่ 65", None, ""),
        ("โทร 0212345678", None, ""),
        ("ขนส่ง 2599 แห่ง", 2599, ""),
        ("ขนส่ง 2450", None, ""),
        ("ขนส่ง ระดับเป็นเลิศ", None, "excellent"),
        ("ขนส่งระดับ ทอง", None, "excellent"),
        ("โรงพยาบาล สีเงิน", None, "advanced"),
        ("โรงพยาบาล ฟ้า", None, "basic"),
        ("gold level hospital", None, "excellent"),
        ("GOLD 2565", 2565, "excellent"),
        ("ขนส่งอ่างทอง", None, ""),
        ("อ่าง ทอง", None, ""),
        ("ทอง", None, ""),
        ("การไฟฟ้า", None, ""),
        ("สำนักงานคณะกรรมการการศึกษาขั้นพื้นฐาน", None, ""),
        ("ขั้น พื้นฐาน", None, ""),
        ("การเงินการคลัง", None, ""),
        ("สว่างแดนดิน", None, ""),
    ],
)
def test_years_and_levels_are_read_as_whole_words_only(text, year, level):
    parsed = parse(text)
    assert (parsed.year, parsed.level) == (year, level)


@pytest.mark.django_db
def test_each_part_understood_is_a_chip_with_the_query_that_is_left_without_it():
    parsed = parse("กระทรวงแรงงาน จ.แพร่ สีทอง ปี 65")
    assert [(chip.kind, chip.value, chip.rest) for chip in parsed.chips] == [
        ("year", "2565", "กระทรวงแรงงาน จ.แพร่ สีทอง"),
        ("level", "excellent", "กระทรวงแรงงาน จ.แพร่ ปี 65"),
        ("province", "54", "กระทรวงแรงงาน สีทอง ปี 65"),
        ("ministry", "กระทรวงแรงงาน", "จ.แพร่ สีทอง ปี 65"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["ศรีเชียงใหม่", "คำตากล้า", "ตากฟ้า", "ตากใบ", "โพธิ์ตาก"])
def test_a_district_that_contains_a_province_is_not_read_as_it(text):
    assert {chip.value for chip in parse(text).chips} <= {"96"}  # ตากใบ is a town of นราธิวาส


@pytest.mark.django_db
def test_an_abbreviation_with_two_meanings_keeps_both():
    (term,) = parse("ทน.").terms
    assert set(map(folding.fold, ("เทศบาลนคร", "กรมทรัพยากรน้ำ"))) <= set(term.alternatives)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "รพ.แพร่",
        "รพ. แพร่",
        "ร.พ.แพร่",
        "รพ แพร่",
        "รพแพร่",
        "โรงพยาบาลแพร่",
        "โรงพยาบาลจังหวัดแพร่",
        "แพร่ โรงพยาบาล",
        "hospital phrae",
        "Phrae Hospital",
        "rongphayaban phrae",
    ],
)
def test_one_office_many_ways_of_asking(text):
    office = make.agency(name_th="โรงพยาบาลแพร่", province="54")
    make.agency(name_th="โรงพยาบาลน่าน", province="55")
    make.agency(name_th="สำนักงานขนส่งจังหวัดแพร่", province="54")
    assert found(text) == [office.name_th]


@pytest.mark.django_db
def test_a_name_written_with_abbreviations_is_found_in_full():
    make.agency(name_th="กปภ.สาขาแพร่", province="54")
    assert found("การประปาส่วนภูมิภาคสาขาแพร่") == ["กปภ.สาขาแพร่"]


HOSTILE = [
    "",
    "%",
    "_",
    "%' OR 1=1 --",
    '"abc" AND NEAR(x, 5)',
    "* ^ : ( ) { } -key",
    "a & b | !c <-> d",
    "\x00แพร่\x00",
    "😀😀",
    "\ud800แพร่",
    "่้๊๋",
    "...",
    "..จ..",
    "\\",
    "|",
    "ปี",
    "พ.ศ.",
    "ระดับ",
    "ก" * 5000,
    "ก ข ค ง " * 200,
    "จ." * 500,
    "a" * 5000,
    "1 " * 500,
    "ßİﬃ แพร่",
    "แพร่\n'; DROP TABLE x; --",
]


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_only_text(text):
    make.agency(name_th="สำนักงานจัดหางานจังหวัดแพร่", province="54")
    parsed = parse(text)
    assert len(parsed.terms) <= search_query.MOST_TERMS
    assert all(len(term.every) <= MOST_ALTERNATIVES for term in parsed.terms)
    found(text)
    assert "".join(part for part, _is in highlight("แพร่", parsed)) == "แพร่"
    count_missed(text)


@pytest.mark.django_db
def test_a_text_without_a_letter_finds_nothing_and_one_of_chips_alone_finds_all():
    make.agency()
    assert found("%") == []
    assert len(found("ปี 2565")) == 1


# --- the order of what is found ------------------------------------------------------------------


@pytest.mark.django_db
def test_the_very_name_comes_first_then_names_with_it_then_those_around_it():
    ministry = make.ministry(name_th="กระทรวงป่าสัก")
    make.agency(name_th="สวนสน", parent=ministry)
    make.agency(name_th="ป่าของต้นสัก")
    make.agency(name_th="สำนักงานเขตป่าสักเหนือ")
    make.agency(name_th="สำนักงานป่าสัก")
    make.agency(name_th="ป่าสัก")
    assert found("ป่าสัก") == [
        "ป่าสัก",
        "กระทรวงป่าสัก",
        "สำนักงานป่าสัก",
        "สำนักงานเขตป่าสักเหนือ",
        "สวนสน",
    ]
    assert found("ป่า สัก")[:1] == ["ป่าสัก"]
    assert found("ป่า สัก")[-1:] == ["สวนสน"]


@pytest.mark.django_db
def test_a_town_also_finds_its_province_but_after_the_offices_of_its_own_name():
    make.agency(name_th="โรงพยาบาลสงขลา", province="90")
    make.agency(name_th="โรงพยาบาลเขตหาดใหญ่เหนือ", province="90")
    make.agency(name_th="โรงพยาบาลพัทลุง", province="93")
    assert found("โรงพยาบาลหาดใหญ่") == ["โรงพยาบาลเขตหาดใหญ่เหนือ", "โรงพยาบาลสงขลา"]


@pytest.mark.django_db
def test_equal_names_stay_in_dictionary_order_then_in_order_of_entry():
    names = ["เรือนจำกลาง", "เรือนจำฮกลา", "เรือนจำขกลา"]
    for name in names:
        make.agency(name_th=name)
    assert found("เรือนจำ") == ["เรือนจำกลาง", "เรือนจำขกลา", "เรือนจำฮกลา"]


# --- near ----------------------------------------------------------------------------------------


@pytest.fixture
def offices(db):
    for name, province in [
        ("สำนักงานจัดหางานจังหวัดแพร่", "54"),
        ("สำนักงานขนส่งจังหวัดนราธิวาส", "96"),
        ("สำนักงานขนส่งจังหวัดเพชรบูรณ์", "67"),
        ("โรงพยาบาลสวนปรุง", "50"),
        ("โรงพยาบาลอุบลราชธานี", "34"),
        ("ธนาคารเพื่อการเกษตรและสหกรณ์การเกษตร สาขาตรัง", "92"),
    ]:
        make.agency(name_th=name, province=province)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("โรงพยาบาลสวนปุง", "โรงพยาบาลสวนปรุง"),
        ("โรงพยาบาลสวปนรุง", "โรงพยาบาลสวนปรุง"),
        ("โรงพยาลสวนปรุง", "โรงพยาบาลสวนปรุง"),
        ("สำนักงาจนัดหางานจังหวัดแพร่", "สำนักงานจัดหางานจังหวัดแพร่"),
        ("ขนส่งเพชบูรณ์", "สำนักงานขนส่งจังหวัดเพชรบูรณ์"),
        ("l;oxi6'", "โรงพยาบาลสวนปรุง"),
        ("hospitl ubon", "โรงพยาบาลอุบลราชธานี"),
    ],
)
def test_a_slip_still_brings_the_right_office_first(offices, typed, name):
    assert found(typed)[:1] == [name]


@pytest.mark.parametrize(
    "typed",
    ["ร้านกาแฟ", "โรงพยาบาลศิริราช", "จัดหางานนราธิวาส", "ขนส่งตราด", "สวนสัตว์", "qwerty asdf"],
)
def test_what_is_not_there_is_not_found_or_likened_to_something(offices, typed):
    assert found(typed) == []


def test_what_was_put_right_or_is_only_near_says_so(offices):
    answer = Agency.objects.search("ขนส่งเพชบูรณ์", vocabulary())
    assert (answer.parsed.corrected, answer.is_near) == ("ขนส่งเพชรบูรณ์", False)
    answer = Agency.objects.search("l;oxi6'", vocabulary())
    assert answer.parsed.corrected == "สวนปรุง"
    answer = Agency.objects.search("โรงพยาบาลสวนปุง", vocabulary())
    assert (answer.parsed.corrected, answer.is_near) == ("", True)


def test_near_names_are_looked_for_among_those_asked_for_only(offices):
    parsed = parse("โรงพยาบาลสวนปุง")
    assert len(Agency.objects.near(parsed)) == 1
    assert Agency.objects.filter(province="34").near(parsed) == []


# --- kept in step --------------------------------------------------------------------------------


def out_of_step() -> list[int]:
    return search_index.rekey(Agency.objects.all(), write=False)


@pytest.fixture
def tree(db):
    """A ministry, its department and that one's office; and another ministry."""
    ministry = make.ministry(name_th="กระทรวงเดิม")
    department = make.department(name_th="กรมเดิม", parent=ministry)
    office = make.agency(name_th="สำนักงานชั้นล่าง", parent=department, province="54")
    make.ministry(name_th="กระทรวงอื่น")
    return ministry, department, office


def renamed(ministry, department, office):
    ministry.name_th = "กระทรวงใหม่เอี่ยม"
    ministry.save()


def renamed_past_save(ministry, department, office):
    Agency.objects.filter(pk=ministry.pk).update(name_th="กระทรวงใหม่เอี่ยม")


def renamed_in_bulk(ministry, department, office):
    ministry.name_th = "กระทรวงใหม่เอี่ยม"
    Agency.objects.bulk_update([ministry], ["name_th"])


def renamed_alone(ministry, department, office):
    ministry.name_th = "กระทรวงใหม่เอี่ยม"
    ministry.save(update_fields=["name_th"])


def moved(ministry, department, office):
    department.parent = make.ministry(name_th="กระทรวงใหม่เอี่ยม")
    department.save()


def called_otherwise(ministry, department, office):
    ministry.names.create(kind="former", name="กระทรวงใหม่เอี่ยม")


def called_otherwise_in_bulk(ministry, department, office):
    name = AgencyName(agency=ministry, kind="short", name="กระทรวงใหม่เอี่ยม")
    AgencyName.objects.bulk_create([name])


def name_changed_past_save(ministry, department, office):
    ministry.names.create(kind="short", name="กระทรวงชั่วคราว")
    ministry.names.update(name="กระทรวงใหม่เอี่ยม")


def name_given_to_another(ministry, department, office):
    name = make.agency().names.create(kind="short", name="กระทรวงใหม่เอี่ยม")
    name.agency = ministry
    name.save()


@pytest.mark.parametrize(
    "act",
    [
        renamed,
        renamed_past_save,
        renamed_in_bulk,
        renamed_alone,
        moved,
        called_otherwise,
        called_otherwise_in_bulk,
        name_changed_past_save,
        name_given_to_another,
    ],
)
def test_what_changes_above_an_office_is_found_from_it_at_once(tree, act):
    assert "สำนักงานชั้นล่าง" not in found("กระทรวงใหม่เอี่ยม")
    act(*tree)
    assert "สำนักงานชั้นล่าง" in found("กระทรวงใหม่เอี่ยม")
    assert out_of_step() == []


@pytest.mark.parametrize("delete", [lambda names: names.all().delete(), lambda n: n.get().delete()])
def test_a_name_taken_away_finds_nothing_more(tree, delete):
    ministry = tree[0]
    ministry.names.create(kind="short", name="กระทรวงชั่วคราว")
    assert "สำนักงานชั้นล่าง" in found("กระทรวงชั่วคราว")
    delete(ministry.names)
    assert found("กระทรวงชั่วคราว") == []
    assert out_of_step() == []


def test_agencies_made_in_bulk_or_deleted_are_in_step(tree):
    code = new_code()
    Agency.objects.bulk_create(
        [Agency(code=code, path=f"{code}/", name_th="ศาลเจ้าป่า", sort_key=sort_key("ศาลเจ้าป่า"))]
    )
    assert found("ศาลเจ้าป่า") == ["ศาลเจ้าป่า"]
    Agency.objects.get(code=code).delete()
    assert found("ศาลเจ้าป่า") == []
    assert SearchEntry.objects.count() == Agency.objects.count()
    call_command("reindex", "--check", stdout=io.StringIO())


def test_a_change_that_searching_does_not_see_writes_no_entry(tree):
    office = tree[2]
    office.phone = "02"
    with CaptureQueriesContext(connection) as asked:
        office.save(update_fields=["phone"])
    assert not [query for query in asked if "searchentry" in query["sql"]]


def test_an_abbreviation_that_staff_add_or_take_away_is_understood_at_once(tree):
    make.agency(name_th="สมน.แพร่")
    assert found("สำนักสมมติแพร่") == []
    word = SearchWord.objects.create(typed="สมน.", means="สำนักสมมติ")
    assert found("สำนักสมมติแพร่") == ["สมน.แพร่"]
    assert out_of_step() == []
    word.means = "สำนักอื่นใด"
    word.save()
    assert found("สำนักสมมติแพร่") == []
    assert found("สำนักอื่นใดแพร่") == ["สมน.แพร่"]
    word.delete()
    assert found("สำนักอื่นใดแพร่") == []
    assert out_of_step() == []


def test_words_are_not_changed_behind_the_index(db):
    with pytest.raises(ValidationError):
        SearchWord.objects.update(means="อื่น")
    with pytest.raises(ValidationError):
        SearchWord.objects.all().delete()


def test_a_place_that_staff_add_widens_at_once(db):
    make.agency(name_th="โรงพยาบาลแพร่", province="54")
    assert found("โรงพยาบาล บ้านสมมติ") == []
    PlaceName.objects.create(name="บ้านสมมติ", province="54")
    assert found("โรงพยาบาล บ้านสมมติ") == ["โรงพยาบาลแพร่"]


def test_reindex_tells_and_mends_what_is_out_of_step(tree):
    SearchEntry.objects.filter(agency=tree[2]).delete()
    SearchEntry.objects.filter(agency=tree[0]).update(key="|x|", names="|x|")
    with pytest.raises(CommandError, match="2 หน่วยงาน"):
        call_command("reindex", "--check", stdout=io.StringIO(), stderr=io.StringIO())
    call_command("reindex", stdout=io.StringIO())
    assert out_of_step() == []
    assert found("กระทรวงเดิม")[0] == "กระทรวงเดิม"
    call_command("reindex", "--check", stdout=io.StringIO())


@pytest.mark.parametrize("most", [1, 4, 16, 1000])
def test_many_terms_of_many_alternatives_find_the_same_however_many_are_combined(
    db, monkeypatch, most
):
    monkeypatch.setattr(index, "MOST_COMBINATIONS", most)
    for name in ("ขนส่งระยองสาขาแกลง", "ขนส่งระยองสาขาปลวกแดง", "ที่ดินระยองสาขาแกลง", "ขนส่งตราด"):
        make.agency(name_th=name)
    wanted = (("ขนสง", "ไมมีคำนี"), ("ระยอง", "จันทบุรี", "ตราด"), ("แกลง",), ("สาขา", "ส"))
    found = Agency.objects.filter(search_entry__key__holds=wanted)
    assert [agency.name_th for agency in found] == ["ขนส่งระยองสาขาแกลง"]


def test_a_search_asks_little_of_the_database(tree):
    vocabulary()
    with CaptureQueriesContext(connection) as asked:
        assert found("ชั้นล่าง แพร่") == ["สำนักงานชั้นล่าง"]
    assert len(asked) <= 4


# --- showing what matched ------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("สำนักงานจัดหางานจังหวัดแพร่", "จัดหางานแพร", ["จัดหางาน", "แพร่"]),
        ("สำนักงานจัดหางานจังหวัดแพร่", "หางา", ["หางา"]),
        ("ที่ดิน", "ทีดิ", ["ที่ดิ"]),
        ("การประปาส่วนภูมิภาคสาขาลำพูน", "กปภ.", ["การประปาส่วนภูมิภาค"]),
        ("สำนักงานยุติธรรม", "ยุติธร", ["ยุติธร"]),
        ("บำรุง", "บำ", ["บำ"]),
        ("บำรุง", "บ", []),
        ("Roi Et Hospital", "hosp", ["Hosp"]),
        ("Roi-Et Hospital", "roi et", ["Roi-Et"]),
        ("พื้นที่ 7", "๗", ["7"]),
        ("โรงพยาบาล", "ขนส่ง", []),
    ],
)
def test_what_matched_is_marked_and_no_letter_loses_its_marks(text, typed, marked):
    fragments = highlight(text, parse(typed))
    assert "".join(part for part, _is in fragments) == text
    assert [part for part, is_match in fragments if is_match] == marked


@pytest.mark.django_db
def test_the_marked_text_is_escaped():
    template = Template("{% load register %}{{ name|highlighted:parsed }}")
    name = "<script>แพร่</script> & เพื่อน"
    shown = template.render(Context({"name": name, "parsed": parse("แพร่ script")}))
    assert shown == (
        "&lt;<mark>script</mark>&gt;<mark>แพร่</mark>&lt;/<mark>script</mark>&gt; &amp; เพื่อน"
    )
    plain = template.render(Context({"name": name, "parsed": None}))
    assert plain == "&lt;script&gt;แพร่&lt;/script&gt; &amp; เพื่อน"


# --- what was looked for in vain -----------------------------------------------------------------


def test_queries_that_found_nothing_are_counted_and_shown_from_three_on(db):
    for _time in range(3):
        count_missed(" ร้านกาเเฟ\u200b ")
    count_missed("ตลาดนัด")
    assert list(MissedQuery.objects.values_list("text", "count")) == [("ร้านกาแฟ", 3), ("ตลาดนัด", 1)]
    assert [query.text for query in MissedQuery.objects.worth_showing()] == ["ร้านกาแฟ"]


@pytest.mark.parametrize(
    "text",
    [
        "081-234-5678",
        "โทร ๐๘๑ ๒๓๔ ๕๖๗๘",
        "1 2345 67890 12 3",
        "someone@example.test",
        "นายสมชาย ใจดี",
        "น.ส.สมหญิง",
        "่้",
        "",
    ],
)
def test_what_may_be_about_a_person_is_not_kept(db, text):
    count_missed(text)
    assert not MissedQuery.objects.exists()


def test_only_so_many_kinds_are_kept_the_least_asked_go_first(db, monkeypatch):
    monkeypatch.setattr(vocabulary_models, "MOST_MISSED", 3)
    old = datetime.date(2020, 1, 1)
    MissedQuery.objects.create(text="ก่อน", count=1, last_asked_on=old)
    MissedQuery.objects.create(text="บ่อย", count=9, last_asked_on=old)
    count_missed("หลัง")
    count_missed("ใหม่" + "ก" * 100)
    assert set(MissedQuery.objects.values_list("text", flat=True)) == {
        "บ่อย",
        "หลัง",
        "ใหม่" + "ก" * 56,
    }


def test_a_count_that_fails_fails_nothing_else(db, monkeypatch):
    def broken(text):
        raise DatabaseError("locked")

    monkeypatch.setattr(vocabulary_models, "_add", broken)
    count_missed("ร้านกาแฟ")
    assert make.agency().pk


# --- the desk ------------------------------------------------------------------------------------


def test_staff_find_an_agency_as_the_public_does(admin_client):
    make.agency(name_th="สำนักงานจัดหางานจังหวัดแพร่", province="54")
    other = make.agency(name_th="สำนักงานขนส่งจังหวัดลำพูน", province="51")
    address = reverse("admin:certifications_agency_changelist")
    for typed in ("สนง.ขนส่ง จ.ลำพูน", "ขนส่งลำพนู", "khonsong lamphun", other.code):
        page = admin_client.get(address, {"q": typed}).content.decode()
        assert "สำนักงานขนส่งจังหวัดลำพูน" in page, typed
        assert "สำนักงานจัดหางาน" not in page, typed
    make.award(other)
    page = admin_client.get(
        reverse("admin:certifications_award_changelist"), {"q": "khonsong lamphun"}
    )
    assert "สำนักงานขนส่งจังหวัดลำพูน" in page.content.decode()
    facts = {"app_label": "certifications", "model_name": "agency", "field_name": "parent"}
    answer = admin_client.get(reverse("admin:autocomplete"), facts | {"term": "ขนส่ง จ.ลำพูน"})
    assert [row["text"] for row in answer.json()["results"]] == ["สำนักงานขนส่งจังหวัดลำพูน"]


# --- the real records ----------------------------------------------------------------------------


class TheRealRecords(TestCase):
    @classmethod
    def setUpTestData(cls):
        call_command("load_records", DATA_FOLDER, verbosity=0, stdout=io.StringIO())

    def test_loading_leaves_the_index_in_step(self):
        self.assertEqual(out_of_step(), [])

    def test_every_golden_query_is_answered(self):
        cases = golden.cases(golden.OWN_CASES)
        self.assertGreaterEqual(len(cases), 60)
        broken = [
            (case["q"], faults)
            for case in cases
            if (faults := golden.faults(case, *golden.answer(case["q"])))
        ]
        self.assertEqual(broken, [])

    def test_misspelt_names_still_bring_their_office_first(self):
        for kind in perturb.KINDS:
            missed, tried = perturb.misses(kind, 1, random.Random(kind))
            self.assertLessEqual(len(missed), tried * 0.05, (kind, missed))
