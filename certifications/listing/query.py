"""Which agencies and awards a list holds, and in what order.

Whatever is asked of awards must hold for one and the same award. With a state asked for, that
award is the one that speaks for its agency; without one, any of its awards.
"""

from collections import Counter
from collections.abc import Iterable

from django.db.models import F
from django.utils.functional import cached_property

from certifications.listing.completeness import EVERYWHERE, Completeness, completeness
from certifications.listing.criteria import UNKNOWN, Asked
from certifications.listing.facets import FacetCounts
from certifications.listing.ordering import InOrder, Ranked, Stretch
from certifications.listing.population import (
    AllRows,
    Among,
    Body,
    Cohort,
    Divided,
    FoundRows,
    Under,
    beneath,
)
from certifications.listing.states import Held, Standing, book_of
from certifications.models import Agency, Award, CertificationLevel, Service
from certifications.models.awards import AwardQuerySet


class Question(FacetCounts):
    """One list: the agencies of some ground that answer to what is asked."""

    def __init__(
        self,
        asked: Asked,
        ground: AllRows | FoundRows,
        levels: Iterable[CertificationLevel],
        services: Iterable[Service],
    ):
        self.asked = asked
        self.ground = ground
        self._levels = list(levels)
        self._level_codes = {None: UNKNOWN} | {level.pk: level.code for level in self._levels}
        self._ranks = {level.pk: level.rank for level in self._levels}
        self._service_keys = {UNKNOWN: None} | {one.code: one.pk for one in services}

    # --- which awards answer ---------------------------------------------------------------------

    @cached_property
    def book(self):
        return book_of(self.asked.on, self._levels)

    @cached_property
    def completeness(self) -> Completeness:
        return completeness(self.asked.on)

    def standing_of(self, agency: Agency) -> Standing:
        """How a certified agency stands, read with its history."""
        return self.book.standing(agency.history.key, self.completeness.holds_for(agency.path))

    def answering(self, standing: Standing) -> list[Held]:
        """The awards of an agency that answer, the one to show first; empty when it does not.

        Someone who asks for a state asks of the award that speaks for the agency now.
        """
        if not self._state_answers(standing) or not self._change_answers(standing):
            return []
        return [
            award
            for award in self._asked_of(standing)
            if self._year_answers(award) and self._level_answers(award)
        ]

    def _asked_of(self, standing: Standing) -> list[Held]:
        """The awards of an agency that the filters on years and levels choose from."""
        awards = standing.held[:1] if self.asked.state else standing.held
        return list(filter(self._as_said, awards))

    def _as_said(self, award: Held) -> bool:
        asked = self.asked
        return (not asked.said_year or award.year == asked.said_year) and (
            not asked.said_level or self._level_codes[award.level_id] == asked.said_level
        )

    def _state_answers(self, standing: Standing) -> bool:
        asked = self.asked.state
        return not asked or any(state in asked for state in standing.states)

    def _change_answers(self, standing: Standing) -> bool:
        return not self.asked.change or standing.is_raised

    def _year_answers(self, award: Held) -> bool:
        return not self.asked.year or (award.year or UNKNOWN) in self.asked.year

    def _level_answers(self, award: Held) -> bool:
        return not self.asked.level or self._level_codes[award.level_id] in self.asked.level

    # --- which agencies answer -------------------------------------------------------------------

    def _conditions(self, *without: str) -> list[Among | Under | Divided]:
        """What must hold of an agency, some filters left out."""
        conditions: list[Among | Under | Divided] = []
        if self.asked.of_awards and "history" not in without:
            conditions.append(self._with_history_that_answers)
        if self.asked.province and "province" not in without:
            blank = {"" if code == UNKNOWN else code for code in self.asked.province}
            conditions.append(Among("province", frozenset(blank)))
        if self.asked.service and "service" not in without:
            keys = frozenset(self._service_keys[code] for code in self.asked.service)
            conditions.append(Among("service_id", keys))
        for name in ("ministry", "department"):
            codes = getattr(self.asked, name)
            if codes and name not in without:
                conditions.append(self._under[name])
        return conditions

    @cached_property
    def _with_history_that_answers(self) -> Among | Divided:
        if self._where_complete is None:
            return self._among_histories(EVERYWHERE in self.completeness.paths)
        there, elsewhere = self._among_histories(True), self._among_histories(False)
        return Divided(self._where_complete, there, elsewhere)

    @cached_property
    def _where_complete(self) -> Under | None:
        """The bodies whose renewals are all known, where others' are not."""
        return beneath(self.completeness.paths) if self.completeness.is_partial else None

    def _among_histories(self, is_complete: bool) -> Among:
        """The histories that answer, of agencies whose renewals are all known or are not."""
        if not self._conditions("history"):  # those counted already are all there are
            counted = (one.pk for one, _awards in self._answers if one.is_complete == is_complete)
            return Among("history_id", frozenset(counted))
        return Among(
            "history_id",
            frozenset(
                pk
                for pk, key in self.ground.every_history()
                if self.answering(self.book.standing(key, is_complete))
            ),
        )

    @cached_property
    def _under(self) -> dict[str, Under]:
        """Under the ministries asked for, and under the departments. Two queries."""
        every = {"ministry": self.asked.ministry, "department": self.asked.department}
        keys = dict(
            Agency.objects.filter(code__in=frozenset().union(*every.values()))
            .order_by()
            .values_list("code", "pk")
        )
        return {
            name: Under(
                frozenset(body.pk for body in self._every_parent if codes & body.line),
                frozenset(keys[code] for code in codes if code in keys),
            )
            for name, codes in every.items()
        }

    @cached_property
    def _every_parent(self) -> list[Body]:
        """All bodies right above certified agencies."""
        above = Agency.objects.certified().order_by().values("parent")
        parents = Agency.objects.filter(pk__in=above).order_by()
        return [Body(*row) for row in parents.values_list(*Body.COLUMNS)]

    @cached_property
    def cohorts(self) -> list[Cohort]:
        """The agencies by their history, whatever is asked of awards."""
        conditions = self._conditions("history")
        rows = self.ground.histories(conditions)
        if self._where_complete is None:
            is_complete = EVERYWHERE in self.completeness.paths
            return [self._cohort(*row, is_complete) for row in rows]
        there = self.ground.histories([*conditions, self._where_complete])
        known = {pk: number for pk, _key, number in there}
        others = [(pk, key, number - known.get(pk, 0)) for pk, key, number in rows]
        return [
            self._cohort(*row, is_complete)
            for part, is_complete in ((there, True), (others, False))
            for row in part
            if row[-1]
        ]

    def _cohort(self, pk: int, key: str, number: int, is_complete: bool) -> Cohort:
        return Cohort(pk, self.book.standing(key, is_complete), number, is_complete)

    @cached_property
    def _answers(self) -> list[tuple[Cohort, list[Held]]]:
        """Those that answer, each with its awards that do."""
        return [
            (cohort, awards)
            for cohort in self.cohorts
            if (awards := self.answering(cohort.standing))
        ]

    @property
    def count(self) -> int:
        if not self.asked.of_awards:
            return sum(cohort.number for cohort in self.cohorts)
        return sum(cohort.number for cohort, _awards in self._answers)

    @property
    def award_count(self) -> int:
        return sum(len(awards) * cohort.number for cohort, awards in self._answers)

    # --- in order --------------------------------------------------------------------------------

    def in_order(self) -> InOrder:
        """The agencies that answer, as sorted: the best match, by name, year or level."""
        conditions = self._conditions()
        sort = self.asked.sort
        if sort in ("recent", "level"):
            return InOrder(self._by_award(conditions, sort))
        if isinstance(self.ground, FoundRows) and not sort:
            keys = [row.pk for row in self.ground.rows(conditions)]
            return InOrder([Ranked(Agency.objects.for_listing(), keys)])
        return InOrder([Stretch(self._by_name(conditions), self.count)])

    def _by_name(self, conditions):
        return self.ground.agencies(conditions).for_listing().order_by("sort_key", "pk")

    def _by_award(self, conditions, sort: str) -> list[Stretch]:
        """A stretch for each year or level shown, the highest first, those unknown last."""
        values: dict[int, set[int]] = {}
        numbers: Counter = Counter()
        for cohort, awards in self._answers:
            shown = awards[0]
            value = (shown.year if sort == "recent" else self._ranks.get(shown.level_id)) or 0
            values.setdefault(value, set()).add(cohort.pk)
            numbers[value] += cohort.number
        return [
            Stretch(
                self._by_name([*conditions, Among("history_id", frozenset(values[value]))]),
                numbers[value],
            )
            for value in sorted(values, reverse=True)
        ]

    def awards(self) -> AwardQuerySet:
        """The awards that answer, a row each, of the same agencies, as sorted; usually by name."""
        found = Award.objects.published()
        if self.asked.of_awards:
            found = found.of_years("agency__history_id", self._years_that_answer())
        agencies = self.ground.agencies(self._conditions())
        is_divided = self.asked.of_awards and self._where_complete is not None
        if isinstance(self.ground, FoundRows) or self._conditions("history") or is_divided:
            found = found.filter(agency__in=agencies.order_by().values("pk"))
        latest, highest = (F(name).desc(nulls_last=True) for name in ("year", "level__rank"))
        first = {"recent": [latest], "level": [highest]}.get(self.asked.sort, [])
        ordered = found.order_by(*first, "agency__sort_key", "agency_id", latest)
        return ordered.select_related("agency__history", "level", "event").select_related(
            "agency__parent", "agency__service"
        )

    def _years_that_answer(self) -> dict[int | None, set[int]]:
        histories: dict[int | None, set[int]] = {}
        for cohort, awards in self._answers:
            for award in awards:
                histories.setdefault(award.year, set()).add(cohort.pk)
        return histories
