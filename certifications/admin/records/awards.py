"""Awards: the entry form the secretariat fills in 600 to 900 times a year."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certifications.admin.base.checking import CheckedAwardForm, CheckedDesk
from certifications.admin.base.desk import Inline, PublicationFilter, publication
from certifications.admin.base.publishing import PublishableDesk, PublishableForm
from certifications.admin.records.agencies import ProvinceFilter
from certifications.models import Agency, Award, AwardEvent, AwardRecipient, AwardStatusChange
from certifications.models.proposals import is_waiting
from certifications.models.search_index import current_vocabulary
from certifications.reference.states import State


class AgencyProvinceFilter(ProvinceFilter):
    field = "agency__province"


class AwardRecipientInline(Inline):
    model = AwardRecipient
    fields = ["order", "name", "position", "on_behalf_of", "on_behalf_of_position"]


class AwardStatusChangeInline(Inline):
    """Append-only: nothing is changed or removed."""

    model = AwardStatusChange
    fields = ["change", "changed_on", "reason", "source"]
    autocomplete_fields = ["source"]

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("certifications.add_proposal")


class AwardForm(CheckedAwardForm, PublishableForm):
    """What is public keeps its sources, and warnings are looked into."""


@admin.register(Award)
class AwardAdmin(CheckedDesk, PublishableDesk):
    form = AwardForm
    list_display = ["agency", "year", "level", "state_today", publication]
    list_filter = [PublicationFilter, "year", "level", AgencyProvinceFilter]
    list_select_related = ["agency", "level"]
    search_fields = [
        "agency__name_th",
        "agency__name_en",
        "agency__names__name",
        "agency__code",
        "name_as_printed",
        "certificate_number",
    ]
    autocomplete_fields = ["agency", "event", "sources"]
    readonly_fields = ["state_today", publication, "hidden_reason"]
    inlines = [AwardRecipientInline, AwardStatusChangeInline]
    fieldsets = [
        (_("หน่วยงาน"), {"fields": ["agency", "name_as_printed"]}),
        (_("รอบการรับรอง"), {"fields": ["year", "event", "known_by"]}),
        (
            _("ผลการประเมิน"),
            {"fields": ["level", "score", "score_is_printed", "certificate_number"]},
        ),
        (_("แหล่งที่มา"), {"fields": ["sources"]}),
        (_("สถานะ"), {"fields": ["state_today", publication, "hidden_reason"]}),
    ]

    def get_search_results(self, request, queryset, search_term):
        """By what is written on the award; else by its agency, as the public searches for it."""
        found, repeated = super().get_search_results(request, queryset, search_term)
        if not search_term.strip() or found.exists():
            return found, repeated
        answer = Agency.objects.search(search_term, current_vocabulary())
        return queryset.filter(agency__in=answer.agencies.order_by().values("pk")), False

    def get_queryset(self, request):
        return super().get_queryset(request).with_state(timezone.localdate())

    @admin.display(description=_("สถานะวันนี้"))
    def state_today(self, award):
        return State(award.state).label if award.pk else self.get_empty_value_display()

    def to_publish_along(self, queryset) -> list[AwardEvent]:
        """The ceremonies without which the pages would call the day of these awards unknown."""
        chosen = AwardEvent.objects.drafts().filter(awards__in=queryset.order_by())
        return list(chosen.exclude(is_waiting(AwardEvent)).distinct())

    def offer_along(self, drafts: list[AwardEvent]) -> str:
        return _("เสนอพิธีมอบที่ยังเป็นร่างไปพร้อมกัน (%s) มิฉะนั้นหน้าสาธารณะจะบอกว่าไม่ทราบวันมอบ") % ", ".join(
            map(str, drafts)
        )

    def save_formset(self, request, form, formset, change):
        for row in formset.forms:
            if isinstance(row.instance, AwardStatusChange) and row.instance.pk is None:
                row.instance.recorded_by = request.user
        super().save_formset(request, form, formset, change)
