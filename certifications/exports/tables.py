"""Tables of records for export: rows in chunks, records, cells in the order of the columns."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Model

from certifications.exports.columns.agencies import AGENCIES
from certifications.exports.columns.awards import AWARDS
from certifications.exports.columns.column import ADDRESS, Column
from certifications.exports.columns.events import EVENTS
from certifications.exports.columns.figures import FIGURES
from certifications.models import (
    Agency,
    AnnouncedFigure,
    Award,
    AwardEvent,
    AwardRecipient,
    Source,
)

CHUNK = 500  # rows whose sources and recipients are fetched together
SOURCES_OF = {Award: "awards", AwardEvent: "events", AnnouncedFigure: "figures"}


@dataclass
class Table:
    """Rows that are read once, from the database to the reader, never all held at a time."""

    name: str  # the stem of its files: agencies, awards …
    columns: tuple[Column, ...]
    rows: Iterable[Model]
    site: str  # "https://gecc.example", before every address of ours
    on: datetime.date
    title: str = ""  # the criteria, in words
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
        """Fetch what the columns of a chunk lead to: at most two queries, whatever its size, and
        the ministries once a table."""
        kind = type(rows[0])
        if kind is Award:
            _name_recipients(rows)
            self._name_ministries([award.agency for award in rows])
        elif kind is Agency:
            _name_recipients(_shown_awards(rows))
            self._name_ministries(rows)
        if kind in SOURCES_OF:
            _name_sources(rows, SOURCES_OF[kind])

    def _name_ministries(self, agencies: list[Agency]) -> None:
        if self._ministries is None:
            every = Agency.objects.filter(kind=Agency.Kind.MINISTRY)
            self._ministries = {ministry.code: ministry for ministry in every}
        for agency in agencies:
            above = map(self._ministries.get, [*agency.ancestor_codes, agency.code])
            agency.ministry = next(filter(None, above), None)


def _shown_awards(agencies: list[Agency]) -> list[Award]:
    """The awards that rows of agencies show, each knowing its agency without a query."""
    for agency in agencies:
        if agency.shown_award:
            agency.shown_award.agency = agency
    return [agency.shown_award for agency in agencies if agency.shown_award]


# Plain values rather than prefetched records: those cost half the time of a long file.
def _name_sources(rows: list[Model], related_name: str) -> None:
    of_rows = Source.objects.filter(**{f"{related_name}__in": [row.pk for row in rows]})
    addresses = _grouped(of_rows.values_list(related_name, "url"))
    for row in rows:
        row.source_addresses = [address for (address,) in addresses.get(row.pk, [])]


def _name_recipients(awards: list[Award]) -> None:
    recipients = AwardRecipient.objects.filter(award__in=[award.pk for award in awards])
    people = _grouped(recipients.values_list("award", "name", "position"))
    for award in awards:
        award.received_by = people.get(award.pk, [])


def _grouped(rows: Iterable[tuple]) -> dict[int, list[tuple]]:
    """Rows by their first value, in the order they came."""
    groups: dict[int, list[tuple]] = {}
    for key, *values in rows:
        groups.setdefault(key, []).append(tuple(values))
    return groups


def _cell(value: object) -> object:
    return None if value == "" else value


def agencies(rows: Iterable[Agency], **facts) -> Table:
    """Rows of `listing.results.listing`: each with its `shown_award` and `years`."""
    return Table("agencies", AGENCIES, rows, **facts)


def awards(rows: Iterable[Award], **facts) -> Table:
    """Rows of `listing.results.award_listing`."""
    return Table("awards", AWARDS, rows, **facts)


def events(**facts) -> Table:
    """Every public ceremony, the latest first."""
    rows = AwardEvent.objects.published().with_recorded()
    return Table("events", EVENTS, rows, count=rows.count(), **facts)


def figures(**facts) -> Table:
    """Every figure announced for a round whose ceremony is public."""
    rows = AnnouncedFigure.objects.published().select_related("agency", "level")
    return Table("figures", FIGURES, rows, count=rows.count(), **facts)
