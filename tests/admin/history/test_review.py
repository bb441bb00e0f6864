"""The whole register against every rule: the lists of what to review, and the command."""

import datetime
import io
import random
import re
from html import unescape

import pytest
from django.core.management import CommandError, call_command

from certifications import models
from certifications.checks.sweep import check_all, to_review
from certifications.reference import provinces
from tests import make
from tests.admin.test_admin import address

pytestmark = pytest.mark.django_db


def raw(record, **facts) -> None:
    """Write past every rule, as a hand at the database's prompt would."""
    type(record)._base_manager.filter(pk=record.pk).update(**facts)


def fallen_award() -> models.Award:
    office = make.agency(name_th="สำนักงานระดับลด", province="54")
    make.award(office, 2564, level="excellent")
    return make.award(office, 2565, level="basic")


def codes(found: dict) -> dict[int, set[str]]:
    return {pk: {finding.code for finding in findings} for pk, findings in found.items()}


def check(**options) -> str:
    out = io.StringIO()
    call_command("check_records", stdout=out, **options)
    return out.getvalue()


def test_a_sound_register_passes():
    make.award(make.agency(province="54"), 2565, level="basic", event=make.event(2565))
    assert "ไม่พบข้อที่ต้องตรวจสอบ" in check()


def test_the_real_records_pass():
    call_command("load_records", verbosity=0, stdout=io.StringIO())
    assert "ไม่พบข้อที่ต้องตรวจสอบ" in check()


def test_a_finding_is_printed_with_its_rule_and_address_and_fails_the_command():
    award = fallen_award()
    out = io.StringIO()
    with pytest.raises(CommandError, match="พบ 1 ข้อที่ต้องตรวจสอบ"):
        call_command("check_records", stdout=out)
    line = out.getvalue()
    assert "[level_lower]" in line and address(models.Award, "change", award.pk) in line
    assert "สำนักงานระดับลด 2565" in line and line.startswith("สงสัย")


def test_what_was_accepted_passes_and_is_shown_when_all_is_asked_for():
    award = fallen_award()
    (finding,) = to_review(models.AwardToReview)[award.pk]
    make.accepted_doubt(award, code=finding.code, about=finding.about)
    assert to_review(models.AwardToReview) == {}
    assert "[level_lower]" not in check()
    assert "ยืนยันแล้ว [level_lower]" in check(all=True)


def test_an_error_is_not_passed_by_accepting_it():
    award = make.award(make.agency(closed_on=datetime.date(2019, 1, 1)), 2565)
    make.accepted_doubt(award, code="closed_before", about="2019-01-01 2565")
    with pytest.raises(CommandError):
        check()


def test_rules_across_rows_that_no_constraint_keeps_are_checked():
    first, second, third = (make.agency() for _each in range(3))
    raw(first, parent=second, path="x/")
    raw(second, parent=first)
    merged = make.agency(merged_into=third)
    raw(make.award(make.agency(), 2565), agency=merged)
    twice = make.agency(merged_into=merged)
    under = make.agency(parent=third)
    raw(under, parent=merged, path=f"{merged.code}/{under.code}/")
    found = codes(to_review(models.AgencyToReview))
    assert found[first.pk] == {"misplaced"} and found[second.pk] == {"misplaced"}
    assert found[merged.pk] == {"merged_yet_holding"}
    assert found[twice.pk] == {"merged_twice"}
    assert found[under.pk] == {"parent_merged"}
    assert codes(to_review(models.AwardToReview))[merged.awards.get().pk] == {"merged_record"}


def test_levels_that_overlap_and_ceremonies_of_another_year_are_checked():
    raw(make.level("basic"), max_score=85)
    make.level("advanced")
    event = make.event(2565)
    raw(event, held_on=datetime.date(2025, 1, 1))
    award = make.award(make.agency(), 2565, event=event)
    raw(award, year=2566)
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_records", stdout=out)
    said = out.getvalue()
    assert "ช่วงคะแนนซ้อนกับ" in said and "ต้องอยู่ในปี 2565 หรือปีถัดไป" in said
    assert "[event_of_another_year]" in said
    assert set(to_review(models.EventToReview)) == {event.pk}


def test_the_later_of_two_namesakes_is_warned_of_unless_another_province_tells_them_apart():
    first = make.agency(name_th="ที่ว่าการอำเภอเฉลิมพระเกียรติ", province="55")
    make.agency(name_th="ที่ว่าการอำเภอเฉลิมพระเกียรติ", province="80")
    again = make.agency(name_th="ที่ว่าการอำเภอ เฉลิมพระเกียรติ", province="55")
    found = to_review(models.AgencyToReview)
    assert codes(found) == {again.pk: {"same_agency"}}
    assert found[again.pk][0].about == first.code


def test_the_quick_look_and_the_whole_sweep_find_the_same():
    """Invented records with every fault in every mixture: the suspects leave none out."""
    chance = random.Random(4)
    places = [place.code for place in provinces.ALL[:5]] + [""]
    named = [place.name_th for place in provinces.ALL[:5]]
    heads = ("สำนักงานจังหวัด", "โรงพยาบาล", "สนง. จ.", "ที่ว่าการอำเภอเมือง", "ศูนย์")
    levels = [None, make.level("basic"), make.level("advanced"), make.level("excellent")]
    days = [None, *(datetime.date(year, 7, 1) for year in (2019, 2021, 2022, 2023))]
    offices: list[models.Agency] = []
    for _number in range(80):
        office = make.agency(
            name_th=chance.choice(heads) + chance.choice(named),
            province=chance.choice(places),
            closed_on=chance.choice(days),
            parent=chance.choice([None, *offices[-3:]]),
        )
        offices.append(office)
    events = [make.event(year, held_on=datetime.date(year - 543, 9, 1)) for year in (2563, 2565)]
    raw(events[0], held_on=datetime.date(2018, 9, 1))
    for office in offices:
        for year in chance.sample(range(2561, 2568), 3):
            award = make.award(office, year)
            facts = {"level": chance.choice(levels), "event": chance.choice([None, *events])}
            raw(award, score=chance.choice([None, 75, 79.5, 85, 95]), **facts)
    for office in chance.sample(offices[1:], 8):
        raw(office, merged_into=offices[0])
    whole = {}
    for checked in check_all():
        if checked.findings:
            whole.setdefault(type(checked.record), {})[checked.record.pk] = checked.findings
    kinds = (models.Agency, models.Award, models.AwardEvent)
    assert len(whole) == 3 and sum(map(len, whole.values())) > 200
    for model in kinds:
        assert to_review(model) == whole[model]


@pytest.mark.parametrize("group", ["ผู้อ่าน", "ผู้บันทึก", "ผู้อนุมัติ"])
def test_staff_see_what_to_review_with_the_problem_and_the_way_to_its_form(client, group):
    award = fallen_award()
    fine = make.award(make.agency(name_th="สำนักงานไม่มีปัญหา"), 2565)
    client.force_login(make.user(group=group))
    page = client.get(address(models.AwardToReview, "changelist")).content.decode()
    assert "ต่ำกว่าระดับที่ได้ในปี 2564" in page
    assert address(models.Award, "change", award.pk) in page
    assert fine.agency.name_th not in page
    page = client.get(address(models.AwardToReview, "change", award.pk)).content.decode()
    assert address(models.Award, "change", award.pk) in page
    assert ('name="reason"' in page) == (group != "ผู้อ่าน")
    for model in (models.AgencyToReview, models.EventToReview, models.AcceptedDoubt):
        assert client.get(address(model, "changelist")).status_code == 200


def test_a_list_to_review_takes_as_many_queries_for_thirty_problems_as_for_one(
    admin_client, django_assert_max_num_queries
):
    for _number in range(30):
        fallen_award()
    with django_assert_max_num_queries(25):
        page = admin_client.get(address(models.AwardToReview, "changelist"))
    assert page.content.decode().count("ต่ำกว่าระดับที่ได้ในปี 2564") == 30


def test_an_accepted_doubt_can_be_neither_changed_nor_removed(admin_client):
    warning = make.accepted_doubt(fallen_award())
    assert admin_client.post(address(models.AcceptedDoubt, "change", warning.pk)).status_code == 403
    assert admin_client.post(address(models.AcceptedDoubt, "delete", warning.pk)).status_code == 403


def accepted(client, award, **form):
    target = address(models.AwardToReview, "change", award.pk)
    page = client.get(target).content.decode()
    keys = [unescape(key) for key in re.findall(r'name="_doubt" value="([^"]*)"', page)]
    return client.post(target, {"_doubt": keys, "reason": "ตรวจกับประกาศแล้ว"} | form)


def test_a_warning_is_accepted_where_it_is_reviewed_and_not_shown_again(client):
    award = fallen_award()
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    assert accepted(client, award).status_code == 302
    warning = models.AcceptedDoubt.objects.get()
    assert (warning.reason, warning.by.username, warning.record_key) == (
        "ตรวจกับประกาศแล้ว",
        "recorder",
        award.pk,
    )
    page = client.get(address(models.AwardToReview, "changelist")).content.decode()
    assert award.agency.name_th not in page
    target = address(models.AwardToReview, "change", award.pk)
    assert "ไม่พบสิ่งที่ต้องตรวจสอบ" in client.get(target).content.decode()


@pytest.mark.parametrize("form", [{"reason": " "}, {"_doubt": []}, {"_doubt": ["level_lower x"]}])
def test_nothing_is_accepted_without_a_reason_or_unread(client, form):
    client.force_login(make.user(group="ผู้บันทึก"))
    page = accepted(client, fallen_award(), **form)
    assert page.status_code == 200 and 'class="errorlist' in page.content.decode()
    assert not models.AcceptedDoubt.objects.exists()


def test_a_reader_accepts_nothing_and_an_error_is_accepted_by_nobody(client, admin_client):
    award = fallen_award()
    client.force_login(make.user(group="ผู้อ่าน"))
    assert accepted(client, award).status_code == 403
    closed = make.award(make.agency(closed_on=datetime.date(2019, 1, 1)), 2565)
    assert accepted(admin_client, closed).status_code == 403
    assert not models.AcceptedDoubt.objects.exists()


@pytest.mark.parametrize("key", ["abc", "9" * 40, "0"])
def test_a_record_to_review_that_is_not_there_is_not_found(admin_client, key):
    assert admin_client.get(address(models.AwardToReview, "change", key)).status_code == 404


def test_an_old_namesake_is_asked_about_once_in_its_form(admin_client):
    """So that whoever comes to mend it by its form can answer there too."""
    first, second = (make.agency(name_th="สำนักงานชื่อซ้ำ", province="54") for _each in range(2))
    names = {f"names-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    form = names | {"names-MAX_NUM_FORMS": 1000, "kind": "office", "province": "54"}
    form |= {"name_th": "สำนักงานชื่อซ้ำ"}
    target = address(models.Agency, "change", first.pk)
    assert admin_client.post(target, form | make.opened(first)).status_code == 302
    target = address(models.Agency, "change", second.pk)
    form |= make.opened(second)
    assert first.code in admin_client.post(target, form).content.decode()
    answer = {"looked_into": "on", "doubt_reason": "คนละแห่ง", "_doubt": f"same_agency {first.code}"}
    assert admin_client.post(target, form | answer).status_code == 302
    assert admin_client.post(target, form | make.opened(second)).status_code == 302
    assert to_review(models.AgencyToReview) == {}
