"""The columns of an agency."""

from functools import lru_cache

from django.urls import reverse
from django.utils import translation

from certifications.exports.columns.column import ADDRESS, DATE, NUMBER, TEXT, Column, as_float, of
from certifications.exports.columns.parts import LOCATION, VERSION, WORTH
from certifications.models import Agency


@lru_cache
def _list_of_agencies() -> str:
    with translation.override("th"):
        return reverse("agency-list")


def agency_page(agency: Agency) -> str:
    """The Thai page of a body. Joined by hand: `reverse` for 300,000 rows takes seconds."""
    return f"{_list_of_agencies()}{agency.code}/"


AGENCIES = (
    Column(
        "code",
        TEXT,
        "รหัสหน่วยงาน",
        "Code",
        lambda agency: agency.code,
        "รหัสถาวรในทะเบียนนี้ ไม่เปลี่ยนและไม่ใช้ซ้ำ",
        "Permanent in this register; never changed, never used again",
        always=True,
    ),
    Column("name_th", TEXT, "ชื่อไทย", "Name (Thai)", lambda agency: agency.name_th, always=True),
    Column(
        "name_en",
        TEXT,
        "ชื่ออังกฤษ",
        "Name (English)",
        lambda agency: agency.name_en,
        "ว่างเมื่อไม่พบชื่ออังกฤษ",
        "Empty when no English name is known",
    ),
    Column(
        "kind",
        TEXT,
        "ประเภท",
        "Kind of body",
        lambda agency: agency.kind,
        choices=Agency.Kind,
        always=True,
    ),
    *LOCATION,
    *of(lambda agency: agency.shown_award, WORTH),
    Column(
        "years_be",
        TEXT,
        "ทุกปีที่ได้รับการรับรอง (พ.ศ.)",
        "All years certified (B.E.)",
        lambda agency: " ".join(map(str, agency.years)),
        "คั่นด้วยเว้นวรรค ไม่รวมการรับรองที่ไม่ทราบปี",
        "Separated by spaces, without a certification of unknown year",
    ),
    Column("address", TEXT, "ที่อยู่", "Postal address", lambda agency: agency.address),
    Column("phone", TEXT, "โทรศัพท์", "Telephone", lambda agency: agency.phone),
    Column("website", TEXT, "เว็บไซต์", "Website", lambda agency: agency.website),
    Column("hours", TEXT, "เวลาทำการ", "Opening hours", lambda agency: agency.hours),
    Column(
        "latitude",
        NUMBER,
        "ละติจูด",
        "Latitude",
        lambda agency: as_float(agency.latitude),
        "องศา WGS 84 ว่างเมื่อไม่มีแหล่งที่มา",
        "Degrees, WGS 84; empty when no source gives it",
    ),
    Column(
        "longitude",
        NUMBER,
        "ลองจิจูด",
        "Longitude",
        lambda agency: as_float(agency.longitude),
        "องศา WGS 84 ว่างเมื่อไม่มีแหล่งที่มา",
        "Degrees, WGS 84; empty when no source gives it",
    ),
    Column("closed_on", DATE, "ปิดเมื่อ", "Closed on", lambda agency: agency.closed_on),
    Column(
        "url",
        ADDRESS,
        "หน้าในทะเบียน",
        "Page in the register",
        agency_page,
        "ประวัติทั้งหมดและแหล่งที่มา",
        "The whole history, with its sources",
        always=True,
    ),
    *of(lambda agency: agency.shown_award, (VERSION,)),
)
