"""How agencies stand on a day: every history's awards, the one that speaks, and its last year.

The state of a term is the SQL expression `with_state`; here terms are put together to histories.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from certifications import buddhist
from certifications.models import Agency, Award, Term
from certifications.states import State

COUNTS_NO_LONGER = {State.WITHDRAWN, State.SUSPENDED}


@dataclass(frozen=True, slots=True)
class Held:
    """One award of a history, as it stands on a day. Years are B.E."""

    year: int | None
    level_id: int | None
    state: str
    precedence: int
    last_year: int
    is_last_year: bool  # in force, and nothing of this agency counts beyond this year


@dataclass(frozen=True, slots=True)
class Standing:
    """An agency's public awards on a day, the one that speaks for it first."""

    held: tuple[Held, ...]

    @property
    def current(self) -> Held:
        return self.held[0]

    @property
    def in_time(self) -> list[Held]:
        """The awards of known years, the earliest first."""
        return sorted((one for one in self.held if one.year), key=lambda one: one.year)


class Book:
    """The standing of any history on one day. What it has read once it keeps: keys never change."""

    def __init__(self, year: int, terms: tuple[tuple, ...]):
        self._year = year
        self._terms = {pk: rest for pk, *rest in terms}
        self._read: dict[str, Standing] = {}

    def standing(self, history: str) -> Standing:
        """The standing of agencies with this history key."""
        known = self._read.get(history)
        if known is None:
            known = self._read[history] = self._put_together(history)
        return known

    def _put_together(self, history: str) -> Standing:
        awards = []
        for part in history.split():
            term, _dot, level = part.partition(".")
            awards.append((int(level) if level else None, *self._terms[int(term)]))
        held = [
            Held(year, level, state, rank, last, ends_this_year(state, last, self._year, awards))
            for level, year, state, rank, last in awards
        ]
        # The order of `current_first`; within an agency a year occurs once.
        return Standing(tuple(sorted(held, key=lambda one: (one.precedence, -(one.year or 0)))))


def ends_this_year(state: str, last_year: int, this_year: int, awards: Iterable[tuple]) -> bool:
    """Whether an award in force ends this year with no other of its agency counting longer.

    `awards` are (level, year, state, precedence, last year) of the agency.
    """
    return (
        state == State.IN_FORCE
        and last_year == this_year
        and not any(
            year and last > this_year and other not in COUNTS_NO_LONGER
            for _level, year, other, _rank, last in awards
        )
    )


def book_of(on: datetime.date) -> Book:
    """How every history stands on a day. One query, over a few dozen terms."""
    terms = Term.objects.with_state(on).order_by("pk")
    rows = terms.values_list("pk", "year", "state", "precedence", "last_year")
    return _book(buddhist.year_of(on), tuple(rows))


@lru_cache(maxsize=4)
def _book(year: int, terms: tuple[tuple, ...]) -> Book:
    """One book for all questions about the same day, as long as no term stands otherwise."""
    return Book(year, terms)


def was_raised(standing: Standing, ranks: dict[int, int]) -> bool:
    """Whether the award that speaks is of a higher level than the award before it.

    `ranks` gives each level's rank. Levels that no source states tell nothing.
    """
    for before, after in pairwise(standing.in_time):
        if after == standing.current:
            return ranks.get(after.level_id, 0) > ranks.get(before.level_id, 99)
    return False


def flag_last_year(awards: list[Award], on: datetime.date) -> list[Award]:
    """Give each of one agency's awards, read `with_state`, its `is_last_year`."""
    all_of_them = [
        (award.level_id, award.year, award.state, award.precedence, award.last_year)
        for award in awards
    ]
    this_year = buddhist.year_of(on)
    for award in awards:
        award.is_last_year = ends_this_year(award.state, award.last_year, this_year, all_of_them)
    return awards


def awards_of(agencies: list[Agency], on: datetime.date) -> dict[int, list[Award]]:
    """Agency → its public awards with state and flag, the one that speaks first. One query."""
    public = Award.objects.published().filter(agency__in=agencies).with_state(on)
    held: dict[int, list[Award]] = {}
    for award in public.current_first().select_related("level", "event"):
        held.setdefault(award.agency_id, []).append(award)
    for awards in held.values():
        flag_last_year(awards, on)
    return held
