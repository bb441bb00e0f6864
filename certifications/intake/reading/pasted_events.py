"""Event handlers of the pasted-list parser, and the context they keep."""

import re
from dataclasses import dataclass, field

from certifications.intake.reading import cells
from certifications.intake.reading.phrases import GOES_ON, HEADS_A_LIST, LABEL
from certifications.intake.reading.rows import ReadRow
from certifications.reference import buddhist
from certifications.reference.states import FIRST_YEAR, LAST_YEAR
from certifications.search.levels import LevelWords


@dataclass
class Context:
    """What the text before them states of the offices that come next."""

    level: str = ""
    year: int | None = None
    announced: int | None = None
    shared: str = ""  # what a heading says each office begins with
    parent: str = ""  # the body that a heading says they are of
    is_to_date: bool = False


@dataclass
class Block:
    """A list under one heading."""

    context: Context
    rows: list[ReadRow] = field(default_factory=list)


class Events:
    """What each event in a line changes in the context."""

    def _at_level(self, match: re.Match, before: str, after: str) -> None:
        code = level_named(match[0], self.levels)
        if self.is_open:
            self._names(before)
        elif self.blocks and self.was_closed:
            for row in self.blocks[-1].rows:
                row.level = row.level or code
        goes_on = not self.is_open and self.was_closed and GOES_ON.match(after)
        if goes_on and not HEADS_A_LIST.match(after):
            self.is_open = True
            return
        self.context.level = code
        self.is_open = False
        self._begin()

    def _at_count(self, match: re.Match, before: str, after: str) -> None:
        """Ends a list, or tells how many the next has. Several of what stands before it is a kind
        of office, whose names are not told; one of it is that office."""
        counted = number_counted(match)
        if self.is_open:
            self._names(before, has_label=counted != 1)
            if counted == 1 and before.strip():
                return
        label = LABEL.search(before)
        self.context.shared = label["label"] if label else ""
        self.is_open = False
        self._begin(counted)

    def _at_printed_year(self, match: re.Match, before: str, after: str) -> None:
        if self.is_open:
            self._names(before)
        if match["range"]:
            return
        year = year_named(match["year"])
        if self.is_open and self.blocks and before.strip():
            self.blocks[-1].rows[-1].year = year or self.blocks[-1].rows[-1].year
        elif year:
            self.context.year, self.context.is_to_date = year, False
            if not self.is_new:  # the count of the list before says nothing of the next
                self._begin()

    def _at_opening(self, match: re.Match, before: str, after: str) -> None:
        if self.is_open:
            self._names(before, has_label=True)
        elif label := LABEL.search(before):
            self.context.shared = label["label"]
        self.is_open, self.was_closed = True, False

    def _at_examples(self, match: re.Match, before: str, after: str) -> None:
        self._at_closing(match, before, after)

    def _at_today(self, match: re.Match, before: str, after: str) -> None:
        if not self.is_open:
            self.context.is_to_date = True

    def _at_closing(self, match: re.Match, before: str, after: str) -> None:
        if self.is_open:
            self._names(before)
            self.was_closed = True
        self.is_open = False


def number_counted(match: re.Match | None) -> int | None:
    number = match and (match["counted"] or match["number"])
    return int(number.replace(",", "")) if number else None


def level_named(text: str, levels: LevelWords) -> str:
    try:
        return cells.level_of(text.removeprefix("และ").strip(), levels)
    except ValueError:
        return ""


def year_named(text: str) -> int | None:
    try:
        year = buddhist.parse_year(text)
    except ValueError:
        return None
    return year if FIRST_YEAR <= year <= LAST_YEAR else None
