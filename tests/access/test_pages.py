"""Access to the desk: who is let in, who is locked out, and that nothing typed is lost."""

import datetime
import html
import os
import re
import subprocess
import sys
import time

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings as configured
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from certifications import models
from certifications.access import kept
from certifications.models import AccessEvent, AccountChange, Change, DeskSession
from certifications.models.proposals import WITH_SECOND_FACTOR
from certifications.models.sessions import SEEN
from gecc.settings import admin_path
from tests import make

pytestmark = pytest.mark.django_db

PASSWORD = "only-for-tests"
LOGIN = "/admin/login/"


def sign_in(client, username, password=PASSWORD, address="10.0.0.1", **more):
    facts = {"username": username, "password": password, "next": "/admin/"} | more
    return client.post(LOGIN, facts, REMOTE_ADDR=address)


def sign_in_through_proxy(client, written: str, password=PASSWORD):
    """As the proxy at 10.0.0.1 passes it on, which says so of where it comes from."""
    facts = {"username": "somsri", "password": password, "next": "/admin/"}
    return client.post(LOGIN, facts, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": written})


def events(kind=None, **facts) -> list[AccessEvent]:
    found = AccessEvent.objects.filter(**facts)
    return list(found.filter(kind=kind) if kind else found)


# --- lockout -------------------------------------------------------------------------------------


def test_the_fifth_failure_locks_the_name_out_from_that_address_and_says_until_when(client):
    make.user("somsri")
    for _attempt in range(4):
        assert "ไม่ถูกต้อง" in sign_in(client, "somsri", "wrong").text
    locked = sign_in(client, "somsri", "wrong")
    until = timezone.localtime() + datetime.timedelta(minutes=15)
    before = until - datetime.timedelta(minutes=1)
    assert locked.status_code == 429
    assert 890 < int(locked["Retry-After"]) <= 900
    assert re.search(rf"({until:%H:%M}|{before:%H:%M}) น\.", locked.text)
    assert sign_in(client, "somsri").status_code == 429  # the right password too


def test_a_stranger_cannot_lock_an_account_out_elsewhere(client):
    make.user("somsri")
    for _attempt in range(6):
        sign_in(client, "somsri", "wrong", address="203.0.113.9")
    assert sign_in(client, "somsri", address="10.0.0.1").status_code == 302


def test_the_lockout_ends_when_the_page_says_whoever_goes_on_trying(client):
    make.user("somsri")
    for _attempt in range(8):
        sign_in(client, "somsri", "wrong")
    early = timezone.now() - datetime.timedelta(minutes=14)
    AccessAttempt.objects.update(attempt_time=early)
    assert sign_in(client, "somsri").status_code == 429
    assert AccessAttempt.objects.get().attempt_time == early
    AccessAttempt.objects.update(attempt_time=early - datetime.timedelta(minutes=1, seconds=1))
    assert sign_in(client, "somsri").status_code == 302


def test_a_right_password_forgets_the_failures_before_it(client):
    make.user("somsri")
    for _round in range(2):
        for _attempt in range(4):
            sign_in(client, "somsri", "wrong")
        assert sign_in(client, "somsri").status_code == 302


@pytest.mark.parametrize(
    ("behind_proxy", "kept_address"), [(True, "198.51.100.7"), (False, "10.0.0.1")]
)
def test_the_address_is_the_proxys_last_word_only_behind_a_proxy(
    client, settings, behind_proxy, kept_address
):
    settings.BEHIND_PROXY = behind_proxy
    headers = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7"}
    facts = {"username": "somsri", "password": "wrong"}
    client.post(LOGIN, facts, REMOTE_ADDR="10.0.0.1", headers=headers)
    assert AccessAttempt.objects.get().ip_address == kept_address
    assert events()[0].address == kept_address


@pytest.mark.parametrize(
    ("written", "kept_address"),
    [
        ("198.51.100.7:555", "198.51.100.7"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("abc", "10.0.0.1"),
        ("198.51.100.7, unknown", "10.0.0.1"),
        ("198.51.100.999:80", "10.0.0.1"),
        ("[]:80", "10.0.0.1"),
        (",", "10.0.0.1"),
    ],
)
def test_a_port_is_no_part_of_an_address_and_what_is_none_is_the_proxys(
    client, settings, written, kept_address
):
    settings.BEHIND_PROXY = True
    answer = sign_in_through_proxy(client, written, "wrong")
    assert answer.status_code == 200
    assert events()[0].address == kept_address


@pytest.mark.parametrize(
    "addresses",
    [
        [f"198.51.100.7:{port}" for port in range(6)],
        [f"[2001:db8:1:2::{number}]:443" for number in range(6)],
        [f"2001:db8:1:2:{number}::1" for number in range(6)],
    ],
)
def test_another_port_or_address_of_the_same_subscriber_is_the_same_visitor(
    client, settings, addresses
):
    settings.BEHIND_PROXY = True
    make.user("somsri")
    for address in addresses[:5]:
        sign_in_through_proxy(client, address, "wrong")
    assert sign_in_through_proxy(client, addresses[5]).status_code == 429
    assert sign_in_through_proxy(client, "2001:db8:1:3::1").status_code == 302


def test_a_name_that_is_nobodys_may_be_a_password_and_is_kept_nowhere(client, caplog):
    typed = "my-secret-password"
    for _attempt in range(6):
        answer = sign_in(client, typed, "another-secret")
    assert answer.status_code == 429  # as for a real name: nobody learns which there are
    stored = [str(vars(row)) for row in [*AccessAttempt.objects.all(), *events()]]
    assert len(stored) >= 2
    for secret in (typed, "another-secret"):
        assert not any(secret in row for row in stored)
        assert secret not in caplog.text


# --- what is written down ------------------------------------------------------------------------


def test_signing_in_and_out_failures_and_lockouts_are_written_down(client):
    account = make.user("somsri")
    AccessEvent.objects.all()._raw_delete("default")
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
    client.defaults["HTTP_USER_AGENT"] = agent
    sign_in(client, "somsri", "wrong")
    sign_in(client, "somsri")
    client.post("/admin/logout/")
    for _attempt in range(7):
        sign_in(client, "somsri", "wrong")
    written = events(account_key=account.pk)[::-1]
    kinds = [event.kind for event in written]
    assert kinds[:3] == ["refused", "signed_in", "signed_out"]
    assert kinds[3:] == ["refused"] * 5 + ["locked_out"]  # tries while locked are not counted
    assert {
        (event.account_name, event.address, event.browser)
        for event in written
        if event.kind != "signed_out"
    } == {("somsri", "10.0.0.1", "Chrome · Windows")}


def test_a_password_set_by_any_way_is_written_down_without_it(admin_client, client):
    account = make.user("somsri")
    new = "a-new-long-password"
    page = f"/admin/auth/user/{account.pk}/password/"
    facts = {"password1": new, "password2": new, "usable_password": "true"}
    assert admin_client.post(page, facts).status_code == 302
    by_another = events("password_set", account_key=account.pk)[0]
    assert by_another.by_name == "admin"
    account.refresh_from_db()
    assert account.check_password(new)
    account.set_password("set-at-the-prompt")
    account.save()
    assert len(events("password_set", account_key=account.pk)) == 2
    assert not any(new in str(vars(event)) for event in events())


def test_an_event_can_be_neither_altered_nor_deleted_nor_added_by_hand(admin_client):
    event = AccessEvent.objects.create(kind="refused")
    for act in (event.save, event.delete):
        with pytest.raises(ValidationError):
            act()
    for page, *args in [("add",), ("delete", event.pk)]:
        address = reverse(f"admin:certifications_accessevent_{page}", args=args)
        assert admin_client.get(address).status_code == 403
    change = reverse("admin:certifications_accessevent_change", args=[event.pk])
    assert 'type="submit" value="บันทึก"' not in admin_client.get(change).text
    assert admin_client.post(change, {"kind": "signed_in"}).status_code == 403


def test_the_record_is_for_those_who_hold_the_right_to_it(client):
    pages = [
        reverse(f"admin:certifications_{name}_changelist")
        for name in ("accessevent", "accountchange")
    ]
    for group in ("ผู้อ่าน", "ผู้บันทึก", "ผู้อนุมัติ"):
        client.force_login(make.user(group=group))
        assert [client.get(page).status_code for page in pages] == [403, 403], group
    auditor = make.user()
    for name in ("accessevent", "accountchange"):
        auditor.user_permissions.add(
            Group.permissions.rel.model.objects.get(codename=f"view_{name}")
        )
    client.force_login(auditor)
    assert [client.get(page).status_code for page in pages] == [200, 200]


def test_changes_of_rights_are_told_in_sentences_with_who_and_why(admin_client):
    account = make.user("somsri")
    role = Group.objects.get(name="ผู้อนุมัติ")
    facts = {"username": "somsri", "is_active": "on", "is_staff": "on", "groups": role.pk}
    page = reverse("admin:auth_user_change", args=[account.pk])
    first = facts | {"_why": "ย้ายงาน"} | make.opened(account)
    assert admin_client.post(page, first).status_code == 302
    told = admin_client.get(reverse("admin:certifications_accountchange_changelist")).text
    assert "ให้ somsri อยู่ในกลุ่ม ผู้อนุมัติ" in told
    assert "ย้ายงาน" in told and "admin" in told
    admin_client.post(page, facts | {"is_staff": "", "groups": []} | make.opened(account))
    told = admin_client.get(reverse("admin:certifications_accountchange_changelist")).text
    assert "เอา somsri ออกจากกลุ่ม ผู้อนุมัติ" in told
    assert "เข้าหน้าเจ้าหน้าที่: ไม่ใช่" in told
    Group.objects.filter(pk=role.pk).delete()
    make.user("another").delete()
    assert (
        "ที่ลบแล้ว" in admin_client.get(reverse("admin:certifications_accountchange_changelist")).text
    )


# --- accounts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["ผู้อ่าน", "ผู้บันทึก", "ผู้อนุมัติ"])
def test_only_superusers_touch_accounts_whatever_rights_were_given(client, group):
    account = make.user(group=group)
    every = Group.permissions.rel.model.objects.filter(content_type__app_label="auth")
    account.user_permissions.set(every)
    client.force_login(account)
    assert "/admin/auth/" not in client.get("/admin/").text
    for name in ("user", "group"):
        for page, *args in [("changelist",), ("add",), ("change", 1), ("delete", 1)]:
            address = reverse(f"admin:auth_{name}_{page}", args=args)
            assert client.get(address).status_code in (403, 302), address
            assert client.post(address, {"is_superuser": "on"}).status_code in (403, 302), address
    address = reverse("admin:auth_user_password_change", args=[account.pk])
    assert client.post(address, {"password1": "x"}).status_code == 403
    account.refresh_from_db()
    assert not account.is_superuser


def test_nobody_changes_their_own_rights_not_even_a_superuser(admin_client, admin_user):
    page = reverse("admin:auth_user_change", args=[admin_user.pk])
    facts = {"username": "admin", "groups": [Group.objects.first().pk], "first_name": "สมศรี"}
    assert admin_client.post(page, facts | make.opened(admin_user)).status_code == 302
    admin_user.refresh_from_db()
    assert (admin_user.is_superuser, admin_user.is_active, admin_user.first_name) == (
        True,
        True,
        "สมศรี",
    )
    assert not admin_user.groups.exists()


def test_an_account_is_closed_not_deleted_and_its_sessions_end(admin_client, client):
    account = make.user("somsri", "ผู้บันทึก")
    client.force_login(account)
    assert client.get("/admin/").status_code == 200
    page = reverse("admin:auth_user_delete", args=[account.pk])
    assert admin_client.post(page, {"post": "yes"}).status_code == 403
    facts = {"username": "somsri", "is_staff": "on"} | make.opened(account)
    admin_client.post(reverse("admin:auth_user_change", args=[account.pk]), facts)
    assert client.get("/admin/").status_code == 302


def test_a_new_account_needs_a_strong_password_and_is_told_so_in_thai(admin_client):
    add = reverse("admin:auth_user_add")
    for weak, said in [
        ("short-one", "ต้องยาวอย่างน้อย 12 ตัวอักษร"),
        ("123456789012345", "รหัสผ่านเป็นตัวเลขล้วน"),
        ("somsri-somsri", "คล้ายชื่อผู้ใช้เกินไป"),
        ("q1w2e3r4t5y6", "มีคนใช้มากและเดาง่าย"),
    ]:
        facts = {
            "username": "somsri-somsri",
            "password1": weak,
            "password2": weak,
            "usable_password": "true",
        }
        assert said in admin_client.post(add, facts).text, weak


def test_the_groups_the_program_knows_keep_their_names(admin_client):
    role = Group.objects.get(name="ผู้บันทึก")
    page = reverse("admin:auth_group_change", args=[role.pk])
    shown = admin_client.get(page).text
    assert "ผลการรับรอง: แก้ไข" in shown and "Can change" not in shown
    held = list(role.permissions.values_list("pk", flat=True))
    facts = {"name": "อื่น", "permissions": held[:3]} | make.opened(role)
    admin_client.post(page, facts)
    role.refresh_from_db()
    assert (role.name, role.permissions.count()) == ("ผู้บันทึก", 3)


def test_the_staff_accounts_of_a_new_machine_still_can_come_in(client, capsys):
    call_command("create_staff_accounts")
    shown = dict(line.split() for line in capsys.readouterr().out.splitlines()[1:])
    assert len(shown["admin"]) >= 12
    assert sign_in(client, "admin", shown["admin"]).status_code == 302


# --- unused sessions -----------------------------------------------------------------------------


def leave_unused(client, minutes: float = 16):
    session = client.session
    session[SEEN] = time.time() - minutes * 60
    session.save()


def test_fifteen_minutes_without_a_click_sign_out_and_the_next_page_says_why(client):
    make.user("somsri", "ผู้บันทึก")
    sign_in(client, "somsri")
    leave_unused(client, 14)
    assert client.get("/admin/certifications/award/").status_code == 200
    leave_unused(client)
    answer = client.get("/admin/certifications/award/", {"q": "แพร่"}, follow=True)
    assert "ไม่ได้ใช้งานนานเกินกำหนด" in answer.text
    assert answer.redirect_chain[0][0].startswith(LOGIN)
    back = sign_in(client, "somsri", next=answer.context["next"])
    assert back["Location"] == "/admin/certifications/award/?q=%E0%B9%81%E0%B8%9E%E0%B8%A3%E0%B9%88"
    assert [event.kind for event in events(account_name="somsri")][:2] == ["signed_in", "timed_out"]


def test_how_long_is_a_setting_and_use_is_written_once_a_minute(client, settings):
    settings.STAFF_IDLE_AFTER = datetime.timedelta(minutes=60)
    make.user("somsri", "ผู้บันทึก")
    sign_in(client, "somsri")
    leave_unused(client, 50)
    assert client.get("/admin/").status_code == 200
    assert time.time() - client.session[SEEN] < 5
    written = client.session[SEEN]
    client.get("/admin/")
    assert client.session[SEEN] == written


def test_reading_public_pages_is_no_use_of_the_desk_and_asks_for_no_session(client):
    make.user("somsri")
    sign_in(client, "somsri")
    leave_unused(client)
    answer = client.get("/about/")
    assert "Cookie" not in answer.get("Vary", "")
    assert DeskSession.objects.count() == 1


def agency_form(**facts) -> dict:
    form = {"name_th": "สำนักงานที่พิมพ์ไว้นาน", "kind": "office", "address": "บรรทัดหนึ่ง\nบรรทัดสอง"}
    form |= {f"names-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    form |= {"names-MAX_NUM_FORMS": 1000, "names-TOTAL_FORMS": 1}
    form |= {"names-0-kind": "short", "names-0-name": "ชื่อย่อที่พิมพ์ไว้"}
    return form | facts


def hidden_fields(page: str) -> dict:
    fields: dict[str, list] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return fields


ADD = "/admin/certifications/agency/add/"


@pytest.mark.parametrize("how", ["unused", "closed", "signed out elsewhere"])
def test_a_form_sent_after_the_session_ended_comes_back_as_typed_and_is_then_saved(client, how):
    make.user("somsri", "ผู้บันทึก")
    sign_in(client, "somsri")
    if how == "unused":
        leave_unused(client)
    elif how == "closed":
        DeskSession.objects.all().delete()
    else:
        client.logout()
    asked = client.post(ADD, agency_form())
    assert asked.status_code == 403
    assert "ยังไม่ได้บันทึก แต่ไม่หาย" in asked.text
    sealed = hidden_fields(asked.text)["kept_form"][0]

    again = sign_in(client, "somsri", "wrong", kept_form=sealed)  # a slip loses nothing either
    assert hidden_fields(again.text)["kept_form"] == [sealed]
    answer = sign_in(client, "somsri", kept_form=sealed)
    assert answer["Location"] == "/admin/resume/"
    page = client.get("/admin/resume/").text
    assert "สำนักงานที่พิมพ์ไว้นาน" in page
    assert f'action="{ADD}"' in page
    assert "มีแบบฟอร์มที่กรอกไว้" in client.get("/admin/").text

    sent = hidden_fields(page)
    form = client.post(ADD, sent).text
    assert not models.Agency.objects.filter(name_th="สำนักงานที่พิมพ์ไว้นาน").exists()
    assert "ยังไม่ได้บันทึก โปรดตรวจแล้วกดบันทึก" in form
    assert 'value="สำนักงานที่พิมพ์ไว้นาน"' in form and 'value="ชื่อย่อที่พิมพ์ไว้"' in form
    assert "บรรทัดหนึ่ง\nบรรทัดสอง" in form
    assert "มีแบบฟอร์มที่กรอกไว้" not in form
    assert "มีแบบฟอร์มที่กรอกไว้" in client.get("/admin/").text  # shown is not saved yet

    assert client.post(ADD, agency_form()).status_code == 302
    assert "มีแบบฟอร์มที่กรอกไว้" not in client.get("/admin/").text
    saved = models.Agency.objects.get(name_th="สำนักงานที่พิมพ์ไว้นาน")
    assert saved.names.get().name == "ชื่อย่อที่พิมพ์ไว้"


def test_an_act_sent_too_late_is_offered_again_as_it_was(client):
    award = make.award(published=False)
    make.user("somsri", "ผู้อนุมัติ")
    sign_in(client, "somsri")
    leave_unused(client)
    page = "/admin/certifications/award/"
    facts = {
        "action": "propose_publication",
        "_selected_action": [award.pk],
        "index": "0",
        "_confirmed": "1",
    }
    sealed = hidden_fields(client.post(page, facts).text)["kept_form"][0]
    sign_in(client, "somsri", kept_form=sealed)
    offered = client.get("/admin/resume/").text
    assert "ส่งอีกครั้ง" in offered
    client.post(page, hidden_fields(offered))
    assert models.Proposal.objects.get(items__record_key=award.pk).proposed_by.username == "somsri"
    assert client.get("/admin/resume/").status_code == 302  # nothing waits any more


def test_what_was_kept_can_be_thrown_away(client):
    make.user("somsri", "ผู้บันทึก")
    sealed = hidden_fields(client.post(ADD, agency_form()).text)["kept_form"][0]
    sign_in(client, "somsri", kept_form=sealed)
    assert client.post("/admin/resume/")["Location"] == "/admin/"
    assert "มีแบบฟอร์มที่กรอกไว้" not in client.get("/admin/").text


def test_what_one_account_typed_is_not_shown_to_another(client):
    make.user("somsri", "ผู้บันทึก")
    make.user("somchai", "ผู้บันทึก")
    sign_in(client, "somsri")
    leave_unused(client)
    sealed = hidden_fields(client.post(ADD, agency_form()).text)["kept_form"][0]
    assert sign_in(client, "somchai", kept_form=sealed)["Location"] == "/admin/"
    assert client.get("/admin/resume/").status_code == 302


def test_a_kept_form_holds_no_password_and_is_not_believed_when_altered(client, rf):
    request = rf.post("/admin/auth/user/add/", {"username": "x", "password1": "secret"})
    late = kept.keep(request, None)
    assert late.fields == [("username", "x")]
    assert kept.unsealed(late.sealed()) == kept.KeptForm(
        late.path, [["username", "x"]], False, None
    )
    assert kept.unsealed(late.sealed()[:-2] + "xx") is None
    make.user("somsri")
    assert sign_in(client, "somsri", kept_form="forged")["Location"] == "/admin/"


def test_the_lockout_page_keeps_the_form_too(client):
    make.user("somsri")
    sealed = hidden_fields(client.post(ADD, agency_form()).text)["kept_form"][0]
    for _attempt in range(5):
        page = sign_in(client, "somsri", "wrong", kept_form=sealed)
    assert page.status_code == 429
    back = client.post(LOGIN, {"kept_form": hidden_fields(page.text)["kept_form"]})
    assert hidden_fields(back.text)["kept_form"]
    assert "wrong" not in str([vars(row) for row in AccessAttempt.objects.all()])


def test_a_form_of_before_signing_in_again_in_another_window_is_offered_again():
    make.user("somsri", "ผู้บันทึก")
    client = Client(enforce_csrf_checks=True)

    def token(page):
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]

    def come_in():
        facts = {"username": "somsri", "password": PASSWORD, "next": "/admin/"}
        client.post(LOGIN, facts | {"csrfmiddlewaretoken": token(client.get(LOGIN))})

    come_in()
    old = token(client.get(ADD))
    client.cookies.pop(configured.SESSION_COOKIE_NAME)
    come_in()  # in the other window
    facts = agency_form(csrfmiddlewaretoken=old)
    stranger = client.post(ADD, facts, headers={"Origin": "https://elsewhere.test"})
    assert stranger.status_code == 403
    assert client.get("/admin/resume/").status_code == 302
    answer = client.post(ADD, facts, headers={"Origin": "http://testserver"})
    assert answer["Location"] == "/admin/resume/"
    assert "สำนักงานที่พิมพ์ไว้นาน" in client.get("/admin/resume/").text


# --- the second factor ---------------------------------------------------------------------------


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def code_of(device: TOTPDevice, step: int = 0) -> str:
    totp = TOTP(device.bin_key)
    totp.time = time.time() + 30 * step
    return f"{totp.token():06}"


def add_device(client, account) -> list[str]:
    """Adds a device as the page asks; the recovery codes shown."""
    client.get("/admin/second-factor/add/")
    device = TOTPDevice.objects.get(user=account, confirmed=False)
    answer = client.post("/admin/second-factor/add/", {"code": code_of(device)}, follow=True)
    return re.findall(r"<code>([a-z2-7-]+)</code>", answer.text)


@pytest.mark.parametrize(
    ("facts", "is_asked"),
    [
        ({"is_superuser": True}, True),
        ({"group": "ผู้อนุมัติ"}, True),
        ({"group": "ผู้บันทึก"}, False),
        ({"group": "ผู้อ่าน"}, False),
    ],
)
def test_who_publishes_must_add_a_device_before_anything_else(client, required, facts, is_asked):
    make.user("somsri", **facts)
    sign_in(client, "somsri")
    answer = client.get("/admin/certifications/award/", follow=True)
    assert ("สแกนภาพนี้ด้วยแอป" in answer.text) == is_asked
    if is_asked:
        for page in ("/admin/", "/admin/account/", "/admin/sessions/", "/admin/autocomplete/"):
            assert client.get(page).status_code == 302, page


RIGHTS_OF_OUR_OWN = [  # beyond those to view, add, change and delete
    f"certifications.{codename}"
    for model in apps.get_app_config("certifications").get_models()
    for codename, _words in model._meta.permissions
]


def test_no_right_of_our_own_is_forgotten():
    assert set(WITH_SECOND_FACTOR) == set(RIGHTS_OF_OUR_OWN)


@pytest.mark.parametrize("right", RIGHTS_OF_OUR_OWN)
def test_one_right_alone_to_decide_merge_or_hide_asks_for_a_device(client, required, right):
    account = make.user("somsri", "ผู้บันทึก")
    account.user_permissions.add(Permission.objects.get(codename=right.partition(".")[2]))
    sign_in(client, "somsri")
    assert "สแกนภาพนี้ด้วยแอป" in client.get("/admin/", follow=True).text


def test_a_device_is_added_by_its_picture_or_text_and_recovery_codes_are_shown_once(
    client, required
):
    account = make.user("somsri", "ผู้อนุมัติ")
    sign_in(client, "somsri")
    page = client.get("/admin/second-factor/add/").text
    secret = re.search(r'class="secret">([A-Z2-7 =]+)<', page)[1]
    picture = client.get(re.search(r'src="([^"]+code\.svg)"', page)[1])
    assert picture["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content
    assert "no-store" in picture["Cache-Control"]
    device = TOTPDevice.objects.get()
    assert secret.replace(" ", "") in device.config_url
    wrong = client.post("/admin/second-factor/add/", {"code": "000000"})
    assert "รหัสไม่ถูกต้อง" in wrong.text
    TOTPDevice.objects.update(throttling_failure_timestamp=None)
    thai_digits = code_of(device).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    shown = client.post("/admin/second-factor/add/", {"code": thai_digits}, follow=True)
    codes = re.findall(r"<code>([a-z2-7-]+)</code>", shown.text)
    assert len(set(codes)) == 10
    assert client.get("/admin/recovery-codes/").status_code == 302
    assert client.get("/admin/").status_code == 200
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert not any(code.replace("-", "") in stored for code in codes)
    kinds = {event.kind for event in events(account_key=account.pk)}
    assert {"factor_added", "recovery_made"} <= kinds


def test_the_next_sign_in_asks_for_a_code_and_takes_each_once(client):
    account = make.user("somsri", "ผู้บันทึก")
    client.force_login(account)
    codes = add_device(client, account)
    client.logout()
    asked = sign_in(client, "somsri", next="/admin/certifications/award/")
    page = client.get(asked["Location"], follow=True)
    assert "กรอกรหัส 6 หลัก" in page.text
    assert client.get("/admin/second-factor/add/").status_code == 302  # no way around
    assert client.get("/admin/second-factor/add/code.svg").status_code == 404
    facts = {"next": page.context["next"], "code": codes[0]}
    answer = client.post("/admin/second-factor/", facts)
    assert answer["Location"] == "/admin/certifications/award/"
    client.logout()
    sign_in(client, "somsri")
    assert "รหัสไม่ถูกต้อง" in client.post("/admin/second-factor/", facts).text
    assert client.get("/admin/").status_code == 302
    kinds = [event.kind for event in events(account_key=account.pk)]
    assert "recovery_used" in kinds and "factor_refused" in kinds


def test_a_code_of_the_device_lets_in_once(client):
    account = make.user("somsri", "ผู้บันทึก")
    client.force_login(account)
    add_device(client, account)
    client.logout()
    device = TOTPDevice.objects.get()
    TOTPDevice.objects.update(last_t=-1)
    for expected in (302, 200):
        sign_in(client, "somsri")
        answer = client.post("/admin/second-factor/", {"code": code_of(device)})
        assert answer.status_code == expected
        client.logout()


def test_wrong_codes_make_the_next_try_wait(client):
    account = make.user("somsri", "ผู้บันทึก")
    client.force_login(account)
    add_device(client, account)
    client.logout()
    sign_in(client, "somsri")
    TOTPDevice.objects.update(
        throttling_failure_count=10, throttling_failure_timestamp=timezone.now(), last_t=-1
    )
    answer = client.post("/admin/second-factor/", {"code": code_of(TOTPDevice.objects.get())})
    assert "กรอกใหม่ได้หลังเวลา" in answer.text


def test_a_form_sent_too_late_comes_back_after_the_second_factor(client):
    account = make.user("somsri", "ผู้บันทึก")
    client.force_login(account)
    codes = add_device(client, account)
    leave_unused(client)
    sealed = hidden_fields(client.post(ADD, agency_form()).text)["kept_form"][0]
    asked = client.get(sign_in(client, "somsri", kept_form=sealed)["Location"], follow=True)
    facts = {"code": codes[0], "next": asked.context["next"]}
    page = client.post("/admin/second-factor/", facts, follow=True)
    assert "สำนักงานที่พิมพ์ไว้นาน" in page.text


def test_the_way_back_leads_nowhere_else(client):
    account = make.user("somsri")
    client.force_login(account)
    codes = add_device(client, account)
    client.logout()
    sign_in(client, "somsri")
    facts = {"code": codes[0], "next": "https://elsewhere.test/"}
    assert client.post("/admin/second-factor/", facts)["Location"] == "/admin/"


def test_a_lost_device_is_taken_away_by_another_superuser_not_by_oneself(admin_client, admin_user):
    account = make.user("somsri")
    for owner in (account, admin_user):
        TOTPDevice.objects.create(user=owner, name="x", confirmed=owner == account)
    chosen = {"action": "remove_second_factor", "_selected_action": [account.pk, admin_user.pk]}
    page = admin_client.post(reverse("admin:auth_user_changelist"), chosen, follow=True).text
    assert "ปิดการยืนยันสองขั้นแล้ว: somsri" in page and "ให้ผู้ดูแลคนอื่นทำให้" in page
    assert [device.user for device in TOTPDevice.objects.all()] == [admin_user]
    assert events("factor_removed")[0].by_name == "admin"


def test_new_recovery_codes_take_the_place_of_the_old(client):
    account = make.user("somsri")
    client.force_login(account)
    old = add_device(client, account)
    shown = client.post("/admin/recovery-codes/", follow=True).text
    new = re.findall(r"<code>([a-z2-7-]+)</code>", shown)
    assert len(new) == 10 and not set(old) & set(new)
    assert StaticToken.objects.count() == 10


def test_the_secrets_of_devices_are_on_no_page_of_the_desk(admin_client):
    for address in ("otp_totp/totpdevice/", "otp_static/staticdevice/", "axes/accessattempt/"):
        assert admin_client.get(f"/admin/{address}").status_code == 404


# --- open sessions -------------------------------------------------------------------------------


def other_session(account) -> Client:
    client = Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 14) Firefox/120.0")
    sign_in(client, account.get_username())
    return client


def closing_keys(page: str) -> list[str]:
    return re.findall(r'name="session" value="([0-9a-f]{20})"', page)


def test_an_account_sees_its_own_sessions_and_closes_another(client):
    account = make.user("somsri")
    client.force_login(account)
    phone, stranger = other_session(account), other_session(make.user("somchai"))
    page = client.get("/admin/account/").text
    assert "Firefox · Android" in page and "หน้าที่ใช้อยู่" in page
    keys = closing_keys(page)
    assert len(keys) == 1
    for session in DeskSession.objects.all():
        assert session.session_key not in page
    client.post("/admin/sessions/close/", {"session": keys[0]})
    assert phone.get("/admin/").status_code == 302
    assert client.get("/admin/").status_code == stranger.get("/admin/").status_code == 200
    assert events("session_closed")[0].by_name == "somsri"


def test_all_others_are_closed_at_once(client):
    account = make.user("somsri")
    client.force_login(account)
    others = [other_session(account) for _number in range(3)]
    client.post("/admin/sessions/close/", {"session": "others"})
    assert [other.get("/admin/").status_code for other in others] == [302] * 3
    assert client.get("/admin/").status_code == 200


def test_sessions_of_others_are_closed_by_superusers_alone(client, admin_client):
    account = make.user("somsri")
    client.force_login(account)
    victim = other_session(make.user("somchai"))
    page = admin_client.get("/admin/sessions/").text
    assert "somsri" in page and "somchai" in page
    key = DeskSession.objects.get(account__username="somchai").public_key
    assert key in closing_keys(page)
    client.post("/admin/sessions/close/", {"session": key})
    assert victim.get("/admin/").status_code == 200
    assert client.get("/admin/sessions/")["Location"] == "/admin/account/"
    admin_client.post("/admin/sessions/close/", {"session": key, "from_all": "1"})
    assert victim.get("/admin/").status_code == 302


def test_an_unused_session_is_not_among_the_open_ones(client, admin_client):
    client.force_login(make.user("somsri"))
    leave_unused(client)
    assert "somsri" not in admin_client.get("/admin/sessions/").text


def test_ended_sessions_are_removed_by_the_usual_command(client):
    client.force_login(make.user("somsri"))
    DeskSession.objects.update(expire_date=timezone.now() - datetime.timedelta(days=1))
    call_command("clearsessions")
    assert not DeskSession.objects.exists()


# --- the address of the desk ---------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "read"), [("admin/", "admin/"), ("a/desk-2", "a/desk-2/")])
def test_the_address_of_the_desk_is_a_setting(typed, read):
    assert admin_path(typed) == read


@pytest.mark.parametrize("typed", ["/admin/", "ad min/", "..", "a//b", "admin?"])
def test_an_address_that_cannot_be_is_named_at_start(typed):
    with pytest.raises(ImproperlyConfigured, match="ADMIN_PATH"):
        admin_path(typed)


def test_what_access_writes_renews_no_public_page(client):
    make.award()
    before = models.Stamp.objects.get().token if models.Stamp.objects.exists() else ""
    number = Change.objects.exclude(table__startswith="auth.").count()
    make.user("somsri")
    sign_in(client, "somsri", "wrong")
    sign_in(client, "somsri")
    client.get("/admin/")
    after = models.Stamp.objects.get().token if models.Stamp.objects.exists() else ""
    assert (before, number) == (after, Change.objects.exclude(table__startswith="auth.").count())
    assert AccountChange.objects.filter(table="auth.user").exists()


def test_everything_about_the_desk_follows_its_address():
    program = """
import django; django.setup()
from django.urls import reverse
from certifications.middleware import NOT_KEPT, STAFF_PAGE
assert reverse("admin:login") == "/back-office/login/"
assert STAFF_PAGE.match("/en/back-office/") and not STAFF_PAGE.match("/admin/")
assert NOT_KEPT.match("/back-office/x/") and not NOT_KEPT.match("/agencies/")
"""
    facts = {"ADMIN_PATH": "back-office", "DJANGO_SETTINGS_MODULE": "gecc.settings"}
    subprocess.run([sys.executable, "-c", program], env=os.environ | facts, check=True)
