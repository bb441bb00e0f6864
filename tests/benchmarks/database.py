"""Which database a benchmark works in: never that of the site."""

import csv
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from certifications.actions.loading.records import DATA_FOLDER
from certifications.models import Agency, LoadedRecord
from gecc.settings import database

# Stands in the website of every invented agency. The domain .test is reserved: no body has it.
MARKER = ".invented.example.test/"


class Refused(Exception):
    """The database is not one for invented records; the message says why."""


def use(url: str) -> None:
    """Make the database at `url` the one this process works in; Refused for the site's own."""
    chosen = database(url)
    if identity(chosen) == identity(settings.DATABASES["default"]):
        raise Refused(
            "This is the database of the site (DATABASE_URL). Name another one, made for this."
        )
    connections["default"].close()
    del connections["default"]
    connections.settings = connections.configure_settings({"default": chosen})


def identity(config: dict) -> tuple:
    """What makes two descriptions of a database mean the same one."""
    name = str(config.get("NAME", ""))
    if config["ENGINE"].endswith("sqlite3") and name != ":memory:":
        return ("sqlite3", str(Path(name).resolve()))
    where = (str(config.get(key) or "") for key in ("HOST", "PORT"))
    return (config["ENGINE"], name, *where)


def refuse_real_records() -> None:
    """Refused when the database holds anything but what the generator invented."""
    tables = set(connection.introspection.table_names())
    if LoadedRecord._meta.db_table in tables and LoadedRecord.objects.exists():
        raise Refused("This database holds records loaded from data files.")
    if Agency._meta.db_table not in tables:
        if tables:
            raise Refused("This database holds tables that are not the register's.")
        return
    codes = Agency.objects.order_by().values_list("code", flat=True)
    if codes.filter(code__in=real_codes()).exists():
        raise Refused("This database holds agencies of certifications/data/agencies.csv.")
    if unmarked := codes.exclude(website__endswith=MARKER).first():
        raise Refused(f"Agency {unmarked} of this database is not an invented one.")


def real_codes() -> set[str]:
    """The codes of the real agencies; no invented one may have such a code."""
    with (DATA_FOLDER / "agencies.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["code"] for row in csv.DictReader(lines)}
