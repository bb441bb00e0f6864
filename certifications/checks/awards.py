"""Validation rules for an award, over plain values: for one record and for batches alike."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from certifications.checks.findings import Finding, error, warning
from certifications.models import Award, CertificationLevel
from certifications.models.awards import EVENT_OF_ANOTHER_YEAR, SCORE_OF_ANOTHER_LEVEL
from certifications.models.doubts import SCORE_WITHOUT_LEVEL
from certifications.models.events import HELD_IN_ANOTHER_YEAR
from certifications.models.values import two_decimals
from certifications.reference import buddhist
from certifications.reference.language import reader_language
from certifications.reference.states import USUAL_DAY, USUAL_MONTH
from certifications.search import province_names


@dataclass(frozen=True)
class AwardFacts:
    """What the rules need to know of an award, wherever it is written down."""

    year: int | None
    event_year: int | None
    held_on: datetime.date | None
    level: CertificationLevel | None
    score: Decimal | None
    agency_name: str
    agency_province: str
    closed_on: datetime.date | None
    is_merged: bool  # its agency's record
    others: tuple[tuple[int | None, int | None], ...]  # (year, level's rank) of its other awards
    printed_province: str = ""  # the code of what a file or a list said


def facts_of(award: Award) -> AwardFacts:
    """Of one award, saved or not; one query."""
    others = award.agency.awards.exclude(pk=award.pk).order_by()
    return facts_beside(award, tuple(others.values_list("year", "level__rank")))


def facts_beside(award: Award, others: tuple[tuple[int | None, int | None], ...]) -> AwardFacts:
    """Of an award whose agency, event and level are read, beside the agency's other awards."""
    return AwardFacts(
        year=award.year,
        event_year=award.event.year if award.event else None,
        held_on=award.event.held_on if award.event else None,
        level=award.level,
        score=award.score,
        agency_name=award.agency.name_th,
        agency_province=award.agency.province,
        closed_on=award.agency.closed_on,
        is_merged=award.agency.merged_into_id is not None,
        others=others,
    )


def of_award(facts: AwardFacts) -> list[Finding]:
    """Everything wrong about an award, the errors first."""
    found = [finding for rule in RULES for finding in rule(facts)]
    return sorted(found, key=lambda finding: not finding.is_error)


# --- the rules -----------------------------------------------------------------------------------


def _agency_merged(facts: AwardFacts) -> Iterator[Finding]:
    if facts.is_merged:
        yield error(
            "merged_record",
            "agency",
            _("ระเบียน “%s” ถูกรวมเข้ากับระเบียนอื่นแล้ว ให้เลือกระเบียนที่รวมไปแทน") % facts.agency_name,
        )


def _second_award(facts: AwardFacts) -> Iterator[Finding]:
    if facts.year not in {year for year, _rank in facts.others}:
        return
    if facts.year is None:
        message = _("“%(agency)s” มีผลการรับรองที่ไม่ทราบปีอยู่แล้ว ให้แก้รายการนั้นแทนการเพิ่ม")
    else:
        message = _("“%(agency)s” มีผลการรับรองของปี %(year)s อยู่แล้ว ให้แก้รายการนั้นแทนการเพิ่ม")
    values = {"agency": facts.agency_name, "year": facts.year}
    yield error("second_award", "year", message % values, facts.year)


def _event_of_another_year(facts: AwardFacts) -> Iterator[Finding]:
    if facts.year is None:
        return
    if facts.event_year is not None and facts.event_year != facts.year:
        message = EVENT_OF_ANOTHER_YEAR % {"event": facts.event_year, "year": facts.year}
        yield error("event_of_another_year", "event", message, facts.event_year)
    elif facts.held_on and buddhist.year_of(facts.held_on) - facts.year not in (0, 1):
        message = HELD_IN_ANOTHER_YEAR % {"year": facts.year, "day": _day(facts.held_on)}
        yield error("held_in_another_year", "event", message, facts.held_on)


def _score_of_another_level(facts: AwardFacts) -> Iterator[Finding]:
    if facts.level and facts.score is not None and not facts.level.covers(facts.score):
        message = SCORE_OF_ANOTHER_LEVEL % {
            "level": facts.level.name_th,
            "low": facts.level.min_score,
            "high": facts.level.max_score,
            "score": facts.score,
        }
        yield error("score_of_another_level", "score", message, facts.score)


def _score_without_level(facts: AwardFacts) -> Iterator[Finding]:
    if facts.level is None and facts.score is not None:
        message = _("มีคะแนน %s แต่ไม่มีระดับ ถ้าแหล่งที่มาระบุระดับให้เลือกด้วย")
        score = two_decimals(facts.score)
        yield warning(SCORE_WITHOUT_LEVEL, "level", message % facts.score, score)


def _level_lower(facts: AwardFacts) -> Iterator[Finding]:
    """Lower than the award before it, whether or not that one still counts."""
    if facts.year is None or facts.level is None:
        return
    before = [(year, rank) for year, rank in facts.others if year and year < facts.year]
    year, rank = max(before, default=(None, None), key=lambda award: award[0])
    if rank is None or rank <= facts.level.rank:
        return
    values = {"level": facts.level.name_th, "year": facts.year, "before": year}
    message = _("%(level)sของปี %(year)s ต่ำกว่าระดับที่ได้ในปี %(before)s ตรวจระดับและชื่อหน่วยงานกับแหล่งที่มา")
    about = f"{facts.year}:{facts.level.rank} {year}:{rank}"
    yield warning("level_lower", "level", message % values, about)


def _closed_before(facts: AwardFacts) -> Iterator[Finding]:
    """Closed before the year began: impossible; within it, before the ceremony: a warning."""
    if facts.closed_on is None or facts.year is None:
        return
    values = {
        "agency": facts.agency_name,
        "day": _day(facts.closed_on),
        "year": facts.year,
    }
    about = f"{facts.closed_on} {facts.year}"
    if facts.closed_on < buddhist.first_day(facts.year):
        message = _(
            "“%(agency)s” ปิดเมื่อ %(day)s ก่อนปี %(year)s จึงรับการรับรองของปีนั้นไม่ได้ ตรวจปีหรือหน่วยงาน"
        )
        yield error("closed_before", "agency", message % values, about)
        return
    usual = datetime.date(buddhist.to_ce(facts.year), USUAL_MONTH, USUAL_DAY)
    if facts.closed_on < (facts.held_on or usual):
        message = _(
            "“%(agency)s” ปิดเมื่อ %(day)s ก่อนพิธีมอบของปี %(year)s ตรวจว่าเป็นหน่วยงานนี้ หรือเป็นหน่วยงานที่มาแทน"
        )
        yield warning("closed_before", "agency", message % values, about)


def _another_province_printed(facts: AwardFacts) -> Iterator[Finding]:
    printed, registered = facts.printed_province, facts.agency_province
    if not printed or not registered or printed == registered:
        return
    values = {
        "agency": facts.agency_name,
        "printed": province_names.name_of(printed),
        "held": province_names.name_of(registered),
    }
    message = _(
        "แหล่งที่มาระบุจังหวัด%(printed)s แต่ “%(agency)s” ในทะเบียนอยู่จังหวัด%(held)s ตรวจว่าเป็นหน่วยงานเดียวกัน"
    )
    yield warning("another_province_printed", "agency", message % values, f"{printed} {registered}")


RULES = (
    _agency_merged,
    _second_award,
    _event_of_another_year,
    _score_of_another_level,
    _closed_before,
    _level_lower,
    _score_without_level,
    _another_province_printed,
)


def _day(day: datetime.date) -> str:
    return buddhist.format_day(day, reader_language())
