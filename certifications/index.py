"""The search index in the database: kept in step with the records, and asked in either dialect.

An entry's key is ordinary text. The database itself keeps the key's three-letter pieces: PostgreSQL
in a GIN index over the function search_grams(key), SQLite in an FTS5 table that triggers fill (see
the migration that makes them). A lookup narrows by those pieces and then looks for the words in the
key, so the answer is the same on both, in any locale. Models are reached by name: they import this.
"""

import itertools
import math
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import astuple

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Lookup, TextField
from django.db.models.query import QuerySet

from certifications import search
from certifications.reference import provinces

GRAM_TABLE = "certifications_searchgram"
GRAM_COUNTS = "certifications_searchgram_counts"
GRAM_INDEX = "certifications_searchentry_grams"
BATCH = 2000
MOST_COMBINATIONS = 16  # of the texts of several lists, looked for in PostgreSQL's index at once


def _model(name: str):
    return apps.get_model("certifications", name)


# --- asking --------------------------------------------------------------------------------------


class _GramLookup(Lookup):
    prepare_rhs = False

    def _entry_key(self, connection) -> str:
        """The column of the entry's key in the table, for SQLite's FTS5 to name rows by."""
        quote = connection.ops.quote_name
        return f"{quote(self.lhs.alias)}.{quote(self.lhs.target.model._meta.pk.column)}"

    def _matches(self, connection) -> str:
        held = f"SELECT rowid FROM {GRAM_TABLE} WHERE {GRAM_TABLE} MATCH %s"
        return f"{self._entry_key(connection)} IN ({held})"


@TextField.register_lookup
class Holds(_GramLookup):
    """key__holds=[[…], […]]: at least one text of each list stands in the key.

    Texts shorter than a gram are looked for without the index.
    """

    lookup_name = "holds"

    def as_sqlite(self, compiler, connection):
        sql, params = self._rechecked("instr", *self.process_lhs(compiler, connection))
        wanted = " AND ".join(
            "(" + " OR ".join(f"({_quoted(text)})" for text in texts) + ")"
            for texts in self._narrowing
        )
        if wanted:
            return f"({self._matches(connection)} AND {sql})", [wanted, *params]
        return sql, params

    def as_postgresql(self, compiler, connection):
        key, key_params = self.process_lhs(compiler, connection)
        sql, params = self._rechecked("strpos", key, key_params)
        combined = self._combined
        if not combined:
            return sql, params
        narrowed = " OR ".join([f"search_grams({key}) @> %s::text[]"] * len(combined))
        narrowed_params = [param for grams in combined for param in (*key_params, grams)]
        return f"(({narrowed}) AND {sql})", [*narrowed_params, *params]

    @property
    def _combined(self) -> list[list[str]]:
        """The grams of each way to take one text of every list.

        The index answers an OR of these whole. An AND of ORs it answers in part, and the pieces of
        each row's key are cut anew to look for the rest, 30 µs a row.
        """
        lists: list = []
        for texts in sorted(self._narrowing, key=len):
            if math.prod(map(len, [*lists, texts])) <= MOST_COMBINATIONS:
                lists.append(texts)
        ways = itertools.product(*lists) if lists else ()
        return [
            list(
                dict.fromkeys(gram for text in way for gram in search.grams(text, step=search.GRAM))
            )
            for way in ways
        ]

    @property
    def _narrowing(self) -> list:
        return [texts for texts in self.rhs if min(map(len, texts)) >= search.GRAM]

    def _rechecked(self, function: str, key: str, key_params) -> tuple[str, list]:
        found = f"{function}({key}, %s) > 0"
        sql = " AND ".join("(" + " OR ".join([found] * len(texts)) + ")" for texts in self.rhs)
        params = [param for texts in self.rhs for text in texts for param in (*key_params, text)]
        return f"({sql})", params


@TextField.register_lookup
class Shares(_GramLookup):
    """key__shares=[…]: at least one of these grams stands in the key."""

    lookup_name = "shares"

    def as_sqlite(self, compiler, connection):
        return self._matches(connection), [" OR ".join(f'"{gram}"' for gram in self.rhs)]

    def as_postgresql(self, compiler, connection):
        key, params = self.process_lhs(compiler, connection)
        return f"search_grams({key}) && %s::text[]", [*params, list(self.rhs)]


def _quoted(text: str) -> str:
    return " AND ".join(f'"{gram}"' for gram in search.grams(text, step=search.GRAM))


def rarest(grams: list[str], rows: int) -> list[str]:
    """The rarer of the grams: as many as stand in some `rows` keys together, at least one."""
    if not grams:
        return []
    is_sqlite = connection.vendor == "sqlite"
    counts = _counts_on_sqlite(grams) if is_sqlite else _counts_on_postgresql(grams)
    kept, together = [], 0
    for gram in sorted(grams, key=lambda gram: (counts.get(gram, 0), gram)):
        if together and together + counts.get(gram, 0) > rows:
            break
        kept.append(gram)
        together += counts.get(gram, 0)
    return kept


def _counts_on_sqlite(grams: list[str]) -> dict[str, float]:
    """In how many keys each gram stands."""
    places = ", ".join(["%s"] * len(grams))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT term, doc FROM {GRAM_COUNTS} WHERE term IN ({places})", grams)
        return dict(cursor.fetchall())


def _counts_on_postgresql(grams: list[str]) -> dict[str, float]:
    """The same by the statistics, which know the commonest grams; the others cost little."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gram, frequency * greatest(rows.reltuples, 0) FROM pg_stats, "
            "unnest(most_common_elems::text::text[], most_common_elem_freqs) AS c(gram, frequency),"
            " pg_class AS rows WHERE rows.oid = 'certifications_searchentry'::regclass"
            " AND schemaname = ANY(current_schemas(false)) AND tablename = %s AND gram = ANY(%s)",
            [GRAM_INDEX, grams],
        )
        return dict(cursor.fetchall())


# --- the vocabulary ------------------------------------------------------------------------------


def current_vocabulary() -> search.Vocabulary:
    """The vocabulary as staff keep it now, in two queries; built anew only when it has changed."""
    words = _model("SearchWord").objects.order_by("pk").values_list("typed", "means", "kind")
    places = _model("PlaceName").objects.order_by("pk").values_list("name", "province")
    return search.vocabulary_of(tuple(words), tuple(places))


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
    """The row that moves in the tree lock: a body above must not be renamed meanwhile.

    It is taken before any other body is locked, so that two writers cannot wait for each other.
    """
    _model("Agency").objects.select_for_update().order_by("pk").values_list("pk").first()


def _differing(rows: list[dict]) -> dict[int, search.Entry]:
    """The entries of these agencies, as they should be, that are held otherwise or not at all."""
    entries = _Names().entries(rows, current_vocabulary())
    held = _model("SearchEntry").objects.filter(pk__in=entries)
    are = {pk: values for pk, *values in held.values_list("pk", "names", "key", "length")}
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


def _write(entries: dict[int, search.Entry]) -> None:
    model = _model("SearchEntry")
    model.objects.bulk_create(
        (
            model(agency_id=pk, names=entry.names, key=entry.key, length=entry.length)
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

    def entries(self, rows: list[dict], vocabulary: search.Vocabulary) -> dict[int, search.Entry]:
        others = self._other_names([row["pk"] for row in rows])
        self._learn({code for row in rows for code in _above(row["path"])})
        return {
            row["pk"]: search.entry(
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
    entries = _model("SearchEntry").objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
            ["certifications_searchentry"],
        )
        if cursor.fetchone()[0] < 3:
            return False
        cursor.execute(f"SELECT count(*) FROM {GRAM_TABLE}_docsize")
        return cursor.fetchone()[0] == entries
