"""The words in which the register is asked: published, listed, in force on a day, under a ministry.

Querysets never import models; they reach a related model through `self.model`, so that models can
import them. Every question about state takes the day it is asked for.
"""

import datetime
import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractYear, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from certifications import index, search
from certifications.reference import buddhist
from certifications.reference.states import (
    PRECEDENCE,
    USUAL_DAY,
    USUAL_MONTH,
    VALIDITY_YEARS,
    State,
    StatusChange,
)

STAYS_AS_RECORDED = _("การเปลี่ยนสถานะที่บันทึกแล้วแก้ไขหรือลบไม่ได้ ให้บันทึกรายการใหม่")
MERGED_MEANWHILE = _("ระเบียนหน่วยงานถูกรวมเข้ากับระเบียนอื่นแล้ว ให้ใช้ระเบียนที่รวมไปแทน")
PUBLISHED_STAYS = _("รายการที่เคยเผยแพร่แล้วลบไม่ได้ ให้ถอนจากการเผยแพร่แทน")
PROPOSED_STAYS = _("มีข้อเสนอที่รอพิจารณาอยู่ จึงลบไม่ได้ ให้ผู้เสนอถอนข้อเสนอคืนก่อน")


# The fields of an agency that searching finds it by, those of the tree included.
FOUND_BY = {"name_th", "name_en", "province", "parent", "parent_id", "path"}
NEAR_CANDIDATES = 200
NEAR_ROWS = 8000  # rows that may be looked at for a near name
MOST_SHARED = 40  # of the rarest grams, by which near names are ranked first
NEAR_ENOUGH = 70


def is_public(prefix: str = "") -> Q:
    """The condition under which a record that staff publish may be seen by anyone."""
    return Q(**{f"{prefix}published_at__isnull": False, f"{prefix}hidden_at__isnull": True})


class PublishableQuerySet(QuerySet):
    """Records that staff publish by an act: awards and ceremonies."""

    def published(self) -> Self:
        return self.filter(is_public())

    def drafts(self) -> Self:
        return self.filter(published_at__isnull=True)

    def withdrawn_from_view(self) -> Self:
        """Once public, taken off the pages; their address answers with a tombstone."""
        return self.filter(published_at__isnull=False, hidden_at__isnull=False)

    def delete(self):
        """Only drafts that nobody is to decide; ValidationError when there is any other."""
        if self.filter(published_at__isnull=False).exists():
            raise ValidationError(PUBLISHED_STAYS, code="published")
        if self.filter(proposal_items__is_open=True).exists():
            raise ValidationError(PROPOSED_STAYS, code="proposed")
        return super().delete()


class TermQuerySet(QuerySet):
    """What counts for some years: awards, and the terms that awards share."""

    award_key = "award"  # where the award whose status may have been changed is found

    def status_changes(self) -> QuerySet:
        award = self.model._meta.get_field("award").related_model
        return award.status_changes.rel.related_model.objects.all()

    def with_state(self, on: datetime.date) -> Self:
        """Each one with `state` as it is on the day `on`, and the `precedence` of that state.

        Also `counted_from` (the date of its ceremony, None when not known to the public),
        `base_year` (its year, or the year it was first known by) and `last_year`, both B.E.
        """
        year = buddhist.year_of(on)
        # A year with no known ceremony date has begun once its usual day is past.
        usual_day = datetime.date(on.year, USUAL_MONTH, USUAL_DAY)
        begun = year if on >= usual_day else year - 1
        latest = self.status_changes().filter(award=OuterRef(self.award_key), changed_on__lte=on)
        rules = [  # the first that applies
            (Q(latest_change=StatusChange.WITHDRAWN), State.WITHDRAWN),
            (Q(last_year__lt=year), State.LAPSED),
            (Q(year__isnull=True), State.YEAR_UNKNOWN),
            (Q(counted_from__gt=on), State.NOT_YET),
            (Q(counted_from__isnull=True, year__gt=begun), State.NOT_YET),
            (Q(latest_change=StatusChange.SUSPENDED), State.SUSPENDED),
        ]
        return self.annotate(
            counted_from=Case(When(is_public("event__"), then=F("event__held_on"))),
            base_year=Coalesce(F("year"), ExtractYear("known_by") + buddhist.OFFSET),
            validity_years=Coalesce(
                Case(When(is_public("event__"), then=F("event__validity_years"))), VALIDITY_YEARS
            ),
            last_year=F("base_year") + F("validity_years") - 1,
            latest_change=Subquery(latest.order_by("-changed_on", "-pk").values("change")[:1]),
            state=Case(
                *(When(rule, then=Value(state)) for rule, state in rules),
                default=Value(State.IN_FORCE),
            ),
            # The same rules once more rather than a CASE over `state`, which SQL would spell out
            # in full for each of its branches.
            precedence=Case(
                *(When(rule, then=Value(PRECEDENCE[state])) for rule, state in rules),
                default=Value(PRECEDENCE[State.IN_FORCE]),
            ),
        )


class AwardQuerySet(TermQuerySet, PublishableQuerySet):
    """Awards. Writing many at once writes the histories of their agencies too."""

    award_key = "pk"

    def status_changes(self) -> QuerySet:
        return self.model.status_changes.rel.related_model.objects.all()

    @transaction.atomic
    def update(self, **values) -> int:
        touched = set(self.order_by().values_list("agency_id", flat=True))
        if "agency" in values or "agency_id" in values:
            moved_to = values.get("agency", values.get("agency_id"))
            moved_to = getattr(moved_to, "pk", moved_to)
            self._agencies().hold_open([moved_to])
            touched.add(moved_to)
        number = super().update(**values)
        self.model.rewrite_histories_of(touched)
        return number

    def _agencies(self) -> "AgencyQuerySet":
        return self.model._meta.get_field("agency").related_model.objects.all()

    @transaction.atomic
    def bulk_create(self, awards, *args, **kwargs) -> list:
        awards = list(awards)
        self._agencies().hold_open({award.agency_id for award in awards})
        made = super().bulk_create(awards, *args, **kwargs)
        self.model.rewrite_histories_of({award.agency_id for award in made})
        return made

    def under(self, agency) -> Self:
        """Awards of a body and of everything below it in today's tree."""
        return self.filter(agency__path__beneath=agency.path)

    def of_years(self, column: str, keys: Mapping[int | None, Iterable[int]]) -> Self:
        """Awards of each year, None for those not stated, where `column` is among its keys."""
        wanted = (
            Q(**{"year__isnull": True} if year is None else {"year": year})
            & Q(**{f"{column}__among": those})
            for year, those in keys.items()
        )
        return self.filter(functools.reduce(operator.or_, wanted, Q(pk__in=[])))

    def current_first(self) -> Self:
        """After `with_state`: the award that speaks for its agency comes first."""
        return self.order_by("precedence", F("year").desc(nulls_last=True), "pk")

    def for_timeline(self) -> Self:
        """With all that an entry in an agency's history shows."""
        return self.select_related("level", "event").prefetch_related("recipients", "sources")

    def for_recipients(self) -> Self:
        """With all that a line in a ceremony's list of recipients shows."""
        return self.select_related("agency", "level").prefetch_related("recipients")


class AwardEventQuerySet(PublishableQuerySet):
    def with_recorded(self) -> Self:
        """Each ceremony with `recorded`, the number of published awards of its year here."""
        recorded = Count("awards", filter=is_public("awards__"), distinct=True)
        # A grouped query forgets Meta.ordering.
        return self.annotate(recorded=recorded).order_by("-year", "-code")


class StatusChangeQuerySet(QuerySet):
    """Changes of an award's status, each answered by another, never changed or removed."""

    @transaction.atomic
    def bulk_create(self, changes, *args, **kwargs) -> list:
        made = super().bulk_create(changes, *args, **kwargs)
        award = self.model._meta.get_field("award").related_model
        award.rewrite_histories_of({change.award.agency_id for change in made})
        return made

    @transaction.atomic
    def move_to(self, award) -> int:
        """To the award that another one of its agency and year has become part of."""
        number = super().update(award=award)
        type(award).rewrite_histories_of({award.agency_id})
        return number

    def update(self, **values):
        raise ValidationError(STAYS_AS_RECORDED, code="append_only")

    def delete(self):
        raise ValidationError(STAYS_AS_RECORDED, code="append_only")


class AgencyQuerySet(QuerySet):
    def _figures(self) -> "FigureQuerySet":
        return self.model.figures.rel.related_model.objects.all()

    def under(self, agency) -> Self:
        """A body and everything below it in today's tree."""
        return self.filter(path__beneath=agency.path)

    def certified(self) -> Self:
        """Agencies that hold, or once held, a public award: what the list shows."""
        return self.filter(history__isnull=False)

    def published(self) -> Self:
        """Agencies anyone may see: certified, above such a one, or named in a public figure."""
        return self.filter(
            Q(history__isnull=False)
            | self._shows_something("path", "pk")
            # A merged record shows nothing itself, but its address must still lead on.
            | self._shows_something("merged_into__path", "merged_into")
        )

    def _shows_something(self, path: str, key: str) -> Q:
        """A certified body at or below the one at `path`, or a public figure about it."""
        below = self.model.objects.certified().filter(path__beneath=OuterRef(path))
        figures = self._figures().published().filter(agency=OuterRef(key))
        return Q(Exists(below)) | Q(Exists(figures))

    # --- search ----------------------------------------------------------------------------------

    def matching(self, reading: search.Reading) -> Self:
        """Agencies that have every term of a query in what they are found by.

        A query that named only a year or a level leaves all; one without a letter leaves none.
        """
        if reading.terms:
            wanted = tuple(term.every for term in reading.terms)
            return self.filter(search_entry__key__holds=wanted)
        return self if reading.chips or not reading.text else self.none()

    def hold_open(self, keys: Iterable[int]) -> None:
        """Let nobody merge these away until the transaction ends.

        IntegrityError when one is merged already: a form was checked a moment before, a merge came
        between, and no constraint of one table can see it.
        """
        held = self.select_for_update(of=("self",)).filter(pk__among=keys).order_by("pk")
        if any(held.values_list("merged_into", flat=True)):
            raise IntegrityError(MERGED_MEANWHILE)

    def called(self, name: str, vocabulary: search.Vocabulary) -> Self:
        """Agencies with this very name among their own, however spelt, abbreviated or filled."""
        folded = [search.fold(way) for way in [*search.spelt_out(name, vocabulary), name]]
        ways = {way for whole in folded for way in (whole, search.core(whole)) if way}
        wanted = tuple(f"{search.BETWEEN}{way}{search.BETWEEN}" for way in sorted(ways))
        if not wanted:
            return self.none()
        return self.filter(_in_names([wanted]), search_entry__key__holds=(wanted,))

    def best_first(self, reading: search.Reading) -> Self:
        """Ordered for a query: its very name, then together in the name, then all terms in it,
        then some only around it; each time the shorter name first. Adds `tier`.
        """
        whole = [f"{search.BETWEEN}{phrase}{search.BETWEEN}" for phrase in reading.phrases]
        together = [phrase.rstrip() for phrase in reading.phrases]
        rules = [
            _in_names([whole]),
            _in_names([together]),
            _in_names([term.alternatives for term in reading.terms]),
            _in_names([term.every for term in reading.terms]),
        ]
        whens = [When(rule, then=Value(tier)) for tier, rule in enumerate(rules) if rule]
        return self.annotate(tier=Case(*whens, default=Value(len(rules)))).order_by(
            "tier", "search_entry__length", "sort_key", "pk"
        )

    def near(self, reading: search.Reading, limit: int = 25) -> list[tuple[int, float]]:
        """(key, nearness 0–100) of agencies with a name like the query's, the nearest first.

        Words of the vocabulary are taken as typed; only the others may be misspelt.
        """
        known = tuple(term.every for term in reading.terms if term.is_known)
        unknown = [term.alternatives[0].strip() for term in reading.terms if not term.is_known]
        if not unknown:
            return []
        candidates = self.filter(search_entry__key__holds=known) if known else self
        few_letters = known and sum(map(len, unknown)) <= search.LEAST_WORD
        near = functools.partial(search.nearness, reading)
        found = candidates._ranked(unknown, near, needs_shared=not few_letters)
        if not found:  # a slip may have made another known word, or lie across two
            near = functools.partial(search.whole_nearness, reading)
            found = self._ranked(reading.phrases[-1:], near, needs_shared=True)
        return found[:limit]

    def _ranked(
        self, texts: Iterable[str], near: Callable[[str], float], needs_shared: bool
    ) -> list[tuple[int, float]]:
        """Of the agencies that share most of the rarer grams of the texts, the near ones."""
        grams = list(dict.fromkeys(gram for text in texts for gram in search.grams(text)))
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

    def answering(self, text: str, vocabulary: search.Vocabulary) -> "Found":
        """What a query finds here: matches; or those of the query put right; or names near it."""
        reading = search.read(text, vocabulary)
        repaired = (search.respelt, search.retyped)
        readings = [reading, *filter(None, (repair(reading, vocabulary) for repair in repaired))]
        for number, asked in enumerate(readings):
            matches = self.matching(asked)
            if (number == 0 and not asked.terms) or matches.exists():
                return Found(asked, matches.best_first(asked), is_near=False)
        for asked in readings:
            if near := self.near(asked):
                return Found(asked, self._in_order([pk for pk, _score in near]), is_near=True)
        return Found(reading, self.none(), is_near=False)

    def _in_order(self, keys: list[int]) -> Self:
        order = Case(*(When(pk=pk, then=Value(place)) for place, pk in enumerate(keys)))
        return self.filter(pk__in=keys).order_by(order)

    # --- kept in step with what searching finds by -----------------------------------------------

    def update(self, **values) -> int:
        if not FOUND_BY & values.keys():
            return super().update(**values)
        with transaction.atomic():
            keys = list(self.values_list("pk", flat=True))
            number = super().update(**values)
            index.rekey_with_those_below(keys)
        return number

    update.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        with transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            index.rekey_with_those_below([agency.pk for agency in made])
        return made

    # --- with what a page shows ------------------------------------------------------------------

    def for_listing(self) -> Self:
        return self.select_related("parent", "service", "history")

    def ancestors_of(self, agency) -> Self:
        """The bodies above an agency, the ministry first. One query."""
        return self.filter(code__in=agency.ancestor_codes).order_by("path")


@dataclass
class Found:
    """What a query found: as it was read, the agencies in order, and whether they are only near."""

    reading: search.Reading
    agencies: AgencyQuerySet
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


class AgencyNameQuerySet(QuerySet):
    """Other names; every write to them rekeys those who bear them."""

    def bearers(self) -> list[int]:
        return list(self.values_list("agency", flat=True).distinct())

    def update(self, **values) -> int:
        with transaction.atomic():
            keys = list(self.values_list("pk", flat=True))
            bearers = self.bearers()
            number = super().update(**values)
            index.rekey_with_those_below(
                {*bearers, *self.model.objects.filter(pk__in=keys).bearers()}
            )
        return number

    update.alters_data = True

    def delete(self):
        with transaction.atomic():
            bearers = self.bearers()
            deleted = super().delete()
            index.rekey_with_those_below(bearers)
        return deleted

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, objs, *args, **kwargs):
        with transaction.atomic():
            made = super().bulk_create(objs, *args, **kwargs)
            index.rekey_with_those_below({name.agency_id for name in made})
        return made


class FigureQuerySet(QuerySet):
    def published(self) -> Self:
        """Figures with a source, whose last year has a public ceremony record: they report on
        that round.
        """
        events = self.model.year_events()
        of_its_year = events.published().filter(year=OuterRef("last_year"))
        return self.filter(Exists(of_its_year), self._has_source())

    def without_source(self) -> Self:
        return self.filter(~self._has_source())

    def _has_source(self) -> Exists:
        cited = self.model.sources.through.objects
        return Exists(cited.filter(announcedfigure=OuterRef("pk")))

    def nationwide(self) -> Self:
        return self.filter(agency__isnull=True)

    def of_rounds(self, years: Iterable[int]) -> Self:
        """How many were certified in each of these years, all levels together."""
        certified = self.filter(measure="certified", level=None, first_year=F("last_year"))
        return certified.filter(last_year__in=years)


class CriterionQuerySet(QuerySet):
    def in_year(self, year: int) -> Self:
        return self.filter(first_year__lte=year, last_year__gte=year)

    def published(self) -> Self:
        """Viewpoints of a range of years in which some ceremony is public."""
        events = self.model.year_events()
        in_range = events.published().filter(
            year__gte=OuterRef("first_year"), year__lte=OuterRef("last_year")
        )
        return self.filter(Exists(in_range))


def codes_in(paths: Iterable[str]) -> set[str]:
    """All agency codes that stand in a number of tree paths ("c5tnbc/cjsfp6/" → both)."""
    return {code for path in paths for code in path.split("/") if code}
