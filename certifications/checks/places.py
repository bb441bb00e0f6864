"""Provinces named in the name of an agency, compared with the stored one.

Names of districts contain names of other provinces (ศรีเชียงใหม่ lies in หนองคาย, ตากใบ in นราธิวาส),
so a province counts only behind a word that makes it one.
"""

import re

from certifications.reference import provinces, thai
from certifications.search import folding

_BY_NAME = {folding.fold(one.name_th): one.code for one in provinces.ALL}
_NAMES = "|".join(map(re.escape, sorted(_BY_NAME, key=len, reverse=True)))
# "จ." and "จว." before folding, since folding drops the dots.
_SHORT = re.compile(r"(?<![ก-๎])จว?\. ?|(?<=[ก-๎])จ\. ?(?=[ก-๎]{3})")
_NAMED = re.compile(rf"(?:{folding.fold('จังหวัด')}|{folding.fold('อำเภอเมือง')})({_NAMES})")
_BANGKOK = folding.fold("กรุงเทพมหานคร")
# Such a name with nothing more is the province's own; a subdistrict's says ตำบล or more.
SEATS = ("โรงพยาบาล", "เรือนจำ", "เรือนจำกลาง", "ทัณฑสถานหญิง", "ทัณฑสถาน")
_SEATED = {folding.fold(seat + one.name_th): one.code for seat in SEATS for one in provinces.ALL}
MARKERS = ("จังหวัด", "อำเภอเมือง", "จ.", "จ. ", "จว.", "จว. ")  # of a province that follows


def named_in(name: str) -> set[str]:
    """Codes of the provinces that a name says the body is in; none when it says nothing sure."""
    folded = folding.fold(_SHORT.sub("จังหวัด", thai.clean(name)))
    found = {_BY_NAME[match[1]] for match in _NAMED.finditer(folded)}
    if _BANGKOK in folded:
        found.add(_BY_NAME[_BANGKOK])
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
