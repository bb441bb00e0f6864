"""QuerySet methods that search agencies: ranked matches, and names near the query."""

import functools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from certifications.search import abbreviations, entry, index, query
from certifications.search.entry import BETWEEN
from certifications.search.nearness import nearness, whole_nearness
from certifications.search.repair import respelt, retyped
from certifications.search.vocabulary import LEAST_WORD, Vocabulary

NEAR_CANDIDATES = 200
NEAR_ROWS = 8000  # rows that may be looked at for a near name
MOST_SHARED = 40  # of the rarest grams, by which near names are ranked first
NEAR_ENOUGH = 70


class AgencySearch(QuerySet):
    """How agencies are found by what people type, exactly or nearly."""

    def matching(self, parsed: query.ParsedQuery) -> Self:
        """Agencies that have every term of a query in what they are found by.

        A query that named only a year or a level leaves all; one without a letter leaves none.
        """
        if parsed.terms:
            wanted = tuple(term.every for term in parsed.terms)
            return self.filter(search_entry__key__holds=wanted)
        return self if parsed.chips or not parsed.text else self.none()

    def called(self, name: str, vocabulary: Vocabulary) -> Self:
        """Agencies with this very name among their own, however spelt, abbreviated or filled."""
        ways = sorted(abbreviations.spellings_and_cores(name, vocabulary))
        wanted = tuple(f"{BETWEEN}{way}{BETWEEN}" for way in ways)
        if not wanted:
            return self.none()
        return self.filter(_in_names([wanted]), search_entry__key__holds=(wanted,))

    def best_first(self, parsed: query.ParsedQuery) -> Self:
        """Ordered for a query: its very name, then together in the name, then all terms in it,
        then some only around it; each time the shorter name first. Adds `tier`.
        """
        whole = [f"{BETWEEN}{phrase}{BETWEEN}" for phrase in parsed.phrases]
        together = [phrase.rstrip() for phrase in parsed.phrases]
        rules = [
            _in_names([whole]),
            _in_names([together]),
            _in_names([term.alternatives for term in parsed.terms]),
            _in_names([term.every for term in parsed.terms]),
        ]
        whens = [When(rule, then=Value(tier)) for tier, rule in enumerate(rules) if rule]
        return self.annotate(tier=Case(*whens, default=Value(len(rules)))).order_by(
            "tier", "search_entry__length", "sort_key", "pk"
        )

    def near(self, parsed: query.ParsedQuery, limit: int = 25) -> list[tuple[int, float]]:
        """(key, nearness 0–100) of agencies with a name like the query's, the nearest first.

        Words of the vocabulary are taken as typed; only the others may be misspelt.
        """
        known = tuple(term.every for term in parsed.terms if term.is_known)
        unknown = [term.alternatives[0].strip() for term in parsed.terms if not term.is_known]
        if not unknown:
            return []
        candidates = self.filter(search_entry__key__holds=known) if known else self
        few_letters = known and sum(map(len, unknown)) <= LEAST_WORD
        near = functools.partial(nearness, parsed)
        found = candidates._ranked(unknown, near, needs_shared=not few_letters)
        if not found:  # a slip may have made another known word, or lie across two
            near = functools.partial(whole_nearness, parsed)
            found = self._ranked(parsed.phrases[-1:], near, needs_shared=True)
        return found[:limit]

    def _ranked(
        self, texts: Iterable[str], near: Callable[[str], float], needs_shared: bool
    ) -> list[tuple[int, float]]:
        """Of the agencies that share most of the rarer grams of the texts, the near ones."""
        grams = list(dict.fromkeys(gram for text in texts for gram in entry.grams(text)))
        # SQLite's parser takes a sum of a hundred terms, no more.
        rare = index.rarest(grams, NEAR_ROWS)[:MOST_SHARED]
        if needs_shared and not rare:
            return []
        candidates = self.filter(search_entry__key__shares=rare) if needs_shared else self
        if rare:
            shared = (Case(When(_in_names([[gram]]), then=1), default=0) for gram in rare)
            candidates = candidates.annotate(shared=functools.reduce(operator.add, shared))
            candidates = candidates.order_by("-shared", "search_entry__length", "sort_key", "pk")
        rows = candidates.values_list("pk", "search_entry__names")[:NEAR_CANDIDATES]
        scored = [(pk, round(near(names), 1)) for pk, names in rows]
        scored = [(pk, score) for pk, score in scored if score >= NEAR_ENOUGH]
        return sorted(scored, key=lambda pair: -pair[1])  # equals stay in the order of the rows

    def search(self, text: str, vocabulary: Vocabulary) -> "Found":
        """What a query finds here: matches; or those of the query put right; or names near it."""
        parsed = query.parse(text, vocabulary)
        repaired = (respelt, retyped)
        queries = [parsed, *filter(None, (repair(parsed, vocabulary) for repair in repaired))]
        for number, one in enumerate(queries):
            matches = self.matching(one)
            if (number == 0 and not one.terms) or matches.exists():
                return Found(one, matches.best_first(one), is_near=False)
        for one in queries:
            if near := self.near(one):
                return Found(one, self._in_order([pk for pk, _score in near]), is_near=True)
        return Found(parsed, self.none(), is_near=False)

    def _in_order(self, keys: list[int]) -> Self:
        order = Case(*(When(pk=pk, then=Value(position)) for position, pk in enumerate(keys)))
        return self.filter(pk__in=keys).order_by(order)


@dataclass
class Found:
    """What a search found: the parsed query, the agencies in order, whether they are only near."""

    parsed: query.ParsedQuery
    agencies: QuerySet
    is_near: bool


def _in_names(wanted: Iterable[Iterable[str]]) -> Q:
    """At least one text of each list stands in an agency's own names."""
    condition = Q()
    for texts in wanted:
        any_of = Q()
        for text in texts:
            any_of |= Q(GreaterThan(StrIndex("search_entry__names", Value(text)), 0))
        condition &= any_of
    return condition
