"""A throwaway register of the real records on a fixed day, with some of all that staff do."""

import contextlib
import datetime
import io
import os
import tempfile
from collections.abc import Iterator
from unittest import mock
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from tests.benchmarks.inprocess import as_in_production
from tests.benchmarks.throwaway import database
from tests.dump.acts import act

NOW = datetime.datetime(2026, 11, 27, 10, tzinfo=ZoneInfo("Asia/Bangkok"))
LOADED = datetime.datetime(2026, 11, 26, 9, tzinfo=ZoneInfo("Asia/Bangkok"))


@contextlib.contextmanager
def register(engine: str) -> Iterator[None]:
    """The register as in production, until the end of the block."""
    # The clock stands still before any model is read: some take `timezone.now` as a default.
    with (
        mock.patch.object(timezone, "now", lambda: NOW),
        tempfile.TemporaryDirectory(prefix="gecc-dump-") as media,
        mock.patch.dict(os.environ, {"MEDIA_ROOT": media}),
        database(engine),
    ):
        with contextlib.redirect_stdout(io.StringIO()):
            call_command("load_records", verbosity=0)
        with as_in_production():
            act()
            date_changes()
            yield


def date_changes() -> None:
    """The database dates changes by a clock of its own, and acts are named by lot."""
    changes = apps.get_model("certifications", "Change").objects
    names = changes.order_by("pk").values_list("act", flat=True)
    for number, name in enumerate(dict.fromkeys(names)):
        moment = LOADED + datetime.timedelta(minutes=number)
        changes.filter(act=name).update(at=moment, act=f"{number:032x}" if name else "")
