"""Records whole, as plain values: the rows that are part of them, and the records they name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import models

from certifications.audit.kept import kept_columns
from certifications.audit.rows import Values
from certifications.models import Award, AwardEvent, AwardRecipient, EventFile, RoundDeclaration
from certifications.models.publishing import Publishable
from certifications.models.values import plain, stored

Rows = dict[str, dict[str, Values]]  # table → key, as text → column → plain value

# The rows that are part of a record, each with the field that leads to it.
PARTS: dict[type[Publishable], tuple[tuple[type[models.Model], str], ...]] = {
    Award: ((AwardRecipient, "award_id"), (Award.sources.through, "award_id")),
    AwardEvent: ((EventFile, "event_id"), (AwardEvent.sources.through, "awardevent_id")),
    RoundDeclaration: ((RoundDeclaration.sources.through, "rounddeclaration_id"),),
}
# The records that its page shows by name, each with the field that holds its key.
NAMED: dict[type[Publishable], tuple[str, ...]] = {
    Award: ("agency", "event", "level"),
    AwardEvent: (),
    RoundDeclaration: ("agency",),
}


def values_of(found: models.QuerySet) -> Iterator[tuple[int, Values]]:
    """Key and plain values of each record of a query, in the columns that are kept of it."""
    fields = [
        field
        for field in found.model._meta.concrete_fields
        if field.column in {*kept_columns(found.model)}
    ]
    for row in found.order_by("pk").values_list("pk", *(field.attname for field in fields)):
        yield (
            row[0],
            {
                field.column: plain(stored(field, value))
                for field, value in zip(fields, row[1:], strict=True)
            },
        )


def own_values(records: Iterable[Publishable]) -> dict[Publishable, Values]:
    """The row of each record as it is now. One query a model."""
    return {
        record: values[record.pk]
        for model, of_model in _by_model(records).items()
        if (values := dict(values_of(_of(model, of_model))))
        for record in of_model
        if record.pk in values
    }


def belongings(records: Iterable[Publishable]) -> dict[Publishable, Rows]:
    """The rows that are part of each record. One query a kind of row."""
    found: dict[Publishable, Rows] = {}
    for model, of_model in _by_model(records).items():
        by_key = {record.pk: record for record in of_model}
        found |= {record: {} for record in of_model}
        for part, field in PARTS[model]:
            rows = part._base_manager.filter(**{f"{field}__in": by_key})
            for key, values in values_of(rows):
                of_part = found[by_key[values[field]]].setdefault(part._meta.label_lower, {})
                of_part[str(key)] = values
    return found


def named(records: Iterable[Publishable], parts: dict[Publishable, Rows]) -> dict:
    """What each record and its parts name: bodies, ceremonies, levels, sources."""
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    pairs: dict[Publishable, list[tuple[type[models.Model], int]]] = {}
    for record in records:
        pairs[record] = [*_names(record), *_cited(record, parts[record])]
        for model, key in pairs[record]:
            wanted[model].add(key)
    known = {
        model: dict(values_of(model._base_manager.filter(pk__in=keys)))
        for model, keys in wanted.items()
    }
    found = {}
    for record, of_record in pairs.items():
        rows: Rows = {}
        for model, key in of_record:
            rows.setdefault(model._meta.label_lower, {})[str(key)] = known[model].get(key, {})
        found[record] = rows
    return found


def _names(record: Publishable) -> Iterator[tuple[type[models.Model], int]]:
    for name in NAMED[type(record)]:
        field = record._meta.get_field(name)
        if key := getattr(record, field.attname):
            yield field.related_model, key


def _cited(record: Publishable, parts: Rows) -> Iterator[tuple[type[models.Model], int]]:
    through = type(record).sources.through
    for values in parts.get(through._meta.label_lower, {}).values():
        yield type(record).sources.rel.model, values["source_id"]


def _of(model: type[Publishable], records: list[Publishable]) -> models.QuerySet:
    return model._base_manager.filter(pk__in=[record.pk for record in records])


def _by_model(records: Iterable[Publishable]) -> dict[type[Publishable], list[Publishable]]:
    found = defaultdict(list)
    for record in records:
        found[type(record)].append(record)
    return found
