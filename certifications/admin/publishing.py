"""Publishing from the lists: the acts of `actions.publish` behind staff's buttons."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from certifications.actions.publish import publish, withdraw_from_view
from certifications.admin.desk import Desk


class ReasonForm(forms.Form):
    """Why a public record is taken off the pages."""

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
    """Drafts are free to edit; public records change under a publisher's hand only."""

    form = PublishableForm
    actions = ["publish_chosen", "withdraw_chosen"]

    def may_publish(self, request) -> bool:
        opts = self.opts
        return request.user.has_perm(f"{opts.app_label}.publish_{opts.model_name}")

    has_publish_permission = may_publish  # the name Django's `permissions=["publish"]` looks for

    def has_change_permission(self, request, obj=None):
        permitted = super().has_change_permission(request, obj)
        is_open = obj is None or obj.published_at is None
        return permitted and (is_open or self.may_publish(request))

    def may_be_deleted(self, record) -> bool:
        return record.published_at is None

    def _log(self, request, records, message: str):
        """What was done to each record, for its history page."""
        for record in records:
            self.log_change(request, record, message)

    def _locked(self, chosen):
        """The chosen records by themselves: PostgreSQL locks no rows of an outer join."""
        keys = list(chosen.values_list("pk", flat=True))
        return self.model.objects.filter(pk__in=keys).order_by("pk").select_for_update()

    @admin.action(description=gettext_lazy("เผยแพร่รายการที่เลือก"), permissions=["publish"])
    def publish_chosen(self, request, queryset):
        try:
            chosen = self._locked(queryset)
            number = publish(chosen, by=request.user)
        except ValidationError as faults:
            for message in faults.messages:
                self.message_user(request, message, messages.ERROR)
            return
        self._log(request, chosen, _("เผยแพร่"))
        self.message_user(
            request,
            ngettext("เผยแพร่แล้ว %s รายการ", "เผยแพร่แล้ว %s รายการ", number) % number,
            messages.SUCCESS,
        )

    @admin.action(description=gettext_lazy("ถอนรายการที่เลือกจากการเผยแพร่"), permissions=["publish"])
    def withdraw_chosen(self, request, queryset):
        """First a page that asks for the reason, then the act."""
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            chosen = self._locked(queryset)
            number = withdraw_from_view(chosen, by=request.user, reason=reason)
            self._log(request, chosen, _("ถอนจากการเผยแพร่: %s") % reason)
            self.message_user(
                request,
                ngettext("ถอนแล้ว %s รายการ", "ถอนแล้ว %s รายการ", number) % number,
                messages.SUCCESS,
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("ถอนจากการเผยแพร่"),
            "opts": self.opts,
            "form": form,
            "records": queryset.published(),
            "action": "withdraw_chosen",
        }
        return TemplateResponse(request, "admin/withdraw_confirmation.html", context)
