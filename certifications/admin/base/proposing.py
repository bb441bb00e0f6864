"""What a page of the desk says and does when somebody else decides what was sent."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _

from certifications.actions.propose import keep
from certifications.admin.base.merging import number
from certifications.audit.acting import Undecided
from certifications.audit.rows import fields_of, row_of
from certifications.models import Proposal, ProposalItem
from certifications.models.values import stored
from certifications.reference import thai
from certifications.reference.limits import LONGEST_REASON

REASON_FIELD = "_why"  # of any form at the desk: why it is done
REOPENED = "_reopened"  # in the address of a form: filled in as this row of a proposal has it


def reason_of(request) -> str:
    return thai.clean(request.POST.get(REASON_FIELD, ""))[:LONGEST_REASON]


def propose_instead(request, undecided: Undecided) -> list[str] | None:
    """Keep what was sent as a proposal, and say so; the sentences why it cannot be, or None."""
    return proposed(
        request, lambda: keep(undecided.rows, by=request.user, reason=reason_of(request))
    )


def proposed(request, propose: Callable[[], Proposal | None]) -> list[str] | None:
    """Propose, and say so; the sentences why it cannot be, or None."""
    try:
        proposal = propose()
    except ValidationError as refusal:
        return refusal.messages
    if proposal:
        tell(request, proposal)
    return None


def fill_in(record: Model, item_key: str) -> None:
    """Put into a record that is only to be shown what a proposal would have made of it."""
    items = ProposalItem.objects.of(type(record), [record.pk])
    fields = fields_of(record._meta.label_lower)
    for item in items.filter(pk=number(item_key), kind="update"):
        for column, (_before, after) in row_of(item).changed.items():
            field = fields.get(column)
            if field is not None and field.editable:
                setattr(record, field.attname, stored(field, after))


def tell(request, proposal: Proposal) -> None:
    """That a proposal waits, or that it was done at once where one person is the office."""
    sentence = _("ดำเนินการแล้ว: {}")
    if settings.TWO_PERSONS:
        is_hidden = proposal.kind == Proposal.Kind.HIDE
        sentence = (
            _("งดแสดงแล้ว รอเจ้าหน้าที่คนอื่นยืนยันหรือคืนการแสดงผล: {}")
            if is_hidden
            else _("เสนอแล้ว รอเจ้าหน้าที่คนอื่นพิจารณา: {}")
        )
    link = format_html('<a href="{}">{}</a>', proposal.get_absolute_url(), proposal)
    messages.success(request, format_html(sentence, link))
    if proposal.is_open and not who_decides().exclude(pk=request.user.pk).exists():
        alone = _("ไม่มีบัญชีอื่นที่พิจารณาเรื่องเสนอนี้ได้ ให้ผู้ดูแลระบบเพิ่มผู้อนุมัติอีกคน หรือถอนคืนแล้วให้ผู้บันทึกเป็นผู้เสนอ")
        messages.warning(request, alone)


def who_decides() -> QuerySet:
    """The accounts that can decide what another one proposes."""
    decide = Permission.objects.get(codename="decide_proposal")
    may = Q(is_superuser=True) | Q(groups__permissions=decide) | Q(user_permissions=decide)
    return get_user_model().objects.filter(may, is_active=True, is_staff=True).distinct()
