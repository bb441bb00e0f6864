"""A process beside the server that works in the same database: changes it, counts, copies it out.

`measure` writes one JSON object a line, {"do": …}, and reads one back. Through it nothing of the
measuring process, which holds two databases after each other, has to know a model.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import tests.benchmarks.ready  # noqa: F401  before the models below
from certifications.listing import results
from certifications.models import Agency, Award, Service
from certifications.models.tree import PATH_SEPARATOR
from certifications.reference import provinces
from tests.benchmarks.database import refuse_real_records, use
from tests.benchmarks.inprocess import as_in_production, read
from tests.benchmarks.probes import FACETS
from tests.benchmarks.spellings import queries

OFFICES_SAMPLED = 20
ROWS_A_PAGE = 25
COLUMNS = {  # name → type, without which Datasette finds no year
    "code": "TEXT",
    "name_th": "TEXT",
    "name_en": "TEXT",
    "province": "TEXT",
    "service": "TEXT",
    "level": "TEXT",
    "year": "INTEGER",
    "state": "TEXT",
    "ministry": "TEXT",
    "department": "TEXT",
    "score": "REAL",
}


def main(url: str) -> None:
    use(url)
    refuse_real_records()
    for line in sys.stdin:
        asked = json.loads(line)
        answer = ACTS[asked.pop("do")](**asked)
        print(json.dumps(answer), flush=True)


def change() -> None:
    """A committed write that any page could show: an award gets another score."""
    award = Award.objects.filter(score__isnull=False).order_by("pk").select_related("level")[0]
    lowest = award.level.min_score
    award.score = lowest + (int(award.score) + 1 - lowest) % 10
    award.save()


def facts() -> dict:
    """Codes that exist in this database, for addresses."""
    offices = Agency.objects.filter(kind=Agency.Kind.OFFICE)
    ministry = Agency.objects.get(name_th__startswith="กระทรวงแรงงาน")
    department = Agency.objects.get(name_th__startswith="กรมการจัดหางาน")
    sampled = offices.order_by("code").values_list("code", flat=True)[:OFFICES_SAMPLED]
    return {
        "offices": list(sampled),
        "ministry": ministry.code,
        "department": department.code,
        "ministry_name": ministry.name_th,
        "spellings": [{**asdict(query), "meant": sorted(query.meant)} for query in queries()],
    }


def count_queries(address: str) -> int:
    """How many queries an address asks of the database."""
    with as_in_production(), CaptureQueriesContext(connection) as captured:
        read(Client(), address)
    return len(captured)


def contains(text: str) -> dict:
    """Plain `icontains`, the count and the first page: how long, and what it finds."""
    began = time.perf_counter()
    found = Agency.objects.filter(name_th__icontains=text)
    found.count()
    codes = [agency.code for agency in found.order_by("sort_key", "pk")[:ROWS_A_PAGE]]
    return {"ms": (time.perf_counter() - began) * 1000, "codes": codes}


def copy_for_datasette(path: str) -> int:
    """The rows of the list as one plain table, as Datasette's documentation advises.

    An index on each column that is faceted, and a full-text table over the names.
    """
    services = {service.pk: service.name_th for service in Service.objects.all()}
    bodies = dict(Agency.objects.exclude(kind=Agency.Kind.OFFICE).values_list("code", "name_th"))
    rows = []
    for agency in results.listing({}).stream():
        award = agency.shown_award
        above = agency.path.split(PATH_SEPARATOR)[:-2]
        rows.append(
            (
                agency.code,
                agency.name_th,
                agency.name_en,
                provinces.BY_CODE[agency.province].name_th,
                services.get(agency.service_id, ""),
                award.level.name_th if award.level else "",
                award.year,
                award.state,
                bodies[above[0]],
                bodies[above[-1]],
                float(award.score) if award.score is not None else None,
            )
        )
    _write_table(Path(path), rows)
    return len(rows)


def _write_table(path: Path, rows: list[tuple]) -> None:
    copy = sqlite3.connect(path)
    copy.execute("PRAGMA journal_mode=WAL")
    columns = ", ".join(COLUMNS)
    typed = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
    copy.execute(f"CREATE TABLE offices (id INTEGER PRIMARY KEY, {typed})")
    marks = ", ".join("?" for _column in COLUMNS)
    copy.executemany(f"INSERT INTO offices ({columns}) VALUES ({marks})", rows)
    for column in FACETS:
        copy.execute(f"CREATE INDEX by_{column} ON offices ({column})")
    # Datasette recognises the table as the index of the other by the quotes.
    copy.execute('CREATE VIRTUAL TABLE offices_fts USING fts5(name_th, name_en, content="offices")')
    copy.execute(
        "INSERT INTO offices_fts (rowid, name_th, name_en) SELECT id, name_th, name_en FROM offices"
    )
    copy.commit()
    copy.execute("ANALYZE")
    copy.commit()
    copy.close()


ACTS: dict[str, Callable] = {
    "change": change,
    "facts": facts,
    "count_queries": count_queries,
    "contains": contains,
    "copy_for_datasette": copy_for_datasette,
}

if __name__ == "__main__":
    main(sys.argv[1])
