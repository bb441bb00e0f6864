"""The entry of a record in the search index: names and key, and the grams of a text."""

from collections.abc import Iterable
from dataclasses import dataclass

from certifications.reference import provinces
from certifications.search.abbreviations import spellings_and_cores
from certifications.search.folding import fold
from certifications.search.vocabulary import Vocabulary

GRAM = 3  # letters of a piece in the index
BETWEEN = "|"  # stands between the names in a key; folding leaves none in a name


@dataclass(frozen=True)
class Entry:
    """What is stored for a record: its own names, everything it is found by, and its length."""

    names: str
    key: str
    length: int


def entry(
    names: Iterable[str],
    above: Iterable[str],
    province: provinces.Province | None,
    vocabulary: Vocabulary,
) -> Entry:
    """The entry of a body: its own names, its main one first, and those of the bodies above it."""
    own = [way for name in names for way in spellings_and_cores(name, vocabulary)]
    own = list(dict.fromkeys(own))
    around = list(map(fold, above))
    if province:
        around += [fold(province.name_th), fold(province.name_en), *map(fold, province.aliases)]
    around = [part for part in dict.fromkeys(around) if part and part not in own]
    return Entry(names=_joined(own), key=_joined([*own, *around]), length=len(own[0]) if own else 0)


def _joined(parts: Iterable[str]) -> str:
    return BETWEEN + "".join(part + BETWEEN for part in parts)


def grams(text: str, step: int = 1) -> list[str]:
    """Three-letter pieces of a folded text, each once; with a step still covering every letter."""
    last = len(text) - GRAM
    if last < 0:
        return []
    positions = [*range(0, last, step), last]
    return list(dict.fromkeys(text[at : at + GRAM] for at in positions))
