"""What staff meet: entering an award in a real browser, and the public seeing it."""

import pytest

from certifications.models import Agency, Award
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
    page.select_option("select[name=action]", "publish_chosen")
    page.click("button[name=index]")
    page.wait_for_selector(".messagelist .success")
    page.goto(f"{site}{office.get_absolute_url()}")
    assert "ระดับพื้นฐาน" in page.inner_text("main")
