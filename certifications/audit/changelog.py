"""The audit trail in words: fields and values in the reader's language and calendar."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from certifications.audit.kept import kept_models
from certifications.models import (
    Agency,
    AnnouncedFigure,
    Award,
    AwardEvent,
    Change,
    RoundDeclaration,
)
from certifications.reference import buddhist
from certifications.reference.language import reader_language

AWARD = "certifications.award"
PUBLISHABLE = {AWARD, "certifications.awardevent", "certifications.rounddeclaration"}
SCORE = {"score", "score_is_printed"}
YEARS = {"year", "first_year", "last_year"}
NOTES = {("certifications.accepteddoubt", name) for name in ("about", "code")}
BELONGING = {"award_id"}  # of recipients, status changes and sources: said by the record itself
# Who did it, and what staff alone are told.
NOT_FOR_THE_PUBLIC = {
    "hidden_at",
    "hidden_by",
    "hidden_reason",
    "published_at",
    "published_by",
    "recorded_by",
    "recorded_at",
}


@dataclass(frozen=True)
class Line:
    """One field, as it was and as it is; "" where there was or is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One change, in words."""

    change: Change
    agency: Agency | None
    did: str  # เผยแพร่, แก้ไข …
    record: str  # ผลการรับรองปี 2565
    lines: list[Line]


# --- which changes -------------------------------------------------------------------------------


def of_record(record: models.Model) -> QuerySet[Change]:
    """Everything that happened to a record and to the rows that belong to it."""
    label = record._meta.label_lower
    own = Q(table=label, record_key=record.pk)
    if label == "certifications.agency":
        # Awards have a history of their own.
        theirs = ("agency", "agencyname", "agency_sources", "agencysuccession")
        tables = [f"certifications.{name}" for name in theirs]
        return Change.objects.filter(own | Q(table__in=tables, agency_key=record.pk))
    if label == "certifications.award":
        theirs = Q(after__award_id=record.pk) | Q(before__award_id=record.pk)
        return Change.objects.filter(own | (theirs & Q(agency_key=record.agency_id)))
    return Change.objects.filter(own)


def public(agency: Agency | None = None) -> QuerySet[Change]:
    """Changes that anyone may see, of one agency or all: what was public when it was changed,
    of agencies and announced figures that are public now; the latest first.
    """
    shown = Agency.objects.published().filter(pk=OuterRef("agency_key"))
    changes = Change.objects.filter(was_public=True)
    if agency:
        changes = changes.filter(agency_key=agency.pk)
    figures = AnnouncedFigure.objects.published().filter(pk=OuterRef("record_key"))
    of_others = ~Q(table=AnnouncedFigure._meta.label_lower)
    return changes.filter(Q(agency_key=None) | Exists(shown), of_others | Exists(figures))


# --- in words ------------------------------------------------------------------------------------


def entries(changes: Iterable[Change]) -> list[Entry]:
    """All of each change, for staff. A query for each kind of record that the changes name."""
    changes = list(changes)
    named = _names_in(changes)
    return [_entry(change, named, _all_fields(change)) for change in changes]


def public_entries(changes: Iterable[Change]) -> list[Entry]:
    """What anyone may read of each change: never a value that was, or is, not public."""
    changes = list(changes)
    named = _names_in(changes, only_public=True)
    withdrawn, printed = _withdrawn(changes), _with_printed_score(changes)
    return [
        _entry(
            change,
            named,
            [] if _record_of(change) in withdrawn else _public_fields(change, printed),
        )
        for change in changes
    ]


Fields = list[tuple[str, object, object]]  # column, before, after


def _all_fields(change: Change) -> Fields:
    before, after = change.before or {}, change.after or {}
    return [
        (column, before.get(column), after.get(column))
        for column in {**before, **after}
        if before.get(column) != after.get(column)
    ]


def _public_fields(change: Change, printed: set[int]) -> Fields:
    """The values of a draft stay unseen when it is published, those of a record taken off too;
    and a score that no source printed then, or prints now.
    """
    before, after = change.before or {}, change.after or {}
    if change.table in PUBLISHABLE:
        before = before if _is_public(before) else {}
        after = after if _is_public(after) else {}
        if not after:
            return []
    hidden = {f"{name}{end}" for name in NOT_FOR_THE_PUBLIC for end in ("", "_id")}
    if change.table == AWARD:
        is_printed = change.record_key in printed
        before, after = (_without_secret_score(row, is_printed) for row in (before, after))
    shown = Change(table=change.table, before=before, after=after)
    return [fields for fields in _all_fields(shown) if fields[0] not in hidden]


def _without_secret_score(row: dict, is_printed: bool) -> dict:
    if is_printed and row.get("score_is_printed"):
        return row
    return {column: value for column, value in row.items() if column not in SCORE}


def _with_printed_score(changes: list[Change]) -> set[int]:
    """Of the awards whose score these changes name, those whose score is public. One query."""
    named = {
        change.record_key
        for change in changes
        if change.table == AWARD
        for row in (change.before, change.after)
        if row and row.get("score_is_printed")
    }
    if not named:
        return set()
    printed = Award.objects.published().filter(pk__in=named, score_is_printed=True)
    return set(printed.order_by().values_list("pk", flat=True))


def _is_public(row: dict) -> bool:
    return row.get("published_at") is not None and row.get("hidden_at") is None


def _record_of(change: Change) -> tuple[str, int]:
    """The publishable record that a row is, or belongs to."""
    row = change.after or change.before or {}
    if "award_id" in row:
        return "certifications.award", row["award_id"]
    return change.table, change.record_key


def _withdrawn(changes: list[Change]) -> set[tuple[str, int]]:
    """Those that have been withdrawn from view meanwhile. Two queries."""
    keys = defaultdict(set)
    for change in changes:
        table, key = _record_of(change)
        keys[table].add(key)
    return {
        (model._meta.label_lower, key)
        for model in (Award, AwardEvent, RoundDeclaration)
        if (wanted := keys[model._meta.label_lower])
        for key in model.objects.withdrawn_from_view()
        .filter(pk__in=wanted)
        .order_by()
        .values_list("pk", flat=True)
    }


# --- values --------------------------------------------------------------------------------------

Named = dict[type[models.Model], dict[object, models.Model]]


@cache
def _fields_of(table: str) -> dict[str, models.Field]:
    """Column → field, for a table whose changes are kept."""
    known = {model._meta.label_lower: model for model in kept_models()}
    model = known.get(table)
    return {field.column: field for field in model._meta.concrete_fields} if model else {}


def _names_in(changes: list[Change], only_public: bool = False) -> Named:
    """Every record that a change names, read once for each kind; of drafts nothing in public."""
    keys: dict[type[models.Model], set] = defaultdict(set)
    for change in changes:
        keys[Agency].add(change.agency_key)
        for column, field in _fields_of(change.table).items():
            if field.is_relation and column not in BELONGING:
                keys[field.related_model].update(
                    row.get(column) for row in (change.before or {}, change.after or {})
                )
    return {
        model: _readable(model, only_public).in_bulk(wanted - {None})
        for model, wanted in keys.items()
    }


def _readable(model: type[models.Model], only_public: bool) -> QuerySet:
    if not only_public:
        return model._default_manager.all()
    if model is get_user_model():
        return model._default_manager.none()
    return model.objects.published() if model in (Agency, AwardEvent) else model.objects.all()


def _entry(change: Change, named: Named, fields: Fields) -> Entry:
    known = _fields_of(change.table)
    return Entry(
        change=change,
        agency=named[Agency].get(change.agency_key),
        did=_did(change),
        record=_record_in_words(change),
        lines=[
            line
            for column, before, after in fields
            if not _says_nothing(change, known.get(column), before, after)
            and (line := _line(column, known.get(column), before, after, named))
        ],
    )


def _line(column: str, field: models.Field | None, before, after, named: Named) -> Line | None:
    """None where both name only what the reader may not see, or what is no longer there."""
    label = column if field is None else _label(field)
    line = Line(label, _in_words(field, before, named), _in_words(field, after, named))
    return line if line.before or line.after else None


def _says_nothing(
    change: Change, field: models.Field | None, before: object, after: object
) -> bool:
    """A row's own key, the record it belongs to and an empty field of a new one tell nobody
    anything.
    """
    # A program's own notes: JSON, and the rule by which a warning is known again.
    if isinstance(field, models.JSONField) or (
        field is not None and (change.table, field.name) in NOTES
    ):
        return True
    if field is not None and (field.primary_key or field.column in BELONGING):
        return True
    is_agency = field is not None and field.column == "agency_id"
    if is_agency and None in (before, after) and change.agency_key in (before, after):
        return True
    return before in (None, "") and after in (None, "")


def _label(field: models.Field) -> str:
    """Ends of a relation have no name of their own: they are called after what they are."""
    named = field.related_model if field.model._meta.auto_created else field
    return str(getattr(named, "_meta", named).verbose_name)


def _did(change: Change) -> str:
    before, after = change.before or {}, change.after or {}
    if change.table in PUBLISHABLE and _is_public(before) != _is_public(after):
        if not _is_public(after):
            return _("ถอนจากการเผยแพร่")
        return _("นำกลับมาเผยแพร่") if before.get("published_at") else _("เผยแพร่")
    return change.get_kind_display()


def _record_in_words(change: Change) -> str:
    row = change.after or change.before or {}
    if change.table == "certifications.award":
        year = row.get("year")
        said = buddhist.format_year(year, reader_language()) if year else _("ไม่ทราบปี")
        return _("ผลการรับรอง ปี %s") % said if year else _("ผลการรับรอง %s") % said
    if change.table == "certifications.awardevent":
        return _("พิธีมอบ %s") % row.get("code", "")
    if change.table == "certifications.rounddeclaration":
        return _("คำยืนยันว่ารายชื่อรอบปี %s ครบ") % row.get("year", "")
    return _table_in_words(change.table)


def _table_in_words(label: str) -> str:
    try:
        return table_name(apps.get_model(label))
    except LookupError:  # of a release that has no such table any longer
        return label


def table_name(model: type[models.Model]) -> str:
    """What the rows of a table are called; those of a relation after both its ends."""
    owner = model._meta.auto_created
    if not owner:
        return str(model._meta.verbose_name)
    relation = next(
        field for field in owner._meta.many_to_many if field.remote_field.through is model
    )
    names = {"thing": relation.verbose_name, "owner": owner._meta.verbose_name}
    return _("%(thing)sของ%(owner)s") % names


def _in_words(field: models.Field | None, value: object, named: Named) -> str:
    if value is None or value == "":
        return ""
    if field is None:
        return str(value)
    if field.is_relation:
        record = named.get(field.related_model, {}).get(value)
        return str(getattr(record, "name", record)) if record else ""
    if isinstance(field, models.BooleanField):
        return _("ใช่") if value else _("ไม่ใช่")
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DecimalField):
        return f"{Decimal(str(value)).normalize():f}"  # the two databases write zeros differently
    if field.name == "table":
        return _table_in_words(str(value))
    if field.name in YEARS:
        return str(value)  # B.E., as the field's own name says in either language
    return _moment(field, str(value)) or str(value)


def _moment(field: models.Field, value: str) -> str:
    """A day, or a day and the time in Bangkok; "" when the field holds none or is unreadable."""
    language = reader_language()
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(value)
        if moment is None:
            return ""
        aware = moment if timezone.is_aware(moment) else moment.replace(tzinfo=datetime.UTC)
        local = timezone.localtime(aware)
        return f"{buddhist.format_day(local.date(), language)} {local:%H:%M}"
    day = parse_date(value) if isinstance(field, models.DateField) else None
    return buddhist.format_day(day, language) if day else ""
