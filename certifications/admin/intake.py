"""Intakes at the desk: hand in a list, look at every row, decide, commit, undo."""

import io
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from certifications.admin.desk import Desk, can_be_a_key, in_thai
from certifications.admin.intake_forms import (
    AboutForm,
    CorrectionForm,
    MappingForm,
    NewAgencyForm,
    StartForm,
)
from certifications.admin.intake_rows import (
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
from certifications.audit.acting import acting
from certifications.intake.reading import headings, templates
from certifications.intake.reading.headings import Header, header_of, proposals
from certifications.intake.reading.rows import Unreadable
from certifications.intake.review import decisions, preview
from certifications.intake.review.commit import Refused, Unavailable, commit, said_plainly
from certifications.intake.review.decisions import Choice
from certifications.intake.review.undo import undo, what_stands_in_the_way
from certifications.models import Agency, Change, Intake, IntakeRow
from certifications.models.search_index import current_vocabulary
from certifications.reference.fields import SearchField

Decision, State = IntakeRow.Decision, Intake.State

KEEP_HEADER = "X-Keep"  # of requests by static/js/intake.js
MOST_TOLD = 5
LONGEST_REASON = 500
MOST_FOUND = 10
SAMPLE = 3  # values shown of each column
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITES = ("add_award", "change_award", "add_agency")


@admin.register(Intake)
class IntakeAdmin(Desk):
    list_display = [
        "title",
        "state",
        "waiting",
        "row_count",
        "created_by",
        in_thai("created_at", gettext_lazy("เริ่มเมื่อ")),
    ]
    list_filter = ["state", "year"]
    list_select_related = ["created_by"]
    search_fields = ["title", "file_name"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).defer("content", "text")
        waiting = Count("rows", filter=Q(rows__decision=Decision.WAITING))
        return rows.annotate(row_count=Count("rows"), waiting=waiting)

    @admin.display(description=gettext_lazy("แถว"))
    def row_count(self, intake):
        return intake.row_count

    @admin.display(description=gettext_lazy("ยังไม่ตัดสิน"))
    def waiting(self, intake):
        return intake.waiting if intake.is_open else None

    def get_urls(self):
        pages = [
            ("template/", self.template_view, "template"),
            ("<int:key>/sheet/", self.sheet_view, "sheet"),
            ("<int:key>/columns/", self.columns_view, "columns"),
            ("<int:key>/about/", self.about_view, "about"),
            ("<int:key>/row/<int:place>/", self.row_view, "row"),
            ("<int:key>/commit/", self.commit_view, "commit"),
            ("<int:key>/undo/", self.undo_view, "undo"),
            ("<int:key>/abandon/", self.abandon_view, "abandon"),
        ]
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"certifications_intake_{name}")
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    # --- what the pages have in common -----------------------------------------------------------

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

    # --- handing in ------------------------------------------------------------------------------

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
            with said_plainly(), acting(by=request.user, door=Change.Door.INTAKE):
                form.save_to(intake)
                preview.begin(intake)
        except (Unreadable, Refused) as fault:
            field = "file" if intake.kind == Intake.Kind.FILE else "text"
            form.add_error(field, str(fault))
            return False
        if earlier := intake.committed_before():
            there = reverse("admin:certifications_intake_change", args=[earlier.pk])
            link = format_html('<a href="{}">{}</a>', there, earlier)
            told = _("เนื้อหาเดียวกันนี้บันทึกไปแล้วในชุด {} ทิ้งชุดนี้ได้ถ้าไม่ได้ตั้งใจนำเข้าอีก")
            messages.warning(request, format_html(told, link))
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

    # --- the sheet and its columns ---------------------------------------------------------------

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
            with said_plainly(), acting(by=request.user, door=Change.Door.INTAKE):
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
                "field": form[f"column-{place}"],
                "values": _some_values(header, place),
                "is_guess": 0 < proposed[heading] < headings.SURE,
            }
            for place, heading in enumerate(header.headings)
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
            with said_plainly(), acting(by=request.user, door=Change.Door.INTAKE):
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
            with said_plainly(), acting(by=request.user, door=Change.Door.INTAKE):
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

    # --- the review ------------------------------------------------------------------------------

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
        key = _filter_key(request.GET)
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
        key, is_bulk = _filter_key(request.POST), request.POST.get("act") == "bulk"
        try:
            with said_plainly():
                told = decisions.decide(intake, _choices_on_page(request.POST), by=request.user)
                if is_bulk:
                    told += self._decided_all(request, intake, key)
        except Unavailable as fault:
            return self._unavailable(request, intake, str(fault))
        except Refused as fault:
            told = [str(fault)]
        if KEEP_HEADER in request.headers:
            return self._kept(request, intake, told)
        self._tell(request, told)
        if is_bulk:
            return self._to_review(intake, urlencode({"show": _where_rows_wait(intake, key)}))
        if not told:
            messages.success(request, _("เก็บการตัดสินแล้ว ปิดหน้านี้แล้วกลับมาต่อภายหลังได้"))
        number = request.POST.get("p", "")
        asked = {"show": key} | ({"p": number} if number.isdecimal() else {})
        return self._to_review(intake, urlencode(asked))

    def _decided_all(self, request, intake: Intake, key: str) -> list[str]:
        """Decide the rows of a filter, and say of how many that was done."""
        places = set(chosen(intake, key).values_list("place", flat=True))
        choices = self._choices_for_all(request.POST, intake, key)
        told = decisions.decide(intake, choices, by=request.user)
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
        return told

    @staticmethod
    def _kept(request, intake: Intake, told: list[str]) -> JsonResponse:
        """The answer to a decision that the page sent by itself, as it was made."""
        row = intake.rows.filter(place__in=_choices_on_page(request.POST)).first()
        return JsonResponse({"decision": row.decision if row else "", "told": told})

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
    def _tell(request, told: list[str]) -> None:
        for sentence in told[:MOST_TOLD]:
            messages.warning(request, sentence)
        if (more := len(told) - MOST_TOLD) > 0:
            sentence = _("และอีก %(number)s แถวที่ยังตัดสินอย่างนั้นไม่ได้")
            messages.warning(request, sentence % {"number": more})

    # --- one row ---------------------------------------------------------------------------------

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
        row, key = intake.rows.get(place=place), _filter_key(request.GET)
        sentence = _("เก็บแล้ว บรรทัดที่ %(number)s: %(decision)s")
        values = {"number": row.number, "decision": row.get_decision_display()}
        messages.success(request, sentence % values)
        if chosen(intake, key).filter(place=place).exists():
            return self._to_review(intake, _review_question(request), place)
        return self._to_review(intake, urlencode({"show": _where_rows_wait(intake, key)}), place)

    def _acted(self, request, intake: Intake, row: IntakeRow, act, form):
        """True when done, a page when the database was away, None to show the row again."""
        try:
            with said_plainly():
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
        told = decisions.create_agency(
            intake, row.place, form.values, form.cleaned_data["reason"], by=request.user
        )
        self._tell(request, told)
        return None if told else True

    def _correct(self, request, intake: Intake, row: IntakeRow, form: CorrectionForm):
        self._tell(request, decisions.correct(intake, row.place, form.edits, by=request.user))
        return True

    def _row_page(self, request, intake: Intake, row: IntakeRow, new, fix, asked: str):
        row.refresh_from_db()
        query = _query(request.GET.get("q", ""))
        name = Shown(row, Words()).read.name
        found = Agency.objects.filter(merged_into=None)
        answer = found.answering(query or name, current_vocabulary()) if query or name else None
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

    # --- committing and taking back --------------------------------------------------------------

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
            doubtful=[each for each in rows if each.row.reason and each.doubts],
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
                "หน่วยงานใหม่ %(agencies)s ส่งข้อเสนอ %(proposed)s"
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
                with said_plainly():
                    decisions.abandon(intake, by=request.user)
                messages.success(request, _("ทิ้งชุดนี้แล้ว ไม่มีสิ่งใดถูกบันทึกเข้าทะเบียน"))
            except Refused as fault:
                messages.error(request, str(fault))
            return self._to_review(intake)
        return self._page(request, "intake_abandon", intake, title=_("ทิ้งชุดนี้: %s") % intake)


def _filter_key(asked) -> str:
    key = asked.get("show", "all")
    return key if key in BY_KEY else "all"


def _where_rows_wait(intake: Intake, key: str) -> str:
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


def _review_question(request) -> str:
    """The filter and page of the review from which a row was opened."""
    key, number = _filter_key(request.GET), request.GET.get("p", "")
    return urlencode({"show": key} | ({"p": number} if number.isdecimal() else {}))


def _query(typed: str) -> str:
    try:
        return SearchField(required=False, max_length=200).clean(typed)
    except ValidationError:
        return ""


def _some_values(header: Header, place: int) -> list[str]:
    values = (line.cells[place] for line in header.lines if place < len(line.cells))
    return [value[:60] for value in values if value.strip()][:SAMPLE]
