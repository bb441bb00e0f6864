"""Views of the public changes: page, JSON and feed."""

import datetime

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifications.audit import changelog
from certifications.exports import document, feed, problem
from certifications.models import Agency, Change
from certifications.models.agencies import CODE_REGEX
from certifications.reference import buddhist
from certifications.reference.fields import BuddhistDateField
from certifications.reference.language import reader_language
from certifications.views.errors import refused
from certifications.views.files import site_of
from certifications.views.paging import page_asked

PAGE_SIZE = 50
FORMATS = ("atom", "json")


class MomentField(BuddhistDateField):
    """A day as people write it, or an ISO 8601 moment as programs do; a day begins in Bangkok."""

    def to_python(self, value: object) -> datetime.datetime | None:
        text = str(value or "").strip()
        # "+" of an offset stands for a space in an address.
        moment = self._moment(text) or self._moment(text.replace(" ", "+"))
        if moment:
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        day = super().to_python(value)
        return day and timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))

    @staticmethod
    def _moment(text: str) -> datetime.datetime | None:
        """None also near either end of the calendar, where no other time zone can follow."""
        try:
            moment = parse_datetime(text) if "T" in text else None
        except ValueError:
            return None
        return moment if moment and buddhist.can_be_meant(moment) else None


class AgencyCodeField(forms.RegexField):
    """The code of an agency that may be seen; its value is that agency."""

    default_error_messages = {"invalid": gettext_lazy("รหัสหน่วยงานมีหกตัว ดูได้จากหน้าของหน่วยงาน")}

    def __init__(self, **kwargs):
        super().__init__(rf"^{CODE_REGEX}\Z", **kwargs)

    def clean(self, value: object) -> Agency | None:
        code = super().clean(value)
        if not code:
            return None
        agency = Agency.objects.published().filter(code=code).first()
        if agency is None:
            raise ValidationError(_("ไม่มีหน่วยงานนี้ในทะเบียน"))
        return agency


class MomentFilter(django_filters.Filter):
    field_class = MomentField


class AgencyFilter(django_filters.Filter):
    field_class = AgencyCodeField

    def filter(self, changes: QuerySet, agency: Agency | None) -> QuerySet:
        return super().filter(changes, agency and agency.pk)


class FormatFilter(django_filters.Filter):
    """In which format the changes are told; it leaves none out."""

    field_class = forms.ChoiceField

    def filter(self, changes: QuerySet, name: str) -> QuerySet:
        return changes


class ChangeFilter(django_filters.FilterSet):
    """Which changes are asked for."""

    since = MomentFilter(label=gettext_lazy("ตั้งแต่"), field_name="at", lookup_expr="gte")
    agency = AgencyFilter(label=gettext_lazy("รหัสหน่วยงาน"), field_name="agency_key")
    format = FormatFilter(
        label="format",
        choices=[(name, name) for name in FORMATS],
        error_messages={
            "invalid_choice": gettext_lazy("ไม่มีรูปแบบไฟล์ “%(value)s” เลือกได้จาก atom, json")
        },
    )

    class Meta:
        model = Change
        fields: list[str] = []


def change_list(request):
    """The latest first, fifty a page; `since=` and `agency=` choose."""
    changes = ChangeFilter(request.GET, changelog.public())
    if not changes.is_valid():
        return _refused(request, changes.form)
    values = changes.form.cleaned_data
    paginator = Paginator(changes.qs, PAGE_SIZE)
    page, wrong_page = page_asked(paginator, request.GET.get("page"))
    entries = changelog.public_entries(page.object_list)
    if values["format"] == "json":
        return _as_json(request, page, wrong_page, entries)
    if values["format"] == "atom":
        return _as_feed(request, values["agency"], entries)
    context = {
        "form": changes.form,
        "agency": values["agency"],
        "page": page,
        "wrong_page": wrong_page,
        "entries": entries,
    }
    status = 404 if wrong_page else 200
    return render(request, "certifications/change_list.html", context, status=status)


def _as_json(request, page, wrong_page: str, entries: list[changelog.Entry]) -> HttpResponse:
    if wrong_page:
        content = problem.problem(404, _("ไม่มีหน้านี้"))
        return JsonResponse(content, status=404, content_type=problem.CONTENT_TYPE)
    following = None
    if page.has_next():
        params = request.GET.copy()
        params["page"] = page.next_page_number()
        following = request.build_absolute_uri(f"?{params.urlencode()}")
    content = {"count": page.paginator.count, "next": following, "changes": []}
    content["changes"] = [_as_row(request, entry) for entry in entries]
    return HttpResponse(document.as_json(content), content_type=document.CONTENT_TYPE)


def _as_row(request, entry: changelog.Entry) -> dict:
    agency = entry.agency
    return {
        "id": entry.change.pk,
        "at": timezone.localtime(entry.change.at).isoformat(timespec="seconds"),
        "did": entry.did,
        "record": entry.record,
        "agency_code": agency.code if agency else None,
        "agency_name": agency.name if agency else None,
        "url": site_of(request) + agency.get_absolute_url() if agency else None,
        "fields": [
            {"field": line.label, "before": line.before, "after": line.after}
            for line in entry.lines
        ],
    }


def _as_feed(request, agency: Agency | None, entries: list[changelog.Entry]) -> HttpResponse:
    params = request.GET.copy()
    params.pop("format")
    site = site_of(request)
    atom = Atom1Feed(
        title=_("การแก้ไขทะเบียนศูนย์ราชการสะดวก: %s") % (agency.name if agency else _("ทั้งหมด")),
        link=request.build_absolute_uri(f"{request.path}?{params.urlencode()}".rstrip("?")),
        description=_("สิ่งที่เปลี่ยนในข้อมูลที่เผยแพร่แล้ว ค่าก่อนและหลัง"),
        language=reader_language(),
        author_name=_("ทะเบียนศูนย์ราชการสะดวก (GECC)"),
        feed_url=request.build_absolute_uri(),
        feed_guid=request.build_absolute_uri(),
    )
    for entry in entries:
        words = [entry.agency.name if entry.agency else "", entry.record, entry.did]
        about = entry.agency.get_absolute_url() if entry.agency else request.path
        atom.add_item(
            title=" · ".join(filter(None, words)),
            link=site + about,
            description="; ".join(
                f"{line.label}: {line.before or '–'} → {line.after or '–'}" for line in entry.lines
            ),
            unique_id=feed.tag(site, f"changes/{entry.change.pk}"),
            pubdate=entry.change.at,
            updateddate=entry.change.at,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=feed.CONTENT_TYPE)


def _refused(request, form: forms.Form) -> HttpResponse:
    """400: a page for people, a problem document for those who asked for JSON."""
    if request.GET.get("format") == "json":
        faults = problem.errors_of(form)
        content = problem.problem(400, " ".join(fault["message"] for fault in faults), faults)
        return JsonResponse(content, status=400, content_type=problem.CONTENT_TYPE)
    return refused(request, form)
