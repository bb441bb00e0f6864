"""What invented names are made of: bodies, kinds of offices and syllables of places.

The shapes are those of certifications/data/agencies.csv. Ministries, departments and provinces are
called as in the world, the bodies with INVENTED behind their names; districts come about by chance.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

INVENTED = "(สมมติ)"
INVENTED_EN = "(invented)"

# Thai stem after กระทรวง, and English name.
MINISTRIES = {
    "กลาโหม": "Defence",
    "การคลัง": "Finance",
    "การต่างประเทศ": "Foreign Affairs",
    "การท่องเที่ยวและกีฬา": "Tourism and Sports",
    "การพัฒนาสังคมและความมั่นคงของมนุษย์": "Social Development and Human Security",
    "การอุดมศึกษา วิทยาศาสตร์ วิจัยและนวัตกรรม": "Higher Education, Science, Research and Innovation",
    "เกษตรและสหกรณ์": "Agriculture and Cooperatives",
    "คมนาคม": "Transport",
    "ดิจิทัลเพื่อเศรษฐกิจและสังคม": "Digital Economy and Society",
    "ทรัพยากรธรรมชาติและสิ่งแวดล้อม": "Natural Resources and Environment",
    "พลังงาน": "Energy",
    "พาณิชย์": "Commerce",
    "มหาดไทย": "Interior",
    "ยุติธรรม": "Justice",
    "แรงงาน": "Labour",
    "วัฒนธรรม": "Culture",
    "ศึกษาธิการ": "Education",
    "สาธารณสุข": "Public Health",
    "อุตสาหกรรม": "Industry",
    "ราชการส่วนกลาง": "Central Administration",
}

# Bodies that every ministry has, with its stem.
USUAL_BODIES = {
    "สำนักงานปลัดกระทรวง{}": "Office of the Permanent Secretary, {}",
    "กรมส่งเสริมงาน{}": "Department of {} Promotion",
    "กรมวิชาการ{}": "Department of {} Studies",
    "กรมตรวจสอบมาตรฐาน{}": "Department of {} Standards",
    "สำนักงานนโยบายและแผน{}": "Office of {} Policy and Planning",
    "สถาบันพัฒนาบุคลากร{}": "Institute of {} Personnel",
}


@dataclass(frozen=True)
class Body:
    """A department or state enterprise that offices stand under."""

    name_th: str
    name_en: str
    ministry: str
    service: str
    short: str = ""
    kind: str = "department"


@dataclass(frozen=True)
class Pattern:
    """A kind of office: how it is called, what it serves, under whom it stands.

    `layer` is province, district or subdistrict: how many of the kind there are. Names hold {area}
    (จังหวัด… or a part of Bangkok), {province}, {district} and {subdistrict}.
    """

    layer: str
    name_th: str
    name_en: str
    parent: str
    service: str
    kind: str


def _rows(kind: type, file: str) -> list:
    with (Path(__file__).parent / file).open(encoding="utf-8", newline="") as lines:
        return [kind(**row) for row in csv.DictReader(lines)]


BODIES: list[Body] = _rows(Body, "bodies.csv")
PATTERNS: list[Pattern] = _rows(Pattern, "offices.csv")

# Places are put together from these; หนองทอง or ท่าศรีแก้ว may exist, but nobody means them here.
FIRST_SYLLABLES = {
    "หนอง": "Nong",
    "ท่า": "Tha",
    "บ้าน": "Ban",
    "โคก": "Khok",
    "ดอน": "Don",
    "ห้วย": "Huai",
    "คลอง": "Khlong",
    "บึง": "Bueng",
    "วัง": "Wang",
    "นา": "Na",
    "ป่า": "Pa",
    "เขา": "Khao",
    "แม่": "Mae",
    "เวียง": "Wiang",
    "โพธิ์": "Pho",
    "ศรี": "Si",
    "ทุ่ง": "Thung",
    "ปาก": "Pak",
    "เกาะ": "Ko",
    "สาม": "Sam",
    "น้ำ": "Nam",
    "เชียง": "Chiang",
    "บาง": "Bang",
    "ลำ": "Lam",
}
LAST_SYLLABLES = {
    "ทอง": "Thong",
    "แก้ว": "Kaeo",
    "งาม": "Ngam",
    "ใหญ่": "Yai",
    "น้อย": "Noi",
    "ขาว": "Khao",
    "แดง": "Daeng",
    "สูง": "Sung",
    "ชัย": "Chai",
    "สวรรค์": "Sawan",
    "มะขาม": "Makham",
    "กระทิง": "Krathing",
    "สะอาด": "Sa-at",
    "พัฒนา": "Phatthana",
    "เจริญ": "Charoen",
    "เย็น": "Yen",
    "ตะเคียน": "Takhian",
    "ไผ่": "Phai",
    "สำราญ": "Samran",
    "คำ": "Kham",
    "บัว": "Bua",
    "จันทร์": "Chan",
    "รุ่ง": "Rung",
    "ศิลา": "Sila",
}

GIVEN_NAMES = ["สมชาย", "สมหญิง", "มานะ", "ปิติ", "วีระ", "ชูใจ", "ประสิทธิ์", "รัตนา", "อำนวย", "ณัฐพล"]
FAMILY_NAMES = ["สมมติ", "สมมติวงศ์", "สมมติกุล", "สมมติไทย", "สมมติศรี"]
