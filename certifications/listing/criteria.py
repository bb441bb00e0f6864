"""What is asked of a list, checked."""

import datetime
from dataclasses import dataclass, field

from django.utils import timezone

UNKNOWN = "unknown"  # a level or year no source states, a province or service not given
RAISED = "raised"  # certified at a higher level than the time before

OF_AWARDS = ("level", "year", "state", "change", "said_level", "said_year")


@dataclass
class Asked:
    """The checked parameters of a list; a set is empty where nothing was asked."""

    province: frozenset[str] = frozenset()  # codes, like all that follow
    service: frozenset[str] = frozenset()
    level: frozenset[str] = frozenset()
    year: frozenset[int | str] = frozenset()  # B.E.
    state: frozenset[str] = frozenset()
    change: frozenset[str] = frozenset()
    ministry: frozenset[str] = frozenset()
    department: frozenset[str] = frozenset()
    on: datetime.date = field(default_factory=timezone.localdate)
    sort: str = ""
    said_level: str = ""  # in the words of a search; holds whatever the filters say
    said_year: int | None = None

    @property
    def of_awards(self) -> bool:
        return any(getattr(self, name) for name in OF_AWARDS)
