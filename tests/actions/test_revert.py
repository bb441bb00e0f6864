"""Taking a change back: only where nothing that came after is lost, and nothing public slips by."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from certifications import models
from certifications.actions import revert as reverting
from certifications.actions.decide import accept
from certifications.actions.merge_plan import Choices
from certifications.actions.propose import propose_publication
from certifications.audit.acting import Undecided
from certifications.audit.kept import kept_models
from certifications.models import Agency, AgencyName, Award, AwardRecipient, Change
from certifications.reference.states import StatusChange
from tests import make
from tests.decided import merge, revert, withdraw_from_view
from tests.desk import one_of_each

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return make.user("somsri")


def latest(record) -> Change:
    return Change.objects.filter(table=record._meta.label_lower, record_key=record.pk).first()


def test_an_edit_is_undone_in_the_fields_it_changed_alone_and_recorded_as_a_change(staff):
    agency = make.agency(name_th="ชื่อแรก", phone="1111")
    agency.name_th = "ชื่อผิด"
    agency.save()
    edit = latest(agency)
    Agency.objects.filter(pk=agency.pk).update(phone="2222")
    revert(edit, by=staff, why="พิมพ์ผิด")
    agency.refresh_from_db()
    assert (agency.name_th, agency.phone) == ("ชื่อแรก", "2222")
    assert latest(agency).by_name == "somsri" and "พิมพ์ผิด" in latest(agency).why


def test_an_edit_that_was_edited_again_is_not_undone(staff):
    agency = make.agency(phone="1")
    Agency.objects.filter(pk=agency.pk).update(phone="2")
    edit = latest(agency)
    Agency.objects.filter(pk=agency.pk).update(phone="3")
    with pytest.raises(ValidationError, match="โทรศัพท์"):
        revert(edit, by=staff)
    agency.refresh_from_db()
    assert agency.phone == "3"


def test_what_was_added_is_removed_and_what_was_deleted_comes_back(staff):
    agency = make.agency()
    name = AgencyName.objects.create(agency=agency, kind="short", name="สมม.")
    added = latest(name)
    revert(added, by=staff)
    assert not agency.names.exists()
    deleted = Change.objects.filter(table="certifications.agencyname", kind="delete").get()
    revert(deleted, by=staff)
    assert [str(name) for name in agency.names.all()] == ["สมม."]


def test_what_others_rest_on_is_not_removed(staff):
    parent = make.agency()
    added = latest(parent)
    make.agency(parent=parent)
    with pytest.raises(ValidationError):
        revert(added, by=staff)
    assert Agency.objects.filter(pk=parent.pk).exists()


@pytest.mark.parametrize("facts", [{"year": 2566}, {"level_id": None}])
def test_what_two_people_decide_of_a_public_award_is_not_undone_by_one(staff, facts):
    award = make.award(make.agency(), 2565, level=make.level("basic"))
    Award.objects.filter(pk=award.pk).update(**facts)
    with pytest.raises(Undecided):
        reverting.revert(latest(award), by=staff)
    assert Award.objects.filter(pk=award.pk, **facts).exists()


def test_publication_is_not_undone_here(staff):
    award = make.award(make.agency(), 2565, published=False)
    publisher = make.publisher()
    Award.objects.filter(pk=award.pk).update(
        published_at="2026-01-01T00:00:00Z", published_by=publisher
    )
    with pytest.raises(ValidationError):
        revert(latest(award), by=staff)
    assert Award.objects.published().exists()


def test_the_registers_rules_hold_for_what_is_brought_back(staff):
    award = make.award(make.agency(), 2565, published=False, level=make.level("basic"))
    AwardRecipient.objects.create(award=award, name="นายสมมติ")
    award.delete()
    deleted = Change.objects.filter(table="certifications.award", kind="delete").get()
    make.award(award.agency, 2565)
    with pytest.raises(ValidationError, match="ปีนี้อยู่แล้ว"):
        revert(deleted, by=staff)


def test_rights_are_not_given_back_here(staff):
    account = make.user(group="ผู้อนุมัติ")
    account.groups.clear()
    taken = Change.objects.filter(table="auth.user_groups", kind="delete").get()
    with pytest.raises(ValidationError):
        revert(taken, by=staff)
    assert not account.groups.exists()


def test_the_button_reverts_for_those_who_may_and_refuses_others(client):
    agency = make.agency(phone="1")
    Agency.objects.filter(pk=agency.pk).update(phone="2")
    address = reverse("admin:certifications_change_revert", args=[latest(agency).pk])
    client.force_login(make.user("reader", "ผู้อ่าน"))
    assert client.post(address).status_code == 403
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    assert client.get(address).status_code == 405
    page = client.post(address, {"_why": "คืน"}, follow=True)
    agency.refresh_from_db()
    assert agency.phone == "1" and "คืนค่าแล้ว" in page.content.decode()
    again = client.post(address, follow=True)
    assert "ถูกแก้ไขหลังจากนั้น" in again.content.decode()


# --- what one account does not take back ---------------------------------------------------------


def changes_of(record, kind: str = "") -> list[Change]:
    of_record = Change.objects.filter(table=record._meta.label_lower, record_key=record.pk)
    return list(of_record.filter(kind=kind) if kind else of_record)


def public_award() -> Award:
    award = make.award(make.agency(), 2565, level=make.level("basic"))
    award.recipients.create(name="นายสมมติ")
    return award


def link_of(record):
    return record.sources.through.objects.get(**{record._meta.model_name: record})


def a_correction_that_was_accepted():
    award = public_award()
    facts = {"score": 71, "certificate_number": "ATK-50", "name_as_printed": "ชื่อตามพิมพ์"}
    accept(make.correction(award, facts, by=make.user()), by=make.user())
    yield changes_of(award, "update")[0]


def what_was_taken_out_of_a_draft_before_it_was_decided():
    award = make.award(make.agency(), 2565, published=False, name_as_printed="ชื่อเท็จ")
    recipient = award.recipients.create(name="ผู้รับเท็จ")
    removed = recipient.pk
    recipient.delete()
    award.name_as_printed = ""
    award.save()
    accept(propose_publication([award], by=make.user()), by=make.user())
    yield changes_of(award, "update")[-1]
    yield Change.objects.get(kind="delete", record_key=removed)


def the_only_source_of_a_public_award():
    yield latest(link_of(public_award()))


def a_recipient_of_a_public_award():
    yield latest(public_award().recipients.get())


def the_validity_of_a_public_ceremony():
    event = make.event(2563)
    models.AwardEvent.objects.filter(pk=event.pk).update(validity_years=10, title_th="ชื่อเท็จ")
    models.AwardEvent.objects.filter(pk=event.pk).update(validity_years=3)
    yield latest(event)


def what_public_pages_show_beside_awards():
    event, office = make.event(2565), public_award().agency
    criterion = models.Criterion.objects.create(
        first_year=2565, last_year=2565, order=1, title_th="ด้านสมมติ"
    )
    yield latest(make.figure(666))
    yield latest(criterion)
    yield latest(office.awards.get().sources.get())
    yield latest(AgencyName.objects.create(agency=office, kind="short", name="สมม."))
    yield latest(link_of(event))
    yield latest(photo_of(event))
    yield latest(make.level("basic"))


def photo_of(event):
    facts = {"kind": "photo", "caption_th": "ภาพ", "file": "events/x.png"}
    return models.EventFile.objects.create(event=event, **facts)


def a_photo_taken_off_a_public_ceremony():
    photo = photo_of(make.event(2565))
    removed = photo.pk
    photo.delete()
    yield Change.objects.get(kind="delete", record_key=removed)


def edits_of_what_is_public():
    office = public_award().agency
    ministry = make.ministry()
    Agency.objects.filter(pk=office.pk).update(phone="2", parent=ministry)
    office.refresh_from_db()
    office.save()  # writes its place below the ministry
    source = office.awards.get().sources.get()
    models.Source.objects.filter(pk=source.pk).update(title="ชื่อเรื่องใหม่")
    Agency.objects.filter(pk=ministry.pk).update(phone="3")
    for record in (office, source, ministry):
        yield changes_of(record, "update")[0]


def a_name_that_a_public_body_bore():
    draft, office = make.agency(), public_award().agency
    name = AgencyName.objects.create(agency=office, kind="short", name="สมม.")
    AgencyName.objects.filter(pk=name.pk).update(agency=draft)
    yield latest(name)


def a_figure_of_a_round_that_was_published_meanwhile():
    figure = make.figure(7, year=2569)
    models.AnnouncedFigure.objects.filter(pk=figure.pk).update(last_year=2570)
    make.event(2569)
    yield latest(figure)


def what_was_withdrawn_from_view():
    award = public_award()
    Award.objects.filter(pk=award.pk).update(score=71)
    edit = latest(award)
    withdraw_from_view([award], by=make.publisher(), reason="เหตุสมมติ")
    yield edit


def a_merge():
    source, target = make.agency(), public_award().agency
    merge(source, target, Choices(), by=make.user(), reason="ซ้ำ")
    yield changes_of(source, "update")[0]


def a_closing():
    agency = make.agency()
    Agency.objects.filter(pk=agency.pk).update(closed_on="2024-01-01")
    yield latest(agency)


def a_succession():
    succession = models.AgencySuccession.objects.create(
        kind="renamed", predecessor=make.agency(), successor=make.agency(), source=make.source()
    )
    yield latest(succession)


def a_decision():
    award = make.award(make.agency(), 2565, published=False)
    proposal = propose_publication([award], by=make.user())
    accept(proposal, by=make.user())
    yield changes_of(proposal, "update")[0]
    yield changes_of(proposal.items.get(), "update")[0]
    yield changes_of(proposal.items.get(), "insert")[0]
    yield changes_of(award, "update")[0]
    yield changes_of(award, "insert")[0]
    yield latest(make.accepted_doubt(award))
    status = make.status_change(award, StatusChange.SUSPENDED, datetime.date(2023, 1, 1))
    yield latest(status)


OF_THE_PUBLIC = [
    a_correction_that_was_accepted,
    what_was_taken_out_of_a_draft_before_it_was_decided,
    the_only_source_of_a_public_award,
    a_recipient_of_a_public_award,
    the_validity_of_a_public_ceremony,
    what_public_pages_show_beside_awards,
    a_photo_taken_off_a_public_ceremony,
    edits_of_what_is_public,
    a_name_that_a_public_body_bore,
    a_figure_of_a_round_that_was_published_meanwhile,
    a_merge,
    a_closing,
    a_succession,
    a_decision,
]


def answered(client, change: Change) -> int | str:
    """403, or what the page says; that it says "taken back" is for nobody to read here."""
    address = reverse("admin:certifications_change_revert", args=[change.pk])
    page = client.post(address, {"_why": "x"}, follow=True)
    return page.status_code if page.status_code == 403 else page.content.decode()


SENTENCES = ("เสนอแล้ว", 'class="error"', "errornote")


@pytest.mark.parametrize("account", ["recorder", "root"])
@pytest.mark.parametrize("case", OF_THE_PUBLIC, ids=lambda case: case.__name__)
def test_nobody_alone_takes_back_what_the_public_relies_on(client, case, account):
    is_root = account == "root"
    group = "" if is_root else "ผู้บันทึก"
    client.force_login(make.user(account, group, is_superuser=is_root))
    for change in case():
        seen = Change.objects.filter(was_public=True).count()
        answer = answered(client, change)
        is_said = any(sentence in str(answer) for sentence in SENTENCES)
        assert answer == 403 or is_said, (change.table, change.kind)
        assert "คืนค่าแล้ว" not in str(answer)
        assert Change.objects.filter(was_public=True).count() == seen


def test_a_public_edit_is_taken_back_once_another_account_agrees(client):
    office = public_award().agency
    Agency.objects.filter(pk=office.pk).update(name_th="ชื่อเท็จ")
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    assert "เสนอแล้ว" in answered(client, latest(office))
    accept(models.Proposal.objects.get(), by=make.user())
    was = office.name_th
    office.refresh_from_db()
    assert office.name_th == was
    assert "เสนอแล้ว" in answered(client, latest(office))  # taking back what was taken back


def test_a_draft_taken_back_while_somebody_is_to_decide_it_goes_back(client):
    award = make.award(make.agency(), 2565, published=False)
    Award.objects.filter(pk=award.pk).update(score=71)
    proposal = propose_publication([award], by=make.user())
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    assert "คืนค่าแล้ว" in answered(client, latest(award))
    with pytest.raises(ValidationError, match="คะแนน"):
        accept(proposal, by=make.user())


def test_what_nobody_can_take_back_is_not_offered_and_the_page_says_why(client):
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    open_one, closed = make.agency(phone="1"), make.agency()
    Agency.objects.filter(pk=open_one.pk).update(phone="2")
    Agency.objects.filter(pk=closed.pk).update(closed_on="2024-01-01")
    pages = {
        agency: client.get(
            reverse("admin:certifications_change_change", args=[latest(agency).pk])
        ).content.decode()
        for agency in (open_one, closed)
    }
    assert "/revert/" in pages[open_one]
    assert "/revert/" not in pages[closed] and "คืนจากที่นี่ไม่ได้" in pages[closed]


def test_drafts_and_the_words_of_search_are_taken_back_by_who_may_change_them(client):
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    draft = make.award(make.agency(), 2565, published=False)
    recipient = draft.recipients.create(name="นายสมมติ")
    Award.objects.filter(pk=draft.pk).update(score=71)
    word = models.SearchWord.objects.create(typed="สมม.", means="สมมติ")
    models.SearchWord.objects.get(pk=word.pk).save()
    place = models.PlaceName.objects.create(name="เกาะสมมติ", province="90")
    models.PlaceName.objects.filter(pk=place.pk).update(province="91")
    source = draft.sources.get()
    models.Source.objects.filter(pk=source.pk).update(title="ชื่อเรื่อง")
    for record in (recipient, link_of(draft), draft, place, source):
        assert "คืนค่าแล้ว" in answered(client, latest(record)), record
    assert answered(client, latest(word)) == 403  # approvers delete words


# --- of every table ------------------------------------------------------------------------------


def one_row_of_each() -> None:
    """At least one row in every table whose changes are kept."""
    made = one_of_each()
    office, award, event = made[Agency], made[Award], made[models.AwardEvent]
    AgencyName.objects.create(agency=office, kind="short", name="สมม.")
    AwardRecipient.objects.create(award=award, name="นายสมมติ")
    make.status_change(award, StatusChange.SUSPENDED, datetime.date(2023, 1, 1))
    models.EventFile.objects.create(
        event=event, kind="document", caption_th="เอกสาร", file="events/2565/lost.pdf"
    )
    for record in (office, made[models.Criterion]):
        record.sources.add(make.source())
    account = make.user(group="ผู้บันทึก")
    account.user_permissions.add(account.groups.get().permissions.first())


def changes_of_each_kind(model) -> list[Change]:
    """An addition, an edit and a deletion of a row that is there, as the triggers would have it."""
    label = model._meta.label_lower
    added = Change.objects.filter(table=label, kind="insert").last()
    row = added.after if added else model._base_manager.values().first()  # of a migration
    key = added.record_key if added else row[model._meta.pk.column]
    facts = {"pk": 1, "table": label, "record_key": key, "was_public": False}
    return [
        Change(kind=kind, before=before, after=after, **facts)
        for kind, before, after in (
            ("insert", None, row),
            ("update", row, row),
            ("delete", row, None),
        )
    ]


@pytest.mark.parametrize("model", kept_models(), ids=lambda model: model._meta.label)
def test_a_change_of_any_table_is_taken_back_or_refused_with_a_sentence(staff, model):
    one_row_of_each()
    for change in changes_of_each_kind(model):
        with transaction.atomic():
            if change.kind == Change.Kind.DELETE:
                rows = model._base_manager.filter(pk=change.record_key)
                rows._raw_delete(rows.db)
            try:
                revert(change, by=staff)
            except ValidationError as refusal:
                assert all(refusal.messages)
            transaction.set_rollback(True)
