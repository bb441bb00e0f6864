"""The API: the rows of the list, clear faults, nothing but JSON, nothing but what is public."""

import datetime
import json
import os
from contextlib import suppress

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.throttling import AnonRateThrottle
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from certifications.models import AwardEvent
from certifications.reference import provinces
from gecc.wsgi import application
from tests import make

pytestmark = pytest.mark.django_db

CONTRACT_EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "10"))


@pytest.fixture
def register():
    ministry = make.ministry(name_th="กระทรวงตัวอย่าง", name_en="Ministry of Examples")
    department = make.department(name_th="กรมตัวอย่าง", parent=ministry)
    event = make.event(2565, held_on=datetime.date(2022, 9, 28), province="10")
    offices = []
    for number in range(5):
        office = make.agency(name_th=f"สำนักงานที่ {number}", parent=department, province="54")
        make.award(office, 2565, level="basic", event=event)
        offices.append(office)
    make.award(offices[0], 2562)
    offices[0].names.create(kind="short", name="สง.")
    return {"ministry": ministry, "department": department, "offices": offices, "event": event}


def read(client, address: str, status: int = 200, **headers) -> dict:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.content.decode()
    kind = "application/json" if status == 200 else "application/problem+json"
    assert response.headers["Content-Type"] == kind
    return response.json()


# --- the rows of the list ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question", ["", "?province=54&sort=recent", "?year=2562", "?on=2024-12-31&state=in_force"]
)
def test_the_api_has_the_rows_of_the_file(client, register, question):
    for name in ("agencies", "awards"):
        file = client.get(f"/{name}/{question}{'&' if question else '?'}format=json")
        rows = json.loads(b"".join(file.streaming_content))["rows"]
        assert read(client, f"/api/v1/{name}/{question}")["results"] == rows


def test_pages_lead_from_one_to_the_next(client, register):
    address, names = "/api/v1/agencies/?page_size=2&province=54", []
    while address:
        said = read(client, address)
        assert said["count"] == 5
        names += [row["name_th"] for row in said["results"]]
        address = said["next"]
    assert names == [office.name_th for office in register["offices"]]
    assert "page=2" in said["previous"] and "province=54" in said["previous"]


def test_one_body_has_its_awards_names_and_those_above_it(client, register):
    office = register["offices"][0]
    said = read(client, f"/api/v1/agencies/{office.code}/?on=2024-12-31")
    assert said["state"] == "in_force" and said["on"] == "2024-12-31"
    assert said["years_be"] == "2562 2565"
    assert [(award["year_be"], award["state"]) for award in said["awards"]] == [
        (2565, "in_force"),
        (2562, "lapsed"),
    ]
    assert said["other_names"] == [{"name": "สง.", "kind": "short", "until": None}]
    assert [above["name_en"] for above in said["ancestors"]] == ["Ministry of Examples", None]


def test_a_ministry_without_an_award_of_its_own_has_a_record_too(client, register):
    said = read(client, f"/api/v1/agencies/{register['ministry'].code}/")
    assert said["kind"] == "ministry" and said["state"] is None and said["awards"] == []


def test_a_merged_record_leads_to_the_one_that_stays(client, register):
    merged = make.agency(merged_into=register["offices"][0])
    response = client.get(f"/api/v1/agencies/{merged.code}/")
    assert response.status_code == 301
    assert response.headers["Location"] == f"/api/v1/agencies/{register['offices'][0].code}/"


def test_short_lists_come_whole(client, register):
    assert read(client, "/api/v1/provinces/")["count"] == len(provinces.ALL) == 77
    assert [row["code"] for row in read(client, "/api/v1/levels/")["results"]] == ["basic"]
    assert read(client, "/api/v1/services/")["count"] > 5
    (event,) = read(client, "/api/v1/events/")["results"]
    assert event == read(client, "/api/v1/events/2565/")
    assert event["held_on"] == "2022-09-28" and event["awards_recorded"] == 5


def test_the_start_names_every_list(client, register):
    for name, address in read(client, "/api/v1/").items():
        assert client.get(address).status_code == 200, name


# --- faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("page=-1", "page"),
        ("page=0", "page"),
        ("page=๒", "page"),
        ("page=99999999999999999999", "page"),
        ("page_size=101", "page_size"),
        ("page_size=x", "page_size"),
        ("on=2565-02-30", "on"),
        ("level=gold", "level"),
        ("province=Phrae", "province"),
        ("sort=size", "sort"),
        ("year=2022", "year"),
    ],
)
@pytest.mark.parametrize("name", ["agencies", "awards"])
def test_a_fault_names_the_parameter_and_says_what_to_do(
    client, register, name, question, parameter
):
    said = read(client, f"/api/v1/{name}/?{question}", 400)
    assert said["title"] == "Bad Request" and said["status"] == 400
    assert [error["parameter"] for error in said["errors"]] == [parameter]
    assert said["errors"][0]["message"] in said["detail"]


def test_faults_are_told_in_the_language_the_client_prefers(client, register):
    thai = read(client, "/api/v1/agencies/?on=x", 400)
    english = read(client, "/api/v1/agencies/?on=x", 400, **{"accept-language": "en-GB,en"})
    assert thai["detail"] != english["detail"]
    assert "28 กันยายน 2565" in thai["detail"]
    response = client.get("/api/v1/levels/", headers={"accept-language": "en"})
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/nothing/",
        "/api/v1/agencies/zzzzzz/",
        "/api/v1/agencies/%00/",
        "/api/v1/agencies/ไม่มี/",
        "/api/v1/events/2600/",
        "/api/v1/events/x/",
        "/api/v1/agencies/?page=2",
    ],
)
def test_what_there_is_not_is_answered_as_a_problem(client, register, address):
    assert read(client, address, 404)["title"] == "Not Found"


def test_nothing_can_be_written_and_nothing_but_json_is_spoken(client, register):
    for method in ("post", "put", "patch", "delete", "options"):
        response = getattr(client, method)("/api/v1/agencies/")
        assert response.status_code == 405
        assert response.headers["Content-Type"] == "application/problem+json"
        assert "GET" in response.headers["Allow"]
    assert read(client, "/api/v1/agencies/", 406, accept="text/html")["status"] == 406
    assert client.head("/api/v1/agencies/").status_code == 200


def test_a_client_in_a_hurry_is_told_how_long_to_wait(client, register, monkeypatch, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(AnonRateThrottle, "rate", "2/min", raising=False)
    cache.clear()
    for _time in range(2):
        assert client.get("/api/v1/levels/").status_code == 200
        make.source()  # a page kept from before costs nothing and is not counted
    response = client.get("/api/v1/levels/")
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    assert response.json()["title"] == "Too Many Requests"
    cache.clear()


def test_another_port_behind_the_proxy_is_the_same_client(client, register, monkeypatch, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.BEHIND_PROXY = True
    monkeypatch.setattr(AnonRateThrottle, "rate", "2/min", raising=False)
    cache.clear()

    def ask(written: str) -> int:
        make.source()
        headers = {"X-Forwarded-For": written}
        return client.get("/api/v1/levels/", headers=headers).status_code

    written = ["198.51.100.7:1", "198.51.100.7:2", "198.51.100.7", "198.51.100.8:3"]
    assert list(map(ask, written)) == [200, 200, 429, 200]
    cache.clear()


# --- for whom ------------------------------------------------------------------------------------


def test_pages_of_other_sites_may_read_the_api_and_the_files_and_no_more(client, register):
    origin = {"origin": "https://elsewhere.example"}
    for address in ("/api/v1/agencies/", "/data/datapackage.json", "/data/agencies.csv"):
        response = client.get(address, headers=origin)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
    asked = {"access-control-request-method": "POST"} | origin
    allowed = client.options("/api/v1/agencies/", headers=asked)
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    for address in ("/", "/agencies/", "/admin/login/"):
        headers = client.get(address, headers=origin).headers
        assert "Access-Control-Allow-Origin" not in headers


def test_the_api_knows_nobody_and_sets_no_cookie(register):
    client = Client()
    client.force_login(make.user(is_superuser=True))
    make.award(make.agency(name_th="สำนักงานร่างลับ"), 2565, published=False)
    response = client.get("/api/v1/agencies/")
    assert "ร่างลับ" not in response.content.decode()
    assert not response.cookies


def test_no_address_of_the_api_shows_a_draft(client, register):
    draft = make.agency(name_th="สำนักงานร่างลับ", parent=register["department"], province="54")
    make.award(draft, 2565, published=False)
    office = register["offices"][1]
    event = make.event(2566, title_th="พิธีร่างลับ", published=False)
    make.award(office, 2566, event=event)
    hidden = make.award(office, 2563, published=False, name_as_printed="ชื่อลับ")
    hidden.recipients.create(name="ผู้รับลับ")
    make.figure(777, year=2566, note="ตัวเลขลับ")
    texts = [
        client.get(f"/api/v1/{address}").content.decode()
        for address in (
            "agencies/",
            "agencies/?year=2566",
            "awards/?page_size=100",
            "events/",
            f"agencies/{office.code}/",
            f"agencies/{register['department'].code}/",
        )
    ]
    for secret in ("ร่างลับ", "ชื่อลับ", "ผู้รับลับ", "ตัวเลขลับ", '"event_code":"2566"'):
        assert not [text for text in texts if secret in text], secret


def test_a_draft_answers_as_if_it_had_never_been(client, register):
    draft = make.agency()
    make.event(2566, published=False)
    for drafted, never in (
        (f"agencies/{draft.code}/", "agencies/zzzzz2/"),
        ("events/2566/", "events/2567/"),
    ):
        first, second = (client.get(f"/api/v1/{address}") for address in (drafted, never))
        assert (first.status_code, first.content) == (404, second.content)


def test_a_record_withdrawn_from_view_is_gone(client, register):
    AwardEvent.objects.update(
        hidden_at=timezone.now(), hidden_by=make.publisher(), hidden_reason="เหตุผลภายใน"
    )
    assert "เหตุผลภายใน" not in str(read(client, "/api/v1/events/2565/", 410))


# --- cost ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["agencies/", "awards/", "events/"])
def test_more_rows_ask_no_more_of_the_database(client, register, address):
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            read(client, f"/api/v1/{address}?page_size=100")
        asked.append(len(queries))
        for _more in range(10):
            make.award(make.agency(parent=register["department"]), 2564)
        make.event(2564 - len(asked))
    assert asked[0] == asked[1] <= 13


# --- the OpenAPI document ------------------------------------------------------------------------


def test_the_openapi_document_tells_every_address_and_every_answer(client):
    response = client.get("/api/v1/openapi.json")
    said = response.json()
    assert said["openapi"].startswith("3.1")
    assert len(said["paths"]) == 8
    for path, operations in said["paths"].items():
        assert set(operations) == {"get"}, path
        get = operations["get"]
        assert get["summary"] and {"200", "406", "429"} <= set(get["responses"])
        assert all(one["description"] for one in get.get("parameters", []))
        assert all(answer["description"] for answer in get["responses"].values())
    states = said["components"]["schemas"]["State"]["enum"]
    assert "in_force" in states
    assert "error" not in json.dumps(said["info"])


def test_the_openapi_document_is_read_in_both_languages(client):
    thai, english = (
        client.get("/api/v1/openapi.json", headers={"accept-language": language})
        for language in ("th", "en")
    )
    assert thai.headers["Content-Language"] == "th"
    assert english.headers["Content-Language"] == "en"


def test_the_page_about_the_api_names_every_parameter_of_the_document(client):
    page = client.get("/api/").content.decode()
    for path, operations in client.get("/api/v1/openapi.json").json()["paths"].items():
        assert f"GET {path}" in page
        for parameter in operations["get"].get("parameters", []):
            assert f"<code>{parameter['name']}</code>" in page
    assert "<script" not in page and " style=" not in page


@pytest.fixture
def kept_connection():
    """A request closes a connection in a transaction, unless it is told not to, as here."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_odd_requests_find_no_answer_that_the_document_does_not_tell(register, mode):
    """Some requests of each address; `make contract` tries very many."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    codes = {"agencies": register["offices"][0].code, "events": "2565"}
    for found in schema.get_all_operations():
        operation = found.ok()
        known = {"code": codes[operation.path.split("/")[3]]} if "{code}" in operation.path else {}
        for path_parameters in (None, known) if known else (None,):
            requests = operation.as_strategy(mode, path_parameters=path_parameters)
            try_out(requests)


def try_out(requests):
    @hypothesis.settings(
        max_examples=CONTRACT_EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=requests)
    def answered_as_documented(case):
        # Levels, services and bodies are rows that staff keep: only the answer can say which exist.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    with suppress(hypothesis.errors.Unsatisfiable):  # an address that takes no parameter
        answered_as_documented()
