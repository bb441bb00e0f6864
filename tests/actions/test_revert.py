"""Taking a change back: only where nothing that came after is lost, and nothing public slips by."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from certifications import models
from certifications.actions.revert import revert
from certifications.models import Agency, AgencyName, Award, AwardRecipient, Change
from certifications.models.changes import kept_models
from certifications.states import StatusChange
from tests import make
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
    with pytest.raises(ValidationError):
        revert(latest(award), by=staff)


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
    assert "มีการแก้ไขหลังจากนั้น" in again.content.decode()


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
