"""Reads a list of offices that was pasted: lines, numbers, bullets, or sentences that name them.

A text is read from left to right as events: a level, a count, a year, the words that open a list
(ได้แก่) and those that end one. What stands between an opening and an end is a list of names.
"""

import re
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from certifications.intake import cells, columns, names
from certifications.intake.rows import ReadRow, Unreadable
from certifications.intake.tables import LONGEST_CELL, MOST_ROWS, Gathering, Line, Table
from certifications.reference import buddhist, thai
from certifications.reference.states import FIRST_YEAR, LAST_YEAR
from certifications.search import query

MOST_LETTERS = 200_000
LONGEST_LINE = 20_000
SHORT = 150  # letters of a line that may be a name though nothing in it says so

_THAI = "\u0e01-\u0e4e"
_DIGITS = "[0-9๐-๙]"
_GLUED = "(?:จำนวน|ได้แก่|คือ|อีก|รวม|หรือ|สี|และ|ทั้ง|ประกอบ|ดัง|มี|ใน|จาก)"
_WORD = rf"(?:{query.LEVEL_WORDS}|เลิศ)(?:(?![A-Za-z{_THAI}])|(?={_GLUED}))"
_LEVEL = (
    rf"(?:(?:และ|ใน|รางวัล|มาตรฐาน|กลุ่ม) ?){{0,3}}(?:ระดับ|เหรียญ|ตราสี|โล่สี) ?{_WORD}"
    rf"(?: ?(?:หรือ|/|,)? ?\(?(?:ระดับ|สี|เหรียญ) ?{_WORD}\)?)*"
)
_UNITS = "ศูนย์|แห่ง|หน่วยงาน|หน่วยบริการ|หน่วย|รางวัล|สาขา|สำนักงาน|ราย|รายการ|โรงพยาบาล|เขต|อำเภอ|จังหวัด"
_COUNT = (
    rf"(?:เป็น|มี|อีก){{0,2}}(?:จำนวน|รวม)(?:ทั้งสิ้น|ทั้งหมด|รวม){{0,2}} ?"
    rf"(?P<counted>{_DIGITS}[0-9๐-๙,]{{0,9}})"
    rf"(?: ?(?:{_UNITS})(?![{_THAI}])|(?= |$))"
    rf"|(?<!ที่)(?<!ที่ )(?P<number>{_DIGITS}[0-9๐-๙,]{{0,9}}) ?(?:{_UNITS})"
    rf"(?![{_THAI}]|(?<=สาขา) ?[{_THAI}])"
)
_OPENING = (
    r"ได้แก่|ประกอบด้วย|ดังต่อไปนี้|ดังนี้|ตามรายชื่อ"
    rf"|(?:(?<=\s)|(?<=[0-9๐-๙)]))คือ(?=\s|{names.BEGINS.pattern})"
    rf"|:(?=\s*(?:$|{_DIGITS}+[.)]|[-•]|{names.BEGINS.pattern}))"
)
_EXAMPLES = r"(?<![ก-๎])(?:เช่น|อาทิ)(?:เช่น)?(?=\s|[ก-ฮ])"
_CLOSING = (
    r"(?:ยัง|จึง|ก็|ที่)?(?:คว้า|ได้รับ|เข้ารับ|ได้ผ่าน|ผ่านการ|ผ่านเกณฑ์|ได้เข้า|จะเข้า|จะได้)|เป็นต้น|ตามลำดับ"
    r"|(?<=\s)(?:โดย|ซึ่ง|ทั้งนี้|สำหรับ|นอกจาก|พร้อม|เพื่อให้|เพื่อเป็น|เมื่อวันที่|ในวัน|จาก|สามารถ|ณ(?= )|ที่มา ?:)"
)
_YEAR = (
    r"(?:(?:ประจำ)?ปี(?:งบประมาณ)? ?(?:พ\. ?ศ\. ?)?|พ\. ?ศ\. ?)(?P<year>[0-9๐-๙]{4}|[0-9๐-๙]{2})"
    r"(?![0-9๐-๙])(?P<range> ?(?:-|–|ถึง) ?(?:ปี ?)?(?:พ\. ?ศ\. ?)?[0-9๐-๙]{2,4})?"
)
_EVENT = re.compile(
    rf"(?P<level>{_LEVEL})|(?P<count>{_COUNT})|(?P<examples>{_EXAMPLES})|(?P<said_year>{_YEAR})"
    rf"|(?P<opening>{_OPENING})|(?P<today>ปัจจุบัน)|(?P<closing>{_CLOSING})",
    re.IGNORECASE,
)
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\u2028\u2029]")
_MARKER = re.compile(
    r"\s*(?:[-–—•●▪■◦·○►>✓✔*+]+\s*|\(?(?P<number>[0-9๐-๙]{1,4})(?P<dots>(?:\.[0-9๐-๙]{1,3})*)"
    r"(?:[.)]+\s*|\s+)|\(?[ก-ฮa-z][.)]\s+)"
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TITLE = re.compile(r"GECC|ศูนย์ราชการสะดวก|รายชื่อ|ประจำปี|ผลการ|ประกาศ|บัญชี|Government Easy", re.I)
_NO_NAME = re.compile(r"https?://|^(?:ที่มา|หมายเหตุ|รวม|วันที่|วัน(?:จันทร์|อังคาร|พุธ|พฤหัส|ศุกร์|เสาร์|อาทิตย์))")
_CREDITS = re.compile(r"(?:ที่มา|แหล่งที่มา|อ้างอิง|เครดิต|ขอบคุณ ?ภาพ|ภาพ(?:ข่าว|ประกอบ)?)(?:จาก)? ?[:：]")
_HEADS_A_LIST = re.compile(rf"\s*(?:หรือ|หมายถึง|[:–-]|อีก|{_COUNT}|{_OPENING})", re.IGNORECASE)
_LABEL = re.compile(
    rf"(?P<label>{names.BEGINS.pattern}[^\s]{{0,150}}?(?:จังหวัด|อำเภอ|เขต|สาขา|ตำบล|พื้นที่|โรงพยาบาล|ภูมิภาค))"
    r"\s*(?:ที่ผ่าน.*|ที่ได้.*)?\s*$"
)
_LEVEL_AT_THE_END = re.compile(
    rf"(?<=\S)\s*[:–—|/-]\s*(?P<said>(?:ระดับ|เหรียญ|สี)? ?(?:{query.LEVEL_WORDS}))\s*$",
    re.IGNORECASE,
)
_BODY_ABOVE = re.compile(
    rf"(?:สังกัด|หน่วยงานของ) ?(?P<body>(?:กรม|กระทรวง|สำนักงาน|การ|ธนาคาร)[{_THAI}]{{1,150}}?)"
    r"(?=ที่ได้|ที่ผ่าน|ได้|ผ่าน|มี|\s|\x02|$)|(?P<bank>[^\s]{3,60}) มีสาขา"
)
_GOES_ON = re.compile(rf"[\s\x02]*(?:และ|กับ|,|ส่วน|ขณะที่)?\s*(?:{names.BEGINS.pattern}|สาขา)")
_ONLY_A_LEVEL = re.compile(
    rf"(?:กลุ่ม|ระดับ|เหรียญ|สี|รางวัล)* ?(?:{query.LEVEL_WORDS}) ?(?:level|medal)?"
    rf"(?: ?\(.*\))?(?: ?{_COUNT})?[ :.–-]*",
    re.IGNORECASE,
)


def read_list(text: str, *, year: int | None = None, level: str = "") -> list[ReadRow]:
    """The offices that a pasted text names; `year` and `level` stand in where it says none.

    Raises Unreadable, with a Thai sentence, for a text without names or too long to be a list.
    """
    if len(text) > MOST_LETTERS:
        raise Unreadable(
            _("ข้อความยาวเกิน %(most)s ตัวอักษร โปรดวางเฉพาะรายชื่อ หรือแบ่งวางหลายครั้ง")
            % {"most": f"{MOST_LETTERS:,}"}
        )
    if table := _as_a_table(text):
        return columns.rows_of(
            table, columns.mapping_of(columns.proposals(table)), year=year, level=level
        )
    reading = _Reading(year, level)
    for number, line in enumerate(_LINE_END.split(text), start=1):
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
    lines = [(number, line) for number, line in enumerate(_LINE_END.split(text), 1) if line.strip()]
    if not lines or 2 * sum("\t" in line.strip() for _number, line in lines) < len(lines):
        return None
    gathering = Gathering()
    for number, line in lines:
        gathering.add(Line(number, line.split("\t")))
    table = Table(lines=gathering.lines)
    has_names = {"name", "code"} & {*columns.mapping_of(columns.proposals(table)).values()}
    return table if has_names else None


def title_of(text: str) -> str:
    """The first line of a pasted text where it is a heading; "" for a level or an item."""
    first = thai.clean(text.strip().splitlines()[0])
    is_heading = _TITLE.search(first) and not _MARKER.match(first)
    return "" if not is_heading or _ONLY_A_LEVEL.fullmatch(first) else first


@dataclass
class _Said:
    """What the text has said of the offices that come next."""

    level: str = ""
    year: int | None = None
    announced: int | None = None
    shared: str = ""  # what a heading says each office begins with
    parent: str = ""  # the body that a heading says they are of
    is_to_date: bool = False


@dataclass
class _Block:
    """A list under one heading."""

    said: _Said
    rows: list[ReadRow] = field(default_factory=list)


class _Reading:
    def __init__(self, year: int | None, level: str) -> None:
        self.given_year, self.given_level = year, level
        self.said = _Said()
        self.blocks: list[_Block] = []
        self.is_open = False  # whether names may stand here
        self.was_closed = False  # whether what stands here may still be about the list before
        self.is_new = True  # whether the next name begins a block
        self.counted = 0  # the number of the last line that was numbered

    # --- lines -----------------------------------------------------------------------------------

    def line(self, number: int, line: str) -> None:
        shown = line.strip()[:LONGEST_CELL]
        text, is_marked = self._unmarked(thai.clean(line[:LONGEST_LINE]))
        if not text or _CREDITS.match(text):
            return
        if _ONLY_A_LEVEL.fullmatch(text):
            self._heading_of_a_level(text)
            return
        text, self.own_level = _without_its_level(text)
        text = names.without_the_scheme(text)
        masked = _BRACKETS.sub(lambda match: "\x02" * len(match[0]), text)
        self.number, self.shown = number, shown
        self.is_open = self._begins_with_names(masked, is_marked)
        self._events(text, masked)

    def _unmarked(self, text: str) -> tuple[str, bool]:
        """The line without its bullet or number; a bare number only where the lines count up."""
        match = _MARKER.match(text)
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
        opening = re.search(_OPENING, masked)
        if (
            opening
            or re.match(_LEVEL, masked, re.IGNORECASE)
            or re.match(rf"(?:{_YEAR})\s*$", masked)
        ):
            return False
        if names.BEGINS.match(masked) and not _TITLE.search(masked):
            return True
        if is_marked or (self.said.shared and len(masked) <= SHORT):
            return True
        is_said_of_names = _TITLE.search(masked) or _EVENT.search(masked) or _NO_NAME.search(masked)
        return len(masked) <= SHORT and not is_said_of_names

    def _heading_of_a_level(self, text: str) -> None:
        try:
            self.said.level = cells.level_of(re.sub(rf"\(?{_COUNT}\)?", "", text))
        except ValueError:
            return
        self._begin(announced=_counted(re.search(_COUNT, text)))

    def _begin(self, announced: int | None = None) -> None:
        self.said.announced = announced
        self.is_new = True

    # --- events ----------------------------------------------------------------------------------

    def _events(self, text: str, masked: str) -> None:
        at = 0
        if not self.is_open and (above := _BODY_ABOVE.search(masked)):
            said = above["body"] or above["bank"]
            self.said.parent = "" if said.endswith("ฯ") else said  # กระทรวงฯ names none
        for match in _EVENT.finditer(masked):
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
        return is_conjoined or not before.strip() or bool(_HEADS_A_LIST.match(after))

    def _at_level(self, match: re.Match, before: str, after: str) -> None:
        code = _level(match[0])
        if self.is_open:
            self._names(before)
        elif self.blocks and self.was_closed:
            for row in self.blocks[-1].rows:
                row.level = row.level or code
        goes_on = not self.is_open and self.was_closed and _GOES_ON.match(after)
        if goes_on and not _HEADS_A_LIST.match(after):
            self.is_open = True
            return
        self.said.level = code
        self.is_open = False
        self._begin()

    def _at_count(self, match: re.Match, before: str, after: str) -> None:
        """Ends a list, or tells how many the next has. Several of what stands before it is a kind
        of office, whose names are not told; one of it is that office."""
        counted = _counted(match)
        if self.is_open:
            self._names(before, has_label=counted != 1)
            if counted == 1 and before.strip():
                return
        label = _LABEL.search(before)
        self.said.shared = label["label"] if label else ""
        self.is_open = False
        self._begin(counted)

    def _at_said_year(self, match: re.Match, before: str, after: str) -> None:
        if self.is_open:
            self._names(before)
        if match["range"]:
            return
        year = _year(match["year"])
        if self.is_open and self.blocks and before.strip():
            self.blocks[-1].rows[-1].year = year or self.blocks[-1].rows[-1].year
        elif year:
            self.said.year, self.said.is_to_date = year, False
            if not self.is_new:  # the count of the list before says nothing of the next
                self._begin()

    def _at_opening(self, match: re.Match, before: str, after: str) -> None:
        if self.is_open:
            self._names(before, has_label=True)
        elif label := _LABEL.search(before):
            self.said.shared = label["label"]
        self.is_open, self.was_closed = True, False

    def _at_examples(self, match: re.Match, before: str, after: str) -> None:
        self._at_closing(match, before, after)

    def _at_today(self, match: re.Match, before: str, after: str) -> None:
        if not self.is_open:
            self.said.is_to_date = True

    def _at_closing(self, match: re.Match, before: str, after: str) -> None:
        if self.is_open:
            self._names(before)
            self.was_closed = True
        self.is_open = False

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
        strict = names.names_in(text, self.said.shared, last)
        loose = names.names_in(text, self.said.shared, last, is_loose=True)
        if len(loose) == len(strict):
            return strict
        held = len(block.rows) if block else 0
        if self.said.announced:
            return loose if held + len(loose) == self.said.announced else strict
        final = strict[-1] if strict else loose[-1]
        is_shared = final.joined_by == names.AND and final.name not in text
        return loose if is_shared else strict

    def _add(self, named: names.Named) -> None:
        if self.is_new or not self.blocks:
            self.blocks.append(_Block(replace(self.said)))
            self.is_new = False
        self.blocks[-1].rows.append(self._row(named, self.blocks[-1].said))

    def _row(self, named: names.Named, said: _Said) -> ReadRow:
        row = ReadRow(self.number, {"": self.shown}, name=named.name)
        row.parent = named.parent or said.parent
        row.level = (
            _level_in(named.glosses) or self.own_level or ("" if said.is_to_date else said.level)
        )
        row.year = None if said.is_to_date else said.year
        code, misprint = names.province_named(named.name)
        row.province = named.province or code
        if misprint:
            row.doubts.append(
                _("“%(said)s” ไม่ใช่ชื่อจังหวัด น่าจะพิมพ์ผิด โปรดตรวจชื่อหน่วยงาน") % {"said": misprint[:40]}
            )
        if row.name.startswith("สาขา") or names.is_a_province(row.name):
            row.doubts.append(_("ชื่อมีแต่สาขาหรือจังหวัด โปรดเติมชื่อหน่วยงานเต็มไว้ข้างหน้า"))
        if len(row.name) > cells.LONGEST_NAME:
            row.faults.append(
                _("ชื่อยาว %(length)s ตัวอักษร รับไม่เกิน %(most)s โปรดแยกบรรทัดละหนึ่งแห่ง แล้ววางใหม่")
                % {"length": f"{len(row.name):,}", "most": cells.LONGEST_NAME}
            )
            row.name = ""
        return row

    def _level_of_the_last(self, said: str) -> None:
        if self.blocks and self.blocks[-1].rows:
            self.blocks[-1].rows[-1].level = _level(said)

    # --- rows ------------------------------------------------------------------------------------

    def rows(self) -> list[ReadRow]:
        for block in self.blocks:
            for row in block.rows:
                self._complete(row, block)
        return [row for block in self.blocks for row in block.rows]

    def _complete(self, row: ReadRow, block: _Block) -> None:
        said = block.said
        row.level = row.level or self.given_level
        if said.is_to_date and not row.year:
            row.doubts.append(_("ข้อความกล่าวถึงยอดถึงปัจจุบัน ปีและระดับของแต่ละแห่งอาจต่างกัน โปรดตรวจ"))
        if row.year and self.given_year and row.year != self.given_year:
            row.doubts.append(
                _("ข้อความกล่าวถึงปี %(said)s แต่เลือกปี %(given)s โปรดตรวจปีอีกครั้ง")
                % {"said": row.year, "given": self.given_year}
            )
        row.year = row.year or self.given_year
        if said.announced and said.announced != len(block.rows):
            row.doubts.append(
                _("หัวข้อกล่าวว่ามี %(announced)s แห่ง แต่อ่านได้ %(read)s แห่ง โปรดตรวจว่าขาดหรือเกิน")
                % {"announced": said.announced, "read": len(block.rows)}
            )


_KINDS = ("level", "count", "examples", "said_year", "opening", "today", "closing")


def _counted(match: re.Match | None) -> int | None:
    said = match and (match["counted"] or match["number"])
    return int(said.replace(",", "")) if said else None


def _without_its_level(text: str) -> tuple[str, str]:
    """A line and the level that ends it after a dash or colon: สำนักงาน… - ทอง."""
    match = _LEVEL_AT_THE_END.search(text)
    return (text[: match.start()], _level(match["said"])) if match else (text, "")


def _level(said: str) -> str:
    try:
        return cells.level_of(said.removeprefix("และ").strip())
    except ValueError:
        return ""


def _level_in(glosses: list[str]) -> str:
    """The level that stands in brackets behind a name: (ระดับก้าวหน้า), (ทอง)."""
    for gloss in glosses:
        said = gloss.strip("()[] ")
        if _ONLY_A_LEVEL.fullmatch(said):
            return _level(said)
    return ""


def _year(said: str) -> int | None:
    try:
        year = buddhist.parse_year(said)
    except ValueError:
        return None
    return year if FIRST_YEAR <= year <= LAST_YEAR else None
