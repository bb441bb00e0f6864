"""Nearness of a record's names to a query that matches nothing as typed: edit distances."""

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from certifications.search.entry import BETWEEN
from certifications.search.query import ParsedQuery
from certifications.search.vocabulary import LEAST_WORD


def slips_allowed(length: int) -> int:
    """How many letters may be lost, added, changed or swapped in a word of this length."""
    return 1 if length < 12 else 2 if length < 20 else 3


def nearness(parsed: ParsedQuery, names: str) -> float:
    """How near the names of a record are to a query, 0 to 100; 0 when it is something else.

    Known words are taken as typed: whoever asks for ตราด does not mean ตรัง. That the record has
    them is for the caller to see to.
    """
    slips, letters = 0, 0
    for term in parsed.terms:
        word = term.alternatives[0].strip()
        letters += len(word)
        if term.is_known or term.alternatives[0] in names:
            continue
        found = _slips_within(word, names)
        if found is None:
            return whole_nearness(parsed, names)
        slips += found
    if slips > 3 or not letters:
        return 0
    return 90 * (1 - slips / letters) + _likeness(parsed, names) / 10


def whole_nearness(parsed: ParsedQuery, names: str) -> float:
    """The same over the query as a whole, for a slip in a word too short to tell by itself."""
    for phrase in parsed.phrases:
        allowed = len(phrase) // 10
        for name in names.strip(BETWEEN).split(BETWEEN):
            slips = OSA.distance(phrase, name, score_cutoff=allowed)
            if slips <= allowed:
                return 90 * (1 - slips / len(phrase)) + _likeness(parsed, names) / 10
    return 0


def _likeness(parsed: ParsedQuery, names: str) -> float:
    own = names.strip(BETWEEN).split(BETWEEN)[:2]
    return max((fuzz.ratio(phrase, name) for phrase in parsed.phrases for name in own), default=0)


def _slips_within(word: str, names: str) -> int | None:
    """The fewest slips with which a word stands somewhere in the names; None when too many."""
    if len(word) < LEAST_WORD:
        return None
    allowed = slips_allowed(len(word))
    alignment = fuzz.partial_ratio_alignment(word, names, score_cutoff=50)
    if alignment is None:
        return None
    around = range(-allowed, allowed + 1)
    best = min(
        OSA.distance(
            word, names[max(alignment.dest_start + before, 0) : alignment.dest_end + after]
        )
        for before in around
        for after in around
    )
    return best if best <= allowed else None
