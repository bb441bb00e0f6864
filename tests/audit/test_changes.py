"""The record of changes: every way of writing is in it, with who and why; nothing can alter it."""

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from certifications import models
from certifications.audit.acting import acting
from certifications.audit.kept import kept_columns, kept_models
from certifications.models import Change
from tests import make
from tests.decided import withdraw_from_view

pytestmark = pytest.mark.django_db


def latest(record) -> Change:
    return Change.objects.filter(table=record._meta.label_lower, record_key=record.pk).first()


def test_a_saved_record_is_kept_as_it_was_before_and_after():
    agency = make.agency(name_th="ชื่อแรก")
    agency.name_th = "ชื่อที่สอง"
    agency.save()
    change = latest(agency)
    assert (change.kind, change.before["name_th"], change.after["name_th"]) == (
        "update",
        "ชื่อแรก",
        "ชื่อที่สอง",
    )
    assert change.agency_key == agency.pk


def test_who_by_which_channel_and_why_are_kept_and_end_with_the_act():
    agency, staff = make.agency(), make.user("somsri")
    with acting(by=staff, channel=Change.Channel.BULK, why="แก้คำผิด"):
        models.Agency.objects.filter(pk=agency.pk).update(phone="1111")
    change = latest(agency)
    assert (change.by_key, change.by_name, change.channel, change.why) == (
        staff.pk,
        "somsri",
        "bulk",
        "แก้คำผิด",
    )
    models.Agency.objects.filter(pk=agency.pk).update(phone="2222")
    assert (latest(agency).by_name, latest(agency).channel) == ("", "outside")


def test_an_act_within_an_act_adds_its_reason_and_keeps_the_account():
    agency, first, second = make.agency(), make.user("first"), make.user("second")
    with acting(by=first, channel=Change.Channel.INTAKE) as act:
        with acting(by=second, why="ย้าย"):
            models.Agency.objects.filter(pk=agency.pk).update(phone="1")
        inner = latest(agency)
        models.Agency.objects.filter(pk=agency.pk).update(phone="2")
    assert (inner.by_name, inner.why, inner.act) == ("first", "ย้าย", act.act)
    assert (latest(agency).why, latest(agency).act) == ("", act.act)


def test_an_act_that_fails_leaves_nothing_behind():
    agency, staff = make.agency(), make.user()
    number = Change.objects.count()
    with pytest.raises(RuntimeError), acting(by=staff):
        models.Agency.objects.filter(pk=agency.pk).update(phone="1")
        raise RuntimeError
    assert Change.objects.count() == number
    models.Agency.objects.filter(pk=agency.pk).update(phone="2")
    assert latest(agency).by_name == ""


def test_a_write_in_plain_sql_is_kept_as_from_outside():
    agency = make.agency()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE certifications_agency SET phone = '5' WHERE id = %s", [agency.pk])
    assert (latest(agency).channel, latest(agency).after["phone"]) == ("outside", "5")


def test_what_did_not_change_is_not_kept():
    agency = make.agency()
    number = Change.objects.count()
    agency.save()
    make.award(agency)  # writes the agency's history, which is derived
    assert not Change.objects.filter(table="certifications.agency", kind="update")
    assert Change.objects.count() > number


def test_deletions_sources_and_children_are_kept_with_their_agency():
    award = make.award(make.agency(), 2565, published=False)
    recipient = models.AwardRecipient.objects.create(award=award, name="นายสมมติ")
    recipient_key = recipient.pk
    award.sources.add(make.source())
    recipient.delete()
    tables = {
        (change.table, change.kind): change
        for change in Change.objects.filter(agency_key=award.agency_id)
    }
    deleted = tables["certifications.awardrecipient", "delete"]
    assert (deleted.record_key, deleted.before["name"]) == (recipient_key, "นายสมมติ")
    assert ("certifications.award_sources", "insert") in tables


def test_only_what_anyone_could_see_is_marked_public():
    office = make.agency()
    draft = make.award(office, 2565, published=False)
    assert not Change.objects.filter(was_public=True)
    shown = make.award(office, 2566)
    assert Change.objects.filter(was_public=True, record_key=shown.pk).exists()
    models.Award.objects.filter(pk=draft.pk).update(score=71)
    assert not Change.objects.filter(
        was_public=True, table="certifications.award", record_key=draft.pk
    )


def bodies_of_all_kinds() -> list[models.Agency]:
    """Public and not, by each of the reasons there are."""
    certified = make.award(make.agency(parent=make.department(parent=make.ministry()))).agency
    withdrawn = make.award(make.department()).agency
    withdraw_from_view(withdrawn.awards.all(), by=make.publisher(), reason="เหตุสมมติ")
    named, early, draft = make.department(), make.department(), make.agency(parent=withdrawn)
    make.event(2565)
    make.figure(7, agency=named)
    make.figure(7, agency=early, year=2569)
    make.award(draft, published=False)
    for into in (certified.parent.parent, named, draft, early):
        make.agency(merged_into=into)
    return list(models.Agency.objects.order_by("pk"))


def test_a_body_and_what_belongs_to_it_are_marked_public_as_the_pages_have_it():
    bodies, seen = bodies_of_all_kinds(), make.award(make.agency()).agency
    public = {body.pk: models.Agency.objects.published().contains(body) for body in bodies}
    assert Counter(public.values()) == {True: 6, False: 5}
    for body in bodies:
        name = models.AgencyName.objects.create(agency=body, kind="short", name="สมม.")
        models.Agency.objects.filter(pk=body.pk).update(phone="1")
        succession = models.AgencySuccession.objects.create(
            kind="split", predecessor=body, successor=seen, source=make.source()
        )
        marked = [latest(record).was_public for record in (body, name, succession)]
        assert marked == [public[body.pk]] * 3, body.pk


def test_permissions_are_kept_and_secrets_are_not():
    staff = make.user(group="ผู้บันทึก")
    staff.set_password("another-secret")
    staff.save()
    assert Change.objects.filter(table="auth.user_groups", kind="insert").exists()
    kept = Change.objects.filter(table="auth.user", record_key=staff.pk).values_list("after")
    assert kept
    assert all("password" not in after and "last_login" not in after for (after,) in kept)


def test_a_change_can_be_neither_altered_nor_deleted():
    change = latest(make.agency())
    for act in (change.save, change.delete):
        with pytest.raises(ValidationError):
            act()


def test_the_triggers_know_every_column_after_each_migration():
    call_command("migrate", verbosity=0)
    agency = make.agency()
    assert set(latest(agency).after) == set(kept_columns(models.Agency))


def test_every_model_is_kept_but_those_that_are_derived_or_records_themselves():
    ours = {model for model in kept_models() if model._meta.app_label == "certifications"}
    named = {getattr(models, name) for name in models.__all__}
    assert {model._meta.model_name for model in named - ours if not model._meta.proxy} == {
        "accessevent",
        "awardhistory",
        "change",
        "columnmapping",
        "desksession",
        "intake",
        "intakerow",
        "loadedrecord",
        "mergelog",
        "missedquery",
        "searchentry",
        "stamp",
        "term",
    }
