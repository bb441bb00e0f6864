"""Views of provinces: certified now, in the last year, lapsed."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from certifications.listing import facets, results, statistics
from certifications.models import CertificationLevel, Service
from certifications.reference import provinces
from certifications.views.errors import day_or_refusal

SHOWN = 100  # agencies on a province's page; the list has the rest


def province_list(request):
    on, refused = day_or_refusal(request)
    if refused:
        return refused
    found = statistics.coverage(on)
    regions = [
        (region, [found[one.code] for one in members])
        for region, members in facets.regions().items()
    ]
    context = {"on": on, "regions": regions, "nowhere": found[""]}
    return render(request, "certifications/province_list.html", context)


def province(request, slug):
    place = provinces.BY_SLUG.get(slug)
    if place is None:
        raise Http404(_("ไม่มีจังหวัดนี้"))
    on, refused = day_or_refusal(request)
    if refused:
        return refused
    row = statistics.coverage(on, only=place.code)[place.code]
    listed = results.listing({"province": [place.code], "on": on.isoformat()})
    names = {service.pk: service for service in Service.objects.all()}
    context = {
        "on": on,
        "place": place,
        "coverage": row,
        "levels": _levels_of(row),
        "services": [(names.get(pk), number) for pk, number in row.services.most_common()],
        "agencies": listed.page(0, SHOWN),
        "neighbours": facets.regions()[place.region],
    }
    return render(request, "certifications/province_detail.html", context)


def _levels_of(row: statistics.Coverage) -> list[tuple[CertificationLevel | None, int]]:
    """How many valid certifications have each level; None where it is not stated, if anywhere."""
    stated = [(level, row.levels[level.pk]) for level in CertificationLevel.objects.all()]
    return [*stated, (None, row.levels[None])] if row.levels[None] else stated
