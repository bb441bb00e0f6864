"""Views of award ceremonies: the list of rounds, and each round."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.listing import statistics
from certifications.listing.form import CeremonyFilter
from certifications.models import (
    Agency,
    AnnouncedFigure,
    Award,
    AwardEvent,
    Criterion,
    EventFile,
    RoundDeclaration,
)
from certifications.models.public import NotPublic, WithdrawnFromView, public_event
from certifications.reference import buddhist
from certifications.reference.states import State
from certifications.views.errors import gone, refused
from certifications.views.paging import page_asked

RECIPIENTS_A_PAGE = 100


def event_list(request):
    asked = CeremonyFilter(request.GET, AwardEvent.objects.published().with_recorded())
    if not asked.is_valid():
        return refused(request, asked.form)
    return render(request, "certifications/event_list.html", {"events": asked.qs})


def event(request, code):
    try:
        ceremony = public_event(code, AwardEvent.objects.prefetch_related("sources", "files"))
    except NotPublic as fault:
        raise Http404(str(fault)) from fault
    except WithdrawnFromView:
        return gone(request)
    awards = Award.objects.published().filter(event=ceremony)
    recipients = awards.order_by("-level__rank", "agency__sort_key", "pk").for_recipients()
    paginator = Paginator(recipients, RECIPIENTS_A_PAGE)
    page, wrong_page = page_asked(paginator, request.GET.get("page"))
    figures = (
        AnnouncedFigure.objects.published()
        .nationwide()
        .filter(first_year=ceremony.year, last_year=ceremony.year)
    )
    is_over = buddhist.last_day(ceremony.last_year) < timezone.localdate()
    context = {
        "event": ceremony,
        "state": State.LAPSED if is_over else State.IN_FORCE,
        "declarations": _declarations(ceremony.year),
        "page": page,
        "wrong_page": wrong_page,
        "awards": page.object_list,
        "comparisons": statistics.compare(
            figures.select_related("level").prefetch_related("sources"), agency=None
        ),
        "criteria": Criterion.objects.published().in_year(ceremony.year),
        "levels": statistics.levels_of(awards),
    }
    status = 404 if wrong_page else 200
    return render(request, "certifications/event_detail.html", context, status=status)


def _declarations(year: int) -> list[RoundDeclaration]:
    """That the list of a round is complete; of bodies that anyone may see."""
    declared = RoundDeclaration.objects.published().filter(year=year, agency__merged_into=None)
    found = list(declared.select_related("agency").prefetch_related("sources"))
    bodies = {one.agency_id for one in found if one.agency_id}
    public = {None}
    if bodies:  # to put the question together costs more than to answer it
        shown = Agency.objects.published().filter(pk__in=bodies)
        public.update(shown.values_list("pk", flat=True))
    return [one for one in found if one.agency_id in public]


def event_file(request, code, pk):
    """A photo or document, of a public ceremony only."""
    public = AwardEvent.objects.published()
    found = get_object_or_404(EventFile, pk=pk, event__code=code, event__in=public)
    try:
        return FileResponse(found.file.open("rb"))
    except FileNotFoundError as lost:
        raise Http404(_("ไฟล์นี้หายไปจากที่เก็บ โปรดแจ้งผู้ดูแลทะเบียน")) from lost
