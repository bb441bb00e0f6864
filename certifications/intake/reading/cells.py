"""Parsing cells: levels, years, points, provinces, days and people, as staff write them.

Each reader raises ValueError with a Thai sentence for the person who sent the file.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from certifications.reference import buddhist, people, thai
from certifications.reference.language import thai_is_read
from certifications.reference.states import FIRST_YEAR, LAST_YEAR
from certifications.search.levels import AS_LOADED, LevelWords

LONGEST_NAME = 300  # letters, as the register keeps them
NOTHING = {"", "-", "–", "—", "ไม่ระบุ", "ไม่ทราบ", "ไม่มี", "n/a", "na", "none", "null", "."}

_BEFORE_A_LEVEL = re.compile(
    r"ใน|ระดับ|มาตรฐาน|เหรียญ|รางวัล|ตรา|โล่|สี|level|award|medal", re.IGNORECASE
)
_SCORE = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,15}))?(?: ?(?:คะแนน|%|/ ?100|เต็ม 100))?")
_YEAR_OF_A_NUMBER = re.compile(r"([0-9]{2}|[0-9]{4})\.0+")


def is_nothing(text: str) -> bool:
    return text.casefold() in NOTHING


# Beside the words that searching knows; here the whole cell is a level, so no name is mistaken.
ALSO_SAID = {"เลิศ": "excellent"}


@lru_cache(maxsize=4)
def _levels_said(levels: LevelWords) -> re.Pattern:
    also = "|".join(ALSO_SAID)
    return re.compile(
        rf"(?:{levels.pattern}|{also})(?![A-Za-z\u0e01-\u0e4e])", re.IGNORECASE | re.UNICODE
    )


def level_of(text: str, levels: LevelWords = AS_LOADED) -> str:
    """ระดับเป็นเลิศ, เหรียญทอง, ระดับฟ้า (ระดับพื้นฐาน), Gold: the code, if only one is meant."""
    words = _BEFORE_A_LEVEL.sub(" ", text)
    said = {match[0] for match in _levels_said(levels).finditer(words)}
    found = {ALSO_SAID.get(word) or levels.code_of(word) for word in said}
    if len(found) != 1:
        raise ValueError(
            _("อ่านระดับ “%(text)s” ไม่ได้ โปรดใช้ %(names)s หรือ%(last)s")
            % {"text": text[:40], **_names_of(levels)}
        )
    return found.pop()


def _names_of(levels: LevelWords) -> dict[str, str]:
    in_thai = thai_is_read()
    *names, last = (name_th if in_thai else name_en for name_th, name_en in levels.names)
    return {"names": (" " if in_thai else ", ").join(names), "last": last}


def year_of(text: str) -> int:
    match = _YEAR_OF_A_NUMBER.fullmatch(text)
    year = buddhist.parse_year(match[1] if match else text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            _("ปี %(year)s อยู่นอกช่วง โครงการเริ่มปี %(first)s โปรดตรวจปีอีกครั้ง")
            % {"year": year, "first": FIRST_YEAR}
        )
    return year


def score_of(text: str) -> Decimal:
    """Points out of 100, with every decimal that stands there."""
    match = _SCORE.fullmatch(thai.arabic_digits(text))
    score = match and Decimal(f"{match[1]}.{match[2] or 0}")
    if score is None or score > 100:
        raise ValueError(
            _("อ่านคะแนน “%(text)s” ไม่ได้ โปรดพิมพ์ตัวเลข 0 ถึง 100 เช่น 85.5") % {"text": text[:40]}
        )
    return score


def rounded(score: Decimal) -> Decimal:
    """With the two decimals that the register keeps."""
    return score.quantize(Decimal("0.01"), ROUND_HALF_UP)


def day_of(text: str):
    day = buddhist.parse_day(text)
    if not FIRST_YEAR <= buddhist.year_of(day) <= LAST_YEAR:
        raise ValueError(
            _("วันที่ “%(text)s” อยู่นอกช่วง โครงการเริ่มปี %(first)s โปรดตรวจปีอีกครั้ง")
            % {"text": text[:40], "first": FIRST_YEAR}
        )
    return day


def people_of(text: str) -> tuple[str, str]:
    """Names and positions of "name (position); name (position)", each joined by semicolons."""
    said = [people.name_and_position(part.strip()) for part in text.split(";") if part.strip()]
    names = "; ".join(name for name, _position in said)
    positions = "; ".join(position for _name, position in said)
    return names, positions if positions.strip("; ") else ""
