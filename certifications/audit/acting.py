"""The context of a change: account, channel and reason, which no trigger can know.

It is also where the rule stands that what the public sees changes by two people: an act that wrote
something public without being a decision is not committed (docs/decisions/0017).
"""

import contextlib
import contextvars
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from certifications.audit.rows import Row, rows_of
from certifications.models.changes import Change

# Of these a second person has decided, or who runs the server answers for them, or they only take
# off view what another confirms or restores.
DECIDED = frozenset({Change.Channel.PROPOSAL, Change.Channel.COMMAND, Change.Channel.HIDING})


class Undecided(Exception):
    """An act wrote something public that nobody decided; all of it was rolled back."""

    def __init__(self, rows: list[Row]):
        super().__init__("Public rows outside a decision")
        self.rows = rows  # all that the act wrote


@dataclass(frozen=True)
class Act:
    """Who changes the register now, through which channel, and why."""

    by_key: int | None
    by_name: str
    channel: str
    why: str
    act: str


_current: contextvars.ContextVar[Act | None] = contextvars.ContextVar("act", default=None)


@contextlib.contextmanager
def acting(*, by, channel: str = "", why: str = "") -> Iterator[Act]:
    """All that is written within is one act of this account, all of it or nothing.

    `by` is None for a command that nobody in particular gave. Inside another act the outer one's
    account stays; a channel and a reason given here are for what is written here.

    Raises Undecided, with nothing written, when any of it is public and was no decision.
    """
    outer = _current.get()
    if outer:
        act = replace(outer, why=why or outer.why, channel=channel or outer.channel)
    else:
        key, name = (by.pk, by.get_username()) if by else (None, "")
        act = Act(key, name, channel or Change.Channel.FORM, why, uuid.uuid4().hex)
    with transaction.atomic():
        token = _current.set(act)
        _tell_database(act)
        try:
            yield act
            if not outer:
                refuse_undecided()
        finally:
            _current.reset(token)
            # After a failure the transaction is rolled back, and with it the act.
            if not connection.needs_rollback:
                _tell_database(outer)


def current_act() -> Act | None:
    """Whose act what is written now belongs to; None outside of any."""
    return _current.get()


def refuse_undecided() -> None:
    """Undecided when the act so far wrote something public in no decision. One query."""
    act = _current.get()
    written = Change.objects.filter(act=act.act if act else "")
    if act and _is_undecided(written):
        raise Undecided(rows_of(written.order_by("pk")))


def _is_undecided(written: QuerySet[Change]) -> bool:
    return written.filter(was_public=True).exclude(channel__in=DECIDED).exists()


@dataclass(frozen=True)
class Trial:
    """What an act would write, and whether anyone would see it."""

    rows: list[Row]
    is_public: bool


def trial(do: Callable[[], object], *, by, why: str = "") -> Trial:
    """What an act would write; nothing of it is. Also inside another act."""
    found = []
    with contextlib.suppress(_RolledBack), acting(by=by, why=why) as act, transaction.atomic():
        before = Change.objects.filter(act=act.act).aggregate(last=Max("pk"))["last"] or 0
        do()
        written = Change.objects.filter(act=act.act, pk__gt=before).order_by("pk")
        found.append(Trial(rows_of(written), _is_undecided(written)))
        raise _RolledBack
    return found[0]


class _RolledBack(Exception):
    """Ends a trial."""


def _tell_database(act: Act | None) -> None:
    value = json.dumps(asdict(act)) if act else ""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE certifications_currentact SET act = %s", [value])
        else:
            cursor.execute("SELECT set_config('gecc.act', %s, true)", [value])
