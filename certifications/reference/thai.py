"""One spelling for Thai text: repairs typing, splits words and gives dictionary order."""

import os
import re
import unicodedata

# Otherwise pythainlp makes ~/pythainlp-data as it is imported, and fails where home is read-only.
os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")

from pythainlp.tokenize import word_tokenize
from pythainlp.util import eng_to_thai, normalize

_CONSONANTS = "\u0e01-\u0e2e"  # ก to ฮ, with ฤ and ฦ
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"  # written above or below a consonant
_AFTER = "\u0e30\u0e32\u0e33\u0e45"  # ะ า ำ ๅ, written after a consonant
_TONES = "\u0e48\u0e49\u0e4a\u0e4b"
_MAITAIKHU, _THANTHAKHAT, _NIKHAHIT = "\u0e47", "\u0e4c", "\u0e4d"

# Fonts of the 1990s kept lowered and shifted shapes of the marks at private code points, and
# PDFs made with them still give those. Both rows as in HarfBuzz, hb-ot-shaper-thai.cc.
_WINDOWS_GLYPHS = (  # U+F700 to U+F71A
    "\u0e10\u0e34\u0e35\u0e36\u0e37"
    "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # low and left
    "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # low
    "\u0e0d\u0e31\u0e4d\u0e47"
    "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"  # left
    "\u0e38\u0e39\u0e3a"
)
_MAC_GLYPHS = (  # U+F884 to U+F89E
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47"
    "\u0e48\u0e48\u0e48\u0e49\u0e49\u0e49\u0e4a\u0e4a\u0e4a\u0e4b\u0e4b\u0e4b\u0e4c\u0e4c\u0e4c"
    "\u0e4d\u0e0d\u0e38\u0e39\u0e3a\u0e10"
)
_GLYPHS = dict(enumerate(_WINDOWS_GLYPHS, 0xF700)) | dict(enumerate(_MAC_GLYPHS, 0xF884))

_UNSEEN = {"Cc", "Cf", "Cn", "Cs"}  # controls, ZWSP and BOM, no characters, halves of a pair
_FULL_WIDTH = re.compile("[\uff00-\uffef]+")
_DANGLING = re.compile(
    f"(?:^|(?<![{_CONSONANTS}{_MARKS}]) )"  # nothing here can carry a mark
    f"[{_MARKS}](?: ?[{_MARKS}])*"
)
_STRAY_SPACE = re.compile(
    f"(?<=[{_CONSONANTS}{_MARKS}]) (?=[{_MARKS}])"
    f"|(?<=[{_CONSONANTS}{_MARKS}{_AFTER}]) (?=[{_AFTER}])"
)
_CLUSTER = re.compile(f"(^|.)([{_MARKS}{_AFTER}]+)")
_DOUBLED_E = re.compile("เ(?: ?เ)+")

_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")

_LEADING_VOWEL = re.compile("([เ-ไ])([ก-ฮ])")
_NUMBER = re.compile("[0-9]+")
_NUMBER_WIDTH = 10
_KEY_LENGTH = 600
_PLAIN_RANK = 1
# Marks that only decide between words otherwise equal, in the order of the dictionary.
_DECIDING_LAST = "\u0e4e\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d"
_RANKS = {mark: rank for rank, mark in enumerate(_DECIDING_LAST, _PLAIN_RANK + 1)}


def clean(text: str) -> str:
    """The text in its one spelling, on one line; cleaning twice changes nothing more.

    Repairs typing, not spelling: a wrong consonant stays, and Thai digits are kept.
    """
    # NFKC only here: over the whole text it would break every ำ in two and change … and ½.
    text = _FULL_WIDTH.sub(_nfkc, text.translate(_GLYPHS))
    text = _one_space(_DANGLING.sub(" ", _one_space(_seen(text))))
    text = _CLUSTER.sub(_one_cluster, _STRAY_SPACE.sub("", text))
    # Last, since pythainlp's rules settle in one pass only on text already in this order.
    return normalize(_DOUBLED_E.sub("แ", text))


def arabic_digits(text: str) -> str:
    return text.translate(_TO_ARABIC)


def typed_in_english(text: str) -> str:
    """What the same keys give on a Thai keyboard: l;ylfu is สวัสดี."""
    return clean(eng_to_thai(text))


def words(text: str) -> list[str]:
    """The words of the cleaned text, without spaces; the first call loads a dictionary (0.5 s)."""
    return word_tokenize(clean(text), engine="newmm", keep_whitespace=False)


def sort_key(text: str) -> str:
    """Thai dictionary order as lower-case hex, so that every database sorts it alike.

    The letters come first, then 00, then the rank of each tone and silencing mark. Numbers sort by
    value. At most 600 characters: names alike in their first hundred letters may come out equal.
    """
    text = _NUMBER.sub(_padded, arabic_digits(clean(text)).casefold())
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] in "LMN")
    text = _LEADING_VOWEL.sub(r"\2\1", text)
    letters = "".join(letter for letter in text if letter not in _RANKS).encode()
    ranks = bytes(_RANKS.get(letter, _PLAIN_RANK) for letter in text)
    # Plain ranks at the end decide nothing, and dropping them leaves room for long names.
    return (letters + b"\0" + ranks.rstrip(bytes([_PLAIN_RANK]))).hex()[:_KEY_LENGTH]


def _nfkc(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _seen(text: str) -> str:
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)


def _one_space(text: str) -> str:
    return " ".join(text.split())


def _one_cluster(match: re.Match[str]) -> str:
    """What is written on and after one consonant: each sign once, in the order of the standard."""
    before, run = match.groups()
    if match[0] in ("ฤๅ", "ฦๅ"):
        return match[0]
    run = run.replace("ๅ", "า")
    if _NIKHAHIT in run and ("า" in run or "ำ" in run):
        run = run.replace(_NIKHAHIT, "").replace("า", "ำ")
    signs = dict.fromkeys(run)
    after = "".join(sign for sign in signs if sign in _AFTER)
    marks = "".join(sign for sign in signs if sign not in _AFTER + _TONES + _THANTHAKHAT)
    tones = "" if _MAITAIKHU in run else "".join(sign for sign in run if sign in _TONES)
    silent = _THANTHAKHAT if _THANTHAKHAT in run else ""
    return before + marks + tones[-1:] + silent + after


def _padded(match: re.Match[str]) -> str:
    return match[0].lstrip("0").zfill(_NUMBER_WIDTH)
