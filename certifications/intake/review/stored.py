"""Rows to and from JSON, with the corrections of staff."""

import datetime
from dataclasses import asdict, fields, replace
from decimal import Decimal

from certifications.intake.reading.rows import ReadRow
from certifications.models import IntakeRow
from certifications.models.values import plain

# What staff may put right on the screen; a correction answers for the faults of reading.
EDITABLE = (
    "name",
    "year",
    "level",
    "score",
    "province",
    "certificate_number",
    "known_by",
    "recipient",
    "recipient_position",
)
_KEYS = {"warnings": "doubts"}  # as the rows of intakes have them that are there already
_NAMES = {_KEYS.get(each.name, each.name): each.name for each in fields(ReadRow)}


def stored(row: ReadRow) -> dict:
    """A row as JSON keeps it; without what it does not say.

    What stood there is a list: PostgreSQL puts the keys of an object in an order of its own.
    """
    values = {
        _KEYS.get(name, name): plain(value)
        for name, value in asdict(row).items()
        if value not in ("", None)
    }
    return values | {"raw": [list(pair) for pair in row.raw.items()]}


def restored(values: dict) -> ReadRow:
    """The row that `stored` made these values of."""
    known = {
        _NAMES[key]: value for key, value in values.items() if key in _NAMES and value is not None
    }
    if "score" in known:
        known["score"] = Decimal(known["score"])
    if "known_by" in known:
        known["known_by"] = datetime.date.fromisoformat(known["known_by"])
    return ReadRow(**{"number": 0} | known | {"raw": dict(known.get("raw", ()))})


def corrected(row: IntakeRow) -> ReadRow:
    """What a row says, with the corrections of staff; these have answered for its faults."""
    read = restored(row.read)
    if not row.edits:
        return read
    edited = restored(row.read | row.edits)
    return replace(edited, faults=[], warnings=read.warnings)
