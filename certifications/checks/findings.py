"""Findings of the rules: errors, which stop a record, and warnings, which staff may accept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is or may be wrong."""

    code: str  # of the rule
    is_error: bool  # False for a warning, which may be accepted with a reason
    field: str  # of the form; "" when it is about the whole record
    message: str  # a sentence naming the values and the remedy
    about: str = ""  # the values in no language: another value is another warning

    @property
    def key(self) -> str:
        """By which a page says which warnings it showed."""
        return f"{self.code} {self.about}"


def error(code: str, field: str, message: str, about: object = "") -> Finding:
    return Finding(code, True, field, str(message), str(about))


def warning(code: str, field: str, message: str, about: object = "") -> Finding:
    return Finding(code, False, field, str(message), str(about))
