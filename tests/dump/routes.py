"""The addresses that the resolver knows: which of them nobody asked."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.utils import translation

from tests.dump.answers import Question


def routes(resolver: URLResolver | None = None) -> Iterator[str]:
    """Every route from the root, spelled as `resolve` spells the one it took."""
    resolver = resolver or get_resolver()
    for one in resolver.url_patterns:
        route = str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from (joined(route, below) for below in routes(one))


def joined(above: str, below: str) -> str:
    return above + below.removeprefix("^") if above else below


def not_asked(questions: Iterable[Question], with_desk: bool = True) -> list[str]:
    """What to say of each route that no question went to."""
    with translation.override(settings.LANGUAGE_CODE):
        taken = {route_of(question.address) for question in questions}
        known = [one for one in routes() if with_desk or not one.startswith(settings.ADMIN_PATH)]
    return [
        f"The dump does not know how to ask {route or 'the front page'!r}: see tests/dump/"
        for route in known
        if route not in taken
    ]


def route_of(address: str) -> str | None:
    try:
        return resolve(address.partition("?")[0]).route
    except Resolver404:
        return None
