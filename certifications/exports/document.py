"""JSON: title, day and licence, then the rows, streamed; Thai written as Thai."""

import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder

from certifications.exports.tables import Table

CONTENT_TYPE = "application/json"
ROWS = 200  # handed on together


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


def stream(table: Table, about: dict) -> Iterator[str]:
    """`about` says the same of the whole file that the other formats say beside theirs."""
    head = {"title": table.title, "on": table.on, "count": table.count} | about
    yield as_json(head)[:-1] + ', "rows": ['
    pieces, before = [], "\n"
    for record in table.records():
        pieces.append(before + as_json(record))
        before = ",\n"
        if len(pieces) == ROWS:
            yield "".join(pieces)
            pieces.clear()
    yield "".join(pieces) + "\n]}\n"
