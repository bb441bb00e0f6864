"""Evaluating the rows of an intake against the register: verdicts, errors, warnings.

The same judgement serves the review page and the commit: a row of which it now says something else
than staff saw is not written.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict

from django.db.models import Q
from django.utils.translation import gettext as _

from certifications.checks import of_award
from certifications.checks.warnings import label_of
from certifications.exports.versions import version_of
from certifications.intake.matching.register import bodies_called
from certifications.intake.reading.rows import ReadRow
from certifications.intake.review import snapshots, stored
from certifications.intake.review.findings import Findings
from certifications.intake.review.targets import NO_AWARD, Decision, Match, Target, Targets, Verdict
from certifications.models import (
    AcceptedDoubt,
    Agency,
    Award,
    CertificationLevel,
    Intake,
    IntakeRow,
)
from certifications.models.doubts import about_as_written_now
from certifications.search import folding

SURE = {Match.CODE, Match.EXACT, Match.OTHER_NAME, Match.CHOSEN}
WRITES = {Verdict.ADD, Verdict.CHANGE, Verdict.CONFLICT}


def evaluate(
    intake: Intake, rows: list[IntakeRow], just_decided: Iterable[int] = (), lock: bool = False
) -> dict[int, Target]:
    """Judge the rows anew, in place; place of a row → what would be written for it.

    Rows of which something else is true than when they were decided wait for another decision,
    unless they were decided just now. Nothing is saved.
    """
    return Evaluation(intake, rows, lock).run(just_decided)


class Evaluation(Findings, Targets):
    """The rows of an intake beside the register, which is read once.

    Run again after a decision, it judges anew only the rows of which that decision makes another
    question; what was read of a row and the body it means must stay as they were.
    """

    def __init__(self, intake: Intake, rows: list[IntakeRow], lock: bool = False):
        self.intake, self.rows = intake, rows
        self.just_decided: set[int] = set()
        self.targets: dict[int, Target] = {}
        self.grounds: dict[int, tuple] = {}  # place of a row → what it was judged by
        self.read = {row.place: stored.corrected(row) for row in rows}
        self.levels = {level.code: level for level in CertificationLevel.objects.all()}
        self.levels_by_key = {level.pk: level for level in self.levels.values()}
        keys = {row.agency_id for row in rows if row.agency_id}
        self.agencies = Agency.objects.select_related("parent").in_bulk(keys)
        self.awards = self._awards(keys, lock)
        self.ranks = self._ranks(keys)
        held = [award.pk for awards in self.awards.values() for award in awards]
        self.accepted = AcceptedDoubt.objects.about(label_of(Award), held)
        self.numbers = self._certificate_numbers()

    @staticmethod
    def _makes_new(row: IntakeRow) -> bool:
        return row.decision == Decision.CREATE

    def _learn_about_new_bodies(self) -> None:
        new = [row.new_agency for row in self.rows if self._makes_new(row)]
        parents = {each["parent"] for each in new if each.get("parent")}
        self.parents = Agency.objects.in_bulk(parents) if parents else {}
        self.called = bodies_called({each.get("name_th", "") for each in new}) if new else {}

    def _awards(self, keys: set[int], lock: bool) -> dict[int, list[Award]]:
        """Agency → those of its awards that a row may be about."""
        awards = Award.objects.filter(agency__among=keys).order_by("pk")
        if lock:  # by themselves: PostgreSQL locks no rows of an outer join
            list(awards.select_for_update().values_list("pk"))
        if not any(read.version for read in self.read.values()):
            years = {read.year for read in self.read.values()}
            awards = awards.filter(Q(year__in=years - {None}) | Q(year__isnull=True))
        held = defaultdict(list)
        for award in snapshots.with_all(awards):
            held[award.agency_id].append(award)
        return held

    @staticmethod
    def _ranks(keys: set[int]) -> dict[int, list[tuple[int, int | None, int | None]]]:
        """Agency → key, year and level's rank of each of its awards."""
        ranks = defaultdict(list)
        awards = Award.objects.filter(agency__among=keys).order_by()
        for agency, *facts in awards.values_list("agency", "pk", "year", "level__rank"):
            ranks[agency].append(tuple(facts))
        return ranks

    def _certificate_numbers(self) -> dict[str, int]:
        """Number → the award that has it."""
        numbers = {
            read.certificate_number for read in self.read.values() if read.certificate_number
        }
        held = Award.objects.filter(certificate_number__in=numbers).order_by()
        return dict(held.values_list("certificate_number", "pk")) if numbers else {}

    def run(self, just_decided: Iterable[int] = ()) -> dict[int, Target]:
        self.just_decided = set(just_decided)
        self._learn_about_new_bodies()
        self.groups = self._of_the_same_award()
        self.first_with_number = self._first_with_each_number()
        for row in self.rows:
            before, grounds = judgement(row), self._grounds(row)
            if self.grounds.get(row.place) != grounds:
                self.targets[row.place] = self._judge(row)
                self.grounds[row.place] = grounds
            self._settle_decision(row, is_same=before == judgement(row))
        return self.targets

    def _grounds(self, row: IntakeRow) -> tuple:
        """What a decision, of this row or of another, may change of how it is judged."""
        read, place = self.read[row.place], row.place
        answered = place in self.just_decided and row.verdict in (
            Verdict.CONFLICT,
            Verdict.DUPLICATE,
        )
        return (
            self._makes_new(row),
            bool(read.version and row.decided_by_id),
            answered,
            [each.place for each in self.groups.get(place, [row])],
            self.first_with_number.get(read.certificate_number, row).place,
        )

    def _of_the_same_award(self) -> dict[int, list[IntakeRow]]:
        """Place of a row → the rows about one body and year, those that staff skipped left out."""
        groups = defaultdict(list)
        for row in self.rows:
            read = self.read[row.place]
            name = row.new_agency.get("name_th", "") if self._makes_new(row) else read.name
            agency = None if self._makes_new(row) else self.agencies.get(row.agency_id)
            who = agency or (folding.fold(name), row.new_agency.get("province"))
            if not (row.decision == Decision.SKIP and row.decided_by_id) and (
                row.agency_id or name
            ):
                groups[who, read.year].append(row)
        return {row.place: group for group in groups.values() for row in group}

    def _first_with_each_number(self) -> dict[str, IntakeRow]:
        first: dict[str, IntakeRow] = {}
        for row in self.rows:
            number = self.read[row.place].certificate_number
            if number and row.decision != Decision.SKIP:
                first.setdefault(number, row)
        return first

    # --- one row ---------------------------------------------------------------------------------

    def _judge(self, row: IntakeRow) -> Target:
        read = self.read[row.place]
        agency = None if self._makes_new(row) else self.agencies.get(row.agency_id)
        award = self._award_of(read, agency)
        registered = agency.name_th if agency else row.new_agency.get("name_th", "")
        target = self._target(read, registered, award)
        findings = self._findings_of_reading(row, read)
        if agency is None:
            findings += self._about_a_new_body(row)
        findings += of_award(self._facts(row, read, agency, target))
        verdict = self._verdict(row, read, agency, target)
        if repeats := self._repeated(row, read):
            verdict = Verdict.DUPLICATE
            findings.append(repeats)
        elif verdict in WRITES:
            findings += self._findings_of_writing(row, read, award, verdict)
            findings += self._repeated_below(row, read)
        findings = self._unanswered(award, findings)
        if verdict in (Verdict.UNCHANGED, Verdict.DUPLICATE):
            findings = [each for each in findings if each.code in ("repeated", "fault")]
        row.verdict, row.changes = verdict, self._changes(target) if verdict in SHOWN else []
        row.findings = [asdict(each) for each in findings]
        row.has_errors = any(each.is_error for each in findings)
        row.has_doubts = any(not each.is_error for each in findings)
        return target

    def _verdict(self, row: IntakeRow, read: ReadRow, agency: Agency | None, target: Target) -> str:
        if agency is None:
            return Verdict.ADD if self._makes_new(row) else Verdict.UNKNOWN
        if target.award and target.is_empty:
            row.seen = snapshots.digest(target.award)
            return Verdict.UNCHANGED
        if self._was_edited(row, read, target.award):
            return Verdict.CONFLICT
        if target.award is None:
            return Verdict.ADD
        return Verdict.CHANGE if target.award.published_at is None else Verdict.PROPOSAL

    def _was_edited(self, row: IntakeRow, read: ReadRow, award: Award | None) -> bool:
        """Whether the award is another than when the row was exported, or last shown."""
        now = snapshots.digest(award) if award else NO_AWARD
        if row.place in self.just_decided:
            row.seen = now  # whoever decides has just been shown it
            return False
        is_first = not row.seen
        row.seen = row.seen or now
        is_stale = bool(read.version) and (award is None or version_of(award) != read.version)
        if row.decided_by_id or not is_stale:
            return not is_first and row.seen != now
        return True

    # --- decisions -------------------------------------------------------------------------------

    def _settle_decision(self, row: IntakeRow, is_same: bool) -> None:
        if row.decided_by_id and row.place in self.just_decided:
            return
        if row.decided_by_id:
            is_skip = row.decision == Decision.SKIP
            if not is_skip and (not is_same or why_not(row, row.decision)):
                row.decision, row.decided_by, row.decided_at = Decision.WAITING, None, None
            return
        row.decision = self._proposed(row)

    @staticmethod
    def _proposed(row: IntakeRow) -> str:
        """What needs nobody's judgement is decided at once, and shown as such."""
        if row.verdict == Verdict.UNCHANGED:
            return Decision.SKIP
        if row.verdict == Verdict.DUPLICATE and not row.has_errors:
            return Decision.SKIP
        is_plain = not row.has_errors and not row.has_doubts and row.match in SURE
        if row.verdict in (Verdict.ADD, Verdict.CHANGE) and is_plain:
            return Decision.ACCEPT
        return Decision.WAITING


SHOWN = {Verdict.ADD, Verdict.CHANGE, Verdict.CONFLICT, Verdict.PROPOSAL}


def why_not(row: IntakeRow, decision: str) -> str:
    """The sentence that says why a judged row cannot be decided so; "" when it can."""
    if decision in (Decision.SKIP, Decision.WAITING):
        return ""
    if decision == Decision.ACCEPT and row.agency_id is None:
        return _("ยังไม่ได้เลือกหน่วยงาน")
    if row.verdict == Verdict.UNCHANGED:
        return _("ทะเบียนมีข้อมูลนี้อยู่แล้ว ไม่มีสิ่งใดต้องบันทึก")
    if row.verdict == Verdict.DUPLICATE:
        return _("ซ้ำกับแถวก่อนหน้า ข้ามแถวนี้ หรือข้ามแถวนั้นแทน")
    if row.verdict == Verdict.PROPOSAL and decision != Decision.PROPOSE:
        return _("รายการนี้เผยแพร่แล้ว การแก้ต้องผ่านเรื่องเสนอที่ผู้อนุมัติตัดสิน เลือก “เสนอแก้” หรือข้ามแถวนี้")
    if decision == Decision.PROPOSE and row.verdict != Verdict.PROPOSAL:
        return _("เสนอแก้ได้เฉพาะรายการที่เผยแพร่แล้ว")
    if row.has_errors:
        return _("แก้ข้อผิดก่อน หรือข้ามแถวนี้")
    if row.has_doubts and not row.reason:
        return _("มีข้อสงสัย ระบุเหตุผลที่รับ")
    return ""


def judgement(row: IntakeRow) -> tuple:
    """What was said of a row, in no language: when it is another, it must be decided again."""
    return (row.verdict, row.changes, _in_no_language(row.findings))


def _in_no_language(findings: list[dict]) -> list[tuple]:
    """Findings without their sentences, which are in the language of whoever looked."""
    return [
        (each["code"], each["is_error"], about_as_written_now(each["code"], each["about"]))
        for each in findings
    ]
