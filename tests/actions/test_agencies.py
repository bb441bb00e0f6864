"""What happens to bodies in the world: names, ends and successors, awards where they were given."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from certifications.models import Agency, AgencySuccession, Change
from tests import make
from tests.decided import close, rename, reopen, succeed

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 10, 1)


@pytest.fixture
def by():
    return make.user("approver", "ผู้อนุมัติ")


def refusal(act) -> str:
    with pytest.raises(ValidationError) as refused:
        act()
    return " ".join(refused.value.messages)


def test_a_renamed_body_keeps_its_old_name_with_its_last_day(by, client):
    office = make.agency(name_th="สำนักงานเดิมสมมติ", name_en="Old Office")
    make.award(office, 2565)
    source = make.source()
    rename(office, "สำนักงานใหม่สมมติ", on=DAY, source=source, by=by, name_en="New Office")
    office.refresh_from_db()
    assert (office.name_th, office.name_en) == ("สำนักงานใหม่สมมติ", "New Office")
    former = office.names.get(kind="former")
    assert (former.name, former.until, former.source) == (
        "สำนักงานเดิมสมมติ",
        datetime.date(2026, 9, 30),
        source,
    )
    assert office.names.get(kind="english").name == "Old Office"
    for asked in ("สำนักงานเดิมสมมติ", "สำนักงานใหม่สมมติ"):
        assert office.code in client.get(f"/agencies/?q={asked}").content.decode()
    call_command("reindex", "--check", verbosity=0)


def test_a_body_that_takes_its_old_name_back_has_it_once(by):
    office, source = make.agency(name_th="ก"), make.source()
    for name in ("ข", "ก", "ข"):
        office = rename(office, name, on=DAY, source=source, by=by)
    assert list(office.names.values_list("kind", "name")) == [("former", "ก")]


def test_a_name_that_is_none_or_no_other_is_refused(by):
    office, source = make.agency(name_th="ก"), make.source()
    assert "เหมือนชื่อเดิม" in refusal(lambda: rename(office, " ก ", on=DAY, source=source, by=by))
    refusal(lambda: rename(office, "", on=DAY, source=source, by=by))
    refusal(lambda: rename(office, "ก" * 301, on=DAY, source=source, by=by))
    office.refresh_from_db()
    assert office.name_th == "ก" and not office.names.exists()


@pytest.mark.parametrize(("kind", "number"), [("renamed", 1), ("merged", 1), ("split", 3)])
def test_after_a_succession_both_sides_stay_and_awards_with_them(by, kind, number):
    old = make.agency()
    award = make.award(old, 2565)
    new = [make.agency() for _each in range(number)]
    succeed(old, new, kind=kind, on=DAY, source=make.source(), closes=True, by=by)
    old.refresh_from_db()
    award.refresh_from_db()
    assert old.closed_on == DAY and old.merged_into is None and award.agency == old
    assert {one.successor for one in old.successions.filter(kind=kind)} == set(new)


def test_a_new_body_may_split_off_one_that_goes_on(by):
    old, new = make.agency(), make.agency()
    succeed(old, [new], kind="split", on=None, source=make.source(), closes=False, by=by)
    old.refresh_from_db()
    assert old.closed_on is None and old.successions.get().successor == new


@pytest.mark.parametrize(
    ("kind", "number", "facts", "said"),
    [
        ("renamed", 0, {}, "เลือกหน่วยงาน"),
        ("renamed", 2, {}, "หนึ่งเดียว"),
        ("merged", 2, {}, "หนึ่งเดียว"),
        ("split", 1, {}, "อย่างน้อยสองแห่ง"),
        ("merged", 1, {"on": None}, "ระบุวันที่มีผล"),
        ("merged", 1, {"on": datetime.date(3108, 1, 1)}, "ตรวจว่าไม่ได้สลับ"),
    ],
)
def test_successions_that_cannot_be_are_refused_whole(by, kind, number, facts, said):
    old, new = make.agency(), [make.agency() for _each in range(number)]
    facts = {"kind": kind, "on": DAY, "source": make.source(), "closes": True, "by": by} | facts
    assert said in refusal(lambda: succeed(old, new, **facts))
    old.refresh_from_db()
    assert old.closed_on is None and not AgencySuccession.objects.exists()


def test_an_event_is_recorded_once_and_never_with_itself(by):
    old, new = make.agency(), make.agency()
    facts = {"on": DAY, "source": make.source(), "closes": False, "by": by}
    succeed(old, [new], kind="merged", **facts)
    assert "บันทึกเหตุการณ์นี้ไว้แล้ว" in refusal(lambda: succeed(old, [new], kind="merged", **facts))
    assert "ต้องต่างกัน" in refusal(lambda: succeed(old, [old], kind="merged", **facts))


def test_a_body_is_closed_and_opened_again_with_the_reason_in_the_record(by):
    office = make.agency()
    close(office, on=DAY, reason="ยุบเลิก", by=by)
    office.refresh_from_db()
    assert office.closed_on == DAY
    assert "ไว้แล้ว" in refusal(lambda: close(office, on=DAY, reason="ซ้ำ", by=by))
    reopen(office, reason="บันทึกผิดแห่ง", by=by)
    office.refresh_from_db()
    assert office.closed_on is None
    assert "ไม่ได้ปิดอยู่" in refusal(lambda: reopen(office, reason="ซ้ำ", by=by))
    changes = Change.objects.filter(table="certifications.agency", kind="update").order_by("pk")
    assert list(changes.values_list("by_name", "why")) == [
        ("approver", "ยุบเลิก"),
        ("approver", "บันทึกผิดแห่ง"),
    ]


def test_nothing_is_closed_without_a_reason_or_done_to_a_merged_record(by):
    office = make.agency()
    assert "ต้องระบุเหตุผล" in refusal(lambda: close(office, on=DAY, reason=" ", by=by))
    merged, source = make.agency(merged_into=office), make.source()
    for act in (
        lambda: close(merged, on=DAY, reason="x", by=by),
        lambda: reopen(merged, reason="x", by=by),
        lambda: rename(merged, "ใหม่", on=DAY, source=source, by=by),
        lambda: succeed(
            office, [merged], kind="merged", on=DAY, source=source, closes=False, by=by
        ),
    ):
        assert "ถูกรวมแล้ว" in refusal(act)
    assert not Agency.objects.exclude(closed_on=None).exists()
