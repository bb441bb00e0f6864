"""Forms that check: errors stop, warnings want a tick and a reason once, and nothing is lost."""

import datetime
import json
import re
from html import unescape

import pytest
from django.urls import reverse

from certifications import models
from certifications.models import AcceptedDoubt, Change
from tests import make
from tests.admin.test_admin import address

pytestmark = pytest.mark.django_db

CONFIRMED = {"looked_into": "on", "doubt_reason": "ตรวจกับประกาศแล้ว"}


@pytest.fixture
def recorder(client):
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    return client


@pytest.fixture
def fallen():
    """An office that was excellent last year, and the form of a basic award this year."""
    office = make.agency(name_th="สำนักงานสมมติ", province="54")
    make.award(office, 2564, level="excellent")
    return make.award_form(agency=office.pk, level=make.level("basic").pk, name_as_printed="ชื่อที่พิมพ์")


def shown(page: str) -> dict:
    """The hidden warnings of a page, as its form sends them back."""
    return {"_doubt": [unescape(key) for key in re.findall(r'name="_doubt" value="([^"]*)"', page)]}


def enter(client, form: dict) -> str:
    return client.post(address(models.Award, "add"), form).content.decode()


def agency_form(**facts) -> dict:
    names = {f"names-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    return names | {"names-MAX_NUM_FORMS": 1000, "kind": "office", "province": ""} | facts


def test_a_warning_stops_the_form_with_what_was_typed_and_asks_for_a_reason(recorder, fallen):
    page = enter(recorder, fallen)
    assert "ระดับพื้นฐานของปี 2565 ต่ำกว่าระดับที่ได้ในปี 2564" in page
    assert 'name="looked_into"' in page and 'value="ชื่อที่พิมพ์"' in page
    assert models.Award.objects.count() == 1


def test_a_tick_and_a_reason_save_it_and_both_are_kept(recorder, fallen):
    enter(recorder, fallen | CONFIRMED | shown(enter(recorder, fallen)))
    award = models.Award.objects.get(year=2565)
    warning = AcceptedDoubt.objects.get()
    assert (warning.record_key, warning.code, warning.reason, warning.by.username) == (
        award.pk,
        "level_lower",
        "ตรวจกับประกาศแล้ว",
        "recorder",
    )
    assert "ต่ำกว่าระดับที่ได้ในปี 2564" in warning.message
    change = Change.objects.filter(table="certifications.accepteddoubt").get()
    assert (change.by_name, change.why) == ("recorder", "ตรวจกับประกาศแล้ว")


@pytest.mark.parametrize(
    "half",
    [
        {"looked_into": "on", "doubt_reason": "  "},
        {"looked_into": "", "doubt_reason": "ตรวจแล้ว"},
        {"looked_into": "on"},
    ],
)
def test_a_tick_without_a_reason_or_a_reason_without_a_tick_is_not_enough(recorder, fallen, half):
    page = enter(recorder, fallen | half | shown(enter(recorder, fallen)))
    assert 'name="looked_into"' in page
    assert not models.Award.objects.filter(year=2565).exists()
    assert not AcceptedDoubt.objects.exists()


def test_only_warnings_that_were_on_the_page_can_be_answered(recorder, fallen):
    page = enter(recorder, fallen | CONFIRMED)  # sent without having been shown any
    assert 'name="looked_into"' in page
    assert not models.Award.objects.filter(year=2565).exists()
    before = shown(page)
    models.Award.objects.update(year=2563)  # somebody else changed what is warned of
    page = enter(recorder, fallen | CONFIRMED | before)
    assert "ที่ได้ในปี 2563" in page
    assert not models.Award.objects.filter(year=2565).exists()


def test_the_same_warning_is_not_asked_again_and_another_is(recorder, fallen):
    enter(recorder, fallen | CONFIRMED | shown(enter(recorder, fallen)))
    award = models.Award.objects.get(year=2565)
    target = address(models.Award, "change", award.pk)
    form = fallen | {"name_as_printed": "ชื่อใหม่"} | make.opened(award)
    assert recorder.post(target, form).status_code == 302
    models.Award.objects.filter(year=2564).update(year=2563)
    page = recorder.post(target, fallen | make.opened(award)).content.decode()
    assert "ที่ได้ในปี 2563" in page


def test_an_error_cannot_be_confirmed_and_is_said_once(recorder, fallen):
    closed = datetime.date(2019, 1, 1)
    models.Agency.objects.update(closed_on=closed)
    page = enter(recorder, fallen | CONFIRMED | shown(enter(recorder, fallen)))
    assert page.count("ปิดเมื่อ 1 มกราคม 2562 ก่อนปี 2565") == 1
    page = enter(recorder, fallen | {"year": "2564"} | CONFIRMED)
    assert page.count("อยู่แล้ว") == 1
    assert models.Award.objects.count() == 1


def test_a_form_that_cannot_be_read_yet_is_not_warned_of_and_does_not_break(recorder, fallen):
    for field, value in {"agency": "", "year": "ปีหน้า", "level": "9" * 40, "score": "x"}.items():
        answer = recorder.post(address(models.Award, "add"), fallen | {field: value})
        assert answer.status_code == 200, field
        assert 'name="looked_into"' not in answer.content.decode(), field


def test_a_sound_award_is_saved_without_a_question(recorder, fallen):
    answer = recorder.post(address(models.Award, "add"), fallen | {"level": ""})
    assert answer.status_code == 302
    assert not AcceptedDoubt.objects.exists()


# --- agencies ------------------------------------------------------------------------------------


def test_an_agency_that_is_already_there_is_offered_instead(recorder):
    held = make.agency(name_th="สำนักงานจัดหางานจังหวัดแพร่", province="54")
    form = agency_form(name_th="สนง.จัดหางาน จ.แพร่", province="54", phone="054-000-000")
    page = recorder.post(address(models.Agency, "add"), form).content.decode()
    use = reverse("admin:certifications_agency_use", args=[held.code])
    assert f'href="{use}"' in page and "ชื่อเดียวกัน" in page
    assert 'value="054-000-000"' in page
    assert recorder.get(use).headers["Location"] == address(models.Agency, "change", held.pk)
    assert models.Agency.objects.count() == 1


def test_the_one_chosen_in_a_popup_goes_back_to_the_form_that_asked(recorder):
    held = make.agency(name_th="สำนักงานจัดหางานจังหวัดแพร่", province="54")
    form = agency_form(name_th=held.name_th, province="54", _popup="1")
    page = recorder.post(address(models.Agency, "add") + "?_popup=1", form).content.decode()
    use = reverse("admin:certifications_agency_use", args=[held.code]) + "?_popup=1"
    assert f'href="{use}"' in page
    answer = recorder.get(use).content.decode()
    given = re.search(r'data-popup-response="([^"]*)"', answer)[1]
    assert json.loads(unescape(given)) == {"value": str(held.pk), "obj": held.name_th}


def test_a_new_agency_that_is_another_one_is_added_with_the_reason(recorder):
    held = make.agency(name_th="สำนักงานจัดหางานจังหวัดแพร่", province="54")
    form = agency_form(name_th=held.name_th, province="54")
    page = recorder.post(address(models.Agency, "add"), form).content.decode()
    answer = recorder.post(address(models.Agency, "add"), form | CONFIRMED | shown(page))
    assert answer.status_code == 302
    warning = AcceptedDoubt.objects.get()
    assert (warning.code, warning.about) == ("same_agency", held.code)


def test_an_old_record_is_not_asked_about_namesakes_unless_its_name_changes(recorder):
    first, second = (make.agency(name_th="สำนักงานชื่อซ้ำ", province="54") for _each in range(2))
    form = agency_form(name_th=first.name_th, province="54", phone="1")
    target = address(models.Agency, "change", first.pk)
    assert recorder.post(target, form | make.opened(first)).status_code == 302
    form |= {"name_th": "สำนักงาน ชื่อซ้ำ"} | make.opened(first)
    page = recorder.post(target, form).content.decode()
    assert second.code in page and first.code not in re.findall(r"use/(\w+)/", page)


def test_a_province_against_the_name_is_warned_of(recorder):
    form = agency_form(name_th="สำนักงานจัดหางานจังหวัดแพร่", province="55")
    page = recorder.post(address(models.Agency, "add"), form).content.decode()
    assert "ชื่อระบุจังหวัดแพร่ แต่ช่องจังหวัดเป็นน่าน" in page


@pytest.mark.parametrize("code", ["zzzzzz", "9" * 40, "<b>"])
def test_choosing_what_does_not_exist_leads_home_not_to_a_broken_page(recorder, code):
    target = reverse("admin:certifications_agency_use", args=[code])
    assert recorder.get(target).status_code == 302


def test_a_stranger_cannot_choose(client):
    target = reverse("admin:certifications_agency_use", args=[make.agency().code])
    assert "/login/" in client.get(target).headers["Location"]
