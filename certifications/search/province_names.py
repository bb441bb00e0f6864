"""Provinces as people write them: in a cell, in the name of an office, in a query.

Names of districts contain names of other provinces (ศรีเชียงใหม่ lies in หนองคาย, ตากใบ in นราธิวาส),
so in a name a province counts only behind a word that makes it one.
"""

import re
from functools import lru_cache

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from certifications.reference import provinces, thai
from certifications.search import folding

NEAR = 80  # of 100: how alike a misprinted province must be to be named in the sentence
BEFORE = r"(?:จังหวัด|จว\.|จ\.) ?"  # the words that make what follows a province
ANY = provinces.ANY_NAME_TH
AT_THE_END = re.compile(rf"({ANY})$")

_WORDS_OF_A_CELL = re.compile(rf"^(?:{BEFORE}|จว ?)|(?<=[a-z]) province$", re.IGNORECASE)
_WHOLE = re.compile(rf"(?:{ANY})")
_SAID = re.compile(rf"{BEFORE}(?P<said>{ANY}|[\u0e01-\u0e4e]+)")
_BY_FOLDED_NAME = {folding.fold(one.name_th): one.code for one in provinces.ALL}
_NAMES = "|".join(map(re.escape, sorted(_BY_FOLDED_NAME, key=len, reverse=True)))
# "จ." and "จว." before folding, since folding drops the dots.
_SHORT = re.compile(r"(?<![ก-๎])จว?\. ?|(?<=[ก-๎])จ\. ?(?=[ก-๎]{3})")
_NAMED = re.compile(rf"(?:{folding.fold('จังหวัด')}|{folding.fold('อำเภอเมือง')})({_NAMES})")
_BANGKOK = folding.fold("กรุงเทพมหานคร")
# Such a name with nothing more is the province's own; a subdistrict's says ตำบล or more.
SEATS = ("โรงพยาบาล", "เรือนจำ", "เรือนจำกลาง", "ทัณฑสถานหญิง", "ทัณฑสถาน")
_SEATED = {folding.fold(seat + one.name_th): one.code for seat in SEATS for one in provinces.ALL}
MARKERS = ("จังหวัด", "อำเภอเมือง", "จ.", "จ. ", "จว.", "จว. ")  # of a province that follows


def code_of(text: str) -> str:
    """The code of a province by name, code, two letters or an alias that means only one.

    ValueError with a Thai sentence when it means none, or more than one.
    """
    name = thai.arabic_digits(_WORDS_OF_A_CELL.sub("", text))
    if name in _letters_and_codes():
        return _letters_and_codes()[name]
    folded = folding.fold(name).strip()
    code = _by_name().get(folded) or _by_name().get(folded.replace(" ", ""))
    if code:
        return code
    alike = near(name)
    raise ValueError(
        _("ไม่รู้จักจังหวัด “%(text)s” น่าจะเป็น “%(near)s” โปรดแก้ให้ตรง")
        % {"text": text[:40], "near": provinces.BY_CODE[alike].name_th}
        if alike
        else _("ไม่รู้จักจังหวัด “%(text)s” โปรดพิมพ์ชื่อเต็มหรือรหัสสองหลัก") % {"text": text[:40]}
    )


def near(text: str, alike: int = NEAR) -> str:
    """The code of the province a misprinted name is most like; "" when none is like it."""
    names = {province.code: province.name_th for province in provinces.ALL}
    found = process.extractOne(text[:100], names, scorer=fuzz.ratio, score_cutoff=alike)
    return found[2] if found else ""


@lru_cache
def _letters_and_codes() -> dict[str, str]:
    """Not folded: สก is สระแก้ว, ศก is ศรีสะเกษ."""
    known: dict[str, str] = {}
    for province in provinces.ALL:
        known |= dict.fromkeys((province.code, province.iso, province.short_th), province.code)
    return known


@lru_cache
def _by_name() -> dict[str, str]:
    meant: dict[str, set[str]] = {}
    for province in provinces.ALL:
        for name in (province.name_th, province.name_en, *province.aliases):
            for spelling in {folding.fold(name).strip(), folding.fold(name).replace(" ", "")}:
                meant.setdefault(spelling, set()).add(province.code)
    names = {folding.fold(province.name_th): province.code for province in provinces.ALL}
    return {name: codes.copy().pop() for name, codes in meant.items() if len(codes) == 1} | names


def is_one(name: str) -> bool:
    """Whether the text is the Thai name of a province and nothing more."""
    return name in provinces.BY_NAME_TH


def named_in(name: str) -> set[str]:
    """Codes of the provinces that a name says the body is in; none when it says nothing sure."""
    folded = folding.fold(_SHORT.sub("จังหวัด", thai.clean(name)))
    found = {_BY_FOLDED_NAME[match[1]] for match in _NAMED.finditer(folded)}
    if _BANGKOK in folded:
        found.add(_BY_FOLDED_NAME[_BANGKOK])
    if folded in _SEATED:
        found.add(_SEATED[folded])
    return found


def may_say_another(name: str, province: str) -> bool:
    """Whether a name is worth reading with `named_in`; quick, for a whole register."""
    if name.startswith(SEATS) and folding.fold(name) in _SEATED:
        return True
    own = name_of(province) or "|"
    if any(marker + own in name for marker in MARKERS):
        return False
    return "กรุงเทพมหานคร" in name or any(marker in name for marker in MARKERS)


def name_of(code: str) -> str:
    """The Thai name of a province."""
    return provinces.BY_CODE[code].name_th if code in provinces.BY_CODE else code


def said_in(name: str) -> tuple[str, str]:
    """The code of the province that a listed name says, and the misprint when only like one.

    Looser than `named_in`, since a list says of each office where it is.
    """
    for match in _SAID.finditer(name):
        printed = match["said"]
        if whole := _WHOLE.match(printed):
            return code_of(whole[0]), ""
        if code := near(printed):
            return code, printed
    return ("10", "") if re.search("กรุงเทพ(?:มหานคร|ฯ)|กทม", name) else ("", "")
