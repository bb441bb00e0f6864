"""Publishing awards, ceremonies and declarations, and withdrawing them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.audit.acting import acting
from certifications.models import Award, RoundDeclaration
from certifications.models.publishing import Publishable, is_public


def publish(records: Iterable[Publishable], *, by) -> int:
    """Publish drafts and bring withdrawn ones back; the number that became public.

    All or none. ValidationError as `refuse_unready` has it.
    """
    waiting = [record for record in records if not record.is_public]
    refuse_unready(waiting)
    drafts = [record for record in waiting if record.published_at is None]
    hidden = [record for record in waiting if record.published_at is not None]
    with acting(by=by):
        _write(drafts, published_at=timezone.now(), published_by=by)
        _write(hidden, hidden_at=None, hidden_by=None, hidden_reason="")
    return len(waiting)


def unproven(records: Sequence[Publishable]) -> list[Publishable]:
    """Those that have no source to show for themselves. One query a model."""
    without = {
        (model, key)
        for model, keys in _by_model(records).items()
        for key in model.objects.filter(pk__among=keys, sources=None).values_list("pk", flat=True)
    }
    return [record for record in records if (type(record), record.pk) in without]


def refuse_unready(records: Sequence[Publishable]) -> None:
    """ValidationError, one line a record: for those that have no source to show for themselves, and
    for declarations that a list is complete while awards of that list are not public.
    """
    _refuse_unproven(records)
    declared = [record for record in records if isinstance(record, RoundDeclaration)]
    sentences = [
        _("“%(record)s” ยังเผยแพร่ไม่ได้ เพราะมีผลการรับรองของรอบนี้ที่ยังไม่เผยแพร่ %(number)s รายการ")
        % {"record": declaration, "number": number}
        for declaration in declared
        if (number := _not_public_in(declaration))
    ]
    if sentences:
        raise ValidationError(sentences)


def _not_public_in(declaration: RoundDeclaration) -> int:
    """How many awards of a round, under the body declared, the public cannot see. One query."""
    awards = Award.objects.filter(year=declaration.year).exclude(is_public())
    return (awards.under(declaration.agency) if declaration.agency else awards).count()


def _refuse_unproven(records: Sequence[Publishable]) -> None:
    """ValidationError, one line a record, for those that have no source to show for themselves."""
    sentences = [
        _("“%(record)s” ยังไม่มีแหล่งที่มา จึงเผยแพร่ไม่ได้") % {"record": record}
        for record in unproven(records)
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
    with acting(by=by, why=reason):
        _write(public, hidden_at=timezone.now(), hidden_by=by, hidden_reason=reason)
    return len(public)


def _write(records: list[Publishable], **values) -> None:
    """The same values to all records, one statement a model: a year is published at once."""
    for record in records:
        for name, value in values.items():
            setattr(record, name, value)
    for model, keys in _by_model(records).items():
        model.objects.filter(pk__among=keys).update(updated_at=timezone.now(), **values)


def _by_model(records: Iterable[Publishable]) -> dict[type[Publishable], list[int]]:
    keys = defaultdict(list)
    for record in records:
        keys[type(record)].append(record.pk)
    return keys
