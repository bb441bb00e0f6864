"""Reading an .xlsx as text, a row at a time, keeping no more of it than is used.

Written here because the libraries hold what a file claims rather than what it has: python-calamine
asks memory for the whole rectangle between two far corners (a file of 5 KB ends the process), and
openpyxl reads every text of the book before the first row (40 s for 200,000 rows) and tells neither
a merged cell nor a formula without a value.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from django.utils.translation import gettext as _

from certifications.exports import workbook
from certifications.intake.reading.rows import Unreadable
from certifications.intake.reading.sheets import END, START, Sheets, too_large
from certifications.intake.reading.tables import Table

MOST_UNPACKED = 64 * 2**20  # bytes of one part of the book, as they come out of the zip
MOST_ELEMENTS = 5_000_000  # beginnings and ends in one part: each takes time, however short
MOST_PARTS = 2_000
MOST_SHEETS = 200
CHUNK = 2**16
# All that a broken file may make of a zip, of its XML and of the numbers in it.
FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, OSError)
FAULTS += (RuntimeError, LookupError, ValueError)


def read(content: bytes, sheet: str | None) -> Table:
    """The sheet asked for, or the only one with data; else the names to choose from."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return _Book(parts).table(sheet)
    except FAULTS as fault:
        raise Unreadable(
            _("ไฟล์ Excel เสียหาย อ่านไม่ได้ โปรดเปิดใน Excel แล้วบันทึกใหม่เป็น .xlsx ก่อนส่งอีกครั้ง")
        ) from fault


class _Book(Sheets):
    def __init__(self, parts: zipfile.ZipFile) -> None:
        self.parts = parts
        self.names = _checked_names(parts)
        self.path = self._workbook_path()
        self.from_1904 = False
        self.sheets = self._visible_sheets()

    def table(self, wanted: str | None) -> Table:
        words = workbook.titles_of_explanations()
        filled = [
            name
            for name, path in self.sheets.items()
            if name == wanted or (name not in words and self._has_data(path))
        ]
        if wanted is not None and wanted not in self.sheets:
            raise Unreadable(
                _("ไม่มีชีต “%(sheet)s” ในไฟล์ โปรดเลือกชีตจากรายการ") % {"sheet": wanted[:50]}
            )
        if not filled:
            raise Unreadable(_("ไฟล์นี้ไม่มีข้อมูล โปรดเลือกไฟล์ที่มีรายชื่อหน่วยงาน"))
        chosen = wanted or (filled[0] if len(filled) == 1 else "")
        lines = self._lines(self.sheets[chosen]) if chosen else []
        return Table(sheets=filled, sheet=chosen, lines=lines)

    # --- what the book is made of ----------------------------------------------------------------

    def _workbook_path(self) -> str:
        main = [
            path
            for kind, path in self._relations("").values()
            if kind.endswith("/officeDocument") and path in self.names
        ]
        if not main or posixpath.basename(main[0]).startswith(("document", "presentation")):
            raise _not_a_workbook()
        if main[0].endswith(".bin"):
            raise Unreadable(_("ไฟล์นี้เป็น .xlsb ซึ่งอ่านไม่ได้ โปรดเปิดใน Excel แล้วบันทึกเป็น .xlsx"))
        return main[0]

    def _relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Id → kind and path of each part that a part leads to, inside the file."""
        folder, name = posixpath.split(path)
        holder = posixpath.join(folder, "_rels", f"{name}.rels")
        if holder not in self.names:
            return {}
        return {
            facts.get("Id", ""): (
                facts.get("Type", ""),
                posixpath.normpath(posixpath.join("/", folder, facts.get("Target", "")))[1:],
            )
            for what, name, facts in self._elements(holder)
            if what is START and name == "Relationship" and facts.get("TargetMode") != "External"
        }

    def _visible_sheets(self) -> dict[str, str]:
        leads = self._relations(self.path)
        sheets: dict[str, str] = {}
        for what, name, facts in self._elements(self.path):
            if what is START and name == "workbookPr":
                self.from_1904 = facts.get("date1904") in ("1", "true")
            if what is START and name == "sheet" and "idden" not in facts.get("state", ""):
                kind, path = leads.get(facts.get("id", ""), ("", ""))
                if kind.endswith("/worksheet") and path in self.names:
                    sheets[facts.get("name", "")] = path
        if len(sheets) > MOST_SHEETS:
            raise Unreadable(_("ไฟล์มีชีตมากเกินไป โปรดย้ายรายชื่อไปไว้ในไฟล์ใหม่ที่มีชีตเดียว"))
        return sheets

    # --- what cells lead to ----------------------------------------------------------------------

    def _elements(self, path: str) -> Iterator[tuple[bool, str, object]]:
        """START, name and attributes or END, name and text of each element, as it is read."""
        with self.parts.open(self.names[path]) as part:
            yield from _parsed(_within_limit(part))


def _checked_names(parts: zipfile.ZipFile) -> dict[str, str]:
    """The parts of the file by their paths, which some programs begin or part otherwise."""
    infos = parts.infolist()
    if any(info.flag_bits & 1 for info in infos):
        raise locked()
    if len(infos) > MOST_PARTS:
        raise too_large()
    names = {info.filename.replace("\\", "/").lstrip("/"): info.filename for info in infos}
    if "[Content_Types].xml" not in names:
        raise _not_a_workbook()
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unreadable(
            _("ไฟล์นี้มีมาโคร จึงไม่รับเพื่อความปลอดภัย โปรดบันทึกเป็น “สมุดงาน Excel (.xlsx)” แล้วส่งใหม่")
        )
    return names


def locked() -> Unreadable:
    return Unreadable(_("ไฟล์นี้ตั้งรหัสผ่านไว้ โปรดเปิดใน Excel เอารหัสผ่านออก บันทึก แล้วส่งใหม่"))


def _not_a_workbook() -> Unreadable:
    return Unreadable(
        _("ไฟล์นี้ไม่ใช่ตาราง Excel (.xlsx) โปรดเปิดด้วยโปรแกรมที่สร้างไฟล์ แล้วบันทึกเป็น .xlsx หรือ .csv")
    )


def _within_limit(part) -> Iterator[bytes]:
    """What comes out of a part, whatever its header claims, until it is more than any list has."""
    taken = 0
    while chunk := part.read(CHUNK):
        taken += len(chunk)
        if taken > MOST_UNPACKED:
            raise too_large()
        yield chunk


def _parsed(chunks: Iterable[bytes]) -> Iterator[tuple[bool, str, object]]:
    found: list[tuple[bool, str, object]] = []
    text: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        text.clear()
        facts = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        found.append((START, name.rpartition("}")[2], facts))

    def end(name: str) -> None:
        found.append((END, name.rpartition("}")[2], "".join(text)))
        text.clear()

    def doctype(*_declared) -> None:
        raise ValueError("A workbook declares no entities.")

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = doctype
    taken = 0
    for chunk in chunks:
        parser.Parse(chunk)
        taken += len(found)
        if taken > MOST_ELEMENTS:
            raise too_large()
        yield from found
        found.clear()
    parser.Parse(b"", True)
    yield from found
