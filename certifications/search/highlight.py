"""Which letters of a text a query matched."""

import itertools
import re
from collections.abc import Iterator

from certifications.search.folding import folded_places
from certifications.search.query import Reading

# Signs that share a cell with the letter before them.
_HANGING = re.compile("[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]")


def highlight(text: str, reading: Reading) -> list[tuple[str, bool]]:
    """The text in fragments, each with whether it matched; no letter is cut from its marks."""
    folded, at = folded_places(text, (0, len(text)))
    marked = [False] * len(text)
    for way in {way for term in reading.terms for way in term.every}:
        if len(way) > 1 or way.isdecimal():
            word = way.strip()
            for start in _occurrences(way, folded):
                start += way.find(word)
                first, last = at[start], at[start + len(word) - 1]
                marked[first : last + 1] = [True] * (last + 1 - first)
    for place in range(1, len(text)):
        if _HANGING.match(text[place]):
            marked[place] = marked[place - 1]
    groups = itertools.groupby(zip(text, marked, strict=True), key=lambda pair: pair[1])
    return [("".join(letter for letter, _is in pairs), is_match) for is_match, pairs in groups]


def _occurrences(way: str, folded: str) -> Iterator[int]:
    start = folded.find(way)
    while start >= 0:
        yield start
        start = folded.find(way, start + 1)
