"""Awards: the entry form the secretariat fills in 600 to 900 times a year."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certifications.actions.propose import (
    CORRECTED,
    propose_correction,
    propose_status_change,
    refuse_those_proposed,
)
from certifications.admin.base.checking import CheckedAwardForm, CheckedDesk
from certifications.admin.base.desk import (
    REASON_FIELD,
    Inline,
    PublicationFilter,
    publication,
)
from certifications.admin.base.publishing import PublishableDesk, PublishableForm
from certifications.admin.records.agencies import ProvinceFilter
from certifications.models import Agency, Award, AwardEvent, AwardRecipient, AwardStatusChange
from certifications.models.search_index import current_vocabulary
from certifications.reference.limits import LONGEST_REASON
from certifications.reference.states import State


class AgencyProvinceFilter(ProvinceFilter):
    field = "agency__province"


class AwardRecipientInline(Inline):
    model = AwardRecipient
    fields = ["order", "name", "position", "on_behalf_of", "on_behalf_of_position"]


class Kept(Inline):
    """Rows that stay as they are."""

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class RecipientsToSee(Kept, AwardRecipientInline):
    """Who received a public award, for those who may only propose."""

    def has_view_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj=None):
        return False


class AwardStatusChangeInline(Kept):
    """Append-only: what is added here is proposed, and nothing is changed or removed."""

    model = AwardStatusChange
    fields = ["change", "changed_on", "reason", "source"]
    autocomplete_fields = ["source"]

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("certifications.add_proposal")


class AwardForm(CheckedAwardForm, PublishableForm):
    """What is public keeps its sources, and warnings are looked into."""

    def clean(self):
        cleaned = super().clean()
        if self.instance.published_at and not set(CORRECTED).isdisjoint(self.changed_data):
            refuse_those_proposed([self.instance])  # here, while what was typed is still shown
        return cleaned


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

    # --- what two people decide -------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        """Whoever may propose may open a public award, and change no more than they propose."""
        proposes = self.has_propose_permission(request) and obj is not None and obj.published_at
        return super().has_change_permission(request, obj) or bool(proposes)

    def _only_proposes(self, request, award) -> bool:
        return award is not None and award.published_at and not self.may_publish(request)

    def get_readonly_fields(self, request, obj=None):
        kept = super().get_readonly_fields(request, obj)
        if not self._only_proposes(request, obj):
            return kept
        named = [name for _title, part in self.fieldsets for name in part["fields"]]
        return [name for name in named if name not in CORRECTED]

    def get_inlines(self, request, obj):
        if self._only_proposes(request, obj):
            return [RecipientsToSee, AwardStatusChangeInline]
        return self.inlines

    def to_publish_along(self, queryset) -> list[AwardEvent]:
        """The ceremonies without which the pages would call the day of these awards unknown."""
        chosen = AwardEvent.objects.drafts().filter(awards__in=queryset.order_by())
        return list(chosen.exclude(proposal_items__is_open=True).distinct())

    def offer_along(self, drafts: list[AwardEvent]) -> str:
        return _("เสนอพิธีมอบที่ยังเป็นร่างไปพร้อมกัน (%s) มิฉะนั้นหน้าสาธารณะจะบอกว่าไม่ทราบวันมอบ") % ", ".join(
            map(str, drafts)
        )

    def response_change(self, request, obj):
        """Where the change was proposed, that has been said, and nothing else was done."""
        if not getattr(request, "proposed_instead", False):
            return super().response_change(request, obj)
        return self.response_post_save_change(request, obj)

    def save_model(self, request, obj, form, change):
        """What stands in the row of a public award is proposed, not saved."""
        changed = [name for name in CORRECTED if name in form.changed_data]
        if not (change and obj.published_at and changed):
            super().save_model(request, obj, form, change)
            return
        wanted = {name: getattr(obj, name) for name in changed}
        held = Award.objects.select_related("agency", "event", "level").get(pk=obj.pk)
        for name in changed:
            setattr(obj, name, getattr(held, name))
        super().save_model(request, obj, form, change)
        request.proposed_instead = set(form.changed_data) <= set(CORRECTED)
        reason = request.POST.get(REASON_FIELD, "")[:LONGEST_REASON]
        self._propose(request, propose_correction, obj, wanted, reason=reason)

    def save_formset(self, request, form, formset, change):
        if formset.model is not AwardStatusChange:
            super().save_formset(request, form, formset, change)
            if formset.has_changed():
                request.proposed_instead = False
            return
        for step in formset.save(commit=False):
            self._propose(
                request,
                propose_status_change,
                step.award,
                change=step.change,
                changed_on=step.changed_on,
                source=step.source,
                reason=step.reason,
            )

    def _propose(self, request, propose, *what, **facts) -> None:
        try:
            proposal = propose(*what, by=request.user, **facts)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, messages.ERROR)
        else:
            self.tell(request, proposal)
