"""What the views of an intake share."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from certifications.admin.base.desk import Desk
from certifications.models import Intake, IntakeRow

Decision, State = IntakeRow.Decision, Intake.State
WRITES = ("add_award", "change_award", "add_agency")


class IntakePages(Desk):
    """What the pages of an intake have in common."""

    def _intake(self, request, key: int) -> Intake:
        """The intake of an address, for those who may see it, and send something about it."""
        intake = self.get_object(request, str(key))
        if intake is None:
            raise Http404
        if not self.has_view_permission(request, intake):
            raise PermissionDenied
        if request.method == "POST" and not self._may_decide(request, intake):
            raise PermissionDenied
        return intake

    def _may_decide(self, request, intake: Intake | None = None) -> bool:
        return self.has_change_permission(request, intake)

    @staticmethod
    def _may_commit(request) -> bool:
        return request.user.has_perms([f"certifications.{name}" for name in WRITES])

    def _page(self, request, template: str, intake: Intake | None, status: int = 200, **context):
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "intake": intake,
            "original": intake,
            "may_decide": self._may_decide(request, intake),
        }
        return TemplateResponse(request, f"admin/{template}.html", shared | context, status=status)

    @staticmethod
    def _address(name: str, *args) -> str:
        return reverse(f"admin:certifications_intake_{name}", args=args)

    def _to_review(self, intake: Intake, asked: str = "", place: int | None = None):
        anchor = f"#row-{place}" if place else ""
        question = f"?{asked}" if asked else ""
        return HttpResponseRedirect(self._address("change", intake.pk) + question + anchor)

    def _unavailable(self, request, intake: Intake, sentence: str):
        """Asks nothing of the database, which may be gone; going back shows all that was typed."""
        return self._page(
            request,
            "intake_unavailable",
            intake,
            status=503,
            title=_("ยังไม่ได้บันทึก"),
            sentence=sentence,
        )
