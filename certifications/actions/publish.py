"""Making awards and ceremonies public, and taking them off the pages again."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.models.changes import acting
from certifications.models.publishing import Publishable


def publish(records: Iterable[Publishable], *, by) -> int:
    """Publish drafts and bring withdrawn ones back; the number that became public.

    All or none. ValidationError, one line a record, when one has no source to show for itself.
    """
    waiting = [record for record in records if not record.is_public]
    refuse_unproven(waiting)
    now = timezone.now()
    with acting(by=by):
        for record in waiting:
            if record.published_at is None:
                record.published_at, record.published_by = now, by
            record.hidden_at, record.hidden_by, record.hidden_reason = None, None, ""
            record.save()
    return len(waiting)


def refuse_unproven(records: Iterable[Publishable]) -> None:
    """ValidationError, one line a record, for those that have no source to show for themselves."""
    sentences = [
        _("“%(record)s” ยังไม่มีแหล่งที่มา จึงเผยแพร่ไม่ได้") % {"record": record}
        for record in records
        if not record.sources.exists()
    ]
    if sentences:
        raise ValidationError(sentences)


def withdraw_from_view(records: Iterable[Publishable], *, by, reason: str) -> int:
    """Take public records off the pages, leaving a tombstone; the number taken.

    ValidationError without a reason: the public is told that it was withdrawn, staff are told why.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("ต้องระบุเหตุผลที่ถอนจากการเผยแพร่"))
    public = [record for record in records if record.is_public]
    now = timezone.now()
    with acting(by=by, why=reason):
        for record in public:
            record.hidden_at, record.hidden_by, record.hidden_reason = now, by, reason
            record.save()
    return len(public)
