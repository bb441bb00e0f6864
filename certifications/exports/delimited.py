"""CSV: UTF-8, CRLF, English column names, nothing that a spreadsheet would run."""

import csv
import datetime
from collections.abc import Iterator

from certifications.exports.tables import Table

BOM = "\ufeff"  # without it Excel reads Thai as another alphabet
CONTENT_TYPE = "text/csv; charset=utf-8"

# A spreadsheet takes a cell that begins so for a formula. The last four are the wide forms.
RUNS_AS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LINES = 200  # handed on together


class Echo:
    """A file that hands back what is written to it, so that csv.writer can stream."""

    @staticmethod
    def write(line: str) -> str:
        return line


def stream(table: Table, bom: bool = False) -> Iterator[str]:
    """The file in pieces, the header first; `bom` for files that people open in Excel."""
    line = csv.writer(Echo()).writerow
    lines = [(BOM if bom else "") + line([column.name for column in table.columns])]
    for cells in table.cells():
        lines.append(line(map(written, cells)))
        if len(lines) == LINES:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def written(value: object) -> str:
    """A cell as text: empty for None, true or false, ISO dates, an apostrophe before a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(RUNS_AS_A_FORMULA):
        return f"'{value}"
    return str(value)
