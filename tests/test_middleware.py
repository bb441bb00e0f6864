"""Pages are made once while nothing they rest on changes, and never shown when it did."""

import datetime

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certifications.audit.stamp_triggers import stamped_tables
from certifications.models import Agency, Award, Stamp
from certifications.models.stamps import current_stamp
from certifications.reference.states import StatusChange
from tests import make

# The stamp is written as changes are committed.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def pages_are_kept(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def clock(monkeypatch):
    """Sets the time of day in Bangkok."""

    def at(year, month, day, hour, minute):
        bangkok = timezone.get_default_timezone()
        moment = datetime.datetime(year, month, day, hour, minute, tzinfo=bangkok)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return at


def asked_again(client, page, address):
    return client.get(address, headers={"If-None-Match": page["ETag"]})


def test_an_unchanged_page_is_neither_made_nor_sent_again(client):
    office = make.award().agency
    address = office.get_absolute_url()
    first = client.get(address)
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address)
        unchanged = asked_again(client, first, address)
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert len(asked) == 2  # the stamp, each time


def test_what_staff_change_is_seen_at_once(client):
    office = make.award().agency
    address = office.get_absolute_url()
    first = client.get(address)
    office.name_th = "สำนักงานที่เปลี่ยนชื่อ"
    office.save()
    changed = asked_again(client, first, address)
    assert changed.status_code == 200
    assert "สำนักงานที่เปลี่ยนชื่อ" in changed.text
    assert changed["ETag"] != first["ETag"]


def test_midnight_is_seen_at_once_through_the_cache(client, clock):
    office = make.award(year=2565, event=make.event(2565)).agency
    for address in (office.get_absolute_url(), "/agencies/"):
        clock(2024, 12, 31, 23, 59)
        first = client.get(address)
        assert "ยังมีผลถึง" in first.text
        assert asked_again(client, first, address).status_code == 304
        clock(2025, 1, 1, 0, 1)
        lapsed = asked_again(client, first, address)
        assert lapsed.status_code == 200
        assert 'class="state state-lapsed"' in lapsed.text
        assert 'class="state state-in_force"' not in lapsed.text


def test_another_release_language_or_address_is_another_page(client, settings):
    make.award()
    first = client.get("/agencies/")
    assert client.get("/en/agencies/")["ETag"] != first["ETag"]
    assert client.get("/agencies/?sort=recent")["ETag"] != first["ETag"]
    settings.RELEASE = "another"
    assert asked_again(client, first, "/agencies/").status_code == 200


def test_errors_and_staff_pages_are_not_kept(client):
    make.award()
    assert "ETag" not in client.get("/agencies/?level=gold")
    assert "ETag" not in client.get("/agencies/222222/")
    client.force_login(make.user(is_superuser=True))
    assert "ETag" not in client.get("/admin/certifications/agency/")


def writes():
    """Each way in which a record comes to be, changes or goes."""
    award = make.award()
    draft = make.award(published=False)
    yield "a save", lambda: award.save()
    yield "a bulk update", lambda: Award.objects.filter(pk=award.pk).update(score=90)
    yield (
        "a bulk create",
        lambda: Agency.objects.bulk_create(
            [Agency(name_th="สำนักงานใหม่", path="222222/", code="222222", sort_key="00")]
        ),
    )
    yield "a source added", lambda: award.sources.add(make.source())
    yield (
        "a status change",
        lambda: make.status_change(award, StatusChange.SUSPENDED, datetime.date(2026, 1, 1)),
    )
    yield "a draft deleted", lambda: draft.delete()
    yield "a hand at the prompt", lambda: by_hand(f"UPDATE {Award._meta.db_table} SET score = 91")


def by_hand(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_way_of_writing_renews_the_stamp():
    for what, write in writes():
        before = current_stamp()
        write()
        assert current_stamp() != before, what


def test_a_change_that_is_taken_back_renews_nothing_that_stays():
    award = make.award()
    before = current_stamp()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        award.save()
        raise ZeroDivisionError
    assert current_stamp() == before


def test_every_table_of_the_register_has_its_triggers():
    if connection.vendor == "sqlite":
        found = (
            "SELECT count(*) / 3 FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'stamp%'"
        )
    else:
        found = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'stamp_%'"
    with connection.cursor() as cursor:
        cursor.execute(found)
        assert cursor.fetchone()[0] == len(stamped_tables()) >= 20
    assert Stamp._meta.db_table not in stamped_tables()


def test_the_api_is_kept_for_each_language_and_each_kind_asked_for(client):
    address = "/api/v1/openapi.json"
    make.award()
    english = client.get(address, headers={"Accept-Language": "en"})
    thai = client.get(address, headers={"Accept-Language": "th"})
    assert english.content != thai.content
    asked = {"Accept-Language": "th", "If-None-Match": english["ETag"]}
    assert client.get(address, headers=asked).status_code == 200
    client.get("/api/v1/levels/")
    assert client.get("/api/v1/levels/", headers={"Accept": "text/html"}).status_code == 406


def test_any_validator_at_all_is_not_the_validator(client):
    make.award()
    assert client.get("/agencies/", headers={"If-None-Match": "*"}).status_code == 200
    assert client.get("/agencies/222222/", headers={"If-None-Match": "*"}).status_code == 404
