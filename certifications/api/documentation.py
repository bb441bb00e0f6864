"""The OpenAPI document, and a page for people made from it."""

import json
from functools import lru_cache

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from drf_spectacular.generators import SchemaGenerator

from certifications.api.parameters import MAX_PAGE_SIZE
from certifications.exports import document, licence
from certifications.exports.columns.agencies import AGENCIES
from certifications.exports.columns.awards import AWARDS
from certifications.exports.columns.events import EVENTS
from certifications.exports.columns.lists import LEVELS, PROVINCES, SERVICES
from certifications.reference.language import reader_language

COLUMNS = {
    "/api/v1/agencies/": AGENCIES,
    "/api/v1/awards/": AWARDS,
    "/api/v1/events/": EVENTS,
    "/api/v1/levels/": LEVELS,
    "/api/v1/provinces/": PROVINCES,
    "/api/v1/services/": SERVICES,
}


@lru_cache
def schema(language: str) -> dict:
    """The OpenAPI document; it depends on the code and the language alone."""
    with translation.override(language):
        openapi = SchemaGenerator().get_schema(request=None, public=True)
        return json.loads(document.as_json(openapi))


def openapi(request):
    """In the language the client prefers."""
    language = translation.get_language_from_request(request)
    response = HttpResponse(
        document.as_json(schema(language)), content_type="application/vnd.oai.openapi+json"
    )
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language"])
    return response


def documentation(request):
    openapi = schema(reader_language())
    context = {
        "endpoints": [
            _endpoint(path, operations["get"]) for path, operations in openapi["paths"].items()
        ],
        "site": request.build_absolute_uri("/")[:-1],
        "licence": licence,
        "most": MAX_PAGE_SIZE,
    }
    return render(request, "certifications/api.html", context)


def _endpoint(path: str, operation: dict) -> dict:
    """What the page shows of an address."""
    parameters = operation.get("parameters", [])
    return {
        "path": path,
        "name": operation["operationId"],
        "summary": operation["summary"],
        "about": operation.get("description", ""),
        "parameters": [_parameter(one) for one in parameters],
        "columns": COLUMNS.get(path, ()),
        "statuses": [
            (status, answer["description"]) for status, answer in operation["responses"].items()
        ],
    }


def _parameter(one: dict) -> dict:
    shape = one["schema"]
    values = [value for value in shape.get("items", shape).get("enum", []) if value]
    return {
        "name": one["name"],
        "about": one.get("description", ""),
        "several": shape["type"] == "array",
        "is_needed": one.get("required", False),
        # The 77 provinces have an address of their own.
        "values": values if len(values) < 20 else [],
        "example": next((example["value"] for example in one.get("examples", {}).values()), ""),
    }
