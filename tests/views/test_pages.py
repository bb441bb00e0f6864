"""The public pages as readers meet them: what is shown, what is refused, in both languages."""

import datetime
import html
import re

import html5lib
import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from certifications.models import Agency, Award, AwardEvent
from certifications.reference import provinces
from certifications.reference.states import StatusChange
from tests import make
from tests.decided import withdraw_from_view

pytestmark = pytest.mark.django_db

THAI = re.compile(r"[\u0e00-\u0e7f]")


@pytest.fixture
def small_register():
    """A ministry, a department, three offices, a ceremony: something on every page."""
    ministry = make.ministry(name_th="กระทรวงแรงงานสมมติ", name_en="Ministry of Examples")
    department = make.department(name_th="กรมสมมติ", parent=ministry, name_en="Example Department")
    event = make.event(
        2568, held_on=datetime.date(2025, 8, 29), venue_th="ห้องสมมติ", presider="นายสมมติ"
    )
    phrae = make.agency(name_th="สำนักงานสมมติแพร่", parent=department, province="54")
    award = make.award(phrae, 2568, level="basic", event=event)
    award.recipients.create(name="นายรับ มอบ", position="ผู้อำนวยการ", on_behalf_of="นายแทน ตัว")
    make.award(make.agency(name_th="สำนักงานสมมติน่าน", parent=department, province="55"), 2564)
    unknown = make.agency(name_th="สำนักงานสมมติไม่ทราบปี", name_en="Yearless Example Office")
    make.award(unknown, None)
    make.figure(828, year=2568)
    make.figure(9, year=2568, agency=department)
    return {"ministry": ministry, "department": department, "office": phrae, "event": event}


def addresses(register) -> list[str]:
    return [
        reverse("home"),
        reverse("agency-list"),
        reverse("agency-list") + "?province=54&level=basic&year=2568&state=in_force&sort=level",
        reverse("agency-list") + "?q=ไม่มีอย่างแน่นอน",
        reverse("agency-list") + "?level=gold",
        register["ministry"].get_absolute_url(),
        register["department"].get_absolute_url(),
        register["office"].get_absolute_url(),
        reverse("event-list"),
        register["event"].get_absolute_url(),
        reverse("province-list"),
        reverse("province", args=["phrae"]),
        reverse("province", args=["ranong"]),
        reverse("about"),
        reverse("award-list"),
        reverse("agency-list") + "?format=pdf",
        reverse("data"),
        reverse("api-docs"),
        reverse("home") + "no-such-page/",
    ]


@pytest.fixture(params=["th", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


OUR_SCRIPTS = {f'<script src="/static/js/{name}.js" defer>' for name in ("find", "copy")}


def test_every_page_is_valid_html_with_no_repeated_id(client, small_register, language):
    for address in addresses(small_register):
        body = client.get(address).content.decode()
        parser = html5lib.HTMLParser(strict=False)
        tree = parser.parse(body)
        assert [error[1] for error in parser.errors] == [], address
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), address
        assert " style=" not in body, address
        assert set(re.findall("<script[^>]*>[^<]*", body)) <= OUR_SCRIPTS, address


def test_every_form_control_has_a_label(client, small_register, language):
    for address in addresses(small_register):
        tree = html5lib.parse(client.get(address).content.decode(), namespaceHTMLElements=False)
        labelled = {label.get("for") for label in tree.iter("label")}
        for tag in ("input", "select"):
            for control in tree.iter(tag):
                assert control.get("id") in labelled, (address, control.attrib)


def thai_outside_a_thai_element(element, is_thai=False) -> list[str]:
    """Texts with Thai letters in an English page that nothing marks as Thai."""
    is_thai = element.get("lang", "th" if is_thai else "en") == "th"
    found = [text for text in (element.text,) if text and THAI.search(text) and not is_thai]
    for child in element:
        if isinstance(child.tag, str):
            found += thai_outside_a_thai_element(child, is_thai)
        if child.tail and THAI.search(child.tail) and not is_thai:
            found.append(child.tail)
    return [text.strip() for text in found]


def test_english_pages_mark_every_thai_word(client, small_register):
    with translation.override("en"):
        for address in addresses(small_register):
            tree = html5lib.parse(client.get(address).content.decode(), namespaceHTMLElements=False)
            body = tree.find("body")
            assert thai_outside_a_thai_element(body) == [], address


def test_a_body_without_an_english_name_shows_its_thai_name_marked(client, small_register):
    page = client.get("/en" + small_register["office"].get_absolute_url())
    assert '<h1><span lang="th">สำนักงานสมมติแพร่</span></h1>' in page.content.decode()


def test_the_language_switch_keeps_the_address_and_the_filters(client, small_register):
    page = client.get("/agencies/?province=54&level=basic").content.decode()
    assert 'href="/en/agencies/?province=54&amp;level=basic"' in page
    page = client.get("/en/agencies/?province=54&level=basic").content.decode()
    assert 'href="/agencies/?province=54&amp;level=basic"' in page


def test_thai_is_served_without_a_prefix_whatever_the_browser_prefers(client):
    page = client.get("/", headers={"accept-language": "en"})
    assert page.headers["Content-Language"] == "th"
    assert '<html lang="th">' in page.content.decode()


def test_years_and_dates_are_buddhist_in_thai_and_common_era_in_english(client, small_register):
    thai = client.get("/events/2568/").content.decode()
    english = client.get("/en/events/2568/").content.decode()
    assert "29 สิงหาคม 2568" in thai and "2568 (ค.ศ. 2025)" in thai
    assert "29 August 2025" in english and "2025 (B.E. 2568)" in english


def test_every_page_forbids_foreign_and_inline_code(client, small_register):
    for address in [*addresses(small_register), "/admin/login/"]:
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "script-src 'self'" in policy and "style-src 'self'" in policy


# --- what is not public --------------------------------------------------------------------------


def everything_public_says(client) -> str:
    """The text of every page there is, found by following links from the front page."""
    waiting, seen, texts = ["/", "/agencies/?sort=recent", "/agencies/?on=2022-12-01"], set(), []
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        page = client.get(address)
        texts.append(page.getvalue().decode(errors="replace"))
        links = map(html.unescape, re.findall(r'href="(/[^"#]*|\?[^"#]*)"', texts[-1]))
        waiting += [
            link if link.startswith("/") else address.partition("?")[0] + link
            for link in links
            if not link.startswith(("/static/", "/en/"))
        ]
    assert len(seen) > 85
    return "\n".join(texts)


def test_no_output_shows_a_draft(client, small_register):
    draft_office = make.agency(
        name_th="สำนักงานร่างลับ", parent=small_register["department"], province="54"
    )
    make.award(draft_office, 2568, published=False)
    draft_event = make.event(2569, title_th="พิธีร่างลับ", venue_th="ห้องลับ", published=False)
    shown = make.award(small_register["office"], 2569, event=draft_event)
    hidden_award = make.award(small_register["office"], 2567, published=False)
    hidden_award.recipients.create(name="ผู้รับลับ")
    hidden_award.sources.add(make.source(title="แหล่งลับ"))
    make.figure(777_123, year=2569, note="ตัวเลขลับ")
    said = everything_public_says(client)
    for secret in ("ร่างลับ", "ห้องลับ", "ผู้รับลับ", "แหล่งลับ", "777,123", "ตัวเลขลับ"):
        assert secret not in said
    assert "2569" in client.get(shown.agency.get_absolute_url()).content.decode()
    assert client.get(draft_office.get_absolute_url()).status_code == 404
    assert client.get(draft_event.get_absolute_url()).status_code == 404


def test_a_draft_answers_as_if_it_had_never_been(client, small_register):
    draft = make.agency(name_th="สำนักงานร่าง")
    never = Agency(code="zzzzz2")
    bodies = []
    for agency in (draft, never):
        page = client.get(agency.get_absolute_url())
        assert page.status_code == 404
        bodies.append(page.content.decode().replace(agency.code, "CODE"))
    assert bodies[0] == bodies[1]


def test_a_record_withdrawn_from_view_leaves_a_tombstone(client, small_register):
    office = small_register["office"]
    facts = {
        "hidden_at": timezone.now(),
        "hidden_by": make.publisher(),
        "hidden_reason": "เหตุผลภายใน",
    }
    Award.objects.filter(agency=office).update(**facts)
    AwardEvent.objects.update(**facts)
    for address in (office.get_absolute_url(), small_register["event"].get_absolute_url()):
        page = client.get(address)
        assert page.status_code == 410
        assert "ถูกถอนจากการเผยแพร่" in page.content.decode()
        assert "เหตุผลภายใน" not in page.content.decode()


def test_a_tombstone_says_no_name_that_was_never_public(client, small_register):
    office, event = small_register["office"], small_register["event"]
    for records in (office.awards.all(), [event]):
        withdraw_from_view(records, by=make.publisher(), reason="เหตุผลภายใน")
    Agency.objects.filter(pk=office.pk).update(name_th="ชื่อที่ไม่เคยเผยแพร่", name_en="Never shown")
    AwardEvent.objects.filter(pk=event.pk).update(title_th="ชื่อที่ไม่เคยเผยแพร่")
    addresses = [record.get_absolute_url() for record in (office, event)]
    for address in [*addresses, *(f"/en{address}" for address in addresses)]:
        page = client.get(address)
        assert page.status_code == 410
        for name in ("ชื่อที่ไม่เคยเผยแพร่", "Never shown"):
            assert name not in page.content.decode()


def test_a_merged_record_leads_to_the_one_that_stays(client, small_register):
    merged = make.agency(merged_into=small_register["office"])
    page = client.get(merged.get_absolute_url())
    assert page.status_code == 301
    assert page.headers["Location"] == small_register["office"].get_absolute_url()
    assert client.get("/en" + merged.get_absolute_url()).headers["Location"].startswith("/en/")


def test_a_closed_agency_keeps_its_page_and_says_so(client, small_register):
    Agency.objects.filter(pk=small_register["office"].pk).update(
        closed_on=datetime.date(2026, 1, 5)
    )
    page = client.get(small_register["office"].get_absolute_url()).content.decode()
    assert "หน่วยงานนี้ปิดเมื่อ 5 มกราคม 2569" in page


def test_a_draft_that_came_of_a_public_body_is_not_named(client, small_register):
    draft = make.agency(name_th="หน่วยงานร่างลับ")
    small_register["office"].successions.create(
        kind="renamed", successor=draft, source=make.source()
    )
    page = client.get(small_register["office"].get_absolute_url())
    assert "ร่างลับ" not in page.content.decode()


def test_a_draft_ceremony_does_not_show_through_a_state(client):
    draft = make.event(2563, published=False, validity_years=10)
    office = make.agency()
    make.award(office, 2563, event=draft)
    page = client.get(office.get_absolute_url() + "?on=2026-11-22").content.decode()
    assert "ยังไม่ทราบผลต่ออายุ" in page and "31 ธันวาคม 2565" in page


# --- the list ------------------------------------------------------------------------------------


def names(page) -> list[str]:
    return [agency.name_th for agency in page.context["agencies"]]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("province=99", "ไม่มีจังหวัดรหัส “99”"),
        ("level=gold", "ไม่มีระดับ “gold”"),
        ("service=x", "ไม่มีงานบริการ “x”"),
        ("state=active", "ไม่มีสถานะ “active”"),
        ("ministry=zzzzzz", "ไม่มีกระทรวงรหัส “zzzzzz”"),
        ("department=zzzzzz", "ไม่มีต้นสังกัดรหัส “zzzzzz”"),
        ("sort=price", "ไม่มีวิธีเรียง “price”"),
        ("year=2022", "2022 เป็นปี ค.ศ."),
        ("year=3108", "อ่าน “3108” เป็นปีไม่ได้"),
        ("year=2558", "ปี 2558 อยู่นอกช่วงของโครงการ"),
        ("year=สองพัน", "อ่าน “สองพัน” เป็นปีไม่ได้"),
        ("on=2565-02-30", "อ่านวันที่ “2565-02-30” ไม่ได้"),
        ("q=" + "ก" * 201, "200"),
        ("q=%00", "ชื่อหน่วยงาน"),
        ("q=่ิ์", "ไม่มีตัวอักษรให้ค้นหา"),
        ("q=%E2%80%8B", "ไม่มีตัวอักษรให้ค้นหา"),
        ("q=%%%", "ไม่มีตัวอักษรให้ค้นหา"),
    ],
)
def test_a_faulty_filter_is_named_and_gives_no_rows(client, small_register, query, said):
    page = client.get(f"/agencies/?{query}")
    assert page.status_code == 400
    assert said in page.content.decode()
    assert names(page) == [] and '<li class="result">' not in page.content.decode()


def test_a_faulty_filter_beside_good_ones_still_gives_no_rows(client, small_register):
    page = client.get("/en/agencies/?province=54&level=gold")
    assert page.status_code == 400 and names(page) == []


@pytest.mark.parametrize("number", ["2", "99", "-1", "0", "x", "1.5"])
def test_a_page_that_is_not_there_says_how_many_there_are(client, small_register, number):
    page = client.get(f"/agencies/?page={number}")
    assert page.status_code == 404
    assert "มีทั้งหมด 1 หน้า" in page.content.decode()
    assert names(page) == []


def test_year_and_level_must_hold_for_one_and_the_same_award(client):
    office = make.agency(name_th="ศูนย์เลื่อนระดับ")
    make.award(office, 2564, level="basic")
    make.award(office, 2565, level="excellent")
    assert names(client.get("/agencies/?year=2564&level=excellent")) == []
    assert names(client.get("/agencies/?year=2564&level=basic")) == ["ศูนย์เลื่อนระดับ"]
    assert names(client.get("/agencies/?year=2565&level=excellent")) == ["ศูนย์เลื่อนระดับ"]


def test_the_row_shows_the_award_that_was_asked_for(client):
    office = make.agency()
    make.award(office, 2564, level="basic")
    make.award(office, 2568, level="excellent")
    (row,) = client.get("/agencies/?on=2026-01-01").context["agencies"]
    assert row.shown_award.year == 2568 and row.years == [2564, 2568]
    (row,) = client.get("/agencies/?level=basic&on=2026-01-01").context["agencies"]
    assert row.shown_award.year == 2564


def test_years_can_be_asked_for_as_people_write_them(client, small_register):
    for year in ("2568", "๒๕๖๘", "พ.ศ. 2568", "ปี 68"):
        assert names(client.get("/agencies/", {"year": year})) == ["สำนักงานสมมติแพร่"]


def test_an_unknown_year_or_level_can_be_asked_for(client, small_register):
    assert names(client.get("/agencies/?year=unknown")) == ["สำนักงานสมมติไม่ทราบปี"]
    assert "สำนักงานสมมติแพร่" not in names(client.get("/agencies/?level=unknown"))


def test_everything_under_a_ministry_or_department(client, small_register):
    for parameter in ("ministry", "department"):
        page = client.get(f"/agencies/?{parameter}={small_register[parameter].code}")
        assert names(page) == ["สำนักงานสมมติน่าน", "สำนักงานสมมติแพร่"]


def test_text_is_found_however_it_was_typed(client, small_register):
    for typed in ("สมมติแพร่", "สมมติเเพร่", "  สมมติแพร่ ", "สมมติ\u200bแพร่"):
        assert names(client.get("/agencies/", {"q": typed})) == ["สำนักงานสมมติแพร่"], typed
    small_register["office"].names.create(kind="short", name="สนง.พร.")
    assert names(client.get("/agencies/?q=สนง.พร")) == ["สำนักงานสมมติแพร่"]


def test_the_list_is_in_thai_dictionary_order(client):
    for name in ("ไพร", "เกาะ", "ขอน", "กา", "แพร"):
        make.award(make.agency(name_th=name))
    assert names(client.get("/agencies/")) == ["กา", "เกาะ", "ขอน", "แพร", "ไพร"]


def test_sorting_by_level_and_by_year_puts_the_unknown_last(client):
    for year, level in ((2564, "basic"), (2563, "excellent"), (2565, None), (None, None)):
        make.award(make.agency(name_th=f"แห่ง {year}"), year, level=level and make.level(level))
    assert names(client.get("/agencies/?sort=recent")) == [
        "แห่ง 2565",
        "แห่ง 2564",
        "แห่ง 2563",
        "แห่ง None",
    ]
    assert names(client.get("/agencies/?sort=level"))[:2] == ["แห่ง 2563", "แห่ง 2564"]


def test_a_chip_takes_off_its_filter_and_keeps_the_others(client, small_register):
    page = client.get("/agencies/?province=54&level=basic&page=1")
    chips = {chip["value"]: chip["remove"] for chip in page.context["chips"]}
    assert chips == {"แพร่": "?level=basic", "ระดับพื้นฐาน (ฟ้า)": "?province=54"}


def test_an_empty_list_never_says_not_certified(client, small_register):
    page = client.get("/agencies/?q=ไม่มีอย่างแน่นอน&year=2568").content.decode()
    assert "ไม่ได้แปลว่าหน่วยงานไม่ได้รับการรับรอง" in page
    assert "ปี 2568 ทะเบียนนี้มีรายชื่อ 1 รายการ จากที่ประกาศไว้ 828 ศูนย์" in page


def test_pages_hold_twenty_five_and_lead_on(client):
    for _number in range(26):
        make.award()
    first = client.get("/agencies/?sort=recent")
    assert len(names(first)) == 25
    assert "?sort=recent&amp;page=2" in first.content.decode()
    assert len(names(client.get("/agencies/?page=2"))) == 1


# --- the pages of a body, a ceremony, a province -----------------------------------------------


def test_the_office_page_reasons_about_its_state(client, small_register):
    address = small_register["office"].get_absolute_url()
    page = client.get(address + "?on=2026-11-22").content.decode()
    assert "การรับรองปี 2568 (ค.ศ. 2025) มีอายุถึงวันที่ 31 ธันวาคม 2570" in page
    assert "ณ วันที่ 22 พฤศจิกายน 2569 การรับรองยังมีผล" in page
    assert "นายรับ มอบ" in page and "รับมอบแทน" in page and "นายแทน ตัว" in page
    assert "ปีสุดท้าย" in client.get(address + "?on=2027-03-01").content.decode()
    assert "ยังไม่ทราบผลต่ออายุ" in client.get(address + "?on=2028-01-01").content.decode()
    assert "ยังไม่เริ่มมีผล" in client.get(address + "?on=2025-08-28").content.decode()


def test_a_lapse_before_a_renewal_is_shown_not_hidden(client):
    office = make.agency()
    make.award(office, 2563, event=make.event(2563, held_on=datetime.date(2020, 10, 2)))
    make.award(office, 2566, event=make.event(2566, held_on=datetime.date(2023, 8, 30)))
    page = client.get(office.get_absolute_url() + "?on=2023-05-01").content.decode()
    assert "จึงครบอายุแล้ว" in page
    assert "ได้รับการรับรองครั้งใหม่เมื่อ 30 สิงหาคม 2566" in page


def test_an_upgrade_within_the_years_of_an_award_is_no_renewal(client):
    office = make.agency()
    make.award(office, 2564, level="basic")
    make.award(office, 2565, level="excellent")
    assert "ครั้งใหม่" not in client.get(office.get_absolute_url()).content.decode()


def test_figures_over_several_years_stand_beside_each_other_as_printed(client):
    make.event(2567)
    for count, level in ((4239, None), (3672, "basic"), (555, "advanced"), (22, "excellent")):
        make.figure(count, year=2567, first_year=2559, level=level and make.level(level))
    page = client.get("/about/")
    printed = [row.figure.count for row in page.context["of_several_years"]]
    assert sorted(printed) == [22, 555, 3672, 4239]
    assert "4,239" in page.content.decode() and "3,672" in page.content.decode()


def test_a_suspension_is_shown_with_its_reason_and_source(client, small_register):
    award = Award.objects.get(agency=small_register["office"])
    make.status_change(
        award, StatusChange.SUSPENDED, datetime.date(2026, 1, 5), reason="ไม่ผ่านการตรวจ"
    )
    page = client.get(
        small_register["office"].get_absolute_url() + "?on=2026-02-01"
    ).content.decode()
    assert "พักการรับรองชั่วคราว" in page and "ไม่ผ่านการตรวจ" in page and "5 มกราคม 2569" in page


def test_an_unreadable_day_is_refused_on_every_page_that_takes_one(client, small_register):
    for address in (
        small_register["office"].get_absolute_url(),
        "/provinces/",
        "/provinces/phrae/",
    ):
        page = client.get(address + "?on=31/2/2565")
        assert page.status_code == 400
        assert "อ่านวันที่ “31/2/2565” ไม่ได้" in page.content.decode()


def test_a_department_counts_those_below_it_beside_what_was_announced(client, small_register):
    page = client.get(small_register["department"].get_absolute_url())
    (row,) = page.context["comparisons"]
    assert (row.figure.count, row.recorded, row.difference) == (9, 1, -8)
    assert "−8" in page.content.decode()
    years = {row.year: (row.total, row.change) for row in page.context["years"]}
    assert years == {2568: (1, None), 2564: (1, None)}


def test_an_award_of_another_department_is_not_counted(client, small_register):
    make.award(make.agency(parent=make.department()), 2568)
    page = client.get(small_register["department"].get_absolute_url())
    assert page.context["comparisons"][0].recorded == 1


def test_a_ceremony_with_no_known_date_says_so(client):
    make.event(2562)
    assert "ไม่พบแหล่งที่ระบุวันจัดพิธี" in client.get("/events/2562/").content.decode()


def test_a_province_counts_what_it_holds(client, small_register):
    page = client.get("/provinces/phrae/?on=2026-11-22")
    assert page.context["coverage"].in_force == 1
    assert names(page) == ["สำนักงานสมมติแพร่"]
    nan = client.get("/provinces/nan/?on=2026-11-22").context["coverage"]
    assert (nan.in_force, nan.states["lapsed"]) == (0, 1)


def test_all_77_provinces_have_a_page_in_both_languages(client):
    for place in provinces.ALL:
        for prefix in ("", "/en"):
            assert client.get(f"{prefix}/provinces/{place.slug}/").status_code == 200


def test_the_500_page_needs_nothing_that_may_be_broken():
    page = render_to_string("500.html")
    assert "ระบบขัดข้องชั่วคราว" in page and "Something went wrong" in page


def test_a_page_that_breaks_answers_500_in_thai(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("certifications.listing.statistics.agencies_in_force", broken)
    page = Client(raise_request_exception=False).get("/")
    assert page.status_code == 500
    assert "ข้อมูลที่บันทึกไว้แล้วไม่สูญหาย" in page.content.decode()
