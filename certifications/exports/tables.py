"""A table to hand out: rows in chunks, the records their columns lead to, cells in order."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Model, prefetch_related_objects

from certifications.exports import columns
from certifications.exports.columns import ADDRESS, Column
from certifications.models import Agency, AnnouncedFigure, Award, AwardEvent

CHUNK = 500  # rows whose sources and recipients are fetched together


@dataclass
class Table:
    """Rows that are read once, from the database to the reader, never all held at a time."""

    name: str  # the stem of its files: agencies, awards …
    columns: tuple[Column, ...]
    rows: Iterable[Model]
    site: str  # "https://gecc.example", before every address of ours
    on: datetime.date
    title: str = ""  # what was asked, in words
    count: int | None = None
    _ministries: dict[str, Agency] | None = field(default=None, init=False)

    def cells(self) -> Iterator[list]:
        """The cells of each row, in the order of the columns, as Python values or None."""
        rows = iter(self.rows)
        while chunk := list(islice(rows, CHUNK)):
            self._complete(chunk)
            yield from map(self._cells_of, chunk)

    def records(self) -> Iterator[dict]:
        """Each row as a dict of column name to value, for JSON."""
        names = [column.name for column in self.columns]
        return (dict(zip(names, cells, strict=True)) for cells in self.cells())

    def _cells_of(self, row: Model) -> list:
        return [
            self.site + column.value(row) if column.type == ADDRESS else _cell(column.value(row))
            for column in self.columns
        ]

    def _complete(self, rows: list[Model]) -> None:
        """Fetch what the columns of a chunk lead to: at most two queries, whatever its size."""
        kind = type(rows[0])
        if kind is Award:
            prefetch_related_objects(rows, "sources", "recipients")
            self._name_ministries([award.agency for award in rows])
        elif kind is Agency:
            self._name_ministries(rows)
        elif kind in (AwardEvent, AnnouncedFigure):
            prefetch_related_objects(rows, "sources")

    def _name_ministries(self, agencies: list[Agency]) -> None:
        if self._ministries is None:
            every = Agency.objects.filter(kind=Agency.Kind.MINISTRY)
            self._ministries = {ministry.code: ministry for ministry in every}
        for agency in agencies:
            above = map(self._ministries.get, [*agency.ancestor_codes, agency.code])
            agency.ministry = next(filter(None, above), None)


def _cell(value: object) -> object:
    return None if value == "" else value


def agencies(rows: Iterable[Agency], **facts) -> Table:
    """Rows of `filters.listing`: each with its `shown_award` and `years`."""
    return Table("agencies", columns.AGENCIES, rows, **facts)


def awards(rows: Iterable[Award], **facts) -> Table:
    """Rows of `filters.award_listing`."""
    return Table("awards", columns.AWARDS, rows, **facts)


def events(**facts) -> Table:
    """Every public ceremony, the latest first."""
    rows = AwardEvent.objects.published().with_recorded()
    return Table("events", columns.EVENTS, rows, count=rows.count(), **facts)


def figures(**facts) -> Table:
    """Every figure announced for a round whose ceremony is public."""
    rows = AnnouncedFigure.objects.published().select_related("agency", "level")
    return Table("figures", columns.FIGURES, rows, count=rows.count(), **facts)
