"""Where a request comes from: its network address, and the browser in a few words."""

import re

from django.conf import settings
from django.http import HttpRequest

_BROWSERS = {  # the first mark found names it: most call themselves Safari and Chrome too
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def address_of(request: HttpRequest) -> str:
    """The visitor's address; behind a proxy the one it wrote last, since others may be invented."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.BEHIND_PROXY and forwarded:
        return forwarded.rpartition(",")[2].strip()[:45]
    return request.META.get("REMOTE_ADDR", "")[:45]


def browser_of(request: HttpRequest) -> str:
    """Such as "Chrome · Windows"; empty when it does not say."""
    said = request.META.get("HTTP_USER_AGENT", "")
    return " · ".join(filter(None, (_first(_BROWSERS, said), _first(_SYSTEMS, said))))


def _first(names: dict[str, str], said: str) -> str:
    return next((name for mark, name in names.items() if re.search(rf"\b{mark}\b", said)), "")
