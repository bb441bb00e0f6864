"""The forms of the lists of agencies and of ceremonies: filters, choices, orders.

Ceremonies are filtered by a plain FilterSet. Agencies are not: a search ranks them, a level and a
year must hold for one and the same award, states are told by whole histories, and every count
leaves its own filter out; no chain of `filter()` says that. So `AgencyFilter` only declares and
checks the parameters, and `query` does the filtering.
"""

import datetime
import re
from collections.abc import Iterable, Mapping

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from certifications.listing.criteria import RAISED, UNKNOWN
from certifications.listing.states import LAST_YEAR
from certifications.models import Agency, AwardEvent
from certifications.models.agencies import CODE_REGEX
from certifications.reference import provinces
from certifications.reference.fields import BuddhistDateField, SearchField, be_year
from certifications.reference.states import Ending, State

SEVERAL = ("province", "service", "level", "year", "state", "change", "ministry", "department")
MOST_VALUES = 100  # of one filter; there are 77 provinces

SORTS = {
    "name": _("ชื่อ ก–ฮ"),
    "recent": _("ปีที่รับรองล่าสุด"),
    "level": _("ระดับสูงสุดก่อน"),
}

# `lapsed` means either ending, as it always has; what is offered beside it says which.
STATES = [
    (State.IN_FORCE, State.IN_FORCE.label),
    (LAST_YEAR, _("ยังมีผล ปีสุดท้าย")),
    (Ending.UNKNOWN, Ending.UNKNOWN.label),
    (Ending.EXPIRED, Ending.EXPIRED.label),
    (State.LAPSED, _("ครบอายุแล้ว ทั้งที่ทราบและไม่ทราบผลต่ออายุ")),
    *((state, state.label) for state in State if state not in (State.IN_FORCE, State.LAPSED)),
]
CHANGES = [(RAISED, _("ระดับสูงขึ้นจากครั้งก่อน"))]


class SeveralField(forms.MultipleChoiceField):
    """Any of several values; an empty one asks nothing."""

    def to_python(self, value: object) -> list[str]:
        chosen = list(dict.fromkeys(filter(None, super().to_python(value))))
        if len(chosen) > MOST_VALUES:
            raise ValidationError(
                _("เลือกได้ไม่เกิน %(most)s ค่าในตัวกรองเดียว"), params={"most": MOST_VALUES}
            )
        return chosen


class YearsField(SeveralField):
    """B.E. years as people write them."""

    def to_python(self, value: object) -> list[int]:
        return list(map(be_year, super().to_python(value)))

    def valid_value(self, value: object) -> bool:
        return True  # any year that can be read may be asked for


class YearsOrUnknownField(YearsField):
    """B.E. years as people write them, or "unknown"."""

    def to_python(self, value: object) -> list[int | str]:
        typed = SeveralField.to_python(self, value)
        return [year if year == UNKNOWN else be_year(year) for year in typed]


class BodiesField(SeveralField):
    """Codes of bodies above offices, read from the register when they are asked for."""

    are_ministries = False

    def validate(self, value: list[str]) -> None:
        """All values in one query; the first that is no such body is named."""
        codes = [code for code in value if re.fullmatch(CODE_REGEX, code)]
        bodies = Agency.objects.filter(code__in=codes).exclude(kind=Agency.Kind.OFFICE)
        kinds = dict(bodies.published().values_list("code", "kind")) if codes else {}
        ministry = Agency.Kind.MINISTRY
        self._known = {code for code in kinds if (kinds[code] == ministry) == self.are_ministries}
        super().validate(value)

    def valid_value(self, value: str) -> bool:
        return value in self._known


class MinistriesField(BodiesField):
    are_ministries = True


class SeveralFilter(django_filters.Filter):
    field_class = SeveralField


class YearsFilter(django_filters.Filter):
    field_class = YearsField


class YearsOrUnknownFilter(django_filters.Filter):
    field_class = YearsOrUnknownField


class BodiesFilter(django_filters.Filter):
    field_class = BodiesField


class MinistriesFilter(django_filters.Filter):
    field_class = MinistriesField


class DayFilter(django_filters.Filter):
    field_class = BuddhistDateField


class SearchFilter(django_filters.Filter):
    field_class = SearchField


def _refusal(thing: object) -> dict:
    """The sentence for a choice that is not one; put together only when it is read."""
    sentence = _("ไม่มี{thing} “%(value)s” ให้เลือกจากรายการ หรือเอาตัวกรองนี้ออก")
    return {"invalid_choice": format_lazy(sentence, thing=thing)}


class AgencyFilter(django_filters.FilterSet):
    """What may be asked of agencies. Several values of one filter mean any of them.

    More than a FilterSet, since it filters nothing: see above.
    """

    q = SearchFilter(label=_("ชื่อหน่วยงาน"), max_length=200)
    province = SeveralFilter(
        label=_("จังหวัด"),
        choices=[*provinces.choices(), (UNKNOWN, "")],
        error_messages=_refusal(_("จังหวัดรหัส")),
    )
    service = SeveralFilter(label=_("งานบริการ"), error_messages=_refusal(_("งานบริการ")))
    level = SeveralFilter(label=_("ระดับ"), error_messages=_refusal(_("ระดับ")))
    year = YearsOrUnknownFilter(label=_("ปีที่รับรอง"))
    state = SeveralFilter(
        label=_("สถานะ"),
        choices=STATES,
        error_messages=_refusal(_("สถานะ")),
    )
    change = SeveralFilter(
        label=_("เทียบกับครั้งก่อน"),
        choices=CHANGES,
        error_messages=_refusal(_("การเทียบ")),
    )
    ministry = MinistriesFilter(label=_("กระทรวง"), error_messages=_refusal(_("กระทรวงรหัส")))
    department = BodiesFilter(label=_("กรมหรือต้นสังกัด"), error_messages=_refusal(_("ต้นสังกัดรหัส")))
    on = DayFilter(label=_("ณ วันที่"))
    sort = django_filters.ChoiceFilter(
        label=_("เรียงตาม"),
        empty_label=_("ตรงกับคำค้นที่สุด"),  # by name where nothing is searched for
        choices=list(SORTS.items()),
        error_messages=_refusal(_("วิธีเรียง")),
    )

    class Meta:
        model = Agency
        fields: list[str] = []

    def __init__(self, data: Mapping, levels: Iterable, services: Iterable):
        super().__init__(data, queryset=Agency.objects.none())
        self.form.label_suffix = ""
        self.form.fields["q"].widget.attrs |= {
            "placeholder": _("เช่น จัดหางาน แพร่ หรือ โรงพยาบาล ระดับทอง 2565"),
            "autocomplete": "off",
        }
        for name, rows in (("level", levels), ("service", services)):
            codes = [*(row.code for row in rows), UNKNOWN]
            self.form.fields[name].choices = [(code, code) for code in codes]


class CeremonyFilter(django_filters.FilterSet):
    """Ceremonies of a round, or held in a province."""

    year = YearsFilter(label=_("ปีที่รับรอง"), lookup_expr="in")
    province = SeveralFilter(
        label=_("จังหวัด"),
        lookup_expr="in",
        choices=provinces.choices(),
        error_messages=_refusal(_("จังหวัดรหัส")),
    )

    class Meta:
        model = AwardEvent
        fields: list[str] = []


def day_asked(params: Mapping) -> datetime.date:
    """The day of `on=`, today without it; ValidationError when it cannot be read."""
    return BuddhistDateField(required=False).clean(params.get("on", "")) or timezone.localdate()
