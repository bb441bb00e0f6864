"""Findings about the rows of an intake."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from certifications.checks import AgencyFacts, AwardFacts, Finding, Near, of_agency
from certifications.checks.findings import error, warning
from certifications.checks.warnings import is_accepted
from certifications.intake.reading.rows import ReadRow
from certifications.intake.review.targets import NO_AWARD, Match, Target, Verdict
from certifications.models import Agency, Award, IntakeRow


class Findings:
    """What is wrong with a row, or wants to be confirmed."""

    def _unanswered(self, award: Award | None, findings: list[Finding]) -> list[Finding]:
        """Without the warnings that staff once answered for this very award."""
        if award is None:
            return findings
        return [each for each in findings if not is_accepted(award.pk, each, self.accepted)]

    def _findings_of_reading(self, row: IntakeRow, read: ReadRow) -> list[Finding]:
        is_settled = row.match == Match.CHOSEN or self._makes_new(row)
        kept = [] if is_settled else [Finding(**each) for each in row.match_findings]
        found = [error("fault", "", each, each) for each in read.faults]
        found += [warning("reading", "", each, each) for each in read.warnings]
        if read.level and read.level not in self.levels:
            sentence = _("ทะเบียนยังไม่มีระดับ “%(level)s” ผู้อนุมัติต้องเพิ่มระดับก่อน")
            found.append(error("no_level", "level", sentence % {"level": read.level}, read.level))
        if read.year is None and read.known_by is None:
            sentence = _("แถวนี้ไม่มีปีที่รับรอง แก้แถวนี้ หรือระบุปีของทั้งชุด")
            found.append(error("no_year", "year", sentence))
        if self.intake.year and read.year and read.year != self.intake.year:
            sentence = _("แถวนี้เป็นปี %(year)s แต่ชุดนี้เป็นของปี %(batch)s ตรวจปีกับแหล่งที่มา")
            values = {"year": read.year, "batch": self.intake.year}
            found.append(warning("another_year", "year", sentence % values, read.year))
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
        """Warnings about the body proposed, once it is to be made."""
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
        if _read_alike(self.read[first.place], read):
            sentence = _("ซ้ำกับบรรทัดที่ %(line)s ทุกช่อง จึงข้ามให้")
            return warning("repeated", "", sentence % values, first.number)
        sentence = _("บรรทัดที่ %(line)s ระบุหน่วยงานและปีเดียวกัน แต่ข้อมูลต่างกัน ข้ามบรรทัดที่ผิด")
        return error("repeated", "", sentence % values, first.number)

    def _repeated_below(self, row: IntakeRow, read: ReadRow) -> list[Finding]:
        """Later rows that say something else of the same award."""
        others = [
            other.number
            for other in self.groups.get(row.place, [row])[1:]
            if not _read_alike(self.read[other.place], read)
        ]
        sentence = _("บรรทัดที่ %(lines)s ระบุหน่วยงานและปีเดียวกัน แต่ข้อมูลต่างกัน ข้ามบรรทัดที่ผิด")
        lines = ", ".join(map(str, others))
        return [warning("repeated_below", "", sentence % {"lines": lines}, lines)] if others else []


def _read_alike(one: ReadRow, other: ReadRow) -> bool:
    plain = {
        "number": 0,
        "raw": {},
        "faults": [],
        "warnings": [],
        "version": "",
        "name": "",
        "code": "",
    }
    return replace(one, **plain) == replace(other, **plain)
