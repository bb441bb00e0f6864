"""Photos and documents of a ceremony: only what they claim to be, and public only with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certifications.models import EventFile
from certifications.models.events import MAX_FILE_BYTES
from tests import make

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
FORM = {
    "year": "2565",
    "code": "2565",
    "title_th": "พิธีสมมติ",
    "validity_years": "3",
    "is_online": "unknown",
    "files-TOTAL_FORMS": 1,
    "files-INITIAL_FORMS": 0,
    "files-MIN_NUM_FORMS": 0,
    "files-MAX_NUM_FORMS": 1000,
    "files-0-kind": "photo",
    "files-0-caption_th": "ภาพสมมติ",
    "files-0-order": 1,
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(admin_client, name: str, content: bytes):
    facts = FORM | {"files-0-file": SimpleUploadedFile(name, content)}
    return admin_client.post(reverse("admin:certifications_awardevent_add"), facts)


@pytest.mark.parametrize("name", ["ภาพ พิธี.png", "../../etc/passwd.png", "a" * 150 + ".PNG"])
def test_a_picture_is_kept_under_a_name_of_our_own(admin_client, tmp_path, name):
    assert upload(admin_client, name, PNG).status_code == 302
    kept = EventFile.objects.get().file
    assert kept.name.startswith("events/2565/") and kept.name.endswith(".png")
    assert tmp_path in type(tmp_path)(kept.path).resolve().parents


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.html", b"<script>alert(1)</script>", "ใช้ได้เฉพาะไฟล์"),
        ("picture.svg", b"<svg onload=alert(1)>", "ใช้ได้เฉพาะไฟล์"),
        ("none", PNG, "ใช้ได้เฉพาะไฟล์"),
        ("page.png", b"<html><script>alert(1)</script>", "เนื้อไฟล์ไม่ตรงกับนามสกุล"),
        ("picture.pdf", PNG, "เนื้อไฟล์ไม่ตรงกับนามสกุล"),
        ("large.png", PNG + b"\0" * MAX_FILE_BYTES, "ไฟล์ใหญ่เกิน 10 เมกะไบต์"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(admin_client, tmp_path, name, content, said):
    page = upload(admin_client, name, content)
    assert said in page.content.decode()
    assert not EventFile.objects.exists() and list(tmp_path.rglob("*.*")) == []


def test_a_picture_is_public_with_its_ceremony_only(client):
    event = make.event(2565)
    picture = EventFile.objects.create(
        event=event, kind="photo", caption_th="ภาพสมมติ", file=SimpleUploadedFile("a.png", PNG)
    )
    assert 'alt="ภาพสมมติ"' in client.get("/events/2565/").content.decode()
    answer = client.get(picture.get_absolute_url())
    assert b"".join(answer.streaming_content) == PNG
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    draft = make.event(2566, published=False)
    EventFile.objects.filter(pk=picture.pk).update(event=draft)
    assert client.get(f"/events/2566/files/{picture.pk}/").status_code == 404
    assert client.get(f"/events/2565/files/{picture.pk}/").status_code == 404


def test_a_file_lost_from_the_disk_is_not_a_broken_page(client):
    picture = EventFile.objects.create(
        event=make.event(2565), kind="document", caption_th="เอกสาร", file="events/2565/gone.pdf"
    )
    assert client.get(picture.get_absolute_url()).status_code == 404
    assert client.get("/events/2565/").status_code == 200
