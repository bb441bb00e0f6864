"""Validation rules for an agency, over plain values: for one record and for batches alike."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from certifications.checks.findings import Finding, error, warning
from certifications.checks.likeness import Near, near_agencies
from certifications.models import Agency
from certifications.search import province_names


@dataclass(frozen=True)
class AgencyFacts:
    """What the rules need to know of a body, wherever it is written down."""

    name_th: str
    province: str = ""
    parent_name: str = ""
    parent_is_merged: bool = False
    parent_closed_on: datetime.date | None = None
    closed_on: datetime.date | None = None
    near: tuple[Near, ...] = ()  # bodies that may be this very one, as `near_agencies` finds them
    merged_into_name: str = ""  # "" for a record that is not merged
    is_merged_twice: bool = False  # into a record that is merged itself
    still_holds: bool = False  # merged, with awards, bodies below or figures left behind
    is_misplaced: bool = False  # elsewhere in the tree than under its parent


def facts_of_agency(agency: Agency, near: tuple[Near, ...] | None = None) -> AgencyFacts:
    """Of one body, saved or not; looks for near ones unless they are given."""
    if near is None:
        near = tuple(near_agencies(agency.name_th, agency.province, exclude=agency))
    parent = agency.parent
    return AgencyFacts(
        name_th=agency.name_th,
        province=agency.province,
        parent_name=parent.name_th if parent else "",
        parent_is_merged=bool(parent and parent.merged_into_id),
        parent_closed_on=parent.closed_on if parent else None,
        closed_on=agency.closed_on,
        near=near,
    )


def of_agency(facts: AgencyFacts) -> list[Finding]:
    """Everything wrong about a body, the errors first."""
    found = [finding for rule in RULES for finding in rule(facts)]
    return sorted(found, key=lambda finding: not finding.is_error)


# --- the rules -----------------------------------------------------------------------------------


def _parent_merged(facts: AgencyFacts) -> Iterator[Finding]:
    if facts.parent_is_merged:
        yield error(
            "parent_merged",
            "parent",
            _("สังกัด “%s” ถูกรวมเข้ากับระเบียนอื่นแล้ว ให้เลือกระเบียนที่รวมไปแทน") % facts.parent_name,
        )


def _parent_closed(facts: AgencyFacts) -> Iterator[Finding]:
    if facts.parent_closed_on and facts.closed_on is None:
        message = _("สังกัด “%s” ปิดไปแล้ว แต่หน่วยงานนี้ยังเปิดอยู่ ตรวจว่าย้ายไปสังกัดใด")
        yield warning(
            "parent_closed",
            "parent",
            message % facts.parent_name,
            f"{facts.parent_name} {facts.parent_closed_on}",
        )


def _another_province_in_name(facts: AgencyFacts) -> Iterator[Finding]:
    named = province_names.named_in(facts.name_th)
    if not named or facts.province in named:
        return
    values = {
        "said": ", ".join(province_names.name_of(code) for code in sorted(named)),
        "held": province_names.name_of(facts.province),
    }
    if facts.province:
        message = _("ชื่อระบุจังหวัด%(said)s แต่ช่องจังหวัดเป็น%(held)s ตรวจว่าข้อใดถูก")
    else:
        message = _("ชื่อระบุจังหวัด%(said)s แต่ยังไม่ได้เลือกจังหวัด ให้เลือกจังหวัดที่ตั้ง")
    about = f"{facts.province}: {' '.join(sorted(named))}"
    yield warning("another_province_in_name", "province", message % values, about)


def _same_agency(facts: AgencyFacts) -> Iterator[Finding]:
    for near in facts.near:
        message = _("อาจเป็นหน่วยงานเดียวกับ “%(agency)s” (รหัส %(code)s): %(reason)s")
        values = {"agency": near.name, "code": near.code, "reason": near.reason}
        yield warning("same_agency", "name_th", message % values, near.code)


def _merged_badly(facts: AgencyFacts) -> Iterator[Finding]:
    """What a merge by other ways than the desk's own would leave behind."""
    if facts.is_merged_twice:
        message = _("ระเบียนนี้รวมเข้ากับ “%s” ซึ่งถูกรวมต่อไปแล้ว ให้รวมเข้ากับระเบียนสุดท้าย")
        yield error("merged_twice", "merged_into", message % facts.merged_into_name)
    if facts.still_holds:
        message = _(
            "ระเบียนนี้ถูกรวมเข้ากับ “%s” แล้ว แต่ยังมีผลการรับรอง หน่วยงานในสังกัด หรือตัวเลขค้างอยู่ ให้ย้ายไปด้วย"
        )
        yield error("merged_yet_holding", "merged_into", message % facts.merged_into_name)


def _misplaced(facts: AgencyFacts) -> Iterator[Finding]:
    if facts.is_misplaced:
        message = _("ตำแหน่งในผังไม่ตรงกับสังกัด หรือสังกัดวนกลับมาที่ตัวเอง เลือกสังกัดใหม่แล้วบันทึก")
        yield error("misplaced", "parent", message)


RULES = (
    _parent_merged,
    _merged_badly,
    _misplaced,
    _another_province_in_name,
    _parent_closed,
    _same_agency,
)
