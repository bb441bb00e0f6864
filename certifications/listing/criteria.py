"""The criteria of a list query: its parameters, checked."""

import datetime
from dataclasses import dataclass, field

from django.utils import timezone

UNKNOWN = "unknown"  # a level or year no source states, a province or service not given
RAISED = "raised"  # certified at a higher level than the time before

AWARD_CRITERIA = ("level", "year", "state", "change", "searched_level", "searched_year")


@dataclass
class Criteria:
    """The checked parameters of a list; a set is empty where nothing is asked."""

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
    searched_level: str = ""  # in the words of a search; holds whatever the filters say
    searched_year: int | None = None

    @property
    def has_award_filters(self) -> bool:
        return any(getattr(self, name) for name in AWARD_CRITERIA)
