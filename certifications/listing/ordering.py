"""The rows of a list in order, in segments: windows and chunks of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from certifications.models import Agency

CHUNK = 1000  # rows read at a time when all are handed out


@dataclass(frozen=True)
class Segment:
    """Part of a list: agencies in the order of a query, and how many they are."""

    agencies: QuerySet
    number: int

    def window(self, start: int, stop: int) -> list[Agency]:
        return list(self.agencies[start:stop])

    def chunks(self) -> Iterator[list[Agency]]:
        batch = []
        for agency in self.agencies.iterator(chunk_size=CHUNK):
            batch.append(agency)
            if len(batch) == CHUNK:
                yield batch
                batch = []
        if batch:
            yield batch


@dataclass(frozen=True)
class Ranked:
    """Part of a list: agencies in the order of the keys given."""

    agencies: QuerySet
    keys: Sequence[int]

    @property
    def number(self) -> int:
        return len(self.keys)

    def window(self, start: int, stop: int) -> list[Agency]:
        wanted = self.keys[start:stop]
        found = {agency.pk: agency for agency in self.agencies.filter(pk__in=wanted)}
        return [found[pk] for pk in wanted if pk in found]

    def chunks(self) -> Iterator[list[Agency]]:
        for start in range(0, len(self.keys), CHUNK):
            yield self.window(start, start + CHUNK)


class InOrder:
    """A list made of segments, one after another; any part of it can be read by itself."""

    def __init__(self, segments: Sequence[Segment | Ranked]):
        self._segments = segments

    def __len__(self) -> int:
        return sum(segment.number for segment in self._segments)

    def window(self, start: int, stop: int) -> list[Agency]:
        """Rows `start` to `stop`, from as few segments as hold them."""
        rows: list[Agency] = []
        before = 0
        for segment in self._segments:
            first, last = max(start - before, 0), min(stop - before, segment.number)
            if first < last:
                rows += segment.window(first, last)
            before += segment.number
        return rows

    def chunks(self) -> Iterator[list[Agency]]:
        """All rows, a thousand at a time."""
        for segment in self._segments:
            yield from segment.chunks()
