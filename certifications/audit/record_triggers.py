"""The triggers that write the audit trail: every change of a kept row, whoever makes it."""

from collections.abc import Iterator

from django.db import models

from certifications.audit.kept import kept_columns, kept_models
from certifications.audit.public_when import public_when
from certifications.audit.stored import Trigger

_OF_AWARD = "(SELECT a.agency_id FROM certifications_award a WHERE a.id = {r}.award_id)"
# Model → the SQL of its agency's key; {r} is the row.
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
_COLUMNS = (
    "(at, act, by_key, by_name, channel, why, "
    '"table", record_key, kind, before, after, agency_key, was_public)'
)
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def record_triggers(vendor: str) -> Iterator[Trigger]:
    """Those of every kept table, for the columns as they are now."""
    of_table = _on_sqlite if vendor == "sqlite" else _on_postgresql
    for model in kept_models():
        yield from of_table(model)


def _agency(model: type[models.Model], row: str) -> str:
    return AGENCY_OF.get(model._meta.model_name, "NULL").format(r=row)


def _was_public(model: type[models.Model], rows: tuple[str, ...], vendor: str) -> str:
    """Whether anyone could see it before, or can see it after."""
    return " OR ".join(public_when(model, row, vendor) for row in rows)


# --- SQLite --------------------------------------------------------------------------------------

CURRENT_ACT = "CREATE TABLE IF NOT EXISTS certifications_currentact (act TEXT NOT NULL)"
ONE_CURRENT_ACT = (
    "INSERT INTO certifications_currentact SELECT '' "
    "WHERE NOT EXISTS (SELECT 1 FROM certifications_currentact)"
)


def _on_sqlite(model: type[models.Model]) -> Iterator[Trigger]:
    """One writer at a time: the act stands in a row that its own transaction empties again."""
    meta, columns = model._meta, kept_columns(model)
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    for kind, rows in _ROWS.items():
        before, after = (
            "json_object({})".format(", ".join(f"'{c}', {row}.\"{c}\"" for c in columns))
            if row in rows
            else "NULL"
            for row in ("OLD", "NEW")
        )
        row, name = rows[-1], f"change_{meta.db_table}_{kind}"
        sql = f"""CREATE TRIGGER {name} AFTER {kind} ON {meta.db_table}
            {f"WHEN {changed}" if kind == "update" else ""}
            BEGIN INSERT INTO certifications_change {_COLUMNS}
            SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'),
                coalesce(json_extract(act, '$.act'), ''), json_extract(act, '$.by_key'),
                coalesce(json_extract(act, '$.by_name'), ''),
                coalesce(json_extract(act, '$.channel'), 'outside'),
                coalesce(json_extract(act, '$.why'), ''),
                '{meta.label_lower}', {row}."{meta.pk.column}", '{kind}', {before}, {after},
                {_agency(model, row)}, ({_was_public(model, rows, "sqlite")})
            FROM (SELECT nullif((SELECT act FROM certifications_currentact), '') AS act); END"""
        yield Trigger(meta.db_table, name, sql)


# --- PostgreSQL ----------------------------------------------------------------------------------


def _on_postgresql(model: type[models.Model]) -> Iterator[Trigger]:
    """The act stands in a setting that ends with its transaction."""
    table, columns = model._meta.db_table, kept_columns(model)
    name = f"change_{table}"
    old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("OLD", "NEW"))
    body = f"""
        DECLARE act jsonb := nullif(current_setting('gecc.act', true), '')::jsonb;
        BEGIN
            IF TG_OP = 'INSERT' THEN {_written_on_postgresql(model, "insert")}
            ELSIF TG_OP = 'DELETE' THEN {_written_on_postgresql(model, "delete")}
            ELSIF ROW({old}) IS DISTINCT FROM ROW({new}) THEN
                {_written_on_postgresql(model, "update")}
            END IF;
            RETURN NULL;
        END """
    sql = (
        f"CREATE TRIGGER {name} AFTER INSERT OR DELETE OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
    yield Trigger(table, name, sql, name, body)


def _written_on_postgresql(model: type[models.Model], kind: str) -> str:
    meta, rows = model._meta, _ROWS[kind]
    before, after = (_as_jsonb(model, row) if row in rows else "NULL" for row in ("OLD", "NEW"))
    row = rows[-1]
    return f"""
            INSERT INTO certifications_change {_COLUMNS}
            VALUES (clock_timestamp(), coalesce(act->>'act', ''), (act->>'by_key')::bigint,
                coalesce(act->>'by_name', ''), coalesce(act->>'channel', 'outside'),
                coalesce(act->>'why', ''), '{meta.label_lower}', {row}."{meta.pk.column}",
                '{kind}', {before}, {after}, {_agency(model, row)},
                ({_was_public(model, rows, "postgresql")}));
        """


def _as_jsonb(model: type[models.Model], row: str) -> str:
    pairs = ", ".join(f"'{column}', {row}.\"{column}\"" for column in kept_columns(model))
    return f"jsonb_build_object({pairs})"
