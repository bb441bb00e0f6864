"""Abbreviations: recognised in a text, and spelled out in full."""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from certifications.search.folding import IS_THAI, core, fold
from certifications.search.vocabulary import Vocabulary, letters_of

# รพ. · ธ.ก.ส. · รพ.สต (the last dot is often left out)
_DOTTED = re.compile(r"[ก-ฮ]{1,7}(?:\. ?[ก-ฮ]{1,7})*\.(?: ?[ก-ฮ]{1,3}(?![ก-๎.]))?")
_TOKEN = re.compile(r"[^\s,;:/()\[\]{}\"'“”‘’«»+*?!&=<>|\\_–—-]+")


@dataclass(frozen=True)
class Piece:
    """A part of a text; with `full` when it is an abbreviation."""

    start: int
    end: int
    full: tuple[str, ...] = ()


def pieces(text: str, vocabulary: Vocabulary) -> list[Piece]:
    """A cleaned text cut into words as written, abbreviations recognised."""
    found: list[Piece] = []
    for token in _TOKEN.finditer(text):
        at = token.start()
        for dotted in _DOTTED.finditer(text, *token.span()):
            for short in _known_shorts(text, dotted, vocabulary):
                if at < short.start:
                    found.append(Piece(at, short.start))
                found.append(short)
                at = short.end
        if at < token.end():
            whole = vocabulary.abbreviations.get(letters_of(text[at : token.end()]), ())
            is_short = whole and token.end() - at > 1
            found.append(Piece(at, token.end(), whole if is_short else ()))
    return found


def _known_shorts(text: str, dotted: re.Match, vocabulary: Vocabulary) -> Iterator[Piece]:
    """The abbreviations in a dotted part such as รพ.ม. or ขนส่งจ. (which ends in one)."""
    parts = [
        (dotted.start() + part.start(), dotted.start() + part.end())
        for part in re.finditer(r"[ก-ฮ]+", dotted[0])
    ]
    ends_with_dot = dotted[0].rstrip().endswith(".")
    inside_a_word = dotted.start() > 0 and bool(IS_THAI.match(text[dotted.start() - 1]))
    first = 0
    while first < len(parts):
        for last in range(len(parts), first, -1):
            is_undotted = last == len(parts) and not ends_with_dot
            if is_undotted and last - first == 1:
                continue
            short = "".join(text[start:end] for start, end in parts[first:last])
            starts = [parts[first][0]]
            if inside_a_word and first == 0:
                starts = list(range(parts[0][0], parts[0][1]))
            for start in starts:
                full = vocabulary.abbreviations.get(short[start - parts[first][0] :])
                if full:
                    end = parts[last - 1][1]
                    yield Piece(start, end + (text[end : end + 1] == "."), full)
                    break
            else:
                continue
            first = last - 1
            break
        first += 1


def spelt_out(text: str, vocabulary: Vocabulary) -> list[str]:
    """A name with its abbreviations in full, in every way they may be meant; at most four."""
    parts: list[list[str]] = []
    at = 0
    for piece in pieces(text, vocabulary):
        if piece.full:
            parts += [[text[at : piece.start]], list(piece.full)]
            at = piece.end
    ways = itertools.islice(itertools.product(*parts, [text[at:]]), 4)
    return ["".join(way) for way in ways]


def ways_to_write(name: str, vocabulary: Vocabulary) -> list[str]:
    """A name with its abbreviations in full, in every way they may be meant, and as it stands."""
    return [*spelt_out(name, vocabulary), name]


def spellings(name: str, vocabulary: Vocabulary) -> list[str]:
    """Each way to write a name, folded."""
    return _once(map(fold, ways_to_write(name, vocabulary)))


def spellings_and_cores(name: str, vocabulary: Vocabulary) -> list[str]:
    """Each way to write a name, folded, and without the words that names drop."""
    return with_cores(spellings(name, vocabulary))


def with_cores(folded: Iterable[str]) -> list[str]:
    return _once(way for whole in folded for way in (whole, core(whole)))


def _once(ways: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, ways)))
