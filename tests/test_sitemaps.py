"""What search engines and browsers ask for: sitemaps, robots, the search description."""

import datetime
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certifications import sitemaps
from certifications.models import Agency, Award
from tests import make

pytestmark = pytest.mark.django_db

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture
def register():
    ministry = make.ministry()
    office = make.agency(parent=ministry, province="54")
    make.award(office, 2565)
    make.event(2565)
    return {"ministry": ministry, "office": office}


def urls(client, address: str) -> dict[str, ElementTree.Element]:
    response = client.get(address)
    assert response.status_code == 200
    found = ElementTree.fromstring(response.content).findall(f"{S}url")
    return {url.find(f"{S}loc").text: url for url in found}


def test_the_index_names_every_section_with_its_last_change(client, register):
    changed = datetime.datetime(2027, 3, 4, 5, 6, tzinfo=datetime.UTC)
    Award.objects.update(updated_at=changed)
    response = client.get("/sitemap.xml")
    found = ElementTree.fromstring(response.content).findall(f"{S}sitemap")
    changes = {entry.find(f"{S}loc").text: entry.findtext(f"{S}lastmod") for entry in found}
    assert list(changes) == [
        f"http://testserver/sitemap-{name}.xml"
        for name in ("pages", "agencies", "events", "provinces")
    ]
    assert changes["http://testserver/sitemap-agencies.xml"].startswith("2027-03-04")


def test_every_address_in_the_sitemaps_answers_and_names_its_other_language(client, register):
    for section in sitemaps.SECTIONS:
        found = urls(client, f"/sitemap-{section}.xml")
        assert found
        for address, url in found.items():
            links = {link.get("hreflang"): link.get("href") for link in url.findall(LINK)}
            assert address in links.values() and list(links) == ["th", "en"]
            assert links["en"].startswith("http://testserver/en/")
            if section != "provinces" or "phrae" in address:
                assert client.get(address).status_code == 200, address


def test_offices_and_the_bodies_above_them_are_in_the_sitemap_and_drafts_are_not(client, register):
    draft = make.agency()
    make.award(draft, 2565, published=False)
    make.agency(merged_into=register["office"])
    make.event(2566, published=False)
    found = urls(client, "/sitemap-agencies.xml")
    expected = [register["ministry"], register["office"]]
    thai = [address for address in found if "/en/" not in address]
    assert thai == [f"http://testserver{body.get_absolute_url()}" for body in expected]
    assert not [address for address in urls(client, "/sitemap-events.xml") if "2566" in address]


def test_the_last_change_of_an_office_is_that_of_its_public_awards(client, register):
    long_ago = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
    Agency.objects.update(updated_at=long_ago)
    Award.objects.update(updated_at=datetime.datetime(2026, 2, 3, tzinfo=datetime.UTC))
    draft = make.award(register["office"], 2566, published=False)
    Award.objects.filter(pk=draft.pk).update(
        updated_at=datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
    )
    found = urls(client, "/sitemap-agencies.xml")
    changes = [url.findtext(f"{S}lastmod") for url in found.values()]
    assert changes == ["2025-01-01"] * 2 + ["2026-02-03"] * 2


def test_a_long_section_comes_in_pages(client, register, monkeypatch):
    monkeypatch.setattr(sitemaps.InBothLanguages, "limit", 1)
    index = client.get("/sitemap.xml").content.decode()
    assert "/sitemap-agencies.xml?p=2" in index
    assert len(urls(client, "/sitemap-agencies.xml?p=2")) == 2
    assert client.get("/sitemap-agencies.xml?p=3").status_code == 404
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_more_offices_ask_no_more_of_the_database(client, register):
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            urls(client, "/sitemap-agencies.xml")
        asked.append(len(queries))
        for _more in range(10):
            make.award(make.agency(parent=register["ministry"]))
    assert asked[0] == asked[1] <= 3


def test_robots_may_read_pages_but_not_every_combination_of_filters(client):
    response = client.get("/robots.txt")
    said = response.content.decode()
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in said
    for rule in ("Disallow: /admin/", "Disallow: /*format=", "Disallow: /agencies/?\n"):
        assert rule in said
    assert "Disallow: /\n" not in said and "Disallow: /agencies/\n" not in said


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_browser_learns_to_search_here_in_each_language(client, register, prefix):
    said = ElementTree.fromstring(client.get(f"{prefix}/opensearch.xml").content)
    templates = {url.get("type"): url.get("template") for url in said.findall(f"{SEARCH}Url")}
    page = templates["text/html"].replace("{searchTerms}", "%E0%B8%AA%E0%B8%B3")
    assert page.startswith(f"http://testserver{prefix}/agencies/?q=")
    assert client.get(page).status_code == 200
    assert said.findtext(f"{SEARCH}Language") == ("en" if prefix else "th")
    assert len(said.findtext(f"{SEARCH}ShortName")) <= 16
