"""Taking something off view at once: one account does it, another confirms or restores it.

It never shows anything new, so it need not wait; what is wrong or private stands no longer than
it takes to notice it.
"""

from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from certifications.actions.apply import apply
from certifications.actions.propose import CONTACT, keep
from certifications.actions.publish import withdraw_from_view
from certifications.audit.acting import acting, trial
from certifications.audit.rows import Row
from certifications.models import Agency, Change, EventFile, Proposal
from certifications.models.publishing import Publishable

TAKES_OFF_VIEW = frozenset({"hidden_at", "hidden_by_id", "hidden_reason"})


def hide_records(records: Iterable[Publishable], *, by, reason: str) -> Proposal:
    """Awards, ceremonies or declarations. ValidationError without a reason, or with none public."""
    public = [record for record in records if record.is_public]

    def act() -> None:
        withdraw_from_view(public, by=by, reason=reason)

    return _hide(act, by=by, reason=reason)


def hide_contacts(agencies: Iterable[Agency], *, by, reason: str) -> Proposal:
    """How to reach these bodies. ValidationError without a reason, or where nothing is given."""

    def act() -> None:
        for agency in agencies:
            for name in CONTACT:
                setattr(agency, name, "")
            agency.save()

    return _hide(act, by=by, reason=reason)


def hide_file(file: EventFile, *, by, reason: str) -> Proposal:
    """A photo or document of a ceremony. ValidationError without a reason."""
    return _hide(file.delete, by=by, reason=reason)


def _hide(act: Callable[[], object], *, by, reason: str) -> Proposal:
    if not reason.strip():
        raise ValidationError(_("ต้องระบุเหตุผลที่งดแสดง"))
    rows = trial(act, by=by, why=reason).rows
    if not all(map(_takes_off_view, rows)):
        raise ValidationError(_("งดแสดงทันทีได้เฉพาะการนำออกจากหน้าสาธารณะ"))
    with acting(by=by, why=reason):
        proposal = keep(rows, kind=Proposal.Kind.HIDE, by=by, reason=reason)
        with acting(by=by, channel=Change.Channel.HIDING, why=reason):
            apply(rows)
    return proposal


def _takes_off_view(row: Row) -> bool:
    if row.kind == Change.Kind.DELETE:
        return row.table == EventFile._meta.label_lower
    is_emptied = all(after in ("", None) for _before, after in row.changed.values())
    return row.kind == Change.Kind.UPDATE and (
        TAKES_OFF_VIEW.issuperset(row.changed) or (CONTACT.issuperset(row.changed) and is_emptied)
    )
