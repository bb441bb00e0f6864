"""Views of the open data: files, data dictionary, machine-readable catalogues."""

from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.exports import catalogue, delimited, document, licence, tables
from certifications.listing import results
from certifications.views.files import as_attachment, file_name, site_of


def data(request):
    whole = {file.name: _table(request, file.name) for file in catalogue.FILES}
    context = {
        "files": [(file, whole[file.name].count) for file in catalogue.FILES],
        "changed": catalogue.last_changed(),
        "today": timezone.localdate(),
        "owner": licence.owner(),
        "licence": licence,
        "address": request.build_absolute_uri(request.path),
    }
    return render(request, "certifications/data.html", context)


def whole_csv(request, name):
    """Every public row, UTF-8 without a byte order mark: for programs."""
    table = _table(request, name)
    response = StreamingHttpResponse(delimited.stream(table), content_type=delimited.CONTENT_TYPE)
    return as_attachment(response, file_name(table, "csv"))


def whole_json(request, name):
    table = _table(request, name)
    about = {"licence": licence.summary(), "homepage": f"{site_of(request)}/data/"}
    return StreamingHttpResponse(document.stream(table, about), content_type=document.CONTENT_TYPE)


def data_package(request):
    content = catalogue.data_package(site_of(request), catalogue.last_changed())
    return HttpResponse(document.as_json(content), content_type=document.CONTENT_TYPE)


def catalogue_record(request):
    content = catalogue.dcat(site_of(request), catalogue.last_changed())
    return HttpResponse(document.as_json(content), content_type="application/ld+json")


def _table(request, name: str) -> tables.Table:
    if name not in catalogue.BY_NAME:
        raise Http404(_("ไม่มีไฟล์นี้"))
    facts = {
        "site": site_of(request),
        "on": timezone.localdate(),
        "title": catalogue.BY_NAME[name].title,
    }
    if name == "events":
        return tables.events(**facts)
    if name == "figures":
        return tables.figures(**facts)
    is_of_agencies = name == "agencies"
    listing = (results.listing if is_of_agencies else results.award_listing)(QueryDict())
    table_of = tables.agencies if is_of_agencies else tables.awards
    return table_of(listing.stream(), count=listing.count, **facts)
