"""Taking one recorded change back, where nothing that came after would be lost."""

import datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.models import Change
from certifications.models.changes import acting, kept_models
from certifications.models.publishing import Publishable

# What the public relies on: changed by a proposal that a second person decides.
DECIDED_BY_TWO = {"agency", "event", "level", "year"}
WRITTEN_BY_PUBLISHING = {
    "hidden_at",
    "hidden_by",
    "hidden_reason",
    "published_at",
    "published_by",
}


def revert(change: Change, *, by, why: str = "") -> None:
    """Put the record back as it stood before this change: undo an edit, remove what was added,
    bring back what was deleted.

    ValidationError, naming the field, when something was changed since, when the record is public
    and the change is one that two people decide, or when the register's rules forbid the old state.
    """
    reason = _("คืนค่าก่อนการแก้ไขเลขที่ %s") % change.pk
    undo = {Change.Kind.UPDATE: _restore, Change.Kind.INSERT: _remove, Change.Kind.DELETE: _remake}
    with acting(by=by, why=f"{reason}: {why}" if why else reason), transaction.atomic():
        undo[change.kind](change, _model(change))


def _model(change: Change) -> type[models.Model]:
    model = apps.get_model(change.table)
    if model not in kept_models() or model._meta.app_label != "certifications":
        raise ValidationError(_("การแก้ไขบัญชีและสิทธิ์คืนจากที่นี่ไม่ได้ ให้แก้ที่หน้าบัญชี"))
    return model


def _restore(change: Change, model: type[models.Model]) -> None:
    record = _current(change, model)
    before, after = change.before, change.after
    changed = [field for field in _fields(model) if _value(field, before) != _value(field, after)]
    _refuse_what_two_decide(record, changed)
    _refuse_if_changed_since(record, changed, after)
    for field in changed:
        setattr(record, field.attname, _value(field, before))
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
    record = model(
        pk=change.record_key,
        **{
            field.attname: _value(field, change.before)
            for field in _fields(model)
            if field.column in change.before
        },
    )
    _save(record, force_insert=True)


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


def _refuse_what_two_decide(record: models.Model, changed: list[models.Field]) -> None:
    names = {field.name for field in changed}
    if names & WRITTEN_BY_PUBLISHING:
        raise ValidationError(_("การเผยแพร่และการถอนคืนจากที่นี่ไม่ได้ ให้ทำเป็นข้อเสนอ"))
    if isinstance(record, Publishable) and record.published_at and names & DECIDED_BY_TWO:
        raise ValidationError(_("รายการนี้เผยแพร่แล้ว การเปลี่ยนหน่วยงาน ปี ระดับ หรือพิธี ต้องเสนอให้ผู้อื่นอนุมัติ"))


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
