"""The population of a list query: all certified agencies, or those a search found; conditions.

Counts for the whole register are made by the database; what a search found is counted here,
where its rows already are. Both have the same methods and take the same conditions.

So each condition is spelled twice, as SQL in `q` and as Python in `holds`. With SQL alone every
count of what was found would send its keys, up to all of the register, to the database once more.
With Python alone every page without a search would read the whole register. That the two say the
same is held by `tests/listing/test_population.py`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from certifications.listing.states import AgencyState
from certifications.models import Agency, AwardHistory
from certifications.models.tree import codes_in


class Row(NamedTuple):
    """What is counted of one agency."""

    pk: int
    province: str
    service_id: int | None
    parent_id: int | None
    history_id: int
    kind: str


class BodyRow(NamedTuple):
    """A certified body that others may stand below."""

    pk: int
    parent_id: int | None
    path: str
    kind: str


# All kinds but offices, spelled out: an index knows them.
BODIES = [kind for kind in Agency.Kind if kind != Agency.Kind.OFFICE]


@dataclass(frozen=True)
class Among:
    """One column of the row is among some values."""

    column: str
    values: frozenset

    def q(self) -> Q:
        lookup = "in" if self.column == "province" else "among"
        found = Q(**{f"{self.column}__{lookup}": self.values - {None}})
        return found | Q(**{f"{self.column}__isnull": True}) if None in self.values else found

    def holds(self, row: Row) -> bool:
        return getattr(row, self.column) in self.values


@dataclass(frozen=True)
class Under:
    """The agency stands right under one of these parents, or is one of these bodies itself."""

    parents: frozenset[int]
    themselves: frozenset[int]

    def q(self) -> Q:
        return Q(parent_id__among=self.parents) | Q(pk__among=self.themselves)

    def holds(self, row: Row) -> bool:
        return row.parent_id in self.parents or row.pk in self.themselves

    @property
    def apart(self) -> list[Among]:
        """The conditions of which an agency meets one at most; see `beneath`."""
        conditions = Among("parent_id", self.parents), Among("pk", self.themselves)
        return [one for one in conditions if one.values]


@dataclass(frozen=True)
class Divided:
    """One condition for the agencies under some bodies, another for all others."""

    under: Under
    there: Among
    elsewhere: Among

    def q(self) -> Q:
        # A body at the top of the tree has no parent: "not among" alone would leave it out.
        no_parent_there = Q(parent_id=None) | ~Q(parent_id__among=self.under.parents)
        outside = no_parent_there & ~Q(pk__among=self.under.themselves)
        return (self.under.q() & self.there.q()) | (outside & self.elsewhere.q())

    def holds(self, row: Row) -> bool:
        return (self.there if self.under.holds(row) else self.elsewhere).holds(row)


Conditions = Iterable[Among | Under | Divided]


def beneath(paths: Collection[str]) -> Under:
    """Certified agencies that stand at or below these paths of the tree. Two queries."""
    # "Distinct" lets SQLite leap from parent to parent in the index instead of reading all of it.
    above = Agency.objects.certified().order_by().values("parent").distinct()
    every_parent = Agency.objects.filter(pk__in=above).order_by().values_list("pk", "path")
    parents = frozenset(pk for pk, path in every_parent if path.startswith(tuple(paths)))
    at_paths = Agency.objects.certified().filter(path__in=paths).order_by()
    at_paths = at_paths.values_list("pk", "parent_id")
    return Under(parents, frozenset(pk for pk, parent in at_paths if parent not in parents))


class AllRows:
    """Every certified agency, counted by the database."""

    def every_history(self) -> list[tuple[int, str]]:
        """(primary key, key) of all histories that may occur. One query."""
        return list(AwardHistory.objects.values_list("pk", "key"))

    def counts(self, column: str, conditions: Conditions) -> dict:
        """Value of the column → number of agencies. One query."""
        rows = self.agencies(conditions).order_by().values_list(column)
        return dict(rows.annotate(number=Count("*")))

    def histories(self, conditions: Conditions) -> list[tuple[int, str, int]]:
        """(primary key, key, number of agencies) of each history that occurs. One query."""
        rows = self.agencies(conditions).order_by().values_list("history_id", "history__key")
        return list(rows.annotate(number=Count("*")))

    def bodies(self, conditions: Conditions) -> list[BodyRow]:
        """Those that are no offices. One query."""
        bodies = self.agencies(conditions).filter(kind__in=BODIES).order_by()
        return list(map(BodyRow._make, bodies.values_list(*BodyRow._fields)))

    def agencies(self, conditions: Conditions) -> QuerySet:
        agencies = Agency.objects.certified()
        for condition in conditions:
            agencies = agencies.filter(condition.q())
        return agencies


class FoundRows:
    """What a search found, the best first, already read."""

    def __init__(self, found: Sequence[Row]):
        self._found = found

    @cached_property
    def _keys(self) -> dict[int, str]:
        """Key of each history that occurs: read once for all, since many rows share few."""
        occurring = AwardHistory.objects.filter(pk__among={row.history_id for row in self._found})
        return dict(occurring.values_list("pk", "key"))

    def every_history(self) -> list[tuple[int, str]]:
        return list(self._keys.items())

    def counts(self, column: str, conditions: Conditions) -> dict:
        return dict(Counter(map(attrgetter(column), self.rows(conditions))))

    def histories(self, conditions: Conditions) -> list[tuple[int, str, int]]:
        counted = self.counts("history_id", conditions)
        return [(pk, self._keys[pk], number) for pk, number in counted.items() if pk in self._keys]

    def bodies(self, conditions: Conditions) -> list[BodyRow]:
        office = Agency.Kind.OFFICE
        keys = [row.pk for row in self.rows(conditions) if row.kind != office]
        bodies = Agency.objects.filter(pk__among=keys).order_by() if keys else Agency.objects.none()
        return list(map(BodyRow._make, bodies.values_list(*BodyRow._fields)))

    def agencies(self, conditions: Conditions) -> QuerySet:
        return Agency.objects.filter(pk__among=[row.pk for row in self.rows(conditions)])

    def rows(self, conditions: Conditions) -> Sequence[Row]:
        conditions = [*conditions]
        if not conditions:
            return self._found
        return [row for row in self._found if all(one.holds(row) for one in conditions)]


@dataclass(frozen=True)
class Body:
    """A ministry or another body above offices."""

    pk: int
    code: str
    path: str
    kind: str
    name_th: str
    name_en: str

    COLUMNS = ("pk", "code", "path", "kind", "name_th", "name_en")

    @property
    def is_ministry(self) -> bool:
        return self.kind == Agency.Kind.MINISTRY

    @property
    def only_itself(self) -> int:
        """The count at which it is not worth offering: there are 7,850 local governments."""
        return 1 if self.kind == Agency.Kind.LOCAL_GOVERNMENT else 0

    @property
    def line(self) -> frozenset[str]:
        """Its own code and those of all above it."""
        return frozenset(codes_in([self.path]))


class Cohort(NamedTuple):
    """Agencies that share a history, and whether all their renewals are known; None where the
    state is the same either way.
    """

    pk: int  # of the history
    agency_state: AgencyState
    number: int
    is_complete: bool | None
