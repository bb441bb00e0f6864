"""Awards: the entry form the secretariat fills in 600 to 900 times a year."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certifications.admin.agencies import ProvinceFilter
from certifications.admin.checking import CheckedAwardForm, CheckedDesk
from certifications.admin.desk import Inline, PublicationFilter, publication
from certifications.admin.publishing import PublishableDesk, PublishableForm
from certifications.index import current_vocabulary
from certifications.models import Agency, Award, AwardRecipient, AwardStatusChange
from certifications.states import State


class AgencyProvinceFilter(ProvinceFilter):
    field = "agency__province"


class AwardRecipientInline(Inline):
    model = AwardRecipient
    fields = ["order", "name", "position", "on_behalf_of", "on_behalf_of_position"]


class AwardStatusChangeInline(Inline):
    """Append-only: rows are added, never changed or removed."""

    model = AwardStatusChange
    fields = ["change", "changed_on", "reason", "source"]
    autocomplete_fields = ["source"]

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class AwardForm(CheckedAwardForm, PublishableForm):
    """What is public keeps its sources, and what is doubtful is looked into."""


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
        (_("ผลการประเมิน"), {"fields": ["level", "score", "certificate_number"]}),
        (_("แหล่งที่มา"), {"fields": ["sources"]}),
        (_("สถานะ"), {"fields": ["state_today", publication, "hidden_reason"]}),
    ]

    def get_search_results(self, request, queryset, search_term):
        """By what is written on the award; else by its agency, as the public searches for it."""
        found, repeated = super().get_search_results(request, queryset, search_term)
        if not search_term.strip() or found.exists():
            return found, repeated
        answer = Agency.objects.answering(search_term, current_vocabulary())
        return queryset.filter(agency__in=answer.agencies.order_by().values("pk")), False

    def get_queryset(self, request):
        return super().get_queryset(request).with_state(timezone.localdate())

    @admin.display(description=_("สถานะวันนี้"))
    def state_today(self, award):
        return State(award.state).label if award.pk else self.get_empty_value_display()

    def save_formset(self, request, form, formset, change):
        """A status change carries the name of who recorded it."""
        if formset.model is AwardStatusChange:
            for step in formset.save(commit=False):
                step.recorded_by = request.user
                step.save()
            return
        super().save_formset(request, form, formset, change)
