"""The staff desk: every page opens, entry is in Thai years, nothing public is lost."""

import datetime
import re
import threading

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certifications import models
from certifications.states import StatusChange
from tests import make

pytestmark = pytest.mark.django_db

APP = "certifications"
ON_REVIEW = (models.AgencyToReview, models.AwardToReview, models.EventToReview)
REGISTERED = [model for model in admin.site._registry if model._meta.app_label == APP]


@pytest.fixture
def records():
    """One record of every registered model."""
    level, source = make.level(), make.source()
    ministry = make.ministry(name_th="กระทรวงสมมติ")
    office = make.agency(name_th="สำนักงานสมมติแพร่", parent=ministry, province="54")
    event = make.event(2565, held_on=datetime.date(2022, 9, 28))
    award = make.award(office, 2565, level=level, event=event)
    succession = models.AgencySuccession.objects.create(
        kind="renamed", predecessor=make.agency(), successor=office, source=source
    )
    criterion = models.Criterion.objects.create(
        first_year=2565, last_year=2565, order=1, title_th="ด้านสมมติ"
    )
    loaded = models.LoadedRecord.objects.create(kind="x", key="y", object_id=1, values={})
    service = models.Service.objects.first()
    word = models.SearchWord.objects.create(typed="สมม.", means="สมมติ")
    place = models.PlaceName.objects.create(name="เกาะสมมติ", province="90")
    missed = models.MissedQuery.objects.create(
        text="ร้านสมมติ", count=3, last_asked_on=datetime.date(2026, 1, 1)
    )
    made = [
        word,
        place,
        missed,
        level,
        source,
        office,
        event,
        award,
        succession,
        criterion,
        loaded,
        service,
    ]
    made.append(make.figure(666, agency=ministry))
    made.append(make.intake("สำนักงานสมมติแพร่"))
    made.append(make.accepted_doubt(award))
    for kind in ON_REVIEW:
        made.append(kind.objects.first())
    return {type(record): record for record in made}


@pytest.fixture
def recorder(client):
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    return client


@pytest.fixture
def approver(client):
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    return client


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{APP}_{model._meta.model_name}_{page}", args=args)


def test_every_model_is_on_the_desk_or_inside_another_form():
    inside = {
        models.AgencyName,
        models.AwardRecipient,
        models.ColumnMapping,  # remembered by the page where columns are chosen
        models.IntakeRow,  # on the review page of its intake
        models.AwardStatusChange,
        models.EventFile,
        models.SearchEntry,  # written with the agency, seen by nobody
    }
    kept_in_step = {models.AwardHistory, models.Change, models.Stamp, models.Term}
    named = {getattr(models, name) for name in models.__all__}
    assert set(REGISTERED) | inside | kept_in_step == named


@pytest.mark.parametrize("model", REGISTERED)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_of_the_desk_opens(admin_client, records, model, prefix):
    record = records[model]
    pages = [("changelist",), ("change", record.pk), ("history", record.pk)]
    if model in ON_REVIEW:  # whose records have pages of their own
        pages = pages[:1]
    elif model not in (models.AcceptedDoubt, models.LoadedRecord, models.MissedQuery):
        pages.append(("add",))
    addresses = [prefix + address(model, page, *args) for page, *args in pages]
    addresses.append(addresses[0] + "?q=แพร่ ๑")
    for target in addresses:
        assert admin_client.get(target).status_code == 200, target


@pytest.mark.parametrize("model", REGISTERED)
def test_a_stranger_is_shown_the_door(client, records, model):
    for page, *args in [("changelist",), ("change", records[model].pk)]:
        answer = client.get(address(model, page, *args))
        assert answer.status_code == 302 and "/login/" in answer.headers["Location"]


def test_an_account_that_is_not_staff_is_shown_the_door(client, records):
    client.force_login(make.user(is_staff=False))
    assert client.get("/admin/").status_code == 302


def award_form(**facts) -> dict:
    """A filled-in award form; inlines empty."""
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    management = {
        f"{prefix}-{key}": value
        for prefix in ("recipients", "status_changes")
        for key, value in empty.items()
    }
    form = {
        "name_as_printed": "",
        "year": "2565",
        "known_by": "",
        "score": "",
        "certificate_number": "",
    }
    return management | form | facts


def test_a_recorder_enters_an_award_with_its_recipient(recorder, records):
    office, event = make.agency(name_th="สำนักงานใหม่"), records[models.AwardEvent]
    facts = award_form(
        agency=office.pk,
        year="๒๕๖๕",
        event=event.pk,
        level=make.level().pk,
        sources=[make.source().pk],
    )
    facts |= {
        "recipients-TOTAL_FORMS": 1,
        "recipients-0-order": 1,
        "recipients-0-name": "นายรับ มอบ",
        "recipients-0-position": "ผู้อำนวยการ",
    }
    answer = recorder.post(address(models.Award, "add"), facts)
    assert answer.status_code == 302, answer.context["errors"]
    award = office.awards.get()
    assert (award.year, award.event, award.published_at) == (2565, event, None)
    assert award.recipients.get().name == "นายรับ มอบ"


@pytest.mark.parametrize(
    ("typed", "stored"), [("2565", 2565), ("๒๕๖๕", 2565), ("พ.ศ. 2565", 2565), ("65", 2565)]
)
def test_a_year_is_stored_as_it_was_meant(recorder, records, typed, stored):
    office = make.agency()
    recorder.post(address(models.Award, "add"), award_form(agency=office.pk, year=typed))
    assert office.awards.get().year == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2022", "2022 เป็นปี ค.ศ. ช่องนี้ใช้ปี พ.ศ. ถ้าหมายถึงปีเดียวกันให้พิมพ์ 2565"),
        ("3108", "อ่าน “3108” เป็นปีไม่ได้"),
        ("2558", "ปี 2558 อยู่นอกช่วงของโครงการ"),
        ("ปีหน้า", "อ่าน “ปีหน้า” เป็นปีไม่ได้"),
    ],
)
def test_a_year_that_cannot_be_is_refused_and_nothing_typed_is_lost(recorder, records, typed, said):
    office = make.agency()
    facts = award_form(agency=office.pk, year=typed, name_as_printed="ชื่อที่พิมพ์ไว้")
    page = recorder.post(address(models.Award, "add"), facts).content.decode()
    assert said in page and 'value="ชื่อที่พิมพ์ไว้"' in page
    assert not office.awards.exists()


EVENT_FORM = {
    "year": "2566",
    "code": "2566",
    "title_th": "พิธีสมมติ",
    "validity_years": "3",
    "is_online": "unknown",
    **{f"files-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")},
    "files-MAX_NUM_FORMS": 1000,
}


@pytest.mark.parametrize(
    "typed",
    ["30 สิงหาคม 2566", "30 ส.ค. 66", "30/8/2566", "๓๐ สิงหาคม ๒๕๖๖", "2023-08-30", "30 August 2023"],
)
def test_a_date_is_stored_as_it_was_meant(recorder, typed):
    recorder.post(address(models.AwardEvent, "add"), EVENT_FORM | {"held_on": typed})
    assert models.AwardEvent.objects.get().held_on == datetime.date(2023, 8, 30)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31 กุมภาพันธ์ 2566", "อ่านวันที่ “31 กุมภาพันธ์ 2566” ไม่ได้"),
        ("30 สิงหาคม 2556", "วันจัดพิธีต้องอยู่ในปี 2566 หรือปีถัดไป"),
        ("30 สิงหาคม 2570", "วันจัดพิธีต้องอยู่ในปี 2566 หรือปีถัดไป"),
    ],
)
def test_a_date_that_cannot_be_is_refused(recorder, typed, said):
    page = recorder.post(address(models.AwardEvent, "add"), EVENT_FORM | {"held_on": typed})
    assert said in page.content.decode()
    assert not models.AwardEvent.objects.exists()


def test_a_stored_date_comes_back_in_the_buddhist_era(approver, records):
    page = approver.get(address(models.AwardEvent, "change", records[models.AwardEvent].pk))
    assert 'value="28 กันยายน 2565"' in page.content.decode()


def test_a_date_that_may_only_be_looked_at_is_in_the_buddhist_era(recorder, records):
    page = recorder.get(address(models.AwardEvent, "change", records[models.AwardEvent].pk))
    said = page.content.decode()
    assert "28 ก.ย. 2565" in said
    assert not re.search(r"20(16|17|18|19|2\d)\b(?!-)", re.sub(r"https?://\S+|<[^>]+>", "", said))


def test_a_second_award_in_one_year_is_refused_in_thai(recorder, records):
    facts = award_form(agency=records[models.Agency].pk, year="2565")
    page = recorder.post(address(models.Award, "add"), facts).content.decode()
    assert "หน่วยงานนี้มีผลการรับรองของปีนี้อยู่แล้ว" in page


def test_an_award_of_the_wrong_ceremony_or_score_is_refused_in_thai(recorder, records):
    facts = award_form(
        agency=make.agency().pk,
        year="2566",
        event=records[models.AwardEvent].pk,
        level=make.level("excellent").pk,
        score="75",
    )
    page = recorder.post(address(models.Award, "add"), facts).content.decode()
    assert "พิธีนี้เป็นของปี 2565 ไม่ตรงกับปีที่รับรอง" in page
    assert "คะแนนของระดับเป็นเลิศอยู่ระหว่าง 90–100" in page


def test_an_agency_cannot_be_put_under_one_of_its_own(recorder, records):
    office = records[models.Agency]
    ministry = office.parent
    facts = {"name_th": ministry.name_th, "kind": "ministry", "parent": office.pk}
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    facts |= {f"names-{key}": value for key, value in empty.items()}
    page = recorder.post(address(models.Agency, "change", ministry.pk), facts).content.decode()
    assert "อยู่ใต้หน่วยงานนี้เอง" in page
    ministry.refresh_from_db()
    assert ministry.parent is None


# --- publishing ----------------------------------------------------------------------------------


def act(client, model, action: str, *records, **more):
    facts = {"action": action, "_selected_action": [record.pk for record in records]} | more
    return client.post(address(model, "changelist"), facts, follow=True)


def test_an_approver_publishes_and_the_public_sees_it(approver, client):
    award = make.award(make.agency(name_th="สำนักงานร่าง"), published=False)
    assert "สำนักงานร่าง" not in client.get("/agencies/").content.decode()
    page = act(approver, models.Award, "publish_chosen", award).content.decode()
    assert "เผยแพร่แล้ว 1 รายการ" in page
    assert "สำนักงานร่าง" in client.get("/agencies/").content.decode()
    award.refresh_from_db()
    assert award.published_by.username == "approver"


def test_an_award_without_a_source_is_not_published_nor_are_the_others_chosen(approver):
    proven, unproven = make.award(published=False), make.award(published=False)
    unproven.sources.clear()
    page = act(approver, models.Award, "publish_chosen", proven, unproven).content.decode()
    assert "ยังไม่มีแหล่งที่มา จึงเผยแพร่ไม่ได้" in page
    assert not models.Award.objects.published().exists()


def test_a_recorder_cannot_publish_or_withdraw(recorder):
    draft, public = make.award(published=False), make.award()
    act(recorder, models.Award, "publish_chosen", draft)
    act(recorder, models.Award, "withdraw_chosen", public, reason="ไม่มีสิทธิ์")
    assert list(models.Award.objects.published()) == [public]


def test_a_recorder_cannot_change_what_is_public(recorder, records):
    award = records[models.Award]
    facts = award_form(agency=award.agency.pk, year="2566")
    assert recorder.post(address(models.Award, "change", award.pk), facts).status_code == 403
    award.refresh_from_db()
    assert award.year == 2565


def test_withdrawing_asks_for_a_reason_first(approver, records):
    award = records[models.Award]
    page = act(approver, models.Award, "withdraw_chosen", award).content.decode()
    assert "รายการเหล่านี้จะหายไปจากหน้าสาธารณะ" in page and award.agency.name_th in page
    act(approver, models.Award, "withdraw_chosen", award, reason="")
    assert models.Award.objects.published().exists()
    act(approver, models.Award, "withdraw_chosen", award, reason="ประกาศคลาดเคลื่อน")
    award.refresh_from_db()
    assert award.hidden_reason == "ประกาศคลาดเคลื่อน" and award.hidden_by.username == "approver"


def test_what_was_withdrawn_can_be_brought_back_as_first_published(approver, records):
    award = records[models.Award]
    act(approver, models.Award, "withdraw_chosen", award, reason="ตรวจใหม่")
    act(approver, models.Award, "publish_chosen", award)
    award.refresh_from_db()
    assert award.is_public and award.published_by.username == "publisher"


def test_nothing_public_can_be_deleted_even_by_the_superuser(admin_client, records):
    for model in (
        models.Award,
        models.AwardEvent,
        models.Agency,
        models.Source,
        models.CertificationLevel,
    ):
        target = address(model, "delete", records[model].pk)
        assert admin_client.post(target, {"post": "yes"}).status_code == 403, model
        assert model.objects.filter(pk=records[model].pk).exists()


def test_no_list_offers_to_delete_what_is_selected(admin_client, records):
    for model in REGISTERED:
        assert (
            "delete_selected" not in admin_client.get(address(model, "changelist")).content.decode()
        )


def test_a_draft_can_be_deleted(recorder):
    award = make.award(published=False)
    recorder.post(address(models.Award, "delete", award.pk), {"post": "yes"})
    assert not models.Award.objects.exists()


def test_a_suspension_carries_the_name_of_who_recorded_it(approver, records):
    award = records[models.Award]
    facts = award_form(agency=award.agency.pk, event=award.event.pk, level=award.level.pk)
    facts |= {
        "sources": [source.pk for source in award.sources.all()],
        "status_changes-TOTAL_FORMS": 1,
    }
    facts |= {
        "status_changes-0-change": StatusChange.SUSPENDED,
        "status_changes-0-changed_on": "5 มกราคม 2566",
        "status_changes-0-reason": "ไม่ผ่านการตรวจ",
        "status_changes-0-source": make.source().pk,
    }
    answer = approver.post(address(models.Award, "change", award.pk), facts)
    assert answer.status_code == 302, answer.context["errors"]
    change = award.status_changes.get()
    assert change.changed_on == datetime.date(2023, 1, 5)
    assert change.recorded_by.username == "approver"


def test_a_recorder_is_not_offered_a_suspension(recorder):
    award = make.award(published=False)
    page = recorder.get(address(models.Award, "change", award.pk)).content.decode()
    assert 'name="status_changes-__prefix__-change"' not in page


def test_staff_roles_hold_what_they_need_and_no_more():
    def may(group: str) -> set[str]:
        permissions = Group.objects.get(name=group).permissions
        return set(permissions.values_list("codename", flat=True))

    assert {permission.partition("_")[0] for permission in may("ผู้อ่าน")} == {"view"}
    assert {"add_award", "change_agency", "view_awardstatuschange"} <= may("ผู้บันทึก")
    assert not {"publish_award", "publish_awardevent", "add_awardstatuschange"} & may("ผู้บันทึก")
    assert {"publish_award", "publish_awardevent", "add_awardstatuschange"} <= may("ผู้อนุมัติ")
    assert "delete_certificationlevel" not in may("ผู้อนุมัติ")


def test_what_is_public_keeps_a_source(approver, records):
    award = records[models.Award]
    facts = award_form(agency=award.agency.pk, event=award.event.pk, sources=[])
    page = approver.post(address(models.Award, "change", award.pk), facts).content.decode()
    assert "รายการที่เผยแพร่แล้วต้องมีแหล่งที่มาอย่างน้อยหนึ่งแหล่ง" in page
    assert award.sources.exists()


def test_the_address_of_a_public_ceremony_cannot_be_changed(approver, records):
    event = records[models.AwardEvent]
    facts = EVENT_FORM | {"code": "2565-2", "year": "2565", "sources": [make.source().pk]}
    approver.post(address(models.AwardEvent, "change", event.pk), facts)
    event.refresh_from_db()
    assert event.code == "2565"


@pytest.mark.parametrize("model", [models.CertificationLevel, models.Service])
def test_a_code_that_stands_in_addresses_is_chosen_once(admin_client, records, model):
    page = admin_client.get(address(model, "change", records[model].pk)).content.decode()
    assert 'name="code"' not in page
    assert 'name="code"' in admin_client.get(address(model, "add")).content.decode()


def test_an_agency_in_use_cannot_be_merged_away(recorder, records):
    office = records[models.Agency]
    facts = {"name_th": office.name_th, "kind": "office", "merged_into": make.agency().pk}
    facts |= {f"names-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    facts["names-MAX_NUM_FORMS"] = 1000
    page = recorder.post(address(models.Agency, "change", office.pk), facts).content.decode()
    assert "ไปก่อน จึงรวมได้" in page


def test_one_name_typed_in_two_spellings_is_refused_in_thai(recorder):
    facts = {"name_th": "สำนักงาน", "kind": "office", "names-MAX_NUM_FORMS": 1000}
    facts |= {"names-TOTAL_FORMS": 2, "names-INITIAL_FORMS": 0, "names-MIN_NUM_FORMS": 0}
    facts |= {"names-0-kind": "short", "names-0-name": "น้ำ"}
    facts |= {"names-1-kind": "short", "names-1-name": "น\u0e4d\u0e49\u0e32"}
    answer = recorder.post(address(models.Agency, "add"), facts)
    assert answer.status_code == 200
    assert not models.Agency.objects.exists()


@pytest.mark.parametrize("length", [300, 301])
def test_a_name_is_measured_after_it_is_put_right(recorder, length):
    facts = {"name_th": "เเ" * length, "kind": "office", "names-MAX_NUM_FORMS": 1000}
    facts |= {f"names-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    recorder.post(address(models.Agency, "add"), facts)
    stored = models.Agency.objects.values_list("name_th", flat=True)
    assert all(len(name) <= 300 for name in stored)


@pytest.mark.parametrize("key", ["abc", "9" * 30, "1.5", "-"])
def test_a_key_that_can_be_no_record_is_a_form_error_not_a_broken_page(recorder, key):
    for field in ("agency", "event", "sources"):
        page = recorder.get(address(models.Award, "add") + f"?{field}={key}")
        assert page.status_code == 200, field
        facts = award_form(**{"agency": make.agency().pk, field: key})
        assert recorder.post(address(models.Award, "add"), facts).status_code == 200, field


def test_why_a_record_was_withdrawn_is_shown_to_staff_and_kept_in_its_history(approver, records):
    award = records[models.Award]
    act(approver, models.Award, "withdraw_chosen", award, reason="ประกาศคลาดเคลื่อน")
    for page in ("change", "history"):
        shown = approver.get(address(models.Award, page, award.pk)).content.decode()
        assert "ประกาศคลาดเคลื่อน" in shown, page


# SQLite lets one writer in at a time, so there is no such moment to try.
if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_two_people_entering_the_same_award_at_once_are_both_answered():
        office = make.agency()
        accounts = [make.user(is_superuser=True) for _person in range(2)]
        together, answers = threading.Barrier(2, timeout=20), []

        def enter(account):
            try:
                client = Client()
                client.force_login(account)
                together.wait()
                answer = client.post(address(models.Award, "add"), award_form(agency=office.pk))
                answers.append((answer.status_code, answer.content.decode()))
            finally:
                connection.close()

        people = [threading.Thread(target=enter, args=[account]) for account in accounts]
        for person in people:
            person.start()
        for person in people:
            person.join(timeout=30)
        assert sorted(status for status, _page in answers) == [200, 302]
        refused = next(page for status, page in answers if status == 200)
        assert "หน่วยงานนี้มีผลการรับรองของปีนี้อยู่แล้ว" in refused
        assert office.awards.count() == 1


# --- finding and entering ------------------------------------------------------------------------


def test_an_agency_is_found_by_any_of_its_names_however_typed(recorder, records):
    records[models.Agency].names.create(kind="short", name="สนพ.")
    query = {"app_label": APP, "model_name": "award", "field_name": "agency"}
    for term in ("สมมติเเพร่", "สนพ", records[models.Agency].code):
        found = recorder.get(reverse("admin:autocomplete"), query | {"term": term}).json()[
            "results"
        ]
        assert [row["text"] for row in found] == ["สำนักงานสมมติแพร่"], term


def test_the_page_of_a_ceremony_leads_to_the_next_entry_not_to_800_forms(recorder, records):
    event = records[models.AwardEvent]
    page = recorder.get(address(models.AwardEvent, "change", event.pk)).content.decode()
    link = f"{address(models.Award, 'add')}?event={event.pk}&amp;year=2565"
    assert link in page and "ดูและแก้ 1 รายการ" in page
    form = recorder.get(link.replace("&amp;", "&")).content.decode()
    assert 'value="2565"' in form and event.title_th in form


def test_save_and_add_another_keeps_the_ceremony(recorder, records):
    event = records[models.AwardEvent]
    target = f"{address(models.Award, 'add')}?event={event.pk}&year=2565"
    facts = award_form(agency=make.agency().pk, event=event.pk, _addanother="1")
    assert recorder.post(target, facts).headers["Location"].endswith(f"?event={event.pk}&year=2565")


@pytest.mark.parametrize(
    "model", [models.Award, models.Agency, models.AwardEvent, models.AnnouncedFigure]
)
def test_a_list_takes_as_many_queries_for_thirty_rows_as_for_one(
    admin_client, records, model, django_assert_num_queries
):
    with CaptureQueriesContext(
        connection,
    ) as few:
        admin_client.get(address(model, "changelist"))
    for number in range(30):
        event = make.event(2566, code=f"26{number:02}", published=False)
        make.award(make.agency(parent=make.department()), 2566, level="basic", event=event)
        make.figure(number, agency=make.department())
    with django_assert_num_queries(len(few)):
        admin_client.get(address(model, "changelist"))
