"""Regular expressions of pasted lists: levels, counts, years, and where a list begins and ends."""

import re
from dataclasses import dataclass
from functools import lru_cache

from certifications.intake.reading import names
from certifications.intake.reading.cells import ALSO_SAID
from certifications.search.levels import LevelWords

_THAI = "\u0e01-\u0e4e"
_DIGITS = "[0-9๐-๙]"
_GLUED = "(?:จำนวน|ได้แก่|คือ|อีก|รวม|หรือ|สี|และ|ทั้ง|ประกอบ|ดัง|มี|ใน|จาก)"
_UNITS = "ศูนย์|แห่ง|หน่วยงาน|หน่วยบริการ|หน่วย|รางวัล|สาขา|สำนักงาน|ราย|รายการ|โรงพยาบาล|เขต|อำเภอ|จังหวัด"
COUNT = (
    rf"(?:เป็น|มี|อีก){{0,2}}(?:จำนวน|รวม)(?:ทั้งสิ้น|ทั้งหมด|รวม){{0,2}} ?"
    rf"(?P<counted>{_DIGITS}[0-9๐-๙,]{{0,9}})"
    rf"(?: ?(?:{_UNITS})(?![{_THAI}])|(?= |$))"
    rf"|(?<!ที่)(?<!ที่ )(?P<number>{_DIGITS}[0-9๐-๙,]{{0,9}}) ?(?:{_UNITS})"
    rf"(?![{_THAI}]|(?<=สาขา) ?[{_THAI}])"
)
OPENING = (
    r"ได้แก่|ประกอบด้วย|ดังต่อไปนี้|ดังนี้|ตามรายชื่อ"
    rf"|(?:(?<=\s)|(?<=[0-9๐-๙)]))คือ(?=\s|{names.BEGINS.pattern})"
    rf"|:(?=\s*(?:$|{_DIGITS}+[.)]|[-•]|{names.BEGINS.pattern}))"
)
_EXAMPLES = r"(?<![ก-๎])(?:เช่น|อาทิ)(?:เช่น)?(?=\s|[ก-ฮ])"
_CLOSING = (
    r"(?:ยัง|จึง|ก็|ที่)?(?:คว้า|ได้รับ|เข้ารับ|ได้ผ่าน|ผ่านการ|ผ่านเกณฑ์|ได้เข้า|จะเข้า|จะได้)|เป็นต้น|ตามลำดับ"
    r"|(?<=\s)(?:โดย|ซึ่ง|ทั้งนี้|สำหรับ|นอกจาก|พร้อม|เพื่อให้|เพื่อเป็น|เมื่อวันที่|ในวัน|จาก|สามารถ|ณ(?= )|ที่มา ?:)"
)
YEAR = (
    r"(?:(?:ประจำ)?ปี(?:งบประมาณ)? ?(?:พ\. ?ศ\. ?)?|พ\. ?ศ\. ?)(?P<year>[0-9๐-๙]{4}|[0-9๐-๙]{2})"
    r"(?![0-9๐-๙])(?P<range> ?(?:-|–|ถึง) ?(?:ปี ?)?(?:พ\. ?ศ\. ?)?[0-9๐-๙]{2,4})?"
)
LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\u2028\u2029]")
MARKER = re.compile(
    r"\s*(?:[-–—•●▪■◦·○►>✓✔*+]+\s*|\(?(?P<number>[0-9๐-๙]{1,4})(?P<dots>(?:\.[0-9๐-๙]{1,3})*)"
    r"(?:[.)]+\s*|\s+)|\(?[ก-ฮa-z][.)]\s+)"
)
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
TITLE = re.compile(r"GECC|ศูนย์ราชการสะดวก|รายชื่อ|ประจำปี|ผลการ|ประกาศ|บัญชี|Government Easy", re.I)
NO_NAME = re.compile(r"https?://|^(?:ที่มา|หมายเหตุ|รวม|วันที่|วัน(?:จันทร์|อังคาร|พุธ|พฤหัส|ศุกร์|เสาร์|อาทิตย์))")
CREDITS = re.compile(r"(?:ที่มา|แหล่งที่มา|อ้างอิง|เครดิต|ขอบคุณ ?ภาพ|ภาพ(?:ข่าว|ประกอบ)?)(?:จาก)? ?[:：]")
HEADS_A_LIST = re.compile(rf"\s*(?:หรือ|หมายถึง|[:–-]|อีก|{COUNT}|{OPENING})", re.IGNORECASE)
LABEL = re.compile(
    rf"(?P<label>{names.BEGINS.pattern}[^\s]{{0,150}}?(?:จังหวัด|อำเภอ|เขต|สาขา|ตำบล|พื้นที่|โรงพยาบาล|ภูมิภาค))"
    r"\s*(?:ที่ผ่าน.*|ที่ได้.*)?\s*$"
)
BODY_ABOVE = re.compile(
    rf"(?:สังกัด|หน่วยงานของ) ?(?P<body>(?:กรม|กระทรวง|สำนักงาน|การ|ธนาคาร)[{_THAI}]{{1,150}}?)"
    r"(?=ที่ได้|ที่ผ่าน|ได้|ผ่าน|มี|\s|\x02|$)|(?P<bank>[^\s]{3,60}) มีสาขา"
)
GOES_ON = re.compile(rf"[\s\x02]*(?:และ|กับ|,|ส่วน|ขณะที่)?\s*(?:{names.BEGINS.pattern}|สาขา)")


@dataclass(frozen=True)
class LevelPhrases:
    """The phrases that name a level."""

    level: re.Pattern
    event: re.Pattern  # a level, or any other event of a text
    at_the_end: re.Pattern
    alone: re.Pattern


@lru_cache(maxsize=4)
def phrases_of(levels: LevelWords) -> LevelPhrases:
    words = levels.pattern
    word = rf"(?:{words}|{'|'.join(ALSO_SAID)})(?:(?![A-Za-z{_THAI}])|(?={_GLUED}))"
    level = (
        rf"(?:(?:และ|ใน|รางวัล|มาตรฐาน|กลุ่ม) ?){{0,3}}(?:ระดับ|เหรียญ|ตราสี|โล่สี) ?{word}"
        rf"(?: ?(?:หรือ|/|,)? ?\(?(?:ระดับ|สี|เหรียญ) ?{word}\)?)*"
    )
    event = (
        rf"(?P<level>{level})|(?P<count>{COUNT})|(?P<examples>{_EXAMPLES})|(?P<printed_year>{YEAR})"
        rf"|(?P<opening>{OPENING})|(?P<today>ปัจจุบัน)|(?P<closing>{_CLOSING})"
    )
    at_the_end = rf"(?<=\S)\s*[:–—|/-]\s*(?P<said>(?:ระดับ|เหรียญ|สี)? ?(?:{words}))\s*$"
    alone = (
        rf"(?:กลุ่ม|ระดับ|เหรียญ|สี|รางวัล)* ?(?:{words}) ?(?:level|medal)?"
        rf"(?: ?\(.*\))?(?: ?{COUNT})?[ :.–-]*"
    )
    each = (re.compile(one, re.IGNORECASE) for one in (level, event, at_the_end, alone))
    return LevelPhrases(*each)
