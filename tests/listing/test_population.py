"""A condition of a list says the same to the database and of rows that a search found."""

from itertools import chain, combinations

import pytest

from certifications.listing.population import AllRows, Among, Divided, FoundRows, Row, Under
from certifications.models import Agency, Service
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> list[Row]:
    """Offices with and without a parent, a province and a service, and a body above some."""
    ministry = make.ministry()
    department = make.department(parent=ministry)
    one, other = Service.objects.all()[:2]
    certified = [
        department,
        make.agency(parent=department, province="54", service=one),
        make.agency(parent=department, province="55", service=other),
        make.agency(parent=department, service=one),
        make.agency(parent=ministry, province="54"),
        make.agency(province="54", service=one),
        make.agency(),
    ]
    for number, agency in enumerate(certified):
        make.award(agency, 2564 + number % 2)
    return read_rows()


def read_rows() -> list[Row]:
    certified = Agency.objects.certified().order_by("pk")
    return list(map(Row._make, certified.values_list(*Row._fields)))


def subsets(values) -> list[frozenset]:
    values = sorted(set(values), key=str)
    sizes = chain.from_iterable(combinations(values, size) for size in range(len(values) + 1))
    return list(map(frozenset, sizes))


def all_among(rows: list[Row]) -> list[Among]:
    columns = ("province", "service_id", "history_id")
    return [
        Among(column, values)
        for column in columns
        for values in subsets(getattr(row, column) for row in rows)
    ]


def all_under(rows: list[Row]) -> list[Under]:
    parents = subsets({row.parent_id for row in rows} - {None})
    bodies = subsets({row.pk for row in rows if row.kind != Agency.Kind.OFFICE})
    top = frozenset({rows[-1].pk})
    return [Under(above, itself) for above in parents for itself in [*bodies, top]]


def test_every_condition_holds_of_the_rows_that_the_database_finds(rows):
    among, under = all_among(rows), all_under(rows)
    divided = [
        Divided(below, there, elsewhere)
        for below in under
        for there, elsewhere in zip(among[::3], among[1::3], strict=False)
    ]
    for condition in [*among, *under, *divided]:
        of_database = set(AllRows().agencies([condition]).values_list("pk", flat=True))
        assert of_database == {row.pk for row in FoundRows(rows).rows([condition])}, condition
