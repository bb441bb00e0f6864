"""Rows that an act wrote, as plain values: kept with requests, shown, compared, written again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models

from certifications.models.changes import Change
from certifications.models.proposals import ProposalItem
from certifications.models.values import plain, stored

Values = Mapping[str, object]  # column → plain value


@dataclass(frozen=True)
class Row:
    """One row of one table, before and after an act; None where there is none.

    A key below zero is a placeholder: of a row that is yet to be made. Other rows name it so too.
    """

    table: str
    key: int
    before: Values | None
    after: Values | None

    @property
    def model(self) -> type[models.Model]:
        """LookupError when the register has no such table any longer."""
        return apps.get_model(self.table)

    @property
    def kind(self) -> str:
        if self.before is None:
            return Change.Kind.INSERT
        return Change.Kind.UPDATE if self.after is not None else Change.Kind.DELETE

    @property
    def changed(self) -> dict[str, tuple]:
        """Column → value before and after, of those that the act changed."""
        before, after = self.before or {}, self.after or {}
        return {
            column: (before.get(column), after.get(column))
            for column in {**before, **after}
            if before.get(column) != after.get(column)
        }

    @property
    def inverse(self) -> "Row":
        """What takes it back."""
        return Row(self.table, self.key, self.after, self.before)


def rows_of(changes: Iterable[Change]) -> list[Row]:
    """What changes come to, the earliest first, without the steps between."""
    found: dict[tuple[str, int], Row] = {}
    for change in changes:
        row = row_of(change)
        place = (row.table, row.key)
        earlier = found.get(place)
        found[place] = Row(*place, earlier.before, row.after) if earlier else row
    rows = [row for row in found.values() if row.before != row.after]
    return with_placeholders(rows)


def row_of(kept: Change | ProposalItem) -> Row:
    """A row that was recorded or proposed, its values in one spelling."""
    before, after = (as_plain(kept.table, values) for values in (kept.before, kept.after))
    return Row(kept.table, kept.record_key, before, after)


def as_plain(table: str, values: Values | None) -> Values | None:
    """Values as a trigger or an earlier release wrote them, in one spelling: SQLite has 1 for yes,
    81.0 for 81.
    """
    if values is None:
        return None
    fields = fields_of(table)
    return {
        column: plain(stored(fields[column], value)) if column in fields else value
        for column, value in values.items()
    }


@cache
def fields_of(table: str) -> dict[str, models.Field]:
    """Column → field; nothing for a table that the register has no longer."""
    try:
        return {field.column: field for field in apps.get_model(table)._meta.concrete_fields}
    except LookupError:
        return {}


@cache
def keys_in(table: str) -> dict[str, str]:
    """Column → the table whose keys it holds."""
    return {
        column: field.related_model._meta.label_lower
        for column, field in fields_of(table).items()
        if field.is_relation
    }


def with_placeholders(rows: list[Row]) -> list[Row]:
    """Keys of new rows made placeholders, wherever a row names them."""
    new = [row for row in rows if row.before is None and row.key > 0]
    placeholders = {(row.table, row.key): -number for number, row in enumerate(new, start=1)}
    return [renamed(row, placeholders) for row in rows]


def renamed(row: Row, keys: Mapping[tuple[str, int], int]) -> Row:
    """The row with other keys: (table, key) → key."""
    return Row(
        row.table,
        keys.get((row.table, row.key), row.key),
        _renamed(row.table, row.before, keys),
        _renamed(row.table, row.after, keys),
    )


def _renamed(table: str, values: Values | None, keys: Mapping) -> Values | None:
    if values is None:
        return None
    own = {"id": table} | keys_in(table)
    return {
        column: keys.get((own[column], value), value) if column in own else value
        for column, value in values.items()
    }


def alike(rows: Iterable[Row]) -> Counter[tuple]:
    """What two runs of one act have in common: all but when it was done and by whom."""
    return Counter(
        (
            row.table,
            row.key if row.key > 0 else 0,
            row.kind,
            tuple(sorted((column, *map(str, pair)) for column, pair in _told(row).items())),
        )
        for row in rows
    )


def _told(row: Row) -> dict[str, tuple]:
    of_its_own_run = {"id"} | _written_by_the_clock(row.table)
    return {
        column: pair
        for column, pair in row.changed.items()
        if column not in of_its_own_run and not _is_placeholder(row.table, column, pair)
    }


def _is_placeholder(table: str, column: str, pair: tuple) -> bool:
    return column in keys_in(table) and any(isinstance(key, int) and key < 0 for key in pair)


@cache
def _written_by_the_clock(table: str) -> frozenset[str]:
    """Columns of moments and of accounts: another run has others."""
    return frozenset(
        column
        for column, field in fields_of(table).items()
        if isinstance(field, models.DateTimeField)
        or (field.is_relation and field.related_model._meta.label_lower == "auth.user")
    )
