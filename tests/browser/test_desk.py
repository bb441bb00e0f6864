"""What staff meet: entering an award in a real browser, and the public seeing it."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from certifications.actions.decide import accept
from certifications.models import Agency, Award, DeskSession, Proposal
from tests import make

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def log_in(page, site, account):
    page.goto(f"{site}/admin/login/")
    page.fill("#id_username", account.username)
    page.fill("#id_password", "only-for-tests")
    page.click("input[type=submit]")
    page.wait_for_url("**/admin/")


def choose(page, field: str, typed: str, shown: str):
    """Type into a field that searches, wait for what it finds, take it."""
    page.click(f".field-{field} .select2-selection")
    page.keyboard.type(typed)
    page.click(f".select2-results__option:has-text('{shown}')")


def test_an_award_is_entered_and_published(site, page):
    office = Agency.objects.create(name_th="สำนักงานสมมติทดสอบ")
    account = make.user(is_superuser=True)
    log_in(page, site, account)
    page.goto(f"{site}/admin/certifications/award/add/")
    choose(page, "agency", "สมมติทดสอบ", office.name_th)
    page.fill("#id_year", "๒๕๖๘")
    choose(page, "event", "2568", "ประจำปี พ.ศ. 2568")
    page.select_option("#id_level", label="ระดับพื้นฐาน (ฟ้า)")
    choose(page, "sources", "matichon.co.th/publicize", "ประจำปี พ.ศ.2568")
    page.click("input[name=_save] >> nth=0")
    page.wait_for_url("**/award/")
    award = Award.objects.get(agency=office)
    assert (award.year, award.event.code, award.published_at) == (2568, "2568", None)

    page.goto(f"{site}/admin/certifications/award/?publication=draft")
    page.check("#result_list tbody input[type=checkbox]")
    page.select_option("select[name=action]", "propose_publication")
    page.click("button[name=index]")
    page.click("#content form [type=submit]")
    page.wait_for_selector(".messagelist .success")
    accept(Proposal.objects.get(), by=make.user(group="ผู้อนุมัติ"))
    page.goto(f"{site}{office.get_absolute_url()}")
    assert "ระดับพื้นฐาน" in page.inner_text("main")


def test_what_was_typed_before_the_session_ended_is_shown_again_and_saved(site, chromium, width):
    # A page of its own: the browser complains of the answer that asks to sign in, as it should.
    page = chromium.new_page(viewport={"width": width, "height": 800})
    account = make.user(is_superuser=True)
    log_in(page, site, account)
    page.goto(f"{site}/admin/certifications/agency/add/")
    page.fill("#id_name_th", "สำนักงานที่พิมพ์อยู่นาน")
    page.fill("#id_address", "บรรทัดหนึ่ง\nบรรทัดสอง")
    DeskSession.objects.all().delete()
    page.click("input[name=_save] >> nth=0")
    assert "ยังไม่ได้บันทึก แต่ไม่หาย" in page.inner_text("main")
    page.fill("#id_username", account.username)
    page.fill("#id_password", "only-for-tests")
    page.click("input[type=submit]")
    page.click("text=เปิดแบบฟอร์มที่กรอกไว้")
    assert page.input_value("#id_name_th") == "สำนักงานที่พิมพ์อยู่นาน"
    assert page.input_value("#id_address") == "บรรทัดหนึ่ง\nบรรทัดสอง"
    page.click("input[name=_save] >> nth=0")
    page.wait_for_url("**/agency/")
    page.close()
    office = Agency.objects.get(name_th="สำนักงานที่พิมพ์อยู่นาน")
    assert office.address.splitlines() == ["บรรทัดหนึ่ง", "บรรทัดสอง"]


def test_a_second_factor_is_added_from_its_picture(site, page):
    account = make.user(is_superuser=True)
    log_in(page, site, account)
    page.goto(f"{site}/admin/account/")
    page.click("text=เปิดการยืนยันสองขั้น")
    page.wait_for_url("**/second-factor/add/**")  # with its pictures
    assert page.evaluate("document.querySelector('.qr').naturalWidth") > 100
    totp = TOTP(TOTPDevice.objects.get(user=account).bin_key)
    totp.time = time.time()
    page.fill("#id_code", f"{totp.token():06}")
    page.click("main input[type=submit]")
    assert page.locator(".codes li").count() == 10
    page.click("text=เก็บไว้แล้ว ไปต่อ")
    assert "รหัสสำรองเหลือ 10 รหัส" in page.inner_text("main")


PAGES = ["", "account/", "sessions/", "second-factor/add/", "auth/user/", "password_change/"]


def test_pages_of_the_desk_fit_the_screen_and_break_no_accessibility_rule(site, page):
    log_in(page, site, make.user(is_superuser=True))
    axe = Axe()
    for address in PAGES:
        page.goto(f"{site}/admin/{address}")
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, (address, overflow)
        found = axe.run(page, options={"preload": False}).response["violations"]
        faults = [(rule["id"], node["html"][:160]) for rule in found for node in rule["nodes"]]
        assert faults == [], (address, faults)
