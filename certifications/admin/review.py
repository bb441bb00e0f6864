"""Records with something wrong, each with what it is and the way to its form."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from certifications.admin.desk import Desk, in_thai
from certifications.checks.sweep import to_review
from certifications.models import AcceptedDoubt, AgencyToReview, AwardToReview, EventToReview


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


class ReviewDesk(Desk):
    """For looking only: the problems of today, found anew at each visit."""

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
        concrete = self.model._meta.concrete_model
        return self.admin_site.get_model_admin(concrete).has_view_permission(request)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_changelist(self, request, **kwargs):
        return ProblemList

    def change_view(self, request, object_id, *args, **kwargs):
        """The record's own form."""
        return HttpResponseRedirect(self._form_of(object_id))

    def _form_of(self, key) -> str:
        meta = self.model._meta.concrete_model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])

    @admin.display(description=_("ระเบียน"))
    def record(self, record):
        return format_html('<a href="{}">{}</a>', self._form_of(record.pk), record)

    @admin.display(description=_("สิ่งที่ต้องตรวจสอบ"))
    def problems(self, record):
        return format_html_join("", "<p>{}</p>", [[one.message] for one in record.found])


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
    """For looking only: what was doubted, why it was gone on with, by whom."""

    list_display = ["record", "message", "reason", "by", in_thai("at", _("ยืนยันเมื่อ"))]
    list_select_related = ["by"]
    search_fields = ["record", "message", "reason"]
    fields = ["record", "message", "reason", "by", "at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
