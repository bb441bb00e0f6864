"""What was changed of a record, and of the rows that belong to it, since a form was opened.

The version of a form is the number of the latest change of what it shows.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.db.models import Max, Q, QuerySet

from certifications.audit.kept import kept_models
from certifications.audit.record_triggers import AGENCY_OF
from certifications.models import Agency, Change
from certifications.models.values import stored

NOT_KNOWN = object()  # in place of a value that no change has kept


@dataclass(frozen=True)
class Part:
    """A table whose rows belong to a record: recipients, names, links to sources."""

    model: type[models.Model]
    column: str  # that holds the key of the record

    @property
    def is_found_by_agency(self) -> bool:
        return self.model._meta.model_name in AGENCY_OF


def _label(model: type[models.Model]) -> str:
    return model._meta.concrete_model._meta.label_lower


def links_of(model: type[models.Model]) -> Iterator[Part]:
    """The tables that join a model's records to others."""
    for relation in model._meta.local_many_to_many:
        yield Part(relation.remote_field.through, relation.m2m_column_name())


@dataclass(frozen=True)
class Watched:
    """A record with the rows that are edited in one form with it."""

    model: type[models.Model]
    key: int
    parts: tuple[Part, ...]

    @property
    def is_kept(self) -> bool:
        return self.model._meta.concrete_model in kept_models()

    def version(self) -> int:
        """0 for what has never been changed since changes are kept."""
        queries = [self._own(), *self._of_parts(set())]
        latest = (one.order_by().aggregate(latest=Max("pk"))["latest"] for one in queries)
        return max(one or 0 for one in latest)

    def since(self, version: int, back_to: int | None = None) -> "Since":
        """What came after a version, or after an older one, the oldest first."""
        first = version if back_to is None else min(version, back_to)
        found = [*self._own().filter(pk__gte=first)]
        # Its rows were recorded as of the agency that it was of then.
        was_of = {row.get("agency_id") for change in found if (row := change.before)}
        for changes in self._of_parts(was_of):
            found += changes.filter(pk__gte=first)
        found.sort(key=lambda change: change.pk)
        is_known = version == 0 or any(one.pk == version for one in found)
        return Since(version, tuple(one for one in found if one.pk > first), is_known)

    def _own(self) -> QuerySet[Change]:
        return Change.objects.filter(table=_label(self.model), record_key=self.key)

    def _of_parts(self, was_of: set[int | None]) -> Iterator[QuerySet[Change]]:
        """A query for each way of finding them: one of all would use no index."""
        groups = defaultdict(list)
        for part in self.parts:
            groups[part.column, part.is_found_by_agency].append(_label(part.model))
        agencies = self._agencies()
        for (column, is_found_by_agency), tables in groups.items():
            changes = Change.objects.filter(
                Q(**{f"before__{column}": self.key}) | Q(**{f"after__{column}": self.key}),
                table__in=tables,
            )
            if is_found_by_agency and agencies:
                changes = changes.filter(agency_key__in=(agencies | was_of) - {None})
            yield changes

    def _agencies(self) -> set[int]:
        """The one that it is of; none for what is, or may be, of none."""
        if self.model is Agency:
            return {self.key}
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        if "agency" not in fields or fields["agency"].null:
            return set()
        records = self.model._base_manager.filter(pk=self.key).order_by()
        return {*records.values_list("agency_id", flat=True)}


@dataclass(frozen=True)
class Since:
    """The changes after a version, and whether the record has such a version."""

    version: int
    changes: tuple[Change, ...]
    is_known: bool

    @property
    def latest(self) -> int:
        return self.changes[-1].pk if self.changes else self.version

    @cached_property
    def _rows(self) -> dict[tuple[str, int], list[Change]]:
        rows = defaultdict(list)
        for change in self.changes:
            rows[change.table, change.record_key].append(change)
        return rows

    def of_row(self, model: type[models.Model], key: int, version: int) -> "RowSince":
        """What happened to a row after this or an older version."""
        changes = self._rows.get((_label(model), key), [])
        return RowSince(model, tuple(one for one in changes if one.pk > version))

    def of_table(self, model: type[models.Model]) -> list[Change]:
        """What happened to rows of a table after the version itself."""
        label = _label(model)
        return [one for one in self.changes if one.table == label and one.pk > self.version]


@dataclass(frozen=True)
class RowSince:
    """What happened to one row, the oldest first."""

    model: type[models.Model]
    changes: tuple[Change, ...]

    def opened(self, field: models.Field):
        """The value before the first of the changes, as the model holds it."""
        row = (self.changes[0].before or {}) if self.changes else {}
        if field.column not in row:
            return NOT_KNOWN
        return stored(field, row[field.column])

    def as_opened(self) -> models.Model:
        """The row as it stood before the first of the changes."""
        fields = [field for field in self.model._meta.concrete_fields if not field.primary_key]
        values = {field.attname: self.opened(field) for field in fields}
        return self.model(**{name: one for name, one in values.items() if one is not NOT_KNOWN})

    def last_of(self, field: models.Field) -> Change | None:
        """The latest change that gave a column another value."""
        return next((one for one in reversed(self.changes) if _changes(one, field)), None)

    def is_changed(self, field: models.Field, version: int) -> bool:
        """Whether the column was given another value after a version."""
        return any(one.pk > version and _changes(one, field) for one in self.changes)


def _changes(change: Change, field: models.Field) -> bool:
    before, after = change.before or {}, change.after or {}
    return before.get(field.column) != after.get(field.column)
