"""An index of the folded names of all agencies, for equal and similar names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from certifications.intake.matching.candidates import MOST_CANDIDATES
from certifications.models import Agency, SearchEntry
from certifications.models.search_index import current_vocabulary
from certifications.search import abbreviations
from certifications.search.entry import BETWEEN

SLIPS = 2  # letters
MOST_ALIKE = 100  # names of one length so near another: offices of one name in many provinces
LEAST_LETTERS = 8  # of a name that may be misspelt
LIKE_ENOUGH = 70  # of 100: what may be meant by a name unlike any is offered from here on


def bodies_called(names: Iterable[str]) -> dict[str, set[int]]:
    """Name → the bodies of the register that are called so, however it is spelt."""
    vocabulary = current_vocabulary()
    ways = {name: abbreviations.spellings(name, vocabulary) for name in names}
    called = Register().called({way for each in ways.values() for way in each})
    return {name: {pk for way in each for pk in called.get(way, ())} for name, each in ways.items()}


class Register:
    """The folded names of every body, read once."""

    def __init__(self) -> None:
        self.entries = list(SearchEntry.objects.order_by("pk").values_list("pk", "names"))
        self._grouped: dict[str, dict[int, tuple[list[str], list[int]]]] = {}

    def called(self, wanted: set[str]) -> dict[str, list[int]]:
        """Folded name → the bodies that have it, of the names wanted."""
        found: dict[str, list[int]] = defaultdict(list)
        for pk, names in self.entries:
            parts = names.split(BETWEEN)
            if not wanted.isdisjoint(parts):
                for name in wanted.intersection(parts):
                    found[name].append(pk)
        return found

    def misspelt(self, name: str, named: set[str]) -> list[int]:
        """Bodies with a name at most two letters away from this folded one; only those in the
        provinces said, and those in none."""
        if len(name) < LEAST_LETTERS:
            return []
        found: dict[int, None] = {}
        for province in {"", *named} if named else self._groups():
            of_length = self._groups().get(province, {})
            for length in range(len(name) - SLIPS, len(name) + SLIPS + 1):
                names, keys = of_length.get(length, ((), ()))
                near = process.extract(
                    name, names, scorer=OSA.distance, score_cutoff=SLIPS, limit=MOST_ALIKE
                )
                found |= dict.fromkeys(keys[position] for _name, _slips, position in near)
        return list(found)

    def alike(self, name: str, named: set[str]) -> list[int]:
        """The bodies of these provinces whose names are most like this folded one, or hold it."""
        found: dict[int, float] = {}
        for province in {"", *named}:
            for names, keys in self._groups().get(province, {}).values():
                for position, nearness in _alike_in(name, names):
                    found[keys[position]] = max(nearness, found.get(keys[position], 0))
        return sorted(found, key=lambda pk: -found[pk])[:MOST_CANDIDATES]

    def _groups(self) -> dict[str, dict[int, tuple[list[str], list[int]]]]:
        """Province → length → the names of that length, and whose they are."""
        if not self._grouped:
            provinces_of = dict(Agency.objects.order_by().values_list("pk", "province"))
            for pk, names in self.entries:
                of_length = self._grouped.setdefault(provinces_of.get(pk, ""), {})
                for name in names.strip(BETWEEN).split(BETWEEN):
                    names_and_keys = of_length.setdefault(len(name), ([], []))
                    names_and_keys[0].append(name)
                    names_and_keys[1].append(pk)
        return self._grouped


def _alike_in(name: str, names: list[str]) -> Iterator[tuple[int, float]]:
    """Place and nearness, 0 to 1, of the names of one length that are like this one or hold it."""
    near = process.extract(
        name,
        names,
        scorer=OSA.normalized_similarity,
        score_cutoff=LIKE_ENOUGH / 100,
        limit=MOST_CANDIDATES,
    )
    yield from ((position, nearness) for _name, nearness, position in near)
    if len(name) >= LEAST_LETTERS:
        yield from (
            (position, len(name) / len(one)) for position, one in enumerate(names) if name in one
        )
