"""The list of ceremonies, chosen by round and by province, as a page and in the API."""

import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db

PAGES = ("/events/", "/en/events/")


@pytest.fixture
def ceremonies():
    for year, province in ((2564, "12"), (2565, "12"), (2566, "50"), (2567, "")):
        make.event(year, province=province)


def codes_on(client, address: str) -> list[str]:
    return re.findall(r'/events/([0-9-]+)/"', client.get(address).content.decode())


def codes_of(client, question: str) -> list[str]:
    rows = client.get(f"/api/v1/events/?{question}").json()["results"]
    return [row["code"] for row in rows]


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("", ["2567", "2566", "2565", "2564"]),
        ("year=&province=", ["2567", "2566", "2565", "2564"]),
        ("year=2565", ["2565"]),
        ("year=๒๕๖๕&year=2566", ["2566", "2565"]),
        ("province=12", ["2565", "2564"]),
        ("province=12&province=50&year=2566", ["2566"]),
        ("province=50&year=2565", []),
        ("utm_source=letter", ["2567", "2566", "2565", "2564"]),
    ],
)
def test_ceremonies_are_chosen_by_round_and_province(client, ceremonies, question, codes):
    assert codes_of(client, question) == codes
    for page in PAGES:
        assert codes_on(client, f"{page}?{question}") == codes


@pytest.mark.parametrize(
    ("question", "parameter", "thai", "english"),
    [
        ("year=2022", "year", "2022 เป็นปี ค.ศ. ช่องนี้ใช้ปี พ.ศ.", "2022 is a C.E. year"),
        ("year=unknown", "year", "อ่าน “unknown” เป็นปีไม่ได้", "“unknown” is not a year"),
        ("year=2565&year=x", "year", "อ่าน “x” เป็นปีไม่ได้", "“x” is not a year"),
        ("province=Phrae", "province", "ไม่มีจังหวัดรหัส “Phrae”", "“Phrae” is not recognised"),
        ("province=unknown", "province", "ไม่มีจังหวัดรหัส “unknown”", "“unknown” is not"),
    ],
)
def test_a_choice_that_cannot_be_read_is_refused_with_a_sentence(
    client, ceremonies, question, parameter, thai, english
):
    for page, sentence in zip(PAGES, (thai, english), strict=True):
        answer = client.get(f"{page}?{question}")
        assert answer.status_code == 400 and sentence in answer.content.decode()
    for language, sentence in (("th", thai), ("en", english)):
        headers = {"accept-language": language}
        answer = client.get(f"/api/v1/events/?{question}", headers=headers)
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        (fault,) = answer.json()["errors"]
        assert fault["parameter"] == parameter and sentence in fault["message"]


def test_where_no_ceremony_is_left_the_page_says_so(client, ceremonies):
    assert "ไม่มีพิธีมอบตามที่เลือก" in client.get("/events/?year=2569").content.decode()
    assert "No ceremony" in client.get("/en/events/?year=2569").content.decode()


def test_the_openapi_document_tells_by_what_ceremonies_are_chosen(client):
    listed = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/events/"]["get"]
    assert [one["name"] for one in listed["parameters"]] == ["year", "province"]
    assert "400" in listed["responses"]
