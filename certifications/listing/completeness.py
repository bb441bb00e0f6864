"""Completeness on a day: rounds that count, and the bodies whose lists are declared complete.

It decides whether the end of an office's certification is certain; see `reference.states.Ending`.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

from certifications.models import AwardEvent, RoundDeclaration
from certifications.reference import buddhist
from certifications.reference.states import FIRST_YEAR, USUAL_DAY, USUAL_MONTH, VALIDITY_YEARS

EVERYWHERE = ""  # the path that all paths begin with


@dataclass(frozen=True)
class Round:
    """A certification round, and the last B.E. year its awards count in."""

    year: int
    last_year: int


def rounds_that_count(on: datetime.date) -> list[Round]:
    """The rounds whose awards count on a day, the earliest first. One query.

    The rule of `with_state`, for rounds of which no award need be known: a round counts from its
    ceremony to the end of its validity, and from its usual day for the usual years, since some of
    its awards may belong to no ceremony that is known.
    """
    today = buddhist.year_of(on)
    events = AwardEvent.objects.published().filter(year__lte=today).order_by()
    ceremonies = defaultdict(list)
    for year, held_on, validity_years in events.values_list("year", "held_on", "validity_years"):
        ceremonies[year].append((held_on or _usual_day(year), validity_years))
    rounds = []
    for year in range(FIRST_YEAR, today + 1):
        of_year = [*ceremonies[year], (_usual_day(year), VALIDITY_YEARS)]
        begun = [validity for starts_on, validity in of_year if starts_on <= on]
        last_year = year + max(begun, default=0) - 1
        if last_year >= today:
            rounds.append(Round(year, last_year))
    return rounds


def _usual_day(year: int) -> datetime.date:
    return datetime.date(buddhist.to_ce(year), USUAL_MONTH, USUAL_DAY)


class Completeness:
    """Of whom every round that counts on a day is named in full, as declared in public."""

    def __init__(self, on: datetime.date, declared: Mapping[int, Iterable[str]]):
        self._on = on
        self._declared = declared  # year → paths of bodies

    @cached_property
    def years(self) -> list[int]:
        """The rounds that count on the day."""
        return [one.year for one in rounds_that_count(self._on)]

    @cached_property
    def paths(self) -> frozenset[str]:
        """Everybody at or below one of these is named in full; {EVERYWHERE} for the country."""
        if not self._declared:
            return frozenset()
        of_each = (frozenset(self._declared.get(year, ())) for year in self.years)
        return reduce(_shared, of_each, frozenset([EVERYWHERE]))

    @property
    def is_partial(self) -> bool:
        """Whether it differs from body to body."""
        return bool(self.paths) and EVERYWHERE not in self.paths

    def holds_for(self, path: str) -> bool:
        """Whether a body that stands at this path in the tree would be named, had it renewed."""
        return any(path.startswith(above) for above in self.paths)

    def missing_for(self, path: str) -> list[int]:
        """The rounds that may name a body without the register knowing."""
        return [
            year
            for year in self.years
            if not any(path.startswith(above) for above in self._declared.get(year, ()))
        ]


def _shared(some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """What two sets of subtrees have in common: of two that overlap, one lies within the other."""
    return frozenset(
        max(one, other, key=len)
        for one in some
        for other in others
        if one.startswith(other) or other.startswith(one)
    )


def completeness(on: datetime.date) -> Completeness:
    """What is declared complete for a day. One query, and one more once anything is declared."""
    declared = defaultdict(list)
    rows = RoundDeclaration.objects.published().order_by()
    for year, path in rows.values_list("year", "agency__path"):
        declared[year].append(path or EVERYWHERE)
    return Completeness(on, declared)
