"""The context of a change: account, channel and reason, which no trigger can know."""

import contextlib
import contextvars
import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from django.db import connection, transaction

from certifications.models.changes import Change


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
    account and channel stay; a reason given here is added for what is written here.
    """
    outer = _current.get()
    if outer:
        act = replace(outer, why=why or outer.why)
    else:
        key, name = (by.pk, by.get_username()) if by else (None, "")
        act = Act(key, name, channel or Change.Channel.FORM, why, uuid.uuid4().hex)
    with transaction.atomic():
        token = _current.set(act)
        _tell_database(act)
        try:
            yield act
        finally:
            _current.reset(token)
            # After a failure the transaction is rolled back, and with it the act.
            if not connection.needs_rollback:
                _tell_database(outer)


def current_act() -> Act | None:
    """Whose act what is written now belongs to; None outside of any."""
    return _current.get()


def _tell_database(act: Act | None) -> None:
    value = json.dumps(asdict(act)) if act else ""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE certifications_currentact SET act = %s", [value])
        else:
            cursor.execute("SELECT set_config('gecc.act', %s, true)", [value])
