"""A year's list, from a pasted text to the public's list, by a new recorder and a new approver."""

import pytest

from certifications import models
from tests import make

KNOWN, NEW = 25, 5


@pytest.fixture
def offices(site):
    """What the register knows of the thirty already."""
    department = models.Agency.objects.get(name_th="กรมการขนส่งทางบก")
    for number in range(1, KNOWN + 1):
        make.agency(name_th=f"สำนักงานทดลองสมมติที่ {number}", parent=department, province="54")
    return site


@pytest.fixture
def sign_in(chromium, offices):
    """A page of the desk for a new account of a group."""
    opened = []

    def signed_in(group: str):
        account = make.user(f"new-{len(opened)}", group, password="a-long-enough-password")
        page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        opened.append(page)
        page.goto(f"{offices}/admin/")
        page.fill("[name=username]", account.username)
        page.fill("[name=password]", "a-long-enough-password")
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/admin/")
        return page

    yield signed_in
    for page in opened:
        page.context.close()


def send(page, button: str) -> str:
    """What the desk says after a button."""
    with page.expect_navigation():
        page.click(button)
    return " ".join(page.locator(".messagelist li").all_inner_texts())


def pasted() -> str:
    known = [f"สำนักงานทดลองสมมติที่ {number}" for number in range(1, KNOWN + 1)]
    new = [f"สำนักงานขนส่งทดลองใหม่ {letter}" for letter in "กขคงจ"[:NEW]]
    lines = [f"{number}. {name}" for number, name in enumerate([*known, *new], start=1)]
    return "\n".join(["ระดับพื้นฐาน จำนวน ๓๐ ศูนย์ ได้แก่", *lines])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_thirty_offices_go_from_a_pasted_list_to_the_public(offices, sign_in):
    page = sign_in("ผู้บันทึก")
    page.goto(f"{offices}/admin/certifications/intake/add/")
    page.fill("[name=text]", pasted())
    page.fill("[name=year]", "๒๕๗๐")
    page.fill("[name=source]", "https://example.test/announcement-2570")
    send(page, "#content form [type=submit]")
    review = page.url
    page.goto(f"{review}?show=waiting")
    page.check("[name=bulk-decision][value=create]")
    page.fill("[name=bulk-reason]", "ตรวจกับประกาศแล้ว")
    send(page, "button[value=bulk]")
    page.goto(review.replace("/change/", "/commit/"))
    assert "เพิ่มร่าง 30" in send(page, "#content form [type=submit]")

    page.goto(f"{offices}/admin/certifications/award/?publication=draft")
    page.check("#action-toggle")
    page.select_option("[name=action]", "propose_publication")
    send(page, "button[name=index]")
    assert "รอเจ้าหน้าที่คนอื่นพิจารณา" in send(page, "#content form [type=submit]")
    assert not models.Award.objects.published().filter(year=2570).exists()

    page = sign_in("ผู้อนุมัติ")
    page.goto(f"{offices}/admin/certifications/proposal/")
    send(page, "#result_list tbody th a")
    assert "อนุมัติแล้ว" in send(page, ".submit-row input.default")
    page.goto(f"{offices}/agencies/?year=2570")
    assert "30" in page.inner_text("#results")
