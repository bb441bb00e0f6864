"""The view of one row of an intake: another agency, a new one, a correction."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _

from certifications.admin.base.desk import can_be_a_key
from certifications.admin.intake.forms import CorrectionForm, NewAgencyForm
from certifications.admin.intake.reviewing import Reviewing, filter_key, where_rows_wait
from certifications.admin.intake.rows import Shown, Words, chosen
from certifications.intake.review import decisions
from certifications.intake.review.commit import Refused, Unavailable, faults_in_words
from certifications.models import Agency, Intake, IntakeRow
from certifications.models.search_index import current_vocabulary
from certifications.reference.fields import SearchField

MOST_FOUND = 10


class ReviewingARow(Reviewing):
    """One row: another agency, a new one, a correction."""

    def row_view(self, request, key: int, place: int):
        """Another body for a row, a new one, or a correction of what was read."""
        intake = self._intake(request, key)
        row = intake.rows.select_related("agency__parent").filter(place=place).first()
        if row is None:
            raise Http404
        act = request.POST.get("act") if request.method == "POST" else None
        new = NewAgencyForm(request.POST if act == "create" else None, row=row)
        fix = CorrectionForm(request.POST if act == "correct" else None, row=row)
        asked = _review_question(request)
        if request.method == "POST":
            acts = {"choose": self._choose, "create": self._create, "correct": self._correct}
            form = {"create": new, "correct": fix}.get(act)
            is_filled = act in acts and (form is None or form.is_valid())
            if answer := is_filled and self._acted(request, intake, row, acts[act], form):
                return self._back(request, intake, place) if answer is True else answer
        return self._row_page(request, intake, row, new, fix, asked)

    def _back(self, request, intake: Intake, place: int):
        """To the row where it stood in the review; when it left its filter, to those that wait."""
        row, key = intake.rows.get(place=place), filter_key(request.GET)
        sentence = _("เก็บแล้ว บรรทัดที่ %(number)s: %(decision)s")
        values = {"number": row.number, "decision": row.get_decision_display()}
        messages.success(request, sentence % values)
        if chosen(intake, key).filter(place=place).exists():
            return self._to_review(intake, _review_question(request), place)
        return self._to_review(intake, urlencode({"show": where_rows_wait(intake, key)}), place)

    def _acted(self, request, intake: Intake, row: IntakeRow, act, form):
        """True when done, a page when the database was away, None to show the row again."""
        try:
            with faults_in_words():
                return act(request, intake, row, form)
        except Unavailable as fault:
            return self._unavailable(request, intake, str(fault))
        except Refused as fault:
            messages.error(request, str(fault))
        return None

    @staticmethod
    def _choose(request, intake: Intake, row: IntakeRow, form):
        key = request.POST.get("agency", "")
        agency = Agency.objects.filter(pk=key).first() if can_be_a_key(key) else None
        if agency is None:
            messages.error(request, _("เลือกหน่วยงานหนึ่งแห่งจากรายการ"))
            return None
        decisions.choose_agency(intake, row.place, agency, by=request.user)
        return True

    def _create(self, request, intake: Intake, row: IntakeRow, form: NewAgencyForm):
        notices = decisions.create_agency(
            intake, row.place, form.values, form.cleaned_data["reason"], by=request.user
        )
        self._tell(request, notices)
        return None if notices else True

    def _correct(self, request, intake: Intake, row: IntakeRow, form: CorrectionForm):
        self._tell(request, decisions.correct(intake, row.place, form.edits, by=request.user))
        return True

    def _row_page(self, request, intake: Intake, row: IntakeRow, new, fix, asked: str):
        row.refresh_from_db()
        query = _query(request.GET.get("q", ""))
        name = Shown(row, Words()).read.name
        found = Agency.objects.filter(merged_into=None)
        answer = found.search(query or name, current_vocabulary()) if query or name else None
        offered = {each["agency"] for each in row.candidates} | {row.agency_id}
        return self._page(
            request,
            "intake_row",
            intake,
            title=_("บรรทัดที่ %(number)s: %(name)s") % {"number": row.number, "name": name},
            shown=Shown(row, Words()),
            row=row,
            new=new,
            fix=fix,
            query=query,
            asked=asked,
            is_near=answer.is_near if answer else False,
            found=[
                agency
                for agency in (
                    answer.agencies.select_related("parent")[:MOST_FOUND] if answer else []
                )
                if agency.pk not in offered
            ],
            is_open=intake.is_open,
        )


def _review_question(request) -> str:
    """The filter and page of the review from which a row was opened."""
    key, number = filter_key(request.GET), request.GET.get("p", "")
    return urlencode({"show": key} | ({"p": number} if number.isdecimal() else {}))


def _query(typed: str) -> str:
    try:
        return SearchField(required=False, max_length=200).clean(typed)
    except ValidationError:
        return ""
