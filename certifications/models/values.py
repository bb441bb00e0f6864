"""A record as plain values, as JSON keeps them: what is compared later on, and put back."""

import datetime
import json
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Field, JSONField, Model
from django.utils import timezone

# All that is told of an award in its own row; the register itself writes the rest.
AWARD_FIELDS = (
    "agency",
    "year",
    "event",
    "known_by",
    "level",
    "score",
    "score_is_printed",
    "certificate_number",
    "name_as_printed",
)


def plain(value: object) -> object:
    """A value as JSON holds it: the key of a record, an ISO date, a number as text."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def stored(field: Field, value: object) -> object:
    """A value that a trigger wrote, as the model holds it; moments without a zone are UTC."""
    if value is None or field.is_relation:
        return value
    if isinstance(field, JSONField):
        return json.loads(value) if isinstance(value, str) else value
    value = field.to_python(value)
    if not isinstance(value, datetime.datetime):
        return value
    aware = value.replace(tzinfo=datetime.UTC) if timezone.is_naive(value) else value
    return aware.astimezone(datetime.UTC)


def plain_values(record: Model, names: Iterable[str] = AWARD_FIELDS) -> dict[str, object]:
    """Column → plain value, of the fields named; whether the record was read or just filled in."""
    fields = [record._meta.get_field(name) for name in names]
    return {
        field.attname: plain(field.to_python(getattr(record, field.attname))) for field in fields
    }


def as_written_now(model: type[Model], values: dict[str, object]) -> dict[str, object]:
    """Plain values that were kept, as `plain_values` would write them: 81.00 is 81. What is no
    column stays as it is.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {
        name: plain(fields[name].to_python(value)) if name in fields else value
        for name, value in values.items()
    }


def two_decimals(score: Decimal | int | str) -> str:
    """A score as text in what is kept only to be compared: 81 and 81.0 are 81.00."""
    return f"{Decimal(score):.2f}"
