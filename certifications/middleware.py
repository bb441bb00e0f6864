"""Middleware: CSP header, page cache, unused sessions, NUL characters at the desk."""

import hashlib
import re

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponseNotModified, QueryDict
from django.utils import timezone

from certifications.access.sessions import end_if_unused
from certifications.models.stamps import current_stamp

STAFF_PAGE = re.compile(rf"^/(?:en/)?{re.escape(settings.ADMIN_PATH)}")
# Staff pages, files of our own making, the operator's probe: none of these is kept.
NOT_KEPT = re.compile(rf"{STAFF_PAGE.pattern}|^/static/|^/healthz$")
LARGEST_KEPT = 512 * 1024  # bytes
KEPT_FOR = 24 * 60 * 60  # seconds; nothing is the same on the next day

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the admin's calendar and search icons are data: images
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
    ]
)


class ContentSecurityPolicy:
    """No script, style or frame from anywhere but our own files; nothing inline."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


def preferences(request) -> tuple[str, ...]:
    """What the API heeds beside the address, whose pages hold their language."""
    if not request.path_info.startswith("/api/v1/"):
        return ()
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return (request.headers.get("Accept", ""), request.headers.get("Accept-Language", ""), chosen)


class UnchangedPages:
    """Makes no public page twice while nothing it rests on has changed.

    A page rests on the records (their stamp), the day in Bangkok, the release of the code, its own
    address, which holds the language, and in the API on what the client prefers. Asked again with
    the same validator it is not sent; kept, it is not made. One that says `no-store` is left alone.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        stamp = ""
        if request.method in ("GET", "HEAD") and not NOT_KEPT.match(request.path_info):
            stamp = current_stamp()  # before the page is made: a change in between renews it again
        if not stamp:
            return self.get_response(request)
        address = request.build_absolute_uri()
        rests_on = (stamp, timezone.localdate(), settings.RELEASE, address, *preferences(request))
        name = hashlib.sha256(repr(rests_on).encode()).hexdigest()[:32]
        validator = f'W/"{name}"'
        if name in request.headers.get("If-None-Match", ""):
            return self._validated(HttpResponseNotModified(), validator)
        kept = cache.get(name)
        if kept is not None:
            content, headers = kept
            return HttpResponse(content, headers=headers)
        response = self.get_response(request)
        if response.status_code != 200 or "no-store" in response.get("Cache-Control", ""):
            return response
        self._validated(response, validator)
        if not (response.streaming or response.cookies) and len(response.content) <= LARGEST_KEPT:
            cache.set(name, (response.content, dict(response.headers)), KEPT_FOR)
        return response

    @staticmethod
    def _validated(response, validator: str):
        """Browsers and caches may keep it, and must ask each time whether it still holds."""
        response.headers.setdefault("ETag", validator)
        response.headers.setdefault("Cache-Control", "no-cache")
        return response


class NoNullCharacters:
    """At the desk, whose pages read some of what is sent without a form: PostgreSQL holds no NUL.

    No record has one in its address; from what was typed, or pasted, it is left out.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Here, not before: by now a form without its security mark has been refused unread."""
        if not STAFF_PAGE.match(request.path_info):
            return
        if "\0" in request.path_info:
            raise Http404
        request.GET = _without_null(request.GET)
        if request.method == "POST":
            request.POST = _without_null(request.POST)


def _without_null(sent: QueryDict) -> QueryDict:
    if not any("\0" in text for name, values in sent.lists() for text in (name, *values)):
        return sent
    cleaned = QueryDict(mutable=True)
    for name, values in sent.lists():
        cleaned.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    return cleaned


class UnusedSessions:
    """Signs staff out who did nothing for too long; only their own pages count as use."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if STAFF_PAGE.match(request.path_info):
            end_if_unused(request)
        return self.get_response(request)
