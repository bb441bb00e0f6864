"""The view that reviews the rows of an intake and saves decisions."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certifications.admin.base.desk import can_be_a_key
from certifications.admin.intake.pages import Decision, IntakePages, State
from certifications.admin.intake.rows import (
    BY_KEY,
    FILTERS,
    PAGE_SIZE,
    SURE,
    Published,
    Shown,
    Words,
    chosen,
    counted,
)
from certifications.intake.review import decisions
from certifications.intake.review.commit import Refused, Unavailable, faults_in_words
from certifications.intake.review.decisions import Choice
from certifications.intake.review.undo import what_stands_in_the_way
from certifications.models import Intake, IntakeRow
from certifications.reference.limits import LONGEST_REASON

KEEP_HEADER = "X-Keep"  # of requests by static/js/intake.js
MOST_TOLD = 5


class Reviewing(IntakePages):
    """All rows of an intake, and what is decided of them."""

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Where an intake stands: its sheet, its columns, or all its rows."""
        if not can_be_a_key(object_id):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        intake = self.get_object(request, object_id)
        if intake is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        intake = self._intake(request, int(object_id))
        if intake.state in (State.READING, State.MAPPING):
            page = "sheet" if intake.state == State.READING else "columns"
            return HttpResponseRedirect(self._address(page, intake.pk))
        if request.method == "POST":
            return self._decided(request, intake)
        return self._review(request, intake)

    def _review(self, request, intake: Intake):
        key = filter_key(request.GET)
        rows = chosen(intake, key).select_related("agency__parent", "decided_by", "award__agency")
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("p"))
        counts = counted(intake)
        words = Words()
        return self._page(
            request,
            "intake_review",
            intake,
            title=str(intake),
            rows=[Shown(row, words) for row in page],
            page=page,
            filters=[(each, counts[each.key]) for each in FILTERS if counts[each.key]],
            counts=counts,
            key=key,
            asked=urlencode({"show": key, "p": page.number}),
            may_commit=self._may_commit(request),
            in_the_way=self._in_the_way(intake),
            published=Published(intake),
            may_propose=request.user.has_perm("certifications.add_proposal"),
        )

    @staticmethod
    def _in_the_way(intake: Intake) -> list[str]:
        return what_stands_in_the_way(intake) if intake.state == State.COMMITTED else []

    def _decided(self, request, intake: Intake):
        """Keeps what was decided on the page; with `bulk` also of every row in the filter."""
        key, is_bulk = filter_key(request.POST), request.POST.get("act") == "bulk"
        try:
            with faults_in_words():
                decide = self._decide_all if is_bulk else self._decide_page
                notices = decide(request, intake, key)
        except Unavailable as fault:
            return self._unavailable(request, intake, str(fault))
        except Refused as fault:
            notices = [str(fault)]
        if KEEP_HEADER in request.headers:
            return self._kept(request, intake, notices)
        self._tell(request, notices)
        if is_bulk:
            return self._to_review(intake, urlencode({"show": where_rows_wait(intake, key)}))
        if not notices:
            messages.success(request, _("เก็บการตัดสินแล้ว ปิดหน้านี้แล้วกลับมาต่อภายหลังได้"))
        number = request.POST.get("p", "")
        asked = {"show": key} | ({"p": number} if number.isdecimal() else {})
        return self._to_review(intake, urlencode(asked))

    @staticmethod
    def _decide_page(request, intake: Intake, key: str) -> list[str]:
        return decisions.decide(intake, _choices_on_page(request.POST), by=request.user)

    def _decide_all(self, request, intake: Intake, key: str) -> list[str]:
        """Decide the rows of the page, then those of a filter, and say how many of these."""
        places: set[int] = set()
        choices: dict[int, Choice] = {}

        def then() -> dict[int, Choice]:
            places.update(chosen(intake, key).values_list("place", flat=True))
            choices.update(self._choices_for_all(request.POST, intake, key))
            return choices

        on_page = _choices_on_page(request.POST)
        notices = decisions.decide(intake, on_page, by=request.user, then=then)
        decision = request.POST.get("bulk-decision", "")
        as_chosen = intake.rows.filter(decision=decision).values_list("place", flat=True)
        decided, kept = choices.keys() & {*as_chosen}, places - {*as_chosen}
        sentence = ngettext("ตัดสินแล้ว %s แถว", "ตัดสินแล้ว %s แถว", len(decided))
        messages.success(request, sentence % len(decided))
        if kept:
            sentence = ngettext(
                "อีก %s แถวในกลุ่มนี้คงเดิม เพราะตัดสินอย่างนั้นไม่ได้",
                "อีก %s แถวในกลุ่มนี้คงเดิม เพราะตัดสินอย่างนั้นไม่ได้",
                len(kept),
            )
            why = _("ยังไม่มีหน่วยงาน จับคู่ได้แล้ว ไม่มีอะไรต้องบันทึก หรือมีข้อผิดหรือข้อสงสัยที่ต้องตอบก่อน")
            messages.warning(request, f"{sentence % len(kept)} ({why})")
        return notices

    @staticmethod
    def _kept(request, intake: Intake, notices: list[str]) -> JsonResponse:
        """The answer to a decision that the page sent by itself, as it was made."""
        row = intake.rows.filter(place__in=_choices_on_page(request.POST)).first()
        return JsonResponse({"decision": row.decision if row else "", "told": notices})

    @staticmethod
    def _choices_for_all(posted, intake: Intake, key: str) -> dict[int, Choice]:
        decision = posted.get("bulk-decision", "")
        if decision not in Decision.values:
            return {}
        reason = posted.get("bulk-reason", "").strip()[:LONGEST_REASON]
        rows = (
            chosen(intake, key)
            .exclude(decision=decision)
            .exclude(verdict=IntakeRow.Verdict.UNCHANGED)
        )
        if decision == Decision.ACCEPT:
            rows = rows.filter(agency__isnull=False)
        elif decision == Decision.CREATE:
            rows = rows.exclude(match__in=SURE)
        return {row.place: Choice(decision, reason or row.reason) for row in rows}

    @staticmethod
    def _tell(request, notices: list[str]) -> None:
        for sentence in notices[:MOST_TOLD]:
            messages.warning(request, sentence)
        if (more := len(notices) - MOST_TOLD) > 0:
            sentence = _("และอีก %(number)s แถวที่ยังตัดสินอย่างนั้นไม่ได้")
            messages.warning(request, sentence % {"number": more})


def filter_key(asked) -> str:
    key = asked.get("show", "all")
    return key if key in BY_KEY else "all"


def where_rows_wait(intake: Intake, key: str) -> str:
    """The filter while rows in it wait for a decision, else all that wait, else every row."""
    waiting = intake.rows.filter(decision=Decision.WAITING)
    if chosen(intake, key).filter(decision=Decision.WAITING).exists():
        return key
    return "waiting" if waiting.exists() else "all"


def _choices_on_page(posted) -> dict[int, Choice]:
    """The decisions of the rows that were on the page, with what each was when shown."""
    choices = {}
    for name, decision in posted.items():
        place = name.removeprefix("decision-")
        if place == name or not can_be_a_key(place) or decision not in Decision.values:
            continue
        reason = posted.get(f"reason-{place}", "").strip()[:LONGEST_REASON]
        choices[int(place)] = Choice(decision, reason, posted.get(f"was-{place}", ""))
    return choices
