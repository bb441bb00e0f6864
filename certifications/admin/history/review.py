"""Records with something wrong, each with what it is and the way to its form."""

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.messages import SUCCESS
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certifications.actions.warnings import accept_warnings
from certifications.admin.base.checking import SHOWN_FIELD
from certifications.admin.base.desk import Desk, can_be_a_key, in_thai
from certifications.checks import Finding
from certifications.checks.sweep import look_at, to_review
from certifications.models import AcceptedDoubt, AgencyToReview, AwardToReview, EventToReview
from certifications.reference.fields import ThaiTextField
from certifications.reference.limits import LONGEST_REASON


class ProblemList(ChangeList):
    """Of all records of a kind those that something was found about, each with what it is."""

    def get_queryset(self, request, *args, **kwargs) -> QuerySet:
        self.found = to_review(self.model)
        return super().get_queryset(request, *args, **kwargs).filter(pk__among=self.found)

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        for record in self.result_list:
            record.found = self.found[record.pk]


class AcceptForm(forms.Form):
    """Why the warnings on the page are none."""

    reason = ThaiTextField(
        label=_("เหตุผลที่ยืนยันว่าถูกต้อง"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("เก็บไว้กับระเบียน ข้อสงสัยเดียวกันจะไม่ถามซ้ำ"),
    )

    def __init__(self, *args, warnings: list[Finding], **kwargs):
        super().__init__(*args, **kwargs)
        self.warnings = warnings

    def clean(self):
        """What is accepted is what was read."""
        shown = set(self.data.getlist(SHOWN_FIELD))
        if not shown.issuperset(warning.key for warning in self.warnings):
            raise ValidationError(gettext("ข้อสงสัยเปลี่ยนไปตั้งแต่เปิดหน้านี้ อ่านอีกครั้งแล้วยืนยันใหม่"))


class ReviewDesk(Desk):
    """The problems of today, found anew at each visit; records are mended in their own forms."""

    list_display = ["record", "problems"]
    list_display_links = None
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return self._concrete().has_view_permission(request)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_changelist(self, request, **kwargs):
        return ProblemList

    def changelist_view(self, request, extra_context=None):
        title = {"title": self.opts.verbose_name_plural}
        return super().changelist_view(request, title | (extra_context or {}))

    def change_view(self, request, object_id, *args, **kwargs):
        """What is found about one record; its warnings may be accepted here, with a reason."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        checked = look_at(self.model, object_id) if can_be_a_key(object_id) else None
        if checked is None:
            raise Http404(gettext("ไม่มีระเบียนนี้"))
        warnings = [finding for finding in checked.findings if not finding.is_error]
        may_accept = self._concrete().has_change_permission(request) and bool(warnings)
        form = AcceptForm(request.POST or None, warnings=warnings) if may_accept else None
        if request.method == "POST":
            if form is None:
                raise PermissionDenied
            if form.is_valid():
                reason = form.cleaned_data["reason"]
                accept_warnings(checked.record, warnings, reason=reason, by=request.user)
                self.message_user(request, gettext("เก็บเหตุผลไว้แล้ว จะไม่ถามข้อสงสัยนี้อีก"), SUCCESS)
                page = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
                return HttpResponseRedirect(reverse(page))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": checked.record,
            "findings": checked.findings,
            "warnings": warnings,
            "form": form,
            "form_of_record": self._form_of(checked.record.pk),
        }
        return TemplateResponse(request, "admin/review_record.html", context)

    def _concrete(self):
        """The page of these same records where they are entered."""
        return self.admin_site.get_model_admin(self.model._meta.concrete_model)

    def _form_of(self, key) -> str:
        meta = self.model._meta.concrete_model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])

    @admin.display(description=_("ระเบียน"))
    def record(self, record):
        return format_html('<a href="{}">{}</a>', self._form_of(record.pk), record)

    @admin.display(description=_("สิ่งที่ต้องตรวจสอบ"))
    def problems(self, record):
        said = format_html_join("", "<p>{}</p>", [[one.message] for one in record.found])
        if all(one.is_error for one in record.found):
            return said
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        address = reverse(page, args=[record.pk])
        return said + format_html('<a href="{}">{}</a>', address, _("ตรวจแล้วว่าถูกต้อง"))


@admin.register(AgencyToReview)
class AgencyToReviewAdmin(ReviewDesk):
    pass


@admin.register(AwardToReview)
class AwardToReviewAdmin(ReviewDesk):
    list_select_related = ["agency"]


@admin.register(EventToReview)
class EventToReviewAdmin(ReviewDesk):
    pass


@admin.register(AcceptedDoubt)
class AcceptedDoubtAdmin(Desk):
    """For looking only: accepted warnings, why, and by whom."""

    list_display = ["record", "message", "reason", "by", in_thai("at", _("ยืนยันเมื่อ"))]
    list_select_related = ["by"]
    search_fields = ["record", "message", "reason"]
    fields = ["record", "message", "reason", "by", "at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
