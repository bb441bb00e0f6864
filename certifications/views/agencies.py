"""The list of certified agencies, and the page of any public body."""

from itertools import pairwise
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from certifications import filters, statistics
from certifications.models import Agency, AnnouncedFigure, Award, AwardStatusChange
from certifications.views.errors import day_or_refusal, gone
from certifications.views.files import agency_file
from certifications.views.paging import page_asked

PAGE_SIZE = 25
MORE_FILTERS = ("service", "state", "ministry", "department", "on", "sort")  # folded away at first


def agency_list(request):
    listing = filters.listing(request.GET)
    if "format" in request.GET:
        return agency_file(request, listing)
    paginator = Paginator(listing.agencies, PAGE_SIZE)
    page, wrong_page = page_asked(paginator, request.GET.get("page"))
    context = {
        "form": listing.filter.form,
        "on": listing.on,
        "is_today": listing.on == listing.filter.today,
        "page": page,
        "wrong_page": wrong_page,
        "agencies": filters.attach_shown_awards(list(page), listing.on),
        "chips": _chips(listing.filter.form, request.GET),
        "more_is_asked": any(request.GET.get(name) for name in MORE_FILTERS),
    }
    if not listing.is_valid:
        return render(request, "certifications/agency_list.html", context, status=400)
    if not paginator.count:
        context["completeness"] = _completeness(listing.filter.asked["year"])
    status = 404 if wrong_page else 200
    return render(request, "certifications/agency_list.html", context, status=status)


def _chips(form, params) -> list[dict]:
    """What is asked, in words, each with the address that takes it off."""
    chips = []
    for name, field in form.fields.items():
        value = params.get(name)
        if not value:
            continue
        rest = {key: params[key] for key in params if key not in (name, "page") and params[key]}
        chips.append(
            {
                "label": field.label,
                "value": _in_words(field, value),
                "remove": f"?{urlencode(rest)}" if rest else "?",
            }
        )
    return chips


def _in_words(field, value: str) -> str:
    choices = getattr(field, "choices", None) or getattr(field.widget, "choices", [])
    for key, label in choices:
        options = label if isinstance(label, list) else [(key, label)]
        for code, words in options:
            if str(code) == value:
                return str(words)
    return value[:60]


def _completeness(year) -> list[statistics.Comparison]:
    """How much of what was announced is named here, so that an empty list is not misread."""
    figures = AnnouncedFigure.objects.published().nationwide()
    certified = figures.filter(measure=AnnouncedFigure.Measure.CERTIFIED, level=None)
    if isinstance(year, int):
        certified = certified.filter(first_year=year, last_year=year)
    else:
        certified = certified.exclude(first_year=F("last_year")).order_by("-last_year")[:1]
    return statistics.compare(certified, agency=None)


def agency(request, code):
    body = get_object_or_404(Agency.objects.select_related("service", "merged_into"), code=code)
    public = Agency.objects.published()
    if not public.filter(pk=body.pk).exists():
        if Award.objects.withdrawn_from_view().filter(agency=body).exists():
            return gone(request, body.name)
        raise Http404(_("ไม่มีหน่วยงานนี้ในทะเบียน"))
    if body.merged_into_id:
        return HttpResponsePermanentRedirect(body.merged_into.get_absolute_url())
    on, refused = day_or_refusal(request)
    if refused:
        return refused
    awards = list(_timeline(body, on))
    context = {
        "body": body,
        "on": on,
        "ancestors": Agency.objects.all().ancestors_of(body),
        "current": next(iter(awards), None),
        "awards": _with_renewals(awards),
        "names": body.names.select_related("source"),
        "successions": body.successions.filter(successor__in=public).select_related("successor"),
        "predecessions": body.predecessions.filter(predecessor__in=public).select_related(
            "predecessor"
        ),
        "sources": body.sources.all(),
        **_of_those_below(body),
    }
    return render(request, "certifications/agency_detail.html", context)


def _timeline(body: Agency, on):
    changes = Prefetch("status_changes", AwardStatusChange.objects.select_related("source"))
    public = Award.objects.published().filter(agency=body)
    with_state = public.with_state(on).with_last_year_flag(on).current_first()
    return with_state.for_timeline().prefetch_related(changes)


def _with_renewals(awards: list[Award]) -> list[Award]:
    """The latest year first; each lapsed award knows the one that took its place, if any."""
    latest_first = sorted(awards, key=lambda award: -(award.year or 0))
    for later, earlier in pairwise(award for award in latest_first if award.year):
        earlier.renewed_by = later if earlier.last_year < later.year else None
    return latest_first


def _of_those_below(body: Agency) -> dict:
    """For a ministry or department: its offices' years, and announced figures beside them."""
    figures = body.figures.all().published().select_related("level").prefetch_related("sources")
    comparisons = statistics.compare(figures, agency=body)
    if body.is_office and not comparisons:
        return {}
    return {
        "comparisons": comparisons,
        "years": statistics.years_of(body),
        "certified_below": Agency.objects.certified().under(body).exclude(pk=body.pk).count(),
    }
