"""A column: name, type, titles, descriptions, and the function that gives its value."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Model, TextChoices
from django.utils import translation

from certifications.reference.language import thai_is_read

TEXT, WHOLE, NUMBER, YES_NO, DATE, TIME = "string", "integer", "number", "boolean", "date", "time"
ADDRESS = "uri"  # a path of this site; written as a whole address

Value = Callable[[Model], object]


@dataclass(frozen=True)
class Column:
    """One column: what it is called, what it holds, and how to read it off a row."""

    name: str
    type: str
    title_th: str
    title_en: str
    value: Value
    about_th: str = ""
    about_en: str = ""
    choices: type[TextChoices] | None = None
    always: bool = False  # never empty

    @property
    def title(self) -> str:
        return self.title_th if thai_is_read() else self.title_en

    @property
    def about(self) -> str:
        return self.about_th if thai_is_read() else self.about_en


@lru_cache
def in_words(choice: TextChoices, language: str) -> str:
    with translation.override(language):
        return str(choice.label)


def of(thing_of: Value, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The same columns read from something a row leads to; empty where it leads to nothing."""

    def through(value: Value) -> Value:
        def read(row):
            thing = thing_of(row)
            return None if thing is None else value(thing)

        return read

    return tuple(replace(column, value=through(column.value)) for column in columns)


def as_float(number) -> float | None:
    return None if number is None else float(number)
