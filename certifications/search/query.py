"""Parsing of queries: terms, and the year, level, provinces and ministries they name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from certifications.reference import buddhist, provinces, thai
from certifications.reference.states import FIRST_YEAR, LAST_YEAR
from certifications.search import province_names
from certifications.search.abbreviations import Piece, pieces, spellings, with_cores
from certifications.search.folding import FILLERS, IS_LATIN, NOISE, RUN, fold, folded_positions
from certifications.search.levels import WEAK
from certifications.search.segments import cut
from certifications.search.vocabulary import LEAST_WORD, MOST_ALTERNATIVES, Known, Vocabulary, sound

LONGEST = 200  # letters of a query
MOST_TERMS = 12


def _query_text(text: str) -> str:
    return thai.arabic_digits(thai.clean(text[:LONGEST]))


@dataclass(frozen=True)
class QueryTerm:
    """One thing that must be found: any of its alternatives, or a wider one."""

    alternatives: tuple[str, ...]
    wider: tuple[str, ...] = ()
    is_known: bool = False  # a word of the vocabulary, which near search leaves as it is
    is_filler: bool = False
    province: str = ""  # the code of the one it names or lies in
    span: tuple[int, int] = (0, 0)  # in the text of the query

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
class ParsedQuery:
    """A query, parsed."""

    text: str
    terms: tuple[QueryTerm, ...] = ()
    phrases: tuple[str, ...] = ()  # the whole query, folded: what an equal name would be
    level: str = ""
    year: int | None = None
    chips: tuple[Chip, ...] = ()
    corrected: str = ""  # the query as it was read instead, when it had to be repaired


_YEAR = re.compile(
    r"(?<![0-9.])(?P<prefix>(?:(?:ประจำ)?ปี ?(?:งบประมาณ)? ?)?"
    r"(?:พ\.? ?ศ\.?|ค\.? ?ศ\.?|B\.?E\.?|A\.?D\.?)? ?)"
    r"(?<![0-9])(?P<number>[0-9]{4}|[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)


def parse(text: str, vocabulary: Vocabulary) -> ParsedQuery:
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
    named = [*_provinces_named(text, terms), *_ministries_named(text, terms)]
    return ParsedQuery(
        text=text,
        terms=tuple({term.alternatives: term for term in wanted}.values())[:MOST_TERMS],
        # A lost letter can leave marks that cleaning puts elsewhere: also as it was typed.
        phrases=_phrases(left, "" if chips else typed, vocabulary),
        level=level,
        year=year,
        chips=(*chips, *named),
    )


def _year_in(text: str) -> tuple[int | None, tuple[int, int] | None]:
    for match in _YEAR.finditer(text):
        prefix = match["prefix"].strip()
        number = match["number"]
        if not prefix and len(number) == 2:
            continue
        try:
            year = buddhist.parse_year(f"{prefix} {number}".strip())
        except ValueError:
            continue
        if FIRST_YEAR <= year <= LAST_YEAR:
            return year, match.span()
    return None, None


def _level_in(text: str, vocabulary: Vocabulary) -> tuple[str, tuple[int, int] | None]:
    levels = vocabulary.levels
    for match in levels.named.finditer(text):
        named = match["sure"] or match["word"]
        word = named.casefold()
        others = fold(_blanked(text, match.span()))
        before = text[: match.start()].split()[-1:]
        is_weak = match["sure"] is None and word in WEAK
        if is_weak and (not others or _ends_a_name(before, word)):
            continue
        return levels.code_of(named), match.span()
    for match in levels.run_together.finditer(text):  # where everything before it is known
        before = fold(match["before"])
        parts = [before[slice(*part)] for part in cut(before, 0, vocabulary)]
        if all(part in vocabulary.known or part in NOISE for part in parts):
            return levels.code_of(match["word"]), match.span("word")
    return "", None


def _ends_a_name(before: list[str], word: str) -> bool:
    """Whether the word typed before makes one name with this one: อ่าง ทอง, ขั้น พื้นฐาน."""
    if not before:
        return False
    joined = before[0] + word
    return before[0] in ("ขั้น", "การเงิน", "ไฟ") or any(
        joined.endswith(one.name_th) or one.name_th.endswith(joined) for one in provinces.ALL
    )


def _chip(kind: str, value: str, text: str, span: tuple[int, int]) -> Chip:
    rest = " ".join(_blanked(text, span).split())
    return Chip(kind, value, text[slice(*span)].strip(), rest)


def _blanked(text: str, span: tuple[int, int]) -> str:
    start, end = span
    return text[:start] + " " * (end - start) + text[end:]


def _phrases(text: str, typed: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The query as a name might be written, in full and without the words names drop."""
    ways = with_cores([*spellings(text, vocabulary), fold(typed)])
    return tuple(ways[:MOST_ALTERNATIVES])


def _terms_in(text: str, vocabulary: Vocabulary) -> Iterator[QueryTerm]:
    latin: list[tuple[str, tuple[int, int]]] = []
    for piece in pieces(text, vocabulary):
        if piece.full:
            yield from _latin_terms(latin, vocabulary)
            latin = []
            yield _short_term(text, piece)
            continue
        for run in RUN.finditer(_lower(text[piece.start : piece.end])):
            span = (piece.start + run.start(), piece.start + run.end())
            if IS_LATIN.match(run[0]):
                latin.append((run[0], span))
                continue
            yield from _latin_terms(latin, vocabulary)
            latin = []
            yield from _thai_terms(text, span, vocabulary)
    yield from _latin_terms(latin, vocabulary)


def _lower(text: str) -> str:
    """In small letters, every letter still at its position."""
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _short_term(text: str, piece: Piece) -> QueryTerm:
    full = [fold(name) for name in piece.full]
    written = fold(text[piece.start : piece.end])
    # Two letters occur inside too many names to be looked for as they are.
    ways = dict.fromkeys([*full, written] if len(written) > 2 else full)
    return QueryTerm(
        alternatives=tuple(ways)[:MOST_ALTERNATIVES],
        is_known=True,
        is_filler=all(name in map(fold, FILLERS) for name in full),
        province=next((p.code for p in provinces.ALL if p.name_th in piece.full), ""),
        span=(piece.start, piece.end),
    )


def _known_term(known: Known, span: tuple[int, int]) -> QueryTerm:
    return QueryTerm(
        known.alternatives,
        known.wider,
        is_known=True,
        is_filler=known.is_filler,
        province=known.province,
        span=span,
    )


def _thai_terms(text: str, span: tuple[int, int], vocabulary: Vocabulary) -> Iterator[QueryTerm]:
    """The terms in one run of Thai letters and digits."""
    folded, at = folded_positions(text, span)
    parts = [part for part in cut(folded, 0, vocabulary) if folded[slice(*part)]]
    for start, end in parts:
        part = folded[start:end]
        part_span = (at[start], at[end] if end < len(at) else span[1])
        known, full = vocabulary.known.get(part), vocabulary.shorts.get(part)
        if known:
            yield _known_term(known, part_span)
        elif full:
            yield _short_term(text, Piece(*part_span, full))
        elif part in NOISE:
            yield QueryTerm((part,), is_known=True, is_filler=True, span=part_span)
        else:
            yield QueryTerm((part,), is_known=part.isdecimal(), span=part_span)


def _latin_terms(
    run: list[tuple[str, tuple[int, int]]], vocabulary: Vocabulary
) -> Iterator[QueryTerm]:
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
                yield QueryTerm((f" {word}",), is_filler=f" {word} " in NOISE, span=span)
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


_PROVINCE_PREFIX = re.compile(rf"{province_names.BEFORE}\Z")


def _provinces_named(text: str, terms: list[QueryTerm]) -> Iterator[Chip]:
    """A province read as one: standing alone, or beside words that are all known."""
    for term in terms:
        run = [other for other in terms if not _apart(text, term, other)]
        if term.province and all(other.is_known for other in run):
            prefix = _PROVINCE_PREFIX.search(text, 0, term.span[0])
            start = prefix.start() if prefix else term.span[0]
            yield _chip("province", term.province, text, (start, term.span[1]))


def _apart(text: str, one: QueryTerm, other: QueryTerm) -> bool:
    first, second = sorted((one.span, other.span))
    return bool(re.search(r"[\s.,]", text[first[0] : second[1]].strip(" .")))


def _ministries_named(text: str, terms: list[QueryTerm]) -> Iterator[Chip]:
    for term in terms:
        written = text[slice(*term.span)]
        if written.startswith("กระทรวง") and written != "กระทรวง":
            yield _chip("ministry", written, text, term.span)
        elif term.is_known and not term.province:
            names = [name for name in term.alternatives if name.startswith("กระทรวง")]
            if names and len(names[0]) > len("กระทรวง"):
                yield _chip("ministry", names[0], text, term.span)
