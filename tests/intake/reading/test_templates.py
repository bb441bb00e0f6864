"""The template is filled in and read back; so is every export, by its codes and versions."""

import datetime
import io

import openpyxl
import pytest
from django.utils import translation

from certifications.exports.versions import version_of
from certifications.intake.reading import columns, templates
from certifications.intake.reading.files import read_table
from certifications.intake.reading.headings import EXAMPLE, SURE, mapping_of, proposals
from certifications.models import Award
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def template() -> io.BytesIO:
    for code in ("basic", "advanced", "excellent"):
        make.level(code)
    file = io.BytesIO()
    templates.write(file)
    file.seek(0)
    return file


def rows_of(file, **given):
    table = read_table(file, "x")
    return columns.rows_of(table, mapping_of(proposals(table)), **given)


def saved(book) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


# --- the template --------------------------------------------------------------------------------


def test_every_column_of_the_template_is_known_for_what_it_is(template):
    proposed = proposals(read_table(template, "x"))
    assert [(each.field, each.sureness) for each in proposed] == [
        (field, SURE) for field in templates.COLUMNS
    ]


def test_its_headings_are_bold_and_frozen_and_its_explanations_whole(template):
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "B2" and all(cell.font.bold for cell in sheet[1])
    assert book.worksheets[1].sheet_state == "hidden"
    said = {row[0]: row[1] for row in book.worksheets[2].iter_rows(min_row=2, values_only=True)}
    assert all(said.values()) and {cell.value for cell in sheet[1]} <= {*said}


def test_levels_and_provinces_are_chosen_from_lists_that_reading_knows(template):
    book = openpyxl.load_workbook(template)
    validations = book.worksheets[0].data_validations.dataValidation
    assert len(validations) == 2 and all(str(each.sqref).endswith("5001") for each in validations)
    levels, places = (
        [cell.value for cell in column if cell.value] for column in book.worksheets[1].columns
    )
    assert len(places) == 77 and len(levels) == 3
    sheet = book.worksheets[0]
    for number, place in enumerate(places):
        sheet.append([f"สำนักงานสมมติ {number}", 2569, levels[number % 3], 75, place])
    rows = rows_of(saved(book))
    assert len(rows) == 77 and not any(row.faults for row in rows)
    assert len({row.province for row in rows}) == 77


@pytest.mark.parametrize("language", ["th", "en"])
def test_only_what_was_filled_in_is_read_never_the_example(language):
    make.level("basic")
    file = io.BytesIO()
    with translation.override(language):
        templates.write(file)
    book = openpyxl.load_workbook(file)
    assert book.worksheets[0]["A2"].value.startswith(EXAMPLE)
    assert rows_of(saved(book)) == []
    book.worksheets[0]["A3"] = "สำนักงานสมมติ"
    assert [(row.number, row.name) for row in rows_of(saved(book))] == [(3, "สำนักงานสมมติ")]


# --- what was exported ---------------------------------------------------------------------------


@pytest.fixture
def award() -> Award:
    department = make.department(name_th="กรมสมมติ", parent=make.ministry())
    office = make.agency(name_th="=SUM(A1) สมมติ", parent=department, province="54")
    printed = {"score": "75.50", "score_is_printed": True, "certificate_number": "ก-1"}
    award = make.award(office, 2565, level="basic", **printed)
    award.recipients.create(name="นายสมมติ", position="หัวหน้า", order=1)
    award.recipients.create(name="นางสมมุติ", order=2)
    make.award(make.agency(name_th="หน่วยสมมติไม่ทราบปี"), None, known_by=datetime.date(2018, 5, 1))
    return award


def exported(client, address: str, form: str) -> io.BytesIO:
    response = client.get(f"{address}?format={form}")
    return io.BytesIO(b"".join(response.streaming_content))


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("address", ["/awards/", "/agencies/"])
def test_every_export_is_read_back_as_it_was(client, award, language, address, form):
    rows = rows_of(exported(client, language + address, form), year=2569, level="excellent")
    row = next(row for row in rows if row.year)
    assert (row.code, row.name) == (award.agency.code, "=SUM(A1) สมมติ")
    assert (row.version, row.year, row.level) == (version_of(award), 2565, "basic")
    assert (row.province, row.parent) == ("54", "กรมสมมติ")
    assert row.faults == row.warnings == []
    other = next(row for row in rows if not row.year)
    assert (other.year, other.level, other.faults) == (None, "", [])
    if address == "/awards/":
        assert str(row.score) == "75.5" and row.certificate_number == "ก-1"
        assert (row.recipient, row.recipient_position) == ("นายสมมติ; นางสมมุติ", "หัวหน้า; ")
        assert other.known_by == datetime.date(2018, 5, 1)


def test_json_carries_the_same_version(client, award):
    rows = client.get("/awards/?format=json")
    assert f'"version": "{version_of(award)}"' in b"".join(rows.streaming_content).decode()
    detail = client.get(f"/api/v1/agencies/{award.agency.code}/").json()
    assert detail["awards"][0]["version"] == detail["version"] == version_of(award)


def edits(award):
    yield lambda: Award.objects.filter(pk=award.pk).update(score="76")
    yield lambda: Award.objects.filter(pk=award.pk).update(level=make.level("advanced"))
    yield lambda: Award.objects.filter(pk=award.pk).update(certificate_number="ก-2")
    yield lambda: award.recipients.filter(order=2).update(position="รอง")
    yield lambda: award.recipients.first().delete()
    yield lambda: type(award.agency).objects.filter(pk=award.agency_id).update(province="55")


def test_any_edit_of_what_a_row_says_makes_another_version(award):
    seen = {version_of(award)}
    for edit in edits(award):
        edit()
        again = version_of(Award.objects.get(pk=award.pk))
        assert again not in seen
        seen.add(again)
    assert version_of(Award.objects.get(pk=award.pk)) in seen


def test_publishing_and_saving_without_a_change_leave_the_version(award):
    before = version_of(award)
    award.save()
    award.agency.save()
    assert version_of(Award.objects.get(pk=award.pk)) == before
