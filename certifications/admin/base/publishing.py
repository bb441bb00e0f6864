"""Publishing and withdrawing from the lists: a page shows what will change, then it is proposed."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.actions.hide import hide_records
from certifications.actions.propose import propose_publication, propose_withdrawal
from certifications.actions.publish import unproven
from certifications.admin.base.desk import Desk, can_be_a_key
from certifications.admin.base.proposing import proposed
from certifications.models.proposals import MAY_DECIDE, is_waiting
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


def hiding_at_once() -> dict:
    """What the page says before something is taken off view at once."""
    return {
        "title": _("งดแสดงทันที"),
        "explanation": _(
            "รายการเหล่านี้จะหายไปจากหน้าสาธารณะทันที เจ้าหน้าที่อีกคนต้องยืนยันหรือคืนการแสดงผลภายใน 7 วัน"
        ),
        "button": _("งดแสดงทันที"),
        "action": "hide_at_once",
    }


class PublishableForm(forms.ModelForm):
    """What is public keeps its sources."""

    def clean_sources(self):
        sources = self.cleaned_data["sources"]
        if self.instance.published_at and not sources:
            raise ValidationError(_("รายการที่เผยแพร่แล้วต้องมีแหล่งที่มาอย่างน้อยหนึ่งแหล่ง"))
        return sources


class Confirms:
    """Acts of a list that are looked at on a page of their own before they are done."""

    def has_decide_permission(self, request) -> bool:
        """The name Django's `permissions=["decide"]` looks for."""
        return request.user.has_perm(MAY_DECIDE)

    def _confirmed(
        self, request, queryset, form: forms.Form, records: list, propose: Callable, context: dict
    ):
        """First the page, and again with what is wrong; then the proposal."""
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            refusal = proposed(request, lambda: propose(records, by=request.user, reason=reason))
            for sentence in refusal or []:
                self.message_user(request, sentence, messages.ERROR)
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


class PublishableDesk(Confirms, Desk):
    """Drafts, and what is public: both edited in the same form, published from the list."""

    form = PublishableForm
    actions = ["propose_publication", "propose_withdrawal", "hide_at_once"]

    def has_propose_permission(self, request) -> bool:
        """The name Django's `permissions=["propose"]` looks for."""
        return request.user.has_perm("certifications.add_proposal")

    def get_object(self, request, object_id, from_field=None):
        """What is about to be written is locked first: it may be published this very moment."""
        if request.method == "POST" and can_be_a_key(object_id):
            self.model.objects.select_for_update(no_key=True).filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(waits_for_a_decision=is_waiting(self.model))

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

    @admin.action(
        description=gettext_lazy("งดแสดงรายการที่เลือกทันที รออีกคนยืนยัน"), permissions=["decide"]
    )
    def hide_at_once(self, request, queryset):
        form = WithdrawalForm(request.POST if CONFIRMED in request.POST else None)
        public = [record for record in queryset if record.is_public]
        return self._confirmed(request, queryset, form, public, hide_records, hiding_at_once())

    def to_publish_along(self, queryset) -> list[Publishable]:
        """Drafts that belong to these records and wait in no proposal."""
        return []

    def offer_along(self, drafts: list[Publishable]) -> str:
        """The label of the box that takes them along."""
        return ""
