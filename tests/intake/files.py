"""Files as offices send them, and as nobody should: built here, none of them real."""

import io
import zipfile

import openpyxl

HEADINGS = ["ลำดับ", "ชื่อหน่วยงาน", "จังหวัด", "ระดับ", "คะแนน", "ปีที่รับรอง"]
ROW = [1, "สำนักงานสมมติจังหวัดแพร่", "แพร่", "ระดับพื้นฐาน", 75.5, 2565]


def xlsx(*rows, title: str = "รายชื่อ", **more_sheets) -> io.BytesIO:
    """A workbook of these rows; more sheets by name, each a list of rows."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, others in more_sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def csv(*lines: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("\r\n".join(lines).encode(encoding))


def with_parts(file: io.BytesIO, **parts: bytes | None) -> io.BytesIO:
    """The same zip with parts put in or, when None, left out; "__" is "/"."""
    changed = {name.replace("__", "/"): body for name, body in parts.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, body in changed.items():
            if body is not None:
                new.writestr(name, body)
    made.seek(0)
    return made


SHEET = "xl__worksheets__sheet1.xml"


def with_sheet(body: str) -> io.BytesIO:
    """A workbook whose one sheet is written by hand."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    whole = f'<?xml version="1.0"?><worksheet xmlns="{space}">{body}</worksheet>'
    return with_parts(xlsx(ROW), **{SHEET: whole.encode()})
