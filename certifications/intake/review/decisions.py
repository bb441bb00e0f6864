"""Decisions of staff about rows, saved one by one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.audit.acting import acting
from certifications.intake.review import preview
from certifications.intake.review.evaluation import Evaluation, evaluate, judgement, why_not
from certifications.models import Agency, Change, Intake, IntakeRow

Decision = IntakeRow.Decision


@dataclass(frozen=True)
class Choice:
    """A decision about a row, the reason given, and what was decided when it was shown."""

    decision: str
    reason: str = ""
    was: str = ""


def decide(
    intake: Intake,
    choices: dict[int, Choice],
    *,
    by,
    then: Callable[[], dict[int, Choice]] | None = None,
) -> list[str]:
    """Decide rows, by their places; a sentence for each that could not be.

    A row that somebody else decided meanwhile, or of which the register now says something else
    than was shown, is left for another look. `then` is asked for more choices once these are kept.
    """
    with _changing(intake, by) as (held, rows, keep):
        evaluation = Evaluation(held, rows)
        refused = _take(choices, evaluation, by)
        if then:
            keep()
            refused += _take(then(), evaluation, by)
    return refused


def _take(choices: dict[int, Choice], evaluation: Evaluation, by) -> list[str]:
    """Decide the rows that are as they were shown; a sentence for each that could not be."""
    shown = {row.place: judgement(row) for row in evaluation.rows}
    evaluation.run()
    refused, decided = [], []
    for row in evaluation.rows:
        choice = choices.get(row.place)
        if choice is None or _is_settled(row, choice):
            continue
        if choice.was and choice.was != row.decision:
            refused.append(_of(row, _("มีผู้อื่นตัดสินแถวนี้ไปก่อนแล้ว ตรวจอีกครั้ง")))
        elif shown[row.place] != judgement(row):
            refused.append(_of(row, _("ข้อมูลในทะเบียนเปลี่ยนไปจากที่แสดง ตรวจอีกครั้ง")))
        else:
            _set(row, choice, by)
            decided.append(row)
    evaluation.run(just_decided={row.place for row in decided})
    return refused + _take_back(decided)


def _take_back(decided: list[IntakeRow]) -> list[str]:
    """Let the rows wait that cannot be decided so; a sentence for each."""
    refused = []
    for row in decided:
        if sentence := why_not(row, row.decision):
            refused.append(_of(row, sentence))
            _set(row, Choice(Decision.WAITING, row.reason), None)
    return refused


def choose_agency(intake: Intake, place: int, agency: Agency, *, by) -> None:
    """Say which body a row means; whether the row is accepted is another decision."""

    def act(rows: list[IntakeRow]) -> set[int]:
        row = _at(rows, place)
        row.agency, row.match = agency.merged_into or agency, IntakeRow.Match.CHOSEN
        row.why_matched, row.seen = _("เจ้าหน้าที่เลือกหน่วยงานนี้"), ""
        _set(row, Choice(Decision.WAITING, row.reason), None)
        return set()

    _change(intake, act, by)


def create_agency(intake: Intake, place: int, values: dict, reason: str, *, by) -> list[str]:
    """Say that a row means a body the register lacks, and what that body is."""
    refused: list[str] = []

    def act(rows: list[IntakeRow]) -> set[int]:
        row = _at(rows, place)
        row.new_agency = {"why": row.new_agency.get("why", "")} | values
        _set(row, Choice(Decision.CREATE, reason), by)
        return {place}

    def check(rows: list[IntakeRow], decided: set[int]) -> None:
        row = _at(rows, place)
        if sentence := why_not(row, row.decision):
            refused.append(_of(row, sentence))
            # What it would be is kept; that it is to be made must be said again.
            _set(row, Choice(Decision.WAITING, row.reason), None)

    _change(intake, act, by, check)
    return refused


def correct(intake: Intake, place: int, edits: dict, *, by) -> list[str]:
    """Put right what was read of a row, by what `stored.EDITABLE` names.

    What staff decided of it stays, unless another body may be meant now, or the row has become
    wrong or warned of: then a sentence says that it must be decided again.
    """
    sentences: list[str] = []
    was: dict[int, tuple[str, set[str]]] = {}

    def act(rows: list[IntakeRow]) -> set[int]:
        row = _at(rows, place)
        was[place] = (row.decision if row.decided_by_id else Decision.WAITING, _warnings(row))
        is_same_body = _who(row.read | row.edits) == _who(row.read | edits)
        row.edits, row.seen = edits, ""
        if not is_same_body:
            preview.match_again(row)
        if is_same_body and row.decided_by_id:
            _set(row, Choice(row.decision, row.reason), by)
            return {place}
        _set(row, Choice(Decision.WAITING, row.reason), None)
        return set()

    def check(rows: list[IntakeRow], decided: set[int]) -> None:
        row = _at(rows, place)
        decision, warnings = was[place]
        if place in decided and (why_not(row, decision) or _warnings(row) - warnings):
            # A reason given for other warnings does not answer these.
            _set(row, Choice(Decision.WAITING, row.reason), None)
        if decision != Decision.WAITING and row.needs_a_decision:
            sentence = why_not(row, decision) or _("ข้อมูลที่แก้ทำให้ต้องตรวจอีกครั้ง")
            sentences.append(_of(row, _("แก้แล้ว ต้องตัดสินใหม่: %s") % sentence))

    _change(intake, act, by, check)
    return sentences


def _who(said: dict) -> tuple[str, str]:
    """By what a row's body is looked for."""
    return said.get("name") or "", said.get("province") or ""


def _warnings(row: IntakeRow) -> set[tuple[str, str]]:
    return {(each["code"], each["about"]) for each in row.findings if not each["is_error"]}


def look_again(intake: Intake, *, by) -> None:
    """Judge all rows by the register as it is now."""
    _change(intake, lambda rows: set(), by)


def abandon(intake: Intake, *, by) -> None:
    """Leave an intake that nothing was written of; it can be looked at, not gone on with."""
    with acting(by=by, channel=Change.Channel.INTAKE):
        locked = preview.lock(intake)
        preview.refuse_unless_open(locked)
        locked.state = Intake.State.ABANDONED
        locked.version += 1
        locked.save(update_fields=["state", "version"])


def _change(
    intake: Intake,
    act: Callable[[list[IntakeRow]], set[int]],
    by,
    check: Callable[[list[IntakeRow], set[int]], None] = lambda rows, decided: None,
) -> None:
    """Do something to the rows of an intake, judge them all anew, and keep what differs."""
    with _changing(intake, by) as (locked, rows, _keep):
        decided = act(rows)
        evaluate(locked, rows, decided)
        check(rows, decided)


@contextmanager
def _changing(intake: Intake, by) -> Iterator[tuple[Intake, list[IntakeRow], Callable[[], None]]]:
    """An open intake with its rows, nobody else deciding; what differs of these is kept in the end,
    and when asked.
    """
    with acting(by=by, channel=Change.Channel.INTAKE):
        locked = preview.lock(intake)
        preview.refuse_unless_open(locked)
        rows = list(locked.rows.order_by("place"))
        before = {row.place: _all_of(row) for row in rows}

        def keep() -> None:
            differing = [row for row in rows if before[row.place] != _all_of(row)]
            if differing:
                preview.save_rows(differing)
            before.update((row.place, _all_of(row)) for row in differing)

        yield locked, rows, keep
        keep()
        locked.version += 1
        locked.save(update_fields=["version"])


def _all_of(row: IntakeRow) -> tuple:
    names = (IntakeRow._meta.get_field(name).attname for name in preview.JUDGED)
    return tuple(repr(getattr(row, name)) for name in names)


def _at(rows: list[IntakeRow], place: int) -> IntakeRow:
    return next(row for row in rows if row.place == place)


def _set(row: IntakeRow, choice: Choice, by) -> None:
    row.decision, row.reason = choice.decision, choice.reason
    row.decided_by = by
    row.decided_at = timezone.now() if by else None


def _is_settled(row: IntakeRow, choice: Choice) -> bool:
    """Whether a choice asks for nothing that is not so already."""
    return (choice.decision, choice.reason) == (row.decision, row.reason)


def _of(row: IntakeRow, sentence: str) -> str:
    return _("บรรทัดที่ %(number)s: %(sentence)s") % {"number": row.number, "sentence": sentence}
