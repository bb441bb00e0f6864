"""The triggers of the product: those the code wants, made where the database has others.

They are looked after with every `migrate`, since SQLite drops a table's triggers when a migration
makes the table anew.
"""

from itertools import chain

from django.core import checks
from django.db import connections
from django.utils.translation import gettext as _

from certifications.audit.append_only import TABLE, append_only_triggers
from certifications.audit.decision_triggers import HANDS, decision_triggers
from certifications.audit.record_triggers import CURRENT_ACT, ONE_CURRENT_ACT, record_triggers
from certifications.audit.stamp_triggers import stamp_triggers
from certifications.audit.stored import Trigger, differing, make


def install(using: str = "default") -> None:
    """Make what is missing or is not as the code would make it, on either database."""
    connection = connections[using]
    _hold_the_act(connection)
    make(connection, differing(connection, _wanted(connection)))


def missing_or_other(using: str = "default") -> list[str]:
    """The names of triggers that are missing, switched off or not as the code would make them."""
    connection = connections[using]
    return [f"{one.table}.{one.name}" for one in differing(connection, _wanted(connection))]


def check(databases=None, **_options) -> list[checks.Warning]:
    """A system check, of the databases named: no error, or `migrate` could not mend it."""
    found = {using: missing_or_other(using) for using in databases or ()}
    return [
        checks.Warning(
            _("ทริกเกอร์ของฐานข้อมูลหายไปหรือไม่ตรงกับโปรแกรม ประวัติการแก้ไขอาจขาด: %s") % ", ".join(names),
            hint=_("สั่ง manage.py migrate เพื่อสร้างใหม่"),
            id="certifications.W001",
        )
        for names in found.values()
        if names
    ]


def _wanted(connection) -> list[Trigger]:
    """Those of the tables that there are: after migrating back some are gone."""
    present = _tables(connection)
    kinds = [stamp_triggers]
    if TABLE in present:
        kinds += [record_triggers, append_only_triggers]
    if HANDS in present:
        kinds.append(decision_triggers)
    triggers = chain.from_iterable(kind(connection.vendor) for kind in kinds)
    return [one for one in triggers if one.table in present]


def _tables(connection) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def _hold_the_act(connection) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(CURRENT_ACT)
            cursor.execute(ONE_CURRENT_ACT)
