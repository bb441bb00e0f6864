"""Accepting warnings about a record, with the reason kept."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from certifications.audit.acting import acting
from certifications.checks.findings import Finding
from certifications.checks.warnings import label_of
from certifications.models import AcceptedDoubt

LONGEST_NAME = 400


def accept_warnings(record: Model, warnings: Iterable[Finding], *, reason: str, by) -> int:
    """Keep that these warnings about a record were looked into; the number that were new.

    ValidationError without a reason, or for what is no warning but an error.
    """
    warnings, reason = list(warnings), reason.strip()
    if warnings and not reason:
        raise ValidationError(_("ต้องบอกเหตุผลที่ยืนยัน"))
    if any(finding.is_error for finding in warnings):
        raise ValidationError(_("ข้อผิดพลาดยืนยันผ่านไม่ได้ ต้องแก้ไข"))
    rows = [
        AcceptedDoubt(
            table=label_of(record),
            record_key=record.pk,
            record=str(record)[:LONGEST_NAME],
            code=warning.code,
            about=warning.about,
            message=warning.message,
            reason=reason,
            by=by,
        )
        for warning in warnings
    ]
    with acting(by=by, why=reason):
        before = AcceptedDoubt.objects.count()
        AcceptedDoubt.objects.bulk_create(rows, ignore_conflicts=True)
        return AcceptedDoubt.objects.count() - before
