"""The one place where the list begins: parameters in, the same rows out for every output."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from certifications import buddhist, provinces, thai
from certifications.fields import BuddhistDateField, SearchField, be_year
from certifications.models import Agency, Award, CertificationLevel, Service
from certifications.querysets import AgencyQuerySet, AwardQuerySet, codes_in
from certifications.states import State

UNKNOWN = "unknown"  # a level or a year that no source states
CHUNK = 1000
LAST_YEAR = "last_year"  # in force, but only until the end of this year

SORTS = {
    "name": _("ชื่อ ก–ฮ"),
    "recent": _("ปีที่รับรองล่าสุด"),
    "level": _("ระดับสูงสุดก่อน"),
}


class YearField(forms.Field):
    """A B.E. year, or "unknown"."""

    widget = forms.Select

    def to_python(self, value: object) -> int | str | None:
        if value in self.empty_values:
            return None
        return UNKNOWN if value == UNKNOWN else be_year(value)


class YearFilter(django_filters.Filter):
    field_class = YearField


class DayFilter(django_filters.Filter):
    field_class = BuddhistDateField


class SearchFilter(django_filters.Filter):
    field_class = SearchField


def regions() -> dict[str, list[provinces.Province]]:
    """Region → its provinces in the order of the reader's dictionary."""
    return {
        region: sorted(places, key=lambda place: thai.sort_key(place.name))
        for region, places in provinces.by_region().items()
    }


def _refusal(thing: object) -> dict:
    """The sentence for a choice that is not one; put together only when it is read."""
    sentence = _("ไม่มี{thing} “%(value)s” ให้เลือกจากรายการ หรือเอาตัวกรองนี้ออก")
    return {"invalid_choice": format_lazy(sentence, thing=thing)}


class AgencyFilter(django_filters.FilterSet):
    """Certified agencies. What is asked of awards must hold for one and the same award."""

    q = SearchFilter(label=_("ชื่อหน่วยงาน"), max_length=200)
    province = django_filters.ChoiceFilter(
        label=_("จังหวัด"), empty_label=_("ทุกจังหวัด"), error_messages=_refusal(_("จังหวัดรหัส"))
    )
    service = django_filters.ChoiceFilter(
        label=_("งานบริการ"), empty_label=_("ทุกงานบริการ"), error_messages=_refusal(_("งานบริการ"))
    )
    level = django_filters.ChoiceFilter(
        label=_("ระดับ"), empty_label=_("ทุกระดับ"), error_messages=_refusal(_("ระดับ"))
    )
    year = YearFilter(label=_("ปีที่รับรอง"))
    state = django_filters.ChoiceFilter(
        label=_("สถานะ"), empty_label=_("ทุกสถานะ"), error_messages=_refusal(_("สถานะ"))
    )
    ministry = django_filters.ChoiceFilter(
        label=_("กระทรวง"), empty_label=_("ทุกกระทรวง"), error_messages=_refusal(_("กระทรวงรหัส"))
    )
    department = django_filters.ChoiceFilter(
        label=_("กรมหรือต้นสังกัด"), empty_label=_("ทุกต้นสังกัด"), error_messages=_refusal(_("ต้นสังกัดรหัส"))
    )
    on = DayFilter(label=_("ณ วันที่"))
    sort = django_filters.ChoiceFilter(
        label=_("เรียงตาม"),
        empty_label=None,
        choices=list(SORTS.items()),
        error_messages=_refusal(_("วิธีเรียง")),
    )

    class Meta:
        model = Agency
        fields: list[str] = []

    def __init__(self, data: Mapping, today: datetime.date):
        self.today = today
        super().__init__(data, queryset=Agency.objects.all())
        self.form.label_suffix = ""
        for name, options in self._options().items():
            field = self.form.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", field.empty_label), *options]
            else:
                field.widget.choices = options

    # --- what can be chosen ----------------------------------------------------------------------

    def _options(self) -> dict[str, list]:
        ministries, departments = self._bodies()
        return {
            "province": [
                (region, [(place.code, place.name) for place in places])
                for region, places in regions().items()
            ],
            "service": [(service.code, service.name) for service in Service.objects.all()],
            "level": [
                *((level.code, str(level)) for level in CertificationLevel.objects.all()),
                (UNKNOWN, _("แหล่งที่มาไม่ระบุระดับ")),
            ],
            "year": self._years(),
            "state": [*State.choices, (LAST_YEAR, _("ปีสุดท้ายของการรับรอง"))],
            "ministry": ministries,
            "department": departments,
        }

    def _years(self) -> list[tuple]:
        years = (
            Award.objects.published().order_by("-year").values_list("year", flat=True).distinct()
        )
        return [
            ("", _("ทุกปี")),
            *((year, buddhist.format_year(year, get_language() or "th")) for year in years if year),
            (UNKNOWN, _("ไม่ทราบปี")),
        ]

    def _bodies(self) -> tuple[list, list]:
        """Ministries, and the bodies between a ministry and its offices, that have awards."""
        certified = Agency.objects.certified().order_by()
        above = certified.values_list("parent__path").distinct()
        themselves = certified.exclude(kind=Agency.Kind.OFFICE).values_list("path")
        codes = codes_in(path or "" for (path,) in above.union(themselves))
        bodies = Agency.objects.filter(code__in=codes).exclude(kind=Agency.Kind.OFFICE)
        ministries, departments = [], []
        for body in bodies:
            is_ministry = body.kind == Agency.Kind.MINISTRY
            (ministries if is_ministry else departments).append((body.code, body.name))
        return ministries, departments

    # --- what was asked --------------------------------------------------------------------------

    @cached_property
    def day(self) -> datetime.date:
        """The day the question is about: today, unless another was asked for."""
        return self.asked.get("on") or self.today

    @property
    def asked(self) -> dict:
        return getattr(self.form, "cleaned_data", {}) if self.form.is_valid() else {}

    def filter_queryset(self, queryset: AgencyQuerySet) -> AgencyQuerySet:
        """Agencies with `shown_award_id`, the award whose year, level and state the row shows."""
        asked = self.asked
        awards = Award.objects.published().with_state(self.day).filter(agency=OuterRef("pk"))
        matching = awards.filter(self._about_awards(asked))
        queryset = self._about_agencies(queryset, asked)
        shown = matching.current_first()
        if asked["state"]:
            shown = awards.current_first()
            queryset = self._speaking(queryset, asked)
        queryset = queryset.filter(Exists(matching)).annotate(
            shown_award_id=Subquery(shown.values("pk")[:1])
        )
        return self._sorted(queryset, asked["sort"], shown)

    @staticmethod
    def _about_awards(asked: dict) -> Q:
        condition = Q()
        if asked["year"]:
            condition &= Q(year=None if asked["year"] == UNKNOWN else asked["year"])
        if asked["level"] == UNKNOWN:
            condition &= Q(level=None)
        elif asked["level"]:
            condition &= Q(level__code=asked["level"])
        return condition

    @staticmethod
    def _about_agencies(queryset: AgencyQuerySet, asked: dict) -> AgencyQuerySet:
        if asked["q"]:
            queryset = queryset.containing(asked["q"])
        if asked["province"]:
            queryset = queryset.filter(province=asked["province"])
        if asked["service"]:
            queryset = queryset.filter(service__code=asked["service"])
        for code in filter(None, (asked["ministry"], asked["department"])):
            queryset = queryset.under(Agency.objects.get(code=code))
        return queryset

    def _speaking(self, queryset: AgencyQuerySet, asked: dict) -> AgencyQuerySet:
        """Agencies in the state asked for, by the award that speaks for them now.

        Year and level must then hold for that very award: an office whose basic award still runs
        beside a newer excellent one is not in force at the basic level.
        """
        awards = Award.objects.published().with_state(self.day).filter(self._about_awards(asked))
        if asked["state"] == LAST_YEAR:
            awards = awards.with_last_year_flag(self.day).filter(is_last_year=True)
        else:
            awards = awards.filter(state=asked["state"])
        queryset = queryset.with_current_award(self.day)
        return queryset.filter(current_award_id__in=awards.values("pk"))

    @staticmethod
    def _sorted(queryset: AgencyQuerySet, sort: str, shown: AwardQuerySet) -> QuerySet:
        if sort == "recent":
            queryset = queryset.annotate(shown_year=Subquery(shown.values("year")[:1]))
            return queryset.order_by(F("shown_year").desc(nulls_last=True), "sort_key", "pk")
        if sort == "level":
            queryset = queryset.annotate(shown_rank=Subquery(shown.values("level__rank")[:1]))
            return queryset.order_by(F("shown_rank").desc(nulls_last=True), "sort_key", "pk")
        return queryset.order_by("sort_key", "pk")


@dataclass
class Listing:
    """An answered question: the form as asked, the day, and the rows, none when it is faulty."""

    filter: AgencyFilter
    on: datetime.date
    agencies: AgencyQuerySet

    @property
    def is_valid(self) -> bool:
        return self.filter.form.is_valid()

    @property
    def form(self) -> forms.Form:
        return self.filter.form

    @property
    def today(self) -> datetime.date:
        return self.filter.today

    @cached_property
    def count(self) -> int:
        return self.agencies.count()

    @property
    def title(self) -> str:
        return title_of(self.form)

    def page(self, start: int, stop: int) -> list[Agency]:
        return attach_shown_awards(list(self.agencies[start:stop]), self.on)

    def stream(self) -> Iterator[Agency]:
        """The same rows in the same order, a chunk at a time, in constant memory."""
        for chunk in chunks(self.agencies.iterator(chunk_size=CHUNK)):
            yield from attach_shown_awards(chunk, self.on)


@dataclass
class AwardListing(Listing):
    """The same question with a row an award; `agencies` holds awards."""

    def page(self, start: int, stop: int) -> list[Award]:
        return list(self.agencies[start:stop])

    def stream(self) -> Iterator[Award]:
        yield from self.agencies.iterator(chunk_size=CHUNK)


def chunks(rows: Iterator) -> Iterator[list]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def title_of(form: forms.Form) -> str:
    """What was asked, in the reader's words."""
    words = [str(form.cleaned_data[name]) for name in form.fields if form.cleaned_data.get(name)]
    return " · ".join(words)


def award_listing(params: Mapping) -> AwardListing:
    asked = AgencyFilter(params, today=timezone.localdate())
    if not asked.form.is_valid():
        return AwardListing(asked, asked.today, Award.objects.none())
    agencies = asked._about_agencies(Agency.objects.all(), asked.asked)
    awards = (
        Award.objects.published()
        .filter(asked._about_awards(asked.asked), agency__in=agencies.order_by())
        .with_state(asked.day)
        .with_last_year_flag(asked.day)
        .select_related("agency__parent", "agency__service", "level", "event")
        .order_by("agency__sort_key", "agency_id", F("year").desc(nulls_last=True))
    )
    if state := asked.asked["state"]:
        wanted = {"is_last_year": True} if state == LAST_YEAR else {"state": state}
        awards = awards.filter(**wanted)
    return AwardListing(asked, asked.day, awards)


def listing(params: Mapping) -> Listing:
    """Agencies with a public award that answer to `params`, ready for display.

    A faulty parameter gives no rows and an invalid form; django-filter alone would drop it.
    """
    asked = AgencyFilter(params, today=timezone.localdate())
    if not asked.form.is_valid():
        return Listing(asked, asked.today, Agency.objects.none())
    return Listing(asked, asked.day, asked.qs.for_listing())


def attach_shown_awards(agencies: list[Agency], on: datetime.date) -> list[Agency]:
    """Give each row of a page its `shown_award`, with state and years, in two queries."""
    awards = Award.objects.with_state(on).with_last_year_flag(on).select_related("level", "event")
    shown = awards.in_bulk([agency.shown_award_id for agency in agencies])
    years: dict[int, list[int]] = {}
    public = Award.objects.published().filter(agency__in=agencies, year__isnull=False)
    for agency_id, year in public.order_by("year").values_list("agency_id", "year"):
        years.setdefault(agency_id, []).append(year)
    for agency in agencies:
        agency.shown_award = shown[agency.shown_award_id]
        agency.years = years.get(agency.pk, [])
    return agencies


def day_asked(params: Mapping) -> datetime.date:
    """The day of `on=`, today without it; ValidationError when it cannot be read."""
    return BuddhistDateField(required=False).clean(params.get("on", "")) or timezone.localdate()
