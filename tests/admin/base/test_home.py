"""The first page of the desk: what waits for an account, and what it may open."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from certifications import models
from certifications.actions.propose import propose_publication
from certifications.actions.warnings import accept_warnings
from certifications.admin.base import home, waiting
from certifications.admin.base.site import the_desk
from certifications.audit.record_triggers import record_triggers
from certifications.audit.stored import drop
from certifications.checks.sweep import look_at
from certifications.reference import buddhist
from tests import make

pytestmark = pytest.mark.django_db


FROM_OUTSIDE = "การแก้ไขข้อมูลสาธารณะจากนอกโปรแกรมทะเบียนใน 30 วันนี้"


def lines_of(client) -> dict:
    return {str(line["label"]): line for line in client.get("/admin/").context["lines"]}


@pytest.fixture
def approver(client):
    make.user("second", "ผู้อนุมัติ")  # one alone is warned of
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    return client


def test_everybody_is_warned_where_one_alone_could_decide(client):
    told = "ควรมีอย่างน้อยสองบัญชี"
    make.user("alone", "ผู้อนุมัติ")
    client.force_login(make.user(group="ผู้อ่าน"))
    (line,) = (line for label, line in lines_of(client).items() if told in label)
    assert (line["number"], line["is_urgent"]) == (1, True)
    make.user("second", "ผู้อนุมัติ")
    assert not any(told in label for label in lines_of(client))


def test_the_first_page_says_what_waits_and_leads_there(approver):
    last_counted = buddhist.year_of(timezone.localdate()) - 2
    make.award(year=last_counted, event=make.event(last_counted))
    make.award(year=2565, published=False)
    sourceless = make.award(year=2566, published=False)
    sourceless.sources.clear()
    make.event(2560, published=False)
    for text, count in [("ร้านสมมติ", 9), ("คำที่ค้นครั้งเดียว", 1)]:
        models.MissedQuery.objects.create(
            text=text, count=count, last_asked_on=datetime.date(2026, 1, 1)
        )
    propose_publication([make.award(year=2567, published=False)], by=make.user())
    make.intake("สำนักงานสมมติน่าน")
    office = make.agency()
    for year, level in ((2565, "excellent"), (2566, "basic")):  # lower while the other counts
        make.award(office, year, level=level)
    lines = lines_of(approver)
    outside = lines[FROM_OUTSIDE]["number"]  # the builders act for nobody
    numbers = [line["number"] for line in lines.values()]
    assert numbers == [1, 0, 0, 1, 3, 1, 1, 1, 0, 0, 1, 1, outside]
    for label, line in lines.items():
        page = approver.get(line["address"])
        assert page.status_code == 200, label
        if "cl" in (page.context or {}):
            assert page.context["cl"].result_count == line["number"], label


def test_a_hand_at_the_database_is_told_to_those_who_decide(approver):
    with make.decided(make.user()):
        office = make.award(make.agency()).agency
        draft = make.agency()
    make.user()  # of accounts another page tells
    assert lines_of(approver)[FROM_OUTSIDE]["number"] == 0
    for body in (office, draft):
        models.Agency.objects.filter(pk=body.pk).update(phone="0 2111 1111")
    line = lines_of(approver)[FROM_OUTSIDE]
    assert (line["number"], line["is_urgent"]) == (1, True)
    assert approver.get(line["address"]).context["cl"].result_count == 1
    approver.force_login(make.user(group="ผู้บันทึก"))
    assert FROM_OUTSIDE not in lines_of(approver)


def test_superusers_are_told_of_triggers_that_are_gone(client):
    label = "ทริกเกอร์ของฐานข้อมูลที่หายไปหรือไม่ตรงกับโปรแกรม ให้ผู้ดูแลเครื่องสั่ง manage.py migrate"
    client.force_login(make.user(is_superuser=True))
    assert label not in lines_of(client)
    agency = next(one for one in record_triggers(connection.vendor) if "agency" in one.table)
    drop(connection, [agency])
    assert lines_of(client)[label]["number"] == 1
    client.force_login(make.user(group="ผู้อนุมัติ"))
    assert label not in lines_of(client)


def test_only_what_an_account_may_see_is_counted(client):
    for _each in range(2):
        make.user(group="ผู้อนุมัติ")
    client.force_login(make.user())
    assert lines_of(client) == {}
    reader = make.user(group="ผู้อ่าน")
    reader.groups.get().permissions.filter(codename="view_missedquery").delete()
    client.force_login(reader)
    assert "คำที่ประชาชนค้นแล้วไม่พบ" not in lines_of(client)


@pytest.fixture
def kept(settings):
    """Counts are kept, as on a real server."""
    place = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": place, "LOCATION": "desk-home"}}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)  # stamps are renewed at commit
def test_problems_are_counted_anew_when_something_changed_or_was_accepted(approver, kept):
    office = make.agency()
    make.award(office, 2565, level="excellent")
    assert lines_of(approver)["ผลการรับรองที่ต้องตรวจสอบ"]["number"] == 0
    lower = make.award(office, 2566, level="basic")
    assert lines_of(approver)["ผลการรับรองที่ต้องตรวจสอบ"]["number"] == 1
    warnings = list(look_at(models.AwardToReview, lower.pk).findings)
    accept_warnings(lower, warnings, reason="ตรวจแล้ว", by=make.user())
    assert lines_of(approver)["ผลการรับรองที่ต้องตรวจสอบ"]["number"] == 0


def test_each_line_is_asked_for_in_a_few_queries(approver, kept, django_assert_max_num_queries):
    for year in (2564, 2565, 2566):
        make.award(year=year)
        make.award(year=year, published=False)
    for line in waiting.LINES:  # problems are looked for once after each change
        line.count()
    with django_assert_max_num_queries(2 * len(waiting.LINES)):
        for line in waiting.LINES:
            line.count()


def test_a_list_that_no_section_names_is_shown_all_the_same(admin_client, rf, admin_user):
    request = rf.get("/admin/")
    request.user, request.passed_second_factor = admin_user, True
    apps = the_desk().get_app_list(request)
    sections = home.sections_of(apps)
    shown = [model["object_name"] for section in sections for model in section["models"]]
    assert sorted(shown) == sorted(model["object_name"] for app in apps for model in app["models"])
    apps[0]["models"].append({"object_name": "NewThing", "name": "ของใหม่"})
    rest = home.sections_of(apps)[-1]
    assert rest["title"] == home.REST
    assert [model["object_name"] for model in rest["models"]] == ["NewThing"]
