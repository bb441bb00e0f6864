"""The list taken away: the same rows in every format, nothing a spreadsheet would run."""

import csv
import datetime
import io
import json
import re
from xml.etree import ElementTree

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from certifications.exports import delimited, feed, tables, workbook
from certifications.exports.catalogue import FILES
from certifications.exports.columns.agencies import AGENCIES
from certifications.exports.columns.awards import AWARDS
from certifications.exports.columns.lists import LEVELS
from certifications.models import Award, CertificationLevel
from certifications.reference.states import StatusChange
from tests import make

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
QUESTIONS = [
    "",
    "?sort=recent",
    "?sort=level&on=2022-12-01",
    "?province=54",
    "?level=excellent",
    "?year=2564&state=lapsed",
    "?year=unknown",
    "?q=สมมติ&on=31 ธันวาคม 2567",
]


@pytest.fixture
def register():
    """A ministry, a department and offices: renewed, of unknown year, with a tricky name."""
    ministry = make.ministry(name_th="กระทรวงตัวอย่าง")
    department = make.department(name_th="กรมตัวอย่าง", parent=ministry)
    event = make.event(2565, held_on=datetime.date(2022, 9, 28))
    phrae = make.agency(name_th="สำนักงานสมมติแพร่", parent=department, province="54")
    make.award(phrae, 2565, level="excellent", event=event, score="91.25", score_is_printed=True)
    make.award(phrae, 2562, level="basic")
    make.award(make.agency(name_th="สำนักงานสมมติน่าน", parent=department, province="55"), 2564)
    make.award(make.agency(name_th="สำนักงานสมมติไม่ทราบปี"), None)
    runs = make.agency(name_th="=HYPERLINK(A1) สมมติ", phone="+66 2 000 0000", province="10")
    make.award(runs, 2567, level="advanced")
    return {"ministry": ministry, "department": department, "office": phrae, "runs": runs}


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def asked(client, address: str, form: str) -> bytes:
    response = client.get(address + ("&" if "?" in address else "?") + f"format={form}")
    assert response.status_code == 200, body_of(response).decode()
    return body_of(response)


def csv_rows(body: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def sheet_of(body: bytes):
    return openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]


def xlsx_rows(body: bytes) -> list[dict]:
    header, *rows = sheet_of(body).iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def codes_in_atom(body: bytes) -> list[str]:
    entries = ElementTree.fromstring(body).findall(f"{ATOM}entry")
    return [entry.find(f"{ATOM}id").text.split("/")[-2] for entry in entries]


# --- one question, one answer --------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_format_holds_the_rows_of_the_page_in_its_order(client, register, question):
    page = client.get("/agencies/" + question).content.decode()
    listed = page[page.index('class="results"') :] if 'class="results"' in page else ""
    shown = list(dict.fromkeys(re.findall(r"/agencies/([2-9a-z]{6})/", listed)))
    certified = {code for code in shown if Award.objects.filter(agency__code=code).exists()}
    expected = [code for code in shown if code in certified]
    address = "/agencies/" + question
    assert [row["code"] for row in csv_rows(asked(client, address, "csv"))] == expected
    assert [row["code"] for row in xlsx_rows(asked(client, address, "xlsx"))] == expected
    found = json.loads(asked(client, address, "json"))
    assert [row["code"] for row in found["rows"]] == expected
    assert found["count"] == len(expected)
    assert codes_in_atom(asked(client, address, "atom")) == expected


@pytest.mark.parametrize("question", ["", "?year=2565", "?level=basic", "?state=lapsed"])
def test_awards_are_the_same_in_every_format(client, register, question):
    address = "/awards/" + question
    found = json.loads(asked(client, address, "json"))["rows"]
    expected = [(row["agency_code"], row["year_be"]) for row in found]
    rows = csv_rows(asked(client, address, "csv"))
    assert [(row["agency_code"], int(row["year_be"] or 0) or None) for row in rows] == expected
    rows = xlsx_rows(asked(client, address, "xlsx"))
    assert [(row["agency_code"], row["year_be"]) for row in rows] == expected
    codes = [code for code, _year in expected]
    assert codes_in_atom(asked(client, address, "atom")) == codes


def test_awards_are_a_row_an_award(client, register):
    rows = json.loads(asked(client, "/awards/", "json"))["rows"]
    of_phrae = [row for row in rows if row["agency_code"] == register["office"].code]
    assert [(row["year_be"], row["level_code"]) for row in of_phrae] == [
        (2565, "excellent"),
        (2562, "basic"),
    ]
    assert of_phrae[0]["sources"].startswith("https://example.test/")
    assert of_phrae[0]["ministry_th"] == "กระทรวงตัวอย่าง"
    assert of_phrae[0]["score"] == 91.25


def test_a_file_holds_all_rows_whatever_page_is_open(client, register):
    assert len(csv_rows(asked(client, "/agencies/?page=2", "csv"))) == 4


def test_states_in_a_file_are_those_of_the_day_asked_for(client, register):
    rows = csv_rows(asked(client, "/agencies/?province=54&on=2024-12-31", "csv"))
    assert [(row["state"], row["is_last_year"], row["counts_until"]) for row in rows] == [
        ("in_force", "true", "2024-12-31")
    ]
    rows = csv_rows(asked(client, "/agencies/?province=54&on=2025-01-01", "csv"))
    assert [(row["state"], row["is_last_year"]) for row in rows] == [("lapsed", "false")]


def test_the_english_site_hands_out_the_same_columns_and_rows(client, register):
    thai, english = (body_of(client.get(f"{at}/agencies/?format=csv")) for at in ("", "/en"))
    assert thai == english


# --- CSV -----------------------------------------------------------------------------------------


def test_csv_opens_in_excel_with_its_thai_whole(client, register):
    response = client.get("/agencies/?format=csv")
    body = body_of(response)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="gecc-agencies-\d{4}-\d\d-\d\d\.csv"',
        response.headers["Content-Disposition"],
    )
    assert body.startswith("\ufeffcode,name_th,".encode())
    assert body.decode().count("\ufeff") == 1
    assert body.endswith(b"\r\n") and body.count(b"\r\n") == body.count(b"\n") == 5


def test_no_cell_of_a_csv_is_taken_for_a_formula(client, register):
    (row,) = csv_rows(asked(client, "/agencies/?province=10", "csv"))
    assert row["name_th"] == "'=HYPERLINK(A1) สมมติ"
    assert row["phone"] == "'+66 2 000 0000"


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_text_that_would_run_is_marked_and_numbers_are_left(beginning):
    assert delimited.written(f"{beginning}1") == f"'{beginning}1"
    assert delimited.written(-1.5) == "-1.5"
    assert delimited.written("1-1") == "1-1"
    assert delimited.written(None) == ""
    assert delimited.written(datetime.date(2022, 9, 28)) == "2022-09-28"


# --- XLSX ----------------------------------------------------------------------------------------


def test_a_workbook_has_true_dates_a_fixed_header_and_filters(client, register):
    book = openpyxl.load_workbook(io.BytesIO(asked(client, "/agencies/?province=54", "xlsx")))
    assert book.sheetnames == ["หน่วยงาน", "คำอธิบายคอลัมน์", "เกี่ยวกับไฟล์นี้"]
    sheet = book.worksheets[0]
    cells = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    assert cells["held_on"].is_date and cells["held_on"].value == datetime.datetime(2022, 9, 28)
    assert cells["counts_until"].value == datetime.datetime(2024, 12, 31)
    assert cells["is_last_year"].value is False
    assert cells["year_be"].value == 2565
    assert cells["province_code"].value == "54"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)] == list(cells)


def test_a_workbook_has_no_formula_and_no_link(client, register):
    sheet = sheet_of(asked(client, "/agencies/?province=10", "xlsx"))
    assert sheet["B2"].value == "=HYPERLINK(A1) สมมติ" and sheet["B2"].data_type != "f"
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]


def test_a_workbook_says_what_was_asked_and_on_what_terms(client, register):
    book = openpyxl.load_workbook(
        io.BytesIO(asked(client, "/agencies/?province=54&on=2024-12-31", "xlsx"))
    )
    said = dict(book.worksheets[2].iter_rows(values_only=True))
    assert said["สถานะ ณ วันที่"] == "31 ธันวาคม 2567"
    assert said["จำนวนแถว"] == "1"
    assert said["จาก"].endswith("/agencies/?province=54&on=2024-12-31&format=xlsx")
    assert "DGA Open Government License" in said["สัญญาอนุญาต"]


def test_too_many_rows_for_a_workbook_offer_the_csv_with_the_same_filters(
    client, register, monkeypatch
):
    monkeypatch.setattr(workbook, "MAX_ROWS", 1)
    response = client.get("/agencies/?sort=recent&format=xlsx&page=3")
    assert response.status_code == 400
    page = response.content.decode()
    assert 'href="?sort=recent&amp;format=csv"' in page and "4 แถว" in page


# --- Atom ----------------------------------------------------------------------------------------


def test_a_feed_says_what_it_is_of_and_its_entries_keep_their_names(client, register):
    address = "/agencies/?province=54&sort=recent"
    first, second = (ElementTree.fromstring(asked(client, address, "atom")) for _ in range(2))
    entry = first.find(f"{ATOM}entry")
    code = register["office"].code
    assert entry.find(f"{ATOM}id").text == f"tag:testserver,2026:agencies/{code}/2565"
    assert entry.find(f"{ATOM}link").get("href") == f"http://testserver/agencies/{code}/"
    assert "ระดับเป็นเลิศ" in entry.find(f"{ATOM}title").text
    links = {link.get("rel"): link.get("href") for link in first.findall(f"{ATOM}link")}
    assert links["alternate"] == "http://testserver/agencies/?province=54&sort=recent"
    assert links["self"].endswith("&format=atom")
    assert ElementTree.tostring(first) == ElementTree.tostring(second)


def test_an_entry_is_new_when_its_state_changed(client, register):
    award = Award.objects.get(agency=register["office"], year=2565)
    long_ago = datetime.datetime(2022, 10, 1, tzinfo=datetime.UTC)
    Award.objects.filter(pk=award.pk).update(published_at=long_ago, updated_at=long_ago)

    def updated() -> str:
        found = ElementTree.fromstring(asked(client, "/agencies/?province=54", "atom"))
        return found.find(f"{ATOM}entry/{ATOM}updated").text

    assert updated().startswith("2025-01-01T00:00:00+07:00")  # it lapsed at midnight, in Bangkok
    make.status_change(award, StatusChange.WITHDRAWN, datetime.date(2024, 1, 5))
    assert updated() > "2026"


def test_a_feed_ends_at_its_hundredth_entry(client, register, monkeypatch):
    monkeypatch.setattr(feed, "ENTRIES", 2)
    assert len(codes_in_atom(asked(client, "/agencies/", "atom"))) == 2


# --- refusing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/agencies/", "/awards/"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "atom"])
@pytest.mark.parametrize("fault", ["level=gold", "on=2565-02-30", "sort=size", "year=x"])
def test_what_the_page_refuses_every_format_refuses(client, register, address, form, fault):
    response = client.get(f"{address}?{fault}&format={form}")
    assert response.status_code == 400
    said = response.content.decode()
    if form == "json":
        assert response.headers["Content-Type"] == "application/problem+json"
        problem = json.loads(said)
        assert problem["status"] == 400
        assert [error["parameter"] for error in problem["errors"]] == [fault.partition("=")[0]]
    else:
        assert response.headers["Content-Type"].startswith("text/html")
        assert 'role="alert"' in said


def test_a_refusal_is_in_the_language_that_is_read(client, register):
    said = client.get("/en/agencies/?level=gold&format=json").json()
    with translation.override("en"):
        assert "gold" in said["detail"]
    assert said["detail"] != client.get("/agencies/?level=gold&format=json").json()["detail"]


@pytest.mark.parametrize("address", ["/agencies/", "/awards/"])
def test_a_format_there_is_not_is_named_with_those_there_are(client, register, address):
    for name in ("pdf", "", "CSV", "x" * 5000, "\x00"):
        response = client.get(address, {"format": name})
        assert response.status_code == 400
        assert "csv, xlsx, json, atom" in response.content.decode()


def test_awards_without_a_format_say_which_files_there_are(client, register):
    page = client.get("/awards/?province=54").content.decode()
    assert 'href="?province=54&amp;format=csv"' in page
    assert client.get("/awards/?level=gold").status_code == 400


# --- drafts --------------------------------------------------------------------------------------


def test_no_file_shows_a_draft(client, register):
    draft = make.agency(name_th="สำนักงานร่างลับ", province="54")
    make.award(draft, 2565, published=False)
    event = make.event(2566, published=False, held_on=datetime.date(2023, 8, 30))
    make.award(register["office"], 2566, event=event)
    hidden = make.award(register["office"], 2563, published=False)
    hidden.recipients.create(name="ผู้รับลับ")
    hidden.sources.add(make.source(url="https://example.test/secret"))
    for address in ("/agencies/", "/awards/"):
        for form in ("csv", "json", "atom"):
            said = asked(client, address, form).decode()
            for secret in ("ร่างลับ", "ผู้รับลับ", "secret", "2023-08-30"):
                assert secret not in said, (address, form)
        rows = xlsx_rows(asked(client, address, "xlsx"))
        assert "ร่างลับ" not in str(rows)
        assert {row["event_code"] for row in rows} == {None, "2565"} - (
            {"2565"} if address == "/agencies/" else set()
        )


# --- cost ----------------------------------------------------------------------------------------


def many(number: int):
    department = make.department(parent=make.ministry())
    for _index in range(number):
        award = make.award(make.agency(parent=department), 2565, level="basic")
        award.recipients.create(name="นายรับ มอบ")


@pytest.mark.parametrize("address", ["/agencies/", "/awards/"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "atom"])
def test_more_rows_ask_no_more_of_the_database(client, address, form):
    asked_for = []
    for number in (3, 20):
        many(number)
        with CaptureQueriesContext(connection) as queries:
            asked(client, address, form)
        asked_for.append(len(queries))
    assert asked_for[0] == asked_for[1] <= 14


def test_rows_are_fetched_a_chunk_at_a_time(register, monkeypatch):
    """The first row is handed on before the last is read."""
    monkeypatch.setattr(tables, "CHUNK", 2)
    read = []

    def rows():
        for level in CertificationLevel.objects.order_by("rank"):
            read.append(level.code)
            yield level

    table = tables.Table("levels", LEVELS, rows(), site="", on=datetime.date(2026, 1, 1))
    cells = table.cells()
    assert next(cells)[0] == "basic"
    assert read == ["basic", "advanced"]
    assert len(list(cells)) == 2


# --- the columns ---------------------------------------------------------------------------------


def test_column_names_are_plain_unique_and_told_in_both_languages():
    for file in FILES:
        names = [column.name for column in file.columns]
        assert len(names) == len(set(names)), file.name
        for column in file.columns:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
            assert column.title_th and column.title_en
            assert bool(column.about_th) == bool(column.about_en), column.name
            assert not re.search("[\u0e00-\u0e7f]", column.title_en + column.about_en)


def test_the_columns_handed_out_never_change_their_order_or_name():
    """Programs read them by name and people by place: add at the end of a group, never rename."""
    assert [column.name for column in AGENCIES][:4] == [
        "code",
        "name_th",
        "name_en",
        "kind",
    ]
    assert " ".join(column.name for column in AWARDS) == (
        "agency_code agency_th agency_en ministry_code ministry_th parent_code parent_th "
        "province_code province_th province_en service_code service_th year_be year_ce level_code "
        "level_th level_en state state_th is_last_year counts_until event_code held_on "
        "renewal_known known_by "
        "name_as_printed score certificate_number received_by sources url version"
    )
