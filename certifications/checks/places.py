"""Which provinces a name says a body is in, and whether that agrees with what is stored.

Names of districts contain names of other provinces (ศรีเชียงใหม่ lies in หนองคาย, ตากใบ in นราธิวาส),
so a province counts only behind a word that makes it one.
"""

import re

from certifications import provinces, search, thai

_BY_NAME = {search.fold(place.name_th): place.code for place in provinces.ALL}
_NAMES = "|".join(map(re.escape, sorted(_BY_NAME, key=len, reverse=True)))
# "จ." and "จว." before folding, since folding drops the dots.
_SHORT = re.compile(r"(?<![ก-๎])จว?\. ?|(?<=[ก-๎])จ\. ?(?=[ก-๎]{3})")
_SAID = re.compile(rf"(?:{search.fold('จังหวัด')}|{search.fold('อำเภอเมือง')})({_NAMES})")
_BANGKOK = search.fold("กรุงเทพมหานคร")
# Behind these a province that ends the name is its seat: a subdistrict never stands there alone.
SEATS = ("โรงพยาบาล", "เรือนจำ", "เรือนจำกลาง", "ทัณฑสถานหญิง", "ทัณฑสถาน")
_SEATED = re.compile("(?:{})({})$".format("|".join(map(search.fold, SEATS)), _NAMES))


def named_in(name: str) -> set[str]:
    """Codes of the provinces that a name says the body is in; none when it says nothing sure."""
    folded = search.fold(_SHORT.sub("จังหวัด", thai.clean(name)))
    said = {_BY_NAME[match[1]] for match in _SAID.finditer(folded)}
    if _BANGKOK in folded:
        said.add(_BY_NAME[_BANGKOK])
    if not said and (seat := _SEATED.search(folded)):
        said.add(_BY_NAME[seat[1]])
    return said


def name_of(code: str) -> str:
    """The Thai name of a province."""
    return provinces.BY_CODE[code].name_th if code in provinces.BY_CODE else code
