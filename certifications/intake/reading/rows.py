"""ReadRow: one row as parsed, before any look-up or decision."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


class Unreadable(Exception):
    """The whole file or text cannot be read; str() is a Thai sentence with the remedy."""


@dataclass
class ReadRow:
    """One office as a file or list names it; what could not be read is said in `faults`."""

    number: int  # line of the file or of the pasted text, from 1
    raw: dict[str, str]  # what stood there: column heading → text; for a list {"": line}
    name: str = ""  # cleaned (thai.clean), in full where a shared prefix was given
    code: str = ""  # permanent code, in files exported from here
    version: str = ""  # of the row when it was exported, to tell edits since
    year: int | None = None  # B.E.
    level: str = ""  # code of the level: basic, advanced, excellent
    score: Decimal | None = None
    province: str = ""  # two-digit code
    parent: str = ""  # name of the body above, as written
    certificate_number: str = ""
    recipient: str = ""
    recipient_position: str = ""
    known_by: date | None = None
    faults: list[str] = field(default_factory=list)  # Thai sentences: the column and the remedy
    warnings: list[str] = field(default_factory=list)
