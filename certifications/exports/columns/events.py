"""The columns of a ceremony."""

from django.utils import translation

from certifications.exports.columns.column import ADDRESS, DATE, TEXT, TIME, WHOLE, YES_NO, Column
from certifications.exports.columns.parts import PROVINCE, SOURCES, YEAR
from certifications.models import AwardEvent


def _event_page(event: AwardEvent) -> str:
    with translation.override("th"):
        return event.get_absolute_url()


EVENTS = (
    Column(
        "code",
        TEXT,
        "รหัสพิธีมอบ",
        "Ceremony code",
        lambda event: event.code,
        "ปี พ.ศ. และ -2 สำหรับครั้งที่สองของปี",
        "The year (B.E.), with -2 for the second of a year",
        always=True,
    ),
    *YEAR,
    Column("title_th", TEXT, "ชื่อพิธี", "Title (Thai)", lambda event: event.title_th, always=True),
    Column("title_en", TEXT, "ชื่อพิธี (อังกฤษ)", "Title", lambda event: event.title_en),
    Column(
        "held_on",
        DATE,
        "วันจัดพิธี",
        "Date of the ceremony",
        lambda event: event.held_on,
        "ว่างเมื่อไม่มีแหล่งที่มาระบุวัน",
        "Empty when no source states the day",
    ),
    Column(
        "starts_at",
        TIME,
        "เวลาเริ่ม",
        "Starts at",
        lambda event: event.starts_at,
        "เวลาในประเทศไทย",
        "Bangkok time",
    ),
    Column("venue_th", TEXT, "สถานที่", "Venue (Thai)", lambda event: event.venue_th),
    Column("venue_en", TEXT, "สถานที่ (อังกฤษ)", "Venue", lambda event: event.venue_en),
    *PROVINCE,
    Column(
        "is_online",
        YES_NO,
        "จัดออนไลน์",
        "Held online",
        lambda event: event.is_online,
        "ว่างเมื่อไม่ทราบ",
        "Empty when not known",
    ),
    Column("presider", TEXT, "ประธานในพิธี", "Presider", lambda event: event.presider),
    Column(
        "presider_position",
        TEXT,
        "ตำแหน่งของประธาน",
        "Presider's position",
        lambda event: event.presider_position,
    ),
    Column("organiser", TEXT, "ผู้จัดพิธี", "Organiser", lambda event: event.organiser),
    Column(
        "validity_years",
        WHOLE,
        "อายุการรับรอง (ปี)",
        "Validity (years)",
        lambda event: event.validity_years,
        "นับปีที่รับรองเป็นปีแรก",
        "The year of certification being the first",
        always=True,
    ),
    Column(
        "awards_recorded",
        WHOLE,
        "จำนวนที่มีในทะเบียน",
        "Awards in this register",
        lambda event: event.recorded,
        "จำนวนผลการรับรองของพิธีนี้ที่มีรายชื่อ ไม่ใช่จำนวนที่ประกาศ",
        "Awards of this ceremony that are named here, not the number announced",
        always=True,
    ),
    Column(
        "disagreements",
        TEXT,
        "ข้อที่แหล่งที่มาไม่ตรงกัน",
        "What sources disagree about",
        lambda event: event.disagreements,
    ),
    SOURCES,
    Column("url", ADDRESS, "หน้าในทะเบียน", "Page in the register", _event_page, always=True),
)
