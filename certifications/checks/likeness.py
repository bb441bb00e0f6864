"""Likely duplicates of an agency that is about to be added.

Candidates come from the register's own search; whether one is the same body is judged here, more
strictly than a search does: offices of one kind differ by a number, a district or a province.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from rapidfuzz.distance import OSA, Levenshtein

from certifications.models import Agency
from certifications.models.search_index import current_vocabulary
from certifications.reference import thai
from certifications.search import abbreviations, folding, province_names, query
from certifications.search.vocabulary import Vocabulary

CANDIDATES = 25
MOST_SHOWN = 5
LEAST_LETTERS = 8  # of a name that may be misspelt: shorter ones have too many neighbours
WORDS_APART = 4  # letters between two slips that are not one other word
_GLOSS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True)
class Near:
    """A body of the register that may be the same one, and why."""

    pk: int
    code: str
    name: str
    province: str
    reason: str
    is_equal: bool  # the very name, however it is spelt or abbreviated


def near_agencies(name: str, province: str = "", exclude: Agency | None = None) -> list[Near]:
    """Bodies that are likely the one of this name in this province, the likeliest first."""
    name = thai.clean(name)
    vocabulary = current_vocabulary()
    found = []
    for agency in _candidates(name, exclude, vocabulary):
        if not may_share_a_province(name, province, agency):
            continue
        others = [agency.name_th, *(other.name for other in agency.names.all())]
        reason, is_equal = judged(name, others, vocabulary)
        if reason:
            values = (agency.pk, agency.code, agency.name_th, agency.province)
            found.append(Near(*values, reason=reason, is_equal=is_equal))
    return sorted(found, key=lambda near: not near.is_equal)[:MOST_SHOWN]


def _candidates(name: str, exclude: Agency | None, vocabulary: Vocabulary) -> Iterable[Agency]:
    agencies = Agency.objects.filter(merged_into=None).prefetch_related("names")
    if exclude is not None and exclude.pk is not None:
        agencies = agencies.exclude(pk=exclude.pk)
    found: dict[int, Agency] = {}
    for agency in agencies.called(name, vocabulary)[:CANDIDATES]:
        found[agency.pk] = agency
    parsed = query.parse(_GLOSS.sub(" ", name), vocabulary)
    if parsed.terms:
        for agency in agencies.matching(parsed).best_first(parsed)[:CANDIDATES]:
            found.setdefault(agency.pk, agency)
    missing = [pk for pk, _score in agencies.near(parsed, CANDIDATES) if pk not in found]
    return [*found.values(), *agencies.filter(pk__in=missing).order_by("sort_key", "pk")]


def may_share_a_province(name: str, province: str, agency: Agency) -> bool:
    """Not when both say where they are, and say different provinces."""
    here = {province} if province else province_names.named_in(name)
    there = {agency.province} if agency.province else province_names.named_in(agency.name_th)
    return not here or not there or bool(here & there)


def judged(name: str, others: list[str], vocabulary: Vocabulary) -> tuple[str, bool]:
    """Why a body of these other names may be the one of this name; ("", False) when it is not."""
    for other in others:
        if _ways(name, vocabulary) & _ways(other, vocabulary):
            return _("ชื่อเดียวกัน"), True
    for other in others:
        if _same_but_for_fillers(name, other, vocabulary):
            return _("ชื่อต่างกันเพียงคำอย่าง “จังหวัด” “สาขา” หรือข้อความในวงเล็บ"), False
    for other in others:
        if _same_but_for_slips(name, other, vocabulary):
            return _("ชื่อต่างกันเพียงตัวอักษรหนึ่งหรือสองตัว"), False
    return "", False


def _ways(name: str, vocabulary: Vocabulary) -> set[str]:
    return set(abbreviations.spellings(name, vocabulary))


def _bare_ways(name: str, vocabulary: Vocabulary) -> Iterator[tuple[str, frozenset[str]]]:
    """Each way to write a name without fillers and glosses, and the fillers it had."""
    for way in _ways(_GLOSS.sub(" ", name), vocabulary):
        fillers = (folding.fold(word) for word in folding.FILLERS[2:])
        yield folding.core(way), frozenset(word for word in fillers if word in way)


def _same_but_for_fillers(name: str, other: str, vocabulary: Vocabulary) -> bool:
    """Where both have fillers but other ones they differ: ส่วนจังหวัดสระแก้ว, ส่วนตำบลสระแก้ว."""
    return any(
        one == another and (had <= has or has <= had)
        for one, had in _bare_ways(name, vocabulary)
        for another, has in _bare_ways(other, vocabulary)
    )


def _same_but_for_slips(name: str, other: str, vocabulary: Vocabulary) -> bool:
    return any(
        had == has and is_a_slip_away(one, another)
        for one, had in _bare_ways(name, vocabulary)
        for another, has in _bare_ways(other, vocabulary)
    )


def is_a_slip_away(one: str, other: str) -> bool:
    """One letter lost, added, changed or swapped; two when they are in different words."""
    if min(len(one), len(other)) < LEAST_LETTERS or _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    if OSA.distance(one, other, score_cutoff=1) == 1:
        return True
    slips = Levenshtein.editops(one, other, score_hint=2)
    return len(slips) == 2 and slips[1].src_pos - slips[0].src_pos >= WORDS_APART
