"""Records whole, as plain values: the rows that are part of them, and the records they name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from certifications.audit.kept import kept_columns, kept_models
from certifications.audit.rows import Values, keys_in
from certifications.models import Agency, AnnouncedFigure, AwardEvent, Criterion, shown
from certifications.models.publishing import Publishable
from certifications.models.values import plain, stored

Rows = dict[str, dict[str, Values]]  # table → key, as text → column → plain value
Place = tuple[str, int]  # table and key


@cache
def parts_of(model: type[models.Model]) -> tuple[tuple[type[models.Model], str], ...]:
    """The kinds of rows that are part of a model's records, each with the column that leads there:
    recipients, files, other names, links to sources.
    """
    leading = [(part, shown.whole_of(part)) for part in kept_models()]
    return tuple(
        (part, whole.column) for part, whole in leading if whole and whole.related_model is model
    )


def values_of(found: QuerySet) -> Iterator[tuple[int, Values]]:
    """Key and plain values of each record of a query, in the columns that are kept of it."""
    columns = {*kept_columns(found.model)}
    fields = [field for field in found.model._meta.concrete_fields if field.column in columns]
    for row in found.order_by("pk").values_list("pk", *(field.attname for field in fields)):
        values = zip(fields, row[1:], strict=True)
        yield row[0], {field.column: plain(stored(field, value)) for field, value in values}


def own_values(records: Iterable[Publishable]) -> dict[Publishable, Values]:
    """The row of each record as it is now. One query a model."""
    return {
        record: values[record.pk]
        for model, of_model in _by_model(records).items()
        if (values := dict(values_of(_of(model, [record.pk for record in of_model]))))
        for record in of_model
        if record.pk in values
    }


def belongings(records: Iterable[Publishable]) -> dict[Publishable, Rows]:
    """The rows that are part of each record. One query a kind of row."""
    found: dict[Publishable, Rows] = {}
    for model, of_model in _by_model(records).items():
        of_keys = _parts(model, [record.pk for record in of_model])
        found |= {record: of_keys[record.pk] for record in of_model}
    return found


def named(records: Iterable[Publishable], parts: dict[Publishable, Rows]) -> dict:
    """Record → what it and its parts name: bodies with their other names, ceremonies, levels and
    sources; of a ceremony also what its round brings along. A query a kind of row.
    """
    own = own_values(records)
    places = {record: _names(record, values, parts[record]) for record, values in own.items()}
    known = _read({place for of_record in places.values() for place in of_record})
    bodies = {key for table, key in known if table == Agency._meta.label_lower}
    of_bodies = _parts(Agency, bodies)
    found = {}
    for record, of_record in places.items():
        rows = _round(record) if isinstance(record, AwardEvent) else {}
        for table, key in of_record:
            rows.setdefault(table, {})[str(key)] = known.get((table, key), {})
            if table == Agency._meta.label_lower:
                for part, values in of_bodies[key].items():
                    rows.setdefault(part, {}).update(values)
        found[record] = rows
    return found


def _names(record: Publishable, own: Values, parts: Rows) -> list[Place]:
    """The records of the register whose keys stand in a record's row and in its parts."""
    label = record._meta.label_lower
    rows = [(label, own), *((table, row) for table, of in parts.items() for row in of.values())]
    places = [
        (to, row[column])
        for table, row in rows
        for column, to in keys_in(table).items()
        if row.get(column) and to.startswith("certifications.")
    ]
    return [place for place in dict.fromkeys(places) if place != (label, record.pk)]


def _read(places: Iterable[Place]) -> dict[Place, Values]:
    keys: dict[str, list[int]] = defaultdict(list)
    for table, key in places:
        keys[table].append(key)
    return {
        (table, key): values
        for table, wanted in keys.items()
        for key, values in values_of(_of(apps.get_model(table), wanted))
    }


def _parts(model: type[models.Model], keys: Iterable[int]) -> dict[int, Rows]:
    found: dict[int, Rows] = {key: {} for key in keys}
    for part, column in parts_of(model) if found else ():
        rows = part._base_manager.filter(**{f"{column}__in": found})
        for key, values in values_of(rows):
            of_part = found[values[column]].setdefault(part._meta.label_lower, {})
            of_part[str(key)] = values
    return found


def _round(event: AwardEvent) -> Rows:
    """The figures and viewpoints that a ceremony's round brings to the public with it."""
    year = event.year
    brought = {
        AnnouncedFigure: Q(last_year=year),
        Criterion: Q(first_year__lte=year, last_year__gte=year),
    }
    rows = {model: values_of(model.objects.filter(of)) for model, of in brought.items()}
    return {
        model._meta.label_lower: {str(key): values for key, values in found}
        for model, found in rows.items()
    }


def _of(model: type[models.Model], keys: list[int]) -> QuerySet:
    return model._base_manager.filter(pk__in=keys)


def _by_model(records: Iterable[Publishable]) -> dict[type[Publishable], list[Publishable]]:
    found = defaultdict(list)
    for record in records:
        found[type(record)].append(record)
    return found
