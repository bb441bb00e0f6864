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
from certifications.actions.decide import accept
from certifications.actions.propose import propose_publication, propose_withdrawal
from certifications.audit.rows import row_of
from certifications.reference.states import StatusChange
from tests import make
from tests.desk import ON_REVIEW, one_of_each

pytestmark = pytest.mark.django_db

APP = "certifications"
WRITTEN_BY_THE_REGISTER = {
    models.AcceptedDoubt,
    models.AccessEvent,
    models.AccountChange,
    models.Change,
    models.LoadedRecord,
    models.MergeLog,
    models.MissedQuery,
    models.Proposal,
}
REGISTERED = [model for model in admin.site._registry if model._meta.app_label == APP]


@pytest.fixture
def records():
    return one_of_each()


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
        models.ProposalHand,
        models.ProposalItem,
        models.SearchEntry,  # written with the agency, seen by nobody
    }
    kept_in_step = {models.AwardHistory, models.Stamp, models.Term}
    kept_in_step |= {models.DeskSession}  # listed on a page of its own
    named = {getattr(models, name) for name in models.__all__}
    assert set(REGISTERED) | inside | kept_in_step == named


@pytest.mark.parametrize("model", REGISTERED)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_of_the_desk_opens(admin_client, records, model, prefix):
    record = records[model]
    pages = [("changelist",), ("change", record.pk), ("history", record.pk)]
    if model in ON_REVIEW:  # whose records have pages of their own
        pages = pages[:1]
    elif model not in WRITTEN_BY_THE_REGISTER:
        pages.append(("add",))
    addresses = [prefix + address(model, page, *args) for page, *args in pages]
    addresses.append(addresses[0] + "?q=แพร่ ๑")
    for target in addresses:
        assert admin_client.get(target).status_code == 200, target


@pytest.mark.parametrize("model", REGISTERED)
def test_a_stranger_is_sent_to_sign_in(client, records, model):
    for page, *args in [("changelist",), ("change", records[model].pk)]:
        answer = client.get(address(model, page, *args))
        assert answer.status_code == 302 and "/login/" in answer.headers["Location"]


def test_an_account_that_is_not_staff_is_sent_to_sign_in(client, records):
    client.force_login(make.user(is_staff=False))
    assert client.get("/admin/").status_code == 302


def test_a_recorder_enters_an_award_with_its_recipient(recorder, records):
    office, event = make.agency(name_th="สำนักงานใหม่"), records[models.AwardEvent]
    facts = make.award_form(
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
    recorder.post(address(models.Award, "add"), make.award_form(agency=office.pk, year=typed))
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
    facts = make.award_form(agency=office.pk, year=typed, name_as_printed="ชื่อที่พิมพ์ไว้")
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


def test_a_date_that_may_only_be_looked_at_is_in_the_buddhist_era(client, records):
    client.force_login(make.user("reader", "ผู้อ่าน"))
    page = client.get(address(models.AwardEvent, "change", records[models.AwardEvent].pk))
    said = page.content.decode()
    assert "28 ก.ย. 2565" in said
    assert not re.search(r"20(16|17|18|19|2\d)\b(?!-)", re.sub(r"https?://\S+|<[^>]+>", "", said))


def test_a_second_award_in_one_year_is_refused_in_thai(recorder, records):
    facts = make.award_form(agency=records[models.Agency].pk, year="2565")
    page = recorder.post(address(models.Award, "add"), facts).content.decode()
    assert "หน่วยงานนี้มีผลการรับรองของปีนี้อยู่แล้ว" in page


def test_an_award_of_the_wrong_ceremony_or_score_is_refused_in_thai(recorder, records):
    facts = make.award_form(
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
    page = recorder.post(
        address(models.Agency, "change", ministry.pk), facts | make.opened(ministry)
    ).content.decode()
    assert "อยู่ใต้หน่วยงานนี้เอง" in page
    ministry.refresh_from_db()
    assert ministry.parent is None


# --- publishing ----------------------------------------------------------------------------------


def act(client, model, action: str, *records, **more):
    facts = {"action": action, "_selected_action": [record.pk for record in records]} | more
    return client.post(address(model, "changelist"), facts, follow=True)


def propose(client, name: str, *chosen, **facts):
    """The page that asks first, then what is answered to it."""
    model = type(chosen[0])
    number = models.Proposal.objects.count()
    first = act(client, model, f"propose_{name}", *chosen)
    assert models.Proposal.objects.count() == number
    return first, act(client, model, f"propose_{name}", *chosen, _confirmed="1", **facts)


def decide(client, name: str, **facts):
    proposal = models.Proposal.objects.first()
    target = reverse(f"admin:certifications_proposal_{name}", args=[proposal.pk])
    page = client.get(proposal.get_absolute_url()).context
    facts |= {"digest": page["digest"]} if page else {}
    return client.post(target, facts, follow=True).content.decode()


def test_what_one_proposes_another_accepts_and_the_public_sees_it(recorder, client):
    award = make.award(make.agency(name_th="สำนักงานร่าง"), published=False)
    asked, answered = propose(recorder, "publication", award)
    assert "ประชาชนจะเห็นรายการเหล่านี้" in asked.content.decode()
    assert "รอเจ้าหน้าที่คนอื่นพิจารณา" in answered.content.decode()
    assert "สำนักงานร่าง" not in client.get("/agencies/").content.decode()
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    assert "อนุมัติแล้ว" in decide(client, "accept")
    assert "สำนักงานร่าง" in client.get("/agencies/").content.decode()
    award.refresh_from_db()
    assert award.published_by.username == "approver"


@pytest.mark.parametrize("account", ["approver", "superuser"])
def test_nobody_decides_what_they_proposed(client, account):
    client.force_login(
        make.user("boss", is_superuser=True)
        if account == "superuser"
        else make.user("approver", "ผู้อนุมัติ")
    )
    award = make.award(published=False)
    propose(client, "publication", award)
    assert "ผู้เสนอพิจารณาเรื่องเสนอของตนเองไม่ได้" in decide(client, "accept")
    page = client.get(models.Proposal.objects.first().get_absolute_url()).content.decode()
    assert "อนุมัติ และทำตามที่เสนอ" not in page
    assert not models.Award.objects.published().exists()
    assert "ถอนเรื่องเสนอคืนแล้ว" in decide(client, "take_back")


def test_one_person_alone_publishes_at_once_where_the_office_is_one_person(approver, settings):
    settings.TWO_PERSONS = False
    award = make.award(published=False)
    _asked, answered = propose(approver, "publication", award)
    assert "ดำเนินการแล้ว" in answered.content.decode()
    assert models.Award.objects.published().exists()
    assert models.Proposal.objects.get().single_hand


def test_a_ceremony_is_proposed_together_with_its_drafts_unless_unticked(approver):
    event = make.event(2566, published=False)
    draft = make.award(make.agency(), 2566, event=event, published=False)
    page = act(approver, models.AwardEvent, "propose_publication", event).content.decode()
    assert "ผลการรับรองฉบับร่าง 1 รายการ" in page
    act(approver, models.AwardEvent, "propose_publication", event, _confirmed="1", along="1")
    items = models.ProposalItem.objects.all()
    assert {item.record for item in items} == {event, draft}


def test_an_award_without_a_source_is_not_proposed_nor_are_the_others_chosen(approver):
    proven, unproven = make.award(published=False), make.award(published=False)
    unproven.sources.clear()
    asked, answered = propose(approver, "publication", proven, unproven)
    assert "ยังไม่มีแหล่งที่มา" in asked.content.decode()
    assert "ยังไม่มีแหล่งที่มา จึงเผยแพร่ไม่ได้" in answered.content.decode()
    assert not models.Proposal.objects.exists()


def test_a_recorder_decides_nothing(recorder):
    award = make.award(published=False)
    proposer = make.user("proposer", "ผู้บันทึก")
    proposal = propose_publication([award], by=proposer)
    for name in ("accept", "refuse", "take_back"):
        target = reverse(f"admin:certifications_proposal_{name}", args=[proposal.pk])
        assert recorder.post(target, {"note": "x"}).status_code == 403
    assert not models.Award.objects.published().exists()


def test_all_that_is_changed_in_the_form_of_a_public_award_is_one_proposal(approver):
    award, found = make.award(make.agency(), 2565, level=make.level("basic")), make.source()
    facts = make.award_form(
        agency=award.agency.pk,
        year="2566",
        level=award.level.pk,
        score="75",
        sources=[found.pk],
        _why="ประกาศแก้คำผิด",
    )
    answer = approver.post(
        address(models.Award, "change", award.pk), facts | make.opened(award), follow=True
    )
    assert "รอเจ้าหน้าที่คนอื่นพิจารณา" in answer.content.decode()
    award.refresh_from_db()
    assert (award.year, award.score) == (2565, None) and found not in award.sources.all()
    proposal = models.Proposal.objects.get()
    (changed,) = (row_of(item).changed for item in proposal.items.filter(kind="update"))
    assert {name: after for name, (_before, after) in changed.items()} == {
        "year": 2566,
        "score": "75",
    }
    links = proposal.items.filter(table="certifications.award_sources")
    assert sorted(links.values_list("kind", flat=True)) == ["delete", "insert"]
    assert proposal.reason == "ประกาศแก้คำผิด"
    assert "ไม่มีบัญชีอื่นที่พิจารณาเรื่องเสนอนี้ได้" in answer.content.decode()


def test_a_recorder_proposes_a_correction_of_what_is_public_and_is_told_beforehand(recorder):
    award = make.award(make.agency(), 2565, level=make.level("basic"), score=75)
    make.user("approver", "ผู้อนุมัติ")
    target, advanced = address(models.Award, "change", award.pk), make.level("advanced")
    assert "เป็นเรื่องเสนอให้เจ้าหน้าที่อีกคนพิจารณา" in recorder.get(target).content.decode()
    facts = make.award_form(agency=award.agency.pk, year="2565", level=advanced.pk)
    facts |= {
        "sources": [one.pk for one in award.sources.all()],
        "score": "75",
        "_why": "แก้",
    } | make.opened(award)
    refused = recorder.post(target, facts).content.decode()
    assert "คะแนนของระดับก้าวหน้าอยู่ระหว่าง 80" in refused
    told = recorder.post(target, facts | {"score": "84"}, follow=True).content.decode()
    assert "รอเจ้าหน้าที่คนอื่นพิจารณา" in told and "ไม่มีบัญชีอื่น" not in told
    award.refresh_from_db()
    assert (award.level.code, award.score, award.sources.count()) == ("basic", 75, 1)
    changed = row_of(models.ProposalItem.objects.get()).changed
    assert changed == {
        "level_id": (award.level_id, advanced.pk),
        "score": ("75", "84"),
    }


def test_a_year_is_looked_over_with_as_many_queries_as_one_award(recorder):
    def queries(number: int) -> int:
        drafts = [make.award(make.agency(), published=False) for _each in range(number)]
        with CaptureQueriesContext(connection) as captured:
            act(recorder, models.Award, "propose_publication", *drafts)
        return len(captured)

    queries(1)  # whatever is read once
    # Eighteen awards more; a session may be stamped in between.
    assert queries(20) <= queries(2) + 3


def test_a_second_correction_is_told_of_the_first_and_keeps_what_was_typed(recorder):
    award = make.award(make.agency(), 2565, level=make.level("basic"))
    target = address(models.Award, "change", award.pk)
    facts = make.award_form(agency=award.agency.pk, level=award.level.pk)
    facts |= {"sources": [one.pk for one in award.sources.all()], "_why": "แก้"} | make.opened(award)
    recorder.post(target, facts | {"score": "71"})
    told = recorder.post(target, facts | {"score": "72"} | make.opened(award)).content.decode()
    assert "รอพิจารณาอยู่แล้ว" in told and 'value="72"' in told
    assert models.Proposal.objects.count() == 1


def test_awards_are_proposed_with_their_ceremony_and_never_twice(recorder):
    event = make.event(2565, published=False)
    award = make.award(make.agency(), 2565, event=event, published=False)
    asked, _told = propose(recorder, "publication", award)
    assert "หน้าสาธารณะจะบอกว่าไม่ทราบวันมอบ" in asked.content.decode()
    asked, _told = propose(recorder, "publication", event, along="1")
    assert "ไปพร้อมกัน" not in asked.content.decode()  # its award waits already
    assert [item.record for item in models.ProposalItem.objects.all()] == [award, event]
    drafts = recorder.get(address(models.Award, "changelist")).content.decode()
    assert "ร่าง รอพิจารณา" in drafts


def test_who_decides_sees_what_would_become_public(recorder, client):
    office = make.agency(name_th="สำนักงานใหม่", province="54")
    award = make.award(office, 2565, level=make.level("basic"), score=75, published=False)
    award.recipients.create(name="นายรับ มอบ")
    propose(recorder, "publication", award)
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    page = client.get(models.Proposal.objects.get().get_absolute_url()).content.decode()
    shown = ("สำนักงานใหม่", "แพร่", "75", "นายรับ มอบ", "ใหม่ในหน้าสาธารณะ")
    shown += (award.sources.get().url, address(models.Award, "change", award.pk))
    assert [fact for fact in shown if fact not in page] == []


def test_a_refusal_reaches_who_proposed(recorder, client):
    propose(recorder, "publication", make.award(published=False))
    told = "เรื่องเสนอของคุณที่ไม่ได้รับอนุมัติ"
    assert told not in recorder.get("/admin/").content.decode()
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    decide(client, "refuse", note="ยังไม่ครบ")
    assert told not in client.get("/admin/").content.decode()
    client.force_login(models.Proposal.objects.get().proposed_by)
    assert told in client.get("/admin/").content.decode()


def test_withdrawing_asks_for_a_reason_and_for_a_second_person(approver, records, client):
    award = records[models.Award]
    asked, _answered = propose(approver, "withdrawal", award, reason="")
    assert "จะหายไปจากหน้าสาธารณะ" in asked.content.decode()
    assert not models.Proposal.objects.filter(kind="withdraw").exists()
    propose(approver, "withdrawal", award, reason="ประกาศคลาดเคลื่อน")
    assert models.Award.objects.published().exists()
    client.force_login(make.user("second", "ผู้อนุมัติ"))
    decide(client, "accept")
    award.refresh_from_db()
    assert award.hidden_reason == "ประกาศคลาดเคลื่อน" and award.hidden_by.username == "second"
    for page in ("change", "history"):
        shown = client.get(address(models.Award, page, award.pk)).content.decode()
        assert "ประกาศคลาดเคลื่อน" in shown, page


def test_what_was_withdrawn_can_be_brought_back_as_first_published(records):
    award, first, second = records[models.Award], make.user(), make.user()
    accept(propose_withdrawal([award], by=first, reason="ตรวจใหม่"), by=second)
    award.refresh_from_db()
    assert not award.is_public
    accept(propose_publication([award], by=first), by=second)
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
    facts = make.award_form(agency=award.agency.pk, event=award.event.pk, level=award.level.pk)
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
    answer = approver.post(address(models.Award, "change", award.pk), facts | make.opened(award))
    assert answer.status_code == 302, answer.context["errors"]
    assert not award.status_changes.exists()
    accept(models.Proposal.objects.get(kind="status"), by=make.user("second", "ผู้อนุมัติ"))
    change = award.status_changes.get()
    assert (change.change, change.changed_on) == (StatusChange.SUSPENDED, datetime.date(2023, 1, 5))
    assert (change.recorded_by.username, change.reason) == ("approver", "ไม่ผ่านการตรวจ")


def test_staff_roles_hold_what_they_need_and_no_more():
    def may(group: str) -> set[str]:
        permissions = Group.objects.get(name=group).permissions
        return set(permissions.values_list("codename", flat=True))

    assert {permission.partition("_")[0] for permission in may("ผู้อ่าน")} == {"view"}
    assert {"add_award", "change_agency", "view_awardstatuschange"} <= may("ผู้บันทึก")
    assert "decide_proposal" not in may("ผู้บันทึก")
    assert {"delete_announcedfigure", "add_awardstatuschange"} <= may("ผู้บันทึก")
    assert "add_proposal" in may("ผู้บันทึก") and "decide_proposal" in may("ผู้อนุมัติ")
    assert "add_awardstatuschange" in may("ผู้อนุมัติ")
    assert "delete_certificationlevel" not in may("ผู้อนุมัติ")


def test_what_is_public_keeps_a_source(approver, records):
    award = records[models.Award]
    facts = make.award_form(agency=award.agency.pk, event=award.event.pk, sources=[])
    facts |= make.opened(award)
    page = approver.post(address(models.Award, "change", award.pk), facts).content.decode()
    assert "รายการที่เผยแพร่แล้วต้องมีแหล่งที่มาอย่างน้อยหนึ่งแหล่ง" in page
    assert award.sources.exists()


def test_the_address_of_a_public_ceremony_cannot_be_changed(approver, records):
    event = records[models.AwardEvent]
    facts = EVENT_FORM | {"code": "2565-2", "year": "2565", "sources": [make.source().pk]}
    facts |= make.opened(event)
    approver.post(address(models.AwardEvent, "change", event.pk), facts)
    event.refresh_from_db()
    assert event.code == "2565"


@pytest.mark.parametrize("model", [models.CertificationLevel, models.Service])
def test_a_code_that_stands_in_addresses_is_chosen_once(admin_client, records, model):
    page = admin_client.get(address(model, "change", records[model].pk)).content.decode()
    assert 'name="code"' not in page
    assert 'name="code"' in admin_client.get(address(model, "add")).content.decode()


def test_no_form_merges_or_closes_an_agency_by_the_way(admin_client, records):
    office = records[models.Agency]
    facts = {"name_th": office.name_th, "kind": "office", "province": "54"}
    facts |= {"merged_into": make.agency().pk, "closed_on": "1 มกราคม 2569", "_why": "x"}
    facts |= {f"names-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    facts["names-MAX_NUM_FORMS"] = 1000
    answer = admin_client.post(
        address(models.Agency, "change", office.pk), facts | make.opened(office)
    )
    assert answer.status_code == 302
    office.refresh_from_db()
    assert (office.merged_into, office.closed_on) == (None, None)


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
        facts = make.award_form(**{"agency": make.agency().pk, field: key})
        assert recorder.post(address(models.Award, "add"), facts).status_code == 200, field


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
                answer = client.post(
                    address(models.Award, "add"), make.award_form(agency=office.pk)
                )
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
    facts = make.award_form(agency=make.agency().pk, event=event.pk, _addanother="1")
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


def test_the_history_of_a_record_says_who_changed_what_and_why(recorder):
    office = make.agency()
    form = recorder.get(address(models.Agency, "change", office.pk)).context["adminform"].form
    typed = {
        name: "" if value is None else value
        for name, value in form.initial.items()
        if name not in ("sources", "latitude", "longitude")
    } | {"phone": "0 5451 1111", "_why": "โทรศัพท์แจ้ง"}
    empty = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    typed |= {f"names-{key}": value for key, value in empty.items()}
    answer = recorder.post(address(models.Agency, "change", office.pk), typed | make.opened(office))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    page = recorder.get(address(models.Agency, "history", office.pk)).content.decode()
    for said in ("recorder", "โทรศัพท์แจ้ง", "0 5451 1111", "หน้าเจ้าหน้าที่"):
        assert said in page


def test_what_happens_to_accounts_is_read_by_those_who_keep_them_alone(recorder, admin_client):
    make.user("somebody-else", "ผู้อนุมัติ")
    accounts = address(models.AccountChange, "changelist")
    assert "somebody-else" in admin_client.get(accounts).content.decode()
    assert recorder.get(accounts).status_code == 403
    assert "somebody-else" not in recorder.get(address(models.Change, "changelist")).text


def test_the_record_of_changes_cannot_be_edited_or_deleted(admin_client, records):
    change = records[models.Change]
    for page in ("change", "delete"):
        answer = admin_client.post(address(models.Change, page, change.pk), {"why": "x"})
        assert answer.status_code in (200, 403, 405)
    unchanged = models.Change.objects.get(pk=change.pk)
    assert (unchanged.why, unchanged.at) == (change.why, change.at)


def test_a_proposal_of_many_asks_no_more_than_one_of_one(approver):
    def asked(number: int) -> int:
        drafts = [make.award(published=False, level="basic") for _draft in range(number)]
        proposal = propose_publication(drafts, by=make.user())
        with CaptureQueriesContext(connection) as captured:
            assert approver.get(proposal.get_absolute_url()).status_code == 200
        return len(captured)

    assert asked(1) == asked(20)
