"""Tables of text from any kind of file, and the limits on their size."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from certifications.intake.reading.rows import Unreadable

MOST_ROWS = 5_000  # in one file; a year has some 900 awards
HEADER_WITHIN = 20  # rows in which the row of headings may stand
MOST_COLUMNS = 100
LONGEST_CELL = 1_000  # letters; what is cut is said, and no name is nearly so long
MOST_LETTERS = 10_000_000  # in one table: nobody types so much, and all of it is kept

# What no database keeps or no screen shows: controls, halves of a pair, no characters.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass
class Line:
    """A row that has something in it."""

    number: int  # in the file, from 1
    cells: list[str]
    unread: dict[int, str] = field(default_factory=dict)  # position of a cell → why it has no value


@dataclass
class Table:
    """A sheet; without lines while `sheets` names several and none was chosen."""

    sheets: list[str] = field(default_factory=list)  # those with data in them; none for CSV
    sheet: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def needs_a_choice(self) -> bool:
        return not self.sheet and len(self.sheets) > 1


class Gathering:
    """Lines on their way into a table; refuses what is more than anyone enters at once."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._letters = 0

    def add(self, line: Line) -> None:
        """Take a line, unless nothing stands in it."""
        while line.cells and not line.cells[-1].strip() and len(line.cells) - 1 not in line.unread:
            line.cells.pop()
        if not line.cells or not (line.unread or any(map(str.strip, line.cells))):
            return
        if len(self.lines) >= MOST_ROWS + HEADER_WITHIN:
            raise too_many_rows()
        if len(line.cells) > MOST_COLUMNS:
            raise too_many_columns(line.number)
        self._shorten(line)
        self.lines.append(line)

    def _shorten(self, line: Line) -> None:
        for position, text in enumerate(line.cells):
            text = _UNSTORABLE.sub("", text)
            if len(text) > LONGEST_CELL:
                line.unread[position] = _(
                    "คอลัมน์ “%(column)s” ยาวเกิน %(most)s ตัวอักษร โปรดย่อให้สั้นลง"
                ) % {
                    "column": "%(column)s",
                    "most": f"{LONGEST_CELL:,}",
                }
                text = text[:LONGEST_CELL] + "…"
            line.cells[position] = text
            self._letters += len(text)
        if self._letters > MOST_LETTERS:
            raise Unreadable(
                _("ข้อความในไฟล์ยาวเกินกว่าที่นำเข้าได้ในครั้งเดียว โปรดแบ่งไฟล์ให้เล็กลง แล้วนำเข้าทีละไฟล์")
            )


def too_many_rows() -> Unreadable:
    return Unreadable(
        _("ไฟล์มีเกิน %(most)s แถว ซึ่งมากกว่าที่นำเข้าได้ในครั้งเดียว โปรดแบ่งเป็นหลายไฟล์ แล้วนำเข้าทีละไฟล์")
        % {"most": f"{MOST_ROWS:,}"}
    )


def too_many_columns(number: int) -> Unreadable:
    return Unreadable(
        _("บรรทัดที่ %(line)s มีข้อมูลเกิน %(most)s คอลัมน์ โปรดลบคอลัมน์ที่ไม่ใช้ แล้วส่งไฟล์ใหม่")
        % {"line": number, "most": MOST_COLUMNS}
    )
