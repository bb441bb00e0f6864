"""The rules run over many records at once: the whole register in batches, or those to review.

`check_all` reads every record. A list that staff open cannot wait for that, so `to_review` first
asks the database for suspects, one plain query a rule, and looks closely at those alone; a test
holds the two together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Concat, ExtractYear, Substr
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from certifications.checks.agencies import facts_of_agency, of_agency
from certifications.checks.awards import facts_beside, of_award
from certifications.checks.findings import Finding, error
from certifications.checks.likeness import Near
from certifications.checks.warnings import is_accepted, label_of
from certifications.models import (
    AcceptedDoubt,
    Agency,
    AnnouncedFigure,
    Award,
    AwardEvent,
    CertificationLevel,
    SearchEntry,
    Source,
)
from certifications.models.figures import FIGURE_WITHOUT_SOURCE
from certifications.reference import buddhist
from certifications.reference.fields import web_address
from certifications.reference.states import VALIDITY_YEARS
from certifications.search import province_names

BATCH = 2000


@dataclass(frozen=True)
class Checked:
    """A record that something was found about, and which of the warnings were accepted."""

    record: Model
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]


def check_all() -> Iterator[Checked]:
    """Every record of every kind that something is found about; memory does not grow with them."""
    for kind in SWEEPS:
        sweep = kind()
        for batch in _in_steps(sweep.records()):
            yield from _checked(sweep, batch)


def to_review(model: type[Model]) -> dict[int, tuple[Finding, ...]]:
    """Key → what is wrong and nobody has accepted, of all records of a kind."""
    sweep = _sweep_of(model)
    found = {}
    keys = sorted(sweep.suspects())
    for start in range(0, len(keys), BATCH):
        batch = list(sweep.records().filter(pk__among=keys[start : start + BATCH]))
        found |= {one.record.pk: one.findings for one in _checked(sweep, batch) if one.findings}
    return found


def look_at(model: type[Model], key: int) -> Checked | None:
    """One record, with what is found about it; None when there is no such record."""
    sweep = _sweep_of(model)
    batch = list(sweep.records().filter(pk=key))
    return next(_checked(sweep, batch), Checked(batch[0], (), ())) if batch else None


def _sweep_of(model: type[Model]):
    return next(kind for kind in SWEEPS if kind.model is model._meta.concrete_model)()


def _in_steps(records: QuerySet) -> Iterator[list[Model]]:
    """Batches in steps of the primary key, so that no query grows with the register."""
    batch = list(records.order_by("pk")[:BATCH])
    while batch:
        yield batch
        batch = list(records.order_by("pk").filter(pk__gt=batch[-1].pk)[:BATCH])


def _checked(sweep, batch: list[Model]) -> Iterator[Checked]:
    keys = [record.pk for record in batch]
    accepted = AcceptedDoubt.objects.about(label_of(sweep.model), keys)
    for record, findings in sweep.findings(batch):
        answered = tuple(one for one in findings if is_accepted(record.pk, one, accepted))
        if findings:
            yield Checked(record, tuple(one for one in findings if one not in answered), answered)


def _keys(queries: Iterable[QuerySet]) -> set[int]:
    return {pk for query in queries for pk in query.order_by().values_list("pk", flat=True)}


class AwardSweep:
    """Awards, each beside the others of its agency."""

    model = Award

    def records(self) -> QuerySet:
        return Award.objects.select_related("agency", "event", "level")

    def findings(self, batch: list[Award]) -> Iterator[tuple[Award, list[Finding]]]:
        awards = Award.objects.filter(agency__among={award.agency_id for award in batch})
        of_each = defaultdict(list)
        rows = awards.order_by().values_list("pk", "agency", "year", "level__rank")
        for pk, agency, year, rank in rows:
            of_each[agency].append((pk, year, rank))
        for award in batch:
            others = ((year, rank) for pk, year, rank in of_each[award.agency_id] if pk != award.pk)
            yield award, of_award(facts_beside(award, tuple(others)))

    def suspects(self) -> set[int]:
        awards = Award.objects
        higher_before = Award.objects.filter(
            agency=OuterRef("agency"),
            year__lt=OuterRef("year"),
            year__gt=OuterRef("year") - VALIDITY_YEARS,
            level__rank__gt=OuterRef("level__rank"),
        )
        held = AwardEvent.objects.filter(held_on__isnull=False)
        odd_events = [event.pk for event in held if not event.was_held_in_or_after_its_year()]
        return _keys(
            [
                awards.filter(event__isnull=False).exclude(event__year=F("year")),
                awards.filter(event__in=odd_events),
                awards.filter(score__isnull=False, level=None),
                awards.filter(score__lt=F("level__min_score")),
                awards.filter(score__gte=F("level__max_score") + 1),
                awards.filter(year__gte=ExtractYear("agency__closed_on") + buddhist.OFFSET),
                awards.filter(agency__merged_into__isnull=False),
                awards.filter(Exists(higher_before)),
            ]
        )


class AgencySweep:
    """Bodies, their place in the tree, and those that bear one name."""

    model = Agency

    def records(self) -> QuerySet:
        return Agency.objects.select_related("parent", "merged_into").annotate(
            still_holds=Case(When(_merged_yet_holding(), then=True), default=False),
            is_misplaced=Case(When(_misplaced(), then=True), default=False),
            is_ill_addressed=Case(When(_no_web_address("website"), then=True), default=False),
        )

    def findings(self, batch: list[Agency]) -> Iterator[tuple[Agency, list[Finding]]]:
        for agency in batch:
            merged_into = agency.merged_into
            facts = replace(
                facts_of_agency(agency, near=self.namesakes.get(agency.pk, ())),
                merged_into_name=merged_into.name_th if merged_into else "",
                is_merged_twice=bool(merged_into and merged_into.merged_into_id),
                still_holds=agency.still_holds,
                is_misplaced=agency.is_misplaced,
            )
            found = of_agency(facts)
            if agency.is_ill_addressed:
                found.append(error("no_web_address", "website", web_address.message))
            yield agency, found

    def suspects(self) -> set[int]:
        agencies = Agency.objects
        return (
            {*self.namesakes}
            | _oddly_named()
            | _keys(
                [
                    agencies.filter(parent__merged_into__isnull=False),
                    agencies.filter(parent__closed_on__isnull=False, closed_on=None),
                    agencies.filter(merged_into__merged_into__isnull=False),
                    agencies.filter(_merged_yet_holding()),
                    agencies.filter(_misplaced()),
                    agencies.filter(_no_web_address("website")),
                ]
            )
        )

    @cached_property
    def namesakes(self) -> dict[int, tuple[Near, ...]]:
        """Body → those entered before it with the same name, folded and in full, where no other
        province tells them apart.
        """
        named = SearchEntry.objects.filter(agency__merged_into=None).annotate(
            first=Substr("names", 2, F("length"))
        )
        # Most namesakes are in provinces of their own, and told apart by them.
        several = (
            named.order_by()
            .values("first")
            .annotate(
                number=Count("pk"),
                provinces=Count("agency__province", distinct=True),
                nowhere=Count("pk", filter=Q(agency__province="")),
            )
            .filter(Q(number__gt=F("provinces")) | Q(nowhere__gt=0, number__gt=1))
        )
        rows = named.filter(first__in=several.values("first"))
        groups = defaultdict(list)
        columns = ("first", "pk", "agency__code", "agency__name_th", "agency__province")
        for first, *body in rows.order_by("pk").values_list(*columns):
            groups[first].append(Near(*body, reason=_("ชื่อเดียวกัน"), is_equal=True))
        found = {}
        for group in groups.values():
            for position, body in enumerate(group):
                if earlier := tuple(
                    one for one in group[:position] if _no_other_province(one, body)
                ):
                    found[body.pk] = earlier
        return found


def _no_other_province(one: Near, other: Near) -> bool:
    return not one.province or not other.province or one.province == other.province


def _merged_yet_holding() -> Q:
    relations = ((Award, "agency"), (Agency, "parent"), (AnnouncedFigure, "agency"))
    holds = Q()
    for model, field in relations:
        holds |= Q(Exists(model.objects.order_by().filter(**{field: OuterRef("pk")})))
    return Q(merged_into__isnull=False) & holds


def _misplaced() -> Q:
    """Not where its parent is; so is every body of a circle, since no path holds itself."""
    under_it = Exact(F("path"), Concat("parent__path", "code", Value("/")))
    at_the_top = Exact(F("path"), Concat("code", Value("/")))
    return Q(Q(parent__isnull=False) & ~Q(under_it)) | Q(Q(parent=None) & ~Q(at_the_top))


def _no_web_address(field: str) -> Q:
    """Written before `web_address` was asked of it, or past the forms."""
    schemes = Q()
    for scheme in web_address.schemes:
        schemes |= Q(**{f"{field}__istartswith": f"{scheme}://"})
    return ~Q(**{field: ""}) & ~schemes


def _oddly_named() -> set[int]:
    rows = Agency.objects.order_by().values_list("pk", "name_th", "province")
    return {
        pk
        for pk, name, province in rows.iterator(chunk_size=BATCH)
        if province_names.may_say_another(name, province)
    }


class EventSweep:
    """Ceremonies, by what their own form says."""

    model = AwardEvent

    def records(self) -> QuerySet:
        return AwardEvent.objects.all()

    def findings(self, batch: list[AwardEvent]) -> Iterator[tuple[AwardEvent, list[Finding]]]:
        for event in batch:
            yield event, _refused(event)

    def suspects(self) -> set[int]:
        return _keys([self.records()])


class LevelSweep(EventSweep):
    """Levels, whose bands of points may overlap."""

    model = CertificationLevel

    def records(self) -> QuerySet:
        return CertificationLevel.objects.all()


def _refused(record: Model) -> list[Finding]:
    """What the record's own rules would say, were it saved in a form now."""
    try:
        record.clean()
    except ValidationError as refusal:
        by_field = refusal.update_error_dict({})
        return [
            error("not_valid", "" if field == NON_FIELD_ERRORS else field, message)
            for field, faults in by_field.items()
            for fault in faults
            for message in fault.messages
        ]
    return []


class FigureSweep(EventSweep):
    """Announced figures that nobody is named to have printed: no page shows them."""

    model = AnnouncedFigure

    def records(self) -> QuerySet:
        return AnnouncedFigure.objects.without_source().select_related("agency")

    def findings(
        self, batch: list[AnnouncedFigure]
    ) -> Iterator[tuple[AnnouncedFigure, list[Finding]]]:
        for figure in batch:
            yield figure, [error("without_source", "sources", FIGURE_WITHOUT_SOURCE)]


class SourceSweep(EventSweep):
    """Sources that no page may link to."""

    model = Source

    def records(self) -> QuerySet:
        return Source.objects.filter(_no_web_address("url"))

    def findings(self, batch: list[Source]) -> Iterator[tuple[Source, list[Finding]]]:
        for source in batch:
            yield source, [error("no_web_address", "url", web_address.message)]


SWEEPS = (AgencySweep, AwardSweep, EventSweep, LevelSweep, FigureSweep, SourceSweep)
