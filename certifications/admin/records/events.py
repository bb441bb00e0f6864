"""Ceremonies, what is declared of their rounds, and the viewpoints considered in them."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from certifications.actions.hide import hide_file
from certifications.admin.base.desk import Desk, Inline, PublicationFilter, in_thai, publication
from certifications.admin.base.proposing import proposed
from certifications.admin.base.publishing import (
    PublishableDesk,
    WithdrawalForm,
    hiding_at_once,
)
from certifications.listing import statistics
from certifications.models import (
    Award,
    AwardEvent,
    Criterion,
    EventFile,
    RoundDeclaration,
)
from certifications.models.proposals import is_waiting


class EventFileInline(Inline):
    model = EventFile
    fields = ["kind", "file", "caption_th", "caption_en", "order"]


@admin.register(AwardEvent)
class AwardEventAdmin(PublishableDesk):
    list_display = [
        "code",
        "title_th",
        in_thai("held_on", _("วันที่จัดพิธี")),
        "award_count",
        publication,
    ]
    list_display_links = ["code", "title_th"]
    list_filter = [PublicationFilter]
    ordering = ["-year", "-code"]
    search_fields = ["code", "title_th", "venue_th", "presider"]
    autocomplete_fields = ["sources"]
    readonly_fields = ["awards_of_this_event", "files_to_hide", publication, "hidden_reason"]
    inlines = [EventFileInline]
    fieldsets = [
        (None, {"fields": ["year", "code", "title_th", "title_en"]}),
        (
            _("วัน เวลา สถานที่"),
            {
                "fields": [
                    "held_on",
                    "starts_at",
                    "is_online",
                    "venue_th",
                    "venue_en",
                    "province",
                ]
            },
        ),
        (_("ประธานและผู้จัด"), {"fields": ["presider", "presider_position", "organiser"]}),
        (_("อายุการรับรองของรอบนี้"), {"fields": ["validity_years"]}),
        (_("ผลการรับรอง"), {"fields": ["awards_of_this_event"]}),
        (_("แหล่งที่มา"), {"fields": ["sources", "disagreements"]}),
        (_("การเผยแพร่"), {"fields": [publication, "hidden_reason", "files_to_hide"]}),
    ]

    def get_urls(self):
        page = self.admin_site.admin_view(self.file_view)
        hiding = self.admin_site.admin_view(self.hide_file_view)
        route = "<int:pk>/file/<int:file>/"
        return [
            path(route, page, name="certifications_awardevent_file"),
            path(f"{route}hide/", hiding, name="certifications_awardevent_hide_file"),
            *super().get_urls(),
        ]

    def hide_file_view(self, request, pk: int, file: int):
        """Take a photo or document off view at once; another confirms or restores it."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        found = get_object_or_404(EventFile, pk=file, event=pk)
        form = WithdrawalForm(request.POST or None)
        if form.is_valid():
            facts = {"by": request.user, "reason": form.cleaned_data["reason"]}
            for sentence in proposed(request, lambda: hide_file(found, **facts)) or []:
                self.message_user(request, sentence, messages.ERROR)
            ceremony = reverse("admin:certifications_awardevent_change", args=[pk])
            return HttpResponseRedirect(ceremony)
        context = self.admin_site.each_context(request) | hiding_at_once()
        context |= {"opts": self.opts, "form": form, "records": [found]}
        return TemplateResponse(request, "admin/publication_confirmation.html", context)

    @admin.display(description=_("งดแสดงไฟล์ทันที"))
    def files_to_hide(self, event):
        """A way out for a photograph that shows what it should not."""
        if not event.is_public:
            return self.get_empty_value_display()  # for None, Django writes "None"
        name = "admin:certifications_awardevent_hide_file"
        links = ((reverse(name, args=[event.pk, file.pk]), file) for file in event.files.all())
        return (
            format_html_join(" · ", '<a href="{}">{}</a>', links) or self.get_empty_value_display()
        )

    def file_view(self, request, pk: int, file: int):
        """A photo or document, of a draft too: whoever decides looks at it before it is public."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(EventFile, pk=file, event=pk)
        try:
            return FileResponse(found.file.open("rb"))
        except FileNotFoundError as lost:
            raise Http404(_("ไฟล์นี้หายไปจากที่เก็บ โปรดแจ้งผู้ดูแลทะเบียน")) from lost

    def get_readonly_fields(self, request, obj=None):
        """A public address never changes, nor the year it names."""
        kept = ["year", "code"] if obj and obj.published_at else []
        return [*super().get_readonly_fields(request, obj), *kept]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(award_count=Count("awards", distinct=True))

    @admin.display(description=_("ผลการรับรอง"), ordering="award_count")
    def award_count(self, event):
        return event.award_count

    def to_publish_along(self, queryset) -> list[Award]:
        drafts = Award.objects.drafts().filter(event__in=queryset.order_by())
        unproposed = drafts.exclude(is_waiting(Award))
        return list(unproposed.select_related("agency", "level"))

    def offer_along(self, drafts: list[Award]) -> str:
        return ngettext(
            "เสนอผลการรับรองฉบับร่าง %(number)s รายการของพิธีนี้ไปพร้อมกัน",
            "เสนอผลการรับรองฉบับร่าง %(number)s รายการของพิธีนี้ไปพร้อมกัน",
            len(drafts),
        ) % {"number": len(drafts)}

    @admin.display(description=_("ผลการรับรองในพิธีนี้"))
    def awards_of_this_event(self, event):
        """A ceremony has hundreds of awards: a link to their list and one to the next entry."""
        if event.pk is None:
            return _("บันทึกพิธีก่อน แล้วจึงเพิ่มผลการรับรอง")
        awards = reverse("admin:certifications_award_changelist")
        add = reverse("admin:certifications_award_add")
        return format_html(
            '<a href="{}">{}</a> · <a class="addlink" href="{}">{}</a>',
            f"{awards}?{urlencode({'event__id__exact': event.pk})}",
            _("ดูและแก้ %s รายการ") % event.awards.count(),
            f"{add}?{urlencode({'event': event.pk, 'year': event.year})}",
            _("เพิ่มผลการรับรองในพิธีนี้"),
        )


@admin.register(RoundDeclaration)
class RoundDeclarationAdmin(PublishableDesk):
    list_display = ["__str__", "whose", publication]
    list_filter = [PublicationFilter, "year"]
    list_select_related = ["agency"]
    ordering = ["-year", "pk"]
    search_fields = ["year", "agency__name_th", "note"]
    autocomplete_fields = ["agency", "sources"]
    readonly_fields = ["named_and_announced", publication, "hidden_reason"]
    fieldsets = [
        (None, {"fields": ["year", "agency", "named_and_announced"]}),
        (_("หลักฐาน"), {"fields": ["note", "sources", publication, "hidden_reason"]}),
    ]

    @admin.display(description=_("ต้นสังกัด"), ordering="agency__sort_key")
    def whose(self, declaration):
        return declaration.agency or _("ทั่วประเทศ")

    @admin.display(description=_("ทราบชื่อแล้ว และจำนวนที่ประกาศ"))
    def named_and_announced(self, declaration):
        """Beside what is declared: how many are named, and how many were announced."""
        if declaration.pk is None:
            return _("บันทึกก่อน แล้วทะเบียนจะแสดงจำนวนที่ทราบชื่อและจำนวนที่ประกาศไว้ให้เทียบ")
        rows = statistics.named_and_announced(declaration)
        sentence = _("ทราบชื่อแล้ว %(named)s รายการ จากที่ประกาศ %(announced)s รายการ")
        said = (
            (sentence % {"named": row.recorded, "announced": row.figure.count},) for row in rows
        )
        return format_html_join("", "<p>{}</p>", said) or _("ไม่มีจำนวนที่ประกาศให้เทียบ")


@admin.register(Criterion)
class CriterionAdmin(Desk):
    list_display = ["title_th", "first_year", "last_year", "order"]
    search_fields = ["title_th", "text_th"]
    autocomplete_fields = ["sources"]
    fieldsets = [
        (None, {"fields": ["first_year", "last_year", "order"]}),
        (None, {"fields": ["title_th", "text_th", "title_en", "text_en"]}),
        (_("แหล่งที่มา"), {"fields": ["sources"]}),
    ]

    def may_be_deleted(self, _criterion) -> bool:
        return True
