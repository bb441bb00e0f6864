"""The list query: agencies and awards that match the criteria, totals, and their order."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db.models import F
from django.utils.functional import cached_property

from certifications.listing.completeness import EVERYWHERE, Completeness, completeness
from certifications.listing.criteria import UNKNOWN, Criteria
from certifications.listing.facets import FacetCounts
from certifications.listing.matching import AwardMatcher
from certifications.listing.ordering import InOrder, Ranked, Segment
from certifications.listing.population import (
    AllRows,
    Among,
    Body,
    Cohort,
    Divided,
    FoundRows,
    Under,
    beneath,
)
from certifications.listing.states import AgencyState, AwardState, state_table
from certifications.models import Agency, Award, CertificationLevel, Service
from certifications.models.awards import AwardQuerySet
from certifications.reference.states import Ending


class ListQuery(FacetCounts):
    """One list: the agencies of a population that match the criteria."""

    def __init__(
        self,
        criteria: Criteria,
        population: AllRows | FoundRows,
        levels: Iterable[CertificationLevel],
        services: Iterable[Service],
    ):
        self.criteria = criteria
        self.population = population
        self._levels = list(levels)
        self._level_codes = {None: UNKNOWN} | {level.pk: level.code for level in self._levels}
        self._ranks = {level.pk: level.rank for level in self._levels}
        self._service_keys = {UNKNOWN: None} | {one.code: one.pk for one in services}

    @cached_property
    def state_table(self):
        return state_table(self.criteria.on, self._levels)

    @cached_property
    def completeness(self) -> Completeness:
        return completeness(self.criteria.on)

    def agency_state(self, agency: Agency) -> AgencyState:
        """The state of a certified agency, read with its history."""
        return self.state_table.of(agency.history.key, self.completeness.holds_for(agency.path))

    @cached_property
    def matcher(self) -> AwardMatcher:
        return AwardMatcher(self.criteria, self._level_codes)

    # --- which agencies match --------------------------------------------------------------------

    def _conditions(self, *without: str) -> list[Among | Under | Divided]:
        """What must hold of an agency, some filters left out."""
        conditions: list[Among | Under | Divided] = []
        if self.criteria.has_award_filters and "history" not in without:
            conditions.append(self._matching_histories)
        if self.criteria.province and "province" not in without:
            blank = {"" if code == UNKNOWN else code for code in self.criteria.province}
            conditions.append(Among("province", frozenset(blank)))
        if self.criteria.service and "service" not in without:
            keys = frozenset(self._service_keys[code] for code in self.criteria.service)
            conditions.append(Among("service_id", keys))
        for name in ("ministry", "department"):
            codes = getattr(self.criteria, name)
            if codes and name not in without:
                conditions.append(self._under[name])
        return conditions

    @cached_property
    def _matching_histories(self) -> Among | Divided:
        if not self._match_differs:
            return self._among_histories(EVERYWHERE in self.completeness.paths)
        there, elsewhere = self._among_histories(True), self._among_histories(False)
        return Divided(self._where_complete, there, elsewhere)

    @cached_property
    def _where_complete(self) -> Under | None:
        """The bodies whose renewals are all known, where others' are not."""
        return beneath(self.completeness.paths) if self.completeness.is_partial else None

    @property
    def _match_differs(self) -> bool:
        """Whether agencies of one history may match or not, by whether renewals are known."""
        asks_of_it = not self.criteria.state.isdisjoint({*Ending})
        return asks_of_it and self._where_complete is not None

    def _among_histories(self, is_complete: bool) -> Among:
        """The histories that match, of agencies whose renewals are all known or are not."""
        if not self._conditions("history"):  # those counted already are all there are
            matching = (cohort for cohort, _awards in self._matching_cohorts)
            keys = (
                cohort.pk
                for cohort in matching
                if cohort.is_complete in (is_complete, None) or not self._match_differs
            )
            return Among("history_id", frozenset(keys))
        return Among(
            "history_id",
            frozenset(
                pk
                for pk, key in self.population.every_history()
                if self.matcher.matching_awards(self.state_table.of(key, is_complete))
            ),
        )

    @cached_property
    def _under(self) -> dict[str, Under]:
        """Under the ministries chosen, and under the departments. Two queries."""
        every = {"ministry": self.criteria.ministry, "department": self.criteria.department}
        keys = dict(
            Agency.objects.filter(code__in=frozenset().union(*every.values()))
            .order_by()
            .values_list("code", "pk")
        )
        return {
            name: Under(
                frozenset(body.pk for body in self._every_parent if codes & body.line),
                frozenset(keys[code] for code in codes if code in keys),
            )
            for name, codes in every.items()
        }

    @cached_property
    def _every_parent(self) -> list[Body]:
        """All bodies right above certified agencies."""
        above = Agency.objects.certified().order_by().values("parent")
        parents = Agency.objects.filter(pk__in=above).order_by()
        return [Body(*row) for row in parents.values_list(*Body.COLUMNS)]

    @cached_property
    def cohorts(self) -> list[Cohort]:
        """The agencies by their history, before any filter on awards."""
        conditions = self._conditions("history")
        rows = self.population.histories(conditions)
        if self._where_complete is None:
            is_complete = EVERYWHERE in self.completeness.paths
            return [self._cohort(*row, is_complete) for row in rows]
        complete: Counter[int] = Counter()  # primary key of a history → number of agencies
        for one in self._where_complete.apart:  # each by its index; both at once have none
            complete.update(self.population.counts("history_id", [*conditions, one]))
        return [*self._divided(rows, complete)]

    def _divided(self, rows, complete: Counter) -> Iterator[Cohort]:
        """The agencies of each history, in two where it matters whose renewals are known."""
        unknown, state_of = Ending.UNKNOWN, self.state_table.of
        for pk, key, number in rows:
            agency_state = state_of(key, is_complete=False)
            if unknown not in agency_state.states:
                yield Cohort(pk, agency_state, number, None)
                continue
            there = complete[pk]
            if there < number:
                yield Cohort(pk, agency_state, number - there, False)
            if there:
                yield Cohort(pk, state_of(key, is_complete=True), there, True)

    def _cohort(self, pk: int, key: str, number: int, is_complete: bool) -> Cohort:
        return Cohort(pk, self.state_table.of(key, is_complete), number, is_complete)

    @cached_property
    def _matching_cohorts(self) -> list[tuple[Cohort, list[AwardState]]]:
        """Those that match, each with its awards that do."""
        return [
            (cohort, awards)
            for cohort in self.cohorts
            if (awards := self.matcher.matching_awards(cohort.agency_state))
        ]

    @property
    def total(self) -> int:
        if not self.criteria.has_award_filters:
            return sum(cohort.number for cohort in self.cohorts)
        return sum(cohort.number for cohort, _awards in self._matching_cohorts)

    @property
    def award_total(self) -> int:
        return sum(len(awards) * cohort.number for cohort, awards in self._matching_cohorts)

    # --- in order --------------------------------------------------------------------------------

    def in_order(self) -> InOrder:
        """The agencies that match, as sorted: the best match, by name, year or level."""
        conditions = self._conditions()
        sort = self.criteria.sort
        if sort in ("recent", "level"):
            return InOrder(self._by_award(conditions, sort))
        if isinstance(self.population, FoundRows) and not sort:
            keys = [row.pk for row in self.population.rows(conditions)]
            return InOrder([Ranked(Agency.objects.for_listing(), keys)])
        return InOrder([Segment(self._by_name(conditions), self.total)])

    def _by_name(self, conditions):
        return self.population.agencies(conditions).for_listing().order_by("sort_key", "pk")

    def _by_award(self, conditions, sort: str) -> list[Segment]:
        """A segment for each year or level, the highest first, those unknown last."""
        values: dict[int, set[int]] = {}
        numbers: Counter = Counter()
        for cohort, awards in self._matching_cohorts:
            first = awards[0]
            value = (first.year if sort == "recent" else self._ranks.get(first.level_id)) or 0
            values.setdefault(value, set()).add(cohort.pk)
            numbers[value] += cohort.number
        return [
            Segment(
                self._by_name([*conditions, Among("history_id", frozenset(values[value]))]),
                numbers[value],
            )
            for value in sorted(values, reverse=True)
        ]

    def awards(self) -> AwardQuerySet:
        """The awards that match, a row each, of the same agencies, as sorted; usually by name."""
        found = Award.objects.published()
        if self.criteria.has_award_filters:
            found = found.of_years("agency__history_id", self._matching_years())
        agencies = self.population.agencies(self._conditions())
        must_ask = isinstance(self.population, FoundRows) or self._match_differs
        if must_ask or self._conditions("history"):
            found = found.filter(agency__in=agencies.order_by().values("pk"))
        latest, highest = (F(name).desc(nulls_last=True) for name in ("year", "level__rank"))
        first = {"recent": [latest], "level": [highest]}.get(self.criteria.sort, [])
        ordered = found.order_by(*first, "agency__sort_key", "agency_id", latest)
        return ordered.select_related("agency__history", "level", "event").select_related(
            "agency__parent", "agency__service"
        )

    def _matching_years(self) -> dict[int | None, set[int]]:
        histories: dict[int | None, set[int]] = {}
        for cohort, awards in self._matching_cohorts:
            for award in awards:
                histories.setdefault(award.year, set()).add(cohort.pk)
        return histories
