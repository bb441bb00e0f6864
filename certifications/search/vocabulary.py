"""The vocabulary of search: abbreviations, synonyms, places, sounds of romanised words.

What staff keep of them is an argument; nothing here touches the database.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from certifications.reference import provinces, thai
from certifications.search.folding import FILLERS, IS_LATIN, fold
from certifications.search.levels import AS_LOADED, LevelWords

MOST_ALTERNATIVES = 8


@dataclass(frozen=True)
class Known:
    """An expression of the vocabulary: what it may stand for, all folded."""

    label: str  # as a person writes it
    alternatives: tuple[str, ...]
    wider: tuple[str, ...] = ()  # also worth finding, after the alternatives
    province: str = ""  # the code of the one it names or lies in
    is_filler: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """Expressions that searching knows; see `vocabulary_of`."""

    abbreviations: dict[str, tuple[str, ...]] = field(default_factory=dict)  # รพสต → in full
    shorts: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the same by folded letters
    known: dict[str, Known] = field(default_factory=dict)
    words: tuple[str, ...] = ()  # Thai words found inside run-on text, the longest first
    places: tuple[str, ...] = ()  # Thai places found at the ends of run-on text, the longest first
    latin: dict[str, str] = field(default_factory=dict)  # sound of a romanised word → its key
    levels: LevelWords = AS_LOADED


ABBREVIATION = "abbreviation"
LEAST_WORD = 4  # letters of a word that may be cut out of the middle of others


@lru_cache(maxsize=4)
def vocabulary_of(
    words: tuple[tuple[str, str, str], ...],
    places: tuple[tuple[str, str], ...],
    levels: LevelWords = AS_LOADED,
) -> Vocabulary:
    """The vocabulary of (typed, means, kind) and (place, province code) as staff keep them."""
    full: dict[str, dict[str, None]] = {}
    meant: dict[str, tuple[str, dict[str, None]]] = {}
    for typed, means, kind in words:
        typed, means = thai.clean(typed), thai.clean(means)
        if kind == ABBREVIATION:
            full.setdefault(letters_of(typed), {})[means] = None
            _mean(meant, _bare(means), _bare(means))
        else:
            _mean(meant, typed, means)
    known = {}
    for key, (label, targets) in meant.items():
        meanings = list(dict.fromkeys(map(fold, targets)))
        if key in meanings:  # the word itself first, what else it may mean after it
            known[key] = Known(label, (key,), tuple(way for way in meanings if way != key))
            continue
        own = [key] if IS_LATIN.search(key) else []
        known[key] = Known(label, (*own, *meanings)[:MOST_ALTERNATIVES])
    thai_words = [key for key in known if not IS_LATIN.search(key)]
    known |= {fold(word): Known(word, (fold(word),), is_filler=True) for word in FILLERS}
    for key, (_label, targets) in meant.items():
        if set(map(fold, targets)) <= {*map(fold, FILLERS), "กรม", "กระทรวง"}:
            known[key] = replace(known[key], is_filler=True)
    known |= _known_places(places, known)
    return Vocabulary(
        abbreviations={short: tuple(meanings) for short, meanings in full.items() if short},
        shorts={fold(short): tuple(ways) for short, ways in full.items() if len(fold(short)) > 1},
        known=known,
        words=_longest_first([*thai_words, *map(fold, FILLERS)], LEAST_WORD),
        places=_longest_first((key for key in known if known[key].province), 3),
        latin={sound(key): key for key in known if IS_LATIN.search(key)},
        levels=levels,
    )


def _mean(meant: dict, typed: str, means: str) -> None:
    if fold(typed) and fold(means):
        meant.setdefault(fold(typed), (typed, {}))[1][means] = None


def _bare(name: str) -> str:
    """สำนักงานสาธารณสุขจังหวัด → สาธารณสุข: what a name adds to the words around it."""
    bare = name.removeprefix("สำนักงาน")
    for ending in ("จังหวัด", "อำเภอ", "ตำบล"):
        bare = bare.removesuffix(ending)
    return bare if len(fold(bare)) >= LEAST_WORD else name


def _longest_first(keys: Iterable[str], least: int) -> tuple[str, ...]:
    thai_keys = {key for key in keys if len(key) >= least and not IS_LATIN.search(key)}
    return tuple(sorted(thai_keys, key=lambda key: (-len(key), key)))


def _known_places(places: tuple[tuple[str, str], ...], words: dict[str, Known]) -> dict:
    """Provinces by every name they have, and the places that staff say lie in them."""
    known: dict[str, Known] = {}
    for province in provinces.ALL:
        name = fold(province.name_th)
        for alias in (province.name_th, province.name_en, *province.aliases):
            key = fold(alias)
            for spelling in {key, f" {key.replace(' ', '')} " if " " in key else key}:
                alternatives = tuple(dict.fromkeys([key, name]))
                known.setdefault(spelling, Known(alias, alternatives, province=province.code))
    for typed, code in places:
        key = fold(thai.clean(typed))
        if not key or code not in provinces.BY_CODE or key in words:
            continue
        name = fold(provinces.BY_CODE[code].name_th)
        place = known.get(key, Known(typed, (key,), province=code))
        if name not in place.alternatives:
            known[key] = replace(place, wider=tuple(dict.fromkeys([*place.wider, name])))
    return known


def letters_of(short: str) -> str:
    """An abbreviation without its dots and spaces."""
    return re.sub(r"[^\w\u0e01-\u0e4e]", "", short).casefold()


def sound(word: str) -> str:
    """A romanised word without what Thai romanisation varies in: aspiration, doubling, endings."""
    plain = re.sub("[^a-z]", "", word.casefold())
    for written, heard in (("ee", "i"), ("oo", "u"), ("ph", "p"), ("th", "t"), ("kh", "k")):
        plain = plain.replace(written, heard)
    plain = re.sub("d|(?<!n)g(?!h)", lambda match: {"d": "t", "g": "k"}[match[0]], plain)
    plain = plain.replace("ch", "j").replace("or", "o").replace("er", "e").replace("ar", "a")
    plain = plain.replace("ie", "ia").replace("v", "w").replace("bh", "p").replace("b", "p")
    return re.sub(r"(.)\1+", r"\1", plain)
