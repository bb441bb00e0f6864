"""Pagination, with a 404 for a page that is not there."""

from contextlib import suppress

from django.core.paginator import InvalidPage, Page, Paginator


def page_asked(paginator: Paginator, number: str | None) -> tuple[Page, str]:
    """The page asked for and ""; an empty page and its number when there is no such page."""
    if not number:
        return paginator.page(1), ""
    with suppress(InvalidPage):
        return paginator.page(number), ""
    empty = paginator.page(1)
    empty.object_list = []
    return empty, number[:20]
