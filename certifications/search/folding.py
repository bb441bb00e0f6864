"""Folding: text in the form in which it is compared, with and without the common words of names.

Folding is for finding, never for identity: แพร่, แพร and แพร้ fold alike.
"""

import re

from certifications.reference import thai

_DROPPED = "่้๊๋์็ํ๎ฺๆฯ"
_FOLDED = str.maketrans(dict.fromkeys(_DROPPED) | dict(zip("ฎศษณใ", "ฏสสนไ", strict=True)))
_LATIN = "a-z\u00df-\u024f"
_THAI = "0-9\u0e01-\u0e3a\u0e40-\u0e4e"
RUN = re.compile(rf"[{_LATIN}]+|[{_THAI}]+|[^\W_{_LATIN}{_THAI}]+")
IS_LATIN = re.compile(f"[{_LATIN}]")
IS_THAI = re.compile("[\u0e01-\u0e4e]")


def fold(text: str) -> str:
    """Cleaned text as it is compared: Thai run together, each Latin word between single spaces."""
    folded = ""
    for run in RUN.findall(_plain(text)):
        if IS_LATIN.match(run):
            folded += run + " " if folded.endswith(" ") else f" {run} "
        else:
            folded += run
    return folded


def _plain(text: str) -> str:
    return thai.arabic_digits(text).casefold().translate(_FOLDED)


# Words that say what sort of place follows; names are written with and without them.
FILLERS = ("สำนักงาน", "หน่วยงาน", "จังหวัด", "อำเภอ", "ตำบล", "สาขา", "แห่งที่", "พื้นที่")
_LEFT_OUT = re.compile("|".join(map(fold, FILLERS[2:])))
NOISE = {*map(fold, ("การ", "ที่", "ของ", "ใน", "แห่ง", "และ", "ณ", "ประจำ", "ฝ่าย", "งาน"))}
NOISE |= {fold(word) for word in ("the", "of", "in", "at", "and", "for", "gecc", "thailand")}


def core(folded: str) -> str:
    """A folded name without the words for province, district, branch and the like."""
    return _LEFT_OUT.sub("", folded)


def folded_positions(text: str, span: tuple[int, int]) -> tuple[str, list[int]]:
    """A part of a text folded, and the position in the text of each folded letter."""
    plain, at = "", []
    for position in range(*span):
        letters = _plain(text[position])
        plain += letters
        at += [position] * len(letters)
    folded, folded_at = "", []
    for run in RUN.finditer(plain):
        positions = at[run.start() : run.end()]
        if not IS_LATIN.match(run[0]):
            folded += run[0]
            folded_at += positions
            continue
        before = "" if folded.endswith(" ") else " "
        folded += f"{before}{run[0]} "
        folded_at += positions[:1] * len(before) + positions + positions[-1:]
    return folded, folded_at
