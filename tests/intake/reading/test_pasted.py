"""A pasted list gives one row an office, in full, with what its heading says."""

import random
import re

import pytest

from certifications.intake.reading.pasted import read_list
from certifications.intake.reading.rows import Unreadable

OFFICE = "สำนักงานสมมติจังหวัด"


def names(text, **given) -> list[str]:
    return [row.name for row in read_list(text, **given)]


def levels(text) -> list[tuple[str, str]]:
    return [(row.name, row.level) for row in read_list(text)]


# --- how lists are set out -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "1. {0}\n2. {1}\n3. {2}",
        "๑) {0}\n๒) {1}\n๓) {2}",
        "(1) {0}\n(2) {1}\n\n(3) {2}",
        "1 {0}\n2 {1}\n3 {2}",
        "1.1 {0}\n1.2 {1}\n1.3 {2}",
        "- {0}\n– {1}\n• {2}",
        "{0}\r\n{1}\r\n{2}",
        "{0}, {1}, {2}",
        "{0}; {1} และ{2}",
        "{0} {1} และ {2}",
        "{0}\t\n{1}\t\n{2}",
        "1. {0} 2. {1} 3. {2}",
        "หน่วยงานที่ผ่านการรับรอง ได้แก่ {0} {1} กับ {2} ซึ่งจะเข้ารับโล่ต่อไป",
        "“{0}”\n“{1}”\n“{2}”",
    ],
)
def test_lists_are_read_however_they_are_set_out(text):
    offices = ["สำนักงานสมมติจังหวัดแพร่", "โรงพยาบาลสมมติ", "นิคมสร้างตนเองสมมติ"]
    assert names(text.format(*offices)) == offices


def test_each_row_knows_its_line_and_what_stood_there():
    rows = read_list("\n1. โรงพยาบาลสมมติหนึ่ง\n\n2. โรงพยาบาลสมมติสอง (ใหม่)")
    assert [(row.number, row.raw) for row in rows] == [
        (2, {"": "1. โรงพยาบาลสมมติหนึ่ง"}),
        (4, {"": "2. โรงพยาบาลสมมติสอง (ใหม่)"}),
    ]
    assert rows[1].name == "โรงพยาบาลสมมติสอง"


def test_a_name_unlike_any_office_is_a_name_when_it_has_a_line_of_its_own():
    assert names("บ้านสมมติใจดี\nสวนสมมติ") == ["บ้านสมมติใจดี", "สวนสมมติ"]


def test_titles_dates_addresses_and_sources_are_no_names():
    text = (
        "รายชื่อหน่วยงานที่ผ่านการรับรองมาตรฐานศูนย์ราชการสะดวก (GECC)\nวันพุธที่ 28 กันยายน 2565\n"
        "โรงพยาบาลสมมติ\nที่มา : https://example.test/1\nรวม 1 แห่ง"
    )
    assert names(text) == ["โรงพยาบาลสมมติ"]


def test_cells_copied_from_a_spreadsheet_are_read_by_their_headings():
    rows = read_list("ที่\tหน่วยงาน\tจังหวัด\tระดับ\n1\tโรงพยาบาลสมมติ\tแพร่\tทอง\n2\tเทศบาลสมมติ\tน่าน\tเงิน")
    assert [(row.name, row.province, row.level) for row in rows] == [
        ("โรงพยาบาลสมมติ", "54", "excellent"),
        ("เทศบาลสมมติ", "55", "advanced"),
    ]


def test_conjunctions_inside_a_name_part_nothing():
    office = "สำนักงานสวัสดิการและคุ้มครองสมมติจังหวัดแพร่"
    assert names(f"{office} และสำนักงานทรัพยากรและสิ่งแวดล้อมสมมติ") == [
        office,
        "สำนักงานทรัพยากรและสิ่งแวดล้อมสมมติ",
    ]


# --- shared beginnings ---------------------------------------------------------------------------


def test_provinces_share_the_beginning_of_the_first_name():
    rows = read_list(f"{OFFICE}แพร่ น่าน ตาก ขอนแก่น แห่งที่ 2 และเลย")
    assert [row.name for row in rows] == [
        f"{OFFICE}{place}" for place in ("แพร่", "น่าน", "ตาก", "ขอนแก่น แห่งที่ 2", "เลย")
    ]
    assert [row.province for row in rows] == ["54", "55", "63", "40", "42"]


def test_a_heading_may_say_what_all_names_begin_with():
    assert names(f"{OFFICE} จำนวน 3 แห่ง ได้แก่ แพร่ น่าน และตาก") == [
        f"{OFFICE}{place}" for place in ("แพร่", "น่าน", "ตาก")
    ]
    assert names(f"{OFFICE} จำนวน 2 แห่ง\n1. แพร่\n2. น่าน") == [f"{OFFICE}แพร่", f"{OFFICE}น่าน"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("พื้นที่ 1 2 และ 5", "125"),
        ("พื้นที่ 1, 2, 5", "125"),
        ("พื้นที่ ๑ – ๓", "123"),
        ("พื้นที่ 1-3 และ 5", "1235"),
    ],
)
def test_numbers_share_it_too_and_are_not_taken_for_a_list(text, numbers):
    office = "สำนักงานสมมติกรุงเทพมหานคร"
    rows = read_list(office + text)
    assert [row.name for row in rows] == [f"{office}พื้นที่ {number}" for number in numbers]
    assert {row.province for row in rows} == {"10"}


def test_branches_belong_to_the_office_before_them():
    text = (
        f"{OFFICE}แพร่ สาขาสอง {OFFICE}น่าน สาขาปัว สาขาเวียงสา "
        "การไฟฟ้าสมมติสาขาก การไฟฟ้าสมมติสาขาข และสาขาค"
    )
    assert names(text) == [
        f"{OFFICE}แพร่ สาขาสอง",
        f"{OFFICE}น่าน สาขาปัว",
        f"{OFFICE}น่าน สาขาเวียงสา",
        "การไฟฟ้าสมมติสาขาก",
        "การไฟฟ้าสมมติสาขาข",
        "การไฟฟ้าสมมติ สาขาค",
    ]


def test_branches_of_a_bank_take_the_province_that_follows_them():
    rows = read_list("ธ.ส.ม. มีสาขาที่ผ่าน จำนวน 3 สาขา ได้แก่ สาขาก จังหวัดแพร่ สาขาขและสาขาค จังหวัดน่าน")
    assert [(row.name, row.province, row.parent) for row in rows] == [
        ("สาขาก", "54", "ธ.ส.ม."),
        ("สาขาข", "55", "ธ.ส.ม."),
        ("สาขาค", "55", "ธ.ส.ม."),
    ]
    assert all("สาขา" in row.warnings[0] for row in rows)


def test_districts_with_a_conjunction_at_the_end_share_it():
    assert names("สำนักงานเขตก สมมติ และสมมุติ") == ["สำนักงานเขตก", "สำนักงานเขตสมมติ", "สำนักงานเขตสมมุติ"]
    assert names("สำนักงานเขตหนึ่ง, สอง, สาม") == [f"สำนักงานเขต{n}" for n in ("หนึ่ง", "สอง", "สาม")]


def test_the_count_announced_decides_between_two_readings():
    text = "จำนวน {0} แห่ง ได้แก่ โรงพยาบาลหนึ่ง สมมติ โรงพยาบาลสอง"
    assert len(names(text.format(2))) == 2
    assert len(names(text.format(3))) == 3


def test_a_misprinted_province_is_left_as_printed_and_warned_of():
    rows = read_list(f"{OFFICE}แพร่ อุบลรสชธานี และนครศรธรรมราช")
    assert [row.name for row in rows][1:] == [f"{OFFICE}อุบลรสชธานี", f"{OFFICE}นครศรธรรมราช"]
    assert [row.province for row in rows] == ["54", "34", "80"]
    assert [len(row.warnings) for row in rows] == [0, 1, 1]


def test_a_place_after_an_office_says_where_it_is():
    rows = read_list(
        "โรงพยาบาลสมมติ จ.แพร่\nศูนย์บริการสมมติ จังหวัดน่าน\nเรือนจำสมมติ จังหวัดตาก\n"
        "เทศบาลเมืองแพร่ จังหวัดแพร่\nสำนักงานเขตสมมติ กรุงเทพฯ\nสำนักงานสมมติ กรุงเทพมหานคร"
    )
    assert [(row.name, row.province) for row in rows] == [
        ("โรงพยาบาลสมมติ", "54"),
        ("ศูนย์บริการสมมติ จังหวัดน่าน", "55"),
        ("เรือนจำสมมติ", "63"),
        ("เทศบาลเมืองแพร่", "54"),
        ("สำนักงานเขตสมมติ", "10"),
        ("สำนักงานสมมติ กรุงเทพมหานคร", "10"),
    ]


def test_the_name_of_the_scheme_before_an_office_is_left_out():
    assert names("1. ศูนย์ราชการสะดวกโรงพยาบาลสมมติ") == ["โรงพยาบาลสมมติ"]


def test_a_province_alone_is_warned_of():
    assert "จังหวัด" in read_list("ระดับทอง ได้แก่\n- แพร่")[0].warnings[0]


def test_the_body_above_is_read_beside_a_name_or_in_the_heading():
    rows = read_list(f"{OFFICE}แพร่ กรมสมมติ\nเรือนจำสมมติ สังกัดกรมสมมุติ")
    assert [row.parent for row in rows] == ["กรมสมมติ", "กรมสมมุติ"]
    (row,) = read_list("หน่วยงานในสังกัดกรมสมมติที่ได้รับการรับรอง ได้แก่ โรงพยาบาลสมมติ")
    assert row.parent == "กรมสมมติ"


# --- headings ------------------------------------------------------------------------------------


def test_several_levels_in_one_paragraph():
    text = (
        "โดยปี 2564 ผ่านทั้งสิ้น 12 ศูนย์ แบ่งเป็นระดับก้าวหน้า จำนวน 3 ศูนย์ ประกอบด้วย หน่วยงานส่วนกลาง "
        f"คือ{OFFICE}แพร่ และหน่วยงานส่วนภูมิภาค ได้แก่ โรงพยาบาลสมมติ น่านสมมติ และระดับพื้นฐาน จำนวน 2 ศูนย์ "
        "ได้แก่ เทศบาลสมมติ อบต.สมมติ และระดับเป็นเลิศ จำนวน 7 ศูนย์ เป็นโรงพยาบาล จำนวน 7 ศูนย์ "
        "โดยโรงพยาบาลทุกแห่งจะเข้ารับโล่"
    )
    rows = read_list(text)
    assert [(row.name, row.level, row.year) for row in rows] == [
        (f"{OFFICE}แพร่", "advanced", 2564),
        ("โรงพยาบาลสมมติ", "advanced", 2564),
        ("โรงพยาบาลน่านสมมติ", "advanced", 2564),
        ("เทศบาลสมมติ", "basic", 2564),
        ("อบต.สมมติ", "basic", 2564),
    ]
    assert not any(row.warnings for row in rows)


def test_levels_on_lines_of_their_own():
    text = (
        "ประจำปี พ.ศ. ๒๕๖๖\nเหรียญทอง\n1. โรงพยาบาลหนึ่ง\nระดับก้าวหน้า (1 แห่ง)\n2. โรงพยาบาลสอง\n"
        "Basic:\n- โรงพยาบาลสาม"
    )
    rows = read_list(text)
    assert [row.level for row in rows] == ["excellent", "advanced", "basic"]
    assert {row.year for row in rows} == {2566}


def test_levels_beside_names():
    text = (
        "โรงพยาบาลหนึ่ง ระดับก้าวหน้า\nโรงพยาบาลสอง (ทอง)\nโรงพยาบาลสาม - ระดับพื้นฐาน\n"
        "รพ.สี่ ได้รับรางวัลระดับเงิน (ระดับก้าวหน้า) และรพ.ห้า ได้รับระดับฟ้า"
    )
    assert [row.level for row in read_list(text)] == [
        "advanced",
        "excellent",
        "basic",
        "advanced",
        "basic",
    ]


def test_a_level_said_after_the_list_is_that_of_its_names():
    text = "ได้แก่ โรงพยาบาลหนึ่ง และโรงพยาบาลสองยังคว้า 2 รางวัลศูนย์ราชการสะดวก ระดับพื้นฐาน"
    assert levels(text) == [("โรงพยาบาลหนึ่ง", "basic"), ("โรงพยาบาลสอง", "basic")]


def test_a_count_that_differs_is_a_warning_on_the_rows_of_its_heading():
    rows = read_list(
        "ระดับก้าวหน้า จำนวน 3 แห่ง ได้แก่\nโรงพยาบาลหนึ่ง\nโรงพยาบาลสอง\n"
        "ระดับพื้นฐาน จำนวน 1 แห่ง ได้แก่\nโรงพยาบาลสาม"
    )
    assert ["3" in "".join(row.warnings) for row in rows] == [True, True, False]


def test_kinds_of_offices_with_a_count_and_examples_are_no_names():
    text = "ระดับพื้นฐาน 9 แห่ง เช่น สำนักงานที่ดิน โรงพยาบาล เป็นต้น\nระดับก้าวหน้า 1 แห่ง ได้แก่ โรงพยาบาลสมมติ"
    assert levels(text) == [("โรงพยาบาลสมมติ", "advanced")]


def test_a_list_to_date_takes_no_year_from_the_text_and_is_warned_of():
    text = "ปี 2565 … ปัจจุบันมีหน่วยงานที่ได้รับการรับรอง จำนวน 1 แห่ง ได้แก่ โรงพยาบาลสมมติ"
    (row,) = read_list(text)
    assert row.year is None and "ปัจจุบัน" in row.warnings[0]
    assert read_list(text, year=2565)[0].year == 2565


def test_the_screen_fills_what_the_text_does_not_say_and_a_difference_is_warned_of():
    (row,) = read_list("โรงพยาบาลสมมติ", year=2566, level="basic")
    assert (row.year, row.level) == (2566, "basic")
    (row,) = read_list("ปี 2565 ระดับทอง ได้แก่ โรงพยาบาลสมมติ", year=2566, level="basic")
    assert (row.year, row.level) == (2565, "excellent") and "2566" in row.warnings[0]


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", " \n\t\n", "12345", "ได้แก่", "GECC", "จำนวน " + "9" * 5_000, "\x00\u200b\ud800"]
)
def test_a_text_without_names_is_refused_with_what_to_do(text):
    with pytest.raises(Unreadable, match="โปรด"):
        read_list(text)


def test_a_text_too_long_for_a_list_is_refused():
    with pytest.raises(Unreadable, match="ยาวเกิน"):
        read_list("ก" * 200_001)


def test_a_name_longer_than_any_is_a_fault():
    rows = read_list("โรงพยาบาล" + "ก" * 5_000)
    assert rows[0].name == "" and "รับไม่เกิน 300" in rows[0].faults[0]
    assert len(rows[0].raw[""]) <= 1_000


WORDS = [
    *("สำนักงาน", "สำนักงานสมมติจังหวัด", "แพร่", "น่าน", "และ", "ได้แก่", "ระดับก้าวหน้า", "จำนวน", "3"),
    *("ศูนย์", "๒๕๖๖", "ปี", "พ.ศ.", "(", ")", "[", ",", ";", ":", "•", "-", "1.", "2)", "พื้นที่"),
    *("แห่งที่", "สาขา", "จังหวัดตาก", "จ.ตาก", "กรม", "สังกัด", "เช่น", "คือ", "ทอง", "Gold", "GECC"),
    *("\t", "\n", "\x00", "\x01", "\x02", "\ud800", "\u200b", "ฯ", "ๆ", "เเ", "ํา", "=", "'", "“"),
    *("ธ.ก.ส.", "รพ.", "ปัจจุบัน", "ได้รับ", "โดย", "1-99", "ถึง", "กรุงเทพมหานคร"),
]


@pytest.mark.parametrize("seed", range(4))
def test_any_text_is_read_or_refused(seed):
    chance = random.Random(seed)
    for _time in range(80):
        words = (chance.choice(WORDS) for _word in range(chance.randrange(1, 60)))
        text = chance.choice(["", " "]).join(words)
        try:
            rows = read_list(text)
        except Unreadable as refused:
            assert re.search("[ก-ฮ]", str(refused))
        else:
            assert all(row.name or row.faults for row in rows)


@pytest.mark.parametrize("credit", ["ที่มา : สำนักงานข่าว", "อ้างอิง: กรมสมมติ", "ภาพ: สำนักงานหนึ่ง"])
def test_a_line_of_credits_names_no_office(credit):
    rows = read_list(f"สำนักงานเขตสมมติ\nศูนย์บริการสมมติ\n{credit}\n")
    assert [row.name for row in rows] == ["สำนักงานเขตสมมติ", "ศูนย์บริการสมมติ"]
