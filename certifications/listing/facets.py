"""Filters with their values, and how many agencies the list would have with each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.utils.functional import cached_property

from certifications.listing.criteria import UNKNOWN
from certifications.listing.population import Body
from certifications.listing.states import Standing
from certifications.models import Agency
from certifications.models.tree import codes_in
from certifications.reference import provinces, thai
from certifications.reference.language import reader_language, thai_is_read


@dataclass
class OfAwards:
    """Agencies by the levels and years of their awards, by their state, and those raised."""

    levels: Counter = field(default_factory=Counter)
    years: Counter = field(default_factory=Counter)
    states: Counter = field(default_factory=Counter)
    raised: int = 0


class FacetCounts:
    """How many agencies one choice more would give, of each filter; `Question` asks the rest."""

    def by_province(self) -> dict[str, int]:
        counts = self.ground.counts("province", self._conditions("province"))
        return {code or UNKNOWN: number for code, number in counts.items()}

    def by_service(self) -> dict[str, int]:
        counts = self.ground.counts("service_id", self._conditions("service"))
        codes = {pk: code for code, pk in self._service_keys.items()}
        return {codes[pk]: number for pk, number in counts.items()}

    @cached_property
    def of_awards(self) -> "OfAwards":
        """What the filters on awards would give, each counted with all others but itself."""
        counts = OfAwards()
        count = self._count if self.asked.of_awards else self._count_all
        for cohort in self.cohorts:
            count(cohort.standing, cohort.number, counts)
        counts.levels = Counter(
            {self._level_codes[level]: number for level, number in counts.levels.items()}
        )
        return counts

    @staticmethod
    def _count_all(standing: Standing, number: int, counts: "OfAwards") -> None:
        """As `_count`, where nothing at all is asked of awards: the most frequent question."""
        for state in standing.states:
            counts.states[state] += number
        for level in standing.levels:
            counts.levels[level] += number
        for year in standing.years:
            counts.years[year or UNKNOWN] += number
        if standing.is_raised:
            counts.raised += number

    def _count(self, standing: Standing, number: int, counts: "OfAwards") -> None:
        state, change = self._state_answers(standing), self._change_answers(standing)
        if not standing.held:
            return
        current = standing.held[0]
        answers = self._as_said(current) and self._year_answers(current)
        if answers and self._level_answers(current) and change:
            for name in standing.states:
                counts.states[name] += number
        if not state:
            return
        awards = self._asked_of(standing)
        in_year = [one for one in awards if self._year_answers(one)]
        if standing.is_raised and any(map(self._level_answers, in_year)):
            counts.raised += number
        if not change:
            return
        for level in {one.level_id for one in in_year}:
            counts.levels[level] += number
        for one in awards:  # a year occurs once in a history
            if self._level_answers(one):
                counts.years[one.year or UNKNOWN] += number

    def by_body(self) -> tuple[dict[Body, int], dict[Body, int]]:
        """Ministries and departments above the agencies that answer, with how many of them each.

        A certified body counts for itself too. Four queries.
        """
        conditions = self._conditions("ministry", "department")
        below = self.ground.counts("parent_id", conditions)
        above, asked = {*below}, self.asked.ministry | self.asked.department
        lines: list[tuple[frozenset[str], int]] = []
        for pk, parent, path, kind in self.ground.bodies(conditions):
            line = frozenset(codes_in([path]))
            # Local governments are thousands: told apart only where others stand below, or asked.
            if kind != Agency.Kind.LOCAL_GOVERNMENT or pk in above or asked & line:
                lines.append((line, 1))
                below[parent] = below.get(parent, 0) - 1
        parents = Agency.objects.filter(pk__among=below.keys() - {None}).order_by()
        for pk, path in parents.values_list("pk", "path"):
            lines.append((frozenset(codes_in([path])), below[pk]))
        bodies = self._bodies(frozenset().union(*(line for line, _number in lines)))
        return (
            self._offered(lines, bodies, self.asked.department, ministries=True),
            self._offered(lines, bodies, self.asked.ministry, ministries=False),
        )

    def _bodies(self, codes: frozenset[str]) -> list[Body]:
        """The bodies of these codes and those asked for, by name, without offices."""
        wanted = codes | self.asked.ministry | self.asked.department
        found = Agency.objects.filter(code__in=wanted).exclude(kind=Agency.Kind.OFFICE)
        rows = found.order_by("sort_key", "pk").values_list(*Body.COLUMNS)
        return [Body(*row) for row in rows]

    def _offered(self, lines, bodies, required: frozenset[str], *, ministries: bool):
        """How many stand under each ministry, or each other body, within what is `required`."""
        counts: Counter = Counter()
        for line, number in lines:
            if number and (not required or required & line):
                counts.update(dict.fromkeys(line, number))
        asked = self.asked.ministry if ministries else self.asked.department
        return {
            body: counts[body.code]
            for body in bodies
            if body.is_ministry == ministries
            and (body.code in asked or counts[body.code] > body.only_itself)
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
        region: sorted(places, key=lambda place: thai.sort_key(place.name))
        for region, places in provinces.by_region().items()
    }
