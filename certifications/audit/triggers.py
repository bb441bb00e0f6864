"""The SQL of the triggers for the audit trail and the stamp, on either database.

They are made after every `migrate`, since SQLite drops a table's triggers when a migration
makes the table anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connections, models

# --- what is kept, of which tables ---------------------------------------------------------------

# Written by the register itself beside what was changed, or a record of its own.
NOT_KEPT_FIELDS = {"sort_key", "path", "history", "created_at", "updated_at"}
NOT_KEPT_MODELS = {
    "accessevent",
    "awardhistory",
    "change",
    "columnmapping",
    "desksession",
    "intake",
    "intakerow",
    "loadedrecord",
    "mergelog",
    "missedquery",
    "searchentry",
    "stamp",
    "term",
}
SECRET_FIELDS = {"password", "last_login"}
KEPT_OF_ACCOUNTS = {"user", "group", "user_groups", "user_user_permissions", "group_permissions"}

_IS_PUBLIC = "({r}.published_at IS NOT NULL AND {r}.hidden_at IS NULL)"
_OF_AWARD = "(SELECT a.agency_id FROM certifications_award a WHERE a.id = {r}.award_id)"
_AWARD_IS_PUBLIC = (
    "EXISTS (SELECT 1 FROM certifications_award a WHERE a.id = {r}.award_id"
    f" AND {_IS_PUBLIC.format(r='a')})"
)
_SOME_EVENT = f"EXISTS (SELECT 1 FROM certifications_awardevent e WHERE {_IS_PUBLIC}".format(r="e")


def _shows_something(path: str, key: str) -> str:
    """A certified body at or below a path, or a public figure about the body of a key."""
    return (
        "EXISTS (SELECT 1 FROM certifications_agency c WHERE c.history_id IS NOT NULL"
        f" AND c.path {{from_on}} {path}"
        f" AND c.path {{before}} (substr({path}, 1, length({path}) - 1) || '0'))"
        " OR EXISTS (SELECT 1 FROM certifications_announcedfigure f"
        f" WHERE f.agency_id = {key} AND {_SOME_EVENT} AND e.year = f.last_year))"
    )


# As `AgencyQuerySet.published` says it; a test holds the two together.
_AGENCY_IS_PUBLIC = "({{r}}.history_id IS NOT NULL OR {} OR {})".format(
    _shows_something("{r}.path", "{r}.id"),
    _shows_something(
        "(SELECT m.path FROM certifications_agency m WHERE m.id = {r}.merged_into_id)",
        "{r}.merged_into_id",
    ),
)
_THAT_AGENCY_IS_PUBLIC = (
    "EXISTS (SELECT 1 FROM certifications_agency a WHERE a.id = {r}.{key}"
    f" AND {_AGENCY_IS_PUBLIC.replace('{r}', 'a')})"
)

# Model → the SQL of its agency's key, and of whether anyone may see it; {r} is the row. {from_on}
# and {before} compare places in the tree byte by byte, as `reference.lookups.Beneath` does.
AGENCY_OF = {
    "agency": "{r}.id",
    "agencyname": "{r}.agency_id",
    "agency_sources": "{r}.agency_id",
    "agencysuccession": "{r}.predecessor_id",
    "award": "{r}.agency_id",
    "awardrecipient": _OF_AWARD,
    "awardstatuschange": _OF_AWARD,
    "award_sources": _OF_AWARD,
    "rounddeclaration": "{r}.agency_id",
}
PUBLIC_WHEN = {
    "agency": _AGENCY_IS_PUBLIC,
    "agencyname": _THAT_AGENCY_IS_PUBLIC.replace("{key}", "agency_id"),
    "agencysuccession": _THAT_AGENCY_IS_PUBLIC.replace("{key}", "predecessor_id"),
    "announcedfigure": _SOME_EVENT + " AND e.year = {r}.last_year)",
    "award": _IS_PUBLIC,
    "award_sources": _AWARD_IS_PUBLIC,
    "awardevent": _IS_PUBLIC,
    "awardrecipient": _AWARD_IS_PUBLIC,
    "awardstatuschange": _AWARD_IS_PUBLIC,
    "criterion": _SOME_EVENT + " AND e.year BETWEEN {r}.first_year AND {r}.last_year)",
    "rounddeclaration": _IS_PUBLIC,
}


@dataclass(frozen=True)
class Kept:
    """A table whose changes are kept."""

    table: str
    label: str
    key: str
    columns: tuple[str, ...]
    agency: str
    public: str


def kept_models() -> list[type[models.Model]]:
    """The models whose changes are kept, accounts and their permissions among them."""
    ours = apps.get_app_config("certifications").get_models(include_auto_created=True)
    accounts = apps.get_app_config("auth").get_models(include_auto_created=True)
    return [
        *(model for model in ours if _is_kept(model)),
        *(model for model in accounts if model._meta.model_name in KEPT_OF_ACCOUNTS),
    ]


def _is_kept(model: type[models.Model]) -> bool:
    return not model._meta.proxy and model._meta.model_name not in NOT_KEPT_MODELS


def kept_columns(model: type[models.Model]) -> list[str]:
    """The columns of a model that are kept."""
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.name not in NOT_KEPT_FIELDS | SECRET_FIELDS
    ]


def _kept(model: type[models.Model]) -> Kept:
    meta = model._meta
    return Kept(
        table=meta.db_table,
        label=meta.label_lower,
        key=meta.pk.column,
        columns=tuple(kept_columns(model)),
        agency=AGENCY_OF.get(meta.model_name, "NULL"),
        public=PUBLIC_WHEN.get(meta.model_name, "(1 = 0)"),
    )


# --- the triggers --------------------------------------------------------------------------------

_COLUMNS = (
    "(at, act, by_key, by_name, channel, why, "
    '"table", record_key, kind, before, after, agency_key, was_public)'
)


def install_change_triggers(using: str = "default") -> None:
    """Make the triggers anew for the columns as they are now, on either database."""
    connection = connections[using]
    statements = _changes_on_sqlite if connection.vendor == "sqlite" else _changes_on_postgresql
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        if "certifications_change" not in present:  # migrated back to before there were any
            return
        if connection.vendor == "sqlite":
            cursor.execute(_CURRENT_ACT)
            cursor.execute(_ONE_CURRENT_ACT)
        for model in kept_models():
            if model._meta.db_table in present:
                for statement in statements(_kept(model)):
                    cursor.execute(statement)


_CURRENT_ACT = "CREATE TABLE IF NOT EXISTS certifications_currentact (act TEXT NOT NULL)"
_ONE_CURRENT_ACT = (
    "INSERT INTO certifications_currentact SELECT '' "
    "WHERE NOT EXISTS (SELECT 1 FROM certifications_currentact)"
)
_PLACES_ON_SQLITE = {"from_on": ">=", "before": "<"}
_PLACES_ON_POSTGRESQL = {"from_on": "~>=~", "before": "~<~"}
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def _changes_on_sqlite(kept: Kept) -> Iterator[str]:
    """One writer at a time: the act stands in a row that its own transaction empties again."""
    for kind, rows in _ROWS.items():
        before, after = (
            "json_object({})".format(", ".join(f"'{c}', {row}.\"{c}\"" for c in kept.columns))
            if row in rows
            else "NULL"
            for row in ("OLD", "NEW")
        )
        changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in kept.columns)
        row = rows[-1]
        public = " OR ".join(kept.public.format(r=one, **_PLACES_ON_SQLITE) for one in rows)
        name = f"change_{kept.table}_{kind}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"""
            CREATE TRIGGER {name} AFTER {kind} ON {kept.table}
            {f"WHEN {changed}" if kind == "update" else ""}
            BEGIN INSERT INTO certifications_change {_COLUMNS}
            SELECT strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'),
                coalesce(json_extract(act, '$.act'), ''), json_extract(act, '$.by_key'),
                coalesce(json_extract(act, '$.by_name'), ''),
                coalesce(json_extract(act, '$.channel'), 'outside'),
                coalesce(json_extract(act, '$.why'), ''),
                '{kept.label}', {row}."{kept.key}", '{kind}', {before}, {after},
                {kept.agency.format(r=row)}, ({public})
            FROM (SELECT nullif((SELECT act FROM certifications_currentact), '') AS act); END
        """.replace("%%", "%")


def _changes_on_postgresql(kept: Kept) -> Iterator[str]:
    """The act stands in a setting that ends with its transaction."""
    name = f"change_{kept.table}"

    def row_as_json(row: str) -> str:
        pairs = ", ".join(f"'{column}', {row}.\"{column}\"" for column in kept.columns)
        return f"jsonb_build_object({pairs})"

    def inserted(kind: str) -> str:
        rows = _ROWS[kind]
        before, after = (row_as_json(row) if row in rows else "NULL" for row in ("OLD", "NEW"))
        public = " OR ".join(kept.public.format(r=row, **_PLACES_ON_POSTGRESQL) for row in rows)
        return f"""
            INSERT INTO certifications_change {_COLUMNS}
            VALUES (clock_timestamp(), coalesce(act->>'act', ''), (act->>'by_key')::bigint,
                coalesce(act->>'by_name', ''), coalesce(act->>'channel', 'outside'),
                coalesce(act->>'why', ''), '{kept.label}', {rows[-1]}."{kept.key}", '{kind}',
                {before}, {after}, {kept.agency.format(r=rows[-1])}, ({public}));
        """

    old, new = (", ".join(f'{row}."{c}"' for c in kept.columns) for row in ("OLD", "NEW"))
    yield f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE act jsonb := nullif(current_setting('gecc.act', true), '')::jsonb;
        BEGIN
            IF TG_OP = 'INSERT' THEN {inserted("insert")}
            ELSIF TG_OP = 'DELETE' THEN {inserted("delete")}
            ELSIF ROW({old}) IS DISTINCT FROM ROW({new}) THEN {inserted("update")}
            END IF;
            RETURN NULL;
        END $$
    """
    yield f"DROP TRIGGER IF EXISTS {name} ON {kept.table}"
    yield f"""
        CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {kept.table}
        FOR EACH ROW EXECUTE FUNCTION {name}()
    """


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
    "proposalitem",
    "stamp",
}


def stamped_tables() -> list[str]:
    """The tables whose changes renew the stamp, those of many-to-many relations included."""
    known = apps.get_app_config("certifications").get_models(include_auto_created=True)
    return sorted(
        {model._meta.db_table for model in known if model._meta.model_name not in NEVER_SHOWN}
    )


def install_stamp_triggers(using: str = "default") -> None:
    """Make the triggers that are missing, on either database."""
    connection = connections[using]
    statements = STAMP_ON_SQLITE if connection.vendor == "sqlite" else STAMP_ON_POSTGRESQL
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for statement in statements["once"]:
            cursor.execute(statement)
        for table in sorted(present.intersection(stamped_tables())):
            for statement in statements["each"]:
                cursor.execute(statement.format(table=table))


_UPSERT = (
    f"INSERT INTO certifications_stamp (id, token) VALUES ({ONLY_ROW}, {{token}}) "
    "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)
STAMP_ON_SQLITE = {
    "once": [],
    "each": [
        f"CREATE TRIGGER IF NOT EXISTS stamp_{{table}}_{act} AFTER {act} ON {{table}} "
        f"BEGIN {_UPSERT.format(token='lower(hex(randomblob(16)))')}; END"
        for act in ("insert", "update", "delete")
    ],
}
# Deferred to the commit, so that a transaction takes the lock on the one row last of all: two that
# wait for each other's records as well could not both end. Once a transaction is enough.
STAMP_ON_POSTGRESQL = {
    "once": [
        f"""
        CREATE OR REPLACE FUNCTION certifications_renew_stamp() RETURNS trigger
        LANGUAGE plpgsql AS $$
        DECLARE now_in text := pg_current_xact_id()::text;
        BEGIN
            IF current_setting('gecc.stamped', true) IS DISTINCT FROM now_in THEN
                PERFORM set_config('gecc.stamped', now_in, true);
                {_UPSERT.format(token="md5(random()::text || clock_timestamp()::text)")};
            END IF;
            RETURN NULL;
        END $$
        """
    ],
    "each": [
        """
        DO $$ BEGIN
            IF NOT EXISTS (
                SELECT 1 FROM pg_trigger
                WHERE tgname = 'stamp_{table}' AND tgrelid = '{table}'::regclass
            ) THEN
                CREATE CONSTRAINT TRIGGER stamp_{table} AFTER INSERT OR UPDATE OR DELETE ON {table}
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                EXECUTE FUNCTION certifications_renew_stamp();
            END IF;
        END $$
        """
    ],
}
