"""The index of three-letter grams: lookups `holds` and `shares`, and the rarest grams.

An entry's key is ordinary text. The database itself keeps its pieces: PostgreSQL in a GIN
index over the function search_grams(key), SQLite in an FTS5 table that triggers fill (see
the migration that makes them). A lookup narrows by those pieces and then looks for the
words in the key, so the answer is the same on both, in any locale.
"""

import itertools
import math

from django.db import connection
from django.db.models import Lookup, TextField

from certifications.search import entry as search_entry
from certifications.search.entry import GRAM

GRAM_TABLE = "certifications_searchgram"
GRAM_COUNTS = "certifications_searchgram_counts"
GRAM_INDEX = "certifications_searchentry_grams"
MOST_COMBINATIONS = 16  # of the texts of several lists, looked for in PostgreSQL's index at once


class _GramLookup(Lookup):
    prepare_rhs = False

    def _entry_key(self, connection) -> str:
        """The column of the entry's key in the table, for SQLite's FTS5 to name rows by."""
        quote = connection.ops.quote_name
        return f"{quote(self.lhs.alias)}.{quote(self.lhs.target.model._meta.pk.column)}"

    def _matches(self, connection) -> str:
        matching = f"SELECT rowid FROM {GRAM_TABLE} WHERE {GRAM_TABLE} MATCH %s"
        return f"{self._entry_key(connection)} IN ({matching})"


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
                dict.fromkeys(gram for text in way for gram in search_entry.grams(text, step=GRAM))
            )
            for way in ways
        ]

    @property
    def _narrowing(self) -> list:
        return [texts for texts in self.rhs if min(map(len, texts)) >= GRAM]

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
    return " AND ".join(f'"{gram}"' for gram in search_entry.grams(text, step=GRAM))


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
    placeholders = ", ".join(["%s"] * len(grams))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT term, doc FROM {GRAM_COUNTS} WHERE term IN ({placeholders})", grams)
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
