"""Candidates for a row, and the likeness of their names."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from rapidfuzz.distance import OSA

from certifications.checks import Finding
from certifications.intake.reading.rows import ReadRow
from certifications.models import Agency, AgencyName, IntakeRow
from certifications.reference import thai
from certifications.search import province_names
from certifications.search.vocabulary import Vocabulary

Match = IntakeRow.Match

MOST_CANDIDATES = 5


@dataclass
class Candidate:
    """A body that a row may mean, and why."""

    agency: Agency
    reason: str
    kind: str = Match.NONE  # what it would be matched by; NONE for what search merely found
    likeness: int = 100


@dataclass
class Matched:
    """What a row is taken for. Without an agency nothing is sure enough to be proposed."""

    match: str = Match.NONE
    agency: Agency | None = None
    why: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    parent: Agency | None = None  # the body above that the row names, where it is known

    @property
    def is_sure(self) -> bool:
        return self.match in (Match.CODE, Match.EXACT, Match.OTHER_NAME)


def search_candidates(row: ReadRow, vocabulary: Vocabulary) -> list[Candidate]:
    """The bodies that search finds for a name, the likest first."""
    agencies = Agency.objects.filter(merged_into=None)
    if row.province:
        agencies = agencies.filter(province__in=[row.province, ""])
    answer = agencies.search(row.name, vocabulary)
    found = answer.agencies.select_related("parent").prefetch_related("names")
    candidates = [candidate_of(row.name, agency) for agency in found[:MOST_CANDIDATES]]
    return sorted(candidates, key=lambda each: -each.likeness)


def candidate_of(name: str, agency: Agency) -> Candidate:
    names = [agency.name_th, *(other.name for other in agency.names.all())]
    likeness = max(likeness_of(name, other) for other in names)
    return Candidate(agency, _("ใกล้เคียง %(percent)s%%") % {"percent": likeness}, likeness=likeness)


def likeness_of(name: str, other: str) -> int:
    """How alike two names are, 0 to 100."""
    return round(100 * OSA.normalized_similarity(plain_name(name), plain_name(other)))


_DRESSING = re.compile(r"[\s.,;:/()\[\]\"'“”‘’–—-]+")


def plain_name(name: str) -> str:
    """A cleaned name as it is compared for identity: folding, which drops tones, only finds."""
    return _DRESSING.sub("", thai.arabic_digits(name).casefold())


def reason_of_name(kind: str) -> str:
    """Why a body is taken for the one of this name, when it is another of its names."""
    return {
        AgencyName.Kind.FORMER: _("ชื่อเดิมตรงกัน"),
        AgencyName.Kind.SHORT: _("ชื่อย่อตรงกัน"),
        AgencyName.Kind.ENGLISH: _("ชื่ออังกฤษตรงกัน"),
        AgencyName.Kind.AS_PRINTED: _("ชื่อที่เคยพิมพ์ตรงกัน"),
    }[kind]


def provinces_named(row: ReadRow) -> set[str]:
    return province_names.named_in(row.name) | ({row.province} if row.province else set())


def survivor_of(agency: Agency) -> Agency:
    """The record that stands for a body: the one a merged record leads to."""
    return agency.merged_into or agency
