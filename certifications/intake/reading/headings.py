"""Finding the header of a table, and proposing a field for each column."""

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
from certifications.intake.reading import cells
from certifications.intake.reading.tables import HEADER_WITHIN, Line, Table
from certifications.reference import thai
from certifications.search import folding, province_names

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


@lru_cache
def _known_headings() -> dict[str, str]:
    known = {heading_key(name): wanted for name, wanted in OWN_HEADINGS.items()}
    for wanted, names in SYNONYMS.items():
        known |= {heading_key(name): wanted for name in names.split("|")}
    return known


@lru_cache(maxsize=2_000)
def heading_key(heading: str) -> str:
    """Without what headings are dressed in: spaces, stars, line breaks, units."""
    return folding.fold(thai.clean(heading)).strip().replace(" ", "")


def field_of(heading: str) -> tuple[str, int]:
    """The field a heading names and how sure that is: 0 when it is unknown."""
    key = heading_key(heading)
    known = _known_headings()
    if key in known:
        return known[key], SURE
    bare = heading_key(re.sub(r"\([^)]*\)|\*", "", heading))
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
    for position, line in enumerate(table.lines[:HEADER_WITHIN]):
        fields = {field_of(text) for text in line.cells if text.strip() and len(text) <= 100}
        count = len({wanted for wanted, sureness in fields if wanted and sureness == SURE})
        if count > most and any(wanted in ("name", "code") for wanted, _sure in fields):
            best, most = position, count
    if best is None:
        width = max((len(line.cells) for line in table.lines), default=0)
        return Header([_letters(position) for position in range(width)], table.lines)
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
        for position, text in enumerate(below)
        if text.strip() and text != (above[position] if position < len(above) else "")
    ]
    return bool(texts) and all(field_of(text)[1] == SURE for text in texts)


def _divided(above: list[str], below: list[str]) -> list[str]:
    width = max(len(above), len(below))
    above, below = ([*texts, *[""] * (width - len(texts))] for texts in (above, below))
    return [lower if lower.strip() else upper for upper, lower in zip(above, below, strict=True)]


def _each_different(texts: list[str], width: int) -> list[str]:
    headings: list[str] = []
    for position in range(width):
        text = thai.clean(texts[position])[:100] if position < len(texts) else ""
        heading = text or _letters(position)
        number = 2
        while heading in headings:
            heading, number = f"{text or _letters(position)} ({number})", number + 1
        headings.append(heading)
    return headings


def _letters(position: int) -> str:
    """คอลัมน์ A, as spreadsheets name it."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return _("คอลัมน์ %(letters)s") % {"letters": letters}


def signature(headings: Iterable[str]) -> str:
    """The same for headings that read alike, so that a mapping once chosen can be remembered."""
    return hashlib.sha256("\n".join(map(heading_key, headings)).encode()).hexdigest()[:32]


def proposals(table: Table) -> list[Proposal]:
    """What each column seems to hold: each field once, but for the pairs of our own files."""
    header = header_of(table)
    proposals = [Proposal(heading, *field_of(heading)) for heading in header.headings]
    surest = {each.field: each for each in sorted(proposals, key=lambda each: each.sureness)}
    for each in reversed(proposals):  # of those equally sure, the first
        if each.sureness == surest[each.field].sureness:
            surest[each.field] = each
    proposed = [
        each
        if not each.field or each == surest[each.field] or each.heading in OWN_HEADINGS
        else Proposal(each.heading, LEFT_OUT, 0)
        for each in proposals
    ]
    is_named = any(each.field in ("name", "code") for each in proposed)
    return proposed if is_named else _guessed(header, proposed)


def mapping_of(proposed: Iterable[Proposal]) -> dict[str, str]:
    """Heading → field of the columns that are wanted, as `rows_of` takes it."""
    return {each.heading: each.field for each in proposed if each.field}


_LIKE_A_NAME = re.compile(
    r"สำนัก|ศูนย์|โรงพยาบาล|รพ\.|เทศบาล|อำเภอ|กรม|การ|ธนาคาร|องค์การ|มหาวิทยาลัย|เรือนจำ"
)
_BY_CONTENT = {"level": cells.level_of, "year": cells.year_of, "province": province_names.code_of}


def _guessed(header: Header, proposed: list[Proposal]) -> list[Proposal]:
    """Columns without known headings by what stands in most of their cells: names, levels …"""
    samples = [_column(header.lines[:100], position) for position in range(len(proposed))]
    like_names = [sum(bool(_LIKE_A_NAME.match(text)) for text in texts) for texts in samples]
    if not any(like_names):
        return proposed
    guesses = {like_names.index(max(like_names)): "name"}
    for position, texts in enumerate(samples):
        field_name = next((name for name, read in _BY_CONTENT.items() if _reads(texts, read)), "")
        if field_name and field_name not in guesses.values() and not proposed[position].field:
            guesses.setdefault(position, field_name)
    return [
        Proposal(each.heading, guesses[position], GUESSED) if position in guesses else each
        for position, each in enumerate(proposed)
    ]


def _reads(texts: list[str], read: Callable) -> bool:
    """Whether nearly all of the texts can be read so."""
    able = 0
    for text in texts:
        with contextlib.suppress(ValueError):
            read(text)
            able += 1
    return able > 0.8 * len(texts) > 0


def _column(lines: list[Line], position: int) -> list[str]:
    """The texts of a column that say something."""
    texts = (thai.clean(line.cells[position]) for line in lines if position < len(line.cells))
    return [text for text in texts if not cells.is_nothing(text)]
