"""The triggers of the product: those the code wants, made where the database has others.

They are looked after with every `migrate`, since SQLite drops a table's triggers when a migration
makes the table anew.
"""

from collections.abc import Iterator

from django.db import connections

from certifications.audit.record_triggers import CURRENT_ACT, ONE_CURRENT_ACT, record_triggers
from certifications.audit.stamp_triggers import stamp_triggers
from certifications.audit.stored import Trigger, differing, make

CHANGES = "certifications_change"


def install(using: str = "default") -> None:
    """Make what is missing or is not as the code would make it, on either database."""
    connection = connections[using]
    _hold_the_act(connection)
    make(connection, differing(connection, _wanted(connection)))


def missing_or_other(using: str = "default") -> list[str]:
    """The names of triggers that are missing, switched off or not as the code would make them."""
    connection = connections[using]
    return [f"{one.table}.{one.name}" for one in differing(connection, _wanted(connection))]


def _wanted(connection) -> Iterator[Trigger]:
    """Those of the tables that there are: after migrating back some are gone."""
    present = _tables(connection)
    for one in stamp_triggers(connection.vendor):
        if one.table in present:
            yield one
    for one in record_triggers(connection.vendor) if CHANGES in present else ():
        if one.table in present:
            yield one


def _tables(connection) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def _hold_the_act(connection) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(CURRENT_ACT)
            cursor.execute(ONE_CURRENT_ACT)
