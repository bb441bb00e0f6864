"""Parsing one cell of a data file into a plain value, or a sentence on why it cannot be."""

import datetime
import re

from django.utils.translation import gettext as _

from certifications.reference import thai
from certifications.reference.states import FIRST_YEAR, LAST_YEAR

LIST_SEPARATOR = "|"


class RowFaulty(Exception):
    """One row is wrong; the message is for the person who wrote it."""


def needed_text(cells: dict, column: str) -> str:
    if not cells[column]:
        raise RowFaulty(_("ช่อง %s ว่าง ต้องกรอก") % column)
    return cells[column]


def whole(cells: dict, column: str, most: int = 999_999_999) -> int:
    text = thai.arabic_digits(needed_text(cells, column))
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
        raise RowFaulty(
            _("ช่อง %(column)s เป็น “%(text)s” ต้องเป็นจำนวนเต็มไม่เกิน %(most)s")
            % {"column": column, "text": text[:40], "most": most}
        )
    return int(text)


def year(cells: dict, column: str) -> int:
    year = whole(cells, column)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RowFaulty(
            _("ช่อง %(column)s เป็น %(year)s ต้องเป็นปี พ.ศ. ตั้งแต่ %(first)s ถึง %(last)s")
            % {"column": column, "year": year, "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return year


def iso_date(cells: dict, column: str) -> str | None:
    """An ISO date, C.E.; a B.E. year (2565-09-28) lies beyond what can be meant."""
    text = cells[column]
    if not text:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 1857 <= day.year <= 2157:
        raise RowFaulty(
            _("ช่อง %(column)s เป็น “%(text)s” ต้องเป็นวันที่ ค.ศ. แบบ 2022-09-28")
            % {"column": column, "text": text[:40]}
        )
    return day.isoformat()


def iso_time(cells: dict, column: str) -> str | None:
    text = cells[column]
    if not text:
        return None
    try:
        return datetime.time.fromisoformat(text).isoformat()
    except ValueError:
        raise RowFaulty(
            _("ช่อง %(column)s เป็น “%(text)s” ต้องเป็นเวลาแบบ 13:30")
            % {"column": column, "text": text[:40]}
        ) from None


def one_of(cells: dict, column: str, allowed: set[str], *, blank: bool = False) -> str:
    text = cells[column]
    if (blank and not text) or text in allowed:
        return text
    raise RowFaulty(
        _("ช่อง %(column)s เป็น “%(text)s” ซึ่งไม่มีในทะเบียน แก้ตัวสะกด หรือเพิ่มรายการนั้นก่อน")
        % {"column": column, "text": text[:40]}
    )


def parts(cells: dict, column: str) -> list[str]:
    return list(filter(None, map(thai.clean, cells[column].split(LIST_SEPARATOR))))
