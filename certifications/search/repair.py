"""Repair of queries: misspelt words, and Thai typed on an English keyboard."""

from dataclasses import replace

from rapidfuzz.distance import OSA

from certifications.reference import thai
from certifications.search.folding import IS_LATIN, IS_THAI
from certifications.search.query import ParsedQuery, parse
from certifications.search.vocabulary import LEAST_WORD, Known, Vocabulary, sound


def respelt(parsed: ParsedQuery, vocabulary: Vocabulary) -> ParsedQuery | None:
    """The query with unknown words put right that are a slip away from a known one."""
    text = parsed.text
    for term in sorted(parsed.terms, key=lambda term: -term.span[0]):
        if term.is_known:
            continue
        meant = _nearest_known(term.alternatives[0], vocabulary)
        if meant:
            start, end = term.span
            text = text[:start] + meant.label + text[end:]
    if text == parsed.text:
        return None
    return replace(parse(text, vocabulary), corrected=text)


def _nearest_known(word: str, vocabulary: Vocabulary) -> Known | None:
    is_latin = bool(IS_LATIN.search(word))
    heard = sound(word) if is_latin else word
    # A word of three letters has too many neighbours to guess.
    if len(heard) < LEAST_WORD:
        return None
    best, nearest = None, 3
    for key in vocabulary.latin if is_latin else vocabulary.known:
        allowed = min(nearest - 1, 1 if max(len(key), len(heard)) < 9 else 2)
        if abs(len(key) - len(heard)) > allowed or (IS_LATIN.search(key) and not is_latin):
            continue
        if len(heard) == LEAST_WORD and (len(key), key[0]) != (LEAST_WORD, heard[0]):
            continue
        slips = OSA.distance(heard, key, score_cutoff=allowed)
        if slips <= allowed:
            best, nearest = key, slips
    if best is None:
        return None
    return vocabulary.known[vocabulary.latin[best] if is_latin else best]


def retyped(parsed: ParsedQuery, vocabulary: Vocabulary) -> ParsedQuery | None:
    """A query in Latin letters as a Thai keyboard would have given it (l;ylfu → สวัสดี)."""
    if IS_THAI.search(parsed.text) or not IS_LATIN.search(parsed.text.casefold()):
        return None
    text = thai.typed_in_english(parsed.text)
    if not IS_THAI.search(text):
        return None
    return replace(parse(text, vocabulary), corrected=text)
