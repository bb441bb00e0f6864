"""The Buddhist Era calendar: reads and writes Thai years and dates (B.E. = C.E. + 543)."""

import re
from datetime import date

OFFSET = 543

MONTHS_TH = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
MONTHS_TH_SHORT = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTHS_EN_SHORT = tuple(name[:3] for name in _MONTHS_EN)
_MONTH_NUMBERS = {
    name.replace(".", "").casefold(): number
    for names in (MONTHS_TH, MONTHS_TH_SHORT, _MONTHS_EN, _MONTHS_EN_SHORT)
    for number, name in enumerate(names, start=1)
} | {"sept": 9}

_BE_YEARS = range(2400, 2744)
_CE_YEARS = range(1900, 2201)

# In a str pattern \d is any decimal digit, and int() reads them all: ๒๕๖๕ needs no translation.
_BE_MARK = r"(?P<be>พุทธศักราช|พ\.? ?ศ\.?|B\.? ?E\.?)"
_CE_MARK = r"(?P<ce>คริสต์ศักราช|ค\.? ?ศ\.?|C\.? ?E\.?|A\.? ?D\.?)"
_ERA = f"(?:{_BE_MARK}|{_CE_MARK})?"
_YEAR_NUMBER = r"(?P<year>\d{4}|\d{2})"
_WEEKDAY = "จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|อาทิตย์"

_YEAR = re.compile(
    rf"(?:(?:ประจำ)? ?ปี)? ?(?:งบ(?:ประมาณ)?)? ?{_ERA} ?{_YEAR_NUMBER}",
    re.IGNORECASE,
)
_DAY_FORMS = (
    # 28 กันยายน 2565, วันพุธที่ 28 ก.ย. พ.ศ. 65, 28 Sep 2022
    re.compile(
        rf"(?:วัน)? ?(?:{_WEEKDAY})? ?(?:ที่)? ?"
        rf"(?P<day>\d{{1,2}}) ?(?:เดือน)? ?(?P<month>[^\d\s]\D*?) ?{_ERA} ?{_YEAR_NUMBER}",
        re.IGNORECASE,
    ),
    # 28/9/65, 28-09-2565, 28.9.2022
    re.compile(rf"(?P<day>\d{{1,2}})(?P<gap> ?[/.-] ?)(?P<month>\d{{1,2}})(?P=gap){_YEAR_NUMBER}"),
    # 2022-09-28, 2565-09-28
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
)


def can_be_meant(day: date) -> bool:
    """Whether anybody means a day, rather than a program its first or last one."""
    return day.year in _CE_YEARS


def to_be(ce_year: int) -> int:
    return ce_year + OFFSET


def to_ce(be_year: int) -> int:
    return be_year - OFFSET


def year_of(day: date) -> int:
    """The B.E. calendar year of a day."""
    return to_be(day.year)


def first_day(be_year: int) -> date:
    """1 January of a B.E. calendar year."""
    return date(to_ce(be_year), 1, 1)


def last_day(be_year: int) -> date:
    """31 December of a B.E. calendar year."""
    return date(to_ce(be_year), 12, 31)


def parse_year(text: str) -> int:
    """The B.E. year in a text such as พ.ศ. ๒๕๖๕, ปี 65 or ค.ศ. 2022; two digits are always B.E.

    Raises ValueError with a Thai sentence for the person who typed it.
    """
    match = _YEAR.fullmatch(_one_space(text))
    year = match and _be_year(match)
    if not year:
        raise ValueError(f"อ่านปี “{_start(text)}” ไม่ได้ โปรดพิมพ์ปี พ.ศ. สี่หลัก เช่น 2565")
    return year


def parse_day(text: str) -> date:
    """The day in a text such as 21 ก.ย.60, วันพุธที่ 28 กันยายน 2565, 21/9/2560 or 2017-09-21.

    Numbers are read day first. Raises ValueError with a Thai sentence for the person who typed it.
    """
    match = _first_match(_one_space(text))
    month = match and _month(match["month"])
    year = match and _be_year(match)
    if not (match and month and year):
        raise ValueError(f"อ่านวันที่ “{_start(text)}” ไม่ได้ โปรดพิมพ์แบบ 28 กันยายน 2565")
    try:
        return date(to_ce(year), month, int(match["day"]))
    except ValueError:
        raise ValueError(f"ไม่มีวันที่ “{_start(text)}” ในปฏิทิน โปรดตรวจวัน เดือน และปี") from None


def format_day(day: date, language: str = "th", short: bool = False) -> str:
    """28 กันยายน 2565 or, if short, 28 ก.ย. 2565; in any other language 28 September 2022."""
    if language == "th":
        months = MONTHS_TH_SHORT if short else MONTHS_TH
    else:
        months = _MONTHS_EN_SHORT if short else _MONTHS_EN
    return f"{day.day} {months[day.month - 1]} {format_year(year_of(day), language)}"


def format_year(be_year: int, language: str = "th") -> str:
    """The year as its readers count: B.E. in Thai, C.E. in other languages."""
    return str(be_year if language == "th" else to_ce(be_year))


def _one_space(text: str) -> str:
    return " ".join(text.split())


def _start(text: str) -> str:
    return _one_space(text)[:40]


def _first_match(text: str) -> re.Match[str] | None:
    matches = (form.fullmatch(text) for form in _DAY_FORMS)
    return next(filter(None, matches), None)


def _month(text: str) -> int:
    """The number of a month by name or number; 0 if there is none. 13 is left to the calendar."""
    if text.isdecimal():
        return int(text)
    return _MONTH_NUMBERS.get(re.sub("[ .,]", "", text).casefold(), 0)


def _be_year(match: re.Match[str]) -> int:
    """The B.E. year that the year and era of a match mean; 0 if they contradict each other."""
    eras = match.groupdict()
    year = int(match["year"])
    if len(match["year"]) == 2 and not eras.get("ce"):
        return 2500 + year
    if year in _BE_YEARS and not eras.get("ce"):
        return year
    if year in _CE_YEARS and not eras.get("be"):
        return to_be(year)
    return 0
