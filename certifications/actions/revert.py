"""Reverting one recorded change, where nothing that came after would be lost."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from certifications.actions.apply import apply
from certifications.audit.acting import acting
from certifications.audit.kept import kept_models
from certifications.audit.rows import row_of
from certifications.models import (
    AcceptedDoubt,
    AgencySuccession,
    AwardStatusChange,
    Change,
    Proposal,
    ProposalHand,
    ProposalItem,
)
from certifications.models.values import stored

WRITTEN_BY_PUBLISHING = {
    "hidden_at",
    "hidden_by",
    "hidden_reason",
    "published_at",
    "published_by",
}
WRITTEN_BY_ACTS = {"closed_on", "merged_into"}
EMPTY = (None, "")
DECISIONS = {AcceptedDoubt, AwardStatusChange, Proposal, ProposalHand, ProposalItem}


def refuse_reverting(change: Change) -> None:
    """ValidationError, saying what to do instead, where the change can be taken back by nobody:
    what is a decision itself, and what is only done by an act of its own.
    """
    _refuse_acts(_model(change), changed_fields(change))


def revert(change: Change, *, by, why: str = "") -> None:
    """Put the record back as it stood before this change: undo an edit, remove what was added,
    bring back what was deleted.

    ValidationError as `refuse_reverting` has it, when something was changed since (it names the
    field), or when the register's rules forbid the old state; Undecided where anyone sees it.
    Whether this account may do so by hand is for the desk to say.
    """
    with acting(by=by, why=reason_of(change, why)):
        refuse_reverting(change)
        apply([row_of(change).inverse])


def reason_of(change: Change, why: str = "") -> str:
    reason = _("คืนค่าก่อนการแก้ไขเลขที่ %s") % change.pk
    return f"{reason}: {why}" if why else reason


def _model(change: Change) -> type[models.Model]:
    model = next((one for one in kept_models() if one._meta.label_lower == change.table), None)
    if model is None or model._meta.app_label != "certifications":
        raise ValidationError(_("การแก้ไขบัญชีและสิทธิ์คืนจากที่นี่ไม่ได้ ให้แก้ที่หน้าบัญชี"))
    if model in DECISIONS:
        raise ValidationError(
            _("เรื่องเสนอ ผลการพิจารณา สถานะการรับรอง และข้อสังเกตที่ยืนยันแล้ว คืนค่าไม่ได้ ให้เสนอเรื่องใหม่แทน")
        )
    return model


def _refuse_acts(model: type[models.Model], fields: list[models.Field]) -> None:
    """ValidationError for what only an act of its own writes, with all that goes with it."""
    names = {field.name for field in fields}
    if names & WRITTEN_BY_PUBLISHING:
        raise ValidationError(_("การเผยแพร่และการถอนคืนจากที่นี่ไม่ได้ ให้ทำเป็นเรื่องเสนอ"))
    if model is AgencySuccession or names & WRITTEN_BY_ACTS:
        raise ValidationError(
            _("การปิด การรวม และการสืบทอดหน่วยงานคืนจากที่นี่ไม่ได้ ให้ผู้อนุมัติทำที่หน้าของหน่วยงาน")
        )


def changed_fields(change: Change) -> list[models.Field]:
    """The fields that the change is about: of a row added or deleted, those that said something."""
    before, after = change.before or {}, change.after or {}
    return [
        field
        for field in _fields(apps.get_model(change.table))
        if (was := stored(field, before.get(field.column)))
        != (became := stored(field, after.get(field.column)))
        and not (was in EMPTY and became in EMPTY)
    ]


def record_of(change: Change) -> models.Model:
    """The record as it is now; where it is gone, as the change has it."""
    model = apps.get_model(change.table)
    there = model._default_manager.filter(pk=change.record_key).order_by().first()
    return there or _as_recorded(change, model)


def _as_recorded(change: Change, model: type[models.Model]) -> models.Model:
    row = change.before or change.after
    values = {
        field.attname: stored(field, row[field.column])
        for field in _fields(model)
        if field.column in row
    }
    return model(pk=change.record_key, **values)


def _fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]
