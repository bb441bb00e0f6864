"""The record of changes as read: the public see nothing that is not public, staff see all."""

import datetime

import pytest
from django.db import connection
from django.db.models import CharField, TextField
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from certifications.audit import changelog
from certifications.audit.kept import kept_columns, kept_models
from certifications.models import (
    Agency,
    AgencyName,
    AgencySuccession,
    Award,
    AwardEvent,
    AwardRecipient,
    Change,
    EventFile,
    RoundDeclaration,
    Source,
    shown,
)
from tests import make
from tests.audit.states import register_in_every_state
from tests.decided import publish, withdraw_from_view

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make.agency(name_th="สำนักงานสมมติแพร่")


def the_page(client, **asked) -> str:
    answer = client.get(reverse("change-list"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_correction_of_what_is_public_shows_what_was_and_what_is(client, office):
    award = make.award(
        office, 2565, level=make.level("basic"), score="71.25", score_is_printed=True
    )
    award.score = "75.75"
    award.save()
    page = the_page(client)
    assert "<del>" in page
    assert "71.25" in page and "75.75" in page and "ผลการรับรอง ปี 2565" in page


def test_publishing_shows_what_became_public_and_nothing_of_the_draft_before(client, office):
    make.award(office, 2564)
    draft = make.award(office, 2565, score="70.25", score_is_printed=True, published=False)
    draft.score = "78.75"
    draft.save()
    assert "70.25" not in the_page(client) and "78.75" not in the_page(client)
    draft.sources.add(make.source())
    publish([draft], by=make.publisher())
    page = the_page(client)
    assert "78.75" in page and "เผยแพร่" in page
    assert "70.25" not in page


def test_what_is_withdrawn_from_view_takes_its_values_with_it(client, office):
    make.award(office, 2564)
    award = make.award(office, 2565, score="71.25", score_is_printed=True)
    AwardRecipient.objects.create(award=award, name="นายสมมติ ชื่อลับ")
    assert "นายสมมติ ชื่อลับ" in the_page(client)
    withdraw_from_view([award], by=make.publisher(), reason="เหตุผลภายใน")
    page = the_page(client)
    assert "ถอนจากการเผยแพร่" in page
    for hidden in ("71.25", "นายสมมติ ชื่อลับ", "เหตุผลภายใน"):
        assert hidden not in page


def test_who_did_it_and_why_is_for_staff_alone(client, office):
    award = make.award(office, 2565)
    with make.decided(make.user("somsri"), why="โทรศัพท์แจ้ง"):
        Award.objects.filter(pk=award.pk).update(score=77, score_is_printed=True)
    for form in ({}, {"format": "json"}, {"format": "atom"}):
        page = the_page(client, **form)
        assert "77" in page
        assert "somsri" not in page and "โทรศัพท์แจ้ง" not in page and "publisher" not in page


def test_since_and_agency_choose_in_every_format(client, office):
    other = make.agency(name_th="สำนักงานสมมติน่าน")
    make.award(office, 2565)
    make.award(other, 2565)
    told = client.get(reverse("change-list"), {"format": "json", "agency": office.code}).json()
    assert {row["agency_code"] for row in told["changes"]} == {office.code}
    tomorrow = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
    for form in ("json", "atom", ""):
        page = the_page(client, since=tomorrow, format=form)
        assert office.code not in page
    assert office.code in the_page(client, since="2026-01-01T00:00:00+07:00", format="json")


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "31/2/2565"},
        {"since": "2026-13-01T00:00:00"},
        {"agency": "x"},
        {"agency": "zzzzzz"},
        {"format": "xml"},
        {"since": "\x00"},
        {"since": "0001-01-01T00:00:00"},
        {"since": "0001-01-01T00:00:00+14:00"},
        {"since": "9999-12-31T23:59:59-14:00"},
        {"since": "9999-12-31T23:59:59Z"},
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(client, asked):
    answer = client.get(reverse("change-list"), asked)
    assert answer.status_code == 400
    for form in ("json", "atom"):
        assert client.get(reverse("change-list"), {"format": form} | asked).status_code == 400


@pytest.mark.parametrize(
    ("asked", "thai", "english"),
    [
        ({"agency": "x"}, "รหัสหน่วยงาน: รหัสหน่วยงานมีหกตัว", "Agency ID: "),
        ({"agency": "zzzzzz"}, "รหัสหน่วยงาน: ไม่มีหน่วยงานนี้ในทะเบียน", "Agency ID: "),
        ({"since": "x"}, "ตั้งแต่: อ่านวันที่ “x” ไม่ได้", "“x”"),
        ({"format": "xml"}, "format: ไม่มีรูปแบบไฟล์ “xml”", "format: "),
    ],
)
def test_a_refusal_names_the_parameter_in_either_language(client, asked, thai, english):
    for start, sentence in (("", thai), ("/en", english)):
        answer = client.get(f"{start}/changes/", asked)
        assert answer.status_code == 400 and sentence in answer.content.decode()
    name = next(iter(asked))
    told = client.get("/changes/", {"format": "json"} | asked)
    if name != "format":
        assert [fault["parameter"] for fault in told.json()["errors"]] == [name]


def test_several_faults_are_told_in_the_order_of_the_form(client):
    asked = {"format": "xml", "agency": "x", "since": "x"}
    page = client.get("/changes/", asked).content.decode()
    places = [page.index(label) for label in ("ตั้งแต่:", "รหัสหน่วยงาน:", "format:")]
    assert places == sorted(places)


def test_an_agency_says_when_it_was_last_changed_and_leads_to_all_its_changes(client, office):
    make.award(office, 2565)
    page = client.get(office.get_absolute_url()).content.decode()
    assert "แก้ไขข้อมูลล่าสุดเมื่อ" in page and f"/changes/?agency={office.code}" in page


def test_an_agency_that_is_not_public_has_no_public_changes(client):
    hidden = make.agency()
    make.award(hidden, 2565, published=False)
    assert client.get(reverse("change-list"), {"agency": hidden.code}).status_code == 400
    assert hidden.code not in the_page(client, format="json")


def all_that_is_told(client) -> str:
    addresses = [f"{start}/changes/" for start in ("", "/en")]
    forms = ({}, {"format": "json"}, {"format": "atom"})
    return "".join(
        client.get(address, form).content.decode() for address in addresses for form in forms
    )


def test_a_department_of_no_public_award_has_no_public_changes(client, office):
    make.award(office, 2565)
    draft = make.department(name_th="กรมร่างลับ", phone="0 2111 1111", address="ที่ลับ")
    AgencyName.objects.create(agency=draft, kind="short", name="กรล.")
    told = all_that_is_told(client)
    assert office.name_th in told
    for secret in (draft.code, "กรมร่างลับ", "0 2111 1111", "ที่ลับ", "กรล."):
        assert secret not in told


def test_what_is_edited_after_all_was_withdrawn_is_told_to_nobody(client, office):
    make.award(office, 2565)
    department = make.department(name_th="กรมที่ถอนแล้ว")
    award = make.award(department, 2565)
    Agency.objects.filter(pk=department.pk).update(phone="0 2111 1111")
    assert "0 2111 1111" in all_that_is_told(client)
    withdraw_from_view([award], by=make.publisher(), reason="เหตุสมมติ")
    Agency.objects.filter(pk=department.pk).update(phone="0 2222 2222", name_th="ชื่อใหม่ลับ")
    told = all_that_is_told(client)
    for secret in (department.code, "กรมที่ถอนแล้ว", "ชื่อใหม่ลับ", "0 2111 1111", "0 2222 2222"):
        assert secret not in told


def test_names_stand_for_keys_and_years_are_in_the_readers_calendar(office):
    level = make.level("advanced")
    make.award(office, 2565, level=level, known_by=None)
    change = Change.objects.filter(table="certifications.award").first()
    lines = {line.label: line.after for line in changelog.entries([change])[0].lines}
    assert lines["ระดับ"] == level.name_th
    assert str(datetime.date.today().year + 543) in lines["เผยแพร่เมื่อ"]
    assert lines["ปีที่รับรอง (พ.ศ.)"] == "2565"
    with translation.override("en"):
        lines = {line.label: line.after for line in changelog.entries([change])[0].lines}
    assert lines["year certified (B.E.)"] == "2565"


def test_a_page_asks_the_same_number_of_queries_for_few_and_for_many_changes(client, office):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("change-list"))
        return len(captured)

    make.award(office, 2559)
    few = asked()
    for year in range(2560, 2569):
        make.award(make.agency(), year)
    assert asked() == few


# --- of every table, then and now ----------------------------------------------------------------


def texts_of(model) -> list[str]:
    """The columns of a model in which a mark can stand and be read by anyone."""
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.column in kept_columns(model)
        and isinstance(field, CharField | TextField)
        and not field.choices
        and field.name not in {"hidden_reason", "certificate_number", "code"}
    ]


def mark_every_row() -> dict[str, tuple]:
    """A mark written into each row that can bear one → model and key."""
    marks = {}
    with connection.cursor() as cursor:
        for model in kept_models():
            for key in model._base_manager.values_list("pk", flat=True) if texts_of(model) else ():
                mark, column = f"~{len(marks)}~", f'"{texts_of(model)[0]}"'
                edit = f"UPDATE {model._meta.db_table} SET {column} = {column} || %s WHERE id = %s"
                cursor.execute(edit, [mark, key])
                marks[mark] = (model, key)
    return marks


def told_to_anyone() -> str:
    return str(
        [(entry.record, entry.lines) for entry in changelog.public_entries(changelog.public())]
    )


def test_of_every_table_only_what_is_public_is_told(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    register_in_every_state()
    marks = mark_every_row()
    told = told_to_anyone()
    for mark, (model, key) in marks.items():
        assert (mark in told) == shown.published(model).filter(pk=key).exists(), (model, key)
    for model in (Award, AwardEvent, RoundDeclaration):
        withdraw_from_view(model.objects.published(), by=make.publisher(), reason="เหตุสมมติ")
    told = told_to_anyone()
    assert {model._meta.model_name for mark, (model, _key) in marks.items() if mark in told} == {
        "certificationlevel",
        "service",
    }


def test_a_level_a_source_and_a_photo_are_told_in_words(client, office):
    award = make.award(office, 2565, level="basic", event=make.event(2565))
    award.level.meaning_th = "ความหมายสมมติ"
    award.level.save()
    Source.objects.filter(awards=award).update(title="ชื่อเรื่องสมมติ")
    EventFile.objects.create(event=award.event, kind="photo", caption_th="ภาพหมู่", file="x/y.png")
    page = the_page(client)
    for words in ("ระดับการรับรอง ระดับพื้นฐาน", "ความหมายสมมติ", "ชื่อเรื่องสมมติ", "ภาพหมู่", "ภาพถ่าย"):
        assert words in page
    assert "y.png" not in page
    assert "certification level Basic" in client.get("/en/changes/").content.decode()


def test_a_link_names_its_source_only_while_something_public_cites_it(client, office):
    award = make.award(office, 2565)
    source = make.source(title="แหล่งสมมติที่อ้างไว้")
    award.sources.add(source)
    assert "แหล่งสมมติที่อ้างไว้" in the_page(client)
    award.sources.remove(source)
    assert "แหล่งสมมติที่อ้างไว้" not in the_page(client)


def test_a_succession_names_no_body_that_nobody_may_see(client, office):
    make.award(office, 2565)
    successor = make.agency(name_th="สำนักงานสืบทอดสมมติ")
    award = make.award(successor, 2566)
    AgencySuccession.objects.create(
        kind="renamed", predecessor=office, successor=successor, source=make.source()
    )
    assert "สำนักงานสืบทอดสมมติ" in the_page(client)
    withdraw_from_view([award], by=make.publisher(), reason="เหตุสมมติ")
    assert "สำนักงานสืบทอดสมมติ" not in the_page(client)


def test_what_rests_on_a_declaration_names_no_body_that_nobody_may_see(client, office):
    draft = make.department(name_th="กรมร่างลับ")
    make.award(office, 2565).sources.add(make.declaration(2565, agency=draft).sources.get())
    told = all_that_is_told(client)
    assert "แหล่งที่มาของคำยืนยันว่ารายชื่อครบ" in told and "กรมร่างลับ" not in told


def test_a_figure_of_no_public_round_stays_unseen_when_its_year_is_mended(client):
    make.event(2565)
    figure = make.figure(7_654_321, year=2566)
    figure.first_year = figure.last_year = 2565
    figure.count = 1_234_567
    figure.save()
    page = the_page(client)
    assert "1234567" in page and "7654321" not in page


def test_changes_of_every_table_are_asked_for_by_kind_and_not_by_row(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    register_in_every_state()

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            changelog.public_entries(changelog.public())
        return len(captured)

    mark_every_row()
    few = asked()
    mark_every_row()
    assert asked() == few
