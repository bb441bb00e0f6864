"""The pages of what is done to agencies: looked at first, by approvers alone, nothing lost."""

import datetime
import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from certifications.actions.decide import accept
from certifications.models import Agency, AgencySuccession, Award, Change, MergeLog, Proposal
from tests import make

pytestmark = pytest.mark.django_db

PAGES = ["rename", "succeed", "close", "reopen"]


@pytest.fixture
def approver(client):
    client.force_login(make.user("approver", "ผู้อนุมัติ"))
    return client


@pytest.fixture
def office():
    return make.agency(name_th="สำนักงานสมมติ", province="54")


def page_of(agency, act: str = "") -> str:
    if not act:
        return reverse("admin:certifications_agency_acts", args=[agency.code])
    if act == "merge":
        return reverse("admin:certifications_agency_merge", args=[agency.code])
    return reverse("admin:certifications_agency_act", args=[agency.code, act])


def undo_page(log) -> str:
    return reverse("admin:certifications_mergelog_undo", args=[log.pk])


def hidden(page: str) -> dict:
    """What the page that asks for confirmation would send."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"_][^"]*)" value="([^"]*)"', page
    ):
        if name != "csrfmiddlewaretoken":
            found.setdefault(unescape(name), []).append(unescape(value))
    return found


def confirmed(client, address: str, form: dict):
    """Sent as filled in, then confirmed as the page showed it."""
    page = client.post(address, form)
    assert page.status_code == 200
    return client.post(address, hidden(page.content.decode()) | {"_confirm": "1"}, follow=True)


def filled(act: str) -> dict:
    source = make.source()
    return {
        "rename": {"name_th": "สำนักงานใหม่", "on": "1 ตุลาคม 2569", "source": source.pk},
        "succeed": {
            "kind": "split",
            "successors": [make.agency().pk, make.agency().pk],
            "on": "1/10/2569",
            "source": source.pk,
            "closes": "on",
        },
        "close": {"on": "1 ต.ค. 69", "reason": "ยุบเลิก"},
        "reopen": {"reason": "บันทึกผิด"},
    }[act]


def state() -> tuple:
    agencies = Agency.objects.order_by("pk").values_list("name_th", "closed_on", "merged_into")
    return list(agencies), AgencySuccession.objects.count(), Change.objects.count()


def test_the_first_page_tells_the_two_things_apart(approver, office):
    form = approver.get(reverse("admin:certifications_agency_change", args=[office.pk]))
    assert page_of(office) in form.content.decode()
    page = approver.get(page_of(office)).content.decode()
    assert "ทะเบียนมีหน่วยงานเดียวกันสองระเบียน" in page and "มีเหตุการณ์เกิดขึ้นจริงกับหน่วยงาน" in page
    for act in ("merge", "rename", "succeed", "close"):
        assert page_of(office, act) in page
    assert page_of(office, "reopen") not in page


@pytest.mark.parametrize("group", ["ผู้อ่าน"])
def test_who_only_reads_acts_upon_nothing(client, office, group):
    client.force_login(make.user(group=group))
    log, form = make.merge_log(), filled("close") | {"_confirm": "1"}
    before = state()
    for address in (page_of(office), page_of(office, "merge"), undo_page(log)):
        assert client.get(address).status_code == 403
        assert client.post(address, {"into": office.pk}).status_code == 403
    for act in PAGES:
        assert client.get(page_of(office, act)).status_code == 403
    assert client.post(page_of(office, "close"), form).status_code == 403
    assert state() == before
    form = client.get(reverse("admin:certifications_agency_change", args=[office.pk]))
    assert page_of(office) not in form.content.decode()


def test_a_stranger_is_sent_to_sign_in(client, office):
    for address in [page_of(office), *(page_of(office, act) for act in [*PAGES, "merge"])]:
        assert "/login/" in client.get(address).headers["Location"]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("rename", ["สำนักงานสมมติ", "สำนักงานใหม่", "1 ตุลาคม 2569"]),
        ("succeed", ["แยกออก: สำนักงานสมมติ →", "1 ตุลาคม 2569"]),
        ("close", ["ปิดเมื่อ", "1 ตุลาคม 2569"]),
    ],
)
def test_what_will_change_is_shown_before_anything_does(approver, office, act, words):
    form = filled(act)
    before = state()
    page = approver.post(page_of(office, act), form).content.decode()
    assert all(word in page for word in words) and 'name="_confirm"' in page
    assert state() == before
    answer = confirmed(approver, page_of(office, act), form)
    assert answer.redirect_chain[-1][0] == reverse(
        "admin:certifications_agency_change", args=[office.pk]
    )
    assert "แล้ว" in answer.content.decode() and state() != before


def test_closing_and_taking_it_back(approver, office):
    confirmed(approver, page_of(office, "close"), filled("close"))
    office.refresh_from_db()
    assert office.closed_on == datetime.date(2026, 10, 1)
    assert page_of(office, "reopen") in approver.get(page_of(office)).content.decode()
    confirmed(approver, page_of(office, "reopen"), filled("reopen"))
    office.refresh_from_db()
    assert office.closed_on is None
    change = Change.objects.filter(table="certifications.agency").first()
    assert (change.by_name, change.why) == ("approver", "บันทึกผิด")


@pytest.mark.parametrize("act", PAGES)
@pytest.mark.parametrize("bad", ["", "9" * 40, "<script>", "31 กุมภาพันธ์ 2566", "๑" * 600])
def test_bad_input_is_answered_with_a_sentence_and_nothing_is_lost(approver, office, act, bad):
    if act == "reopen":
        office.closed_on = datetime.date(2026, 1, 1)
        office.save()
    before = state()
    for field in filled(act):
        form = filled(act) | {field: bad}
        before = state()
        answer = approver.post(page_of(office, act), form)
        assert answer.status_code == 200, field
        assert "<script>" not in re.sub(r"<script[^>]*></script>", "", answer.content.decode())
        assert state() == before
    form = filled(act) | {"reason": "เหตุที่พิมพ์ไว้", "on": bad}
    assert "เหตุที่พิมพ์ไว้" in approver.post(page_of(office, act), form).content.decode()


def test_a_confirmation_can_be_taken_back_to_the_form(approver, office):
    page = approver.post(page_of(office, "close"), filled("close")).content.decode()
    again = approver.post(page_of(office, "close"), hidden(page) | {"_edit": "1"})
    assert 'value="1 ต.ค. 69"' in again.content.decode() and "ยุบเลิก" in again.content.decode()


def test_what_the_act_refuses_is_said_at_its_field_before_confirming(approver, office):
    form = filled("rename") | {"name_th": office.name_th}
    page = approver.post(page_of(office, "rename"), form).content.decode()
    assert "ชื่อใหม่เหมือนชื่อเดิม" in page and 'name="_confirm"' not in page


def test_a_new_name_that_another_body_has_is_pointed_out(approver, office):
    other = make.agency(name_th="สำนักงานใหม่", province="54")
    page = approver.post(page_of(office, "rename"), filled("rename"))
    assert f"ชื่อใหม่คล้ายกับ “สำนักงานใหม่” (รหัส {other.code})" in page.content.decode()


# --- merging -------------------------------------------------------------------------------------


@pytest.fixture
def pair(office):
    other = make.agency(name_th="สนง.สมมติ", phone="054-1")
    make.award(other, 2564, level="basic")
    make.award(other, 2565, level="basic")
    make.award(office, 2565, level="advanced")
    other.names.create(kind="short", name="สส.")
    make.agency(name_th="หน่วยย่อย", parent=other)
    return other, office


def merge_address(source, target) -> str:
    return f"{page_of(source, 'merge')}?into={target.pk}"


def merge_form(page: str, **facts) -> dict:
    token = re.search(r'name="token" value="(\w+)"', page)[1]
    return {"token": token, "name_kind": "as_printed", "reason": "กรอกซ้ำ"} | facts


def test_all_that_will_move_is_shown_and_then_moves(approver, pair):
    source, target = pair
    chosen = approver.get(page_of(source, "merge")).content.decode()
    assert 'name="into"' in chosen
    page = approver.get(merge_address(source, target)).content.decode()
    for words in (
        f"/agencies/{source.code}/ จะพาไป /agencies/{target.code}/",
        "ย้ายผลการรับรอง: ปี 2564",
        "ทั้งสองระเบียนมีผลการรับรองของปี 2565",
        "ย้ายชื่ออื่น: สส.",
        "ย้ายหน่วยงานในสังกัด: หน่วยย่อย",
        "โทรศัพท์ 054-1",
        "ปี 2565: ระดับ",
    ):
        assert words in page, words
    assert not MergeLog.objects.exists()
    form = merge_form(page, **{"choose-2565-level": "source"})
    answer = approver.post(merge_address(source, target), form, follow=True)
    assert "เสนอแล้ว" in answer.content.decode() and not MergeLog.objects.exists()
    accepted()
    levels = dict(target.awards.values_list("year", "level__code"))
    assert levels == {2564: "basic", 2565: "basic"}
    assert MergeLog.objects.get().by.username == "second"


def test_an_undecided_difference_is_asked_for_and_what_was_typed_stays(approver, pair):
    page = approver.get(merge_address(*pair)).content.decode()
    for bad in ({}, {"choose-2565-level": "both"}, {"name_kind": "short"}, {"reason": ""}):
        form = merge_form(page, **{"choose-2565-level": "source"}) | bad
        if not bad:
            del form["choose-2565-level"]
        answer = approver.post(merge_address(*pair), form)
        assert answer.status_code == 200 and 'class="errorlist' in answer.content.decode()
        assert "กรอกซ้ำ" in answer.content.decode() or bad == {"reason": ""}
    assert not MergeLog.objects.exists()


def test_a_merge_that_is_no_longer_as_it_was_shown_is_not_carried_out(approver, pair):
    source, _target = pair
    page = approver.get(merge_address(*pair)).content.decode()
    Award.objects.filter(agency=source, year=2564).update(score=75)
    form = merge_form(page, **{"choose-2565-level": "source"})
    answer = approver.post(merge_address(*pair), form).content.decode()
    assert "ข้อมูลเปลี่ยนไปตั้งแต่เปิดหน้านี้" in answer
    assert not MergeLog.objects.exists()
    looked_at_again = merge_form(answer, **{"choose-2565-level": "source"})
    assert approver.post(merge_address(*pair), looked_at_again).status_code == 302


@pytest.mark.parametrize("into", ["", "abc", "9" * 40, "0", "-1", "<b>"])
def test_a_record_that_cannot_be_chosen_is_asked_for_again(approver, office, into):
    answer = approver.get(f"{page_of(office, 'merge')}?into={into}")
    assert answer.status_code == 200 and 'name="into"' in answer.content.decode()


def test_two_that_cannot_be_one_are_told_so(approver, office):
    child = make.agency(parent=office)
    merged = make.agency(merged_into=office)
    assert "ให้ย้ายสังกัดก่อน" in approver.get(merge_address(office, child)).content.decode()
    assert "รวมเข้ากับตัวเองไม่ได้" in approver.get(merge_address(office, office)).content.decode()
    assert "ไปแล้ว" in approver.get(merge_address(merged, child)).content.decode()
    assert "ถูกรวมเข้ากับ" in approver.get(page_of(merged)).content.decode()


def accepted() -> None:
    """What waits is decided by another account."""
    second = User.objects.filter(username="second").first() or make.user("second", "ผู้อนุมัติ")
    accept(Proposal.objects.get(decision=""), by=second)


def test_a_merge_is_undone_from_the_desk(approver, pair):
    source, target = pair
    form = merge_form(
        approver.get(merge_address(*pair)).content.decode(), **{"choose-2565-level": "source"}
    )
    approver.post(merge_address(*pair), form)
    accepted()
    log = MergeLog.objects.get()
    assert undo_page(log) in approver.get(page_of(target)).content.decode()
    page = approver.get(undo_page(log)).content.decode()
    assert "จะกลับเป็นเหมือนก่อนรวม" in page and "ผลการรับรอง 3" in page
    answer = approver.post(undo_page(log), follow=True)
    assert "เสนอแล้ว" in answer.content.decode()
    accepted()
    assert source.awards.count() == 2 and target.awards.count() == 1
    assert "ถูกย้อนไปแล้ว" in approver.post(undo_page(log)).content.decode()


def test_an_undoing_that_is_no_longer_possible_says_what_was_changed(approver, pair):
    _source, target = pair
    form = merge_form(
        approver.get(merge_address(*pair)).content.decode(), **{"choose-2565-level": "source"}
    )
    approver.post(merge_address(*pair), form)
    accepted()
    Award.objects.filter(agency=target, year=2564).update(score=75)
    log = MergeLog.objects.get()
    for page in (approver.get(undo_page(log)), approver.post(undo_page(log))):
        assert f"ผลการรับรอง “{target.name_th} 2564”" in page.content.decode()
    log.refresh_from_db()
    assert log.undone_at is None


@pytest.mark.parametrize("key", ["abc", "9" * 40, "0", "<b>"])
def test_a_merge_that_never_was_is_not_found(approver, key):
    assert approver.get(f"/admin/certifications/mergelog/undo/{key}/").status_code == 404


@pytest.mark.parametrize("code", ["zzzzzz", "9" * 40, "<b>"])
def test_an_agency_that_is_not_there_is_not_found(approver, code):
    for rest in ("", "merge/", "rename/"):
        assert approver.get(f"/admin/certifications/agency/act/{code}/{rest}").status_code == 404


def test_an_act_that_is_not_one_is_not_found(approver, office):
    assert approver.get(page_of(office, "explode")).status_code == 404
    assert approver.post(page_of(office, "explode")).status_code == 404


def test_no_form_offers_a_merged_record_for_choosing(approver, office):
    merged = make.agency(name_th="สำนักงานสมมติ เก่า", merged_into=office)
    query = {"app_label": "certifications", "model_name": "award", "field_name": "agency"}
    found = approver.get(reverse("admin:autocomplete"), query | {"term": "สำนักงานสมมติ"}).json()
    assert [row["id"] for row in found["results"]] == [str(office.pk)]
    assert merged.name_th not in str(found)
