"""The ModelAdmin of intakes: its list and the URLs of its pages."""

from django.contrib import admin
from django.db.models import Count, Q
from django.urls import path
from django.utils.translation import gettext_lazy

from certifications.admin.base.desk import in_thai
from certifications.admin.intake.committing import Committing
from certifications.admin.intake.describing import Describing
from certifications.admin.intake.pages import Decision
from certifications.admin.intake.row import ReviewingARow
from certifications.admin.intake.start import HandingIn
from certifications.models import Intake


@admin.register(Intake)
class IntakeAdmin(HandingIn, Describing, ReviewingARow, Committing):
    list_display = [
        "title",
        "state",
        "waiting",
        "row_count",
        "created_by",
        in_thai("created_at", gettext_lazy("เริ่มเมื่อ")),
    ]
    list_filter = ["state", "year"]
    list_select_related = ["created_by"]
    search_fields = ["title", "file_name"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).defer("content", "text")
        waiting = Count("rows", filter=Q(rows__decision=Decision.WAITING))
        return rows.annotate(row_count=Count("rows"), waiting=waiting)

    @admin.display(description=gettext_lazy("แถว"))
    def row_count(self, intake):
        return intake.row_count

    @admin.display(description=gettext_lazy("ยังไม่ตัดสิน"))
    def waiting(self, intake):
        return intake.waiting if intake.is_open else None

    def get_urls(self):
        pages = [
            ("template/", self.template_view, "template"),
            ("<int:key>/sheet/", self.sheet_view, "sheet"),
            ("<int:key>/columns/", self.columns_view, "columns"),
            ("<int:key>/about/", self.about_view, "about"),
            ("<int:key>/row/<int:place>/", self.row_view, "row"),
            ("<int:key>/commit/", self.commit_view, "commit"),
            ("<int:key>/undo/", self.undo_view, "undo"),
            ("<int:key>/abandon/", self.abandon_view, "abandon"),
        ]
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"certifications_intake_{name}")
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]
