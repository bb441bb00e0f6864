"""Triggers as the database stores them, beside those that the code would make."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Trigger:
    """One trigger of one table, spelled as the database itself tells it."""

    table: str
    name: str
    sql: str
    function: str = ""  # of PostgreSQL alone: its name
    body: str = ""  # and what it does


def stored(connection) -> dict[tuple[str, str], Trigger]:
    """(table, name) → every trigger that there is and that is not switched off. One query."""
    read = _ON_SQLITE if connection.vendor == "sqlite" else _ON_POSTGRESQL
    with connection.cursor() as cursor:
        cursor.execute(read)
        triggers = [Trigger(*row) for row in cursor.fetchall()]
    return {(one.table, one.name): one for one in triggers}


def differing(connection, wanted: Iterable[Trigger]) -> list[Trigger]:
    """Those that are missing, switched off, or not as the code would make them."""
    there = stored(connection)
    return [one for one in wanted if there.get((one.table, one.name)) != one]


def make(connection, triggers: Iterable[Trigger]) -> None:
    """Make them, in place of whatever bears their name."""
    with connection.cursor() as cursor:
        for one in triggers:
            if one.function:
                cursor.execute(_FUNCTION.format(name=one.function, body=one.body))
            drop(connection, [one])
            cursor.execute(one.sql)


def drop(connection, triggers: Iterable[Trigger]) -> None:
    of_table = " ON {}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for one in triggers:
            cursor.execute(f"DROP TRIGGER IF EXISTS {one.name}" + of_table.format(one.table))


_FUNCTION = "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
_ON_SQLITE = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
_ON_POSTGRESQL = """
    SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid, true), p.proname, p.prosrc
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
        AND c.relnamespace = current_schema()::regnamespace
"""
