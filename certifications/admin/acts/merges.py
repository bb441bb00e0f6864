"""What was merged, and undoing it."""

from collections import Counter

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.actions.merge import refuse_undoing
from certifications.actions.propose import propose_act
from certifications.admin.base.desk import Desk, can_be_a_key, in_thai
from certifications.admin.base.proposing import REASON_FIELD, tell
from certifications.models import MergeLog, Proposal


@admin.register(MergeLog)
class MergeLogAdmin(Desk):
    """For looking, and for undoing what was merged by mistake."""

    list_display = [
        "__str__",
        "reason",
        "by",
        in_thai("at", gettext_lazy("รวมเมื่อ")),
        in_thai("undone_at", gettext_lazy("ย้อนการรวมเมื่อ")),
    ]
    list_select_related = ["source", "target", "by"]
    search_fields = ["source__name_th", "target__name_th", "source__code", "target__code"]
    fields = [
        "source",
        "target",
        "reason",
        "moved_rows",
        "by",
        "at",
        "undone_by",
        "undone_at",
        "undo",
    ]
    readonly_fields = ["moved_rows", "undo"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        page = self.admin_site.admin_view(self.undo_page)
        return [
            path("undo/<str:key>/", page, name="certifications_mergelog_undo"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("สิ่งที่ย้าย"))
    def moved_rows(self, log):
        return ", ".join(moved_in_words(log))

    @admin.display(description=gettext_lazy("ย้อนการรวม"))
    def undo(self, log):
        if log.undone_at:
            return _("ย้อนแล้ว")
        address = reverse("admin:certifications_mergelog_undo", args=[log.pk])
        return format_html('<a href="{}">{}</a>', address, _("ดูสิ่งที่จะกลับคืน"))

    def undo_page(self, request, key):
        """What will go back; then, when confirmed, it does."""
        if not request.user.has_perm("certifications.change_agency"):
            raise PermissionDenied
        log = self.get_queryset(request).filter(pk=key).first() if can_be_a_key(key) else None
        if log is None:
            raise Http404(_("ไม่มีการรวมระเบียนนี้"))
        refusal = _undone(request, log) if request.method == "POST" else _why_not(log)
        if request.method == "POST" and not refusal:
            address = reverse("admin:certifications_agency_change", args=[log.source_id])
            return HttpResponseRedirect(address)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("ย้อนการรวมระเบียน"),
            "log": log,
            "rows": moved_in_words(log),
            "refusal": refusal,
        }
        return TemplateResponse(request, "admin/undo_merge.html", context)


def _why_not(log: MergeLog) -> str:
    """Why a merge cannot be undone, or ""."""
    try:
        refuse_undoing(log)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""


def _undone(request, log: MergeLog) -> str:
    """Undo it, or propose to; why that was refused, or ""."""
    reason = request.POST.get(REASON_FIELD, "") or _("ย้อนการรวมระเบียน")
    facts = {"by": request.user, "reason": reason}
    try:
        proposal = propose_act(Proposal.Kind.UNDO_MERGE, {"log": log.pk}, **facts)
    except ValidationError as refused:
        return " ".join(refused.messages)
    if proposal:
        tell(request, proposal)
    else:
        said = _("ย้อนการรวม “%(source)s” แล้ว ทั้งสองระเบียนกลับเป็นเหมือนก่อนรวม")
        messages.success(request, said % {"source": log.source})
    return ""


def moved_in_words(log: MergeLog) -> list[str]:
    """How many records of each kind a merge changed."""
    counts = Counter(row["model"] for row in log.moved)
    return [
        f"{apps.get_model(label)._meta.verbose_name} {number}" for label, number in counts.items()
    ]
