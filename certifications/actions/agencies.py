"""Actions on agencies: renaming, closing, reopening, succession.

Its page and its awards stay where they are. For two records of one body see `actions.merge`.
"""

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from certifications.audit.acting import acting
from certifications.models import Agency, AgencyName, AgencySuccession, Source, search_index
from certifications.reference import thai


def rename(
    agency: Agency,
    name_th: str,
    *,
    on: datetime.date,
    source: Source,
    by,
    name_en: str = "",
    reason: str = "",
) -> Agency:
    """The same body under a new name from a day on; the old name stays, known as former."""
    name_th, name_en = thai.clean(name_th), thai.clean(name_en)
    with acting(by=by, why=reason):
        agency = _locked(agency)
        if name_th == agency.name_th:
            raise ValidationError({"name_th": _("ชื่อใหม่เหมือนชื่อเดิม")})
        last_day = on - datetime.timedelta(days=1)
        former = {"kind": AgencyName.Kind.FORMER, "name": agency.name_th}
        former_name = agency.names.filter(**former).first() or AgencyName(agency=agency, **former)
        former_name.until, former_name.source = last_day, source
        former_name.full_clean()
        former_name.save()
        if name_en and agency.name_en and name_en != agency.name_en:
            english = {"kind": AgencyName.Kind.ENGLISH, "name": agency.name_en}
            AgencyName.objects.get_or_create(agency=agency, **english)
        agency.name_th, agency.name_en = name_th, name_en or agency.name_en
        agency.full_clean()
        agency.save()
        # A name it bore once before is no longer another one.
        agency.names.filter(name=agency.name_th).delete()
        return agency


def succeed(
    predecessor: Agency,
    successors: Sequence[Agency],
    *,
    kind: str,
    on: datetime.date | None,
    source: Source,
    closes: bool,
    by,
    reason: str = "",
) -> list[AgencySuccession]:
    """Record that one body became, joined or gave rise to others; with `closes` it ended by it."""
    _refuse_odd_numbers(kind, successors, closes)
    with acting(by=by, why=reason):
        predecessor = _locked(predecessor)
        for successor in successors:
            _refuse_merged(successor)
        made = [
            AgencySuccession(
                kind=kind,
                predecessor=predecessor,
                successor=successor,
                happened_on=on,
                source=source,
            )
            for successor in successors
        ]
        for succession in made:
            succession.full_clean()
            succession.save()
        if closes:
            _close(predecessor, on)
        return made


def close(agency: Agency, *, on: datetime.date, reason: str, by) -> Agency:
    """The body ended on a day; its page and its awards stay."""
    with acting(by=by, why=_needed(reason)):
        agency = _locked(agency)
        if agency.closed_on == on:
            raise ValidationError(_("บันทึกว่าปิดในวันนี้ไว้แล้ว"))
        _close(agency, on)
        return agency


def reopen(agency: Agency, *, reason: str, by) -> Agency:
    """It did not end after all, or goes on."""
    with acting(by=by, why=_needed(reason)):
        agency = _locked(agency)
        if agency.closed_on is None:
            raise ValidationError(_("หน่วยงานนี้ไม่ได้ปิดอยู่"))
        agency.closed_on = None
        agency.save()
        return agency


def _locked(agency: Agency) -> Agency:
    """The record as it is now; nobody else changes it until we are done."""
    search_index.lock_the_tree()
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    _refuse_merged(agency)
    return agency


def _refuse_merged(agency: Agency) -> None:
    if agency.merged_into_id:
        raise ValidationError(
            _("ระเบียน “%(record)s” ถูกรวมแล้ว ให้ใช้ “%(target)s” แทน"),
            params={"record": agency, "target": agency.merged_into},
        )


def _refuse_odd_numbers(kind: str, successors: Sequence[Agency], closes: bool) -> None:
    if not successors:
        raise ValidationError({"successors": _("เลือกหน่วยงานที่มาแทนหรือเกิดใหม่")})
    is_split = kind == AgencySuccession.Kind.SPLIT
    if not is_split and len(successors) > 1:
        raise ValidationError(
            {"successors": _("การเปลี่ยนเป็นหน่วยงานใหม่หรือยุบรวม มีหน่วยงานปลายทางได้หนึ่งเดียว")}
        )
    if is_split and closes and len(successors) < 2:
        raise ValidationError(
            {"successors": _("เมื่อแยกออกแล้วปิดหน่วยงานเดิม ต้องมีหน่วยงานใหม่อย่างน้อยสองแห่ง")}
        )


def _close(agency: Agency, on: datetime.date | None) -> None:
    if on is None:
        raise ValidationError({"on": _("ระบุวันที่มีผล เพื่อบันทึกว่าหน่วยงานเดิมปิดเมื่อใด")})
    agency.closed_on = on
    agency.full_clean()
    agency.save()


def _needed(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("ต้องระบุเหตุผล")})
    return reason.strip()
