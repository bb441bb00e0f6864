"""robots.txt and the OpenSearch description."""

from django.shortcuts import render
from django.urls import reverse


def robots(request):
    context = {"sitemap": request.build_absolute_uri(reverse("sitemap-index"))}
    return render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")


def search_description(request):
    context = {"site": request.build_absolute_uri("/")[:-1]}
    return render(
        request,
        "opensearch.xml",
        context,
        content_type="application/opensearchdescription+xml; charset=utf-8",
    )
