"""Views of an intake that preview its commit, commit it and undo it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certifications.admin.base.desk import can_be_a_key
from certifications.admin.intake.pages import Decision, IntakePages, State
from certifications.admin.intake.rows import Shown, Words, counted
from certifications.intake.review import decisions
from certifications.intake.review.commit import Refused, Unavailable, commit, faults_in_words
from certifications.intake.review.undo import undo, what_stands_in_the_way
from certifications.models import Intake, IntakeRow
from certifications.reference.limits import LONGEST_REASON


class Committing(IntakePages):
    """Looked at, then written into the register or taken back."""

    def commit_view(self, request, key: int):
        """First what exactly will be written, then the act."""
        intake = self._intake(request, key)
        if not (self._may_decide(request, intake) and self._may_commit(request)):
            raise PermissionDenied
        if request.method == "POST":
            return self._committed(request, intake)
        if intake.state != State.REVIEW:
            return self._to_review(intake)
        wanted = [Decision.ACCEPT, Decision.CREATE, Decision.PROPOSE]
        taken = intake.rows.filter(decision__in=wanted).order_by("place")
        words = Words()
        rows = [Shown(row, words) for row in taken.select_related("agency__parent")]
        return self._page(
            request,
            "intake_commit",
            intake,
            title=_("ยืนยันการบันทึก: %s") % intake,
            rows=rows,
            created=[each for each in rows if each.row.decision == Decision.CREATE],
            changed=[each for each in rows if each.row.verdict == IntakeRow.Verdict.CHANGE],
            added=[each for each in rows if each.row.verdict == IntakeRow.Verdict.ADD],
            proposed=[each for each in rows if each.row.decision == Decision.PROPOSE],
            accepted=[each for each in rows if each.row.reason and each.warnings],
            counts=counted(intake),
        )

    def _committed(self, request, intake: Intake):
        shown = request.POST.get("version", "")
        if not can_be_a_key(shown):
            return self._to_review(intake)
        try:
            outcome = commit(intake, by=request.user, version=int(shown))
        except Unavailable as fault:
            return self._unavailable(request, intake, str(fault))
        except Refused as fault:
            messages.error(request, str(fault))
            return self._to_review(intake)
        messages.success(
            request,
            _(
                "บันทึกแล้ว: เพิ่มร่าง %(added)s แก้ร่าง %(changed)s "
                "หน่วยงานใหม่ %(agencies)s ส่งเรื่องเสนอ %(proposed)s"
            )
            % vars(outcome),
        )
        return self._to_review(intake)

    def undo_view(self, request, key: int):
        """First what is taken back, then the act."""
        intake = self._intake(request, key)
        if not (self._may_decide(request, intake) and self._may_commit(request)):
            raise PermissionDenied
        if request.method == "POST":
            return self._undone(request, intake)
        if intake.state != State.COMMITTED:
            return self._to_review(intake)
        written = intake.rows.filter(after__isnull=False)
        return self._page(
            request,
            "intake_undo",
            intake,
            title=_("ย้อนกลับทั้งชุด: %s") % intake,
            made=written.filter(before__isnull=True).count(),
            changed=written.filter(before__isnull=False).count(),
            agencies=written.filter(made_agency=True).count(),
            in_the_way=what_stands_in_the_way(intake),
        )

    def _undone(self, request, intake: Intake):
        try:
            why = request.POST.get("reason", "").strip()[:LONGEST_REASON]
            number = undo(intake, by=request.user, why=why)
        except Unavailable as fault:
            return self._unavailable(request, intake, str(fault))
        except Refused as fault:
            messages.error(request, str(fault))
            return self._to_review(intake)
        sentence = ngettext("ย้อนกลับแล้ว %s รายการ", "ย้อนกลับแล้ว %s รายการ", number)
        messages.success(request, sentence % number)
        return self._to_review(intake)

    def abandon_view(self, request, key: int):
        """Leave an intake that nothing was written of."""
        intake = self._intake(request, key)
        if not self._may_decide(request, intake):
            raise PermissionDenied
        if request.method == "POST":
            try:
                with faults_in_words():
                    decisions.abandon(intake, by=request.user)
                messages.success(request, _("ทิ้งชุดนี้แล้ว ไม่มีสิ่งใดถูกบันทึกเข้าทะเบียน"))
            except Refused as fault:
                messages.error(request, str(fault))
            return self._to_review(intake)
        return self._page(request, "intake_abandon", intake, title=_("ทิ้งชุดนี้: %s") % intake)
