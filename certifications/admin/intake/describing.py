"""Views of an intake that ask for the sheet, the columns and the values of the whole list."""

from django.contrib import messages
from django.utils.translation import gettext as _

from certifications.admin.intake.forms import AboutForm, MappingForm
from certifications.admin.intake.pages import IntakePages, State
from certifications.audit.acting import acting
from certifications.intake.reading import headings
from certifications.intake.reading.headings import Header, header_of, proposals
from certifications.intake.reading.rows import Unreadable
from certifications.intake.review import decisions, preview
from certifications.intake.review.commit import Refused, faults_in_words
from certifications.models import Change, Intake

SAMPLE = 3  # values shown of each column


class Describing(IntakePages):
    """The sheet, its columns, and what holds for the whole list."""

    def sheet_view(self, request, key: int):
        """Which of several sheets holds the list."""
        intake = self._intake(request, key)
        if intake.state != State.READING:
            return self._to_review(intake)
        sheets = preview.table_of(intake).sheets
        if request.method == "POST":
            if request.POST.get("sheet") not in sheets:
                messages.error(request, _("เลือกแผ่นงานหนึ่งแผ่นจากรายการ"))
            elif self._sheet_chosen(request, intake, request.POST["sheet"]):
                return self._to_review(intake)
        return self._page(
            request, "intake_sheet", intake, sheets=sheets, title=_("เลือกแผ่นงาน: %s") % intake
        )

    @staticmethod
    def _sheet_chosen(request, intake: Intake, sheet: str) -> bool:
        intake.sheet = sheet
        try:
            with faults_in_words(), acting(by=request.user, channel=Change.Channel.INTAKE):
                preview.begin(intake)
        except (Unreadable, Refused) as fault:
            messages.error(request, str(fault))
            return False
        return True

    def columns_view(self, request, key: int):
        """What each column holds; remembered for the next file with these headings."""
        intake = self._intake(request, key)
        if intake.kind != Intake.Kind.FILE or intake.state not in (State.MAPPING, State.REVIEW):
            return self._to_review(intake)
        table = preview.table_of(intake)
        header = header_of(table)
        form = MappingForm(request.POST or None, headings=header.headings, mapping=intake.mapping)
        is_filled = request.method == "POST" and form.is_valid()
        if is_filled and self._mapped(request, intake, table, form):
            return self._to_review(intake)
        proposed = {each.heading: each.sureness for each in proposals(table)}
        shown = [
            {
                "field": form[f"column-{position}"],
                "values": _some_values(header, position),
                "is_guess": 0 < proposed[heading] < headings.SURE,
            }
            for position, heading in enumerate(header.headings)
        ]
        return self._page(
            request,
            "intake_columns",
            intake,
            form=form,
            columns=shown,
            header=header,
            title=_("จับคู่คอลัมน์: %s") % intake,
        )

    def _mapped(self, request, intake: Intake, table, form: MappingForm) -> bool:
        intake.mapping = {heading: field for heading, field in form.mapping.items() if field}
        try:
            with faults_in_words(), acting(by=request.user, channel=Change.Channel.INTAKE):
                preview.remember(table, form.mapping)
                preview.preview(intake)
        except (Unreadable, Refused) as fault:
            form.add_error(None, str(fault))
            return False
        return True

    def about_view(self, request, key: int):
        """Title, year, ceremony, level and source of the whole intake."""
        intake = self._intake(request, key)
        if not intake.is_open:
            return self._to_review(intake)
        form = AboutForm(request.POST or None, intake=intake)
        is_filled = request.method == "POST" and form.is_valid()
        if is_filled and self._described(request, intake, form):
            return self._to_review(intake)
        return self._page(
            request, "intake_about", intake, form=form, title=_("เกี่ยวกับชุดนี้: %s") % intake
        )

    @staticmethod
    def _described(request, intake: Intake, form: AboutForm) -> bool:
        was = (intake.year, intake.level_id)
        try:
            with faults_in_words(), acting(by=request.user, channel=Change.Channel.INTAKE):
                preview.refuse_unless_open(preview.lock(intake))
                form.save_to(intake)
                intake.save(update_fields=["title", "year", "event", "level", "source"])
                if intake.state == State.REVIEW and was != (intake.year, intake.level_id):
                    preview.preview(intake)
                elif intake.state == State.REVIEW:
                    decisions.look_again(intake, by=request.user)
        except (Unreadable, Refused) as fault:
            form.add_error(None, str(fault))
            return False
        return True


def _some_values(header: Header, position: int) -> list[str]:
    values = (line.cells[position] for line in header.lines if position < len(line.cells))
    return [value[:60] for value in values if value.strip()][:SAMPLE]
