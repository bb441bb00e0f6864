"""States of agencies on a day, by history: awards with state, ending and last year; raised.

The state of a term is the SQL expression `with_state`; here terms are put together to histories.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from certifications.models import Award, CertificationLevel, Term
from certifications.reference import buddhist
from certifications.reference.states import PRECEDENCE, VALIDITY_YEARS, Ending, State

LAST_YEAR = "last_year"  # in force, but only until the end of this year
COUNTS_NO_LONGER = {State.WITHDRAWN, State.SUSPENDED}


@dataclass(frozen=True, slots=True)
class AwardState:
    """One award of a history with its state on a day. Years are B.E."""

    year: int | None
    level_id: int | None
    state: str
    precedence: int
    last_year: int
    is_last_year: bool  # in force, and nothing of this agency counts beyond this year
    ending: str = ""  # of a lapsed award: what is known of the office since


@dataclass(frozen=True, slots=True)
class AgencyState:
    """An agency's public awards on a day, the one that speaks for it first."""

    awards: tuple[AwardState, ...]
    is_raised: bool  # the award that speaks is of a higher level than the award before it
    states: tuple[str, ...]  # of the agency, and beside it: last year, kind of ending
    levels: frozenset[int | None]
    years: tuple[int | None, ...]

    @property
    def current(self) -> AwardState:
        return self.awards[0]

    @classmethod
    def of(cls, awards: list[AwardState], is_raised: bool) -> "AgencyState":
        current = [one.state for one in awards[:1]]
        beside = [LAST_YEAR for one in awards[:1] if one.is_last_year]
        beside += [one.ending for one in awards[:1] if one.ending]
        levels = frozenset(one.level_id for one in awards)
        years = tuple(one.year for one in awards)
        return cls(tuple(awards), is_raised, (*current, *beside), levels, years)


class StateTable:
    """The state of any history on one day. What it has read once it keeps: keys never change."""

    def __init__(self, year: int, terms: tuple[tuple, ...], ranks: tuple[tuple[int, int], ...]):
        self._year = year
        self._ranks = dict(ranks)
        self._terms = {pk: rest for pk, *rest in terms}
        self._states: dict[tuple[str, bool], AgencyState] = {}

    def of(self, history: str, is_complete: bool) -> AgencyState:
        """The state of agencies with this history key; whether all their renewals are known."""
        known = self._states.get((history, is_complete))
        if known is None:
            known = self._agency_state(history, is_complete)
            self._states[history, is_complete] = known
        return known

    def _agency_state(self, history: str, is_complete: bool) -> AgencyState:
        terms = []
        for part in history.split():
            term, _dot, level = part.partition(".")
            # A term written since this table was made is of a record that changes this moment.
            if (known := self._terms.get(int(term))) is not None:
                terms.append((int(level) if level else None, *known))
        latest = _latest_year(year for _level, year, *_rest in terms)
        awards = [
            AwardState(
                year,
                level,
                state,
                rank,
                last,
                ends_this_year(state, last, self._year, terms),
                ending(state, _year_at_most(year, last), latest, is_complete),
            )
            for level, year, state, rank, last in terms
        ]
        # The order of `current_first`; within an agency a year occurs once.
        awards.sort(key=lambda one: (one.precedence, -(one.year or 0)))
        return AgencyState.of(awards, self._was_raised(awards))

    def _was_raised(self, awards: list[AwardState]) -> bool:
        """Levels that no source states tell nothing."""
        in_time = sorted((one for one in awards if one.year), key=lambda one: one.year)
        for before, after in pairwise(in_time):
            if after is awards[0] and before.level_id and after.level_id:
                return self._ranks.get(after.level_id, 0) > self._ranks.get(before.level_id, 0)
        return False


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


def _latest_year(years: Iterable[int | None]) -> int:
    return max(filter(None, years), default=0)


def _year_at_most(year: int | None, last_year: int) -> int:
    """The year of an award; where no source states it, the latest it can be."""
    return year or last_year - VALIDITY_YEARS + 1


def ending(state: str, year: int, latest: int, is_complete: bool) -> str:
    """The `Ending` of an award of a year, "" while it has not lapsed; `latest` is the latest year
    of its agency's awards.
    """
    if state != State.LAPSED:
        return ""
    if latest > year:
        return Ending.RENEWED
    return Ending.EXPIRED if is_complete else Ending.UNKNOWN


def state_table(on: datetime.date, levels: Iterable[CertificationLevel] = ()) -> StateTable:
    """The state of every history on a day; without `levels` nothing is raised. One query."""
    ranks = tuple(sorted((level.pk, level.rank) for level in levels))
    terms = Term.objects.with_state(on).order_by("pk")
    # The precedence follows from the state; had from SQL it would spell out the rules once more.
    rows = tuple(
        (pk, year, state, PRECEDENCE[state], last_year)
        for pk, year, state, last_year in terms.values_list("pk", "year", "state", "last_year")
    )
    return _table(buddhist.year_of(on), rows, ranks)


@lru_cache(maxsize=4)
def _table(year: int, terms: tuple[tuple, ...], ranks: tuple[tuple[int, int], ...]) -> StateTable:
    """One table for all queries about the same day, as long as no term's state is another."""
    return StateTable(year, terms, ranks)


def describe_ends(awards: list[Award], on: datetime.date, is_complete: bool) -> list[Award]:
    """Give each of one agency's awards, read `with_state`, its `is_last_year` and `ending`."""
    all_of_them = [
        (award.level_id, award.year, award.state, award.precedence, award.last_year)
        for award in awards
    ]
    this_year = buddhist.year_of(on)
    latest = _latest_year(award.year for award in awards)
    for award in awards:
        award.is_last_year = ends_this_year(award.state, award.last_year, this_year, all_of_them)
        year = _year_at_most(award.year, award.last_year)
        award.ending = ending(award.state, year, latest, is_complete)
    return awards


def with_state_of(awards: Iterable[Award], agency_state: AgencyState) -> list[Award]:
    """Awards of one agency with `state`, `last_year`, `is_last_year` and `ending` from its state.

    Left out is what that state does not know: another hand is changing it this moment.
    """
    by_year = {one.year: one for one in agency_state.awards}
    known = [award for award in awards if award.year in by_year]
    for award in known:
        known_state = by_year[award.year]
        award.state, award.last_year = known_state.state, known_state.last_year
        award.is_last_year, award.ending = known_state.is_last_year, known_state.ending
    return known
