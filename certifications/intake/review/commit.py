"""Committing an intake: all of its decisions, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.actions.propose import propose_change
from certifications.actions.warnings import accept_warnings
from certifications.audit.acting import acting
from certifications.checks import Finding
from certifications.intake.review import snapshots
from certifications.intake.review.decisions import look_again
from certifications.intake.review.evaluation import evaluate, judgement
from certifications.intake.review.preview import lock, save_rows
from certifications.intake.review.targets import Target
from certifications.models import Agency, Award, Change, Intake, IntakeRow
from certifications.models.agencies import add_agencies

Decision = IntakeRow.Decision

OF_A_NEW_AGENCY = {"another_province_in_name", "parent_closed", "same_agency"}  # codes of warnings


class Refused(Exception):
    """Nothing was written; str() is a Thai sentence with the remedy."""


class Unavailable(Refused):
    """The database was busy or gone; nothing was written, and it may be tried again."""


class _ChangedMeanwhile(Exception):
    pass


@dataclass(frozen=True)
class Outcome:
    """How many of each kind were written."""

    added: int
    changed: int
    agencies: int
    proposed: int


def commit(intake: Intake, *, by, version: int | None = None) -> Outcome:
    """Write all accepted rows as drafts with the intake's source, in one transaction.

    `version` is that of the intake when the confirmation was shown. Raises Refused, with nothing
    written, when anything is undecided or other than it was shown.
    """
    try:
        with faults_in_words():
            return _commit(intake, by, version)
    except (_ChangedMeanwhile, IntegrityError):
        with faults_in_words():
            look_again(intake, by=by)
        raise Refused(
            _("ข้อมูลในทะเบียนเปลี่ยนไปหลังจากที่ตรวจชุดนี้ ยังไม่มีสิ่งใดถูกบันทึก ตรวจแถวที่ยังไม่ตัดสินอีกครั้ง แล้วบันทึกใหม่")
        ) from None


@contextmanager
def faults_in_words() -> Iterator[None]:
    """Whatever keeps the database from answering is said in a sentence."""
    try:
        yield
    except ValidationError as fault:
        raise Refused(" ".join(fault.messages)) from fault
    except (OperationalError, InterfaceError) as fault:
        raise Unavailable(
            _("ฐานข้อมูลไม่ว่างหรือขาดการเชื่อมต่อ จึงยังไม่มีสิ่งใดถูกบันทึก สิ่งที่ตัดสินไว้ยังอยู่ครบ รอสักครู่แล้วลองอีกครั้ง")
        ) from fault
    except IntegrityError:
        raise
    except DatabaseError as fault:
        raise Unavailable(
            _("ฐานข้อมูลขัดข้อง จึงยังไม่มีสิ่งใดถูกบันทึก ลองอีกครั้ง ถ้ายังไม่ได้ให้แจ้งผู้ดูแลระบบ")
        ) from fault


def _commit(intake: Intake, by, version: int | None) -> Outcome:
    with acting(by=by, channel=Change.Channel.INTAKE, why=intake.title):
        locked = lock(intake)
        rows = list(locked.rows.order_by("place"))
        _refuse_unless_ready(locked, rows, version)
        shown = {row.place: judgement(row) for row in rows}
        targets = evaluate(locked, rows, lock=True)
        if any(shown[row.place] != judgement(row) or row.needs_a_decision for row in rows):
            raise _ChangedMeanwhile
        taken = [row for row in rows if row.is_taken]
        created = _create_agencies(taken)
        before = {
            row.place: snapshots.of(targets[row.place].award)
            for row in taken
            if targets[row.place].award
        }
        # Rows that were accepted in spite of warnings carry their own reason into the record.
        for reason, group in groupby(sorted(taken, key=_reason), key=_reason):
            together = list(group)
            with acting(by=by, why=reason or intake.title):
                _write(locked, together, targets)
                _keep_warnings(together, by)
        _keep_what_was_written(taken, before)
        proposed = [row for row in rows if row.decision == Decision.PROPOSE]
        _propose(locked, proposed, targets, by)
        locked.state, locked.version = Intake.State.COMMITTED, locked.version + 1
        locked.committed_at, locked.committed_by = timezone.now(), by
        locked.save(update_fields=["state", "version", "committed_at", "committed_by"])
        return Outcome(
            added=len(taken) - len(before),
            changed=len(before),
            agencies=created,
            proposed=len(proposed),
        )


def _reason(row: IntakeRow) -> str:
    return row.reason


def _refuse_unless_ready(intake: Intake, rows: list[IntakeRow], version: int | None) -> None:
    if intake.state == Intake.State.COMMITTED:
        raise Refused(
            _("%(who)s บันทึกชุดนี้ไปแล้ว จึงไม่บันทึกซ้ำ") % {"who": intake.committed_by.get_username()}
        )
    if intake.state != Intake.State.REVIEW:
        raise Refused(_("ชุดนี้อยู่ในขั้น “%(state)s” จึงบันทึกไม่ได้") % {"state": intake.get_state_display()})
    if version is not None and version != intake.version:
        raise Refused(_("มีผู้ตัดสินแถวของชุดนี้หลังจากเปิดหน้ายืนยัน ดูจำนวนใหม่ แล้วยืนยันอีกครั้ง"))
    if intake.source_id is None:
        raise Refused(_("ยังไม่ได้เลือกแหล่งที่มาของชุดนี้ เลือกก่อน แล้วบันทึกอีกครั้ง"))
    if waiting := sum(row.needs_a_decision for row in rows):
        raise Refused(
            _("ยังมี %(number)s แถวที่ไม่ได้ตัดสิน ตัดสินให้ครบก่อน แล้วบันทึกอีกครั้ง") % {"number": waiting}
        )
    if not any(row.is_taken or row.decision == Decision.PROPOSE for row in rows):
        raise Refused(_("ไม่มีแถวใดที่จะบันทึก ทะเบียนมีข้อมูลครบแล้ว หรือทุกแถวถูกข้าม"))


def _create_agencies(taken: list[IntakeRow]) -> int:
    rows = [row for row in taken if row.decision == Decision.CREATE]
    agencies = add_agencies(
        [
            Agency(
                name_th=row.new_agency["name_th"],
                kind=row.new_agency.get("kind") or Agency.Kind.OFFICE,
                parent_id=row.new_agency.get("parent"),
                province=row.new_agency.get("province", ""),
                service_id=row.new_agency.get("service"),
            )
            for row in rows
        ]
    )
    for row, agency in zip(rows, agencies, strict=True):
        row.agency, row.made_agency = agency, True
    return len(rows)


def _write(intake: Intake, rows: list[IntakeRow], targets: dict[int, Target]) -> None:
    new, changed = [], []
    for row in rows:
        target = targets[row.place]
        award = target.award or Award(agency_id=row.agency_id)
        for name, value in target.values.items():
            setattr(award, name, value)
        row.award = award
        (changed if target.award else new).append(award)
    Award.objects.bulk_create(new)
    snapshots.write(changed)
    for row in rows:
        row.award_id = row.award.pk
    people = {
        row.award_id: targets[row.place].recipients
        for row in rows
        if targets[row.place].recipients is not None
    }
    snapshots.replace_recipients(people)
    snapshots.add_sources(
        (row.award_id, intake.source_id) for row in rows if targets[row.place].adds_source
    )


def _keep_warnings(rows: list[IntakeRow], by) -> None:
    """Beside the record each warning is about, so that its form does not ask again."""
    for row in rows:
        warnings = [Finding(**each) for each in row.findings if not each["is_error"]]
        of_agency = [each for each in warnings if each.code in OF_A_NEW_AGENCY]
        of_award = [each for each in warnings if each.code not in OF_A_NEW_AGENCY]
        for record, found in ((row.agency, of_agency), (row.award, of_award)):
            if found:
                accept_warnings(record, found, reason=row.reason, by=by)


def _propose(intake: Intake, rows: list[IntakeRow], targets: dict[int, Target], by) -> None:
    """One request of all that the rows say otherwise of published awards."""
    if not rows:
        return
    reasons = dict.fromkeys(row.reason for row in rows if row.reason)

    def write() -> None:
        _write(intake, rows, targets)
        for row in rows:
            row.award.full_clean()

    reason = "; ".join([intake.title, *reasons])
    propose_change(write, by=by, reason=reason, source=intake.source)
    save_rows(rows)


def _keep_what_was_written(taken: list[IntakeRow], before: dict[int, dict]) -> None:
    written = Award.objects.filter(pk__among=[row.award_id for row in taken])
    after = {award.pk: snapshots.of(award) for award in snapshots.with_all(written)}
    for row in taken:
        row.before, row.after = before.get(row.place), after[row.award_id]
    save_rows(taken)
