"""API views: parse the parameters, fetch a page, serialise its records."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from certifications.api import parameters, shapes
from certifications.api.problems import BadParameters
from certifications.exports import tables
from certifications.exports.columns.agencies import AGENCIES
from certifications.exports.columns.awards import AWARDS
from certifications.exports.columns.events import EVENTS
from certifications.exports.columns.lists import LEVELS, PROVINCES, SERVICES
from certifications.listing import results
from certifications.listing.completeness import completeness
from certifications.listing.form import CeremonyFilter, day_asked
from certifications.listing.states import describe_ends
from certifications.models import Agency, AgencyName, Award, AwardEvent, CertificationLevel, Service
from certifications.models.public import Merged, public_agency, public_event
from certifications.reference import provinces


class BaseView(APIView):
    """Reads for anyone. Fields carry both languages; only the sentences of faults have one."""

    def initial(self, request, *args, **kwargs) -> None:
        """Faults are told in the language the client prefers, Thai unless it says otherwise."""
        translation.activate(translation.get_language_from_request(request))
        super().initial(request, *args, **kwargs)

    @property
    def site(self) -> str:
        return self.request.build_absolute_uri("/")[:-1]

    def whole_number(self, name: str, usual: int, most: int) -> int:
        """A parameter from 1 to `most`; 400 for anything else."""
        text = self.request.query_params.get(name, str(usual))
        if not re.fullmatch(r"0{0,8}[1-9][0-9]{0,8}", text) or int(text) > most:
            sentence = _("ใช้จำนวนเต็มตั้งแต่ 1 ถึง %(most)s") % {"most": most}
            raise BadParameters([{"parameter": name, "message": sentence}])
        return int(text)

    def day(self):
        try:
            return day_asked(self.request.query_params)
        except ValidationError as fault:
            raise BadParameters(
                [{"parameter": "on", "message": message} for message in fault.messages]
            ) from fault


class Listing(BaseView):
    """A page of the results of a list query."""

    results_of = staticmethod(results.listing)
    table = staticmethod(tables.agencies)

    def get(self, request):
        listing = self.results_of(request.query_params)
        if not listing.is_valid:
            raise BadParameters.of(listing.form)
        number = self.whole_number("page", 1, parameters.MAX_PAGE)
        size = self.whole_number("page_size", parameters.USUAL_PAGE_SIZE, parameters.MAX_PAGE_SIZE)
        start, stop = (number - 1) * size, number * size
        if number > 1 and start >= listing.count:
            raise NotFound(_("ไม่มีหน้า %(page)s") % {"page": number})
        table = self.table(listing.page(start, stop), site=self.site, on=listing.on)
        return Response(
            {
                "count": listing.count,
                "next": self._page(number + 1) if stop < listing.count else None,
                "previous": self._page(number - 1) if number > 1 else None,
                "on": listing.on,
                "is_near": listing.is_near,
                "read_as": read_as(listing),
                "results": list(table.records()),
            }
        )

    def _page(self, number: int) -> str:
        params = self.request.query_params.copy()
        params["page"] = number
        return self.request.build_absolute_uri(f"{self.request.path}?{params.urlencode()}")


def read_as(listing) -> str:
    return listing.parsed.corrected if listing.parsed else ""


ON = serializers.DateField(help_text="The day the states are true of.")
OF_SEARCH = {
    "on": ON,
    "is_near": serializers.BooleanField(
        help_text="Nothing matches `q`: these names are only similar to it."
    ),
    "read_as": serializers.CharField(help_text="`q` as it was put right; empty as it stands."),
}
AGENCY = shapes.row("AgencyRow", AGENCIES)
AWARD = shapes.row("AwardRow", AWARDS)
EVENT = shapes.row("EventRow", EVENTS)
OTHER_NAME = shapes.record(
    "OtherName",
    {
        "name": serializers.CharField(),
        "kind": serializers.ChoiceField(AgencyName.Kind.choices),
        "until": serializers.DateField(allow_null=True),
    },
)
ANCESTOR = shapes.record(
    "Ancestor",
    {
        "code": serializers.CharField(),
        "name_th": serializers.CharField(),
        "name_en": serializers.CharField(allow_null=True),
    },
)


class Agencies(Listing):
    @extend_schema(
        operation_id="agencies_list",
        summary=gettext_lazy("หน่วยงานที่ได้รับการรับรอง"),
        description=gettext_lazy(
            "หนึ่งแถวหนึ่งหน่วยงาน พร้อมการรับรองที่บอกสถานะของหน่วยงานในวันที่ถาม "
            "ค่าหลายค่าของพารามิเตอร์เดียวกันหมายถึงอย่างใดอย่างหนึ่ง พารามิเตอร์ต่างกันต้องตรงทุกข้อ"
        ),
        parameters=[*parameters.FILTERS, parameters.SORT, *parameters.PAGING],
        responses=shapes.found(shapes.page("AgencyPage", AGENCY, **OF_SEARCH))
        | shapes.problems(400, 404),
        examples=[shapes.example(AGENCIES)],
    )
    def get(self, request):
        return super().get(request)


class Awards(Listing):
    results_of = staticmethod(results.award_listing)
    table = staticmethod(tables.awards)

    @extend_schema(
        operation_id="awards_list",
        summary=gettext_lazy("ผลการรับรอง"),
        description=gettext_lazy("หนึ่งแถวคือหน่วยงานหนึ่งที่ได้รับการรับรองในปีหนึ่ง ใช้ตัวกรองเดียวกัน"),
        parameters=[*parameters.FILTERS, parameters.SORT, *parameters.PAGING],
        responses=shapes.found(shapes.page("AwardPage", AWARD, **OF_SEARCH))
        | shapes.problems(400, 404),
        examples=[shapes.example(AWARDS)],
    )
    def get(self, request):
        return super().get(request)


class OneAgency(BaseView):
    @extend_schema(
        operation_id="agencies_retrieve",
        summary=gettext_lazy("หน่วยงานหนึ่งแห่ง"),
        description=gettext_lazy(
            "หน่วยงานของรัฐใดก็ได้ในทะเบียน พร้อมผลการรับรองทุกครั้ง ชื่ออื่น และต้นสังกัดทุกชั้น "
            "ระเบียนที่ถูกรวมจะพาไปยังระเบียนที่ยังอยู่"
        ),
        parameters=[parameters.AGENCY_CODE, parameters.ON],
        responses={
            **shapes.found(
                shapes.row(
                    "AgencyDetail",
                    AGENCIES,
                    on=ON,
                    awards=AWARD(many=True, help_text="The latest year first."),
                    other_names=OTHER_NAME(many=True),
                    ancestors=ANCESTOR(many=True, help_text="The ministry first."),
                )
            ),
            301: OpenApiResponse(description=gettext_lazy("ถูกรวมแล้ว ที่อยู่ใหม่อยู่ใน Location")),
        }
        | shapes.problems(400, 404, 410),
    )
    def get(self, request, code):
        try:
            body = public_agency(code)
        except Merged as merged:
            return HttpResponsePermanentRedirect(reverse("api-agency", args=[merged.into.code]))
        on = self.day()
        awards = self._awards(body, on)
        body.shown_award = next(iter(awards), None)
        body.years = sorted(award.year for award in awards if award.year)
        awards.sort(key=lambda award: -(award.year or 0))
        facts = {"site": self.site, "on": on}
        record = next(tables.agencies([body], **facts).records())
        names = body.names.values("name", "kind", "until")
        above = Agency.objects.all().ancestors_of(body)
        return Response(
            record
            | {
                "on": on,
                "awards": list(tables.awards(awards, **facts).records()),
                "other_names": list(names),
                "ancestors": [
                    {"code": one.code, "name_th": one.name_th, "name_en": one.name_en or None}
                    for one in above
                ],
            }
        )

    @staticmethod
    def _awards(body: Agency, on) -> list[Award]:
        public = Award.objects.published().filter(agency=body).with_state(on)
        awards = list(public.select_related("level", "event").current_first())
        found = describe_ends(awards, on, completeness(on).holds_for(body.path))
        for award in found:
            award.agency = body
        return found


class ShortList(BaseView):
    """All rows of a list that is short, in the envelope of the long ones."""

    def answer(self, name: str, of: tuple, rows: Iterable) -> Response:
        table = tables.Table(name, of, rows, site=self.site, on=timezone.localdate())
        records = list(table.records())
        return Response({"count": len(records), "next": None, "previous": None, "results": records})


class Events(ShortList):
    @extend_schema(
        operation_id="events_list",
        summary=gettext_lazy("พิธีมอบโล่และตรารับรอง"),
        parameters=parameters.OF_CEREMONIES,
        responses=shapes.found(shapes.page("EventPage", EVENT)) | shapes.problems(400),
    )
    def get(self, request):
        rows = AwardEvent.objects.published().with_recorded()
        asked = CeremonyFilter(request.query_params, rows)
        if not asked.is_valid():
            raise BadParameters.of(asked.form)
        return self.answer("events", EVENTS, asked.qs)


class OneEvent(BaseView):
    @extend_schema(
        operation_id="events_retrieve",
        summary=gettext_lazy("พิธีมอบหนึ่งครั้ง"),
        description=gettext_lazy("ผู้ได้รับมอบคือผลการรับรองของปีนั้น: /api/v1/awards/?year=2568"),
        parameters=[parameters.EVENT_CODE],
        responses=shapes.found(EVENT) | shapes.problems(404, 410),
    )
    def get(self, request, code):
        event = public_event(code, AwardEvent.objects.with_recorded())
        table = tables.Table("events", EVENTS, [event], site=self.site, on=timezone.localdate())
        return Response(next(table.records()))


class Levels(ShortList):
    @extend_schema(
        operation_id="levels_list",
        summary=gettext_lazy("ระดับการรับรอง"),
        responses=shapes.found(shapes.page("LevelPage", shapes.row("LevelRow", LEVELS)))
        | shapes.problems(),
    )
    def get(self, request):
        return self.answer("levels", LEVELS, CertificationLevel.objects.all())


class Provinces(ShortList):
    @extend_schema(
        operation_id="provinces_list",
        summary=gettext_lazy("77 จังหวัด"),
        responses=shapes.found(shapes.page("ProvincePage", shapes.row("ProvinceRow", PROVINCES)))
        | shapes.problems(),
    )
    def get(self, request):
        return self.answer("provinces", PROVINCES, provinces.ALL)


class Services(ShortList):
    @extend_schema(
        operation_id="services_list",
        summary=gettext_lazy("งานบริการที่ประชาชนมาติดต่อ"),
        responses=shapes.found(shapes.page("ServicePage", shapes.row("ServiceRow", SERVICES)))
        | shapes.problems(),
    )
    def get(self, request):
        return self.answer("services", SERVICES, Service.objects.all())


@extend_schema(exclude=True)
class Start(BaseView):
    """Where everything is."""

    def get(self, request):
        names = ("agencies", "awards", "events", "levels", "provinces", "services")
        found = {name: self.site + reverse(f"api-{name}") for name in names}
        return Response(
            found
            | {
                "openapi": self.site + reverse("api-openapi"),
                "documentation": self.site + reverse("api-docs"),
            }
        )


@extend_schema(exclude=True)
class Nothing(BaseView):
    """An address of the API that there is not."""

    def get(self, request, nothing):
        raise Http404(_("ไม่มีที่อยู่นี้ใน API ดูที่อยู่ทั้งหมดที่ /api/v1/"))
