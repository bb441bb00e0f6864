"""The audit trail in words: fields and values in the reader's language and calendar."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from certifications.audit.kept import kept_columns, kept_models
from certifications.models import (
    Agency,
    AnnouncedFigure,
    Award,
    Change,
    Criterion,
    shown,
)
from certifications.reference import buddhist
from certifications.reference.language import reader_language, thai_is_read

AWARD = "certifications.award"
PUBLISHABLE = {AWARD, "certifications.awardevent", "certifications.rounddeclaration"}
SCORE = {"score", "score_is_printed"}
YEARS = {"year", "first_year", "last_year"}
NOTES = {("certifications.accepteddoubt", name) for name in ("about", "code")}
# Of one that nobody sees any more nothing at all is told; of others that there was a change.
WITHOUT_TOMBSTONE = (AnnouncedFigure, Criterion)
OF_YEARS = {"certifications.announcedfigure", "certifications.criterion"}
NAMED_BY_THEIR_ROW = {"certifications.certificationlevel", "certifications.service"}
BELONGING = {"award_id"}  # of recipients, status changes and sources: said by the record itself
# Who did it, where a file lies, what staff alone are told, and what is called after a body that may
# be a draft.
NOT_FOR_THE_PUBLIC = {
    "announcedfigure",
    "file",
    "hidden_at",
    "hidden_by",
    "hidden_reason",
    "published_at",
    "published_by",
    "recorded_by",
    "recorded_at",
    "rounddeclaration",
}


@dataclass(frozen=True)
class Line:
    """One field, as it was and as it is; "" where there was or is nothing."""

    label: str
    before: str
    after: str
    column: str = ""


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
    of agencies, figures and viewpoints that are public now; the latest first.
    """
    bodies = Agency.objects.published().filter(pk=OuterRef("agency_key"))
    changes = Change.objects.filter(was_public=True)
    if agency:
        changes = changes.filter(agency_key=agency.pk)
    still_public = map(_of_another_table_or_public, WITHOUT_TOMBSTONE)
    return changes.filter(Q(agency_key=None) | Exists(bodies), *still_public)


def _of_another_table_or_public(model: type[models.Model]) -> Q:
    records = shown.published(model).filter(pk=OuterRef("record_key"))
    return ~Q(table=model._meta.label_lower) | Q(Exists(records))


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
    printed = _with_printed_score(changes)
    return [
        _entry(change, named, _public_fields(change, printed) if _is_seen(change, named) else [])
        for change in changes
    ]


Fields = list[tuple[str, object, object]]  # column, before, after
Named = dict[type[models.Model], dict[object, models.Model]]


def _all_fields(change: Change) -> Fields:
    before, after = change.before or {}, change.after or {}
    return [
        (column, before.get(column), after.get(column))
        for column in {**before, **after}
        if before.get(column) != after.get(column)
    ]


def _public_fields(change: Change, printed: set[int]) -> Fields:
    """The values of a draft stay unseen when it is published; and a score that no source printed
    then, or prints now.
    """
    before, after = change.before or {}, change.after or {}
    if change.table in PUBLISHABLE:
        before = before if _is_public(before) else {}
        after = after if _is_public(after) else {}
        if not after:
            return []
    if change.table in OF_YEARS and _is_of_other_years(before, after):
        before = {}  # of those years nobody may have seen it
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


def _is_of_other_years(before: dict, after: dict) -> bool:
    return any(before.get(year) != after.get(year) for year in YEARS)


def _record_of(change: Change) -> tuple[type[models.Model] | None, int | None]:
    """The record that a row is, or is part of; None of a table that is no longer kept."""
    model = _kept_by_label().get(change.table)
    whole = shown.whole_of(model) if model else None
    if not whole:
        return model, change.record_key
    row = change.after or change.before or {}
    return whole.related_model, row.get(whole.column)


def _is_seen(change: Change, named: Named) -> bool:
    """Whether anyone may see now what a change is of."""
    model, key = _record_of(change)
    return key in named.get(model, {})


# --- values --------------------------------------------------------------------------------------


@cache
def _kept_by_label() -> dict[str, type[models.Model]]:
    return {model._meta.label_lower: model for model in kept_models()}


@cache
def _fields_of(table: str) -> dict[str, models.Field]:
    """Column → field, for a table whose changes are kept."""
    model = _kept_by_label().get(table)
    columns = kept_columns(model) if model else ()
    return {column: model._meta.get_field(column) for column in columns}


def _names_in(changes: list[Change], only_public: bool = False) -> Named:
    """Every record that a change is of or names, read once for each kind; in public no drafts."""
    keys: dict[type[models.Model], set] = defaultdict(set)
    for change in changes:
        keys[Agency].add(change.agency_key)
        model, key = _record_of(change)
        if only_public and model:
            keys[model].add(key)
        for named, key in _named_by(change):
            keys[named].add(key)
    return {
        model: _readable(model, only_public).in_bulk(wanted - {None})
        for model, wanted in keys.items()
    }


def _named_by(change: Change) -> Iterator[tuple[type[models.Model], int | None]]:
    for column, field in _fields_of(change.table).items():
        if field.is_relation and column not in BELONGING:
            for row in (change.before or {}, change.after or {}):
                yield field.related_model, row.get(column)


def _readable(model: type[models.Model], only_public: bool) -> QuerySet:
    return shown.published(model) if only_public else model._default_manager.all()


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
    line = Line(label, _in_words(field, before, named), _in_words(field, after, named), column)
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
    if change.table in NAMED_BY_THEIR_ROW:
        name = row.get("name_th" if thai_is_read() else "name_en", "")
        return f"{_table_in_words(change.table)} {name}"
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
