"""The columns of an award."""

from dataclasses import replace

from certifications.exports.columns.agencies import AGENCIES, agency_page
from certifications.exports.columns.column import ADDRESS, DATE, NUMBER, TEXT, Column, as_float, of
from certifications.exports.columns.parts import LOCATION, SOURCES, VERSION, WORTH
from certifications.models import Award
from certifications.reference import people


def _received_by(award: Award) -> str:
    persons = (people.in_words(name, position) for name, position in award.received_by)
    return "; ".join(persons)


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
            *LOCATION,
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
        lambda award: as_float(award.public_score),
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
