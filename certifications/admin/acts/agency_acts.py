"""What may be done to an agency beyond editing it: each act looked at before it is carried out.

Two different things are told apart on the first page: two records of one body, which become one,
and something that happened in the world, after which both bodies keep their pages and awards.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from certifications.actions import planned as planned_acts
from certifications.actions.merge_plan import Plan, plan
from certifications.actions.propose import propose_act
from certifications.admin.acts.act_forms import FORMS, ActForm, MergeForm, TargetForm
from certifications.admin.base.proposing import tell
from certifications.audit.acting import trial
from certifications.models import Agency, Proposal

CONFIRM, EDIT = "_confirm", "_edit"


class AgencyActs:
    """Pages beside an agency's form, for those who may merge, rename, split and close."""

    def get_urls(self):
        pages = [
            ("act/<str:code>/", self.choose_act, "acts"),
            ("act/<str:code>/merge/", self.merge_page, "merge"),
            ("act/<str:code>/<str:act>/", self.act_page, "act"),
        ]
        return [
            path(route, self.admin_site.admin_view(page), name=f"certifications_agency_{name}")
            for route, page, name in pages
        ] + super().get_urls()

    def _asked_for(self, request, code: str) -> Agency:
        """PermissionDenied, or 404 for a code that no record has."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        agency = Agency.objects.select_related("merged_into").filter(code=code).first()
        if agency is None:
            raise Http404(_("ไม่มีหน่วยงานรหัส %s") % code)
        return agency

    def _page(self, request, template: str, agency: Agency, title: str, **context):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "agency": agency,
            "title": title,
            "media": self.media + context["form"].media if "form" in context else self.media,
            **context,
        }
        return TemplateResponse(request, f"admin/{template}.html", context)

    def choose_act(self, request, code):
        agency = self._asked_for(request, code)
        title = _("เลือกว่าเกิดอะไรขึ้นกับหน่วยงานนี้")
        undoable = agency.merges_from.filter(undone_at=None) | agency.merges_into.filter(
            undone_at=None
        )
        return self._page(request, "agency_acts", agency, title, merges=undoable.order_by("-pk"))

    def act_page(self, request, code, act):
        """The form; then what will change; then, when confirmed, the act."""
        agency = self._asked_for(request, code)
        if act not in FORMS:
            raise Http404
        form = FORMS[act](request.POST or None, agency=agency)
        if form.is_valid() and EDIT not in request.POST:
            confirmed = CONFIRM in request.POST
            act = _proposed if confirmed else _tried
            refusal = act(request, form)
            if refusal is None and confirmed:
                return HttpResponseRedirect(self._form_of(agency))
            if refusal is None:
                return self._page(
                    request,
                    "agency_act_preview",
                    agency,
                    form.title,
                    form=form,
                    posted=_posted(request),
                )
            _add_refusal(form, refusal)
        return self._page(request, "agency_act", agency, form.title, form=form)

    def _form_of(self, agency: Agency) -> str:
        return reverse("admin:certifications_agency_change", args=[agency.pk])

    def merge_page(self, request, code):
        """First with which record; then all that will move, and what staff decide."""
        source = self._asked_for(request, code)
        asked = TargetForm(request.GET or None)
        title = _("รวมระเบียนนี้เข้ากับระเบียนอื่น")
        if not asked.is_valid():
            return self._page(request, "merge_target", source, title, form=asked)
        target = asked.cleaned_data["into"]
        try:
            planned = plan(source, target)
        except ValidationError as refused:
            asked.add_error("into", refused)
            return self._page(request, "merge_target", source, title, form=asked)
        form = MergeForm(request.POST or None, plan=planned, initial={"token": planned.token})
        if form.is_valid():
            refusal = _merge_proposed(request, planned, form)
            if refusal is None:
                return HttpResponseRedirect(self._form_of(target))
            form.add_error(None, refusal)
            form.look_again()
        return self._page(
            request, "merge_preview", source, title, form=form, plan=planned, target=target
        )


def _tried(request, form: ActForm) -> ValidationError | None:
    """Why the act cannot be done, or None."""
    try:
        trial(
            lambda: planned_acts.run(form.act, form.arguments(), by=request.user), by=request.user
        )
    except ValidationError as refused:
        return refused
    return None


def _proposed(request, form: ActForm) -> ValidationError | None:
    """Why the act cannot be proposed, or None."""
    given = form.cleaned_data
    facts = {"reason": given["reason"], "source": given.get("source")}
    try:
        proposal = propose_act(form.act, form.arguments(), by=request.user, **facts)
    except ValidationError as refused:
        return refused
    if proposal:
        tell(request, proposal)
    else:
        form.agency.refresh_from_db()
        messages.success(request, form.done % form.agency)
    return None


def _merge_proposed(request, planned: Plan, form: MergeForm) -> list[str] | None:
    """Why the merge cannot be proposed, or None."""
    if form.cleaned_data["token"] != planned.token:
        return [_("ข้อมูลเปลี่ยนไปตั้งแต่เปิดหน้านี้ ตรวจสิ่งที่จะเปลี่ยนอีกครั้งแล้วยืนยันใหม่")]
    reason = form.cleaned_data["reason"]
    try:
        proposal = propose_act(
            Proposal.Kind.MERGE, form.arguments(), by=request.user, reason=reason
        )
    except ValidationError as refused:
        return refused.messages
    if proposal:
        tell(request, proposal)
    else:
        said = _("รวม “%(source)s” เข้ากับ “%(target)s” แล้ว ที่อยู่เว็บเดิมจะพามาที่นี่")
        values = {"source": planned.source, "target": planned.target}
        messages.success(request, said % values)
    return None


def _add_refusal(form: forms.Form, refused: ValidationError) -> None:
    """At the field that it is about, where the form has one."""
    for field, faults in refused.update_error_dict({}).items():
        form.add_error(field if field in form.fields else None, faults)


def _posted(request) -> list[tuple[str, str]]:
    """What was filled in, for the page that asks whether it is meant."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not name.startswith("_") and name != "csrfmiddlewaretoken"
    ]
