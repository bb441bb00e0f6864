"""The audit trail only grows: the database refuses to alter or remove what it holds."""

import contextlib
import logging
from collections.abc import Iterator

from django.db import connections, transaction

from certifications.audit.stored import Trigger, drop, make

log = logging.getLogger(__name__)

TABLE = "certifications_change"
REFUSAL = f"{TABLE} is append-only: what was written there is neither changed nor deleted"


def append_only_triggers(vendor: str) -> Iterator[Trigger]:
    yield from _on_sqlite() if vendor == "sqlite" else _on_postgresql()


@contextlib.contextmanager
def lifted(reason: str, using: str = "default") -> Iterator[None]:
    """All that is written within may alter the audit trail, all of it or nothing.

    For what the law orders, for a migration that writes the trail anew, and for tests that empty
    their database; the log says that it was done.
    """
    connection = connections[using]
    log.warning("The audit trail may be altered: %s", reason)
    with transaction.atomic(using):
        _lift(connection, reason)
        yield
        _put_back(connection)  # a failure rolls all of it back


def _lift(connection, reason: str) -> None:
    if connection.vendor == "sqlite":
        drop(connection, append_only_triggers("sqlite"))
    else:
        _set(connection, reason)


def _put_back(connection) -> None:
    if connection.vendor == "sqlite":
        make(connection, append_only_triggers("sqlite"))
    else:
        _set(connection, "")


# --- SQLite --------------------------------------------------------------------------------------


def _on_sqlite() -> Iterator[Trigger]:
    """One writer at a time: nobody else writes while they are away."""
    for kind in ("update", "delete"):
        name = f"append_only_{kind}"
        refused = f"SELECT RAISE(ABORT, '{REFUSAL}')"
        sql = f"CREATE TRIGGER {name} BEFORE {kind} ON {TABLE} BEGIN {refused}; END"
        yield Trigger(TABLE, name, sql)


# --- PostgreSQL ----------------------------------------------------------------------------------

_FUNCTION = "certifications_append_only"
_BODY = f"""
        BEGIN
            IF coalesce(current_setting('gecc.lifted', true), '') = '' THEN
                RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NULL;
        END """


def _on_postgresql() -> Iterator[Trigger]:
    """Lifted by a setting that ends with its transaction."""
    for kinds, each in (("DELETE OR UPDATE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"append_only_{each.lower()}"
        sql = (
            f"CREATE TRIGGER {name} AFTER {kinds} ON {TABLE} "
            f"FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}()"
        )
        yield Trigger(TABLE, name, sql, _FUNCTION, _BODY)


def _set(connection, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gecc.lifted', %s, true)", [reason])
