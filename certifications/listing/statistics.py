"""Statistics of the register per year, level and province, beside the figures announced."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from certifications.listing.completeness import (
    EVERYWHERE,
    Completeness,
    completeness,
    rounds_that_count,
)
from certifications.listing.population import AllRows, beneath
from certifications.listing.states import LAST_YEAR, AgencyState, AwardState, state_table
from certifications.models import (
    Agency,
    AnnouncedFigure,
    Award,
    CertificationLevel,
    RoundDeclaration,
)
from certifications.models.awards import AwardQuerySet
from certifications.reference import buddhist, provinces
from certifications.reference.states import FIRST_YEAR, Ending, State

Measure = AnnouncedFigure.Measure
MEASURED_HERE = {Measure.CERTIFIED, Measure.CERTIFIED_TO_DATE, Measure.IN_FORCE}


def awards_of(agency: Agency | None) -> AwardQuerySet:
    """Public awards of a body and all below it in today's tree; of the whole country for None."""
    public = Award.objects.published()
    return public.under(agency) if agency else public


# --- announced beside recorded -------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """An announced figure, and the awards counted here over the same population."""

    figure: AnnouncedFigure
    recorded: int | None  # None: the register does not count such a thing

    @property
    def difference(self) -> int | None:
        """Recorded less announced: below zero when the register holds fewer names."""
        return None if self.recorded is None else self.recorded - self.figure.count

    @property
    def is_of_one_year(self) -> bool:
        return self.figure.first_year == self.figure.last_year


@dataclass(frozen=True)
class Tally:
    """How many awards share a year, a level, and the day a year-less one was first known."""

    year: int | None
    level_id: int | None
    known_by: datetime.date | None
    count: int

    def falls_under(self, figure: AnnouncedFigure) -> bool:
        if figure.level_id and figure.level_id != self.level_id:
            return False
        if self.year is not None:
            return figure.first_year <= self.year <= figure.last_year
        # An award of unknown year surely lies in the range only when the range starts with the
        # scheme itself and the award was known by its end.
        known_in_time = figure.as_of is None or self.known_by <= figure.as_of
        return (
            figure.first_year == FIRST_YEAR
            and buddhist.year_of(self.known_by) <= figure.last_year
            and known_in_time
        )


def tallies(awards: AwardQuerySet) -> list[Tally]:
    grouped = awards.order_by().values_list("year", "level", "known_by").annotate(n=Count("pk"))
    return [Tally(*row) for row in grouped]


def compare(figures: Iterable[AnnouncedFigure], agency: Agency | None) -> list[Comparison]:
    """Each figure of one body beside what is recorded. One query, and two more a day in force.

    Nothing is counted where nothing was announced.
    """
    figures = list(figures)
    if not figures:
        return []
    recorded = tallies(awards_of(agency))
    return [Comparison(figure, _recorded(figure, agency, recorded)) for figure in figures]


def _recorded(figure: AnnouncedFigure, agency: Agency | None, awards: list[Tally]) -> int | None:
    if figure.measure == Measure.IN_FORCE:
        return awards_in_force(agency, figure.as_of, figure.level_id)
    if figure.measure in MEASURED_HERE:
        return sum(tally.count for tally in awards if tally.falls_under(figure))
    return None


def awards_in_force(agency: Agency | None, on: datetime.date, level_id: int | None = None) -> int:
    """Awards, not agencies, that count on a day under a body or, for None, everywhere."""
    agencies = Agency.objects.certified()
    agencies = agencies.under(agency) if agency else agencies
    table = state_table(on)
    counted = agencies.order_by().values_list("history__key").annotate(number=Count("*"))
    return sum(
        number
        for history, number in counted
        for award in table.of(history, is_complete=False).awards
        if award.state == State.IN_FORCE and level_id in (None, award.level_id)
    )


# --- the rounds of today -----------------------------------------------------------------


@dataclass(frozen=True)
class AnnouncedRound:
    """What was announced of a round that still counts; sources may disagree."""

    year: int
    last_year: int
    figures: tuple[AnnouncedFigure, ...]  # the smallest first, at least one

    @property
    def least(self) -> int:
        return self.figures[0].count

    @property
    def most(self) -> int:
        return self.figures[-1].count


@dataclass(frozen=True)
class RoundsOfToday:
    """The rounds that count on a day: those whose number was announced, and the years missing."""

    announced: tuple[AnnouncedRound, ...]
    missing: tuple[int, ...]

    @property
    def least(self) -> int:
        return sum(one.least for one in self.announced)

    @property
    def most(self) -> int:
        return sum(one.most for one in self.announced)

    @property
    def years(self) -> list[int]:
        return [one.year for one in self.announced]


def rounds_of_today(on: datetime.date) -> RoundsOfToday:
    """What the home page says of the certifications that count on a day. Three queries."""
    rounds = rounds_that_count(on)
    figures = AnnouncedFigure.objects.published().nationwide()
    of_each = defaultdict(list)
    for figure in figures.of_rounds(one.year for one in rounds).prefetch_related("sources"):
        of_each[figure.last_year].append(figure)
    announced = (
        AnnouncedRound(
            one.year, one.last_year, tuple(sorted(of_each[one.year], key=lambda one: one.count))
        )
        for one in rounds
        if one.year in of_each
    )
    missing = (one.year for one in rounds if one.year not in of_each)
    return RoundsOfToday(tuple(announced), tuple(missing))


def named_and_announced(declaration: RoundDeclaration) -> list[Comparison]:
    """The figures announced of the round that is declared complete, beside what is named here."""
    announced = AnnouncedFigure.objects.filter(agency=declaration.agency)
    return compare(announced.of_rounds([declaration.year]), declaration.agency)


# --- a body's years ------------------------------------------------------------------------------


@dataclass
class YearRow:
    """The awards of one year under a body: how many of each level, and against the year before."""

    year: int | None
    levels: list[tuple[CertificationLevel | None, int]]
    total: int
    change: int | None = None  # None: nothing recorded for the year before


def years_of(agency: Agency) -> list[YearRow]:
    """The years a body and those below it were certified in, the latest first, unknown last."""
    levels: list[CertificationLevel | None] = [*CertificationLevel.objects.all(), None]
    counts: dict[int | None, Counter] = defaultdict(Counter)
    for tally in tallies(awards_of(agency)):
        counts[tally.year][tally.level_id] += tally.count
    rows = []
    for year in sorted(counts, key=lambda year: (year is None, -(year or 0))):
        of_level = counts[year]
        row = YearRow(
            year,
            [(level, of_level[level.pk if level else None]) for level in levels],
            sum(of_level.values()),
        )
        if year is not None and year - 1 in counts:
            row.change = row.total - sum(counts[year - 1].values())
        rows.append(row)
    return rows


def levels_of(awards: AwardQuerySet) -> list[tuple[CertificationLevel | None, int]]:
    """How many of a set of awards have each level, the highest first; None for not stated."""
    counts = dict(awards.order_by().values_list("level").annotate(n=Count("pk")))
    levels = [*CertificationLevel.objects.order_by("-rank"), None]
    return [(level, counts.get(level.pk if level else None, 0)) for level in levels]


# --- provinces -----------------------------------------------------------------------------------


@dataclass
class Coverage:
    """The certified agencies of a province on a day by state, level and service."""

    province: provinces.Province | None
    total: int = 0
    states: Counter = field(default_factory=Counter)  # and what is said beside: see AgencyState
    levels: Counter = field(default_factory=Counter)  # of those in force
    services: Counter = field(default_factory=Counter)

    def add(self, agency_state: AgencyState, number: int) -> None:
        """Count a number of agencies of one state."""
        self.total += number
        for state in agency_state.states:
            self.states[state] += number
        if agency_state.current.state == State.IN_FORCE:
            self.levels[agency_state.current.level_id] += number

    def call_expired(self, agency_state: AgencyState, number: int) -> None:
        """Of agencies counted with an uncertain end, this many have surely not renewed."""
        if Ending.UNKNOWN in agency_state.states:
            self.states[Ending.UNKNOWN] -= number
            self.states[Ending.EXPIRED] += number

    @property
    def in_force(self) -> int:
        return self.states[State.IN_FORCE]

    @property
    def last_year(self) -> int:
        return self.states[LAST_YEAR]

    @property
    def renewal_unknown(self) -> int:
        return self.states[Ending.UNKNOWN]

    @property
    def expired(self) -> int:
        return self.states[Ending.EXPIRED]


def coverage(on: datetime.date, only: str | None = None) -> dict[str, Coverage]:
    """Province code ("" for bodies of no province) → its coverage, all 77 named. Three queries, and
    four more where the lists of some bodies alone are complete.

    With `only`, nothing but that province is counted, and by service too.
    """
    found = {one.code: Coverage(one) for one in provinces.ALL} | {"": Coverage(None)}
    agencies = Agency.objects.certified().order_by()
    columns = ["province", "history__key"]
    if only is not None:
        agencies, columns = agencies.filter(province=only), [*columns, "service"]
    rows = agencies.values_list(*columns).annotate(number=Count("*"))
    known = completeness(on)
    counted, complete = list(rows), _where_complete(rows, known)
    table = state_table(on)  # after the histories it is read for
    for row in counted:
        found[row[0]].add(table.of(row[1], EVERYWHERE in known.paths), row[-1])
        if only is not None:
            found[row[0]].services[row[2]] += row[-1]
    for row in complete:
        found[row[0]].call_expired(table.of(row[1], is_complete=False), row[-1])
    return found


def _where_complete(rows: QuerySet, known: Completeness) -> list[tuple]:
    """Of the rows, agencies whose renewals are all known where others' are not."""
    parts = beneath(known.paths).apart if known.is_partial else []
    return [row for one in parts for row in rows.filter(one.q())]


def agencies_in_force(on: datetime.date) -> int:
    """How many agencies, not awards, are certified on a day. Two queries."""
    return _agencies_whose_current(lambda award: award.state == State.IN_FORCE, on)


def agencies_in_last_year(on: datetime.date) -> int:
    """How many of them are so until the end of the year alone. Two queries."""
    return _agencies_whose_current(lambda award: award.is_last_year, on)


def _agencies_whose_current(is_so: Callable[[AwardState], bool], on: datetime.date) -> int:
    counted = AllRows().histories([])
    table = state_table(on)  # after the histories it is read for
    return sum(
        number
        for _pk, history, number in counted
        if is_so(table.of(history, is_complete=False).current)
    )
