"""What staff are asked before an act on an agency, and what each act will change."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.actions import planned
from certifications.actions.merge_plan import SOURCE, TARGET, Clash, Difference, Plan
from certifications.admin.base.desk import ChosenOne, ChosenSeveral
from certifications.checks import near_agencies
from certifications.models import Agency, AgencyName, AgencySuccession, Proposal, Source
from certifications.models.values import plain
from certifications.reference import buddhist
from certifications.reference.fields import BuddhistDateField, ThaiTextField
from certifications.reference.language import reader_language
from certifications.reference.limits import LONGEST_REASON


def shown(value: object) -> str:
    """A value as a reader of the desk expects it."""
    if value in (None, ""):
        return "–"
    if hasattr(value, "isoformat"):
        return buddhist.format_day(value, reader_language())
    return str(value)


@dataclass(frozen=True)
class Line:
    """One thing that an act will change."""

    what: object
    before: str
    after: str


def _agencies(label, several: bool = False) -> forms.Field:
    field, widget = (
        (forms.ModelMultipleChoiceField, ChosenSeveral)
        if several
        else (forms.ModelChoiceField, ChosenOne)
    )
    column = AgencySuccession._meta.get_field("successor")
    unmerged = Agency.objects.filter(merged_into=None)
    return field(unmerged, label=label, widget=widget(column, admin.site))


def _source() -> forms.Field:
    widget = ChosenOne(AgencySuccession._meta.get_field("source"), admin.site)
    return forms.ModelChoiceField(
        Source.objects.all(), label=gettext_lazy("แหล่งที่มา"), widget=widget
    )


def _reason(required: bool = True) -> forms.Field:
    return ThaiTextField(
        label=gettext_lazy("เหตุผล"),
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("เก็บไว้ในประวัติการแก้ไข"),
    )


class ActForm(forms.Form):
    """What one act needs to be told, and what it will change."""

    act = ""  # its kind, as it is proposed
    title = ""
    done = ""

    def __init__(self, *args, agency: Agency, **kwargs):
        super().__init__(*args, **kwargs)
        self.agency = agency

    def lines(self) -> list[Line]:
        """Exactly what will change."""
        raise NotImplementedError

    def notes(self) -> list[str]:
        """What to think of before, if anything."""
        return []

    def arguments(self) -> planned.Arguments:
        """What the act is run with."""
        given = {name: _plain(value) for name, value in self.cleaned_data.items()}
        return {"agency": self.agency.pk} | given


def _plain(value: object) -> object:
    if isinstance(value, QuerySet):
        return [record.pk for record in value]
    return plain(value)


class RenameForm(ActForm):
    act = Proposal.Kind.RENAME
    title = gettext_lazy("เปลี่ยนชื่อหน่วยงาน")
    done = gettext_lazy("เปลี่ยนชื่อเป็น “%s” แล้ว ชื่อเดิมยังค้นหาได้")

    name_th = ThaiTextField(label=gettext_lazy("ชื่อใหม่ (ไทย)"), max_length=300)
    name_en = ThaiTextField(
        label=gettext_lazy("ชื่อใหม่ (อังกฤษ)"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("เว้นว่างเมื่อชื่ออังกฤษไม่เปลี่ยน"),
    )
    on = BuddhistDateField(label=gettext_lazy("ใช้ชื่อใหม่ตั้งแต่วันที่"))
    source = _source()
    reason = _reason(required=False)

    def lines(self) -> list[Line]:
        given, agency = self.cleaned_data, self.agency
        former = _("%(name)s ใช้ถึงวันก่อน %(day)s") % {
            "name": agency.name_th,
            "day": shown(given["on"]),
        }
        lines = [
            Line(_("ชื่อไทย"), agency.name_th, given["name_th"]),
            Line(AgencyName.Kind.FORMER.label, "–", former),
        ]
        if given["name_en"]:
            lines.append(Line(_("ชื่ออังกฤษ"), shown(agency.name_en), given["name_en"]))
        return lines

    def notes(self) -> list[str]:
        near = near_agencies(self.cleaned_data["name_th"], self.agency.province, self.agency)
        return [
            _("ชื่อใหม่คล้ายกับ “%(name)s” (รหัส %(code)s): %(reason)s")
            % {"name": one.name, "code": one.code, "reason": one.reason}
            for one in near
        ]


class SucceedForm(ActForm):
    act = Proposal.Kind.SUCCEED
    title = gettext_lazy("กลายเป็นหน่วยงานอื่น ยุบรวม หรือแยกออก")
    done = gettext_lazy("บันทึกเหตุการณ์ของ “%s” แล้ว ทุกหน่วยงานยังมีหน้าของตน")

    kind = forms.ChoiceField(
        label=gettext_lazy("เหตุการณ์"),
        choices=[
            (AgencySuccession.Kind.RENAMED, gettext_lazy("หน่วยงานเดิมสิ้นสุด แล้วตั้งหน่วยงานใหม่มาแทน")),
            (AgencySuccession.Kind.MERGED, gettext_lazy("ถูกยุบรวมเข้ากับหน่วยงานอื่น")),
            (
                AgencySuccession.Kind.SPLIT,
                gettext_lazy("แยกเป็นหลายหน่วยงาน หรือมีหน่วยงานใหม่แยกออกไป"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    successors = _agencies(gettext_lazy("หน่วยงานปลายทาง"), several=True)
    on = BuddhistDateField(label=gettext_lazy("วันที่มีผล"), required=False)
    source = _source()
    closes = forms.BooleanField(
        label=gettext_lazy("หน่วยงานเดิมปิดในวันที่มีผล"), required=False, initial=True
    )
    reason = _reason(required=False)

    def lines(self) -> list[Line]:
        given = self.cleaned_data
        event = AgencySuccession.Kind(given["kind"]).label
        lines = [
            Line(
                _("การสืบทอดหน่วยงาน"),
                "–",
                _("%(event)s: %(before)s → %(after)s (%(day)s)")
                % {
                    "event": event,
                    "before": self.agency,
                    "after": successor,
                    "day": shown(given["on"]),
                },
            )
            for successor in given["successors"]
        ]
        if given["closes"]:
            lines.append(Line(_("ปิดเมื่อ"), shown(self.agency.closed_on), shown(given["on"])))
        return lines

    def notes(self) -> list[str]:
        return [_("ผลการรับรองไม่ย้าย อยู่กับหน่วยงานที่ได้รับในเวลานั้น หน้าของทั้งสองฝ่ายจะโยงถึงกัน")]


class CloseForm(ActForm):
    act = Proposal.Kind.CLOSE
    title = gettext_lazy("ปิดหน่วยงาน")
    done = gettext_lazy("บันทึกว่า “%s” ปิดแล้ว")

    on = BuddhistDateField(label=gettext_lazy("ปิดเมื่อ"))
    reason = _reason()

    def lines(self) -> list[Line]:
        closed = shown(self.agency.closed_on)
        return [Line(_("ปิดเมื่อ"), closed, shown(self.cleaned_data["on"]))]

    def notes(self) -> list[str]:
        notes = [_("หน้าของหน่วยงานและผลการรับรองยังอยู่ และจะบอกว่าปิดแล้ว")]
        below = self.agency.children.filter(closed_on=None).count()
        if below:
            notes.append(_("หน่วยงานในสังกัดที่ยังเปิดอยู่ %s แห่งไม่เปลี่ยน ย้ายหรือปิดแยกต่างหาก") % below)
        later = self.agency.awards.filter(year__gt=buddhist.year_of(self.cleaned_data["on"]))
        if later.exists():
            notes.append(_("มีผลการรับรองของปีหลังจากที่ปิด ตรวจวันปิดหรือผลการรับรองนั้น"))
        return notes


class ReopenForm(ActForm):
    act = Proposal.Kind.REOPEN
    title = gettext_lazy("ยกเลิกการปิดหน่วยงาน")
    done = gettext_lazy("บันทึกว่า “%s” ไม่ได้ปิดแล้ว")

    reason = _reason()

    def lines(self) -> list[Line]:
        return [Line(_("ปิดเมื่อ"), shown(self.agency.closed_on), "–")]


FORMS = {"rename": RenameForm, "succeed": SucceedForm, "close": CloseForm, "reopen": ReopenForm}


class TargetForm(forms.Form):
    """With which record this one is to be one."""

    into = _agencies(gettext_lazy("ระเบียนที่จะคงไว้"))


class MergeForm(forms.Form):
    """What staff decide before two records become one."""

    name_kind = forms.ChoiceField(
        label=gettext_lazy("ชื่อของระเบียนที่ถูกรวม"),
        choices=[
            (AgencyName.Kind.AS_PRINTED, gettext_lazy("เป็นชื่อเดียวกันที่พิมพ์ต่างไป")),
            (AgencyName.Kind.FORMER, gettext_lazy("เป็นชื่อเดิมที่เคยใช้")),
        ],
        initial=AgencyName.Kind.AS_PRINTED,
        widget=forms.RadioSelect,
    )
    reason = _reason()
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan = plan
        for clash in plan.clashes:
            for difference in clash.differences:
                self.fields[_choice_name(clash, difference)] = _choice_field(clash, difference)

    @property
    def decisions(self) -> list[forms.BoundField]:
        """What differs first, then what every merge is asked."""
        chosen = [name for name in self.fields if name.startswith("choose-")]
        return [self[name] for name in [*chosen, "name_kind", "reason", "token"]]

    def look_again(self) -> None:
        """The plan now on the page is the one that the next confirmation is about."""
        self.data = self.data.copy()
        self.data["token"] = self.plan.token

    def arguments(self) -> planned.Arguments:
        """What the merge is run with."""
        given = self.cleaned_data
        return {
            "source": self.plan.source.pk,
            "target": self.plan.target.pk,
            "name_kind": given["name_kind"],
            "awards": {
                clash.key: {
                    difference.name: given[_choice_name(clash, difference)]
                    for difference in clash.differences
                }
                for clash in self.plan.clashes
            },
            "reason": given["reason"],
        }


def _choice_name(clash: Clash, difference: Difference) -> str:
    return f"choose-{clash.key}-{difference.name}"


def _choice_field(clash: Clash, difference: Difference) -> forms.Field:
    label = _("ปี %(year)s: %(field)s") % {
        "year": clash.target.year or _("ไม่ทราบปี"),
        "field": difference.label,
    }
    sides = [
        (SOURCE, _("%s (ระเบียนที่ถูกรวม)") % shown(difference.in_source)),
        (TARGET, _("%s (ระเบียนที่คงไว้)") % shown(difference.in_target)),
    ]
    return forms.ChoiceField(
        label=label,
        choices=sides,
        initial=difference.likely,
        widget=forms.RadioSelect,
    )
