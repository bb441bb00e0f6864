"""The record of changes at the desk: looked at, searched, one change taken back; never edited."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from certifications.actions.propose import keep
from certifications.actions.revert import reason_of as revert_reason
from certifications.actions.revert import refuse_reverting, revert
from certifications.admin.base.desk import PAGE_SIZE, in_thai
from certifications.admin.base.proposing import REASON_FIELD, proposed, reason_of
from certifications.admin.history.by_hand import may_undo
from certifications.audit import changelog
from certifications.audit.acting import Undecided
from certifications.audit.kept import kept_models
from certifications.models import Change
from certifications.reference import thai

LINES_SHOWN = 3
SHORT = 60  # letters of a value in the list


def shortened(value: str) -> str:
    if not value:
        return "–"
    return value if len(value) <= SHORT else f"{value[:SHORT].rstrip()}…"


class InWords(ChangeList):
    """Each row with what it says, all of a page read together."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        for change, entry in zip(
            self.result_list, changelog.entries(self.result_list), strict=True
        ):
            change.entry = entry


class TableFilter(admin.SimpleListFilter):
    """By what was changed."""

    title = gettext_lazy("ข้อมูล")
    parameter_name = "table"

    def lookups(self, request, model_admin):
        ours = [model for model in kept_models() if model._meta.app_label == "certifications"]
        named = {model._meta.label_lower: changelog.table_name(model) for model in ours}
        return sorted(named.items(), key=lambda pair: thai.sort_key(pair[1]))

    def queryset(self, request, queryset):
        return queryset.filter(table=self.value()) if self.value() else queryset


class RecentFilter(admin.SimpleListFilter):
    title = gettext_lazy("เมื่อ")
    parameter_name = "recent"

    def lookups(self, request, model_admin):
        return [("1", _("วันนี้")), ("7", _("7 วันที่ผ่านมา")), ("30", _("30 วันที่ผ่านมา"))]

    def queryset(self, request, queryset):
        if self.value() not in ("1", "7", "30"):
            return queryset
        return queryset.of_days(int(self.value()))


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):
    list_display = [
        in_thai("at", gettext_lazy("เมื่อ")),
        "who",
        "did",
        "record",
        "agency",
        "lines",
        "channel",
    ]
    list_display_links = ["did"]
    list_filter = [RecentFilter, TableFilter, "kind", "channel", "was_public"]
    search_fields = ["by_name", "why"]
    list_per_page = PAGE_SIZE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        """Of records; what happens to accounts is told elsewhere, to those who keep them."""
        return super().get_queryset(request).of_records()

    def get_changelist(self, request, **kwargs):
        return InWords

    @admin.display(description=gettext_lazy("โดย"), ordering="by_name")
    def who(self, change):
        return change.by_name or _("ไม่ทราบ")

    @admin.display(description=gettext_lazy("ทำอะไร"))
    def did(self, change):
        return change.entry.did

    @admin.display(description=gettext_lazy("ระเบียน"))
    def record(self, change):
        return change.entry.record

    @admin.display(description=gettext_lazy("หน่วยงาน"))
    def agency(self, change):
        return change.entry.agency

    @admin.display(description=gettext_lazy("สิ่งที่เปลี่ยน"))
    def lines(self, change):
        shown = format_html_join(
            "",
            "<li>{}: {} → {}</li>",
            (
                (line.label, shortened(line.before), shortened(line.after))
                for line in change.entry.lines[:LINES_SHOWN]
            ),
        )
        more = len(change.entry.lines) - LINES_SHOWN
        return format_html(
            '<ul class="lines">{}{}</ul>',
            shown,
            format_html("<li>{}</li>", _("และอีก %s ช่อง") % more) if more > 0 else "",
        )

    # --- one change ------------------------------------------------------------------------------

    def get_urls(self):
        taken_back = path(
            "<int:pk>/revert/",
            self.admin_site.admin_view(require_POST(self.revert_view)),
            name="certifications_change_revert",
        )
        return [taken_back, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        change = self.get_object(request, object_id)
        if change is None:
            raise Http404(_("ไม่มีการแก้ไขนี้"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("การแก้ไขเลขที่ %s") % change.pk,
            "opts": self.opts,
            "change": change,
            "entry": changelog.entries([change])[0],
            "record_address": self._address_of(change),
            "may_revert": self._may_revert(request, change),
            "refusal": _why_not(change),
            "reason_field": REASON_FIELD,
        }
        return TemplateResponse(request, "admin/change_detail.html", context)

    def revert_view(self, request, pk: int):
        change = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_revert(request, change):
            raise PermissionDenied
        for sentence in _reverted(request, change) or []:
            self.message_user(request, sentence, messages.ERROR)
        return HttpResponseRedirect(reverse("admin:certifications_change_change", args=[pk]))

    def _may_revert(self, request, change: Change) -> bool:
        """Whoever may do by hand what taking it back does."""
        tables = {model._meta.label_lower for model in kept_models()}
        return change.table in tables and may_undo(request, self.admin_site, change)

    def _address_of(self, change: Change) -> str:
        """The page of the record, "" when it has none or is gone."""
        for model in self.admin_site._registry:
            if model._meta.label_lower == change.table and change.kind != Change.Kind.DELETE:
                name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
                return reverse(name, args=[change.record_key])
        return ""


def _reverted(request, change: Change) -> list[str] | None:
    """Revert it, or propose to; the sentences why it cannot be, or None."""
    by, why = request.user, reason_of(request)
    try:
        revert(change, by=by, why=why)
    except ValidationError as refusal:
        return refusal.messages
    except Undecided as undecided:
        rows, reason = undecided.rows, revert_reason(change, why)
        return proposed(request, lambda: keep(rows, by=by, reason=reason))
    messages.success(request, _("คืนค่าแล้ว และบันทึกเป็นการแก้ไขใหม่"))
    return None


def _why_not(change: Change) -> str:
    """Why nobody can take a change back, or ""."""
    try:
        refuse_reverting(change)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""
