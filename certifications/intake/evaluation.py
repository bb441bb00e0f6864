"""What each row of an intake would do to the register as it stands, with errors and doubts.

The same judgement serves the review page and the commit: a row of which it now says something else
than staff saw is not written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext as _

from certifications.actions.propose import CORRECTED
from certifications.checks import AgencyFacts, AwardFacts, Finding, Near, of_agency, of_award
from certifications.checks.doubts import is_accepted, label_of
from certifications.checks.findings import doubt, error
from certifications.exports.versions import version_of
from certifications.intake import snapshots, stored
from certifications.intake.matching import bodies_called
from certifications.intake.rows import ReadRow
from certifications.models import (
    AcceptedDoubt,
    Agency,
    Award,
    CertificationLevel,
    Intake,
    IntakeRow,
)
from certifications.search import folding

Match, Verdict, Decision = IntakeRow.Match, IntakeRow.Verdict, IntakeRow.Decision

NO_AWARD = "none"  # `seen` of a row whose agency had no such award
SURE = {Match.CODE, Match.EXACT, Match.OTHER_NAME, Match.CHOSEN}
WRITES = {Verdict.ADD, Verdict.CHANGE, Verdict.CONFLICT}


@dataclass
class Target:
    """What is to be written for one row."""

    award: Award | None  # the one that is changed; None for a new one
    values: dict[str, object]  # field → value, of those the row says and that differ
    recipients: list[tuple[str, str]] | None = None  # None: as they are
    adds_source: bool = False

    def value_of(self, name: str) -> object:
        """What a field will hold."""
        return self.values.get(name, getattr(self.award, name, None))

    @property
    def is_empty(self) -> bool:
        return not self.values and self.recipients is None and not self.adds_source


def evaluate(
    intake: Intake, rows: list[IntakeRow], just_decided: Iterable[int] = (), lock: bool = False
) -> dict[int, Target]:
    """Judge the rows anew, in place; place of a row → what would be written for it.

    Rows of which something else is true than when they were decided wait for another decision,
    unless they were decided just now. Nothing is saved.
    """
    return _Evaluation(intake, rows, set(just_decided), lock).run()


class _Evaluation:
    def __init__(self, intake: Intake, rows: list[IntakeRow], just_decided: set[int], lock: bool):
        self.intake, self.rows, self.just_decided = intake, rows, just_decided
        self.read = {row.place: stored.corrected(row) for row in rows}
        self.levels = {level.code: level for level in CertificationLevel.objects.all()}
        self.levels_by_key = {level.pk: level for level in self.levels.values()}
        keys = {row.agency_id for row in rows if row.agency_id and not self._makes_new(row)}
        self.agencies = Agency.objects.select_related("parent").in_bulk(keys)
        self.awards = self._awards(keys, lock)
        self.ranks = self._ranks(keys)
        held = [award.pk for awards in self.awards.values() for award in awards]
        self.accepted = AcceptedDoubt.objects.about(label_of(Award), held)
        self._learn_about_new_bodies()
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
        said = {read.certificate_number for read in self.read.values() if read.certificate_number}
        held = Award.objects.filter(certificate_number__in=said).order_by()
        return dict(held.values_list("certificate_number", "pk")) if said else {}

    def run(self) -> dict[int, Target]:
        targets = {}
        self.groups = self._of_the_same_award()
        self.first_with_number = self._first_with_each_number()
        for row in self.rows:
            before = judgement(row)
            targets[row.place] = self._judge(row)
            self._settle_decision(row, is_same=before == judgement(row))
        return targets

    def _of_the_same_award(self) -> dict[int, list[IntakeRow]]:
        """Place of a row → the rows about one body and year, those that staff skipped left out."""
        groups = defaultdict(list)
        for row in self.rows:
            read = self.read[row.place]
            name = row.new_agency.get("name_th", "") if self._makes_new(row) else read.name
            who = self.agencies.get(row.agency_id) or (
                folding.fold(name),
                row.new_agency.get("province"),
            )
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

    def _unanswered(self, award: Award | None, findings: list[Finding]) -> list[Finding]:
        """Without the doubts that staff once answered for this very award."""
        if award is None:
            return findings
        return [each for each in findings if not is_accepted(award.pk, each, self.accepted)]

    def _award_of(self, read: ReadRow, agency: Agency | None) -> Award | None:
        """The award a row is about: that of its year, else the one it was once exported from."""
        held = self.awards.get(agency.pk, []) if agency else []
        of_year = next((award for award in held if award.year == read.year), None)
        if of_year or not read.version:
            return of_year
        return next((award for award in held if version_of(award) == read.version), None)

    def _target(self, read: ReadRow, registered: str, award: Award | None) -> Target:
        said = self._said(read, registered, award)
        held = {name: getattr(award, name) for name in said} if award else dict.fromkeys(said)
        values = {
            name: value for name, value in said.items() if _blank(value) != _blank(held[name])
        }
        people = _people(read)
        are = [(each.name, each.position) for each in award.recipients.all()] if award else []
        says_people = people or self._says_all("recipient", read)
        source = self.intake.source_id
        has_source = award and any(each.pk == source for each in award.sources.all())
        is_draft = award is None or award.published_at is None
        return Target(
            award,
            values,
            people if says_people and people != are else None,
            adds_source=bool(source and is_draft and not has_source),
        )

    def _said(self, read: ReadRow, registered: str, award: Award | None) -> dict[str, object]:
        """Field of an award → what the row says of it. A row of our own files says with an empty
        cell that a thing is unknown, but for a score, which it may not show; any other one says
        nothing."""
        level = self.levels.get(read.level)
        said = {
            "year": read.year,
            "known_by": read.known_by,
            "level_id": level and level.pk,
            "score": read.score,
            "certificate_number": read.certificate_number,
        }
        columns = {"level_id": "level"}
        kept = {
            name: value
            for name, value in said.items()
            if value not in (None, "")
            or (name != "score" and self._says_all(columns.get(name, name), read))
        }
        if self.intake.event_id and read.year:
            kept["event_id"] = self.intake.event_id
        if self._is_printed_otherwise(read, registered, award):
            kept["name_as_printed"] = read.name
        return kept

    @staticmethod
    def _is_printed_otherwise(read: ReadRow, registered: str, award: Award | None) -> bool:
        """Whether the row's name is worth keeping; the first name kept of an award stays."""
        if award and (award.published_at or award.name_as_printed):
            return False
        return bool(read.name) and read.name != registered

    def _says_all(self, column: str, read: ReadRow) -> bool:
        return bool(read.version) and column in self.intake.mapping.values()

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

    # --- findings --------------------------------------------------------------------------------

    def _findings_of_reading(self, row: IntakeRow, read: ReadRow) -> list[Finding]:
        is_settled = row.match == Match.CHOSEN or self._makes_new(row)
        kept = [] if is_settled else [Finding(**each) for each in row.match_findings]
        found = [error("fault", "", each, each) for each in read.faults]
        found += [doubt("reading", "", each, each) for each in read.doubts]
        if read.level and read.level not in self.levels:
            sentence = _("ทะเบียนยังไม่มีระดับ “%(level)s” ผู้อนุมัติต้องเพิ่มระดับก่อน")
            found.append(error("no_level", "level", sentence % {"level": read.level}, read.level))
        if read.year is None and read.known_by is None:
            sentence = _("แถวนี้ไม่มีปีที่รับรอง แก้แถวนี้ หรือระบุปีของทั้งชุด")
            found.append(error("no_year", "year", sentence))
        if self.intake.year and read.year and read.year != self.intake.year:
            sentence = _("แถวนี้เป็นปี %(year)s แต่ชุดนี้เป็นของปี %(batch)s ตรวจปีกับแหล่งที่มา")
            values = {"year": read.year, "batch": self.intake.year}
            found.append(doubt("another_year", "year", sentence % values, read.year))
        return kept + found

    def _facts(
        self, row: IntakeRow, read: ReadRow, agency: Agency | None, target: Target
    ) -> AwardFacts:
        award = target.award
        event = self.intake.event or (award and award.event)
        level, score = target.value_of("level_id"), target.value_of("score")
        others = self.ranks.get(agency.pk, []) if agency else []
        # A guess at a new body is judged when somebody says that it is to be made.
        new = row.new_agency if self._makes_new(row) else {}
        return AwardFacts(
            year=read.year,
            event_year=event.year if event and read.year else None,
            held_on=event.held_on if event and read.year else None,
            level=self.levels_by_key.get(level),
            score=score,
            agency_name=agency.name_th if agency else new.get("name_th", ""),
            agency_province=agency.province if agency else new.get("province", ""),
            closed_on=agency.closed_on if agency else None,
            is_merged=bool(agency and agency.merged_into_id),
            others=tuple((year, rank) for pk, year, rank in others if not award or pk != award.pk),
            printed_province=read.province,
        )

    def _about_a_new_body(self, row: IntakeRow) -> list[Finding]:
        """What is doubtful about the body proposed, once it is to be made."""
        if not self._makes_new(row):
            return []
        new = row.new_agency
        near = tuple(
            Near(each["agency"], each["code"], each["name"], "", each["reason"], False)
            for each in row.candidates
            if each["match"] != Match.NONE
        )
        parent = self.parents.get(new.get("parent"))
        facts = AgencyFacts(
            new.get("name_th", ""),
            province=new.get("province", ""),
            parent_name=parent.name_th if parent else "",
            parent_is_merged=bool(parent and parent.merged_into_id),
            parent_closed_on=parent.closed_on if parent else None,
            near=near,
        )
        return [*of_agency(facts), *self._not_as_proposed(row, parent)]

    def _not_as_proposed(self, row: IntakeRow, parent: Agency | None) -> Iterator[Finding]:
        """What has become of the register since the new body was proposed."""
        new = row.new_agency
        if not new.get("name_th"):
            yield error("no_name", "name_th", _("หน่วยงานใหม่ต้องมีชื่อ เปิดแถวนี้แล้วพิมพ์ชื่อ"))
        if new.get("parent") and parent is None:
            yield error("no_parent", "parent", _("ต้นสังกัดที่เสนอถูกลบแล้ว เปิดแถวนี้แล้วเลือกต้นสังกัดใหม่"))
        shown = {each["agency"] for each in row.candidates}
        if since := self.called.get(new.get("name_th", ""), set()) - shown:
            sentence = _("มีผู้เพิ่มหน่วยงานชื่อนี้ในทะเบียนแล้ว เปิดแถวนี้แล้วเลือกหน่วยงานนั้นแทน")
            yield error("exists_now", "name_th", sentence, sorted(since))

    def _findings_of_writing(
        self, row: IntakeRow, read: ReadRow, award: Award | None, verdict: str
    ) -> list[Finding]:
        found = []
        number = read.certificate_number
        holder = self.numbers.get(number)
        if number and holder and holder != (award and award.pk):
            sentence = _("เลขที่ใบรับรอง %(number)s ใช้กับผลการรับรองอื่นแล้ว ตรวจเลขกับเอกสาร")
            found.append(
                error("number_taken", "certificate_number", sentence % {"number": number}, number)
            )
        first = self.first_with_number.get(number, row)
        if first is not row:
            sentence = _("เลขที่ใบรับรอง %(number)s ซ้ำกับบรรทัดที่ %(line)s ตรวจเลขกับเอกสาร")
            values = {"number": number, "line": first.number}
            found.append(error("number_repeated", "certificate_number", sentence % values, number))
        if verdict == Verdict.CONFLICT:
            found.append(error("edited", "", self._how_it_was_edited(row, award), row.seen))
        return found

    def _how_it_was_edited(self, row: IntakeRow, award: Award | None) -> str:
        if award is None:
            return _("รายการที่แถวนี้ส่งออกมาถูกลบหรือย้ายแล้ว ถ้ายังต้องการ ให้ตัดสินว่ารับอีกครั้ง")
        if row.seen == NO_AWARD:
            return _("มีผู้เพิ่มผลการรับรองนี้หลังจากที่ตรวจ ดูค่าที่มีอยู่ แล้วตัดสินอีกครั้ง")
        return _("มีผู้แก้รายการนี้หลังจากที่ส่งออกหรือตรวจ ดูค่าปัจจุบัน แล้วตัดสินอีกครั้ง")

    def _repeated(self, row: IntakeRow, read: ReadRow) -> Finding | None:
        """The body and year of an earlier row of this intake."""
        first = self.groups.get(row.place, [row])[0]
        if first is row:
            return None
        values = {"line": first.number}
        if _said_alike(self.read[first.place], read):
            sentence = _("ซ้ำกับบรรทัดที่ %(line)s ทุกช่อง จึงข้ามให้")
            return doubt("repeated", "", sentence % values, first.number)
        sentence = _("บรรทัดที่ %(line)s ระบุหน่วยงานและปีเดียวกัน แต่ข้อมูลต่างกัน ข้ามบรรทัดที่ผิด")
        return error("repeated", "", sentence % values, first.number)

    def _repeated_below(self, row: IntakeRow, read: ReadRow) -> list[Finding]:
        """Later rows that say something else of the same award."""
        others = [
            other.number
            for other in self.groups.get(row.place, [row])[1:]
            if not _said_alike(self.read[other.place], read)
        ]
        sentence = _("บรรทัดที่ %(lines)s ระบุหน่วยงานและปีเดียวกัน แต่ข้อมูลต่างกัน ข้ามบรรทัดที่ผิด")
        lines = ", ".join(map(str, others))
        return [doubt("repeated_below", "", sentence % {"lines": lines}, lines)] if others else []

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

    # --- what is shown ---------------------------------------------------------------------------

    def _changes(self, target: Target) -> list[list]:
        """[field, old, new] of everything that would be written, in values of no language."""
        award = target.award

        def shown(name: str, value: object) -> str:
            if name == "level_id":
                return self.levels_by_key[value].code if value else ""
            if name == "event_id":
                known = {
                    each.pk: each.code
                    for each in (self.intake.event, award and award.event)
                    if each
                }
                return known.get(value, "")
            return "" if value is None else f"{value:.2f}" if name == "score" else str(value)

        changes = [
            [name.removesuffix("_id"), shown(name, getattr(award, name, None)), shown(name, value)]
            for name, value in target.values.items()
        ]
        if target.recipients is not None:
            people = award.recipients.all() if award else []
            old = [(person.name, person.position) for person in people]
            changes.append(["recipients", _listed(old), _listed(target.recipients)])
        if target.adds_source and award:
            changes.append(["source", "", str(self.intake.source_id)])
        return changes


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
    if sentence := why_not_proposed(row):
        return sentence
    if row.verdict == Verdict.PROPOSAL and decision != Decision.PROPOSE:
        return _("รายการนี้เผยแพร่แล้ว การแก้ต้องผ่านข้อเสนอที่ผู้อนุมัติตัดสิน เลือก “เสนอแก้” หรือข้ามแถวนี้")
    if decision == Decision.PROPOSE and row.verdict != Verdict.PROPOSAL:
        return _("เสนอแก้ได้เฉพาะรายการที่เผยแพร่แล้ว")
    if row.has_errors:
        return _("แก้ข้อผิดก่อน หรือข้ามแถวนี้")
    if row.has_doubts and not row.reason:
        return _("มีข้อสงสัย ระบุเหตุผลที่รับ")
    return ""


def can_be_proposed(row: IntakeRow) -> bool:
    """Whether all that a row would change of a published award may be put to an approver."""
    is_published = row.verdict == Verdict.PROPOSAL
    return is_published and {change[0] for change in row.changes} <= set(CORRECTED)


def why_not_proposed(row: IntakeRow) -> str:
    """Who may change what a row says otherwise of a published award, where no proposal can."""
    if row.verdict != Verdict.PROPOSAL or can_be_proposed(row):
        return ""
    if any(change[0] == "recipients" for change in row.changes):
        return _("ผู้รับมอบของรายการที่เผยแพร่แล้วเสนอแก้จากที่นี่ไม่ได้ ให้ผู้อนุมัติแก้ที่หน้าของรายการ แล้วข้ามแถวนี้")
    return _("บางช่องของรายการที่เผยแพร่แล้วเสนอแก้จากที่นี่ไม่ได้ ให้ผู้อนุมัติแก้ที่หน้าของรายการ แล้วข้ามแถวนี้")


def judgement(row: IntakeRow) -> tuple:
    """What was said of a row, in no language: when it is another, it must be decided again."""
    return (row.verdict, row.changes, _told(row.findings))


def _told(findings: list[dict]) -> list[tuple]:
    """Findings without their sentences, which are in the language of whoever looked."""
    return [(each["code"], each["is_error"], each["about"]) for each in findings]


def _blank(value: object) -> object:
    return None if value == "" else value


def _people(read: ReadRow) -> list[tuple[str, str]]:
    names = [part.strip() for part in read.recipient.split(";") if part.strip()]
    positions = [part.strip() for part in read.recipient_position.split(";")]
    positions += [""] * (len(names) - len(positions))
    return list(zip(names, positions, strict=False))


def _listed(people: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{name} ({position})" if position else name for name, position in people)


def _said_alike(one: ReadRow, other: ReadRow) -> bool:
    plain = {
        "number": 0,
        "raw": {},
        "faults": [],
        "doubts": [],
        "version": "",
        "name": "",
        "code": "",
    }
    return replace(one, **plain) == replace(other, **plain)
