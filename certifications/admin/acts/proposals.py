"""Proposals at the desk: what waits, what would change, and the decision of a second person."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Min
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from certifications.actions.decide import (
    DECIDED_SINGLY,
    accept,
    digest_of,
    may_not_decide,
    refuse,
    send_back,
    take_back,
)
from certifications.admin.acts.proposal_contents import contents_of, entries_of
from certifications.admin.base.desk import PAGE_SIZE, in_thai
from certifications.admin.base.proposing import REOPENED
from certifications.models import Proposal, ProposalItem
from certifications.models.proposals import MAY_DECIDE, with_records
from certifications.reference.limits import LONGEST_NOTE


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


class WithRecords(ChangeList):
    """Each proposal with its first record, all of a page read together."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        of_these = ProposalItem.objects.filter(proposal__in=self.result_list).order_by()
        counted = of_these.values("proposal").annotate(number=Count("pk"), first=Min("pk"))
        numbers = {row["proposal"]: row["number"] for row in counted}
        firsts = ProposalItem.objects.filter(pk__in=[row["first"] for row in counted])
        first = {item.proposal_id: item for item in with_records(firsts)}
        for proposal in self.result_list:
            proposal.number = numbers.get(proposal.pk, 0)
            proposal.first = first.get(proposal.pk)


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
    search_fields = ["reason", "note"]
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

    def get_changelist(self, request, **kwargs):
        return WithRecords

    @admin.display(description=gettext_lazy("รายการ"))
    def what(self, proposal):
        if proposal.number > 1:
            words = {"first": proposal.first, "number": proposal.number - 1}
            return _("%(first)s และอีก %(number)s รายการ") % words
        return proposal.first

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
        one = path(
            "<int:pk>/send_back/<int:item>/",
            self.admin_site.admin_view(require_POST(self.send_back_view)),
            name="certifications_proposal_send_back",
        )
        contacts = path(
            "contacts/",
            self.admin_site.admin_view(self.contacts_view),
            name="certifications_proposal_contacts",
        )
        return [contacts, *acts, one, *super().get_urls()]

    def contacts_view(self, request):
        """How to reach offices: each request in a line, decided with one press."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        waiting = Proposal.objects.filter(decision="", kind=Proposal.Kind.CONTACT).order_by("pk")
        along = waiting.select_related("proposed_by").prefetch_related("items", "hands")
        page = Paginator(along, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("ข้อมูลติดต่อที่รอพิจารณา"),
            "opts": self.opts,
            "page": page,
            "lines": _in_lines(list(page), request.user),
            "may_decide": self._may_decide(request),
        }
        return TemplateResponse(request, "admin/proposal_contacts.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        proposal = self.get_object(request, object_id)
        if proposal is None:
            raise Http404(_("ไม่มีเรื่องเสนอนี้"))
        may_decide, refusal = self._may_decide(request), may_not_decide(proposal, request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("เรื่องเสนอเลขที่ %s") % proposal.pk,
            "opts": self.opts,
            "proposal": proposal,
            **contents_of(proposal),
            "digest": digest_of(proposal),
            "is_own": proposal.proposed_by_id == request.user.pk,
            "may_decide": may_decide and not refusal,
            "refusal": refusal if may_decide else "",
            "is_singly": proposal.kind in DECIDED_SINGLY,
            "to_mend": self._to_mend(proposal),
        }
        return TemplateResponse(request, "admin/proposal_detail.html", context)

    def _to_mend(self, proposal: Proposal) -> list[tuple[str, str]]:
        """(record, its form as it was proposed) of what was not accepted."""
        desk = {model._meta.label_lower: model._meta for model in self.admin_site._registry}
        refused = proposal.decision in (Proposal.Decision.REFUSED, Proposal.Decision.TAKEN_BACK)
        edited = proposal.items.filter(kind="update")
        mended = edited if refused else edited.exclude(sent_back="")
        return [
            (
                str(item),
                reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[item.record_key])
                + f"?{REOPENED}={item.pk}",
            )
            for item in with_records(mended[:PAGE_SIZE])
            if (meta := desk.get(item.table)) and item.record
        ]

    @staticmethod
    def _may_decide(request) -> bool:
        return request.user.has_perm(MAY_DECIDE)

    def accept_view(self, request, pk: int):
        facts = {"note": _note(request), "digest": request.POST.get("digest", "")}
        return self._decided(request, pk, accept, _("อนุมัติแล้ว"), **facts)

    def refuse_view(self, request, pk: int):
        return self._decided(request, pk, refuse, _("บันทึกว่าไม่อนุมัติแล้ว"), note=_note(request))

    def send_back_view(self, request, pk: int, item: int):
        """One record goes back alone, the others wait on."""
        if not self._may_decide(request):
            raise PermissionDenied
        found = get_object_or_404(ProposalItem.objects.select_related("proposal"), pk=item)
        if found.proposal_id != pk:
            raise Http404(_("ไม่มีรายการนี้ในเรื่องเสนอ"))

        def act(_proposal: Proposal, *, by) -> None:
            send_back(found, by=by, note=_note(request))

        return self._done(request, found.proposal, act, _("ส่งคืนแก้ไขรายการนี้แล้ว"))

    def take_back_view(self, request, pk: int):
        proposal = get_object_or_404(Proposal, pk=pk)
        if proposal.proposed_by != request.user:
            raise PermissionDenied
        return self._done(request, proposal, take_back, _("ถอนเรื่องเสนอคืนแล้ว"))

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
        if "from_list" in request.POST:
            return HttpResponseRedirect(reverse("admin:certifications_proposal_contacts"))
        return HttpResponseRedirect(proposal.get_absolute_url())


def _in_lines(proposals: list[Proposal], account) -> list[dict]:
    """What a line of each says. As many queries for fifty as for one."""
    items = with_records(item for proposal in proposals for item in proposal.items.all())
    entries = entries_of(items)
    return [
        {
            "proposal": proposal,
            "digest": digest_of(proposal),
            "refusal": may_not_decide(proposal, account),
            "entries": entries[proposal.pk],
        }
        for proposal in proposals
    ]


def _note(request) -> str:
    return request.POST.get("note", "")[:LONGEST_NOTE]
