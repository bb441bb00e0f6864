"""The data page: whole files without a byte order mark, described so that a stranger can read."""

import csv
import datetime
import io
import json

import frictionless
import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from certifications.exports import catalogue
from certifications.models import Award
from tests import make

pytestmark = pytest.mark.django_db

FILES = [f"/data/{file.name}.{ending}" for file in catalogue.FILES for ending in ("csv", "json")]

# The mandatory metadata of Thailand's Government Data Catalog, by the names of its form.
MANDATORY = [
    "data_type",
    "title",
    "owner_org",
    "maintainer",
    "maintainer_email",
    "tag_string",
    "notes",
    "objective",
    "update_frequency_unit",
    "update_frequency_interval",
    "geo_coverage",
    "data_source",
    "data_format",
    "data_category",
    "license_id",
]


@pytest.fixture
def register():
    ministry = make.ministry(name_th="กระทรวงตัวอย่าง")
    department = make.department(name_th="กรมตัวอย่าง", parent=ministry)
    event = make.event(
        2565, held_on=datetime.date(2022, 9, 28), starts_at=datetime.time(9, 30), is_online=False
    )
    office = make.agency(name_th='สำนักงาน "สมมติ", แพร่', parent=department, province="54", phone="-")
    award = make.award(office, 2565, level="excellent", event=event, score="91.25")
    award.recipients.create(name="นายรับ มอบ", position="ผู้อำนวยการ")
    make.award(office, None)
    make.figure(828, year=2565, note="บรรทัดแรก\nบรรทัดสอง")
    make.figure(9, year=2565, agency=department)
    return {"office": office, "event": event, "department": department}


def body_of(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("address", FILES)
def test_a_whole_file_has_no_byte_order_mark(client, register, address):
    assert not body_of(client.get(address)).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("file", catalogue.FILES, ids=lambda file: file.name)
def test_csv_and_json_of_a_file_hold_the_same(client, register, file):
    text = body_of(client.get(f"/data/{file.name}.csv")).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    said = json.loads(body_of(client.get(f"/data/{file.name}.json")))
    assert said["count"] == len(said["rows"]) == len(rows) > 0
    for row, record in zip(rows, said["rows"], strict=True):
        assert list(row) == list(record) == [column.name for column in file.columns]
        for name, value in record.items():
            assert row[name].removeprefix("'") == as_text(value), name


def as_text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_page_counts_the_rows_of_each_file(client, register):
    page = html5lib.parse(client.get("/data/").content.decode(), namespaceHTMLElements=False)
    counts = {
        row.find("td[2]/a").text: int(row.find("td[1]").text.replace(",", ""))
        for row in page.find(".//table").iter("tr")
        if row.find("td[2]/a") is not None
    }
    assert counts == {"agencies.csv": 1, "awards.csv": 2, "events.csv": 1, "figures.csv": 2}


def test_the_page_describes_every_column_in_both_languages(client, register):
    for address in ("/data/", "/en/data/"):
        page = client.get(address).content.decode()
        for file in catalogue.FILES:
            for column in file.columns:
                assert f"<code>{column.name}</code>" in page
                assert f'<td lang="th">{column.title_th}</td>' in page
                assert f'<td lang="en">{escape(column.title_en)}</td>' in page


def test_the_page_says_when_the_data_last_changed_and_how_to_cite_it(client, register):
    later = datetime.datetime(2027, 1, 1, 20, 0, tzinfo=datetime.UTC)  # 3:00 on the 2nd in Bangkok
    Award.objects.update(updated_at=later)
    page = client.get("/data/").content.decode()
    assert "เปลี่ยนแปลงล่าสุด 2 มกราคม 2570" in page
    assert "http://testserver/data/" in page
    assert "DGA Open Government License" in page


def test_an_edit_of_a_draft_does_not_show_in_the_day_of_change(client, register):
    draft = make.award(register["department"], 2567, published=False)
    Award.objects.filter(pk=draft.pk).update(
        updated_at=datetime.datetime(2040, 1, 1, tzinfo=datetime.UTC)
    )
    assert catalogue.last_changed().year < 2040


def test_an_empty_register_hands_out_empty_files(client):
    assert "ยังไม่มีข้อมูลเผยแพร่" in client.get("/data/").content.decode()
    for address in FILES:
        assert body_of(client.get(address))
    assert body_of(client.get("/data/agencies.csv")).count(b"\r\n") == 1


@pytest.mark.parametrize("address", ["/data/users.csv", "/data/awardevent.json", "/data/x.json"])
def test_there_are_no_other_files(client, address):
    assert client.get(address).status_code == 404


# --- catalogues ----------------------------------------------------------------------------------


def package_beside_its_files(client, folder) -> dict:
    """The data package with its files laid beside it, as someone keeps them who downloaded all."""
    package = json.loads(body_of(client.get("/data/datapackage.json")))
    for resource in package["resources"]:
        assert resource["path"] == f"http://testserver/data/{resource['name']}.csv"
        resource["path"] = f"{resource['name']}.csv"
        body = body_of(client.get(f"/data/{resource['path']}"))
        (folder / resource["path"]).write_bytes(body)
    return package


def test_a_stranger_can_check_the_files_against_the_data_package(client, register, tmp_path):
    package = package_beside_its_files(client, tmp_path)
    report = frictionless.Package(package, basepath=str(tmp_path)).validate()
    assert report.flatten(["message"]) == []
    assert sum(task.stats["rows"] for task in report.tasks) == 6


def test_the_data_package_would_notice_a_broken_file(client, register, tmp_path):
    package = package_beside_its_files(client, tmp_path)
    awards = tmp_path / "awards.csv"
    awards.write_text(awards.read_text().replace("2022-09-28", "28 ก.ย. 65").replace("2565", "๒"))
    report = frictionless.Package(package, basepath=str(tmp_path)).validate()
    assert not report.valid


def test_the_data_package_describes_each_column_as_declared(client, register):
    package = json.loads(body_of(client.get("/data/datapackage.json")))
    assert package["profile"] == "tabular-data-package"
    assert package["licenses"][0]["title"] == "DGA Open Government License"
    for resource, file in zip(package["resources"], catalogue.FILES, strict=True):
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == [column.name for column in file.columns]
        assert all(field["title"] and field["type"] for field in fields)


def test_the_catalogue_record_has_every_mandatory_field(client, register, settings):
    settings.DATA_OWNER = "สำนักงานสมมติ"
    settings.DATA_EMAIL = "data@example.test"
    said = json.loads(body_of(client.get("/data/catalog.jsonld")))
    for name in MANDATORY:
        assert said[f"gdc:{name}"], name
    assert said["gdc:owner_org"] == "สำนักงานสมมติ"
    assert said["gdc:maintainer_email"] == "data@example.test"
    assert said["dcat:contactPoint"]["vcard:hasEmail"]["@id"] == "mailto:data@example.test"
    assert said["@type"] == "dcat:Dataset" and said["dct:license"] and said["dct:publisher"]
    languages = [title["@language"] for title in said["dct:title"]]
    assert languages == ["th", "en"]
    links = [found["dcat:downloadURL"]["@id"] for found in said["dcat:distribution"]]
    assert links == [f"http://testserver{address}" for address in FILES]


def test_an_owner_nobody_has_named_is_not_made_up(client, register):
    said = json.loads(body_of(client.get("/data/catalog.jsonld")))
    assert "ยังไม่ระบุ" in said["gdc:owner_org"] and said["gdc:maintainer_email"] == "ยังไม่ระบุ"
    assert "vcard:hasEmail" not in said["dcat:contactPoint"]
    assert "ยังไม่ระบุอีเมล" in client.get("/data/").content.decode()


# --- drafts and cost -----------------------------------------------------------------------------


def test_no_file_shows_a_draft_or_what_was_withdrawn_from_view(client, register):
    make.award(make.agency(name_th="สำนักงานร่างลับ"), 2565, published=False)
    make.event(2566, title_th="พิธีร่างลับ", published=False)
    make.figure(777_123, year=2566, note="ตัวเลขลับ")
    withdrawn = make.award(make.agency(name_th="สำนักงานที่ถอนลับ"), 2565)
    withdrawn.hidden_at, withdrawn.hidden_by = timezone.now(), make.publisher()
    withdrawn.hidden_reason = "เหตุผลลับ"
    withdrawn.save()
    for address in [*FILES, "/data/", "/data/datapackage.json", "/data/catalog.jsonld"]:
        said = body_of(client.get(address)).decode()
        for secret in ("ลับ", "777123", "777,123"):
            assert secret not in said, address


@pytest.mark.parametrize("address", ["/data/", *FILES])
def test_more_rows_ask_no_more_of_the_database(client, register, address):
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            body_of(client.get(address))
        asked.append(len(queries))
        for number in range(12):
            make.award(make.agency(parent=register["department"]), 2565)
            make.figure(number, year=2565, note=str(number))
    assert asked[0] == asked[1] <= 22
