"""Highlighting: the letters of a text that a query matched."""

import itertools
import re
from collections.abc import Iterator

from certifications.search.folding import folded_positions
from certifications.search.query import ParsedQuery

# Signs that share a cell with the letter before them.
_HANGING = re.compile("[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]")


def highlight(text: str, parsed: ParsedQuery) -> list[tuple[str, bool]]:
    """The text in fragments, each with whether it matched; no letter is cut from its marks."""
    folded, at = folded_positions(text, (0, len(text)))
    marked = [False] * len(text)
    for way in {way for term in parsed.terms for way in term.every}:
        if len(way) > 1 or way.isdecimal():
            word = way.strip()
            for start in _occurrences(way, folded):
                start += way.find(word)
                first, last = at[start], at[start + len(word) - 1]
                marked[first : last + 1] = [True] * (last + 1 - first)
    for position in range(1, len(text)):
        if _HANGING.match(text[position]):
            marked[position] = marked[position - 1]
    groups = itertools.groupby(zip(text, marked, strict=True), key=lambda pair: pair[1])
    return [("".join(letter for letter, _is in pairs), is_match) for is_match, pairs in groups]


def _occurrences(way: str, folded: str) -> Iterator[int]:
    start = folded.find(way)
    while start >= 0:
        yield start
        start = folded.find(way, start + 1)
