"""What may be done to an agency beyond editing it: each act looked at before it is carried out.

Two different things are told apart on the first page: two records of one body, which become one,
and something that happened in the world, after which both bodies keep their pages and awards.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from certifications.actions import merge as merging
from certifications.actions.merge_plan import Plan, plan
from certifications.admin.acts.act_forms import FORMS, ActForm, MergeForm, TargetForm
from certifications.models import Agency
from certifications.models.proposals import MAY_MERGE

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
        if not request.user.has_perm(MAY_MERGE):
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
            if _carried_out(form, request.user, for_good=confirmed):
                if confirmed:
                    return self._done(request, agency, form)
                return self._page(
                    request,
                    "agency_act_preview",
                    agency,
                    form.title,
                    form=form,
                    posted=_posted(request),
                )
        return self._page(request, "agency_act", agency, form.title, form=form)

    def _done(self, request, agency: Agency, form: ActForm):
        agency.refresh_from_db()
        self.log_change(request, agency, str(form.title))
        self.message_user(request, form.done % agency, messages.SUCCESS)
        return HttpResponseRedirect(self._form_of(agency))

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
            try:
                self._merge(request, planned, form)
            except ValidationError as refused:
                form.add_error(None, refused.messages)
                form.look_again()
            else:
                return HttpResponseRedirect(self._form_of(target))
        return self._page(
            request, "merge_preview", source, title, form=form, plan=planned, target=target
        )

    def _merge(self, request, planned: Plan, form: MergeForm) -> None:
        source, target = planned.source, planned.target
        merging.merge(
            source,
            target,
            form.choices(),
            by=request.user,
            reason=form.cleaned_data["reason"],
            token=form.cleaned_data["token"],
        )
        said = _("รวม “%(source)s” เข้ากับ “%(target)s” แล้ว ที่อยู่เว็บเดิมจะพามาที่นี่")
        values = {"source": source, "target": target}
        for agency in (source, target):
            self.log_change(request, agency, said % values)
        self.message_user(request, said % values, messages.SUCCESS)


def _carried_out(form: ActForm, by, for_good: bool) -> bool:
    """Whether the act can be done; without `for_good` it is tried and taken back."""
    try:
        with transaction.atomic():
            form.perform(by=by)
            transaction.set_rollback(not for_good)
    except ValidationError as refused:
        _add_refusal(form, refused)
        return False
    return True


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
