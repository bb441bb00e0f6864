"""Forms that check what they are given: errors stop, warnings want a tick and a reason, once."""

import json
from functools import cached_property

from django import forms
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.actions.warnings import accept_warnings
from certifications.checks import (
    Finding,
    facts_of,
    facts_of_agency,
    near_agencies,
    of_agency,
    of_award,
)
from certifications.checks.warnings import unanswered
from certifications.reference.fields import ThaiTextField
from certifications.reference.limits import LONGEST_REASON

SHOWN_FIELD = "_doubt"  # hidden: the warnings that stood on the page when it was sent
# What the record's own rules and the database's say in the same form.
SAID_ALREADY = {
    "merged_record",
    "second_award",
    "event_of_another_year",
    "score_of_another_level",
}


class CheckedForm(forms.ModelForm):
    """Shows what the rules find; saves in spite of warnings only when told to, with a reason."""

    looked_into = forms.BooleanField(label=gettext_lazy("ยืนยันแม้มีข้อสงสัย"), required=False)
    doubt_reason = ThaiTextField(
        label=gettext_lazy("เหตุผลที่ยืนยัน"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("เก็บไว้กับระเบียน ข้อสงสัยเดียวกันจะไม่ถามซ้ำ"),
    )
    read_by_rules: frozenset[str] = frozenset()  # fields without which the rules say nothing
    warnings: tuple[Finding, ...] = ()  # that want an answer

    def findings(self) -> list[Finding]:
        """What the rules say of the record as it was filled in."""
        raise NotImplementedError

    def _post_clean(self):
        unreadable = self.read_by_rules & self.errors.keys()
        super()._post_clean()
        if unreadable:
            return
        found = self.findings()
        for finding in found:
            if finding.is_error and finding.code not in SAID_ALREADY:
                self.add_error(
                    finding.field if finding.field in self.fields else None, finding.message
                )
        warnings = [finding for finding in found if not finding.is_error]
        self.warnings = tuple(unanswered(self.instance, warnings))
        if self.warnings and not self._is_answered():
            self.add_error(None, _("มีข้อสงสัยที่ต้องตรวจก่อนบันทึก อ่านในกรอบด้านบน"))

    def _is_answered(self) -> bool:
        """Ticked, with a reason, by somebody who was shown these very warnings."""
        shown = set(self.data.getlist(SHOWN_FIELD)) if hasattr(self.data, "getlist") else set()
        if not self.cleaned_data.get("looked_into") or not shown.issuperset(
            one.key for one in self.warnings
        ):
            return False
        if not self.cleaned_data.get("doubt_reason"):
            self.add_error("doubt_reason", _("บอกเหตุผลที่ยืนยันว่าถูกต้อง"))
            return False
        return True

    @cached_property
    def changed_data(self) -> list[str]:
        """Of the record itself: an answered warning is no change of it."""
        return [name for name in super().changed_data if name not in CheckedForm.base_fields]


class CheckedAwardForm(CheckedForm):
    read_by_rules = frozenset({"agency", "year", "event", "level", "score"})

    def findings(self) -> list[Finding]:
        return of_award(facts_of(self.instance))


class CheckedAgencyForm(CheckedForm):
    read_by_rules = frozenset({"name_th", "province", "parent", "closed_on"})

    def findings(self) -> list[Finding]:
        """All near bodies when a name is new; of an old record only its namesakes from before it,
        as the lists to review have them.
        """
        body = self.instance
        near = near_agencies(body.name_th, body.province, exclude=body)
        if body.pk is not None and not {"name_th", "province"} & {*self.changed_data}:
            near = [one for one in near if one.is_equal and one.pk < body.pk]
        return of_agency(facts_of_agency(body, near=tuple(near)))


class CheckedDesk:
    """A page whose form is a CheckedForm."""

    change_form_template = "admin/checked_change_form.html"

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        accept_warnings(
            obj, form.warnings, reason=form.cleaned_data["doubt_reason"], by=request.user
        )


class UseThisOne:
    """Choosing a record that is already there instead of adding it again."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_use"
        address = path("use/<str:code>/", self.admin_site.admin_view(self.use_this_one), name=name)
        return [address, *super().get_urls()]

    def use_this_one(self, request, code):
        """Back to the form that asked for a record, with this one; else on to its own page."""
        record = self.get_queryset(request).filter(code=code).first()
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, code)
        if IS_POPUP_VAR in request.GET:
            answer = json.dumps({"value": str(record.pk), "obj": str(record)})
            context = {"popup_response_data": answer}
            return TemplateResponse(request, "admin/popup_response.html", context)
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(page, args=[record.pk]))
