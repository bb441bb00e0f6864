"""Reverting one recorded change: where it is no part of anything public and nothing that
came after would be lost.
"""

import datetime
from collections.abc import Iterator

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.audit.acting import acting
from certifications.audit.kept import kept_models
from certifications.models import (
    AcceptedDoubt,
    AgencySuccession,
    AwardStatusChange,
    Change,
    Proposal,
    ProposalItem,
    Source,
    shown,
)
from certifications.models.publishing import Publishable

WRITTEN_BY_PUBLISHING = {
    "hidden_at",
    "hidden_by",
    "hidden_reason",
    "published_at",
    "published_by",
}
WRITTEN_BY_ACTS = {"closed_on", "merged_into"}
EMPTY = (None, "")
DECISIONS = {AcceptedDoubt, AwardStatusChange, Proposal, ProposalItem}

# --- what is public ------------------------------------------------------------------------------


def _ever_public(records: QuerySet) -> QuerySet:
    """Those that anyone may see or, being withdrawn, once could, and what a proposal rests on."""
    if issubclass(records.model, Publishable):
        return records.filter(published_at__isnull=False)
    if records.model is Proposal:
        return records
    return records.filter(pk__in=shown.published(records.model).order_by())


def _independent(records: QuerySet) -> Iterator[QuerySet]:
    """The records that these are, or are parts of; of sources, all that cite them."""
    model, whole = records.model, shown.whole_of(records.model)
    if model is Source:
        for relation in model._meta.related_objects:
            citing = relation.related_model._default_manager.filter(
                **{f"{relation.field.name}__in": records}
            )
            yield from _independent(citing)
    elif whole:
        keys = records.values(whole.attname)
        yield from _independent(whole.related_model._default_manager.filter(pk__in=keys))
    else:
        yield records


def _refuse_what_is_public(change: Change, model: type[models.Model]) -> None:
    for records in _independent(model._default_manager.filter(pk=change.record_key)):
        if _ever_public(records).exists():
            raise ValidationError(_only_what_was_never_public())
        if issubclass(records.model, Publishable) and _are_proposed(records):
            raise ValidationError(
                _("รายการนี้อยู่ในเรื่องเสนอที่รอพิจารณา จึงคืนค่าไม่ได้ ให้ผู้เสนอถอนเรื่องเสนอคืนก่อน")
            )


def _are_proposed(records: QuerySet) -> bool:
    return records.filter(proposal_items__is_open=True).exists()


def _only_what_was_never_public() -> str:
    return _(
        "คืนค่าจากประวัติได้เฉพาะข้อมูลที่ไม่เคยเผยแพร่และไม่เป็นส่วนของสิ่งที่เผยแพร่แล้ว "
        "ให้แก้ไขหรือเสนอแก้ไขที่หน้ารายการแทน"
    )


def _hold(change: Change, model: type[models.Model]) -> None:
    """Let nobody publish, until the transaction ends, what this change is of or is part of."""
    for records in _independent(model._default_manager.filter(pk=change.record_key)):
        if issubclass(records.model, Publishable):
            held = records.order_by("pk").select_for_update(of=("self",), no_key=True)
            list(held.values_list("pk"))


# --- taking back ---------------------------------------------------------------------------------


def refuse_reverting(change: Change) -> None:
    """ValidationError, saying what to do instead, where the change can be taken back by nobody:
    what is or was public, what waits for a decision, and what is only done by an act of its own.
    """
    model = _model(change)
    _refuse_acts(model, changed_fields(change))
    if change.was_public:
        raise ValidationError(_only_what_was_never_public())
    _refuse_what_is_public(change, model)


def revert(change: Change, *, by, why: str = "") -> None:
    """Put the record back as it stood before this change: undo an edit, remove what was added,
    bring back what was deleted.

    ValidationError as `refuse_reverting` has it, when the record would be public as it was before,
    when something was changed since (it names the field), or when the register's rules forbid the
    old state. Whether this account may do so by hand is for the desk to say.
    """
    reason = _("คืนค่าก่อนการแก้ไขเลขที่ %s") % change.pk
    undo = {Change.Kind.UPDATE: _restore, Change.Kind.INSERT: _remove, Change.Kind.DELETE: _remake}
    with acting(by=by, why=f"{reason}: {why}" if why else reason), transaction.atomic():
        model = _model(change)
        _hold(change, model)
        refuse_reverting(change)
        undo[change.kind](change, model)
        _hold(change, model)  # it may be part of another record now
        _refuse_what_is_public(change, model)


def _model(change: Change) -> type[models.Model]:
    model = next((one for one in kept_models() if one._meta.label_lower == change.table), None)
    if model is None or model._meta.app_label != "certifications":
        raise ValidationError(_("การแก้ไขบัญชีและสิทธิ์คืนจากที่นี่ไม่ได้ ให้แก้ที่หน้าบัญชี"))
    if model in DECISIONS:
        raise ValidationError(
            _("เรื่องเสนอ ผลการพิจารณา สถานะการรับรอง และข้อสังเกตที่ยืนยันแล้ว คืนค่าไม่ได้ ให้เสนอเรื่องใหม่แทน")
        )
    return model


def changed_fields(change: Change) -> list[models.Field]:
    """The fields that the change is about: of a row added or deleted, those that said something."""
    before, after = change.before or {}, change.after or {}
    return [
        field
        for field in _fields(apps.get_model(change.table))
        if (was := _value(field, before)) != (became := _value(field, after))
        and not (was in EMPTY and became in EMPTY)
    ]


def record_of(change: Change) -> models.Model:
    """The record as it is now; where it is gone, as the change has it."""
    model = apps.get_model(change.table)
    there = model._default_manager.filter(pk=change.record_key).order_by().first()
    return there or _as_recorded(change, model)


def _as_recorded(change: Change, model: type[models.Model]) -> models.Model:
    row = change.before or change.after
    values = {field.attname: _value(field, row) for field in _fields(model) if field.column in row}
    return model(pk=change.record_key, **values)


def _restore(change: Change, model: type[models.Model]) -> None:
    record = _current(change, model)
    changed = changed_fields(change)
    _refuse_if_changed_since(record, changed, change.after)
    for field in changed:
        setattr(record, field.attname, _value(field, change.before))
    _save(record)


def _remove(change: Change, model: type[models.Model]) -> None:
    record = _current(change, model)
    _refuse_if_changed_since(record, _fields(model), change.after)
    try:
        record.delete()
    except ProtectedError as held:
        raise ValidationError(_("ลบสิ่งที่เพิ่มไว้ไม่ได้ เพราะมีข้อมูลอื่นอ้างถึงแล้ว")) from held


def _remake(change: Change, model: type[models.Model]) -> None:
    if model._default_manager.filter(pk=change.record_key).exists():
        raise ValidationError(_("มีระเบียนนี้อยู่แล้ว ไม่ต้องนำกลับมา"))
    _save(_as_recorded(change, model), force_insert=True)


def _current(change: Change, model: type[models.Model]) -> models.Model:
    """The record as it is now, locked."""
    # Unordered: an order by what a record may lack cannot be locked, and one row needs none.
    found = model._base_manager.filter(pk=change.record_key).order_by()
    record = found.select_for_update(of=("self",), no_key=True).first()
    if record is None:
        raise ValidationError(_("ระเบียนนี้ถูกลบไปแล้ว ให้คืนค่าการลบแทน"))
    return record


def _fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _value(field: models.Field, row: dict):
    """A recorded value as the model holds it; moments without a zone are UTC."""
    value = row.get(field.column)
    if field.is_relation or value is None:
        return value
    value = field.to_python(value)
    if isinstance(value, datetime.datetime) and timezone.is_naive(value):
        return value.replace(tzinfo=datetime.UTC)
    return value


def _refuse_acts(model: type[models.Model], fields: list[models.Field]) -> None:
    """ValidationError for what only an act of its own writes, with all that goes with it."""
    names = {field.name for field in fields}
    if names & WRITTEN_BY_PUBLISHING:
        raise ValidationError(_("การเผยแพร่และการถอนคืนจากที่นี่ไม่ได้ ให้ทำเป็นเรื่องเสนอ"))
    if model is AgencySuccession or names & WRITTEN_BY_ACTS:
        raise ValidationError(
            _("การปิด การรวม และการสืบทอดหน่วยงานคืนจากที่นี่ไม่ได้ ให้ผู้อนุมัติทำที่หน้าของหน่วยงาน")
        )


def _refuse_if_changed_since(record, fields: list[models.Field], after: dict) -> None:
    since = [
        str(field.verbose_name)
        for field in fields
        if field.column in after and getattr(record, field.attname) != _value(field, after)
    ]
    if since:
        raise ValidationError(
            _("คืนค่าไม่ได้ เพราะมีการแก้ไขหลังจากนั้นแล้วที่ช่อง %s ให้แก้ที่หน้าระเบียนแทน") % ", ".join(since)
        )


def _save(record: models.Model, **how) -> None:
    """ValidationError, as one list of sentences, when the rules forbid the record as it was."""
    try:
        record.full_clean()
    except ValidationError as faults:
        raise ValidationError(faults.messages) from faults
    except FileNotFoundError as lost:
        raise ValidationError(_("ไฟล์นี้หายไปจากที่เก็บ จึงคืนค่าไม่ได้ ให้เพิ่มไฟล์ใหม่แทน")) from lost
    record.save(**how)
