"""Facets of a list: filters with their values, and the number of agencies with each value."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.utils.functional import cached_property

from certifications.listing.criteria import UNKNOWN
from certifications.listing.population import Body
from certifications.listing.states import AgencyState
from certifications.models import Agency
from certifications.models.tree import codes_in
from certifications.reference import provinces, thai
from certifications.reference.language import reader_language, thai_is_read


@dataclass
class AwardFacets:
    """Agencies by the levels and years of their awards, by their state, and those raised."""

    levels: Counter = field(default_factory=Counter)
    years: Counter = field(default_factory=Counter)
    states: Counter = field(default_factory=Counter)
    raised: int = 0


class FacetCounts:
    """How many agencies one choice more would give, of each filter: a part of `ListQuery`."""

    def by_province(self) -> dict[str, int]:
        counts = self.population.counts("province", self._conditions("province"))
        return {code or UNKNOWN: number for code, number in counts.items()}

    def by_service(self) -> dict[str, int]:
        counts = self.population.counts("service_id", self._conditions("service"))
        codes = {pk: code for code, pk in self._service_keys.items()}
        return {codes[pk]: number for pk, number in counts.items()}

    @cached_property
    def award_facets(self) -> "AwardFacets":
        """What the filters on awards would give, each counted with all others but itself."""
        counts = AwardFacets()
        is_narrowed = self.criteria.has_award_filters
        add = self._add_matching_awards if is_narrowed else self._add_every_award
        for cohort in self.cohorts:
            add(cohort.agency_state, cohort.number, counts)
        counts.levels = Counter(
            {self._level_codes[level]: number for level, number in counts.levels.items()}
        )
        return counts

    @staticmethod
    def _add_every_award(agency_state: AgencyState, number: int, counts: "AwardFacets") -> None:
        """As `_add_matching_awards`, without any filter on awards: the most frequent query."""
        for state in agency_state.states:
            counts.states[state] += number
        for level in agency_state.levels:
            counts.levels[level] += number
        for year in agency_state.years:
            counts.years[year or UNKNOWN] += number
        if agency_state.is_raised:
            counts.raised += number

    def _add_matching_awards(
        self, agency_state: AgencyState, number: int, counts: "AwardFacets"
    ) -> None:
        matcher = self.matcher
        state, change = matcher.matches_state(agency_state), matcher.matches_change(agency_state)
        if not agency_state.awards:
            return
        current = agency_state.awards[0]
        matches = matcher.matches_search(current) and matcher.matches_year(current)
        if matches and matcher.matches_level(current) and change:
            for name in agency_state.states:
                counts.states[name] += number
        if not state:
            return
        awards = matcher.eligible_awards(agency_state)
        in_year = [one for one in awards if matcher.matches_year(one)]
        if agency_state.is_raised and any(map(matcher.matches_level, in_year)):
            counts.raised += number
        if not change:
            return
        for level in {one.level_id for one in in_year}:
            counts.levels[level] += number
        for one in awards:  # a year occurs once in a history
            if matcher.matches_level(one):
                counts.years[one.year or UNKNOWN] += number

    def by_body(self) -> tuple[dict[Body, int], dict[Body, int]]:
        """Ministries and departments above the agencies that match, with how many of them each.

        A certified body counts for itself too. Four queries.
        """
        conditions = self._conditions("ministry", "department")
        below = self.population.counts("parent_id", conditions)
        above, chosen = {*below}, self.criteria.ministry | self.criteria.department
        lines: list[tuple[frozenset[str], int]] = []
        for pk, parent, path, kind in self.population.bodies(conditions):
            line = frozenset(codes_in([path]))
            # Local governments are thousands: told apart only where others stand below, or chosen.
            if kind != Agency.Kind.LOCAL_GOVERNMENT or pk in above or chosen & line:
                lines.append((line, 1))
                below[parent] = below.get(parent, 0) - 1
        parents = Agency.objects.filter(pk__among=below.keys() - {None}).order_by()
        for pk, path in parents.values_list("pk", "path"):
            lines.append((frozenset(codes_in([path])), below[pk]))
        bodies = self._bodies(frozenset().union(*(line for line, _number in lines)))
        return (
            self._offered(lines, bodies, self.criteria.department, ministries=True),
            self._offered(lines, bodies, self.criteria.ministry, ministries=False),
        )

    def _bodies(self, codes: frozenset[str]) -> list[Body]:
        """The bodies of these codes and those chosen, by name, without offices."""
        wanted = codes | self.criteria.ministry | self.criteria.department
        found = Agency.objects.filter(code__in=wanted).exclude(kind=Agency.Kind.OFFICE)
        rows = found.order_by("sort_key", "pk").values_list(*Body.COLUMNS)
        return [Body(*row) for row in rows]

    def _offered(self, lines, bodies, required: frozenset[str], *, ministries: bool):
        """How many stand under each ministry, or each other body, within what is `required`."""
        counts: Counter = Counter()
        for line, number in lines:
            if number and (not required or required & line):
                counts.update(dict.fromkeys(line, number))
        chosen = self.criteria.ministry if ministries else self.criteria.department
        return {
            body: counts[body.code]
            for body in bodies
            if body.is_ministry == ministries
            and (body.code in chosen or counts[body.code] > body.only_itself)
        }


@dataclass(frozen=True)
class Option:
    """One value of a filter, and how many agencies the list would have with it."""

    value: str
    label: str
    count: int
    is_chosen: bool
    group: str = ""  # the region of a province


@dataclass(frozen=True)
class Facet:
    """A filter with those of its values that occur or were chosen."""

    name: str
    label: str
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.is_chosen]


def of_bodies(counts: Mapping) -> tuple[dict, list[tuple]]:
    in_thai = thai_is_read()
    labels = [
        (body.code, body.name_th if in_thai else body.name_en or body.name_th) for body in counts
    ]
    return {body.code: number for body, number in counts.items()}, labels


def regions() -> dict[str, list[provinces.Province]]:
    """Region → its provinces in the order of the reader's dictionary."""
    return _regions_in(reader_language())


@cache
def _regions_in(language: str) -> dict[str, list[provinces.Province]]:
    return {
        region: sorted(members, key=lambda province: thai.sort_key(province.name))
        for region, members in provinces.by_region().items()
    }
