"""Segmentation of a folded run of letters: known words, numbers, places and what is left."""

import itertools
import re

from certifications.reference import thai
from certifications.search.folding import NOISE
from certifications.search.vocabulary import LEAST_WORD, Vocabulary

LEAST_PLACE = 4  # letters of a place that may be cut off an unknown word


def cut(run: str, at: int, vocabulary: Vocabulary) -> list[tuple[int, int]]:
    """(start, end) of the parts of a folded run: known words, numbers, places, what is left."""
    if not run:
        return []
    whole = [(at, at + len(run))]
    if run in vocabulary.known or run.isdecimal() or (len(run) > 2 and run in vocabulary.shorts):
        return whole
    short = _short_before_known(run, vocabulary)
    if short:
        return [(at, at + short), (at + short, at + len(run))]
    inside = _word_inside(run, vocabulary)
    if inside is None:
        inside = _number_at_an_end(run) or _place_at_an_end(run, vocabulary)
    if inside is None:
        return _words_of(run, at)
    start, length = inside
    return [
        *cut(run[:start], at, vocabulary),
        (at + start, at + start + length),
        *cut(run[start + length :], at + start + length, vocabulary),
    ]


def _word_inside(run: str, vocabulary: Vocabulary) -> tuple[int, int] | None:
    """The longest known word in a run, unless cutting it out leaves scraps that mean nothing."""
    for word in vocabulary.words:
        if word in run:
            start = run.find(word)
            rest = (run[:start], run[start + len(word) :])
            if not any(_is_scrap(part, vocabulary) for part in rest):
                return start, len(word)
    return None


def _is_scrap(part: str, vocabulary: Vocabulary) -> bool:
    meaningful = part in vocabulary.known or part in vocabulary.shorts or part in NOISE
    return 0 < len(part) < LEAST_WORD and not (meaningful or part.isdecimal())


def _short_before_known(run: str, vocabulary: Vocabulary) -> int:
    """The length of an abbreviation with a known word right behind it: รพร้อยเอ็ด."""
    lengths = range(min(6, len(run) - 3), 1, -1)
    return next(
        (n for n in lengths if run[:n] in vocabulary.shorts and run[n:] in vocabulary.known), 0
    )


def _number_at_an_end(run: str) -> tuple[int, int] | None:
    match = re.search("^[0-9]+|[0-9]+$", run)
    return (match.start(), len(match[0])) if match else None


def _place_at_an_end(run: str, vocabulary: Vocabulary) -> tuple[int, int] | None:
    """A province or town run together with an unknown word: both must be long enough to tell."""
    for place in vocabulary.places:
        rest = len(run) - len(place)
        if run.endswith(place) and run[:rest] in NOISE:
            return rest, len(place)
        if min(len(place), rest) < LEAST_PLACE:
            continue
        if run.endswith(place):
            return rest, len(place)
        if run.startswith(place):
            return 0, len(place)
    return None


_LONG = 8  # letters from which an unknown run may be several words


def _words_of(run: str, at: int) -> list[tuple[int, int]]:
    """An unknown run in the words of the dictionary, when all of them are long enough to tell."""
    if len(run) < _LONG:
        return [(at, at + len(run))]
    words = thai.words(run)
    if "".join(words) != run or any(len(word) < LEAST_WORD for word in words):
        return [(at, at + len(run))]
    ends = list(itertools.accumulate(map(len, words), initial=at))
    return list(itertools.pairwise(ends))
