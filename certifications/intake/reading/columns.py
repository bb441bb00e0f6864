"""Parsing the rows of a table by the field of each column."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from certifications.exports.delimited import RUNS_AS_A_FORMULA
from certifications.intake.reading import cells
from certifications.intake.reading.headings import (
    EXAMPLE,
    LEFT_OUT,
    ORDINALS,
    header_of,
    heading_key,
)
from certifications.intake.reading.rows import ReadRow, Unreadable
from certifications.intake.reading.tables import Line, Table
from certifications.reference import thai
from certifications.search import province_names
from certifications.search.levels import AS_LOADED, LevelWords


def rows_of(
    table: Table,
    mapping: dict[str, str],
    *,
    year: int | None = None,
    level: str = "",
    levels: LevelWords = AS_LOADED,
) -> list[ReadRow]:
    """Every line that names an office; `year` and `level` stand in where the file says nothing,
    and `levels` are the words by which levels are named.

    `mapping` is heading → field, of the headings of `header_of`. Raises Unreadable when it names
    no column with names or codes.
    """
    header = header_of(table)
    wanted = {heading: mapping.get(heading, LEFT_OUT) for heading in header.headings}
    if not {"name", "code"} & {*wanted.values()}:
        raise Unreadable(_("ยังไม่มีคอลัมน์ที่เป็นชื่อหน่วยงาน โปรดเลือกว่าคอลัมน์ใดคือ “ชื่อหน่วยงาน”"))
    ordinals = {
        heading for heading in header.headings if heading_key(heading) in map(heading_key, ORDINALS)
    }
    named = next((heading for heading, field in wanted.items() if field == "name"), "")
    rows = []
    section_level = ""
    for line in header.lines:
        raw = dict(zip(header.headings, line.cells, strict=False))
        raw = {heading: text for heading, text in raw.items() if text.strip()}
        if heading_level := _level_heading(raw, levels):
            section_level = heading_level
        elif raw.keys() - ordinals and not _is_no_row(raw.get(named, ""), named):
            rows.append(_RowReader(line, raw, wanted, levels).row(year, section_level or level))
    return rows


def _level_heading(raw: dict[str, str], levels: LevelWords) -> str:
    """The level of a line that says only that: ระดับก้าวหน้า (12 แห่ง), merged over the table."""
    texts = {text.strip() for text in raw.values()}
    if len(texts) != 1:
        return ""
    text = thai.clean(texts.pop())
    text = re.sub(r"\(?(?:จำนวน)? ?[0-9๐-๙]+ ?(?:แห่ง|ศูนย์|หน่วยงาน|รางวัล)\)?", "", text)
    if not text.startswith(("ระดับ", "เหรียญ", "กลุ่มระดับ")) or len(text) > 60:
        return ""
    try:
        return cells.level_of(text.removeprefix("กลุ่ม").strip(" :-"), levels)
    except ValueError:
        return ""


def _is_no_row(name: str, heading: str) -> bool:
    """Our example, or the headings again at the top of a printed page."""
    return name.strip().startswith(EXAMPLE) or (
        name.strip() != "" and heading_key(name) == heading_key(heading)
    )


def _value_in(text: str) -> str:
    """A cell cleaned, without the apostrophe that our own files put before what a spreadsheet
    would run; nothing where it says that nothing is known."""
    if text.startswith("'") and text[1:].startswith(RUNS_AS_A_FORMULA):
        text = text[1:]
    text = thai.clean(text)
    return "" if cells.is_nothing(text) else text


_TOTAL = re.compile(
    r"(?:รวม|ผลรวม|ยอดรวม|รวมทั้งสิ้น|หมายเหตุ|ที่มา|total|note)(?:$|[ :0-9๐-๙])", re.IGNORECASE
)
_MARKUP = re.compile("<[^>]*>")
_TWO_DIGITS = re.compile(r"(?<![0-9])[0-9]{2}(?:\.0+)?(?![0-9])")
# A person, not the posts that begin alike: นายกเทศมนตรี, นายอำเภอ, นายทะเบียน.
_TITLE_OF_A_PERSON = re.compile(
    r"นางสาว|น\.ส\.|นาง|ดร\.|ว่าที่|นาย(?!ก|อำเภอ|ทะเบียน|สถานี|ด่าน|ช่าง|แพทย์|ท่า|ตรวจ)"
)
_AS_EXCEL_SPOILT_IT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)


class _RowReader:
    """One line on its way to a row: what each of its columns says, and what is wrong with it."""

    def __init__(
        self, line: Line, raw: dict[str, str], wanted: dict[str, str], levels: LevelWords
    ) -> None:
        self.levels = levels
        self.row_read = ReadRow(line.number, raw)
        self.texts: dict[str, list[tuple[str, str]]] = {}  # field → heading and text
        for position, heading in enumerate(wanted):
            if not wanted[heading]:
                continue
            if position in line.unread:
                self.texts.setdefault(wanted[heading], [])
                self.fault(line.unread[position] % {"column": heading})
            elif text := _value_in(raw.get(heading, "")):
                self.texts.setdefault(wanted[heading], []).append((heading, text))

    def fault(self, sentence: str) -> None:
        self.row_read.faults.append(sentence)

    def row(self, year: int | None, level: str) -> ReadRow:
        row = self.row_read
        row.code = self._value("code", self._code) or ""
        row.version = self._value("version", str) or ""
        row.name = self._value("name", self._name) or ""
        row.known_by = self._value("known_by", cells.day_of)
        row.year = self._value("year", cells.year_of) or self._otherwise(year, "year", "known_by")
        row.level = self._value("level", self._level) or self._otherwise(level, "level") or ""
        row.score = self._score()
        row.province = self._value("province", province_names.code_of) or ""
        row.parent = self._value("parent", self._within(cells.LONGEST_NAME)) or ""
        row.certificate_number = self._value("certificate_number", self._within(50)) or ""
        self._recipients()
        self._warn_of_what_is_in_another_column(year)
        if not row.name and not row.code and "name" not in self.texts:
            self.fault(_("ไม่มีชื่อหน่วยงาน โปรดพิมพ์ชื่อ หรือลบแถวนี้"))
        return row

    def _otherwise(self, given, *fields: str):
        """What was given on the screen, where the row has nothing to say of it. A row of our own
        files says even with an empty cell that a thing is unknown."""
        return None if self.texts.keys() & {*fields, "version"} else given

    def _value(self, field: str, read: Callable):
        """What the columns of a field say, if they agree."""
        values = []
        for heading, text in self.texts.get(field, ()):
            try:
                values.append((heading, read(text)))
            except ValueError as fault:
                self.fault(_("คอลัมน์ “%(column)s”: %(fault)s") % {"column": heading, "fault": fault})
        if len({value for _heading, value in values}) > 1:
            (one, _value), (other, _other) = values[0], values[1]
            self.fault(
                _("คอลัมน์ “%(one)s” กับ “%(other)s” ไม่ตรงกัน โปรดแก้ให้ตรงกัน หรือลบข้อความในคอลัมน์หนึ่ง")
                % {"one": one, "other": other}
            )
            return None
        return values[0][1] if values else None

    def _level(self, text: str) -> str:
        return cells.level_of(text, self.levels)

    def _code(self, text: str) -> str:
        if _AS_EXCEL_SPOILT_IT.fullmatch(text):
            raise ValueError(
                _("Excel เปลี่ยนรหัสถาวรเป็นตัวเลข “%(text)s” โปรดแก้ไฟล์ .xlsx แทน .csv แล้วส่งใหม่")
                % {"text": text[:40]}
            )
        return text.casefold()

    def _name(self, text: str) -> str:
        if len(text) > cells.LONGEST_NAME:
            raise ValueError(
                _("ชื่อยาว %(length)s ตัวอักษร รับไม่เกิน %(most)s โปรดตรวจว่ามีข้อความอื่นปนอยู่หรือไม่")
                % {"length": f"{len(text):,}", "most": cells.LONGEST_NAME}
            )
        if not re.search("[A-Za-zก-ฮ]", text):
            raise ValueError(_("“%(text)s” ไม่ใช่ชื่อ โปรดพิมพ์ชื่อหน่วยงาน") % {"text": text[:40]})
        if _TOTAL.match(text):
            raise ValueError(_("แถวนี้เป็นยอดรวมหรือหมายเหตุ ไม่ใช่หน่วยงาน โปรดข้ามหรือลบแถวนี้"))
        self._warn_of_markup(text)
        return text

    def _warn_of_markup(self, text: str) -> None:
        if found := _MARKUP.search(text):
            self.row_read.warnings.append(
                _("“%(text)s” คล้ายคำสั่งของหน้าเว็บ โปรดตรวจข้อความในแถวนี้อีกครั้ง")
                % {"text": found[0][:40]}
            )

    def _warn_of_what_is_in_another_column(self, year: int | None) -> None:
        """What can be read and is yet hardly meant so."""
        row = self.row_read
        if row.name and row.name == row.parent:
            row.warnings.append(
                _("ชื่อหน่วยงานกับต้นสังกัดเป็นชื่อเดียวกัน ตรวจว่าหน่วยงานที่ได้รับการรับรองคือหน่วยงานใด")
            )
        if _TITLE_OF_A_PERSON.match(row.recipient_position) and not _TITLE_OF_A_PERSON.match(
            row.recipient
        ):
            row.warnings.append(_("ชื่อผู้รับมอบกับตำแหน่งน่าจะสลับช่องกัน ตรวจกับแหล่งที่มา"))
        short = [text for _heading, text in self.texts.get("year", ()) if _TWO_DIGITS.search(text)]
        if short and row.year and not year:
            row.warnings.append(
                _("ปีเขียนสองหลัก “%(text)s” จึงอ่านเป็น %(year)s ตรวจกับแหล่งที่มา")
                % {"text": short[0][:20], "year": row.year}
            )

    def _score(self):
        score = self._value("score", cells.score_of)
        if score is None or score == cells.rounded(score):
            return score
        self.row_read.warnings.append(
            _("คะแนนมีทศนิยมเกินสองตำแหน่ง จึงปัดเป็น %(score)s") % {"score": cells.rounded(score)}
        )
        return cells.rounded(score)

    def _within(self, most: int) -> Callable[[str], str]:
        def read(text: str) -> str:
            if len(text) > most:
                raise ValueError(
                    _("ข้อความยาว %(length)s ตัวอักษร รับไม่เกิน %(most)s โปรดย่อให้สั้นลง")
                    % {"length": f"{len(text):,}", "most": most}
                )
            self._warn_of_markup(text)
            return text

        return read

    def _recipients(self) -> None:
        row = self.row_read
        if text := self._value("recipient", self._within(1_000)):
            row.recipient, row.recipient_position = cells.people_of(text)
        if position := self._value("recipient_position", self._within(300)):
            row.recipient_position = position
