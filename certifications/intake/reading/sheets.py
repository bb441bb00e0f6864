"""The cells of an .xlsx sheet as text."""

import bisect
import datetime
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from certifications.intake.reading.rows import Unreadable
from certifications.intake.reading.tables import (
    HEADER_WITHIN,
    MOST_COLUMNS,
    MOST_ROWS,
    Gathering,
    Line,
    too_many_columns,
    too_many_rows,
)

MOST_MERGED = 500_000  # cells that merging may fill
LAST_ROW = 2**20  # Excel's own
START, END = True, False

# Built-in number formats that are dates, those of East Asian and Thai versions among them.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59), *range(71, 82)}
_DATE_LETTERS = re.compile("[dmybhs]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}")


class Sheets:
    """The sheets of a book as lines of text; `_Book` opens its parts."""

    def _has_data(self, path: str) -> bool:
        return any(cells for _number, cells in self._rows(path, merged=[]))

    def _lines(self, path: str) -> list[Line]:
        merged: list[str] = []
        rows = []
        for number, cells in self._rows(path, merged):
            if cells:
                rows.append((number, cells))
            if len(rows) > MOST_ROWS + HEADER_WITHIN:
                raise too_many_rows()
        used = {
            int(value) for _n, cells in rows for kind, value, *_ in cells.values() if kind == "s"
        }
        texts, dates = self._shared_texts(used), self._date_styles()
        lines = [self._line(number, cells, texts, dates) for number, cells in rows]
        _fill_merged(lines, merged)
        gathering = Gathering()
        for line in lines:
            gathering.add(line)
        return gathering.lines

    def _rows(self, path: str, merged: list[str]) -> Iterator[tuple[int, dict[int, tuple]]]:
        """The number of each row and its cells, by position: kind, value, style, is a formula."""
        number = position = 0
        kind = style = value = ""
        is_formula = in_phonetic = False
        cells: dict[int, tuple] = {}
        for what, name, content in self._elements(path):
            if what is START:
                if name == "c":
                    position = _column(content.get("r", ""), after=position)
                    kind, style, value = content.get("t", "n"), content.get("s", "0"), ""
                    is_formula = False
                elif name == "row":
                    number = _row_number(content.get("r", ""), after=number)
                    position, cells = 0, {}
                elif name == "f":
                    is_formula = True
                elif name == "rPh":
                    in_phonetic = True
                elif name == "mergeCell":
                    merged.append(content.get("ref", ""))
            elif name == "v" or (name == "t" and not in_phonetic):
                value += content
            elif name == "c":
                if value.strip() or is_formula:
                    if position > MOST_COLUMNS:
                        raise too_many_columns(number)
                    cells[position] = (kind, value, style, is_formula)
            elif name == "rPh":
                in_phonetic = False
            elif name == "row":
                yield number, cells

    def _line(self, number: int, cells: dict[int, tuple], texts: dict, dates: set[str]) -> Line:
        line = Line(number, [""] * max(cells))
        for position, (kind, value, style, is_formula) in cells.items():
            if is_formula and not value and kind != "str":
                line.unread[position - 1] = _(
                    "คอลัมน์ “%(column)s” เป็นสูตรที่ยังไม่มีผลลัพธ์ โปรดเปิดไฟล์ใน Excel แล้วบันทึก หรือพิมพ์ค่าแทนสูตร"
                )
            elif kind == "e":
                line.unread[position - 1] = _(
                    "คอลัมน์ “%(column)s” เป็นค่าผิดพลาดของสูตร (เช่น #N/A) โปรดแก้สูตร หรือพิมพ์ค่าแทน"
                )
            line.cells[position - 1] = self._text(kind, value, style in dates, texts)
        return line

    def _text(self, kind: str, value: str, is_date: bool, texts: dict[int, str]) -> str:
        if kind == "s":
            return texts.get(int(value), "")
        if kind in ("str", "inlineStr"):
            return _unescaped(value)
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind == "d":
            return value.removesuffix("T00:00:00").removesuffix("Z")
        if kind == "e" or not value:
            return value
        return self._moment(float(value)) if is_date else _number_text(value)

    def _moment(self, serial: float) -> str:
        """A date cell as ISO; the year as its keeper sees it, which may have been typed in B.E."""
        if self.from_1904:
            first = datetime.datetime(1904, 1, 1)
        else:  # Excel believes in 29 February 1900
            first = datetime.datetime(1899, 12, 30 if serial >= 60 else 31)
        try:
            moment = first + datetime.timedelta(seconds=round(serial * 86400))
        except OverflowError:
            return _number_text(str(serial))
        if serial < 1:
            return f"{moment:%H:%M}"
        # %Y would leave out the zeros before a year of three digits.
        is_whole = moment.time() == datetime.time()
        return moment.date().isoformat() if is_whole else moment.isoformat(" ", "minutes")

    def _shared_texts(self, used: set[int]) -> dict[int, str]:
        leads = self._relations(self.path).values()
        path = next((path for kind, path in leads if kind.endswith("/sharedStrings")), "")
        if not used or path not in self.names:
            return {}
        texts: dict[int, str] = {}
        number, text, in_phonetic = 0, "", False
        for what, name, content in self._elements(path):
            if name == "rPh":
                in_phonetic = what is START
            elif what is END and name == "t" and not in_phonetic:
                text += content
            elif what is END and name == "si":
                if number in used:
                    texts[number] = _unescaped(text)
                number, text = number + 1, ""
        return texts

    def _date_styles(self) -> set[str]:
        """The styles of cells, by their number, that show a number as a date."""
        leads = self._relations(self.path).values()
        path = next((path for kind, path in leads if kind.endswith("/styles")), "")
        if path not in self.names:
            return set()
        formats = {str(number) for number in _DATE_FORMATS}
        styles, in_styles = [], False
        for what, name, facts in self._elements(path):
            if name == "cellXfs":
                in_styles = what is START
            elif what is START and name == "numFmt":
                shown = _LITERAL.sub("", facts.get("formatCode", "").partition(";")[0])
                if _DATE_LETTERS.search(shown):
                    formats.add(facts.get("numFmtId", ""))
            elif what is START and name == "xf" and in_styles:
                styles.append(facts.get("numFmtId", ""))
        return {str(number) for number, shown in enumerate(styles) if shown in formats}


def too_large() -> Unreadable:
    return Unreadable(
        _("ไฟล์นี้เมื่อคลายออกแล้วใหญ่ผิดปกติ จึงไม่อ่านต่อ โปรดคัดลอกเฉพาะรายชื่อไปไว้ในไฟล์ใหม่ แล้วส่งไฟล์นั้น")
    )


def _row_number(text: str, after: int) -> int:
    number = int(text or after + 1)
    if number > LAST_ROW:
        raise ValueError("No sheet is so long.")
    return number


def _column(reference: str, after: int) -> int:
    """The number of a cell's column from 1; a cell that does not say follows the one before it."""
    return _corner(reference)[0] if reference else after + 1


def _corner(reference: str) -> tuple[int, int]:
    """Column and row of a cell such as AB12, from 1."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(f"No cell is called {reference!r}.")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(match[2])


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _number_text(value: str) -> str:
    """2565, not 2565.0; 87.4, not the 87.40000000000001 of binary arithmetic."""
    return value if _WHOLE_NUMBER.fullmatch(value) else f"{float(value):.15g}"


def _fill_merged(lines: list[Line], merged: list[str]) -> None:
    """Write the value of merged cells into them all, in rows that have something of their own."""
    rows = {line.number: line for line in lines}
    numbers = sorted(rows)
    filled = 0
    for reference in merged:
        first, _colon, last = reference.partition(":")
        (left, top), (right, bottom) = _corner(first), _corner(last or first)
        right = min(right, MOST_COLUMNS)
        within = numbers[bisect.bisect_left(numbers, top) : bisect.bisect_right(numbers, bottom)]
        filled += 1 + len(within) * max(right - left, 0)
        if filled > MOST_MERGED:
            raise too_large()
        if top in rows and left <= len(rows[top].cells):
            _spread(rows[top].cells[left - 1], [rows[number] for number in within], left - 1, right)


def _spread(text: str, lines: list[Line], start: int, end: int) -> None:
    for line in lines:
        line.cells.extend([""] * (end - len(line.cells)))
        line.cells[start:end] = [text] * (end - start)
