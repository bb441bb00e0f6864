"""The columns of every file and of the API: name, type, meaning in both languages, value.

One declaration serves the CSV, XLSX and JSON files, the API and its OpenAPI document, the column
dictionary and the data package. A name, once published, never changes its meaning; new columns are
added at the end of their group.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Model, TextChoices
from django.urls import reverse
from django.utils import translation

from certifications.exports import versions
from certifications.models import Agency, AnnouncedFigure, Award, AwardEvent
from certifications.reference import buddhist, provinces
from certifications.reference.states import State, label_of, renewal_known

TEXT, WHOLE, NUMBER, YES_NO, DATE, TIME = "string", "integer", "number", "boolean", "date", "time"
ADDRESS = "uri"  # a path of this site; written as a whole address

Value = Callable[[Model], object]


@dataclass(frozen=True)
class Column:
    """One column: what it is called, what it holds, and how to read it off a row."""

    name: str
    type: str
    title_th: str
    title_en: str
    value: Value
    about_th: str = ""
    about_en: str = ""
    choices: type[TextChoices] | None = None
    always: bool = False  # never empty

    @property
    def title(self) -> str:
        return self.title_th if provinces.thai_is_read() else self.title_en

    @property
    def about(self) -> str:
        return self.about_th if provinces.thai_is_read() else self.about_en


@lru_cache
def in_words(choice: TextChoices, language: str) -> str:
    with translation.override(language):
        return str(choice.label)


@lru_cache
def _state_in_thai(state: str, ending: str) -> str:
    with translation.override("th"):
        return str(label_of(state, ending))


@lru_cache
def _list_of_agencies() -> str:
    with translation.override("th"):
        return reverse("agency-list")


def agency_page(agency: Agency) -> str:
    """The Thai page of a body. Joined by hand: `reverse` for 300,000 rows takes seconds."""
    return f"{_list_of_agencies()}{agency.code}/"


def _event_page(event: AwardEvent) -> str:
    with translation.override("th"):
        return event.get_absolute_url()


def of(thing_of: Value, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The same columns read from something a row leads to; empty where it leads to nothing."""

    def through(value: Value) -> Value:
        def read(row):
            thing = thing_of(row)
            return None if thing is None else value(thing)

        return read

    return tuple(replace(column, value=through(column.value)) for column in columns)


def _public_event(award: Award) -> AwardEvent | None:
    """The ceremony of an award, unless it is still a draft."""
    return award.event if award.event and award.event.is_public else None


def _counts_until(award: Award):
    return buddhist.last_day(award.last_year) if award.year else None


def _ce(year: int | None) -> int | None:
    return buddhist.to_ce(year) if year else None


def _float(number) -> float | None:
    return None if number is None else float(number)


def _received_by(award: Award) -> str:
    people = (f"{name} ({position})" if position else name for name, position in award.received_by)
    return "; ".join(people)


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

STANDING = (
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
        "สถานะของการรับรองในแถวนี้ ณ วันที่ถาม (พารามิเตอร์ on ถ้าไม่ระบุคือวันนี้) คำนวณจากกติกา ไม่ได้พิมพ์",
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
        "withdrawn earlier; empty when the year is unknown",
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

# --- the tables ----------------------------------------------------------------------------------

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
    *STANDING,
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
        lambda agency: _float(agency.latitude),
        "องศา WGS 84 ว่างเมื่อไม่มีแหล่งที่มา",
        "Degrees, WGS 84; empty when no source gives it",
    ),
    Column(
        "longitude",
        NUMBER,
        "ลองจิจูด",
        "Longitude",
        lambda agency: _float(agency.longitude),
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

AWARDS = (
    *of(
        lambda award: award.agency,
        (
            replace(AGENCIES[0], name="agency_code"),
            replace(AGENCIES[1], name="agency_th", title_th="หน่วยงาน", title_en="Agency (Thai)"),
            replace(
                AGENCIES[2],
                name="agency_en",
                title_th="หน่วยงาน (อังกฤษ)",
                title_en="Agency (English)",
            ),
            *STANDING,
        ),
    ),
    *WORTH,
    Column(
        "known_by",
        DATE,
        "ทราบว่าได้รับการรับรองเมื่อ",
        "Known by",
        lambda award: award.known_by,
        "เมื่อไม่ทราบปี: วันที่ของแหล่งที่มาแรกสุดที่กล่าวว่าได้รับการรับรอง",
        "When the year is unknown: the day of the earliest source that calls the body certified",
    ),
    Column(
        "name_as_printed",
        TEXT,
        "ชื่อตามที่พิมพ์",
        "Name as printed",
        lambda award: award.name_as_printed,
        "ชื่อในประกาศ เมื่อต่างจากชื่อในทะเบียน",
        "The name in the announcement, where it differs from the register's",
    ),
    Column(
        "score",
        NUMBER,
        "คะแนน",
        "Score",
        lambda award: _float(award.public_score),
        "เต็ม 100 ว่างเมื่อไม่มีแหล่งที่มาที่เปิดเผยระบุคะแนนไว้",
        "Out of 100; empty unless a cited public source prints it",
    ),
    Column(
        "certificate_number",
        TEXT,
        "เลขที่ใบรับรอง",
        "Certificate number",
        lambda award: award.certificate_number,
        "ตามที่พิมพ์ในเอกสารเท่านั้น",
        "Only as printed on a document",
    ),
    Column(
        "received_by",
        TEXT,
        "ผู้รับมอบ",
        "Received by",
        _received_by,
        "ชื่อ (ตำแหน่ง) คั่นด้วยอัฒภาค",
        "Name (position), separated by semicolons",
    ),
    SOURCES,
    Column(
        "url",
        ADDRESS,
        "หน้าในทะเบียน",
        "Page in the register",
        lambda award: agency_page(award.agency),
        always=True,
    ),
    replace(VERSION, always=True),
)

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

FIGURES = (
    Column(
        "first_year_be",
        WHOLE,
        "ตั้งแต่ปี (พ.ศ.)",
        "From year (B.E.)",
        lambda figure: figure.first_year,
        always=True,
    ),
    Column(
        "last_year_be",
        WHOLE,
        "ถึงปี (พ.ศ.)",
        "To year (B.E.)",
        lambda figure: figure.last_year,
        always=True,
    ),
    *of(
        lambda figure: figure.agency,
        (
            replace(
                AGENCIES[0],
                name="agency_code",
                about_th="ว่างเมื่อเป็นตัวเลขทั่วประเทศ",
                about_en="Empty for the whole country",
                always=False,
            ),
            replace(
                AGENCIES[1],
                name="agency_th",
                title_th="หน่วยงาน",
                title_en="Agency (Thai)",
                always=False,
            ),
        ),
    ),
    Column(
        "measure",
        TEXT,
        "สิ่งที่นับ (รหัส)",
        "Measure",
        lambda figure: figure.measure,
        choices=AnnouncedFigure.Measure,
        always=True,
    ),
    Column(
        "measure_th",
        TEXT,
        "สิ่งที่นับ",
        "Measure (Thai)",
        lambda figure: in_words(AnnouncedFigure.Measure(figure.measure), "th"),
        always=True,
    ),
    *of(
        lambda figure: figure.level,
        (
            replace(LEVEL[0], about_th="ว่างเมื่อนับทุกระดับ", about_en="Empty for all levels"),
            *LEVEL[1:],
        ),
    ),
    Column(
        "count",
        WHOLE,
        "จำนวนที่ประกาศ",
        "Number announced",
        lambda figure: figure.count,
        "ตามที่พิมพ์ แหล่งที่มาที่ไม่ตรงกันอยู่คนละแถว",
        "As printed; sources that disagree stand in rows of their own",
        always=True,
    ),
    Column("as_of", DATE, "ณ วันที่", "As of", lambda figure: figure.as_of),
    Column("note", TEXT, "หมายเหตุ", "Note", lambda figure: figure.note),
    SOURCES,
)

# --- short lists, for the API --------------------------------------------------------------------

LEVELS = (
    replace(LEVEL[0], name="code", about_th="", about_en="", always=True),
    Column("rank", WHOLE, "ลำดับ", "Rank", lambda level: level.rank, always=True),
    replace(LEVEL[1], name="name_th", always=True),
    replace(LEVEL[2], name="name_en", always=True),
    Column("colour_th", TEXT, "สี", "Colour (Thai)", lambda level: level.colour_th),
    Column("colour_en", TEXT, "สี (อังกฤษ)", "Colour", lambda level: level.colour_en),
    Column("min_score", WHOLE, "คะแนนต่ำสุด", "Lowest score", lambda level: level.min_score),
    Column("max_score", WHOLE, "คะแนนสูงสุด", "Highest score", lambda level: level.max_score),
    Column("meaning_th", TEXT, "ความหมาย", "Meaning (Thai)", lambda level: level.meaning_th),
    Column("meaning_en", TEXT, "ความหมาย (อังกฤษ)", "Meaning", lambda level: level.meaning_en),
)

PROVINCES = (
    Column("code", TEXT, "รหัสจังหวัด", "Code", lambda place: place.code, always=True),
    Column("iso_3166_2", TEXT, "ISO 3166-2", "ISO 3166-2", lambda place: place.iso, always=True),
    Column("name_th", TEXT, "จังหวัด", "Name (Thai)", lambda place: place.name_th, always=True),
    Column(
        "name_en", TEXT, "จังหวัด (อังกฤษ)", "Name (English)", lambda place: place.name_en, always=True
    ),
    Column("region_th", TEXT, "ภาค", "Region (Thai)", lambda place: place.region_th, always=True),
    Column("region_en", TEXT, "ภาค (อังกฤษ)", "Region", lambda place: place.region_en, always=True),
)

SERVICES = (
    Column("code", TEXT, "รหัสงานบริการ", "Code", lambda service: service.code, always=True),
    Column(
        "name_th", TEXT, "งานบริการ", "Name (Thai)", lambda service: service.name_th, always=True
    ),
    Column(
        "name_en",
        TEXT,
        "งานบริการ (อังกฤษ)",
        "Name (English)",
        lambda service: service.name_en,
        always=True,
    ),
)
