"""Publishing and withdrawing from the lists: a page shows what will change, then it is proposed."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.actions.propose import propose_publication, propose_withdrawal
from certifications.actions.publish import unproven
from certifications.admin.base.desk import Desk, can_be_a_key
from certifications.models import Proposal, ProposalItem
from certifications.models.publishing import Publishable

CONFIRMED = "_confirmed"
ALONG = "along"  # the box that takes drafts along


class PublicationForm(forms.Form):
    """Why, where the proposer has something to say."""

    reason = forms.CharField(
        label=gettext_lazy("ข้อความถึงผู้อนุมัติ"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


class WithdrawalForm(forms.Form):
    """Why public records are taken off the pages."""

    reason = forms.CharField(
        label=gettext_lazy("เหตุผล"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("บันทึกไว้ในทะเบียน เจ้าหน้าที่คนอื่นจะเห็น"),
    )


class PublishableForm(forms.ModelForm):
    """What is public keeps its sources."""

    def clean_sources(self):
        sources = self.cleaned_data["sources"]
        if self.instance.published_at and not sources:
            raise ValidationError(_("รายการที่เผยแพร่แล้วต้องมีแหล่งที่มาอย่างน้อยหนึ่งแหล่ง"))
        return sources


class PublishableDesk(Desk):
    """Drafts are free to edit; public records change under a publisher's hand or by proposal."""

    form = PublishableForm
    actions = ["propose_publication", "propose_withdrawal"]

    def may_publish(self, request) -> bool:
        opts = self.opts
        return request.user.has_perm(f"{opts.app_label}.publish_{opts.model_name}")

    def has_propose_permission(self, request) -> bool:
        """The name Django's `permissions=["propose"]` looks for."""
        return request.user.has_perm("certifications.add_proposal")

    def has_change_permission(self, request, obj=None):
        permitted = super().has_change_permission(request, obj)
        is_open = obj is None or obj.published_at is None
        return permitted and (is_open or self.may_publish(request))

    def get_object(self, request, object_id, from_field=None):
        """What is about to be written is locked first: it may be published this very moment."""
        if request.method == "POST" and can_be_a_key(object_id):
            self.model.objects.select_for_update(no_key=True).filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)

    def get_queryset(self, request):
        waiting = ProposalItem.objects.filter(
            is_open=True, **{self.model.proposal_items.field.name: OuterRef("pk")}
        )
        return super().get_queryset(request).annotate(waits_for_a_decision=Exists(waiting))

    def may_be_deleted(self, record) -> bool:
        return record.published_at is None and not record.is_proposed

    @admin.action(description=gettext_lazy("เสนอเผยแพร่รายการที่เลือก"), permissions=["propose"])
    def propose_publication(self, request, queryset):
        along = self.to_publish_along(queryset)
        chosen = [*queryset, *(along if ALONG in request.POST else [])]
        waiting = [record for record in chosen if not record.is_public]
        form = PublicationForm(request.POST if CONFIRMED in request.POST else None)
        context = {
            "title": _("เสนอเผยแพร่"),
            "explanation": _("เมื่อเจ้าหน้าที่อีกคนอนุมัติ ประชาชนจะเห็นรายการเหล่านี้"),
            "button": _("เสนอเผยแพร่"),
            "action": "propose_publication",
            "unproven": unproven(waiting),
            "along": along,
            "along_offer": self.offer_along(along),
            "along_name": ALONG,
        }
        return self._confirmed(request, queryset, form, waiting, propose_publication, context)

    @admin.action(
        description=gettext_lazy("เสนอถอนรายการที่เลือกจากการเผยแพร่"), permissions=["propose"]
    )
    def propose_withdrawal(self, request, queryset):
        form = WithdrawalForm(request.POST if CONFIRMED in request.POST else None)
        context = {
            "title": _("เสนอถอนจากการเผยแพร่"),
            "explanation": _(
                "เมื่อเจ้าหน้าที่อีกคนอนุมัติ รายการเหล่านี้จะหายไปจากหน้าสาธารณะ "
                "ที่อยู่เดิมจะบอกว่าถูกถอนแล้ว ข้อมูลยังอยู่ในทะเบียน"
            ),
            "button": _("เสนอถอนจากการเผยแพร่"),
            "action": "propose_withdrawal",
        }
        public = [record for record in queryset if record.is_public]
        return self._confirmed(request, queryset, form, public, propose_withdrawal, context)

    def to_publish_along(self, queryset) -> list[Publishable]:
        """Drafts that belong to these records and wait in no proposal."""
        return []

    def offer_along(self, drafts: list[Publishable]) -> str:
        """The label of the box that takes them along."""
        return ""

    def _confirmed(
        self, request, queryset, form: forms.Form, records: list, propose: Callable, context: dict
    ):
        """First the page, and again with what is wrong; then the proposal."""
        if form.is_valid():
            try:
                proposal = propose(records, by=request.user, reason=form.cleaned_data["reason"])
            except ValidationError as faults:
                for sentence in faults.messages:
                    self.message_user(request, sentence, messages.ERROR)
                return None
            self.tell(request, proposal)
            return None
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "records": records,
            "left_out": [record for record in queryset if record not in records],
            "chosen": list(queryset.values_list("pk", flat=True)),
            "confirmed": CONFIRMED,
        }
        return TemplateResponse(request, "admin/publication_confirmation.html", context)

    def tell(self, request, proposal: Proposal) -> None:
        """That a proposal waits, or that it was done at once where one person is the office."""
        sentence = (
            _("เสนอแล้ว รอเจ้าหน้าที่คนอื่นพิจารณา: {}") if settings.TWO_PERSONS else _("ดำเนินการแล้ว: {}")
        )
        link = format_html('<a href="{}">{}</a>', proposal.get_absolute_url(), proposal)
        self.message_user(request, format_html(sentence, link), messages.SUCCESS)
        if proposal.is_open and not _others_who_decide(request.user).exists():
            alone = _("ไม่มีบัญชีอื่นที่พิจารณาข้อเสนอนี้ได้ ให้ผู้ดูแลระบบเพิ่มผู้อนุมัติอีกคน หรือถอนคืนแล้วให้ผู้บันทึกเป็นผู้เสนอ")
            self.message_user(request, alone, messages.WARNING)


def _others_who_decide(account):
    """The accounts that can decide what this one proposes."""
    decide = Permission.objects.get(codename="decide_proposal")
    may = Q(is_superuser=True) | Q(groups__permissions=decide) | Q(user_permissions=decide)
    others = get_user_model().objects.filter(may, is_active=True, is_staff=True)
    return others.exclude(pk=account.pk)
