"""The headings of a table are found and understood, and each row says what could not be read."""

import datetime
from decimal import Decimal

import pytest

from certifications.intake.reading import cells, columns
from certifications.intake.reading import headings as reading_headings
from certifications.intake.reading.files import read_table
from certifications.intake.reading.headings import GUESSED, SURE, header_of, mapping_of, proposals
from certifications.intake.reading.rows import Unreadable
from certifications.reference import provinces
from certifications.search import province_names
from tests.intake import files


def table_of(*rows):
    return read_table(files.xlsx(*rows), "x")


def rows_read(*rows, **given):
    table = table_of(*rows)
    return columns.rows_of(table, mapping_of(proposals(table)), **given)


def row_read(headings, cells_of_row, **given):
    (row,) = rows_read(headings, cells_of_row, **given)
    return row


# --- headings ------------------------------------------------------------------------------------


def test_the_headings_are_found_below_titles_and_each_column_is_proposed():
    table = table_of(
        ["รายชื่อหน่วยงานที่ผ่านการรับรองมาตรฐานศูนย์ราชการสะดวก"],
        ["ประจำปี 2565"],
        [],
        ["ลำดับที่", "ชื่อหน่วยงาน*", "จังหวัด", "ระดับที่ได้รับ", "คะแนน (เต็ม 100)", "หมายเหตุ"],
        [1, "สำนักงานสมมติ", "แพร่", "ทอง", 91, ""],
    )
    assert header_of(table).number == 4
    proposed = proposals(table)
    assert [each.field for each in proposed] == ["", "name", "province", "level", "score", ""]
    assert {each.sureness for each in proposed} == {SURE}


def test_english_headings_and_our_own_are_understood():
    english = table_of(["No.", "Agency name", "Province", "Level", "Score", "Year"], [1, "Office"])
    assert mapping_of(proposals(english)) == {
        "Agency name": "name",
        "Province": "province",
        "Level": "level",
        "Score": "score",
        "Year": "year",
    }


def test_the_surest_of_several_columns_is_taken():
    table = table_of(["ชื่อหน่วยงาน", "คะแนนด้านสถานที่", "คะแนนรวม"], ["ก", 30, 85])
    assert mapping_of(proposals(table)) == {
        "ชื่อหน่วยงาน": "name",
        "คะแนนรวม": "score",
    }


def test_a_second_row_of_headings_divides_the_first():
    table = table_of(["ที่", "ชื่อหน่วยงาน", "ผล", ""], ["", "", "คะแนน", "ระดับ"], [1, "ก", 85, "เงิน"])
    header = header_of(table)
    assert header.headings == ["ที่", "ชื่อหน่วยงาน", "คะแนน", "ระดับ"]
    assert len(header.lines) == 1


def test_headings_that_repeat_or_are_missing_are_told_apart():
    table = table_of(["ชื่อหน่วยงาน", "ระดับ", "ระดับ", None], ["ก", "ทอง", "ทอง", "ค"])
    assert header_of(table).headings == ["ชื่อหน่วยงาน", "ระดับ", "ระดับ (2)", "คอลัมน์ D"]


def test_without_headings_the_columns_are_guessed_by_what_stands_in_them():
    table = table_of([1, "สำนักงานสมมติแพร่", "แพร่", "ทอง"], [2, "โรงพยาบาลสมมติ", "น่าน", "เงิน"])
    proposed = proposals(table)
    assert [each.field for each in proposed] == ["", "name", "province", "level"]
    assert {each.sureness for each in proposed if each.field} == {GUESSED}
    rows = columns.rows_of(table, mapping_of(proposed))
    assert [(row.number, row.province, row.level) for row in rows] == [
        (1, "54", "excellent"),
        (2, "55", "advanced"),
    ]


def test_a_mapping_is_remembered_by_how_its_headings_read():
    signature = reading_headings.signature(["ลำดับ", "ชื่อหน่วยงาน"])
    assert reading_headings.signature([" ลำดับ", "ชื่อ หน่วยงาน "]) == signature
    assert reading_headings.signature(["ชื่อหน่วยงาน", "ลำดับ"]) != signature


def test_a_mapping_chosen_on_the_screen_is_followed_and_needs_a_name():
    table = table_of(["ก", "ข"], ["สำนักงานสมมติ", "กรมสมมติ"])
    _first, second = columns.rows_of(table, {"คอลัมน์ A": "parent", "คอลัมน์ B": "name"})
    assert (second.name, second.parent) == ("กรมสมมติ", "สำนักงานสมมติ")
    with pytest.raises(Unreadable, match="ชื่อหน่วยงาน"):
        columns.rows_of(table, {"คอลัมน์ A": "parent"})


# --- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ระดับเป็นเลิศ", "excellent"),
        ("เหรียญทอง", "excellent"),
        ("ทอง", "excellent"),
        ("Gold", "excellent"),
        ("ระดับเลิศ", "excellent"),
        ("ก้าวหน้า", "advanced"),
        ("สีเงิน", "advanced"),
        ("ระดับเงิน (ระดับก้าวหน้า)", "advanced"),
        ("SILVER level", "advanced"),
        ("ระดับ พื้นฐาน", "basic"),
        ("ฟ้า", "basic"),
        ("basic", "basic"),
    ],
)
def test_levels_are_read_by_name_and_by_colour(text, code):
    assert cells.level_of(text) == code


@pytest.mark.parametrize("text", ["ดี", "ทองคำ", "ระดับเงิน (ระดับเป็นเลิศ)", "3", "ผ่าน"])
def test_what_is_no_level_or_two_is_refused(text):
    with pytest.raises(ValueError, match="ระดับ"):
        cells.level_of(text)


@pytest.mark.parametrize(
    "text", ["2565", "๒๕๖๕", "65", "2022", "พ.ศ. 2565", "ปี 2565", "ค.ศ. 2022", "25๖๕", "2565.0"]
)
def test_years_are_read_as_people_write_them(text):
    assert cells.year_of(text) == 2565


@pytest.mark.parametrize("text", ["2556", "3108", "2565/2566", "สองพัน", "8"])
def test_years_out_of_range_or_unclear_are_refused(text):
    with pytest.raises(ValueError, match="ปี"):
        cells.year_of(text)


@pytest.mark.parametrize(
    ("text", "score"),
    [("85", "85"), ("๘๕,๕", "85.5"), ("85.50 คะแนน", "85.50"), ("90%", "90"), ("100/100", "100")],
)
def test_scores_are_read_with_commas_thai_digits_and_units(text, score):
    assert cells.score_of(text) == Decimal(score)


@pytest.mark.parametrize("text", ["101", "-1", "แปดสิบ", "1e5", "NaN", "85,5,5"])
def test_what_is_no_score_is_refused(text):
    with pytest.raises(ValueError, match="คะแนน"):
        cells.score_of(text)


@pytest.mark.parametrize(
    "text", ["แพร่", "จังหวัดแพร่", "จ.แพร่", "จ. แพร่", "54", "๕๔", "TH-54", "พร", "Phrae", "phrae"]
)
def test_provinces_are_read_by_name_abbreviation_and_code(text):
    assert province_names.code_of(text) == "54"


def test_every_province_is_read_by_all_its_names():
    for province in provinces.ALL:
        names = (province.code, province.iso, province.short_th, province.name_th, province.name_en)
        assert {province_names.code_of(name) for name in names} == {province.code}
    assert [province_names.code_of(text) for text in ("โคราช", "กทม.", "กรุงเทพฯ", "สก", "ศก")] == [
        "30",
        "10",
        "10",
        "27",
        "33",
    ]


def test_a_misprinted_province_is_refused_with_the_one_it_is_like():
    with pytest.raises(ValueError, match="อุบลราชธานี"):
        province_names.code_of("อุบลรสชธานี")


# --- rows ----------------------------------------------------------------------------------------


def test_a_row_is_read_in_full():
    headings = [
        *files.HEADINGS,
        "ต้นสังกัด",
        "เลขที่ใบรับรอง",
        "ผู้รับมอบ",
        "ตำแหน่ง",
        "ทราบว่าได้รับการรับรองเมื่อ",
    ]
    more = ["กรมสมมติ", "ก 1/2565", "นายสมมติ ใจดี", "หัวหน้า", "28 ก.ย. 65"]
    row = row_read(headings, [*files.ROW, *more])
    assert (row.number, row.name, row.province, row.level) == (
        2,
        "สำนักงานสมมติจังหวัดแพร่",
        "54",
        "basic",
    )
    assert (row.score, row.year, row.parent) == (Decimal("75.5"), 2565, "กรมสมมติ")
    assert (row.certificate_number, row.recipient) == ("ก 1/2565", "นายสมมติ ใจดี")
    assert (row.recipient_position, row.known_by) == ("หัวหน้า", datetime.date(2022, 9, 28))
    assert (row.faults, row.warnings) == ([], [])
    assert row.raw["ชื่อหน่วยงาน"] == "สำนักงานสมมติจังหวัดแพร่"


def test_what_the_screen_says_fills_what_the_file_does_not():
    headings = ["ชื่อหน่วยงาน", "ปี", "ระดับ"]
    first, second = rows_read(
        headings, ["ก สมมติ", None, "ทอง"], ["ข สมมติ", 2564, "-"], year=2565, level="basic"
    )
    assert (first.year, first.level) == (2565, "excellent")
    assert (second.year, second.level) == (2564, "basic")


def test_what_cannot_be_read_is_a_fault_and_is_not_replaced_by_the_screen():
    headings = ["ชื่อหน่วยงาน", "ปี", "ระดับ", "คะแนน", "จังหวัด"]
    row = row_read(headings, ["ก สมมติ", "2556", "ดีมาก", "101", "แพล่"], year=2565, level="basic")
    assert (row.year, row.level, row.score, row.province) == (None, "", None, "")
    assert [fault.split("”")[0] for fault in row.faults] == [
        f"คอลัมน์ “{heading}" for heading in ("ปี", "ระดับ", "คะแนน", "จังหวัด")
    ]
    assert all("โปรด" in fault for fault in row.faults)


def test_a_line_with_a_level_alone_stands_for_the_rows_below_it():
    rows = rows_read(
        ["ที่", "ชื่อหน่วยงาน", "จังหวัด"],
        ["ระดับก้าวหน้า (1 แห่ง)"],
        [1, "ก สมมติ", "แพร่"],
        [None, "ระดับพื้นฐาน จำนวน 2 แห่ง"],
        [2, "ข สมมติ", "แพร่"],
        [3, "ค สมมติ", "แพร่"],
    )
    assert [(row.name, row.level) for row in rows] == [
        ("ก สมมติ", "advanced"),
        ("ข สมมติ", "basic"),
        ("ค สมมติ", "basic"),
    ]


def test_rows_without_a_name_totals_and_notes_are_faults_and_ordinals_alone_are_no_rows():
    rows = rows_read(
        ["ลำดับ", "ชื่อหน่วยงาน", "ระดับ"],
        [1, None, "ทอง"],
        [2, "รวม 12 แห่ง", None],
        [3, "-", "เงิน"],
        [4, "123", "เงิน"],
        [5, None, None],
        ["ลำดับ", "ชื่อหน่วยงาน", "ระดับ"],
    )
    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert all(row.faults and not row.name for row in rows)
    assert "ยอดรวม" in rows[1].faults[0]


def test_a_name_of_5_000_letters_is_a_fault():
    row = row_read(["ชื่อหน่วยงาน", "ปี"], ["ก" * 5_000, 2565])
    assert "ยาวเกิน" in row.faults[0] and row.name == ""
    row = row_read(["ชื่อหน่วยงาน", "ปี"], ["ก" * 301, 2565])
    assert "รับไม่เกิน 300" in row.faults[0]


@pytest.mark.parametrize("heading", ["ผู้รับมอบ", "ตำแหน่ง", "เลขที่ใบรับรอง", "ต้นสังกัด"])
def test_html_is_kept_as_text_and_warned_of_wherever_it_stands(heading):
    row = row_read(["ชื่อหน่วยงาน", heading], ["<b>สำนักงานสมมติ</b>", "<img src=x onerror=alert(1)>"])
    assert row.name == "<b>สำนักงานสมมติ</b>"
    assert ["<b>" in row.warnings[0], "<img" in row.warnings[1], len(row.warnings)] == [
        True,
        True,
        2,
    ]


@pytest.mark.parametrize(
    ("person", "position", "is_warned_of"),
    [
        ("ผู้อำนวยการ", "นางสาวสมมติ ทดสอบ", True),
        ("หัวหน้าสำนักงาน", "นายสมมติ ทดสอบ", True),
        ("นายสมมติ ทดสอบ", "ผู้อำนวยการ", False),
        ("สมมติ ทดสอบ", "นายกเทศมนตรี", False),
        ("สมมติ ทดสอบ", "นายอำเภอ", False),
        ("นางสมมติ ทดสอบ", "นางพยาบาลวิชาชีพ", False),
    ],
)
def test_a_person_and_a_position_that_changed_places_are_warned_of(person, position, is_warned_of):
    row = row_read(["ชื่อหน่วยงาน", "ผู้รับมอบ", "ตำแหน่ง"], ["สำนักงานสมมติ", person, position])
    assert [("สลับช่องกัน" in warning) for warning in row.warnings] == [True] * is_warned_of


def test_a_body_that_is_its_own_parent_is_warned_of():
    row = row_read(["ชื่อหน่วยงาน", "ต้นสังกัด"], ["กรมสมมติ", "กรมสมมติ"])
    assert "ชื่อเดียวกัน" in row.warnings[0]


def test_a_year_of_two_digits_is_warned_of_unless_the_whole_list_has_a_year():
    headings = ["ชื่อหน่วยงาน", "ปี"]
    row = row_read(headings, ["สำนักงานสมมติ", "69"])
    assert row.year == 2569 and "“69” จึงอ่านเป็น 2569" in row.warnings[0]
    assert row_read(headings, ["สำนักงานสมมติ", "69"], year=2569).warnings == []
    assert row_read(headings, ["สำนักงานสมมติ", "2569"]).warnings == []


def test_a_score_with_many_decimals_is_rounded_and_said():
    row = row_read(["ชื่อหน่วยงาน", "คะแนน"], ["ก สมมติ", 85.3333333])
    assert row.score == Decimal("85.33") and "85.33" in row.warnings[0]


def test_columns_of_one_field_must_agree():
    headings = ["agency_code", "agency_th", "level_code", "level_th"]
    row = row_read(headings, ["7jaxrw", "ก สมมติ", "basic", "ระดับก้าวหน้า"])
    assert row.level == "" and "ไม่ตรงกัน" in row.faults[0]
    assert row_read(headings, ["7jaxrw", "ก สมมติ", "basic", "ระดับพื้นฐาน"]).level == "basic"


def test_a_code_that_excel_made_a_number_is_a_fault():
    row = row_read(["agency_code", "agency_th"], ["2.34E+58", "ก สมมติ"])
    assert row.code == "" and ".xlsx" in row.faults[0]


def test_several_recipients_and_positions_keep_their_order():
    row = row_read(["agency_th", "received_by"], ["ก สมมติ", "นายก (หัวหน้า); นางข; นายค (รอง (1))"])
    assert row.recipient == "นายก; นางข; นายค"
    assert row.recipient_position == "หัวหน้า; ; รอง (1)"
    assert row_read(["agency_th", "received_by"], ["ก สมมติ", ";"]).recipient == ""
