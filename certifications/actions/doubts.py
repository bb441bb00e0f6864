"""Going on in spite of a doubt, with the reason kept beside it."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from certifications.audit.acting import acting
from certifications.checks.doubts import label_of
from certifications.checks.findings import Finding
from certifications.models import AcceptedDoubt

LONGEST_NAME = 400


def accept_doubts(record: Model, doubts: Iterable[Finding], *, reason: str, by) -> int:
    """Keep that these doubts about a record were looked into; the number that were new.

    ValidationError without a reason, or for what is no doubt but an error.
    """
    doubts, reason = list(doubts), reason.strip()
    if doubts and not reason:
        raise ValidationError(_("ต้องบอกเหตุผลที่ยืนยัน"))
    if any(finding.is_error for finding in doubts):
        raise ValidationError(_("ข้อผิดพลาดยืนยันผ่านไม่ได้ ต้องแก้ไข"))
    rows = [
        AcceptedDoubt(
            table=label_of(record),
            record_key=record.pk,
            record=str(record)[:LONGEST_NAME],
            code=doubt.code,
            about=doubt.about,
            message=doubt.message,
            reason=reason,
            by=by,
        )
        for doubt in doubts
    ]
    with acting(by=by, why=reason):
        before = AcceptedDoubt.objects.count()
        AcceptedDoubt.objects.bulk_create(rows, ignore_conflicts=True)
        return AcceptedDoubt.objects.count() - before
