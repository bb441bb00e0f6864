"""Views of agencies: the list, and the page of any public body."""

from itertools import pairwise

from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import Http404, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certifications.audit import changelog
from certifications.listing import results, states, statistics
from certifications.listing.completeness import completeness
from certifications.listing.criteria import RAISED, UNKNOWN
from certifications.listing.form import SORTS
from certifications.listing.states import describe_ends
from certifications.models import Agency, AnnouncedFigure, Award, AwardStatusChange
from certifications.models.public import Merged, NotPublic, WithdrawnFromView, public_agency
from certifications.models.vocabulary import count_missed
from certifications.reference import buddhist
from certifications.reference.language import reader_language
from certifications.reference.states import Ending
from certifications.views.errors import day_or_refusal, gone
from certifications.views.files import agency_file, links
from certifications.views.paging import page_asked

PAGE_SIZE = 25
SUGGESTED = 8
SINGLE = ("q", "on", "sort")  # filters of one value
KINDS = {  # of words in a search
    "level": _("อ่านเป็นระดับ"),
    "year": _("อ่านเป็นปี"),
    "province": _("อ่านเป็นจังหวัด"),
    "ministry": _("อ่านเป็นกระทรวง"),
}


def agency_list(request):
    listing = results.listing(request.GET)
    if "format" in request.GET:
        return agency_file(request, listing)
    paginator = Paginator(Pages(listing), PAGE_SIZE)
    page, wrong_page = page_asked(paginator, request.GET.get("page"))
    context = {
        "listing": listing,
        "form": listing.form,
        "on": listing.on,
        "is_today": listing.on == listing.today,
        "page": page,
        "wrong_page": wrong_page,
        "agencies": list(page),
        "chips": [*_read_chips(listing, request.GET), *_chips(listing, request.GET)],
        "shortcuts": _shortcuts(listing),
        "links": links(request),
    }
    if not listing.is_valid:
        return render(request, "certifications/agency_list.html", context, status=400)
    if not paginator.count:
        criteria = listing.criteria
        context["completeness"] = _completeness(criteria.year | {criteria.searched_year})
        context["without_filters"] = listing.without_filters
    status = 404 if wrong_page else 200
    response = render(request, "certifications/agency_list.html", context, status=status)
    if listing.found and not listing.words_found:
        count_missed(listing.parsed.text)
        response.headers["Cache-Control"] = "no-store"  # so that the next one is counted too
    return response


def suggest(request):
    """Names for what is typed so far, as OpenSearch has it: [typed, [name…], [], [address…]].

    No names for a text that cannot be searched for.
    """
    typed = request.GET.get("q", "")
    listing = results.listing({"q": typed})
    agencies = listing.page(0, SUGGESTED) if typed and not listing.is_near else []
    addresses = [request.build_absolute_uri(one.get_absolute_url()) for one in agencies]
    suggestions = [typed[:200], [one.name for one in agencies], [], addresses]
    return JsonResponse(suggestions, safe=False, content_type="application/x-suggestions+json")


class Pages:
    """A listing as Django's paginator wants it."""

    def __init__(self, listing: results.Listing):
        self._listing = listing

    def __len__(self) -> int:
        return self._listing.count

    def __getitem__(self, rows: slice) -> list[Agency]:
        return self._listing.page(rows.start, rows.stop)


def _shortcuts(listing: results.Listing) -> list[dict]:
    """What people often come for, each one click away."""
    years = [option.value for option in listing.facets["year"].options]
    latest = next((year for year in years if year != UNKNOWN), "")
    of_the_highest = [
        {
            "words": gettext("%(level)s ปีล่าสุด") % {"level": level.name},
            "address": f"?level={level.code}&year={latest}",
        }
        for level in listing.levels[:1]
    ]
    return [
        *of_the_highest,
        {"words": _("ยังมีผลถึงสิ้นปีนี้"), "address": f"?state={states.LAST_YEAR}"},
        {"words": _("ระดับสูงขึ้นจากครั้งก่อน"), "address": f"?change={RAISED}"},
    ]


def _chips(listing: results.Listing, params) -> list[dict]:
    """The filters chosen, in words, each with the address that takes it off."""
    chips = []
    for name, facet in listing.facets.items():
        for option in facet.chosen:
            others = [other.value for other in facet.chosen if other != option]
            remove = _address(params, **{name: others})
            chips.append({"label": facet.label, "value": option.label, "remove": remove})
    for name in SINGLE:
        if value := params.get(name):
            words = _in_words(listing, name, value)
            remove = _address(params, **{name: ""})
            chips.append({"label": listing.form[name].label, "value": words, "remove": remove})
    return chips


def _read_chips(listing: results.Listing, params) -> list[dict]:
    """What the words searched for were read as; taking one off takes the word out."""
    if not listing.parsed:
        return []
    return [
        {"label": KINDS[chip.kind], "value": chip.label, "remove": _address(params, q=chip.rest)}
        for chip in listing.parsed.chips
    ]


def _address(params, **changed) -> str:
    """The address of the list with some parameters changed, from its first page."""
    changed = {
        name: [value] if isinstance(value, str) else value for name, value in changed.items()
    }
    query = params.copy()
    for name, values in {"page": [], **changed}.items():
        query.setlist(name, list(filter(None, values)))
    return f"?{query.urlencode()}"


def _in_words(listing: results.Listing, name: str, value: str) -> str:
    if name == "on" and listing.is_valid:
        return buddhist.format_day(listing.on, reader_language())
    return str(SORTS.get(value, value[:60])) if name == "sort" else value[:60]


def _completeness(chosen: frozenset) -> list[statistics.Comparison]:
    """How much of what was announced is named here, so that an empty list is not misread."""
    figures = AnnouncedFigure.objects.published().nationwide()
    years = [year for year in chosen if isinstance(year, int)]
    if years:
        return statistics.compare(figures.of_rounds(years), agency=None)
    certified = figures.filter(measure=AnnouncedFigure.Measure.CERTIFIED, level=None)
    of_several_years = certified.exclude(first_year=F("last_year")).order_by("-last_year")
    return statistics.compare(of_several_years[:1], agency=None)


def agency(request, code):
    try:
        body = public_agency(code)
    except NotPublic as fault:
        raise Http404(str(fault)) from fault
    except WithdrawnFromView:
        return gone(request)
    except Merged as merged:
        return HttpResponsePermanentRedirect(merged.into.get_absolute_url())
    on, refused = day_or_refusal(request)
    if refused:
        return refused
    awards, missing_rounds = _timeline(body, on)
    context = {
        "body": body,
        "on": on,
        "ancestors": Agency.objects.all().ancestors_of(body),
        "current": next(iter(awards), None),
        "awards": _with_renewals(awards),
        "missing_rounds": missing_rounds,
        "names": body.names.select_related("source"),
        "successions": _public(body.successions.select_related("successor"), "successor"),
        "predecessions": _public(body.predecessions.select_related("predecessor"), "predecessor"),
        "sources": body.sources.all(),
        "changed_at": changelog.public(body).values_list("at", flat=True).first(),
        **_of_those_below(body),
    }
    return render(request, "certifications/agency_detail.html", context)


def _public(changes, end: str) -> list:
    """What became of a body, where the body at the other end may be seen."""
    changes = list(changes)
    if not changes:
        return []
    others = Agency.objects.filter(pk__in=[getattr(change, end).pk for change in changes])
    seen = set(others.published())
    return [change for change in changes if getattr(change, end) in seen]


def _timeline(body: Agency, on) -> tuple[list[Award], list[int]]:
    """Its awards, the one that speaks for it first, and the rounds that may have renewed it: none
    where what followed is known.
    """
    changes = Prefetch("status_changes", AwardStatusChange.objects.select_related("source"))
    public = Award.objects.published().filter(agency=body)
    with_state = public.with_state(on).current_first()
    awards = list(with_state.for_timeline().prefetch_related(changes))
    if not awards:
        return [], []
    known = completeness(on)
    described = describe_ends(awards, on, known.holds_for(body.path))
    is_uncertain = described[0].ending == Ending.UNKNOWN
    return described, known.missing_for(body.path) if is_uncertain else []


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
