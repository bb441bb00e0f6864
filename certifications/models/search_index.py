"""The search entries of agencies, and keeping them in step with the records.

Agencies, names and words are reached by name: their models import this one.
"""

import itertools
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import astuple

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.query import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.reference import provinces
from certifications.search import entry as search_entry
from certifications.search.entry import Entry
from certifications.search.index import GRAM_TABLE
from certifications.search.levels import AS_LOADED, LevelWords
from certifications.search.vocabulary import Vocabulary, vocabulary_of


class SearchEntry(models.Model):
    """The folded names of an agency and of everything around it.

    The database keeps the three-letter pieces of `key` itself: see `certifications.search.index`.
    """

    agency = models.OneToOneField(
        "certifications.Agency",
        models.CASCADE,
        primary_key=True,
        verbose_name=_("หน่วยงาน"),
        related_name="search_entry",
    )
    names = models.TextField(_("ชื่อที่พับแล้ว"))  # "|…|…|", its own only, the Thai name first
    key = models.TextField(_("กุญแจค้นหา"))  # its own names, the bodies above, the province
    length = models.PositiveSmallIntegerField(_("ความยาวชื่อ"))

    class Meta:
        verbose_name = _("รายการดัชนีค้นหา")
        verbose_name_plural = pgettext_lazy("plural", "รายการดัชนีค้นหา")

    def __str__(self) -> str:
        return self.names


BATCH = 2000


def _model(name: str):
    return apps.get_model("certifications", name)


# --- the vocabulary ------------------------------------------------------------------------------


def current_vocabulary(levels: LevelWords = AS_LOADED) -> Vocabulary:
    """The vocabulary as staff keep it now, in two queries; built anew only when it has changed.

    `levels` are the words of the level rows, where the caller has these at hand.
    """
    words = _model("SearchWord").objects.order_by("pk").values_list("typed", "means", "kind")
    places = _model("PlaceName").objects.order_by("pk").values_list("name", "province")
    return vocabulary_of(tuple(words), tuple(places), levels)


# --- keeping in step -----------------------------------------------------------------------------


def rekey(
    agencies: QuerySet, progress: Callable[[int], None] = lambda done: None, write: bool = True
) -> list[int]:
    """Write the entries of these agencies as they should be; the keys of those that differed.

    Nothing is written for what is in step already, or at all without `write`.
    """
    changed: list[int] = []
    done, last = 0, 0
    while True:
        # A batch a transaction, read afresh: a long rebuild must not keep everybody waiting, nor
        # write over what somebody renamed meanwhile.
        with transaction.atomic() if write else nullcontext():
            if write:
                lock_the_tree()
            rows = _rows_after(last, agencies)
            if not rows:
                return changed
            differing = _differing(rows)
            if write:
                _write(differing)
        changed += differing
        done, last = done + len(rows), rows[-1]["pk"]
        progress(done)


def lock_the_tree() -> None:
    """The lock of one row, which stands for the whole tree: a body above must not be moved or
    renamed meanwhile.

    It is taken before any other body is locked, so that two writers at one moment can neither pass
    each other nor wait for each other. SQLite has one writer anyway.
    """
    _model("Agency").objects.select_for_update().order_by("pk").values_list("pk").first()


def _differing(rows: list[dict]) -> dict[int, Entry]:
    """The entries of these agencies, as they should be, that are held otherwise or not at all."""
    entries = _Names().entries(rows, current_vocabulary())
    stored = SearchEntry.objects.filter(pk__in=entries)
    are = {pk: values for pk, *values in stored.values_list("pk", "names", "key", "length")}
    return {pk: entry for pk, entry in entries.items() if are.get(pk) != [*astuple(entry)]}


def rekey_with_those_below(keys: Iterable[int]) -> None:
    """Rekey agencies, and whatever stands below those whose own entry changed by it."""
    agencies = _model("Agency").objects
    waiting = iter(keys)
    with transaction.atomic():
        while part := list(itertools.islice(waiting, BATCH)):
            changed = rekey(agencies.filter(pk__in=part))
            paths = agencies.filter(pk__in=changed).values_list("path", flat=True)
            for path in _topmost(paths):
                rekey(agencies.filter(path__beneath=path))


def _topmost(paths) -> list[str]:
    kept: list[str] = []
    for path in sorted(paths):
        if path and not (kept and path.startswith(kept[-1])):
            kept.append(path)
    return kept


def _rows_after(last: int, agencies: QuerySet) -> list[dict]:
    """The next rows in steps of the primary key, so that no query grows with the register."""
    rows = agencies.order_by("pk").values("pk", "path", "name_th", "name_en", "province")
    return list(rows.filter(pk__gt=last)[:BATCH])


def _write(entries: dict[int, Entry]) -> None:
    SearchEntry.objects.bulk_create(
        (
            SearchEntry(agency_id=pk, names=entry.names, key=entry.key, length=entry.length)
            for pk, entry in entries.items()
        ),
        batch_size=200,  # SQLite takes only so many values in one statement
        update_conflicts=True,
        unique_fields=["agency"],
        update_fields=["names", "key", "length"],
    )


class _Names:
    """The names of agencies and of the bodies above them, each body read once."""

    def __init__(self):
        self.by_code: dict[str, list[str]] = {}

    def entries(self, rows: list[dict], vocabulary: Vocabulary) -> dict[int, Entry]:
        others = self._other_names([row["pk"] for row in rows])
        self._learn({code for row in rows for code in _above(row["path"])})
        return {
            row["pk"]: search_entry.entry(
                [row["name_th"], *others.get(row["pk"], []), row["name_en"]],
                [name for code in _above(row["path"]) for name in self.by_code.get(code, [])],
                provinces.BY_CODE.get(row["province"]),
                vocabulary,
            )
            for row in rows
        }

    def _learn(self, codes: set[str]) -> None:
        missing = codes - self.by_code.keys()
        bodies = _model("Agency").objects.filter(code__in=missing)
        rows = list(bodies.values("pk", "code", "name_th", "name_en"))
        others = self._other_names([row["pk"] for row in rows])
        for row in rows:
            names = [row["name_th"], *others.get(row["pk"], []), row["name_en"]]
            self.by_code[row["code"]] = list(filter(None, names))

    @staticmethod
    def _other_names(keys: list[int]) -> dict[int, list[str]]:
        names: dict[int, list[str]] = {}
        found = _model("AgencyName").objects.filter(agency__in=keys).order_by("kind", "name")
        for agency, name in found.values_list("agency", "name"):
            names.setdefault(agency, []).append(name)
        return names


def _above(path: str) -> list[str]:
    return path.split("/")[:-2]


def settle() -> None:
    """After a rebuild: both databases write down how common each gram is, SQLite compactly."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {GRAM_TABLE}({GRAM_TABLE}) VALUES('rebuild')")
            cursor.execute(f"INSERT INTO {GRAM_TABLE}({GRAM_TABLE}) VALUES('optimize')")
        else:
            cursor.execute("ANALYZE certifications_searchentry")


def grams_in_step() -> bool:
    """Whether the database's own index of grams agrees with the entries.

    PostgreSQL keeps an index in step or refuses the write; SQLite's table is checked by itself.
    """
    if connection.vendor != "sqlite":
        return True
    entries = SearchEntry.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
            ["certifications_searchentry"],
        )
        if cursor.fetchone()[0] < 3:
            return False
        cursor.execute(f"SELECT count(*) FROM {GRAM_TABLE}_docsize")
        return cursor.fetchone()[0] == entries
