"""What is not public stands on no public address, whatever its kind and whatever is beside it."""

import io
import zipfile
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models as fields
from django.test import Client

from certifications import models
from certifications.actions.decide import accept, refuse
from certifications.actions.propose import propose_change, propose_publication
from tests import make
from tests.decided import withdraw_from_view

pytestmark = pytest.mark.django_db

SECRET = "ลับสุดยอด"
NO_WORDS = ("code", "province", "certificate_number")  # of a fixed form, or too short
PAGES = (
    *("/", "/about/", "/agencies/", f"/agencies/?q={SECRET}", "/events/", "/provinces/"),
    *("/provinces/phrae/", "/events/2565/", "/data/", "/changes/", "/agencies/?page=2"),
    *(f"/agencies/?format={form}" for form in ("csv", "json", "xlsx", "atom")),
    *(f"/awards/?format={form}" for form in ("csv", "json", "xlsx", "atom")),
    *(f"/changes/?format={form}" for form in ("json", "atom")),
    f"/agencies/suggest/?q={SECRET}",
    *(f"/api/v1/{name}/" for name in ("agencies", "awards", "events", "levels", "services")),
    f"/api/v1/agencies/?q={SECRET}",
)
ALONE = (
    *(f"/data/{name}" for name in ("agencies.csv", "awards.csv", "awards.json")),
    *("/data/announced_figures.csv", "/data/events.csv", "/data/datapackage.json"),
    *("/sitemap.xml", "/opensearch.xml"),
)


def with_secrets(record):
    """The record with the secret word in every text that it may hold."""
    for field in record._meta.concrete_fields:
        is_text = type(field) in (fields.CharField, fields.TextField) and not field.choices
        if (
            is_text
            and field.editable
            and field.name not in ("code", "province", "certificate_number")
        ):
            setattr(record, field.name, SECRET)
    record.save()
    return record


@pytest.fixture
def public(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    office = make.agency(name_th="สำนักงานสมมติแพร่", province="54", parent=make.ministry())
    return make.award(office, 2565, level="basic", event=make.event(2565))


@pytest.fixture
def secrets(public) -> list:
    """Of every kind something that is not public; the records, drafts first."""
    cited = make.source(title=SECRET, publisher=SECRET, url=f"https://example.test/{quote(SECRET)}")
    department = with_secrets(make.department())
    office = with_secrets(make.agency(parent=department, province="54"))
    office.names.create(kind="short", name=SECRET)
    draft = with_secrets(make.award(office, 2565, event=public.event, published=False))
    draft.recipients.create(name=SECRET, position=SECRET, on_behalf_of=SECRET)
    draft.sources.set([cited])
    event = with_secrets(make.event(2570, published=False))
    photo = SimpleUploadedFile("a.png", bytes.fromhex("89504e470d0a1a0a") + SECRET.encode())
    event.files.create(kind="photo", file=photo, caption_th=SECRET, caption_en=SECRET)
    with_secrets(make.figure(5, year=2570, agency=department))
    with_secrets(models.Criterion(first_year=2570, last_year=2570, order=1))
    with_secrets(make.declaration(2565, published=False))
    taken = with_secrets(make.award(make.agency(), 2564))
    taken.recipients.create(name=SECRET)
    withdraw_from_view([taken], by=make.user(), reason=SECRET)
    requests(public)
    return [department, office, draft, event]


def requests(public) -> None:
    """One that was refused and one that waits, about what is public."""

    def write() -> None:
        body = models.Agency.objects.get(pk=public.agency_id)
        body.name_th, body.phone, body.address = SECRET, SECRET, SECRET
        body.save()

    refused = propose_change(write, by=make.user(), reason=SECRET)
    refuse(refused, by=make.user(), note=SECRET)
    propose_change(write, by=make.user(), reason=SECRET)


def texts(bodies: list) -> dict[str, str]:
    pages = [*PAGES, *(f"/agencies/{body.code}/" for body in bodies), "/events/2570/"]
    client = Client()
    addresses = [*pages, *(f"/en{page}" for page in pages), *ALONE]
    return {page: text_of(client.get(page)) for page in addresses}


def text_of(answer) -> str:
    content = answer.getvalue()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode() for name in book.namelist())
    return content.decode(errors="replace")


def leaks(found: dict[str, str]) -> list[str]:
    """The addresses that tell the word, but for those that repeat what was asked."""
    return [page for page, text in found.items() if SECRET in text and SECRET not in page]


def answers_alike(found: dict[str, str]) -> None:
    """A search for the word finds nothing."""
    assert '"count": 0' in found[f"/api/v1/agencies/?q={SECRET}"].replace('"count":0', '"count": 0')


def test_nothing_that_is_not_public_is_told_anywhere(public, secrets):
    found = texts([*secrets[:2], public.agency])
    assert leaks(found) == []
    answers_alike(found)


def test_nor_is_it_once_something_beside_it_is_published(public, secrets):
    beside = make.award(
        make.agency(parent=public.agency.parent, province="54"), 2565, published=False
    )
    accept(propose_publication([beside], by=make.user()), by=make.user())
    found = texts([*secrets[:2], beside.agency])
    assert leaks(found) == []
    answers_alike(found)


def test_all_of_it_is_told_once_it_is_published(public, secrets):
    """The control: the word would be seen where it stands."""
    _department, office, draft, event = secrets
    accept(propose_publication([draft, event], by=make.user()), by=make.user())
    told = set(leaks(texts([office])))
    assert {f"/agencies/{office.code}/", "/events/2570/", "/awards/?format=csv"} <= told
