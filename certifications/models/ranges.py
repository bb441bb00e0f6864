"""Ranges of years and days for constraints; outside them somebody mixed up B.E. and C.E."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certifications.reference import buddhist
from certifications.reference.states import FIRST_YEAR, LAST_YEAR

YEAR_OUT_OF_RANGE = _("ปีต้องเป็น พ.ศ. ไม่ก่อน 2559 ซึ่งเป็นปีแรกของการรับรอง")
DAY_OUT_OF_RANGE = _("วันที่อยู่นอกช่วงที่เป็นไปได้ ตรวจว่าไม่ได้สลับ พ.ศ. กับ ค.ศ.")

# Public bodies were closed and renamed long before the scheme; 543 years off is still outside.
OLDEST_YEAR = 2400


def year_in_range(field: str) -> Q:
    """A B.E. year of the scheme."""
    return Q(**{f"{field}__gte": FIRST_YEAR, f"{field}__lte": LAST_YEAR})


def day_in_range(field: str, first_year: int = OLDEST_YEAR) -> Q:
    """No day, or one from `first_year` (B.E.) on."""
    first, last = buddhist.first_day(first_year), buddhist.last_day(LAST_YEAR)
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": first, f"{field}__lte": last})
