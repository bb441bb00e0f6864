"""The triggers that renew the stamp with every change of what public pages rest on."""

from collections.abc import Iterator

from django.apps import apps

from certifications.audit.stored import Trigger

ONLY_ROW = 1
# What no public page rests on.
NEVER_SHOWN = {
    "accepteddoubt",
    "accessevent",
    "accountchange",
    "change",
    "columnmapping",
    "desksession",
    "intake",
    "intakerow",
    "loadedrecord",
    "mergelog",
    "missedquery",
    "proposal",
    "proposalhand",
    "proposalitem",
    "stamp",
}


def stamped_tables() -> list[str]:
    """The tables whose changes renew the stamp, those of many-to-many relations included."""
    known = apps.get_app_config("certifications").get_models(include_auto_created=True)
    return sorted(
        {model._meta.db_table for model in known if model._meta.model_name not in NEVER_SHOWN}
    )


def stamp_triggers(vendor: str) -> Iterator[Trigger]:
    of_table = _on_sqlite if vendor == "sqlite" else _on_postgresql
    for table in stamped_tables():
        yield from of_table(table)


_UPSERT = (
    f"INSERT INTO certifications_stamp (id, token) VALUES ({ONLY_ROW}, {{token}}) "
    "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)


def _on_sqlite(table: str) -> Iterator[Trigger]:
    renewed = _UPSERT.format(token="lower(hex(randomblob(16)))")
    for kind in ("insert", "update", "delete"):
        name = f"stamp_{table}_{kind}"
        sql = f"CREATE TRIGGER {name} AFTER {kind} ON {table} BEGIN {renewed}; END"
        yield Trigger(table, name, sql)


# Deferred to the commit, so that a transaction takes the lock on the one row last of all: two that
# wait for each other's records as well could not both end. Once a transaction is enough.
_FUNCTION = "certifications_renew_stamp"
_BODY = f"""
        DECLARE now_in text := pg_current_xact_id()::text;
        BEGIN
            IF current_setting('gecc.stamped', true) IS DISTINCT FROM now_in THEN
                PERFORM set_config('gecc.stamped', now_in, true);
                {_UPSERT.format(token="md5(random()::text || clock_timestamp()::text)")};
            END IF;
            RETURN NULL;
        END """


def _on_postgresql(table: str) -> Iterator[Trigger]:
    name = f"stamp_{table}"
    sql = (
        f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR DELETE OR UPDATE ON {table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
    )
    yield Trigger(table, name, sql, _FUNCTION, _BODY)
