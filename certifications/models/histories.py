"""Histories of agencies' public awards, stored so that a hundred thousand can be counted.

The state of an award on a day depends on its term alone: its year and ceremony, or the day it was
first known by. There are a few dozen terms, and agencies share few histories (sets of terms with
their levels), so counting states means counting histories; see docs/decisions/0006.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Self

from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, ExtractYear
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency
from certifications.models.events import AwardEvent
from certifications.models.publishing import is_public
from certifications.reference import buddhist
from certifications.reference.states import (
    PRECEDENCE,
    USUAL_DAY,
    USUAL_MONTH,
    VALIDITY_YEARS,
    State,
    StatusChange,
)

BATCH = 2000


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


class Term(models.Model):
    """What fixes when an award counts. An award whose status was ever changed has its own term.

    Rows never change: another year or ceremony is another term.
    """

    key = models.CharField(max_length=60, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    event = models.ForeignKey(
        AwardEvent, models.CASCADE, null=True, editable=False, related_name="+"
    )
    known_by = models.DateField(null=True, editable=False)
    award = models.ForeignKey(
        "certifications.Award", models.CASCADE, null=True, editable=False, related_name="+"
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("ช่วงการรับรอง")
        verbose_name_plural = pgettext_lazy("plural", "ช่วงการรับรอง")

    def __str__(self) -> str:
        return self.key


class AwardHistory(models.Model):
    """One set of terms and levels, shared by all agencies with just these; rows never change.

    The key reads "7.2 12.": level 2 in term 7, and no stated level in term 12.
    """

    key = models.TextField(unique=True, editable=False)

    class Meta:
        verbose_name = _("ประวัติการรับรอง")
        verbose_name_plural = pgettext_lazy("plural", "ประวัติการรับรอง")

    def __str__(self) -> str:
        return self.key


def rewrite_histories(agencies: Iterable[int]) -> int:
    """Set `Agency.history` anew from the public awards of these agencies; the number changed."""
    keys = sorted(agencies)
    return sum(_rewrite(keys[start : start + BATCH]) for start in range(0, len(keys), BATCH))


def rewrite_missing() -> int:
    """Histories of certified agencies that have none yet, as after an upgrade."""
    award = Term._meta.get_field("award").related_model
    return rewrite_histories(
        award.objects.filter(is_public(), agency__history=None)
        .order_by()
        .values_list("agency_id", flat=True)
        .distinct()
    )


def out_of_step() -> set[int]:
    """Agencies whose history is not what their public awards amount to."""
    stored = dict(Agency.objects.values_list("pk", "history__key"))
    wrong = set()
    keys = sorted(stored)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        known = dict(Term.objects.values_list("key", "pk"))
        due = _history_keys(_public_awards(batch), known)
        wrong |= {pk for pk in batch if stored[pk] != due.get(pk)}
    return wrong


def drop_unused() -> None:
    """Remove histories that no agency has any longer."""
    AwardHistory.objects.exclude(Exists(Agency.objects.filter(history=OuterRef("pk")))).delete()


@transaction.atomic
def _rewrite(agencies: list[int]) -> int:
    # The lock makes the second of two writers read what the first one wrote.
    locked = Agency.objects.select_for_update().filter(pk__among=agencies).order_by("pk")
    stored = dict(locked.values_list("pk", "history_id"))
    awards = _public_awards(agencies)
    due = _history_keys(awards, _terms_of(awards))
    histories = _made(AwardHistory, {key: {} for key in due.values()})
    moves = defaultdict(list)
    for pk, old in stored.items():
        new = histories[due[pk]] if pk in due else None
        if new != old:
            moves[new].append(pk)
    for history, changed in moves.items():
        Agency.objects.filter(pk__among=changed).update(history=history)
    return sum(map(len, moves.values()))


def _public_awards(agencies: list[int]) -> list[dict]:
    award = Term._meta.get_field("award").related_model
    changes = award.status_changes.rel.related_model.objects.filter(award=OuterRef("pk"))
    return list(
        award.objects.filter(is_public(), agency_id__among=agencies)
        .order_by()
        .annotate(was_changed=Exists(changes))
        .values("pk", "agency_id", "year", "event_id", "known_by", "level_id", "was_changed")
    )


def _term_key(award: dict) -> str:
    year, event, known_by = award["year"], award["event_id"], award["known_by"]
    # A day it was known by says nothing once the year is known.
    when = f"{year or ''}:{event or ''}:{'' if year else known_by}"
    return f"{when}:{award['pk']}" if award["was_changed"] else when


def _terms_of(awards: list[dict]) -> dict[str, int]:
    """Term key → its row, made where it is new."""
    wanted = {
        _term_key(award): {
            "year": award["year"],
            "event_id": award["event_id"],
            "known_by": None if award["year"] else award["known_by"],
            "award_id": award["pk"] if award["was_changed"] else None,
        }
        for award in awards
    }
    return _made(Term, wanted)


def _history_keys(awards: list[dict], terms: dict[str, int]) -> dict[int, str]:
    """Agency → the key of the history its awards amount to; agencies without any are left out."""
    parts = defaultdict(list)
    for award in awards:
        term = terms.get(_term_key(award), "?")
        parts[award["agency_id"]].append(f"{term}.{award['level_id'] or ''}")
    return {agency: " ".join(sorted(stored)) for agency, stored in parts.items()}


def _made(model: type[models.Model], wanted: dict[str, dict]) -> dict[str, int]:
    """Key → primary key of each wanted row, the missing ones inserted."""
    known = _by_key(model, wanted)
    missing = [model(key=key, **facts) for key, facts in wanted.items() if key not in known]
    if missing:
        # Another writer may be inserting the same row this very moment: either will do.
        model.objects.bulk_create(missing, ignore_conflicts=True)
        known |= _by_key(model, [row.key for row in missing])
    return known


def _by_key(model: type[models.Model], keys: Iterable[str]) -> dict[str, int]:
    return dict(model.objects.filter(key__in=list(keys)).values_list("key", "pk"))
