"""Proposals at the desk: what waits, what would change, and the decision of a second person."""

import datetime
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import BooleanField, DateField, prefetch_related_objects
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from certifications.actions.propose import accept, refuse, take_back
from certifications.admin.base.desk import PAGE_SIZE, in_thai, yes_or_no
from certifications.listing.statistics import named_and_announced
from certifications.models import Award, AwardStatusChange, Proposal, ProposalItem
from certifications.models.proposals import MAY_DECIDE
from certifications.reference import buddhist
from certifications.reference.language import reader_language
from certifications.reference.limits import LONGEST_NOTE

FIELDS_OF_AWARDS = {field.name: field for field in Award._meta.concrete_fields}


class DecisionFilter(admin.SimpleListFilter):
    """Those that wait unless others are asked for."""

    title = gettext_lazy("การพิจารณา")
    parameter_name = "decision"

    def lookups(self, request, model_admin):
        return [("all", _("ทั้งหมด")), *Proposal.Decision.choices]

    def choices(self, changelist):
        waiting, *others = super().choices(changelist)
        return [waiting | {"display": _("รอพิจารณา")}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        known = self.value() if self.value() in Proposal.Decision.values else ""
        return queryset.filter(decision=known)


class WhoseFilter(admin.SimpleListFilter):
    title = gettext_lazy("ผู้เสนอ")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", _("ฉันเสนอ")), ("others", _("คนอื่นเสนอ"))]

    def queryset(self, request, queryset):
        mine = {"proposed_by": request.user}
        asked = {"mine": queryset.filter(**mine), "others": queryset.exclude(**mine)}
        return asked.get(self.value(), queryset)


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin):
    """Nothing here is edited or deleted: proposals are made elsewhere, and decided by buttons."""

    list_display = [
        "__str__",
        "what",
        "proposed_by",
        in_thai("proposed_at", gettext_lazy("เสนอเมื่อ")),
        "outcome",
    ]
    list_filter = [DecisionFilter, WhoseFilter, "kind"]
    list_select_related = ["proposed_by", "decided_by"]
    search_fields = ["items__award__agency__name_th", "items__event__title_th", "reason"]
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
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                "items__award__agency",
                "items__award__level",
                "items__event",
                "items__declaration__agency",
            )
        )

    @admin.display(description=gettext_lazy("รายการ"))
    def what(self, proposal):
        first, *others = proposal.items.all() or [None]
        if others:
            return _("%(first)s และอีก %(number)s รายการ") % {"first": first, "number": len(others)}
        return first

    @admin.display(description=gettext_lazy("ผลการพิจารณา"), ordering="decision")
    def outcome(self, proposal):
        return proposal.get_decision_display() or _("รอพิจารณา")

    # --- one proposal ----------------------------------------------------------------------------

    def get_urls(self):
        acts = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"certifications_proposal_{name}",
            )
            for name, view in (
                ("accept", self.accept_view),
                ("refuse", self.refuse_view),
                ("take_back", self.take_back_view),
            )
        ]
        return [*acts, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        proposal = self.get_object(request, object_id)
        if proposal is None:
            raise Http404(_("ไม่มีข้อเสนอนี้"))
        is_own = proposal.proposed_by_id == request.user.pk
        context = {
            **self.admin_site.each_context(request),
            "title": _("ข้อเสนอเลขที่ %s") % proposal.pk,
            "opts": self.opts,
            "proposal": proposal,
            **_contents(proposal),
            "is_own": is_own,
            "may_decide": self._may_decide(request) and not (is_own and settings.TWO_PERSONS),
        }
        return TemplateResponse(request, "admin/proposal_detail.html", context)

    @staticmethod
    def _may_decide(request) -> bool:
        return request.user.has_perm(MAY_DECIDE)

    def accept_view(self, request, pk: int):
        return self._decided(request, pk, accept, _("อนุมัติแล้ว"), note=_note(request))

    def refuse_view(self, request, pk: int):
        return self._decided(request, pk, refuse, _("บันทึกว่าไม่อนุมัติแล้ว"), note=_note(request))

    def take_back_view(self, request, pk: int):
        proposal = get_object_or_404(Proposal, pk=pk)
        if proposal.proposed_by != request.user:
            raise PermissionDenied
        return self._done(request, proposal, take_back, _("ถอนข้อเสนอคืนแล้ว"))

    def _decided(self, request, pk: int, act: Callable, sentence: str, **facts):
        proposal = get_object_or_404(Proposal, pk=pk)
        if not self._may_decide(request):
            raise PermissionDenied
        return self._done(request, proposal, act, sentence, **facts)

    def _done(self, request, proposal: Proposal, act: Callable, sentence: str, **facts):
        try:
            act(proposal, by=request.user, **facts)
        except ValidationError as refusal:
            for said in refusal.messages:
                self.message_user(request, said, messages.ERROR)
        else:
            self.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(proposal.get_absolute_url())


def _note(request) -> str:
    return request.POST.get("note", "")[:LONGEST_NOTE]


# Of each record that would become public, or cease to be: what its page says.
SHOWN = (
    "items__award__agency__parent",
    "items__award__level",
    "items__award__event",
    "items__award__recipients",
    "items__award__sources",
    "items__event__sources",
    "items__declaration__agency",
    "items__declaration__sources",
)


def _contents(proposal: Proposal) -> dict:
    """What is proposed, for the page: whole records, or what would change of each."""
    prefetch_related_objects([proposal], *SHOWN)
    items = list(proposal.items.all())
    if proposal.kind not in (Proposal.Kind.PUBLISH, Proposal.Kind.WITHDRAW):
        return {"changes": [(item, changes_of(item)) for item in items]}
    awards = [item.award for item in items if item.award]
    known = set(
        Award.objects.published()
        .filter(agency__in=[award.agency_id for award in awards])
        .values_list("agency_id", flat=True)
    )
    levels = Counter(str(award.level or _("ไม่ระบุระดับ")) for award in awards)
    return {
        "awards": [(award, award.agency_id not in known) for award in awards],
        "events": [item.event for item in items if item.event],
        "declarations": [
            (item.declaration, named_and_announced(item.declaration))
            for item in items
            if item.declaration
        ],
        "levels": levels.most_common(),
    }


def changes_of(item: ProposalItem) -> list[tuple[str, str, str]]:
    """(what, before, after) in words, of a correction or a change of status."""
    if item.proposal.kind == Proposal.Kind.CORRECT:
        return [_corrected(item, name, value) for name, value in item.after.items()]
    choices = dict(AwardStatusChange._meta.get_field("change").flatchoices)
    changed_on = datetime.date.fromisoformat(item.after["changed_on"])
    day = buddhist.format_day(changed_on, reader_language())
    return [(_("สถานะการรับรอง"), "", f"{choices[item.after['change']]} {day}")]


def _corrected(item: ProposalItem, name: str, value: object) -> tuple[str, str, str]:
    field = FIELDS_OF_AWARDS[name]
    before = item.before.get(field.attname)
    return str(field.verbose_name), _in_words(field, before), _in_words(field, value)


def _in_words(field, value: object) -> str:
    if value is None:
        return "–"
    if isinstance(field, BooleanField):
        return yes_or_no(value)
    if isinstance(field, DateField):
        return buddhist.format_day(datetime.date.fromisoformat(value), reader_language())
    if field.is_relation:
        return str(field.related_model.objects.filter(pk=value).first() or "–")
    return str(value)
