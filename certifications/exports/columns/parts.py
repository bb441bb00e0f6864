"""Columns that several tables have: province, location, year, level, worth, sources, version."""

from functools import lru_cache

from django.utils import translation

from certifications.exports import versions
from certifications.exports.columns.column import DATE, TEXT, WHOLE, YES_NO, Column, of
from certifications.models import Award, AwardEvent
from certifications.reference import buddhist
from certifications.reference.states import State, label_of, renewal_known


@lru_cache
def _state_in_thai(state: str, ending: str) -> str:
    with translation.override("th"):
        return str(label_of(state, ending))


def _public_event(award: Award) -> AwardEvent | None:
    """The ceremony of an award, unless it is still a draft."""
    return award.event if award.event and award.event.is_public else None


def _counts_until(award: Award):
    return buddhist.last_day(award.last_year) if award.year else None


def _ce(year: int | None) -> int | None:
    return buddhist.to_ce(year) if year else None


def _sources(row) -> str:
    return " ".join(row.source_addresses)


SOURCES = Column(
    "sources",
    TEXT,
    "แหล่งที่มา",
    "Sources",
    _sources,
    "ที่อยู่เว็บของแหล่งที่มา คั่นด้วยเว้นวรรค",
    "Addresses of the sources, separated by spaces",
)

VERSION = Column(
    "version",
    TEXT,
    "รุ่นของแถว",
    "Row version",
    lambda award: versions.version_with(award, award.received_by),
    "เปลี่ยนเมื่อข้อมูลในแถวถูกแก้ไข เมื่อแก้ไฟล์แล้วนำเข้า จะเทียบว่ามีผู้อื่นแก้ไขหลังส่งออกหรือไม่",
    "Another whenever what the row says and an edited file may change was changed; tells whether "
    "somebody edited it since",
)


# --- where a body stands -------------------------------------------------------------------------

PROVINCE = (
    Column(
        "province_code",
        TEXT,
        "รหัสจังหวัด",
        "Province code",
        lambda row: row.province,
        "รหัสสองหลักของกรมการปกครอง (มอก. 1099) ตรงกับเลขใน ISO 3166-2:TH ว่างเมื่อไม่ทราบหรือเป็นส่วนกลาง",
        "Two digits of the Department of Provincial Administration (TIS 1099), the digits of "
        "ISO 3166-2:TH; empty when unknown or a central body",
    ),
    Column(
        "province_th",
        TEXT,
        "จังหวัด",
        "Province (Thai)",
        lambda row: row.place and row.place.name_th,
    ),
    Column(
        "province_en",
        TEXT,
        "จังหวัด (อังกฤษ)",
        "Province",
        lambda row: row.place and row.place.name_en,
    ),
)

LOCATION = (
    Column(
        "ministry_code",
        TEXT,
        "รหัสกระทรวง",
        "Ministry code",
        lambda agency: agency.ministry and agency.ministry.code,
        "กระทรวงหรือเทียบเท่าที่อยู่บนสุดของสังกัด ณ วันที่ดาวน์โหลด",
        "The ministry or equivalent at the top of the body's line, on the day of the download",
    ),
    Column(
        "ministry_th",
        TEXT,
        "กระทรวง",
        "Ministry (Thai)",
        lambda agency: agency.ministry and agency.ministry.name_th,
    ),
    Column(
        "parent_code",
        TEXT,
        "รหัสต้นสังกัด",
        "Parent code",
        lambda agency: agency.parent and agency.parent.code,
        "หน่วยงานที่อยู่เหนือขึ้นไปหนึ่งชั้น ณ วันที่ดาวน์โหลด",
        "The body one step above, on the day of the download",
    ),
    Column(
        "parent_th",
        TEXT,
        "ต้นสังกัด",
        "Parent (Thai)",
        lambda agency: agency.parent and agency.parent.name_th,
    ),
    *PROVINCE,
    Column(
        "service_code",
        TEXT,
        "รหัสงานบริการ",
        "Service code",
        lambda agency: agency.service and agency.service.code,
        "เรื่องที่ประชาชนมาติดต่อ รายการอยู่ที่ /api/v1/services/",
        "What a citizen comes for; listed at /api/v1/services/",
    ),
    Column(
        "service_th",
        TEXT,
        "งานบริการ",
        "Service (Thai)",
        lambda agency: agency.service and agency.service.name_th,
    ),
)


# --- what an award is worth ----------------------------------------------------------------------

YEAR = (
    Column(
        "year_be",
        WHOLE,
        "ปีที่รับรอง (พ.ศ.)",
        "Year of certification (B.E.)",
        lambda award: award.year,
        "ปีพุทธศักราช ว่างเมื่อแหล่งที่มาไม่ระบุปี",
        "Buddhist Era; empty when no source states the year",
    ),
    Column(
        "year_ce",
        WHOLE,
        "ปีที่รับรอง (ค.ศ.)",
        "Year of certification (C.E.)",
        lambda award: _ce(award.year),
        "ปี พ.ศ. ลบ 543",
        "The Buddhist Era year less 543",
    ),
)

LEVEL = (
    Column(
        "level_code",
        TEXT,
        "รหัสระดับ",
        "Level code",
        lambda level: level.code,
        "ว่างเมื่อแหล่งที่มาไม่ระบุระดับ รายการอยู่ที่ /api/v1/levels/",
        "Empty when no source states the level; listed at /api/v1/levels/",
    ),
    Column("level_th", TEXT, "ระดับ", "Level (Thai)", lambda level: level.name_th),
    Column("level_en", TEXT, "ระดับ (อังกฤษ)", "Level", lambda level: level.name_en),
)

WORTH = (
    *YEAR,
    *of(lambda award: award.level, LEVEL),
    Column(
        "state",
        TEXT,
        "สถานะ (รหัส)",
        "State",
        lambda award: award.state,
        "สถานะของการรับรองในแถวนี้ ณ วันที่ถาม (พารามิเตอร์ on ถ้าไม่ระบุคือวันนี้) คำนวณตามหลักเกณฑ์ ไม่ได้กรอกเอง",
        "State of this certification on the day asked for (parameter on, today without it); "
        "derived by rule, never typed",
        State,
    ),
    Column(
        "state_th",
        TEXT,
        "สถานะ",
        "State (Thai)",
        lambda award: _state_in_thai(award.state, award.ending),
    ),
    Column(
        "is_last_year",
        YES_NO,
        "ปีสุดท้ายของการรับรอง",
        "In its last year",
        lambda award: award.is_last_year,
        "จริงเมื่อมีผลถึงสิ้นปีของวันที่ถาม และหน่วยงานไม่มีการรับรองอื่นที่นับได้นานกว่า",
        "True when it ends with the year of the day asked for and nothing else the body holds "
        "counts longer",
    ),
    Column(
        "counts_until",
        DATE,
        "นับถึงวันที่",
        "Counts until",
        _counts_until,
        "31 ธันวาคมของปีสุดท้าย (ปีที่รับรองเป็นปีแรกของสามปี) หากไม่ถูกเพิกถอนก่อน ว่างเมื่อไม่ทราบปี",
        "31 December of the last year, the year of certification being the first of three, unless "
        "revoked earlier; empty when the year is unknown",
    ),
    *of(
        _public_event,
        (
            Column(
                "event_code",
                TEXT,
                "รหัสพิธีมอบ",
                "Ceremony code",
                lambda event: event.code,
                "ตรงกับคอลัมน์ code ของ events.csv ว่างเมื่อไม่ทราบพิธี",
                "Column code of events.csv; empty when the ceremony is not known",
            ),
            Column(
                "held_on",
                DATE,
                "วันจัดพิธี",
                "Date of the ceremony",
                lambda event: event.held_on,
                "ว่างเมื่อไม่มีแหล่งที่มาระบุวัน",
                "Empty when no source states the day",
            ),
        ),
    ),
    Column(
        "renewal_known",
        YES_NO,
        "ทราบผลต่ออายุ",
        "Renewal known",
        lambda award: renewal_known(award.ending),
        "มีค่าเมื่อ state เป็น lapsed จริงเมื่อทราบว่าต่ออายุแล้ว หรือรายชื่อทุกรอบที่ยังมีผลในวันที่ถามครบแล้ว "
        "เท็จเมื่อยังยืนยันไม่ได้ว่าหน่วยงานต่ออายุแล้วหรือไม่",
        "Only where state is lapsed: true when a later certification is known, or when the lists "
        "of all rounds that still count on the day asked for are complete; false when it cannot "
        "be told whether the body was certified again",
    ),
)
