"""Splitting a run-on list of office names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from certifications.intake.reading import cells
from certifications.reference import thai
from certifications.search import province_names

# What the name of an office begins with.
_BEGINNINGS = (
    "สำนักงาน|สำนักทะเบียน|สำนักการ|สำนัก|ศูนย์|โรงพยาบาล|รพ\\.|รพ(?=[ก-ฮ])|ที่ว่าการ|ที่ทำการ|เทศบาล|อบต\\.|อบจ\\.|"
    "องค์การ|องค์กร|องค์การบริหาร|กรม|กระทรวง|การไฟฟ้า|การประปา|การรถไฟ|การท่า|การเคหะ|การยาง|การทาง|"
    "การนิคม|การกีฬา|การท่องเที่ยว|กฟภ\\.|กฟน\\.|กปภ\\.|กปน\\.|ธนาคาร|ธ\\.ก\\.ส\\.|ธกส\\.|ธอส\\.|เรือนจำ|ทัณฑสถาน|"
    "สถานกักขัง|สถานกักกัน|สถานพินิจ|สถานี|สถาบัน|สถาน(?=เอก|กงสุล|คุ้ม|สงเคราะห์)|ด่าน|ท่าอากาศยาน|"
    "ท่าเรือ|กอง(?!ทุนรวม)|มหาวิทยาลัย|วิทยาลัย|วิทยาเขต|โรงเรียน|แขวงทาง|หมวดทาง|บริษัท|บมจ\\.|"
    "ห้องสมุด|พิพิธภัณฑ์|นิคม|หอ(?=สมุด|จดหมาย|ศิลป)|ศาล|สภ\\.|สน\\.|ไปรษณีย์|ฝ่าย|กลุ่มงาน|งานทะเบียน|"
    "หน่วย(?!งานที่|งานละ)|สภา|สนง\\.|สสจ\\.|สสอ\\.|สพป\\.|สพม\\.|สสค\\.|ศาลากลาง|คลังจังหวัด|ทสจ\\.|โครงการ"
)
# Parts of another office's name after a space, an office of their own where a list sets them apart.
_PARTS = "สาขา|อำเภอ|เขต|จังหวัด|ตำบล|แขวง|คณะ"
_PROVINCES = province_names.ANY
_THAI = "\u0e01-\u0e4e"

BEGINS = re.compile(rf"[“\"'‘(]?(?:{_BEGINNINGS})")
_PART = re.compile(rf"[“\"'‘]?(?:{_PARTS})")
_LOCATION = re.compile(
    r"(?:จังหวัด|จว\.|จ\.|อำเภอ|อ\.|ตำบล|ต\.|แขวง|เขต)(?=[ก-ฮเ-ไ ])|(?:กรุงเทพมหานคร|กรุงเทพฯ|กทม\.?)$"
)
_ABOVE = re.compile(r"(?:สังกัด|ใน?สังกัด)?(?P<body>(?:กรม|กระทรวง).+)|(?:สังกัด|ในสังกัด)(?P<other>.+)")
# An office whose own place follows, so that a province after it only says where that is.
_OWN_PLACE = re.compile(
    "สาขา|โรงพยาบาล|รพ|เทศบาล|อำเภอ|ตำบล|อบต|เรือนจำ|ทัณฑสถาน|เขต|แขวง|สถานี|ด่าน|วิทยาลัย"
)
_UP_TO_A_PLACE = re.compile(
    r"(?P<shared>.*(?:จังหวัด|อำเภอ|สำนักงานเขต|(?<!พื้นที่)เขต|ตำบล|สาขา|โรงพยาบาล|เทศบาลนคร|เทศบาลเมือง|เรือนจำกลาง|"
    r"เรือนจำจังหวัด|แขวงทางหลวง|สถานีตำรวจภูธร|ส่วนภูมิภาค|สถานีรถไฟ|มหาวิทยาลัย)) ?(?P<place>.+)"
)
_UP_TO_A_NUMBER = re.compile(
    r"(?P<shared>.*(?:พื้นที่|แห่งที่|เขตที่|ภาคที่|สาขาที่|หน่วยที่|ที่|เขต|ภาค|กรุงเทพมหานคร) ?)"
    r"(?P<number>[0-9๐-๙]+)"
)
_ENDS_BEFORE_A_NUMBER = re.compile(r"(?:พื้นที่|แห่งที่|เขตที่|ภาคที่|สาขาที่|หน่วยที่|ที่|เขต|ภาค)$")
_NUMBER = re.compile(r"[0-9๐-๙]{1,3}")
_NUMBERS = re.compile(
    r"(?P<before>(?:พื้นที่|แห่งที่|เขตที่|ภาคที่|เขต|ภาค) ?)(?P<first>[0-9๐-๙]{1,2})"
    r" ?(?:-|–|—|ถึง) ?(?P<last>[0-9๐-๙]{1,2})"
)
_LISTED = re.compile(r"(?:(?<=\s)|^|(?<=และ))\(?(?P<number>[0-9๐-๙]{1,3})[.)] ?(?=[^\s0-9๐-๙])")
_APART = re.compile(r"\s*(?:,(?![0-9๐-๙])|[;；，、•●▪■◦·\x00]|\s/\s)\s*")
_AND = re.compile(rf"\s+(?:และ|กับ|รวมถึง|รวมทั้ง|ตลอดจน|อีกทั้ง)\s*|(?:และ|กับ)(?={_BEGINNINGS}|สาขา)")
_BRACKETS = re.compile(r" ?(?:\([^()]*\)|\[[^\[\]]*\])")
_BRACKET_HELD = re.compile("\x01([0-9]+)\x01")
_SCHEME = re.compile(
    rf"^ศูนย์ราชการสะดวก ?(?:\(GECC\))? ?(?:ของ|ประจำ)?(?=(?:{_BEGINNINGS})[{_THAI}])"
)
_EDGES = " \t.,;:-–—•“”\"'‘’"
_DANGLING = re.compile(r"(?:\s*(?:และ|กับ|รวมถึง|รวมทั้ง|ตลอดจน|หรือ|อีกทั้ง|โดย))+$")
_GUESSED_PLACE = 85  # of 100: how alike a province a word in a list of provinces must be
MOST_OF_A_RANGE = 30

SPACE, APART, AND = "space", "apart", "and"


@dataclass
class Named:
    """An office in a list, with what the list says beside its name."""

    name: str
    glosses: list[str] = field(default_factory=list)  # what stood in brackets after it
    province: str = ""
    parent: str = ""
    joined_by: str = APART  # how it hangs together with the one before


def without_the_scheme(text: str) -> str:
    """ศูนย์ราชการสะดวกสำนักงาน… is the office; the scheme's own name before it adds nothing."""
    return _SCHEME.sub("", text)


def names_in(text: str, shared: str = "", last: str = "", is_loose: bool = False) -> list[Named]:
    """The offices that a stretch of text lists.

    `shared` is what the heading says each begins with, `last` the office named just before. Loose
    reading takes a word after a space for another place of the same office: บางรัก สาทร.
    """
    reading = _NameReader(shared, last, is_loose)
    for how, words in _pieces(_spread_numbers(text)):
        reading.piece(how, words)
    return [each for each in reading.found if _tidied(each)]


def _tidied(each: Named) -> bool:
    name = each.name.strip(_EDGES)
    if dangling := _DANGLING.search(name, max(len(name) - 100, 0)):
        name = name[: dangling.start()].strip(_EDGES)
    each.name = without_the_scheme(thai.clean(name))
    return len(re.findall(f"[A-Za-z{_THAI}]", each.name)) > 2


def _spread_numbers(text: str) -> str:
    """พื้นที่ 1-3 as พื้นที่ 1 2 3."""

    def spread(match: re.Match) -> str:
        first, last = int(match["first"]), int(match["last"])
        if not first < last <= first + MOST_OF_A_RANGE:
            return match[0]
        return match["before"] + " ".join(map(str, range(first, last + 1)))

    return _NUMBERS.sub(spread, text)


def _pieces(text: str) -> Iterator[tuple[str, list[str]]]:
    """How each piece is joined to the one before, and its words; a bracket is one word."""
    text = _without_list_numbers(text)
    held: list[str] = []

    def hold(match: re.Match) -> str:
        held.append(match[0].strip())
        return f" \x01{len(held) - 1}\x01 "

    text = _BRACKETS.sub(hold, text)
    for number, apart in enumerate(_APART.split(text)):
        for at, piece in enumerate(_AND.split(apart)):
            words = [
                _BRACKET_HELD.sub(lambda match: held[int(match[1])], word) for word in piece.split()
            ]
            if words:
                yield (AND if at else APART if number else SPACE), words


def _without_list_numbers(text: str) -> str:
    """Signs of parting in place of 1. 2. 3. inside a run-on list, where they count up."""
    expected = 0

    def part(match: re.Match) -> str:
        nonlocal expected
        number = int(match["number"])
        if number != expected + 1 and (expected or number != 2):  # the line's own 1. is gone
            return match[0]
        expected = number
        return "\x00"

    return _LISTED.sub(part, text)


class _NameReader:
    """Words on their way to names; knows the office named last, which others may begin like."""

    def __init__(self, shared: str, last: str, is_loose: bool) -> None:
        self.found: list[Named] = []
        self.shared, self.last, self.is_loose = shared, last, is_loose

    @property
    def current(self) -> str:
        return self.found[-1].name if self.found else self.last

    def piece(self, how: str, words: list[str]) -> None:
        for at, word in enumerate(words):
            for part_at, part in enumerate(_cut(word)):
                self.word(APART if part_at else how if at == 0 else SPACE, part)

    def word(self, how: str, word: str) -> None:
        if word[0] in "([" and word[-1] in ")]":
            if self.found:
                self.found[-1].glosses.append(word)
        elif self._is_above(how, word):
            match = _ABOVE.fullmatch(word)
            self.found[-1].parent = match["body"] or match["other"]
        elif BEGINS.match(word):
            self._new(word, how)
        elif _PART.match(word) and self._is_branch(how, word):
            pass
        elif name := self._sharing(how, word):
            self._new(name, how)
        elif self.found and _LOCATION.match(word) and how == SPACE:
            self._place(word)
        elif how == SPACE and self.found:
            self.found[-1].name += f" {word}"
        elif how == AND and self.found:
            self.found[-1].name += f" และ{word}"
        else:
            self._new(word, how)

    def _new(self, name: str, how: str) -> None:
        self.found.append(Named(name, joined_by=how))

    def _is_above(self, how: str, word: str) -> bool:
        """กรม… right after an office is the body above it, not another office."""
        is_office = self.found and not re.match("กรม|กระทรวง", self.current)
        return bool(
            how == SPACE and is_office and not self.found[-1].parent and _ABOVE.fullmatch(word)
        )

    def _is_branch(self, how: str, word: str) -> bool:
        """สาขา… after an office belongs to its name, unless that has one: then it is the next."""
        if not word.startswith("สาขา") or not self.current:
            return False
        if self.current.startswith("สาขา"):
            self._new(word, how)
            return True
        base, _branch, _rest = self.current.partition("สาขา")
        if how == SPACE and self.found and not _branch:
            self.found[-1].name += f" {word}"
        else:
            self._new(f"{base.rstrip()} {word}", how)
        return True

    def _sharing(self, how: str, word: str) -> str:
        """The full name when a word is only what differs from the office before; else nothing."""
        before = self.current
        if len(before) > cells.LONGEST_NAME:
            return ""
        if _NUMBER.fullmatch(word):
            shared = _UP_TO_A_NUMBER.fullmatch(before)
            return shared["shared"] + word if shared else ""
        if self._is_another_province(word):
            return self._up_to_the_province() + word.removeprefix("จังหวัด")
        is_a_unit = _ENDS_BEFORE_A_NUMBER.fullmatch(word)
        if is_a_unit or _PART.match(word) or not re.match(f"[{_THAI}]", word):
            return ""
        if how == SPACE and not (self.is_loose and self.found):
            return self.shared + word if self.shared and not self.found else ""
        match = _UP_TO_A_PLACE.fullmatch(before)
        return (match["shared"] if match else self.shared) + word if match or self.shared else ""

    def _is_another_province(self, word: str) -> bool:
        if not self._up_to_the_province() or _ENDS_BEFORE_A_NUMBER.search(self.current):
            return False
        printed = word.removeprefix("จังหวัด")
        if printed != word and "จังหวัด" not in self.current:
            return False  # where the office is, not another one
        if province_names.is_one(printed):
            return True
        is_listing = self.found or self.last
        alike = (
            province_names.near(printed, _GUESSED_PLACE) if len(printed) > 4 and is_listing else ""
        )
        return bool(alike) and not _OWN_PLACE.search(printed)

    def _up_to_the_province(self) -> str:
        """What stands before the province in the office named last, or in the heading."""
        match = re.match(rf"(.*?จังหวัด) ?(?:{_PROVINCES}|[{_THAI}]+)", self.current)
        if match and not re.search(r"\bสาขา|^สาขา| จังหวัด", self.current):
            return match[1]
        ending = re.fullmatch(rf"(.+?)(?:{_PROVINCES})", self.current)
        if ending and not re.search("สาขา| จังหวัด", self.current):
            return ending[1]
        return self.shared

    def _place(self, word: str) -> None:
        """Where the office is; part of its name only when that says no place of its own."""
        office = self.found[-1]
        code, _misprint = province_names.said_in(word)
        office.province = office.province or code
        if not _OWN_PLACE.search(office.name) and "." not in word:
            office.name += f" {word}"
        for at in range(len(self.found) - 1, 0, -1):  # สาขา ก และสาขา ข จังหวัด ค: both of them
            if self.found[at].joined_by != AND or self.found[at - 1].province:
                break
            self.found[at - 1].province = code


def _cut(word: str) -> list[str]:
    """A word cut where a second office begins without a space: …กระบี่สำนักงาน…"""
    cuts = [
        match.start()
        for match in re.finditer("สำนักงาน", word)
        if match.start()
        and province_names.AT_THE_END.search(word, match.start() - 20, match.start())
    ]
    return [word[start:end] for start, end in zip([0, *cuts], [*cuts, len(word)], strict=True)]
