"""People as lists write them: a name, a position in brackets, and on whose behalf they came."""

import re

_POSITION = re.compile(r"(?P<name>.+?)\s*\((?P<position>.+)\)")
# A word of its own: รักษาราชการแทน is a post, and what stands in brackets is a position.
_ON_BEHALF = re.compile(r"(?<=[\s)])(?<!ราชการ )(?:รับมอบ|รับโล่|รับ)?แทน\s*")


def name_and_position(text: str) -> tuple[str, str]:
    """นายก ใจดี (ผู้อำนวยการ) → its two parts; the position is "" where there is none."""
    match = _POSITION.fullmatch(text)
    return (match["name"].strip(), match["position"].strip()) if match else (text, "")


def with_behalf(text: str) -> tuple[str, str, str, str]:
    """นายก (รองอธิบดี) แทน นายข (อธิบดี) → name and position of both; "" for what is not said."""
    for match in _ON_BEHALF.finditer(text):
        before, after = text[: match.start()].strip(), text[match.end() :]
        if after and before.count("(") == before.count(")"):
            return (*name_and_position(before), *name_and_position(after))
    return (*name_and_position(text), "", "")


def in_words(name: str, position: str) -> str:
    """As `name_and_position` reads it."""
    return f"{name} ({position})" if position else name
