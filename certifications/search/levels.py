"""The words by which a level of certification is named: those of its row, and what people say."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from certifications.reference import thai

CSV_PATH = Path(__file__).parents[1] / "data" / "levels.csv"
# What is said for a level besides its name and its colour, by the code of the level.
SYNONYMS = {"excellent": ("ดีเลิศ",), "basic": ("ขั้นพื้นฐาน",)}
# Words that are parts of many names: a level only beside other words, or after ระดับ.
WEAK = {"ทอง", "เงิน", "ฟ้า", "พื้นฐาน", "ขั้นพื้นฐาน", "ก้าวหน้า", "blue", "basic", "advanced"}
_DOTLESS_AND_DOTTED = str.maketrans("ıİ", "ii")
_LETTER = "A-Za-z\u0e01-\u0e4e"

Row = tuple[str, str, str, str, str]  # code, Thai and English name, Thai and English colour


@dataclass(frozen=True, eq=False)
class LevelWords:
    """How levels are named in a text; see `level_words`."""

    codes: dict[str, str]  # word in small letters → code of the level
    names: tuple[tuple[str, str], ...]  # in Thai and in English, as they are written in full
    run_on: tuple[str, ...]  # those read even where they run on from the word before

    def code_of(self, word: str) -> str:
        """The code of a level by a word that a pattern found: ı and İ are found for i."""
        return self.codes[word.translate(_DOTLESS_AND_DOTTED).casefold()]

    @property
    def pattern(self) -> str:
        """Any of the words, the longest first."""
        return _any_of(self.codes)

    @property
    def named(self) -> re.Pattern:
        """A level named in a query, surely (`sure`) or by a word of its own (`word`)."""
        return _named(self.pattern)

    @property
    def run_together(self) -> re.Pattern:
        """A level run together with the word before it."""
        return _run_together(_any_of(self.run_on))


@lru_cache(maxsize=4)
def level_words(rows: tuple[Row, ...]) -> LevelWords:
    """The words of levels as staff keep them."""
    codes: dict[str, str] = {}
    run_on: list[str] = []
    for code, name_th, name_en, colour_th, colour_en in rows:
        name = thai.clean(name_th).removeprefix("ระดับ").strip()
        colour = thai.clean(colour_th).removeprefix("สี").strip()
        words = [name, colour, colour and f"สี{colour}", name_en, colour_en]
        for word in filter(None, (*words, *SYNONYMS.get(code, ()))):
            codes.setdefault(word.casefold(), code)
        run_on += [colour and f"สี{colour}", "" if name in WEAK else name]
    names = tuple((row[1], row[2]) for row in rows)
    return LevelWords(codes, names, tuple(filter(None, run_on)))


def _any_of(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(map(re.escape, longest_first)) or "(?!)"


@lru_cache(maxsize=4)
def _named(words: str) -> re.Pattern:
    return re.compile(
        rf"(?P<said>ระดับ ?)(?P<sure>{words})(?![{_LETTER}])"
        rf"|(?<![^\s,;/(])(?P<word>{words})(?: level)?(?![^\s,;/)0-9])",
        re.IGNORECASE,
    )


@lru_cache(maxsize=4)
def _run_together(words: str) -> re.Pattern:
    return re.compile(rf"(?P<before>[\u0e01-\u0e4e]+?)(?P<word>{words})(?![{_LETTER}])")


def _rows() -> Iterator[Row]:
    with CSV_PATH.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield tuple(
                row[name] for name in ("code", "name_th", "name_en", "colour_th", "colour_en")
            )


ROWS = tuple(_rows())  # as the register's own data names them
AS_LOADED = level_words(ROWS)
