"""Detecting the format of an uploaded file by its content, and reading its table as text.

Macros are refused rather than left unread: the file as it came may be kept and opened by others.
"""

import codecs
import csv
import io
import re
from typing import BinaryIO

from django.utils.translation import gettext as _

from certifications.intake.reading import workbooks
from certifications.intake.reading.rows import Unreadable
from certifications.intake.reading.tables import HEADER_WITHIN, Gathering, Line, Table

MOST_BYTES = 25 * 2**20
LONGEST_FIELD = 2**20  # bytes of one CSV cell; a longer one is a quotation mark left open

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
_PACKED = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")
_THAI_IN_UTF8 = re.compile(rb"\xe0[\xb8\xb9][\x80-\xbf]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# UTF-8 that was once opened as CP874 and saved again: สำ has become เธชเธณ.
_TWICE_ENCODED = re.compile("(?:เ[ธน].{1,2}){5}")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")


def read_table(file: BinaryIO, name: str, sheet: str | None = None) -> Table:
    """The rows of an .xlsx or .csv as text. `name` is only for saying which file it was.

    A book with several sheets of data gives their names and no lines until `sheet` names one.
    Raises Unreadable, with a Thai sentence, for whatever cannot be read as a table.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable(
            _("ไฟล์ใหญ่เกิน %(most)s MB ซึ่งมากกว่าที่นำเข้าได้ในครั้งเดียว โปรดแบ่งเป็นหลายไฟล์ แล้วนำเข้าทีละไฟล์")
            % {"most": MOST_BYTES // 2**20}
        )
    if not content.strip(b"\x00 \t\r\n"):
        raise Unreadable(
            _("ไฟล์ “%(name)s” ว่างเปล่า โปรดเลือกไฟล์ที่มีรายชื่อหน่วยงาน") % {"name": name[:100]}
        )
    if content.startswith(b"PK"):
        return workbooks.read(content, sheet)
    _refuse_other_kinds(content)
    table = Table(lines=_csv_lines(_decoded(content)))
    if not table.lines:
        raise Unreadable(
            _("ไฟล์ “%(name)s” ว่างเปล่า โปรดเลือกไฟล์ที่มีรายชื่อหน่วยงาน") % {"name": name[:100]}
        )
    return table


def _refuse_other_kinds(content: bytes) -> None:
    start = content[:1024].lstrip(codecs.BOM_UTF8 + b" \t\r\n")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise workbooks.locked()
        raise Unreadable(
            _("ไฟล์นี้เป็น Excel รุ่นเก่า (.xls) ถึงชื่อจะลงท้ายด้วยอย่างอื่น โปรดเปิดใน Excel แล้วบันทึกเป็น .xlsx")
        )
    if start.startswith(b"%PDF"):
        raise Unreadable(
            _("ไฟล์นี้เป็น PDF ซึ่งอ่านเป็นตารางไม่ได้ โปรดขอไฟล์ Excel หรือคัดลอกรายชื่อไปวางในช่องวางรายชื่อ")
        )
    if content.startswith(_PICTURES):
        raise Unreadable(_("ไฟล์นี้เป็นรูปภาพ ซึ่งอ่านเป็นตารางไม่ได้ โปรดขอไฟล์ Excel หรือพิมพ์รายชื่อ"))
    if content.startswith(_PACKED):
        raise Unreadable(_("ไฟล์นี้บีบอัดไว้ โปรดแตกไฟล์ก่อน แล้วส่งไฟล์ .xlsx หรือ .csv ที่อยู่ข้างใน"))
    if re.match(rb"<(?:!doctype|html|head|body|table|meta|\?xml|!--)|mime-version:", start, re.I):
        raise Unreadable(_("ไฟล์นี้เป็นหน้าเว็บหรือ XML ถึงชื่อจะเป็นตาราง โปรดเปิดใน Excel แล้วบันทึกเป็น .xlsx"))
    if start.startswith(b"{\\rtf"):
        raise Unreadable(_("ไฟล์นี้เป็นเอกสาร ไม่ใช่ตาราง โปรดคัดลอกรายชื่อไปวางในช่องวางรายชื่อ"))


# --- text ----------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _strictly(content, "utf-16")
    elif _is_utf8(content):
        text = _strictly(content, "utf-8-sig")
    else:
        text = _strictly(content, "cp874")
    if control := _CONTROLS.search(text):
        raise _not_text(text.count("\n", 0, control.start()) + 1)
    if twice := _TWICE_ENCODED.search(text):
        line = text.count("\n", 0, twice.start()) + 1
        raise Unreadable(
            _("บรรทัดที่ %(line)s เป็นภาษาไทยที่แปลงรหัสผิดมาก่อน (อ่านได้เป็น เธชเธณ…) โปรดบันทึกใหม่จากไฟล์ต้นฉบับ")
            % {"line": line}
        )
    return text


def _is_utf8(content: bytes) -> bool:
    """Whether it is meant as UTF-8, even if a line of it is broken."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        thai = 3 * sum(1 for _letter in _THAI_IN_UTF8.finditer(content))
        return 2 * thai > sum(1 for _byte in _NOT_ASCII.finditer(content))
    return True


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        if encoding == "utf-8-sig":
            raise Unreadable(
                _("บรรทัดที่ %(line)s มีอักษรที่ไม่ใช่ UTF-8 โปรดแก้บรรทัดนั้น หรือบันทึกใหม่เป็น CSV UTF-8")
                % {"line": line}
            ) from fault
        raise _not_text(line) from fault


def _not_text(line: int) -> Unreadable:
    return Unreadable(
        _("บรรทัดที่ %(line)s อ่านเป็นข้อความไม่ได้ โปรดบันทึกใหม่ด้วย Excel เป็น .xlsx หรือ CSV UTF-8")
        % {"line": line}
    )


# --- CSV -----------------------------------------------------------------------------------------


def _csv_lines(text: str) -> list[Line]:
    gathering = Gathering()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    csv.field_size_limit(LONGEST_FIELD)
    start = 1
    try:
        for cells in rows:
            formulas = {at: _is_a_formula() for at, cell in enumerate(cells) if cell[:1] == "="}
            gathering.add(Line(start, cells, formulas))
            start = rows.line_num + 1
    except csv.Error as fault:
        raise Unreadable(
            _('บรรทัดที่ %(line)s มีเครื่องหมาย " ที่เปิดแล้วไม่ปิด หรือปิดแล้วมีข้อความต่อ โปรดแก้ แล้วส่งใหม่')
            % {"line": start}
        ) from fault
    return gathering.lines


def _is_a_formula() -> str:
    return _("คอลัมน์ “%(column)s” เป็นสูตร ไม่ใช่ข้อความ โปรดพิมพ์ค่าแทนสูตร")


def _delimiter(text: str) -> str:
    """The sign that parts most of the first lines into the same number of cells."""
    lines = [line for line in text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN] if line.strip()]

    def parted(sign: str) -> tuple[int, int]:
        counts = [re.sub('"[^"]*"', "", line).count(sign) for line in lines]
        usual = max(set(counts) - {0}, key=counts.count, default=0)
        return counts.count(usual) if usual else 0, usual

    return max(",\t;", key=parted)
