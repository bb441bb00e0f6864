"""No address, question or form with a NUL in it breaks a page: PostgreSQL holds none in text."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from certifications import models
from tests.desk import one_of_each

pytestmark = pytest.mark.django_db

PARTS = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>")
FOR_GET = ("q", "p", "term", "page", "on", "since", "show", "into", "format", "next")
FOR_POST = ("_why", "note", "reason", "action", "index", "_selected_action", "name_th", "username")


def addresses(resolver=None, namespace="", route="") -> list[tuple[str, str]]:
    """(name with its namespace, whole route) of every address there is."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        whole = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inside = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found += addresses(entry, inside, whole)
        elif isinstance(entry, URLPattern):
            found.append((f"{namespace}{entry.name}", whole))
    return found


def with_null(route: str) -> list[str]:
    """The address of a route with a NUL for each of its parts in turn, other parts filled in."""
    names = [one or other for one, other in PARTS.findall(route)]
    return [
        filled
        for name in names
        if (filled := _filled(route, dict.fromkeys(names, "1") | {name: "%00"}))
    ]


def _filled(route: str, values: dict[str, str]) -> str:
    plain = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)
    plain = plain.replace("^", "").replace("\\Z", "").replace("$", "")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: values[part[1]], plain)


@pytest.fixture
def desk(admin_client):
    one_of_each()
    admin_client.raise_request_exception = False
    return admin_client


def answers(client: Client, address: str, sent: dict | None = None) -> int:
    sends = client.get if sent is None else client.post
    return sends(address, sent).status_code


def test_no_address_with_a_null_in_a_part_of_it_breaks(desk):
    tried = [one for _name, route in addresses() for one in with_null(route)]
    assert len(tried) > 100
    broken = [
        (address, how)
        for address in tried
        for how, sent in (("GET", None), ("POST", {}))
        if answers(desk, address, sent) not in (301, 302, 403, 404, 405)
    ]
    assert broken == []


def plain_addresses() -> list[str]:
    """Addresses without parts, and of the desk those of one record of each kind."""
    plain = [f"/{route}" for _name, route in addresses() if not PARTS.search(route)]
    for model in admin.site._registry:
        meta = model._meta
        record = model._default_manager.first()
        for page in ("change", "history", "delete"):
            name = f"admin:{meta.app_label}_{meta.model_name}_{page}"
            plain.append(reverse(name, args=[record.pk]))
    return plain


def test_no_question_with_a_null_breaks_a_page(desk):
    broken = []
    for address in plain_addresses():
        filters = ["&".join(f"{name}=%00" for name in FOR_GET), "x%00=1", *lookups(address)]
        broken += [
            f"{address}?{one}" for one in filters if answers(desk, f"{address}?{one}") >= 500
        ]
    assert broken == []


def lookups(address: str) -> list[str]:
    """What the list of a kind of record may be filtered by."""
    for model, page in admin.site._registry.items():
        try:
            named = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            if reverse(named) != address:
                continue
        except NoReverseMatch:
            continue
        chosen = [getattr(one, "parameter_name", one) for one in page.list_filter or []]
        return [f"{name}{end}=%00" for name in chosen for end in ("", "__exact")]
    return []


def test_no_form_with_a_null_breaks_a_page(desk):
    """Signed in and not; what is typed beside it is not lost."""
    sent = dict.fromkeys(FOR_POST, "a\0b")
    broken = [
        address
        for address in plain_addresses()
        if "logout" not in address and answers(desk, address, sent) >= 500
    ]
    assert broken == []
    desk.logout()
    facts = {"username": "a\0b", "password": "a\0b", "kept_form": "\0"}
    assert answers(desk, "/admin/login/", facts) == 200


def test_what_is_pasted_with_a_null_is_saved_without_it(admin_client):
    admin_client.post(
        "/admin/certifications/source/add/",
        {
            "url": "https://example.test/a",
            "title": "ประกาศ\0ผล",
            "grade": "press",
        },
    )
    assert models.Source.objects.get().title == "ประกาศผล"


def test_no_cookie_with_a_null_breaks_the_desk(client):
    client.raise_request_exception = False
    client.cookies["sessionid"] = "\0" * 12
    assert answers(client, "/admin/") == 302
