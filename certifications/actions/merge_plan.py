"""The preview of a merge: what it would move, and what prevents it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from certifications.actions.merge_rows import digest, snapshot
from certifications.models import (
    Agency,
    AgencyName,
    AgencySuccession,
    AnnouncedFigure,
    Award,
    AwardRecipient,
    AwardStatusChange,
)
from certifications.models.values import AWARD_FIELDS

SOURCE, TARGET = "source", "target"
# Of two awards of one year; what staff choose where they differ.
NOT_CHOSEN = ("agency", "year", "score_is_printed")  # a printed score is printed with its score
CHOSEN_FIELDS = tuple(name for name in AWARD_FIELDS if name not in NOT_CHOSEN)
# Of the record that stays, taken from the other where they are empty.
FILLED_FIELDS = ("name_en", "service", "province", "address", "phone", "website", "hours")
POSITION = ("latitude", "longitude", "position_source")
# Records that point to an agency and are no part of it: they say what was, or are derived. That the
# list below one body is complete says nothing of all that stands below another.
LEFT_BEHIND = {"declarations", "search_entry", "merges_from", "merges_into"}


@dataclass(frozen=True)
class Difference:
    """A field in which two awards of one year are not alike."""

    name: str
    label: str
    in_source: object
    in_target: object

    @property
    def likely(self) -> str:
        """The only one that may stay or is filled in; "" when staff must choose."""
        blank = (None, "")
        if self.in_source in blank:
            return TARGET
        return SOURCE if self.in_target in blank else ""


@dataclass(frozen=True)
class Clash:
    """Two awards of one year, of which one will stay."""

    source: Award
    target: Award
    differences: tuple[Difference, ...]

    @property
    def key(self) -> str:
        return str(self.target.year or "")


@dataclass(frozen=True)
class Choices:
    """What staff decided: where the old name goes, and year → field → whose value stays."""

    name_kind: str = AgencyName.Kind.AS_PRINTED
    awards: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What a merge would do, and a token that changes when any of it does."""

    source: Agency
    target: Agency
    moving: tuple[Award, ...]
    clashes: tuple[Clash, ...]
    names: tuple[AgencyName, ...]
    children: tuple[Agency, ...]
    figures: tuple[AnnouncedFigure, ...]
    successions: tuple[AgencySuccession, ...]
    merged_before: tuple[Agency, ...]
    filled: tuple[tuple[str, object], ...]  # (label, value)
    token: str


def plan(source: Agency, target: Agency) -> Plan:
    """What merging would do; ValidationError where it cannot be done at all."""
    _refuse_what_cannot_be(source, target)
    awarded = {award.year: award for award in _awards_of(target)}
    awards = _awards_of(source)
    token = digest(snapshot(touched(source, target)))
    return Plan(
        source=source,
        target=target,
        moving=tuple(award for award in awards if award.year not in awarded),
        clashes=tuple(
            Clash(award, awarded[award.year], tuple(_differences(award, awarded[award.year])))
            for award in awards
            if award.year in awarded
        ),
        names=tuple(source.names.all()),
        children=tuple(source.children.all()),
        figures=tuple(source.figures.all()),
        successions=tuple(successions_of(source)),
        merged_before=tuple(source.merged_records.all()),
        filled=tuple(
            (Agency._meta.get_field(name).verbose_name, getattr(source, name))
            for name in to_fill(source, target)
        ),
        token=token,
    )


# --- what may be merged --------------------------------------------------------------------------


def _refuse_what_cannot_be(source: Agency, target: Agency) -> None:
    if source.pk == target.pk:
        raise ValidationError(_("เลือกระเบียนอื่น ระเบียนหนึ่งรวมเข้ากับตัวเองไม่ได้"))
    for record in (source, target):
        if record.merged_into_id:
            raise ValidationError(
                _("“%(record)s” ถูกรวมเข้ากับ “%(target)s” ไปแล้ว"),
                params={"record": record, "target": record.merged_into},
            )
    if target.path.startswith(source.path):
        raise ValidationError(
            _("“%(target)s” อยู่ใต้ “%(source)s” ให้ย้ายสังกัดก่อน จึงรวมได้"),
            params={"target": target, "source": source},
        )


def _differences(source: Award, target: Award) -> Iterator[Difference]:
    for name in CHOSEN_FIELDS:
        ours, theirs = getattr(source, name), getattr(target, name)
        if ours != theirs:
            label = Award._meta.get_field(name).verbose_name
            yield Difference(name, label, ours, theirs)


def _awards_of(agency: Agency) -> list[Award]:
    return list(agency.awards.select_related("event", "level", "agency").order_by("-year", "pk"))


def successions_of(agency: Agency) -> QuerySet:
    both = AgencySuccession.objects.select_related("predecessor", "successor")
    return (both.filter(predecessor=agency) | both.filter(successor=agency)).order_by("pk")


def to_fill(source: Agency, target: Agency) -> list[str]:
    empty = [name for name in FILLED_FIELDS if getattr(source, name) and not getattr(target, name)]
    return empty + [*POSITION] * (target.latitude is None and source.latitude is not None)


BY_HAND = {
    Agency: {"awards", "names", "successions", "predecessions", "children", "merged_records"},
    Award: {"recipients", "status_changes"},
}


def plain_relations(model: type[Model]) -> list:
    """What points to an agency or an award and is moved as it is."""
    return [
        relation
        for relation in model._meta.related_objects
        if relation.get_accessor_name() not in BY_HAND[model] | LEFT_BEHIND
    ]


# --- what is looked at ---------------------------------------------------------------------------


def touched(source: Agency, target: Agency) -> Iterator[Model]:
    """Every record that a merge of the two may change."""
    both = [source.pk, target.pk]
    yield from Agency.objects.filter(pk__in=both)
    yield from Agency.objects.filter(parent=source)
    yield from Agency.objects.filter(merged_into=source)
    yield from Award.objects.filter(agency__in=both)
    yield from AwardRecipient.objects.filter(award__agency__in=both)
    yield from AwardStatusChange.objects.filter(award__agency__in=both)
    yield from AgencyName.objects.filter(agency__in=both)
    yield from successions_of(source)
    yield from successions_of(target)
    for model, at in ((Agency, ""), (Award, "__agency")):
        for relation in plain_relations(model):
            rows = relation.related_model._base_manager
            yield from rows.filter(**{f"{relation.field.name}{at}": source})
