"""Parsing a pasted list of offices: lines, numbers, bullets, or running sentences.

A text is read from left to right as events: a level, a count, a year, the words that open a list
(ได้แก่) and those that end one. Between an opening and an end is a list of names.
"""

import re
from dataclasses import replace

from django.utils.translation import gettext as _

from certifications.intake.reading import cells, columns, names
from certifications.intake.reading.headings import mapping_of, proposals
from certifications.intake.reading.pasted_events import (
    Block,
    Context,
    Events,
    level_named,
    number_counted,
)
from certifications.intake.reading.phrases import (
    BODY_ABOVE,
    BRACKETS,
    COUNT,
    CREDITS,
    HEADS_A_LIST,
    LINE_END,
    MARKER,
    NO_NAME,
    OPENING,
    TITLE,
    YEAR,
    phrases_of,
)
from certifications.intake.reading.rows import ReadRow, Unreadable
from certifications.intake.reading.tables import LONGEST_CELL, MOST_ROWS, Gathering, Line, Table
from certifications.reference import thai
from certifications.search import province_names
from certifications.search.levels import AS_LOADED, LevelWords

MOST_LETTERS = 200_000
LONGEST_LINE = 20_000
SHORT = 150  # letters of a line that may be a name though nothing in it says so


def read_list(
    text: str, *, year: int | None = None, level: str = "", levels: LevelWords = AS_LOADED
) -> list[ReadRow]:
    """The offices that a pasted text names; `year` and `level` stand in where it says none, and
    `levels` are the words by which levels are named.

    Raises Unreadable, with a Thai sentence, for a text without names or too long to be a list.
    """
    if len(text) > MOST_LETTERS:
        raise Unreadable(
            _("ข้อความยาวเกิน %(most)s ตัวอักษร โปรดวางเฉพาะรายชื่อ หรือแบ่งวางหลายครั้ง")
            % {"most": f"{MOST_LETTERS:,}"}
        )
    if table := _as_a_table(text):
        mapping = mapping_of(proposals(table))
        return columns.rows_of(table, mapping, year=year, level=level, levels=levels)
    reading = _ListReader(year, level, levels)
    for number, line in enumerate(LINE_END.split(text), start=1):
        reading.line(number, line)
    rows = reading.rows()
    if not rows:
        raise Unreadable(
            _("ไม่พบชื่อหน่วยงานในข้อความที่วาง โปรดวางรายชื่อบรรทัดละหนึ่งแห่ง หรือข้อความที่มีคำว่า “ได้แก่”")
        )
    if len(rows) > MOST_ROWS:
        raise Unreadable(_("รายชื่อมีเกิน %(most)s แห่ง โปรดแบ่งวางหลายครั้ง") % {"most": f"{MOST_ROWS:,}"})
    return rows


def _as_a_table(text: str) -> Table | None:
    """Cells copied out of a spreadsheet, which are parted by tabs; None for any other text."""
    lines = [(number, line) for number, line in enumerate(LINE_END.split(text), 1) if line.strip()]
    if not lines or 2 * sum("\t" in line.strip() for _number, line in lines) < len(lines):
        return None
    gathering = Gathering()
    for number, line in lines:
        gathering.add(Line(number, line.split("\t")))
    table = Table(lines=gathering.lines)
    has_names = {"name", "code"} & {*mapping_of(proposals(table)).values()}
    return table if has_names else None


def title_of(text: str, levels: LevelWords = AS_LOADED) -> str:
    """The first line of a pasted text where it is a heading; "" for a level or an item."""
    first = thai.clean(text.strip().splitlines()[0])
    is_heading = TITLE.search(first) and not MARKER.match(first)
    return "" if not is_heading or phrases_of(levels).alone.fullmatch(first) else first


class _ListReader(Events):
    def __init__(self, year: int | None, level: str, levels: LevelWords) -> None:
        self.given_year, self.given_level = year, level
        self.levels, self.phrases = levels, phrases_of(levels)
        self.context = Context()
        self.blocks: list[Block] = []
        self.is_open = False  # whether names may stand here
        self.was_closed = False  # whether what stands here may still be about the list before
        self.is_new = True  # whether the next name begins a block
        self.counted = 0  # the number of the last line that was numbered

    # --- lines -----------------------------------------------------------------------------------

    def line(self, number: int, line: str) -> None:
        shown = line.strip()[:LONGEST_CELL]
        text, is_marked = self._unmarked(thai.clean(line[:LONGEST_LINE]))
        if not text or CREDITS.match(text):
            return
        if self.phrases.alone.fullmatch(text):
            self._heading_of_a_level(text)
            return
        text, self.own_level = self._without_its_level(text)
        text = names.without_the_scheme(text)
        masked = BRACKETS.sub(lambda match: "\x02" * len(match[0]), text)
        self.number, self.shown = number, shown
        self.is_open = self._begins_with_names(masked, is_marked)
        self._events(text, masked)

    def _unmarked(self, text: str) -> tuple[str, bool]:
        """The line without its bullet or number; a bare number only where the lines count up."""
        match = MARKER.match(text)
        if not match:
            return text, False
        if match["number"]:
            number = int(match["number"])
            is_bare = not re.search(r"[.)]", match[0])
            if is_bare and number not in (self.counted + 1, 1):
                return text, False
            self.counted = number
        return text[match.end() :], True

    def _begins_with_names(self, masked: str, is_marked: bool) -> bool:
        opening = re.search(OPENING, masked)
        if opening or self.phrases.level.match(masked) or re.match(rf"(?:{YEAR})\s*$", masked):
            return False
        if names.BEGINS.match(masked) and not TITLE.search(masked):
            return True
        if is_marked or (self.context.shared and len(masked) <= SHORT):
            return True
        others = (TITLE, self.phrases.event, NO_NAME)
        is_said_of_names = any(other.search(masked) for other in others)
        return len(masked) <= SHORT and not is_said_of_names

    def _heading_of_a_level(self, text: str) -> None:
        try:
            self.context.level = cells.level_of(re.sub(rf"\(?{COUNT}\)?", "", text), self.levels)
        except ValueError:
            return
        self._begin(announced=number_counted(re.search(COUNT, text)))

    def _begin(self, announced: int | None = None) -> None:
        self.context.announced = announced
        self.is_new = True

    # --- events ----------------------------------------------------------------------------------

    def _events(self, text: str, masked: str) -> None:
        at = 0
        if not self.is_open and (above := BODY_ABOVE.search(masked)):
            body = above["body"] or above["bank"]
            self.context.parent = "" if body.endswith("ฯ") else body  # กระทรวงฯ names none
        for match in self.phrases.event.finditer(masked):
            if match.start() < at:
                continue
            kind = next(name for name in _KINDS if match[name])
            before, after = text[at : match.start()], masked[match.end() :]
            if kind == "level" and self.is_open and not self._is_heading(before, after):
                self._names(before)
                self._level_of_the_last(match[0])
            else:
                getattr(self, f"_at_{kind}")(match, before, after)
            at = match.end()
        if self.is_open:
            self._names(text[at:])

    @staticmethod
    def _is_heading(before: str, after: str) -> bool:
        is_conjoined = bool(re.search(r"(?:และ|รวมถึง|รวมทั้ง)\s*$", before))
        return is_conjoined or not before.strip() or bool(HEADS_A_LIST.match(after))

    # --- names -----------------------------------------------------------------------------------

    def _names(self, text: str, has_label: bool = False) -> None:
        found = self._found(text)
        if has_label:
            found = found[:-1]
        for named in found:
            self._add(named)

    def _found(self, text: str) -> list[names.Named]:
        """The names in a stretch; read loosely where that gives as many as were announced."""
        if not text.strip():
            return []
        block = None if self.is_new or not self.blocks else self.blocks[-1]
        last = block.rows[-1].name if block else ""
        strict = names.names_in(text, self.context.shared, last)
        loose = names.names_in(text, self.context.shared, last, is_loose=True)
        if len(loose) == len(strict):
            return strict
        held = len(block.rows) if block else 0
        if self.context.announced:
            return loose if held + len(loose) == self.context.announced else strict
        final = strict[-1] if strict else loose[-1]
        is_shared = final.joined_by == names.AND and final.name not in text
        return loose if is_shared else strict

    def _add(self, named: names.Named) -> None:
        if self.is_new or not self.blocks:
            self.blocks.append(Block(replace(self.context)))
            self.is_new = False
        self.blocks[-1].rows.append(self._row(named, self.blocks[-1].context))

    def _row(self, named: names.Named, context: Context) -> ReadRow:
        row = ReadRow(self.number, {"": self.shown}, name=named.name)
        row.parent = named.parent or context.parent
        shared = "" if context.is_to_date else context.level
        row.level = self._level_in(named.glosses) or self.own_level or shared
        row.year = None if context.is_to_date else context.year
        code, misprint = province_names.said_in(named.name)
        row.province = named.province or code
        if misprint:
            row.warnings.append(
                _("“%(said)s” ไม่ใช่ชื่อจังหวัด น่าจะพิมพ์ผิด โปรดตรวจชื่อหน่วยงาน") % {"said": misprint[:40]}
            )
        if row.name.startswith("สาขา") or province_names.is_one(row.name):
            row.warnings.append(_("ชื่อมีแต่สาขาหรือจังหวัด โปรดเติมชื่อหน่วยงานเต็มไว้ข้างหน้า"))
        if len(row.name) > cells.LONGEST_NAME:
            row.faults.append(
                _("ชื่อยาว %(length)s ตัวอักษร รับไม่เกิน %(most)s โปรดแยกบรรทัดละหนึ่งแห่ง แล้ววางใหม่")
                % {"length": f"{len(row.name):,}", "most": cells.LONGEST_NAME}
            )
            row.name = ""
        return row

    def _without_its_level(self, text: str) -> tuple[str, str]:
        """A line and the level that ends it after a dash or colon: สำนักงาน… - ทอง."""
        match = self.phrases.at_the_end.search(text)
        if match is None:
            return text, ""
        return text[: match.start()], level_named(match["said"], self.levels)

    def _level_in(self, glosses: list[str]) -> str:
        """The level that stands in brackets behind a name: (ระดับก้าวหน้า), (ทอง)."""
        texts = (gloss.strip("()[] ") for gloss in glosses)
        named = next(filter(self.phrases.alone.fullmatch, texts), "")
        return level_named(named, self.levels) if named else ""

    def _level_of_the_last(self, text: str) -> None:
        if self.blocks and self.blocks[-1].rows:
            self.blocks[-1].rows[-1].level = level_named(text, self.levels)

    # --- rows ------------------------------------------------------------------------------------

    def rows(self) -> list[ReadRow]:
        for block in self.blocks:
            for row in block.rows:
                self._complete(row, block)
        return [row for block in self.blocks for row in block.rows]

    def _complete(self, row: ReadRow, block: Block) -> None:
        context = block.context
        row.level = row.level or self.given_level
        if context.is_to_date and not row.year:
            row.warnings.append(_("ข้อความกล่าวถึงยอดถึงปัจจุบัน ปีและระดับของแต่ละแห่งอาจต่างกัน โปรดตรวจ"))
        if row.year and self.given_year and row.year != self.given_year:
            row.warnings.append(
                _("ข้อความกล่าวถึงปี %(said)s แต่เลือกปี %(given)s โปรดตรวจปีอีกครั้ง")
                % {"said": row.year, "given": self.given_year}
            )
        row.year = row.year or self.given_year
        if context.announced and context.announced != len(block.rows):
            row.warnings.append(
                _("หัวข้อกล่าวว่ามี %(announced)s แห่ง แต่อ่านได้ %(read)s แห่ง โปรดตรวจว่าขาดหรือเกิน")
                % {"announced": context.announced, "read": len(block.rows)}
            )


_KINDS = ("level", "count", "examples", "printed_year", "opening", "today", "closing")
