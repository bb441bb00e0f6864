"""Finding by what people type: one key for a record, one reading for a query, what is near.

Folding is for finding, never for identity: แพร่, แพร and แพร้ fold alike. Nothing here touches the
database; the vocabulary that staff keep is an argument.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from certifications.reference import buddhist, provinces, thai
from certifications.reference.states import FIRST_YEAR, LAST_YEAR

LONGEST = 200  # letters of a query
MOST_TERMS = 12
MOST_ALTERNATIVES = 8
GRAM = 3  # letters of a piece in the index
BETWEEN = "|"  # stands between the names in a key; folding leaves none in a name

_DROPPED = "่้๊๋์็ํ๎ฺๆฯ"
_FOLDED = str.maketrans(dict.fromkeys(_DROPPED) | dict(zip("ฎศษณใ", "ฏสสนไ", strict=True)))
_LATIN = "a-z\u00df-\u024f"
_THAI = "0-9\u0e01-\u0e3a\u0e40-\u0e4e"
_RUN = re.compile(rf"[{_LATIN}]+|[{_THAI}]+|[^\W_{_LATIN}{_THAI}]+")
_IS_LATIN = re.compile(f"[{_LATIN}]")
_IS_THAI = re.compile("[\u0e01-\u0e4e]")
# Signs that share a cell with the letter before them.
_HANGING = re.compile("[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]")


# --- folding -------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """Cleaned text as it is compared: Thai run together, each Latin word between single spaces."""
    folded = ""
    for run in _RUN.findall(_plain(text)):
        if _IS_LATIN.match(run):
            folded += run + " " if folded.endswith(" ") else f" {run} "
        else:
            folded += run
    return folded


def _plain(text: str) -> str:
    return thai.arabic_digits(text).casefold().translate(_FOLDED)


def _query_text(text: str) -> str:
    return thai.arabic_digits(thai.clean(text[:LONGEST]))


# Words that say what sort of place follows; names are written with and without them.
FILLERS = ("สำนักงาน", "หน่วยงาน", "จังหวัด", "อำเภอ", "ตำบล", "สาขา", "แห่งที่", "พื้นที่")
_LEFT_OUT = re.compile("|".join(map(fold, FILLERS[2:])))
_NOISE = {*map(fold, ("การ", "ที่", "ของ", "ใน", "แห่ง", "และ", "ณ", "ประจำ", "ฝ่าย", "งาน"))}
_NOISE |= {fold(word) for word in ("the", "of", "in", "at", "and", "for", "gecc", "thailand")}


def core(folded: str) -> str:
    """A folded name without the words for province, district, branch and the like."""
    return _LEFT_OUT.sub("", folded)


# --- the vocabulary ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """An expression of the vocabulary: what it may stand for, all folded."""

    label: str  # as a person writes it
    alternatives: tuple[str, ...]
    wider: tuple[str, ...] = ()  # also worth finding, after the alternatives
    place: str = ""  # the code of the province it names or lies in
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


ABBREVIATION = "abbreviation"
LEAST_WORD = 4  # letters of a word that may be cut out of the middle of others
LEAST_PLACE = 4  # letters of a place that may be cut off an unknown word


@lru_cache(maxsize=4)
def vocabulary_of(
    words: tuple[tuple[str, str, str], ...], places: tuple[tuple[str, str], ...]
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
        own = [key] if _IS_LATIN.search(key) else []
        known[key] = Known(label, (*own, *meanings)[:MOST_ALTERNATIVES])
    thai_words = [key for key in known if not _IS_LATIN.search(key)]
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
        places=_longest_first((key for key in known if known[key].place), 3),
        latin={sound(key): key for key in known if _IS_LATIN.search(key)},
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
    thai_keys = {key for key in keys if len(key) >= least and not _IS_LATIN.search(key)}
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
                known.setdefault(spelling, Known(alias, alternatives, place=province.code))
    for typed, code in places:
        key = fold(thai.clean(typed))
        if not key or code not in provinces.BY_CODE or key in words:
            continue
        name = fold(provinces.BY_CODE[code].name_th)
        held = known.get(key, Known(typed, (key,), place=code))
        if name not in held.alternatives:
            known[key] = replace(held, wider=tuple(dict.fromkeys([*held.wider, name])))
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


# --- abbreviations -------------------------------------------------------------------------------

# รพ. · ธ.ก.ส. · รพ.สต (the last dot is often left out)
_DOTTED = re.compile(r"[ก-ฮ]{1,7}(?:\. ?[ก-ฮ]{1,7})*\.(?: ?[ก-ฮ]{1,3}(?![ก-๎.]))?")
_TOKEN = re.compile(r"[^\s,;:/()\[\]{}\"'“”‘’«»+*?!&=<>|\\_–—-]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; with `full` when it is an abbreviation."""

    start: int
    end: int
    full: tuple[str, ...] = ()


def pieces(text: str, vocabulary: Vocabulary) -> list[Piece]:
    """A cleaned text cut into words as written, with abbreviations told apart."""
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
    """The abbreviations in a dotted stretch such as รพ.ม. or ขนส่งจ. (which ends in one)."""
    parts = [
        (dotted.start() + part.start(), dotted.start() + part.end())
        for part in re.finditer(r"[ก-ฮ]+", dotted[0])
    ]
    ends_with_dot = dotted[0].rstrip().endswith(".")
    inside_a_word = dotted.start() > 0 and bool(_IS_THAI.match(text[dotted.start() - 1]))
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


# --- the key of a record -------------------------------------------------------------------------


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
    own = _each_way(names, vocabulary)
    around = list(map(fold, above))
    if province:
        around += [fold(province.name_th), fold(province.name_en), *map(fold, province.aliases)]
    around = [part for part in dict.fromkeys(around) if part and part not in own]
    return Entry(names=_joined(own), key=_joined([*own, *around]), length=len(own[0]) if own else 0)


def _each_way(names: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    ways: dict[str, None] = {}
    for name in names:
        for spelling in [*spelt_out(name, vocabulary), name]:
            folded = fold(spelling)
            ways |= dict.fromkeys(filter(None, (folded, core(folded))))
    return list(ways)


def _joined(parts: Iterable[str]) -> str:
    return BETWEEN + "".join(part + BETWEEN for part in parts)


def grams(text: str, step: int = 1) -> list[str]:
    """Three-letter pieces of a folded text, each once; with a step still covering every letter."""
    last = len(text) - GRAM
    if last < 0:
        return []
    places = [*range(0, last, step), last]
    return list(dict.fromkeys(text[at : at + GRAM] for at in places))


# --- reading a query -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """One thing that must be found: any of its alternatives, or a wider one."""

    alternatives: tuple[str, ...]
    wider: tuple[str, ...] = ()
    is_known: bool = False  # a word of the vocabulary, which near search leaves as it is
    is_filler: bool = False
    place: str = ""
    span: tuple[int, int] = (0, 0)  # in the text of the reading

    @property
    def every(self) -> tuple[str, ...]:
        return (self.alternatives + self.wider)[:MOST_ALTERNATIVES]


@dataclass(frozen=True)
class Chip:
    """A part of the query that was understood; `rest` is the query without it."""

    kind: str  # level, year, province, ministry
    value: str  # level code, B.E. year, province code, name of the ministry
    label: str  # as it was typed
    rest: str


@dataclass(frozen=True)
class Reading:
    """A query as it was understood."""

    text: str
    terms: tuple[Term, ...] = ()
    phrases: tuple[str, ...] = ()  # the whole query, folded: what an equal name would be
    level: str = ""
    year: int | None = None
    chips: tuple[Chip, ...] = ()
    corrected: str = ""  # the query as it was read instead, when it had to be repaired


LEVELS = {
    "excellent": ("เป็นเลิศ", "ดีเลิศ", "ทอง", "สีทอง", "gold", "excellent"),
    "advanced": ("ก้าวหน้า", "เงิน", "สีเงิน", "silver", "advanced"),
    "basic": ("พื้นฐาน", "ขั้นพื้นฐาน", "ฟ้า", "สีฟ้า", "blue", "basic"),
}
LEVEL_CODES = {word: code for code, words in LEVELS.items() for word in words}
# Words that are parts of many names: a level only beside other words, or after ระดับ.
_WEAK = {"ทอง", "เงิน", "ฟ้า", "พื้นฐาน", "ขั้นพื้นฐาน", "ก้าวหน้า", "blue", "basic", "advanced"}
LEVEL_WORDS = "|".join(sorted(LEVEL_CODES, key=len, reverse=True))
_LETTER = "A-Za-z\u0e01-\u0e4e"
_LEVEL = re.compile(
    rf"(?P<said>ระดับ ?)(?P<sure>{LEVEL_WORDS})(?![{_LETTER}])"
    rf"|(?<![^\s,;/(])(?P<word>{LEVEL_WORDS})(?: level)?(?![^\s,;/)0-9])",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(?<![0-9.])(?P<said>(?:(?:ประจำ)?ปี ?(?:งบประมาณ)? ?)?"
    r"(?:พ\.? ?ศ\.?|ค\.? ?ศ\.?|B\.?E\.?|A\.?D\.?)? ?)"
    r"(?<![0-9])(?P<number>[0-9]{4}|[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)


def read(text: str, vocabulary: Vocabulary) -> Reading:
    """What a query asks for. Only its first 200 letters and twelve terms are read."""
    typed, text = text[:LONGEST], _query_text(text)
    chips, left = [], text
    year, span = _year_in(text)
    if span:
        chips.append(_chip("year", str(year), text, span))
        left = _blanked(left, span)
    level, span = _level_in(left, vocabulary)
    if span:
        chips.append(_chip("level", level, text, span))
        left = _blanked(left, span)
    terms = [*_terms_in(left, vocabulary)]
    wanted = [term for term in terms if not term.is_filler] or terms
    places = [*_places_named(text, terms), *_ministries_named(text, terms)]
    return Reading(
        text=text,
        terms=tuple({term.alternatives: term for term in wanted}.values())[:MOST_TERMS],
        # A lost letter can leave marks that cleaning puts elsewhere: also as it was typed.
        phrases=_phrases(left, "" if chips else typed, vocabulary),
        level=level,
        year=year,
        chips=(*chips, *places),
    )


def _year_in(text: str) -> tuple[int | None, tuple[int, int] | None]:
    for match in _YEAR.finditer(text):
        said = match["said"].strip()
        number = match["number"]
        if not said and len(number) == 2:
            continue
        try:
            year = buddhist.parse_year(f"{said} {number}".strip())
        except ValueError:
            continue
        if FIRST_YEAR <= year <= LAST_YEAR:
            return year, match.span()
    return None, None


# Run together with the word before; read so only when everything before it is known.
_LEVEL_AT_THE_END = re.compile(
    rf"(?P<before>[\u0e01-\u0e4e]+?)(?P<word>สีทอง|สีเงิน|สีฟ้า|เป็นเลิศ)(?![{_LETTER}])"
)


def _level_in(text: str, vocabulary: Vocabulary) -> tuple[str, tuple[int, int] | None]:
    for match in _LEVEL.finditer(text):
        word = (match["sure"] or match["word"]).casefold()
        others = fold(_blanked(text, match.span()))
        before = text[: match.start()].split()[-1:]
        is_weak = match["sure"] is None and word in _WEAK
        if is_weak and (not others or _ends_a_name(before, word)):
            continue
        return LEVEL_CODES[word], match.span()
    for match in _LEVEL_AT_THE_END.finditer(text):
        before = fold(match["before"])
        parts = [before[slice(*part)] for part in _cut(before, 0, vocabulary)]
        if all(part in vocabulary.known or part in _NOISE for part in parts):
            return LEVEL_CODES[match["word"]], match.span("word")
    return "", None


def _ends_a_name(before: list[str], word: str) -> bool:
    """Whether the word typed before makes one name with this one: อ่าง ทอง, ขั้น พื้นฐาน."""
    if not before:
        return False
    joined = before[0] + word
    return before[0] in ("ขั้น", "การเงิน", "ไฟ") or any(
        joined.endswith(place.name_th) or place.name_th.endswith(joined) for place in provinces.ALL
    )


def _chip(kind: str, value: str, text: str, span: tuple[int, int]) -> Chip:
    rest = " ".join(_blanked(text, span).split())
    return Chip(kind, value, text[slice(*span)].strip(), rest)


def _blanked(text: str, span: tuple[int, int]) -> str:
    start, end = span
    return text[:start] + " " * (end - start) + text[end:]


def _phrases(text: str, typed: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The query as a name might be written, in full and without the words names drop."""
    folded = [fold(way) for way in [*spelt_out(text, vocabulary), text, typed]]
    ways = dict.fromkeys(way for whole in folded for way in (whole, core(whole)) if way)
    return tuple(ways)[:MOST_ALTERNATIVES]


def _terms_in(text: str, vocabulary: Vocabulary) -> Iterator[Term]:
    latin: list[tuple[str, tuple[int, int]]] = []
    for piece in pieces(text, vocabulary):
        if piece.full:
            yield from _latin_terms(latin, vocabulary)
            latin = []
            yield _short_term(text, piece)
            continue
        for run in _RUN.finditer(_lower(text[piece.start : piece.end])):
            span = (piece.start + run.start(), piece.start + run.end())
            if _IS_LATIN.match(run[0]):
                latin.append((run[0], span))
                continue
            yield from _latin_terms(latin, vocabulary)
            latin = []
            yield from _thai_terms(text, span, vocabulary)
    yield from _latin_terms(latin, vocabulary)


def _lower(text: str) -> str:
    """In small letters, every letter still at its place."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _short_term(text: str, piece: Piece) -> Term:
    full = [fold(name) for name in piece.full]
    written = fold(text[piece.start : piece.end])
    # Two letters occur inside too many names to be looked for as they are.
    ways = dict.fromkeys([*full, written] if len(written) > 2 else full)
    return Term(
        alternatives=tuple(ways)[:MOST_ALTERNATIVES],
        is_known=True,
        is_filler=all(name in map(fold, FILLERS) for name in full),
        place=next((p.code for p in provinces.ALL if p.name_th in piece.full), ""),
        span=(piece.start, piece.end),
    )


def _known_term(known: Known, span: tuple[int, int]) -> Term:
    return Term(
        known.alternatives,
        known.wider,
        is_known=True,
        is_filler=known.is_filler,
        place=known.place,
        span=span,
    )


def _thai_terms(text: str, span: tuple[int, int], vocabulary: Vocabulary) -> Iterator[Term]:
    """The terms in one run of Thai letters and digits."""
    folded, at = _folded_places(text, span)
    parts = [part for part in _cut(folded, 0, vocabulary) if folded[slice(*part)]]
    for start, end in parts:
        part = folded[start:end]
        part_span = (at[start], at[end] if end < len(at) else span[1])
        known, full = vocabulary.known.get(part), vocabulary.shorts.get(part)
        if known:
            yield _known_term(known, part_span)
        elif full:
            yield _short_term(text, Piece(*part_span, full))
        elif part in _NOISE:
            yield Term((part,), is_known=True, is_filler=True, span=part_span)
        else:
            yield Term((part,), is_known=part.isdecimal(), span=part_span)


def _folded_places(text: str, span: tuple[int, int]) -> tuple[str, list[int]]:
    """A stretch of a text folded, and where in the text each folded letter stands."""
    plain, at = "", []
    for place in range(*span):
        letters = _plain(text[place])
        plain += letters
        at += [place] * len(letters)
    folded, folded_at = "", []
    for run in _RUN.finditer(plain):
        places = at[run.start() : run.end()]
        if not _IS_LATIN.match(run[0]):
            folded += run[0]
            folded_at += places
            continue
        before = "" if folded.endswith(" ") else " "
        folded += f"{before}{run[0]} "
        folded_at += places[:1] * len(before) + places + places[-1:]
    return folded, folded_at


def _cut(run: str, at: int, vocabulary: Vocabulary) -> list[tuple[int, int]]:
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
        *_cut(run[:start], at, vocabulary),
        (at + start, at + start + length),
        *_cut(run[start + length :], at + start + length, vocabulary),
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
    meaningful = part in vocabulary.known or part in vocabulary.shorts or part in _NOISE
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
        if run.endswith(place) and run[:rest] in _NOISE:
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


def _latin_terms(run: list[tuple[str, tuple[int, int]]], vocabulary: Vocabulary) -> Iterator[Term]:
    """Terms of words written in Latin letters, expressions of several words first."""
    first = 0
    while first < len(run):
        for last in range(min(len(run), first + 5), first, -1):
            span = (run[first][1][0], run[last - 1][1][1])
            known = _known_latin([word for word, _span in run[first:last]], vocabulary)
            if known:
                yield _known_term(known, span)
                break
        else:
            last = first + 1
            word, span = run[first]
            halves = _two_latin(word, vocabulary)
            if halves:
                yield from (_known_term(half, span) for half in halves)
            else:
                # The start of a word is enough: people stop typing early.
                yield Term((f" {word}",), is_filler=f" {word} " in _NOISE, span=span)
        first = last


def _known_latin(words: list[str], vocabulary: Vocabulary) -> Known | None:
    written = f" {' '.join(words)} "
    known = vocabulary.known.get(written)
    if known is None and len(sound(written)) >= LEAST_WORD:
        known = vocabulary.known.get(vocabulary.latin.get(sound(written), ""))
        known = known and replace(
            known, alternatives=(written, *known.alternatives)[:MOST_ALTERNATIVES]
        )
    return known


def _two_latin(word: str, vocabulary: Vocabulary) -> tuple[Known, Known] | None:
    """rongphayabanrayong: two known words run together."""
    for at in range(LEAST_WORD - 1, len(word) - 2):
        first = _known_latin([word[:at]], vocabulary)
        second = first and _known_latin([word[at:]], vocabulary)
        if first and second:
            return first, second
    return None


_PROVINCE_SAID = re.compile(r"(?:จังหวัด|จ\.|จว\.) ?\Z")


def _places_named(text: str, terms: list[Term]) -> Iterator[Chip]:
    """A province read as one: standing alone, or beside words that are all known."""
    for term in terms:
        run = [other for other in terms if not _apart(text, term, other)]
        if term.place and all(other.is_known for other in run):
            said = _PROVINCE_SAID.search(text, 0, term.span[0])
            start = said.start() if said else term.span[0]
            yield _chip("province", term.place, text, (start, term.span[1]))


def _apart(text: str, one: Term, other: Term) -> bool:
    first, second = sorted((one.span, other.span))
    return bool(re.search(r"[\s.,]", text[first[0] : second[1]].strip(" .")))


def _ministries_named(text: str, terms: list[Term]) -> Iterator[Chip]:
    for term in terms:
        written = text[slice(*term.span)]
        if written.startswith("กระทรวง") and written != "กระทรวง":
            yield _chip("ministry", written, text, term.span)
        elif term.is_known and not term.place:
            names = [name for name in term.alternatives if name.startswith("กระทรวง")]
            if names and len(names[0]) > len("กระทรวง"):
                yield _chip("ministry", names[0], text, term.span)


# --- repairing a query ---------------------------------------------------------------------------


def respelt(reading: Reading, vocabulary: Vocabulary) -> Reading | None:
    """The reading with unknown words put right that are a slip away from a known one."""
    text = reading.text
    for term in sorted(reading.terms, key=lambda term: -term.span[0]):
        if term.is_known:
            continue
        meant = _nearest_known(term.alternatives[0], vocabulary)
        if meant:
            start, end = term.span
            text = text[:start] + meant.label + text[end:]
    if text == reading.text:
        return None
    return replace(read(text, vocabulary), corrected=text)


def _nearest_known(word: str, vocabulary: Vocabulary) -> Known | None:
    is_latin = bool(_IS_LATIN.search(word))
    heard = sound(word) if is_latin else word
    # A word of three letters has too many neighbours to guess.
    if len(heard) < LEAST_WORD:
        return None
    best, nearest = None, 3
    for key in vocabulary.latin if is_latin else vocabulary.known:
        allowed = min(nearest - 1, 1 if max(len(key), len(heard)) < 9 else 2)
        if abs(len(key) - len(heard)) > allowed or (_IS_LATIN.search(key) and not is_latin):
            continue
        if len(heard) == LEAST_WORD and (len(key), key[0]) != (LEAST_WORD, heard[0]):
            continue
        slips = OSA.distance(heard, key, score_cutoff=allowed)
        if slips <= allowed:
            best, nearest = key, slips
    if best is None:
        return None
    return vocabulary.known[vocabulary.latin[best] if is_latin else best]


def slips_allowed(length: int) -> int:
    """How many letters may be lost, added, changed or swapped in a word of this length."""
    return 1 if length < 12 else 2 if length < 20 else 3


def retyped(reading: Reading, vocabulary: Vocabulary) -> Reading | None:
    """A query in Latin letters as a Thai keyboard would have given it (l;ylfu → สวัสดี)."""
    if _IS_THAI.search(reading.text) or not _IS_LATIN.search(reading.text.casefold()):
        return None
    text = thai.typed_in_english(reading.text)
    if not _IS_THAI.search(text):
        return None
    return replace(read(text, vocabulary), corrected=text)


# --- what is near --------------------------------------------------------------------------------


def nearness(reading: Reading, names: str) -> float:
    """How near the names of a record are to a query, 0 to 100; 0 when it is something else.

    Known words are taken as typed: whoever asks for ตราด does not mean ตรัง. That the record has
    them is for the caller to see to.
    """
    slips, letters = 0, 0
    for term in reading.terms:
        word = term.alternatives[0].strip()
        letters += len(word)
        if term.is_known or term.alternatives[0] in names:
            continue
        found = _slips_within(word, names)
        if found is None:
            return whole_nearness(reading, names)
        slips += found
    if slips > 3 or not letters:
        return 0
    return 90 * (1 - slips / letters) + _likeness(reading, names) / 10


def whole_nearness(reading: Reading, names: str) -> float:
    """The same over the query as a whole, for a slip in a word too short to tell by itself."""
    for phrase in reading.phrases:
        allowed = len(phrase) // 10
        for name in names.strip(BETWEEN).split(BETWEEN):
            slips = OSA.distance(phrase, name, score_cutoff=allowed)
            if slips <= allowed:
                return 90 * (1 - slips / len(phrase)) + _likeness(reading, names) / 10
    return 0


def _likeness(reading: Reading, names: str) -> float:
    own = names.strip(BETWEEN).split(BETWEEN)[:2]
    return max((fuzz.ratio(phrase, name) for phrase in reading.phrases for name in own), default=0)


def _slips_within(word: str, names: str) -> int | None:
    """The fewest slips with which a word stands somewhere in the names; None when too many."""
    if len(word) < LEAST_WORD:
        return None
    allowed = slips_allowed(len(word))
    place = fuzz.partial_ratio_alignment(word, names, score_cutoff=50)
    if place is None:
        return None
    around = range(-allowed, allowed + 1)
    best = min(
        OSA.distance(word, names[max(place.dest_start + before, 0) : place.dest_end + after])
        for before in around
        for after in around
    )
    return best if best <= allowed else None


# --- showing what matched ------------------------------------------------------------------------


def highlight(text: str, reading: Reading) -> list[tuple[str, bool]]:
    """The text in fragments, each with whether it matched; no letter is cut from its marks."""
    folded, at = _folded_places(text, (0, len(text)))
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
