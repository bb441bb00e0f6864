"""Rows of an intake for display: filters, wording, open decisions."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.intake.reading.headings import FIELDS
from certifications.intake.review import stored
from certifications.models import (
    Award,
    AwardEvent,
    CertificationLevel,
    Intake,
    IntakeRow,
    Proposal,
    ProposalItem,
    Source,
)
from certifications.models.proposals import is_waiting
from certifications.reference import provinces

Verdict, Decision, Match = IntakeRow.Verdict, IntakeRow.Decision, IntakeRow.Match
PAGE_SIZE = 100
MOST_PROPOSED = 900  # at once: Django takes a thousand fields of a form

LABELS = {
    **FIELDS,
    "event": gettext_lazy("พิธีมอบ"),
    "recipients": gettext_lazy("ผู้รับมอบ"),
    "name_as_printed": gettext_lazy("ชื่อตามที่พิมพ์"),
    "source": gettext_lazy("แหล่งที่มา"),
}
SURE = (Match.CODE, Match.EXACT, Match.OTHER_NAME, Match.CHOSEN)


@dataclass(frozen=True)
class Filter:
    """Some of the rows: by what they would do, or what is wrong with them."""

    key: str
    label: str
    condition: Q


FILTERS = (
    Filter("all", gettext_lazy("ทั้งหมด"), Q()),
    Filter("waiting", gettext_lazy("ยังไม่ตัดสิน"), Q(decision=Decision.WAITING)),
    Filter("errors", gettext_lazy("มีข้อผิด"), Q(has_errors=True)),
    Filter("doubts", gettext_lazy("มีข้อสงสัย"), Q(has_doubts=True)),
    Filter("near", gettext_lazy("ชื่อใกล้เคียง"), Q(match=Match.NEAR)),
    *(Filter(value, label, Q(verdict=value)) for value, label in Verdict.choices),
    Filter("create", gettext_lazy("เพิ่มหน่วยงานใหม่"), Q(decision=Decision.CREATE)),
    Filter("propose", gettext_lazy("เสนอแก้"), Q(decision=Decision.PROPOSE)),
    Filter("skip", gettext_lazy("ข้าม"), Q(decision=Decision.SKIP)),
)
BY_KEY = {each.key: each for each in FILTERS}


def counted(intake: Intake) -> dict[str, int]:
    """Filter → how many rows it has; one query."""
    wanted = {each.key: Count("pk", filter=each.condition) for each in FILTERS}
    return intake.rows.aggregate(**wanted)


def chosen(intake: Intake, key: str) -> QuerySet:
    return intake.rows.filter(BY_KEY[key].condition).order_by("place")


class Published:
    """How far the awards that an intake wrote have come; asked only where it is shown."""

    def __init__(self, intake: Intake):
        self.awards = Award.objects.filter(
            intake_rows__intake=intake, intake_rows__after__isnull=False
        ).order_by("pk")

    @cached_property
    def all(self) -> int:
        return self.awards.count()

    @cached_property
    def public(self) -> int:
        return self.awards.filter(published_at__isnull=False, hidden_at=None).count()

    @cached_property
    def proposals(self) -> list[Proposal]:
        waiting = (
            ProposalItem.objects.waiting()
            .of(Award)
            .filter(record_key__in=self.awards.order_by().values("pk"))
        )
        return list(Proposal.objects.filter(pk__in=waiting.values("proposal")))

    @cached_property
    def drafts(self) -> list[int]:
        """Those that nobody proposes yet."""
        drafts = self.awards.filter(published_at=None).exclude(is_waiting(Award))
        return list(drafts.values_list("pk", flat=True)[:MOST_PROPOSED])


class Words:
    """Levels, ceremonies and sources by what changes name them by; read once a page."""

    @cached_property
    def levels(self) -> dict[str, str]:
        return {level.code: level.name for level in CertificationLevel.objects.all()}

    @cached_property
    def events(self) -> dict[str, str]:
        return {event.code: str(event) for event in AwardEvent.objects.all()}

    @cached_property
    def sources(self) -> dict[str, str]:
        return {}

    def of(self, field: str, value: str) -> str:
        if not value:
            return ""
        if field == "level":
            return self.levels.get(value, value)
        if field == "event":
            return self.events.get(value, value)
        if field == "source":
            if value not in self.sources:
                self.sources[value] = str(Source.objects.filter(pk=value).first() or value)
            return self.sources[value]
        return value


class Shown:
    """One row on the page."""

    def __init__(self, row: IntakeRow, words: Words):
        self.row, self.words = row, words
        self.read = stored.corrected(row)

    @property
    def original(self) -> list[tuple[str, str]]:
        """(column, text) as it stood in the file or the list."""
        return [(heading, text) for heading, text in self.read.raw.items() if text]

    @property
    def facts(self) -> list[str]:
        """What the row says besides the name, in words, whatever it is matched with."""
        read = self.read
        province = provinces.BY_CODE.get(read.province)
        parts = (
            str(read.year or ""),
            self.level,
            _("%(score)s คะแนน") % {"score": f"{read.score.normalize():f}"}
            if read.score is not None
            else "",
            province.name if province else "",
            self.people,
        )
        return [each for each in parts if each]

    @property
    def level(self) -> str:
        return self.words.of("level", self.read.level)

    @property
    def people(self) -> str:
        return " ".join(filter(None, (self.read.recipient, self.read.recipient_position)))

    @property
    def where(self) -> str:
        """The body's parent and province, by which people tell bodies of one name apart."""
        agency = self.row.agency
        if agency is None:
            return ""
        province = provinces.BY_CODE.get(agency.province)
        parts = (agency.parent.name if agency.parent else "", province.name if province else "")
        return " · ".join(filter(None, parts))

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """(field, old, new) in words."""
        return [
            (LABELS.get(field, field), self.words.of(field, old), self.words.of(field, new))
            for field, old, new in self.row.changes
        ]

    @property
    def errors(self) -> list[str]:
        return [each["message"] for each in self.row.findings if each["is_error"]]

    @property
    def warnings(self) -> list[str]:
        return [each["message"] for each in self.row.findings if not each["is_error"]]

    @property
    def wants_a_reason(self) -> bool:
        has_warnings = self.row.has_doubts and self.row.verdict != Verdict.DUPLICATE
        return has_warnings or bool(self.row.reason)

    @property
    def is_by_machine(self) -> bool:
        """Decided without anybody, since there is no warning."""
        return self.row.decided_by_id is None and self.row.decision != Decision.WAITING

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """(decision, in words, whether it is so now) of those that make sense for this row."""
        row = self.row
        if row.verdict == Verdict.UNCHANGED:
            return []
        may = [Decision.WAITING]
        is_plain = row.verdict in (Verdict.ADD, Verdict.CHANGE) and not row.has_errors
        if row.agency_id and (is_plain or row.verdict == Verdict.CONFLICT):
            may.append(Decision.ACCEPT)
        if row.new_agency.get("name_th") and row.match not in SURE:
            may.append(Decision.CREATE)
        if row.verdict == Verdict.PROPOSAL and not row.has_errors:
            may.append(Decision.PROPOSE)
        may.append(Decision.SKIP)
        if row.decision not in may:
            may.append(Decision(row.decision))
        return [(value, self._in_words(value), value == row.decision) for value in may]

    def _in_words(self, decision: str) -> str:
        words = {
            (Decision.ACCEPT, Verdict.ADD): _("รับ: เพิ่มผลการรับรอง"),
            (Decision.ACCEPT, Verdict.CHANGE): _("รับ: แก้ร่าง"),
            (Decision.ACCEPT, Verdict.CONFLICT): _("รับ: เขียนทับค่าปัจจุบัน"),
        }
        return words.get((decision, self.row.verdict), Decision(decision).label)

    @property
    def new_agency(self) -> dict:
        """What the body to be made would be, in words."""
        new = self.row.new_agency
        province = provinces.BY_CODE.get(new.get("province"))
        return new | {"place": province.name if province else ""}

    @property
    def award_address(self) -> str:
        if not self.row.award_id:
            return ""
        return reverse("admin:certifications_award_change", args=[self.row.award_id])
