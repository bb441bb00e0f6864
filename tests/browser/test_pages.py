"""What a citizen meets: pages that fit a phone, answer to the keyboard, and are accessible."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PAGES = [
    "/",
    "/agencies/",
    "/agencies/?province=54&level=basic",
    "/agencies/?q=ไม่มีอย่างแน่นอน",
    "/agencies/?q=ขนส่ง ระดับก้าวหน้า ปี 66",
    "/agencies/?q=เรือนจำจันบุรี&province=22",
    "/awards/",
    "/data/",
    "/api/",
    "/agencies/7jaxrw/",
    "/agencies/cjsfp6/",
    "/agencies/y7nh2b/",
    "/events/",
    "/events/2565/",
    "/provinces/",
    "/provinces/phrae/",
    "/about/",
]


def test_every_page_fits_the_screen_and_breaks_no_accessibility_rule(site, page):
    axe = Axe()
    for prefix in ("", "/en"):
        for address in PAGES:
            page.goto(f"{site}{prefix}{address}")
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, (address, overflow)
            found = axe.run(page, options={"preload": False}).response["violations"]
            faults = [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]
            assert faults == [], (prefix + address, faults)


@pytest.mark.parametrize("prefix", ["/", "/en/"])
def test_the_language_link_does_not_cover_the_name_of_the_site(site, page, prefix):
    page.goto(site + prefix)
    name = page.locator(".brand-words").bounding_box()
    link = page.locator(".language").bounding_box()
    assert name["x"] + name["width"] <= link["x"] or name["y"] + name["height"] <= link["y"]


def test_a_search_by_keyboard_alone_leads_to_the_office(site, page):
    page.goto(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.focus("#search-q")
    page.keyboard.type("จัดหางานจังหวัดแพร่")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies/?q=*")
    page.focus(".result a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies/7jaxrw/")
    assert page.inner_text("h1") == "สำนักงานจัดหางานจังหวัดแพร่"


def test_filtering_works_with_scripts_off(site, chromium, width):
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{site}/agencies/")
    if width < 900:
        page.click(".show-facets")
    page.click("details[data-facet=province] summary")
    page.check("input[name=province][value='54']")
    page.click(".facets button")
    assert "province=54" in page.url
    assert page.locator(".result").count() == 2
    page.click(".chips a >> nth=0")
    assert "province=54" not in page.url
    context.close()


def test_the_thai_font_is_our_own(site, page):
    page.goto(site)
    assert page.evaluate(
        "document.fonts.ready.then(() => document.fonts.check('16px \"Plex Thai\"', 'ก'))"
    )


def test_a_page_prints_without_its_navigation(site, page):
    page.goto(f"{site}/agencies/7jaxrw/")
    page.emulate_media(media="print")
    assert not page.is_visible("nav .menu")
    assert page.is_visible("h1")


def test_results_and_counts_follow_each_choice_without_a_new_page(site, page):
    page.goto(f"{site}/agencies/")
    page.evaluate("window.same = true")
    if page.locator(".show-facets").is_visible():
        page.click(".show-facets")
    page.click("details[data-facet=province] summary")
    page.check("input[name=province][value='54']")
    page.wait_for_url("**/agencies/?province=54")
    page.wait_for_selector(".chips a.clear")
    assert page.inner_text("#results") == "พบ 2 หน่วยงาน"
    assert page.locator(".result").count() == 2
    assert page.is_checked("input[name=province][value='54']")
    assert page.evaluate("document.activeElement.value") == "54"
    assert page.evaluate("window.same")
    assert page.get_attribute(".language a", "href") == "/en/agencies/?province=54"
    page.focus("#id_sort")
    page.select_option("#id_sort", "recent")
    page.wait_for_url("**/agencies/?province=54&sort=recent")
    assert page.evaluate("document.activeElement.id") == "id_sort"
    page.click("details[data-facet=level] summary")
    page.uncheck("input[name=province][value='54']")
    page.wait_for_url("**/agencies/?sort=recent")
    assert page.get_attribute("details[data-facet=level]", "open") is None
    page.focus(".skip")
    page.keyboard.press("Enter")
    assert page.evaluate("window.same")
    page.goto(f"{site}/agencies/")
    page.evaluate("window.same = true")
    if page.locator(".show-facets").is_visible():
        page.click(".show-facets")
    page.check("input[name=level][value=basic]")
    page.wait_for_url("**/agencies/?level=basic")
    page.go_back()
    page.wait_for_selector(".shortcuts")
    assert page.inner_text("#results") == "พบ 124 หน่วยงาน"


def test_names_are_offered_as_one_types(site, page):
    page.goto(site)
    page.focus("#search-q")
    page.keyboard.type("จัดหางานแพร่")
    page.wait_for_selector("#search-q-names option", state="attached")
    names = page.eval_on_selector_all("#search-q-names option", "all => all.map(one => one.value)")
    assert names == ["สำนักงานจัดหางานจังหวัดแพร่"]
