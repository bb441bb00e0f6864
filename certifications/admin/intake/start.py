"""The view that starts an intake from a file or a pasted list."""

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from certifications.admin.intake.forms import StartForm
from certifications.admin.intake.pages import IntakePages
from certifications.audit.acting import acting
from certifications.intake.reading import templates
from certifications.intake.reading.rows import Unreadable
from certifications.intake.review import preview
from certifications.intake.review.commit import Refused, faults_in_words
from certifications.models import Change, Intake

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class HandingIn(IntakePages):
    """A list handed in, or the spreadsheet for one taken away."""

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        intake = Intake(created_by=request.user)
        form = StartForm(request.POST or None, request.FILES or None, intake=intake)
        if request.method == "POST" and form.is_valid() and self._begun(request, form, intake):
            return self._to_review(intake)
        title = _("นำเข้ารายชื่อ")
        return self._page(request, "intake_start", None, form=form, title=title)

    @staticmethod
    def _begun(request, form: StartForm, intake: Intake) -> bool:
        try:
            with faults_in_words(), acting(by=request.user, channel=Change.Channel.INTAKE):
                form.save_to(intake)
                preview.begin(intake)
        except (Unreadable, Refused) as fault:
            field = "file" if intake.kind == Intake.Kind.FILE else "text"
            form.add_error(field, str(fault))
            return False
        if earlier := intake.committed_before():
            there = reverse("admin:certifications_intake_change", args=[earlier.pk])
            link = format_html('<a href="{}">{}</a>', there, earlier)
            sentence = _("เนื้อหาเดียวกันนี้บันทึกไปแล้วในชุด {} ทิ้งชุดนี้ได้ถ้าไม่ได้ตั้งใจนำเข้าอีก")
            messages.warning(request, format_html(sentence, link))
        return True

    def template_view(self, request):
        """The spreadsheet to fill in."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        file = io.BytesIO()
        templates.write(file)
        answer = HttpResponse(file.getvalue(), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{templates.FILE_NAME}"'
        return answer
