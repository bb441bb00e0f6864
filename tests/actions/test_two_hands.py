"""What the public sees changes by two accounts, through whatever page it is sent."""

import datetime
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from certifications import models
from certifications.actions.decide import accept, digest_of, refuse, send_back
from certifications.actions.hide import hide_records
from certifications.actions.propose import keep, propose_change, propose_publication
from certifications.audit.acting import Undecided, acting
from certifications.models import Agency, Proposal
from certifications.reference.states import StatusChange
from tests import forms, make
from tests.forms import page_of as address

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorder():
    client = Client()
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    return client


@pytest.fixture
def office():
    return make.award(make.agency(name_th="สำนักงานเดิม", phone="1111"), 2565).agency


def typed(client, record) -> dict:
    return forms.typed(client, address(record))


def test_an_act_that_writes_something_public_is_not_committed(office):
    with pytest.raises(Undecided) as undecided, acting(by=make.user()):
        Agency.objects.filter(pk=office.pk).update(phone="9999")
    office.refresh_from_db()
    assert office.phone == "1111"
    assert [row.changed for row in undecided.value.rows] == [{"phone": ("1111", "9999")}]


def test_drafts_that_nobody_sees_are_saved_at_once():
    draft = make.agency(phone="1")
    with acting(by=make.user()):
        Agency.objects.filter(pk=draft.pk).update(phone="2")
    draft.refresh_from_db()
    assert draft.phone == "2" and not Proposal.objects.exists()


def test_a_recorder_renames_a_public_office_only_by_asking(recorder, office):
    form = typed(recorder, office) | {"name_th": "ชื่อเท็จ", "_why": "ตามหนังสือ"}
    page = recorder.post(address(office), form, follow=True).content.decode()
    assert "เสนอแล้ว" in page and "แก้ไข" not in re.findall(r'class="success">([^<]*)', page)
    office.refresh_from_db()
    assert office.name_th == "สำนักงานเดิม"
    accept(Proposal.objects.get(), by=make.user())
    office.refresh_from_db()
    assert office.name_th == "ชื่อเท็จ"


def test_a_telephone_needs_no_reason_and_a_name_does(recorder, office):
    form = typed(recorder, office)
    page = recorder.post(address(office), form | {"name_th": "ชื่อใหม่"}).content.decode()
    assert "บอกเหตุผลที่เสนอแก้ไข" in page and "ชื่อใหม่" in page
    assert not Proposal.objects.exists()
    recorder.post(address(office), form | {"phone": "2222"})
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.items.get().after["phone"]) == ("contact", "2222")


def test_every_form_of_what_is_public_says_that_saving_proposes(recorder, office):
    told = "ระบบจะเก็บเป็นเรื่องเสนอให้เจ้าหน้าที่อีกคนพิจารณา"
    source = office.awards.get().sources.get()
    for record in (office, office.awards.get(), source, make.event(2565), make.level("basic")):
        assert told in recorder.get(address(record)).text, record
        assert 'name="_why"' in recorder.get(address(record), {"_popup": "1"}).text, record
    for record in (make.agency(), make.source(), make.award(published=False)):
        assert told not in recorder.get(address(record)).text, record


def test_a_recipient_a_source_and_a_level_of_one_form_are_one_request(recorder):
    award = make.award(level="basic", score=75)
    award.recipients.create(name="นายเดิม")
    advanced, source = make.level("advanced"), make.source()
    form = typed(recorder, award) | {
        "level": advanced.pk,
        "score": "85",
        "sources": [*(one.pk for one in award.sources.all()), source.pk],
        "recipients-0-name": "นายใหม่",
        "_why": "ประกาศแก้ไข",
    }
    recorder.post(address(award), form)
    award.refresh_from_db()
    assert (award.level.code, award.recipients.get().name) == ("basic", "นายเดิม")
    accept(Proposal.objects.get(), by=make.user())
    award.refresh_from_db()
    assert (award.level.code, award.score, award.recipients.get().name) == (
        "advanced",
        85,
        "นายใหม่",
    )
    assert source in award.sources.all()


def test_a_public_award_is_suspended_only_by_asking(recorder):
    award = make.award(make.agency(), 2568)
    step = {"change": "suspended", "changed_on": "1 กันยายน 2569", "reason": "ไม่ผ่านการตรวจ"}
    form = typed(recorder, award) | {"status_changes-TOTAL_FORMS": 1}
    form |= {f"status_changes-0-{name}": value for name, value in step.items()}
    recorder.post(address(award), form | {"status_changes-0-source": make.source().pk})
    proposal = Proposal.objects.get()
    assert proposal.kind == "status" and not award.status_changes.exists()
    accept(proposal, by=make.user())
    assert award.status_changes.get().recorded_by.username == "recorder"


def test_a_photo_of_a_public_ceremony_waits_and_staff_look_at_it(recorder):
    event = make.event(2565, title_th="พิธี")
    picture = SimpleUploadedFile("a.png", bytes.fromhex("89504e470d0a1a0a") + b"invented")
    form = typed(recorder, event) | {
        "files-TOTAL_FORMS": 1,
        "files-0-kind": "photo",
        "files-0-caption_th": "ภาพ",
        "files-0-order": 1,
        "files-0-file": picture,
        "_why": "ภาพจากพิธี",
    }
    page = recorder.post(address(event), form, follow=True).content.decode()
    assert "เสนอแล้ว" in page and not event.files.exists()
    accept(Proposal.objects.get(), by=make.user())
    photo = event.files.get()
    shown = reverse("admin:certifications_awardevent_file", args=[event.pk, photo.pk])
    assert recorder.get(shown).status_code == 200


def test_a_figure_is_removed_once_another_account_agrees(recorder):
    make.event(2565)
    figure = make.figure(666)
    page = recorder.post(address(figure, "delete"), {"post": "yes", "_why": "พิมพ์ผิด"}, follow=True)
    assert "เสนอแล้ว" in page.content.decode()
    assert models.AnnouncedFigure.objects.exists()
    accept(Proposal.objects.get(), by=make.user())
    assert not models.AnnouncedFigure.objects.exists()


def test_requests_about_different_fields_wait_together_and_the_same_field_is_told(recorder, office):
    form = typed(recorder, office)
    recorder.post(address(office), form | {"phone": "2222"})
    recorder.post(address(office), form | {"address": "ถนนใหม่"})
    assert Proposal.objects.filter(decision="").count() == 2
    page = recorder.post(address(office), form | {"phone": "3333"}).content.decode()
    assert "รอพิจารณาอยู่แล้ว" in page and 'value="3333"' in page
    for proposal in Proposal.objects.all():
        accept(proposal, by=make.user())
    office.refresh_from_db()
    assert (office.phone, office.address) == ("2222", "ถนนใหม่")


# --- who decides ---------------------------------------------------------------------------------


def test_nobody_decides_what_they_recorded_or_edited():
    typist, helper, other = (make.user() for _ in range(3))
    with acting(by=typist):
        award = make.award(published=False)
    with acting(by=helper):
        award.recipients.create(name="นายสมมติ")
    proposal = propose_publication([award], by=make.user())
    for account in (typist, helper):
        with pytest.raises(ValidationError, match="จึงพิจารณาเองไม่ได้"):
            accept(proposal, by=account)
    accept(proposal, by=other)


def test_the_database_refuses_a_decision_by_who_had_a_hand_in_it():
    typist = make.user()
    with acting(by=typist):
        award = make.award(published=False)
    proposal = propose_publication([award], by=make.user())
    facts = {"decision": "accepted", "decided_by": typist, "decided_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**facts)


def test_a_page_that_shows_something_else_by_now_decides_nothing():
    award = make.award(make.agency(name_th="ชื่อแรก"), published=False)
    proposal = propose_publication([award], by=make.user())
    read = digest_of(proposal)
    Agency.objects.filter(pk=award.agency_id).update(name_th="ชื่อที่ผู้อนุมัติไม่เคยเห็น")
    for digest in (read, "", "forged"):
        with pytest.raises(ValidationError, match="เปลี่ยนไปตั้งแต่เปิดหน้า"):
            accept(proposal, by=make.user(), digest=digest)
    accept(proposal, by=make.user(), digest=digest_of(proposal))


def test_what_a_record_names_is_marked_where_it_changed(client):
    award = make.award(make.agency(name_th="ชื่อแรก"), published=False)
    proposal = propose_publication([award], by=make.user())
    Agency.objects.filter(pk=award.agency_id).update(name_th="ชื่อต่อมา")
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert "เปลี่ยนหลังจากเสนอ" in page and "ชื่อแรก" in page and "ชื่อต่อมา" in page


def test_one_record_goes_back_alone_with_a_reason():
    kept, wrong = make.award(published=False), make.award(published=False)
    proposal = propose_publication([kept, wrong], by=make.user())
    decider = make.user()
    item = proposal.items.get(record_key=wrong.pk)
    with pytest.raises(ValidationError, match="เพราะอะไร"):
        send_back(item, by=decider, note="")
    send_back(item, by=decider, note="ระดับไม่ตรงประกาศ")
    with pytest.raises(ValidationError, match="เหลือรายการเดียว"):
        send_back(proposal.items.get(record_key=kept.pk), by=decider, note="x")
    accept(proposal, by=decider)
    kept.refresh_from_db()
    wrong.refresh_from_db()
    assert kept.is_public and not wrong.is_public
    assert propose_publication([wrong], by=make.user()).is_open


def test_a_suspension_added_to_a_draft_since_sends_it_back():
    award = make.award(published=False)
    proposal = propose_publication([award], by=make.user())
    make.status_change(award, StatusChange.SUSPENDED, datetime.date(2023, 1, 1))
    with pytest.raises(ValidationError, match="การเปลี่ยนสถานะ"):
        accept(proposal, by=make.user())


def test_who_decides_sees_what_becomes_public_along(client):
    office = make.agency(phone="0 5499", website="https://example.test/office")
    typist = make.user()
    with acting(by=typist):
        office.names.create(kind="short", name="สมม.ย่อ")
    event = make.event(2570, published=False)
    make.figure(4321, year=2570)
    models.Criterion.objects.create(first_year=2570, last_year=2570, order=1, title_th="ด้านใหม่")
    award = make.award(office, 2570, event=event, published=False)
    proposal = propose_publication([award, event], by=make.user())
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    page = client.get(proposal.get_absolute_url())
    for said in ("0 5499", "https://example.test/office", "สมม.ย่อ", "4321", "ด้านใหม่"):
        assert said in page.text, said
    office.names.update(name="ชื่อที่ผู้อนุมัติไม่เคยเห็น")
    with pytest.raises(ValidationError, match="เปลี่ยนไปตั้งแต่เปิดหน้า"):
        accept(proposal, by=make.user(), digest=page.context["digest"])
    with pytest.raises(ValidationError, match="จึงพิจารณาเองไม่ได้"):
        accept(proposal, by=typist)


def test_pages_of_proposals_ask_as_much_for_many_rows_as_for_one(client):
    client.force_login(make.user("approver", "ผู้อนุมัติ"))

    def asked(number: int) -> tuple[int, ...]:
        for model in (models.ProposalHand, models.ProposalItem, Proposal):
            model.objects.all()._raw_delete("default")
        offices = [make.award(make.agency(), 2565).agency for _office in range(number)]
        for office in offices:
            propose_change(lambda office=office: telephone(office, "3"), by=make.user(), reason="")

        def all_of_them() -> None:
            for office in offices:
                telephone(office, "", address="ที่อยู่ใหม่", name_en="New")

        several = propose_change(all_of_them, by=make.user(), reason="เหตุสมมติ")
        lists = [reverse(f"admin:certifications_proposal_{n}") for n in ("changelist", "contacts")]
        counts = []
        for page in (*lists, several.get_absolute_url()):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            counts.append(len(captured))
        return tuple(counts)

    asked(1)
    assert asked(12) == asked(2)


def telephone(office: Agency, phone: str, **facts) -> None:
    changed = Agency.objects.get(pk=office.pk)
    for name, value in ({"phone": phone} | facts).items():
        setattr(changed, name, value)
    changed.save()


def test_a_record_removed_meanwhile_is_a_sentence(office):
    name = office.names.create(kind="short", name="สมม.")
    with pytest.raises(Undecided) as undecided, acting(by=make.user()):
        models.AgencyName.objects.filter(pk=name.pk).update(name="สมมติ")
    proposal = keep(undecided.value.rows, by=make.user(), reason="เหตุสมมติ")
    name.delete()
    with pytest.raises(ValidationError, match="ถูกลบไปแล้ว"):
        accept(proposal, by=make.user())
    refuse(proposal, by=make.user(), note="ลบไปแล้ว")


def test_how_to_reach_offices_is_decided_from_one_list_with_one_press_each(recorder, office):
    recorder.post(address(office), typed(recorder, office) | {"phone": "2222"})
    proposal, client = Proposal.objects.get(), Client()
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    contacts = reverse("admin:certifications_proposal_contacts")
    page = client.get(contacts)
    assert "1111" in page.text and "2222" in page.text and office.name_th in page.text
    assert "รอผู้อนุมัติ" in recorder.get(contacts).text
    accepting = reverse("admin:certifications_proposal_accept", args=[proposal.pk])
    (line,) = page.context["lines"]
    answer = client.post(accepting, {"digest": line["digest"], "from_list": "1"}, follow=True)
    assert "อนุมัติแล้ว" in answer.text and answer.redirect_chain[-1][0] == contacts
    office.refresh_from_db()
    assert office.phone == "2222"


def test_a_refused_request_opens_again_as_it_was(recorder, office):
    form = typed(recorder, office) | {"name_th": "ชื่อใหม่", "phone": "2222", "_why": "ตามหนังสือ"}
    recorder.post(address(office), form)
    proposal = Proposal.objects.get()
    refuse(proposal, by=make.user(), note="ชื่อยังไม่ครบ")
    page = recorder.get(proposal.get_absolute_url())
    ((_record, again),) = page.context["to_mend"]
    shown = recorder.get(again).text
    assert 'value="ชื่อใหม่"' in shown and 'value="2222"' in shown
    for odd in ("x", "9" * 40, "0", ""):
        assert 'value="1111"' in recorder.get(address(office), {"_reopened": odd}).text
    office.refresh_from_db()
    assert office.phone == "1111"


# --- hiding at once ------------------------------------------------------------------------------


def hidden(client, record) -> str:
    meta = record._meta
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    form = {"action": "hide_at_once", "_selected_action": [record.pk]}
    assert "หายไปจากหน้าสาธารณะทันที" in client.post(page, form).text
    return client.post(page, form | {"_confirmed": "1", "reason": "ข้อมูลผิด"}, follow=True).text


@pytest.fixture
def approver():
    client = Client()
    client.force_login(make.user("hiding", "ผู้อนุมัติ"))
    return client


def test_one_who_decides_hides_at_once_and_another_confirms(approver, recorder):
    award = make.award()
    assert "งดแสดงแล้ว รอ" in hidden(approver, award)
    award.refresh_from_db()
    assert not award.is_public
    assert "รออีกคนยืนยันหรือคืนการแสดงผล" in recorder.get("/admin/").text
    proposal = Proposal.objects.get()
    with pytest.raises(ValidationError, match="ของตนเองไม่ได้"):
        accept(proposal, by=proposal.proposed_by)
    accept(proposal, by=make.user())
    award.refresh_from_db()
    assert not award.is_public and award.hidden_reason == "ข้อมูลผิด"


def test_what_was_hidden_at_once_is_shown_again_when_another_says_so(approver, client):
    award = make.award(make.agency(name_th="สำนักงานสมมติแพร่"))
    public_page = award.agency.get_absolute_url()
    hidden(approver, award)
    assert client.get(public_page).status_code == 410
    refuse(Proposal.objects.get(), by=make.user(), note="ข้อมูลถูกต้อง")
    award.refresh_from_db()
    assert award.is_public and client.get(public_page).status_code == 200


def test_a_telephone_is_hidden_at_once_and_comes_back(approver, office):
    hidden(approver, office)
    office.refresh_from_db()
    assert office.phone == ""
    refuse(Proposal.objects.get(), by=make.user(), note="เบอร์ถูกต้อง")
    office.refresh_from_db()
    assert office.phone == "1111"


def test_a_photo_is_hidden_at_once_from_the_page_of_its_ceremony(approver, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    event = make.event(2565)
    picture = SimpleUploadedFile("a.png", bytes.fromhex("89504e470d0a1a0a") + b"invented")
    photo = event.files.create(kind="photo", file=picture, caption_th="ภาพ")
    hiding = reverse("admin:certifications_awardevent_hide_file", args=[event.pk, photo.pk])
    assert hiding in approver.get(address(event)).text
    assert "หายไปจากหน้าสาธารณะทันที" in approver.get(hiding).text
    page = approver.post(hiding, {"reason": "มีข้อมูลส่วนบุคคล"}, follow=True)
    assert "งดแสดงแล้ว รอ" in page.text and not event.files.exists()
    refuse(Proposal.objects.get(), by=make.user(), note="ไม่มีข้อมูลส่วนบุคคล")
    assert event.files.get().pk == photo.pk


def test_recorders_hide_nothing_at_once_nor_does_anybody_without_a_reason(recorder):
    award = make.award()
    page = reverse("admin:certifications_award_changelist")
    form = {"action": "hide_at_once", "_selected_action": [award.pk], "_confirmed": "1"}
    recorder.post(page, form | {"reason": "x"})
    award.refresh_from_db()
    assert award.is_public
    with pytest.raises(ValidationError, match="ต้องระบุเหตุผล"):
        hide_records([award], by=make.user(), reason=" ")
