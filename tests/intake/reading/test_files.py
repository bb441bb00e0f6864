"""Whatever file is handed in is read as a table or refused with a sentence, nothing half-done."""

import datetime
import io
import random
import re
import zipfile

import openpyxl
import pytest
import xlsxwriter

from certifications.intake.reading import workbooks
from certifications.intake.reading.files import read_table
from certifications.intake.reading.rows import Unreadable
from certifications.intake.reading.tables import LONGEST_CELL, MOST_ROWS
from tests.intake import files

CSV = ["ชื่อหน่วยงาน,ระดับ,ปี", "สำนักงานสมมติจังหวัดแพร่,ทอง,2565", "โรงพยาบาลสมมติ,เงิน,๒๕๖๖"]


def cells_of(file, sheet=None) -> list[list[str]]:
    return [line.cells for line in read_table(file, "ทดสอบ", sheet).lines]


def refusal(file) -> str:
    """The sentence a file is refused with: Thai, complete, with what to do."""
    with pytest.raises(Unreadable) as refused:
        read_table(file if hasattr(file, "read") else io.BytesIO(file), "รายชื่อ.xlsx")
    sentence = str(refused.value)
    assert re.search("[ก-ฮ]", sentence) and "โปรด" in sentence
    return sentence


# --- spreadsheets --------------------------------------------------------------------------------


def test_a_spreadsheet_is_read_as_text_with_the_numbers_of_its_lines():
    table = read_table(files.xlsx([], files.HEADINGS, [], files.ROW), "x")
    assert [line.number for line in table.lines] == [2, 4]
    assert table.lines[1].cells == [
        "1",
        "สำนักงานสมมติจังหวัดแพร่",
        "แพร่",
        "ระดับพื้นฐาน",
        "75.5",
        "2565",
    ]


def test_numbers_are_read_as_they_are_shown_and_dates_as_dates():
    rows = [2565, 87.4 + 1e-14, True, datetime.date(2022, 9, 28), datetime.time(13, 30)]
    assert cells_of(files.xlsx(rows)) == [["2565", "87.4", "TRUE", "2022-09-28", "13:30"]]


def test_a_date_typed_in_the_thai_year_keeps_that_year():
    assert cells_of(files.xlsx([datetime.date(2565, 9, 28)])) == [["2565-09-28"]]


def test_a_formula_gives_its_saved_value_and_is_a_fault_without_one():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "คะแนน")
        sheet.write_formula(1, 0, "=70+5", value=75)
        sheet.write_formula(2, 0, "=70+5", value="")
    file.seek(0)
    lines = read_table(file, "x").lines
    assert [line.cells for line in lines] == [["คะแนน"], ["75"], [""]]
    assert "สูตรที่ยังไม่มีผลลัพธ์" in lines[2].unread[0]
    assert lines[1].unread == {}
    # openpyxl never works a formula out.
    unread = read_table(files.xlsx(["คะแนน"], ["=70+5"]), "x").lines[1].unread
    assert "Excel" in unread[0]


def test_the_error_of_a_formula_is_a_fault():
    file = files.with_sheet(
        '<sheetData><row r="3"><c r="A3" t="e"><v>#N/A</v></c></row></sheetData>'
    )
    (line,) = read_table(file, "x").lines
    assert line.number == 3 and "ค่าผิดพลาด" in line.unread[0]


def test_merged_cells_have_their_value_everywhere():
    book = openpyxl.Workbook()
    for row in (["รายชื่อปี 2565"], ["จังหวัด", "ชื่อ"], ["แพร่", "ก"], [None, "ข"], [None, None]):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    book.active.merge_cells("A3:A5")
    assert cells_of(files.saved(book)) == [
        ["รายชื่อปี 2565"] * 3,
        ["จังหวัด", "ชื่อ"],
        ["แพร่", "ก"],
        ["แพร่", "ข"],
    ]


def test_two_sheets_with_data_are_offered_and_neither_is_chosen_for_the_person():
    file = files.xlsx(files.ROW, title="ระดับทอง", ระดับเงิน=[files.ROW], ว่าง=[])
    table = read_table(file, "x")
    assert table.needs_a_choice and table.sheets == ["ระดับทอง", "ระดับเงิน"] and not table.lines
    file.seek(0)
    assert len(read_table(file, "x", "ระดับเงิน").lines) == 1
    file.seek(0)
    with pytest.raises(Unreadable, match="ไม่มีชีต"):
        read_table(file, "x", "ไม่มี")


def test_hidden_sheets_are_not_offered():
    book = openpyxl.load_workbook(files.xlsx(files.ROW, ซ่อน=[["รายการ"]]))
    book["ซ่อน"].sheet_state = "hidden"
    assert read_table(files.saved(book), "x").sheets == ["รายชื่อ"]


def test_html_in_a_cell_stays_text_and_a_long_cell_is_cut_and_said():
    (line,) = read_table(files.xlsx(["<b>ก</b>", "ก" * 5_000]), "x").lines
    assert line.cells[0] == "<b>ก</b>"
    assert len(line.cells[1]) == LONGEST_CELL + 1 and "ยาวเกิน" in line.unread[1]


def test_what_no_database_keeps_is_left_out():
    assert cells_of(files.xlsx(["ก_x0000_ข_xD800_ค"])) == [["กขค"]]


# --- files that must be refused ------------------------------------------------------------------


def ole(inside: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + inside.encode("utf-16-le")


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ว่างเปล่า"),
        (b"\xef\xbb\xbf\r\n", "ว่างเปล่า"),
        (b"\0" * 100, "ว่างเปล่า"),
        (ole("Workbook"), ".xls"),
        (ole("EncryptedPackage"), "รหัสผ่าน"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "รูปภาพ"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "รูปภาพ"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "หน้าเว็บ"),
        ("\ufeff\n<!DOCTYPE html>".encode(), "หน้าเว็บ"),
        (b'<?xml version="1.0"?><Workbook/>', "หน้าเว็บหรือ XML"),
        (b"{\\rtf1 x}", "เอกสาร"),
        (b"\x1f\x8b\x08\0", "บีบอัด"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "อ่านเป็นข้อความไม่ได้"),
        (zipped("word/document.xml"), "ไม่ใช่ตาราง Excel"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "ไม่ใช่ตาราง Excel"),
        (b"PK\x03\x04 half a zip", "เสียหาย"),
    ],
)
def test_other_files_are_told_by_content_and_refused_with_a_remedy(content, said):
    assert said in refusal(content)


def test_macros_are_refused():
    file = files.with_parts(files.xlsx(files.ROW), **{"xl__vbaProject.bin": b"x"})
    assert "มาโคร" in refusal(file)


def test_a_book_with_nothing_in_it_is_refused():
    assert "ไม่มีข้อมูล" in refusal(files.xlsx([], [None]))


def test_200_000_rows_are_refused_before_they_are_all_read(monkeypatch):
    row = '<row><c t="inlineStr"><is><t>สำนักงานสมมติ</t></is></c></row>'
    taken = []
    whole = workbooks._within_limit

    def counted(part):
        for chunk in whole(part):
            taken.append(len(chunk))
            yield chunk

    monkeypatch.setattr(workbooks, "_within_limit", counted)
    file = files.with_sheet(f"<sheetData>{row * 200_000}</sheetData>")
    assert "5,000 แถว" in refusal(file)
    assert sum(taken) < 3_000_000  # of 15,000,000
    assert "5,000 แถว" in refusal(files.csv(*["ก,ข"] * 200_000))


def test_5_000_rows_are_read():
    lines = read_table(files.csv("ชื่อ", *["สำนักงานสมมติ"] * MOST_ROWS), "x").lines
    assert len(lines) == MOST_ROWS + 1


def test_a_zip_bomb_is_refused_once_it_is_more_than_any_list(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 2**20)
    file = files.with_sheet("<sheetData><row><c><v>" + "1" * 2**22 + "</v></c></row></sheetData>")
    assert len(file.getvalue()) < 50_000
    assert "ใหญ่ผิดปกติ" in refusal(file)


def test_millions_of_empty_cells_are_refused(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ELEMENTS", 1_000)
    assert "ใหญ่ผิดปกติ" in refusal(
        files.with_sheet("<sheetData>" + "<row/>" * 40_000 + "</sheetData>")
    )


def test_a_header_that_lies_about_its_size_gives_no_more_than_it_claims():
    file = files.with_sheet("<sheetData>" + "<row/>" * 10_000 + "</sheetData>").getvalue()
    size = len(zipfile.ZipFile(io.BytesIO(file)).read("xl/worksheets/sheet1.xml"))
    lying = file.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != file and "เสียหาย" in refusal(lying)


def test_two_far_corners_take_no_memory():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "ก", "ข"
    assert "คอลัมน์" in refusal(files.saved(book))


def test_merging_the_whole_sheet_over_and_over_is_refused():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 3_000))
    merged = '<mergeCell ref="A1:XFD1048576"/>' * 1_000
    file = files.with_sheet(f"<sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells>")
    assert "ใหญ่ผิดปกติ" in refusal(file)


def test_entities_are_not_expanded():
    body = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        b'<worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    )
    assert "เสียหาย" in refusal(files.with_parts(files.xlsx(files.ROW), **{files.SHEET: body}))


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A0"/><c r="??"><v>1</v></c>',
        '<c t="s"><v>x</v></c>',
        '<c t="s"><v>-1</v></c><c t="s"><v>99</v></c>',
        '<c s="1"><v>1e999</v></c>',
        "<c><v>nan</v></c>",
        "<c><v>ไม่ใช่เลข</v></c>",
    ],
)
def test_nonsense_in_cells_is_never_more_than_a_refusal(cell):
    file = files.with_sheet(f'<sheetData><row r="1">{cell}</row></sheetData>')
    try:
        read_table(file, "x")
    except Unreadable as refused:
        assert "โปรด" in str(refused)


# --- CSV -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_sign(encoding, sign):
    lines = [line.replace(",", sign) for line in CSV]
    assert cells_of(files.csv(*lines, encoding=encoding)) == [line.split(",") for line in CSV]


def test_commas_inside_quotes_part_nothing_and_lines_keep_their_numbers():
    file = files.csv('ชื่อ;"ที่อยู่, ถนน"', "", '"สำนักงาน', 'สมมติ";ข', "ค;ง")
    lines = read_table(file, "x").lines
    assert [line.number for line in lines] == [1, 3, 5]
    assert lines[1].cells == ["สำนักงาน\nสมมติ", "ข"]


def test_a_line_in_another_encoding_is_named():
    content = "\n".join(CSV * 3).encode() + "\nสำนักงาน".encode("cp874")
    assert "บรรทัดที่ 10" in refusal(content)
    assert "บรรทัดที่ 2" in refusal("สำนักงาน\n".encode("cp874") + b"\xff\xfe\xdb")


def test_text_that_was_converted_wrongly_before_is_named():
    spoilt = "สำนักงานสมมติ".encode()[:30].decode("cp874", "replace").replace("\ufffd", "?")
    assert "แปลงรหัสผิด" in refusal(("ชื่อ\n" + spoilt).encode())


def test_a_quotation_mark_left_open_is_named():
    assert "บรรทัดที่ 2" in refusal(files.csv("ชื่อ,ปี", '"สำนักงาน,2565', *CSV * 50))


def test_a_formula_in_csv_is_a_fault_of_its_cell():
    lines = read_table(files.csv("ชื่อ,ปี", '=HYPERLINK("x"),2565'), "x").lines
    assert "สูตร" in lines[1].unread[0]


# --- anything at all -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_bytes_of_any_kind_are_read_or_refused(seed):
    chance = random.Random(seed)
    whole = files.xlsx(files.HEADINGS, files.ROW, *[files.ROW] * 5).getvalue()
    starts = [b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
    for _time in range(60):
        if chance.random() < 0.5:
            content = bytearray(whole)
            for _bite in range(chance.randrange(1, 6)):
                content[chance.randrange(len(content))] = chance.randrange(256)
        else:
            content = chance.choice(starts) + chance.randbytes(chance.randrange(400))
        try:
            read_table(io.BytesIO(bytes(content)), "x")
        except Unreadable as refused:
            assert re.search("[ก-ฮ]", str(refused))
