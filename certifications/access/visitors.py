"""Where a request comes from: its network address, and the browser in a few words."""

import ipaddress
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
_WITH_PORT = re.compile(r"\[(?P<six>[^]]+)\](?::\d+)?|(?P<four>[\d.]+):\d+")


def address_of(request: HttpRequest) -> str:
    """The visitor's address; behind a proxy the one it wrote last, since others may be invented.

    Some proxies write a port beside it. What is no address is as good as none: the proxy's own.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    address = _address_in(forwarded.rpartition(",")[2].strip())
    return str(address or _address_in(request.META.get("REMOTE_ADDR", "")) or "")


def network_of(request: HttpRequest) -> str:
    """By which visitors are told apart: in IPv6 each subscriber owns the addresses of a /64."""
    address = address_of(request)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def _address_in(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    bracketed = _WITH_PORT.fullmatch(text)
    bare = bracketed["six"] or bracketed["four"] if bracketed else text
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def browser_of(request: HttpRequest) -> str:
    """Such as "Chrome · Windows"; empty when it does not say."""
    said = request.META.get("HTTP_USER_AGENT", "")
    return " · ".join(filter(None, (_first(_BROWSERS, said), _first(_SYSTEMS, said))))


def _first(names: dict[str, str], said: str) -> str:
    return next((name for mark, name in names.items() if re.search(rf"{mark}\b", said)), "")
