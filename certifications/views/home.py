"""The home page, the page about the standard, the health check, the 404 page."""

from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from certifications.listing import statistics
from certifications.listing.facets import regions
from certifications.models import AnnouncedFigure, AwardEvent, CertificationLevel, Criterion
from certifications.reference.states import FIRST_YEAR, VALIDITY_YEARS


def home(request):
    today = timezone.localdate()
    context = {
        "today": today,
        "rounds": statistics.rounds_of_today(today),
        "in_force": statistics.agencies_in_force(today),
        "levels": CertificationLevel.objects.all(),
        "latest": AwardEvent.objects.published().filter(held_on__isnull=False).first(),
        "regions": regions(),
    }
    return render(request, "certifications/home.html", context)


def about(request):
    events = AwardEvent.objects.published()
    years = sorted({event.year for event in events}, reverse=True)
    criteria = Criterion.objects.published().prefetch_related("sources")
    of_one_year = Q(
        measure=AnnouncedFigure.Measure.CERTIFIED, level=None, first_year=F("last_year")
    )
    of_several_years = Q(first_year__lt=F("last_year"))
    figures = AnnouncedFigure.objects.published().nationwide().select_related("level")
    comparisons = statistics.compare(
        figures.filter(of_one_year | of_several_years).prefetch_related("sources"), agency=None
    )
    context = {
        "levels": CertificationLevel.objects.all(),
        "criteria_by_year": [
            (year, [c for c in criteria if c.first_year <= year <= c.last_year]) for year in years
        ],
        "yearly": [row for row in comparisons if row.is_of_one_year],
        "of_several_years": [row for row in comparisons if not row.is_of_one_year],
        "first_year": FIRST_YEAR,
        "validity_years": VALIDITY_YEARS,
    }
    return render(request, "certifications/about.html", context)


def health(request):
    """For the operator's probe: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def page_not_found(request, exception):
    return render(request, "404.html", status=404)
