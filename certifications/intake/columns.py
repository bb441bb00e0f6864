"""Finds the headings of a table, proposes what each column holds, and reads rows by that."""

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.exports.columns.agencies import AGENCIES
from certifications.exports.columns.awards import AWARDS
from certifications.exports.delimited import RUNS_AS_A_FORMULA
from certifications.intake import cells
from certifications.intake.rows import ReadRow, Unreadable
from certifications.intake.tables import HEADER_WITHIN, Line, Table
from certifications.reference import thai
from certifications.search import folding

# What a column may hold, as staff choose it on the screen; "" leaves the column out.
FIELDS = {
    "name": gettext_lazy("ชื่อหน่วยงาน"),
    "code": gettext_lazy("รหัสถาวรของหน่วยงาน"),
    "version": gettext_lazy("รุ่นของแถวเมื่อส่งออก"),
    "year": gettext_lazy("ปีที่รับรอง"),
    "level": gettext_lazy("ระดับ"),
    "score": gettext_lazy("คะแนน"),
    "province": gettext_lazy("จังหวัด"),
    "parent": gettext_lazy("ต้นสังกัด"),
    "certificate_number": gettext_lazy("เลขที่ใบรับรอง"),
    "recipient": gettext_lazy("ผู้รับมอบ"),
    "recipient_position": gettext_lazy("ตำแหน่งผู้รับมอบ"),
    "known_by": gettext_lazy("วันที่ทราบว่าได้รับการรับรอง"),
}
LEFT_OUT = ""

# The headings of our own files, by which they are read back. The others are left out: derived, or
# said by another column too, or the agency's own rather than its award's.
OWN_HEADINGS = dict.fromkeys((column.name for column in (*AGENCIES, *AWARDS)), LEFT_OUT) | {
    "agency_code": "code",
    "code": "code",
    "agency_th": "name",
    "name_th": "name",
    "version": "version",
    "year_be": "year",
    "level_code": "level",
    "level_th": "level",
    "score": "score",
    "province_code": "province",
    "province_th": "province",
    "parent_th": "parent",
    "certificate_number": "certificate_number",
    "received_by": "recipient",
    "known_by": "known_by",
}
SYNONYMS = {
    "name": "ชื่อหน่วยงาน|หน่วยงาน|ชื่อหน่วยงานที่ได้รับการรับรอง|หน่วยงานที่ได้รับการรับรอง|รายชื่อหน่วยงาน|"
    "หน่วยงานที่ผ่านการรับรอง|รายชื่อหน่วยงานที่ผ่านการรับรอง|ชื่อหน่วยงานที่ผ่านการรับรอง|ชื่อศูนย์|"
    "ชื่อศูนย์ราชการสะดวก|ศูนย์ราชการสะดวก|รายชื่อศูนย์ราชการสะดวก|ชื่อสำนักงาน|สำนักงาน|ชื่อไทย|"
    "ชื่อภาษาไทย|ชื่อหน่วยบริการ|หน่วยบริการ|ชื่อส่วนราชการ|รายชื่อ|ชื่อ|ชื่อหน่วยงาน (ไทย)|"
    "agency|agency name|office|office name|name|center|centre|name (thai)|agency (thai)|"
    "name of agency|name of office|organization|organisation",
    "code": "รหัสหน่วยงาน|รหัสถาวร|รหัสถาวรของหน่วยงาน|รหัส|agency code|permanent code",
    "version": "รุ่นของแถว|รุ่นของแถวเมื่อส่งออก|รุ่น|row version",
    "year": "ปี|ปีที่รับรอง|ปีที่ได้รับการรับรอง|ปี พ.ศ.|พ.ศ.|ปีที่รับรอง (พ.ศ.)|ปีที่ได้รับรางวัล|ปีการรับรอง|"
    "ประจำปี|ประจำปี พ.ศ.|ปีงบประมาณ|ปีที่ผ่านการรับรอง|ปีที่ผ่าน|year|year (be)|be year|"
    "certification year|year of certification|year of certification (b.e.)|certified year",
    "level": "ระดับ|ระดับการรับรอง|ระดับที่ได้รับ|ระดับที่ได้รับการรับรอง|ระดับมาตรฐาน|ระดับรางวัล|"
    "ผลการรับรอง|ระดับที่ผ่าน|ระดับที่ผ่านการรับรอง|ตราสัญลักษณ์|เหรียญ|สี|"
    "รหัสระดับ|level|level code|level (thai)|certification level|medal|award level|tier",
    "score": "คะแนน|คะแนนรวม|คะแนนที่ได้|คะแนนประเมิน|ผลคะแนน|คะแนนรวม (100 คะแนน)|คะแนน (100)|"
    "คะแนน (เต็ม 100)|ร้อยละ|score|points|total score|total",
    "province": "จังหวัด|จังหวัดที่ตั้ง|รหัสจังหวัด|ที่ตั้งจังหวัด|จว.|จ.|province|province code|"
    "province (thai)|changwat",
    "parent": "สังกัด|ต้นสังกัด|หน่วยงานต้นสังกัด|กรม|กรม/หน่วยงาน|กรม/รัฐวิสาหกิจ|ส่วนราชการ|"
    "หน่วยงานสังกัด|กรมหรือเทียบเท่า|กระทรวง/กรม|สังกัดกรม|ส่วนราชการต้นสังกัด|parent|department|"
    "parent (thai)|parent agency|affiliation",
    "certificate_number": "เลขที่ใบรับรอง|เลขที่ใบประกาศ|เลขที่เกียรติบัตร|เลขใบรับรอง|เลขที่ประกาศนียบัตร|"
    "เลขที่|certificate number|certificate no|certificate no.|cert no",
    "recipient": "ผู้รับมอบ|ผู้รับโล่|ชื่อผู้รับมอบ|ผู้รับรางวัล|ผู้แทนรับมอบ|ผู้แทนรับโล่|ผู้เข้ารับโล่|ชื่อผู้รับ|"
    "ผู้เข้ารับรางวัล|ผู้รับมอบโล่|ชื่อ-สกุลผู้รับมอบ|recipient|received by|recipient name",
    "recipient_position": "ตำแหน่ง|ตำแหน่งผู้รับมอบ|ตำแหน่งของผู้รับมอบ|ตำแหน่งผู้รับ|ตำแหน่งผู้รับโล่|position|"
    "recipient position|title",
    "known_by": "ทราบว่าได้รับการรับรองเมื่อ|วันที่ทราบว่าได้รับการรับรอง|วันที่ทราบ|known by|known since",
    LEFT_OUT: "ลำดับ|ลำดับที่|ที่|no|no.|number|#|seq|หมายเหตุ|note|notes|remark|remarks|โทรศัพท์|อีเมล|"
    "ที่อยู่|กระทรวง|ministry|อำเภอ|ตำบล|ภาค|ปี ค.ศ.|ปีที่รับรอง (ค.ศ.)|year of certification (c.e.)|"
    "year (ce)|ภูมิภาค|อำเภอ/เขต|district|region|สถานะ|status|งานบริการ|ประเภท|ประเภทหน่วยงาน",
}
ORDINALS = ("ลำดับ", "ลำดับที่", "ที่", "no", "no.", "number", "seq", "#")
EXAMPLE = "ตัวอย่าง:"  # begins the row of our template that is not to be read

SURE, LIKELY, GUESSED = 100, 70, 40


@dataclass(frozen=True)
class Proposal:
    """What a column seems to hold."""

    heading: str
    field: str  # of FIELDS; "" when nothing of it is wanted, or nobody knows
    sureness: int  # SURE: a known heading; LIKELY: like one; GUESSED: by what stands in it; or 0


@dataclass(frozen=True)
class Header:
    """The headings of a table, each different, and the lines that follow them."""

    headings: list[str]
    lines: list[Line]
    number: int = 0  # the line they stand on; 0 when the table has none


# --- headings ------------------------------------------------------------------------------------


@lru_cache
def _known_headings() -> dict[str, str]:
    known = {_key(name): wanted for name, wanted in OWN_HEADINGS.items()}
    for wanted, names in SYNONYMS.items():
        known |= {_key(name): wanted for name in names.split("|")}
    return known


@lru_cache(maxsize=2_000)
def _key(heading: str) -> str:
    """Without what headings are dressed in: spaces, stars, line breaks, units."""
    return folding.fold(thai.clean(heading)).strip().replace(" ", "")


def field_of(heading: str) -> tuple[str, int]:
    """The field a heading names and how sure that is: 0 when it is unknown."""
    key = _key(heading)
    known = _known_headings()
    if key in known:
        return known[key], SURE
    bare = _key(re.sub(r"\([^)]*\)|\*", "", heading))
    if bare and bare in known:
        return known[bare], SURE if known[bare] else LIKELY
    for name, wanted in known.items():
        if wanted and len(name) > 3 and len(key) < 3 * len(name) and key.startswith(name):
            return wanted, LIKELY
    return LEFT_OUT, 0


def header_of(table: Table) -> Header:
    """The line among the first twenty on which most columns are known, with one below it if that
    divides it; a table without such a line has its columns named by letters."""
    best, most = None, 0
    for place, line in enumerate(table.lines[:HEADER_WITHIN]):
        fields = {field_of(text) for text in line.cells if text.strip() and len(text) <= 100}
        count = len({wanted for wanted, sureness in fields if wanted and sureness == SURE})
        if count > most and any(wanted in ("name", "code") for wanted, _sure in fields):
            best, most = place, count
    if best is None:
        width = max((len(line.cells) for line in table.lines), default=0)
        return Header([_letters(place) for place in range(width)], table.lines)
    line, rest = table.lines[best], table.lines[best + 1 :]
    texts = list(line.cells)
    if rest and _divides(texts, rest[0].cells):
        texts, rest = _divided(texts, rest[0].cells), rest[1:]
    width = max(len(each.cells) for each in [line, *rest])
    return Header(_each_different(texts, width), rest, line.number)


def _divides(above: list[str], below: list[str]) -> bool:
    """Whether a line is a second one of headings: คะแนน and ระดับ under one ผลการประเมิน."""
    texts = [
        text
        for place, text in enumerate(below)
        if text.strip() and text != (above[place] if place < len(above) else "")
    ]
    return bool(texts) and all(field_of(text)[1] == SURE for text in texts)


def _divided(above: list[str], below: list[str]) -> list[str]:
    width = max(len(above), len(below))
    above, below = ([*texts, *[""] * (width - len(texts))] for texts in (above, below))
    return [lower if lower.strip() else upper for upper, lower in zip(above, below, strict=True)]


def _each_different(texts: list[str], width: int) -> list[str]:
    headings: list[str] = []
    for place in range(width):
        text = thai.clean(texts[place])[:100] if place < len(texts) else ""
        heading = text or _letters(place)
        number = 2
        while heading in headings:
            heading, number = f"{text or _letters(place)} ({number})", number + 1
        headings.append(heading)
    return headings


def _letters(place: int) -> str:
    """คอลัมน์ A, as spreadsheets name it."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return _("คอลัมน์ %(letters)s") % {"letters": letters}


def signature(headings: Iterable[str]) -> str:
    """The same for headings that read alike, so that a mapping once chosen can be remembered."""
    return hashlib.sha256("\n".join(map(_key, headings)).encode()).hexdigest()[:32]


def proposals(table: Table) -> list[Proposal]:
    """What each column seems to hold: each field once, but for the pairs of our own files."""
    header = header_of(table)
    said = [Proposal(heading, *field_of(heading)) for heading in header.headings]
    surest = {each.field: each for each in sorted(said, key=lambda each: each.sureness)}
    for each in reversed(said):  # of those equally sure, the first
        if each.sureness == surest[each.field].sureness:
            surest[each.field] = each
    proposed = [
        each
        if not each.field or each == surest[each.field] or each.heading in OWN_HEADINGS
        else Proposal(each.heading, LEFT_OUT, 0)
        for each in said
    ]
    is_named = any(each.field in ("name", "code") for each in proposed)
    return proposed if is_named else _guessed(header, proposed)


def mapping_of(proposed: Iterable[Proposal]) -> dict[str, str]:
    """Heading → field of the columns that are wanted, as `rows_of` takes it."""
    return {each.heading: each.field for each in proposed if each.field}


_LIKE_A_NAME = re.compile(
    r"สำนัก|ศูนย์|โรงพยาบาล|รพ\.|เทศบาล|อำเภอ|กรม|การ|ธนาคาร|องค์การ|มหาวิทยาลัย|เรือนจำ"
)
_BY_CONTENT = {"level": cells.level_of, "year": cells.year_of, "province": cells.province_of}


def _guessed(header: Header, proposed: list[Proposal]) -> list[Proposal]:
    """Columns without known headings by what stands in most of their cells: names, levels …"""
    samples = [_column(header.lines[:100], place) for place in range(len(proposed))]
    like_names = [sum(bool(_LIKE_A_NAME.match(text)) for text in texts) for texts in samples]
    if not any(like_names):
        return proposed
    guesses = {like_names.index(max(like_names)): "name"}
    for place, texts in enumerate(samples):
        said = next((name for name, read in _BY_CONTENT.items() if _reads(texts, read)), "")
        if said and said not in guesses.values() and not proposed[place].field:
            guesses.setdefault(place, said)
    return [
        Proposal(each.heading, guesses[place], GUESSED) if place in guesses else each
        for place, each in enumerate(proposed)
    ]


def _reads(texts: list[str], read: Callable) -> bool:
    """Whether nearly all of the texts can be read so."""
    able = 0
    for text in texts:
        with contextlib.suppress(ValueError):
            read(text)
            able += 1
    return able > 0.8 * len(texts) > 0


def _column(lines: list[Line], place: int) -> list[str]:
    """The texts of a column that say something."""
    texts = (thai.clean(line.cells[place]) for line in lines if place < len(line.cells))
    return [text for text in texts if not cells.is_nothing(text)]


# --- rows ----------------------------------------------------------------------------------------


def rows_of(
    table: Table, mapping: dict[str, str], *, year: int | None = None, level: str = ""
) -> list[ReadRow]:
    """Every line that names an office; `year` and `level` stand in where the file says nothing.

    `mapping` is heading → field, of the headings of `header_of`. Raises Unreadable when it names
    no column with names or codes.
    """
    header = header_of(table)
    wanted = {heading: mapping.get(heading, LEFT_OUT) for heading in header.headings}
    if not {"name", "code"} & {*wanted.values()}:
        raise Unreadable(_("ยังไม่มีคอลัมน์ที่เป็นชื่อหน่วยงาน โปรดเลือกว่าคอลัมน์ใดคือ “ชื่อหน่วยงาน”"))
    ordinals = {heading for heading in header.headings if _key(heading) in map(_key, ORDINALS)}
    named = next((heading for heading, field in wanted.items() if field == "name"), "")
    rows = []
    said_level = ""
    for line in header.lines:
        raw = dict(zip(header.headings, line.cells, strict=False))
        raw = {heading: text for heading, text in raw.items() if text.strip()}
        if heading_level := _level_heading(raw):
            said_level = heading_level
        elif raw.keys() - ordinals and not _is_no_row(raw.get(named, ""), named):
            rows.append(_Reading(line, raw, wanted).row(year, said_level or level))
    return rows


def _level_heading(raw: dict[str, str]) -> str:
    """The level of a line that says only that: ระดับก้าวหน้า (12 แห่ง), merged over the table."""
    texts = {text.strip() for text in raw.values()}
    if len(texts) != 1:
        return ""
    said = thai.clean(texts.pop())
    said = re.sub(r"\(?(?:จำนวน)? ?[0-9๐-๙]+ ?(?:แห่ง|ศูนย์|หน่วยงาน|รางวัล)\)?", "", said)
    if not said.startswith(("ระดับ", "เหรียญ", "กลุ่มระดับ")) or len(said) > 60:
        return ""
    try:
        return cells.level_of(said.removeprefix("กลุ่ม").strip(" :-"))
    except ValueError:
        return ""


def _is_no_row(name: str, heading: str) -> bool:
    """Our example, or the headings again at the top of a printed page."""
    return name.strip().startswith(EXAMPLE) or (name.strip() != "" and _key(name) == _key(heading))


def _said(text: str) -> str:
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


class _Reading:
    """One line on its way to a row: what each of its columns says, and what is wrong with it."""

    def __init__(self, line: Line, raw: dict[str, str], wanted: dict[str, str]) -> None:
        self.row_read = ReadRow(line.number, raw)
        self.texts: dict[str, list[tuple[str, str]]] = {}  # field → heading and text
        for place, heading in enumerate(wanted):
            if not wanted[heading]:
                continue
            if place in line.unread:
                self.texts.setdefault(wanted[heading], [])
                self.fault(line.unread[place] % {"column": heading})
            elif text := _said(raw.get(heading, "")):
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
        row.level = self._value("level", cells.level_of) or self._otherwise(level, "level") or ""
        row.score = self._score()
        row.province = self._value("province", cells.province_of) or ""
        row.parent = self._value("parent", self._within(cells.LONGEST_NAME)) or ""
        row.certificate_number = self._value("certificate_number", self._within(50)) or ""
        self._recipients()
        self._doubt_what_stands_in_another_column(year)
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
        self._doubt_markup(text)
        return text

    def _doubt_markup(self, text: str) -> None:
        if found := _MARKUP.search(text):
            self.row_read.doubts.append(
                _("“%(text)s” คล้ายคำสั่งของหน้าเว็บ โปรดตรวจข้อความในแถวนี้อีกครั้ง")
                % {"text": found[0][:40]}
            )

    def _doubt_what_stands_in_another_column(self, year: int | None) -> None:
        """What can be read and is yet hardly meant so."""
        row = self.row_read
        if row.name and row.name == row.parent:
            row.doubts.append(
                _("ชื่อหน่วยงานกับต้นสังกัดเป็นชื่อเดียวกัน ตรวจว่าหน่วยงานที่ได้รับการรับรองคือหน่วยงานใด")
            )
        if _TITLE_OF_A_PERSON.match(row.recipient_position) and not _TITLE_OF_A_PERSON.match(
            row.recipient
        ):
            row.doubts.append(_("ชื่อผู้รับมอบกับตำแหน่งน่าจะสลับช่องกัน ตรวจกับแหล่งที่มา"))
        short = [text for _heading, text in self.texts.get("year", ()) if _TWO_DIGITS.search(text)]
        if short and row.year and not year:
            row.doubts.append(
                _("ปีเขียนสองหลัก “%(text)s” จึงอ่านเป็น %(year)s ตรวจกับแหล่งที่มา")
                % {"text": short[0][:20], "year": row.year}
            )

    def _score(self):
        score = self._value("score", cells.score_of)
        if score is None or score == cells.rounded(score):
            return score
        self.row_read.doubts.append(
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
            self._doubt_markup(text)
            return text

        return read

    def _recipients(self) -> None:
        row = self.row_read
        if said := self._value("recipient", self._within(1_000)):
            row.recipient, row.recipient_position = cells.people_of(said)
        if position := self._value("recipient_position", self._within(300)):
            row.recipient_position = position
