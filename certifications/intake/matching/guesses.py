"""Guessed values for an agency to be added, from agencies with similar names.

Guesses are shown as guesses; nothing is made of them until staff say so.
"""

import re
from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from certifications.intake.matching.candidates import Matched
from certifications.intake.reading.rows import ReadRow
from certifications.models import Agency
from certifications.reference import provinces, thai
from certifications.search import folding, province_names

LEAST_PREFIX = 6  # letters that must be shared for a guess
MOST_SIBLINGS = 200  # looked at for each beginning of a name

# สำนักงานขนส่งจังหวัด|กาฬสินธุ์ · ธนาคารออมสิน สาขา|พิมาย
_UP_TO_A_PLACE = re.compile(
    "(.*(?:จังหวัด|อำเภอ|เขต|ตำบล|สาขา|แขวง|เทศบาลนคร|เทศบาลเมือง|โรงพยาบาล|เรือนจำกลาง|เรือนจำ|พื้นที่))"
)
_KINDS = (
    (re.compile("กระทรวง"), Agency.Kind.MINISTRY),
    (re.compile(r"กรม(?!ธรรม์)[^ ]*$"), Agency.Kind.DEPARTMENT),
    (
        re.compile(r"เทศบาล|องค์การบริหารส่วน|อบต\.|อบจ\.|เมืองพัทยา$|กรุงเทพมหานคร$"),
        Agency.Kind.LOCAL_GOVERNMENT,
    ),
    (re.compile(r"มหาวิทยาลัย[^ ]*$"), Agency.Kind.UNIVERSITY),
)


def guess_all(
    rows: list[ReadRow], matched: list[Matched], wanted: Iterable[int]
) -> dict[int, dict]:
    """Place of a row → what a new body for it would be, for these rows; one query a beginning."""
    known: dict[str | int, dict] = {}  # beginning, or key of a parent → what is common there
    return {position: _guess(rows[position], matched[position], known) for position in wanted}


def _guess(row: ReadRow, matched: Matched, known: dict[str | int, dict]) -> dict:
    siblings: dict = {}
    for beginning in _beginnings(row.name):
        if beginning not in known:
            known[beginning] = _of_siblings(beginning)
        if siblings := known[beginning]:
            break
    kind = _kind_of(row.name) or siblings.get("kind") or Agency.Kind.OFFICE
    parent, parent_name = siblings.get("parent"), siblings.get("parent_name") or ""
    why = siblings.get("why", "")
    if matched.parent:
        parent, parent_name = matched.parent.pk, matched.parent.name_th
        why = _("สังกัดตามที่ระบุในแถว")
    if parent and not siblings.get("service"):
        if parent not in known:
            known[parent] = _of_children(parent)
        siblings = siblings | known[parent]
    return {
        "name_th": row.name,
        "kind": str(kind),
        "parent": parent,
        "parent_name": parent_name,
        "province": row.province or _province_of(row.name),
        "service": siblings.get("service"),
        "why": why,
    }


def _kind_of(name: str) -> str:
    return next((kind for pattern, kind in _KINDS if pattern.match(name)), "")


def _province_of(name: str) -> str:
    """The one province the name says, or the one whose name it ends with."""
    named = province_names.named_in(name)
    if len(named) == 1:
        return named.pop()
    match = province_names.AT_THE_END.search(name)
    return provinces.BY_NAME_TH[match[1]].code if match else ""


def _beginnings(name: str) -> list[str]:
    """What comes before the province in a name, the longest first."""
    found = []
    if match := _UP_TO_A_PLACE.match(name):
        found.append(match[1])
        found += [shorter[1] for shorter in [_UP_TO_A_PLACE.match(match[1][:-1])] if shorter]
    found.append(province_names.AT_THE_END.sub("", name))
    return [
        each
        for each in dict.fromkeys(map(thai.clean, found))
        if len(folding.fold(each)) >= LEAST_PREFIX and each != name
    ]


def _of_siblings(beginning: str) -> dict:
    """What most bodies with this beginning have in common; {} when there are none."""
    # The dictionary key is indexed and runs on as names do; see thai.sort_key.
    start = bytes.fromhex(thai.sort_key(beginning)).split(b"\0")[0].hex()
    siblings = Agency.objects.filter(
        sort_key__gte=start, sort_key__lt=start + "g", merged_into=None
    ).order_by()
    columns = ("name_th", "kind", "parent", "parent__name_th", "service")
    rows = list(siblings.values(*columns)[:MOST_SIBLINGS])
    rows = [row for row in rows if row["name_th"].startswith(beginning)]
    if not rows:
        return {}
    parent, number = Counter(row["parent"] for row in rows).most_common(1)[0]
    of_parent = [row for row in rows if row["parent"] == parent]
    return {
        "parent": parent,
        "parent_name": of_parent[0]["parent__name_th"],
        "kind": Counter(row["kind"] for row in of_parent).most_common(1)[0][0],
        "service": Counter(row["service"] for row in of_parent).most_common(1)[0][0],
        "why": _("เดาจาก %(number)s หน่วยงานที่ชื่อขึ้นต้นด้วย “%(beginning)s”")
        % {"number": number, "beginning": beginning},
    }


def _of_children(parent: int) -> dict:
    """What most bodies under this one are there for."""
    children = Agency.objects.filter(parent=parent, service__isnull=False).order_by()
    common = Counter(children.values_list("service", flat=True)[:MOST_SIBLINGS]).most_common(1)
    return {"service": common[0][0]} if common else {}
