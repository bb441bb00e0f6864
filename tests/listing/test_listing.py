"""What a list answers to words and filters together, and what it says when nothing is found."""

import re

import pytest
from django.http import QueryDict

from certifications.listing.results import award_listing, listing
from certifications.models import MissedQuery
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices():
    """Three transport offices: raised from basic, always basic, advanced once."""
    department = make.department(name_th="กรมการขนส่งทางบก")
    facts = {"parent": department}
    raised = make.agency(name_th="สำนักงานขนส่งจังหวัดแพร่", province="54", **facts)
    basic = make.agency(name_th="สำนักงานขนส่งจังหวัดน่าน", province="55", **facts)
    advanced = make.agency(name_th="สำนักงานขนส่งจังหวัดตาก", province="63", **facts)
    make.award(raised, 2564, level="basic")
    make.award(raised, 2567, level="excellent")
    make.award(basic, 2564, level="basic")
    make.award(basic, 2567, level="basic")
    make.award(advanced, 2566, level="advanced")
    return {"raised": raised, "basic": basic, "advanced": advanced}


def found(query):
    return [agency.name_th for agency in listing(QueryDict(query)).page(0, 100)]


def counts(query, name):
    options = listing(QueryDict(query)).facets[name].options
    return {option.value: option.count for option in options}


def test_a_level_and_a_year_in_words_hold_for_one_and_the_same_award(offices):
    assert found("q=ขนส่ง ระดับเป็นเลิศ ปี 67") == ["สำนักงานขนส่งจังหวัดแพร่"]
    assert found("q=ขนส่ง ระดับเป็นเลิศ ปี 64") == []


def test_words_hold_whatever_the_filters_say_and_are_counted_so(offices):
    assert found("q=ขนส่ง ปี 2566&level=basic") == []
    assert counts("q=ขนส่ง ปี 2566", "level") == {"advanced": 1}
    assert counts("q=ขนส่ง ปี 2567", "level") == {"excellent": 1, "basic": 1}


def test_what_words_mean_is_not_ticked_among_the_filters(offices):
    asked = listing(QueryDict("q=ขนส่ง ปี 2566"))
    assert [facet.chosen for facet in asked.facets.values() if facet.chosen] == []


def test_agencies_raised_since_last_time_can_be_asked_for(offices):
    assert found("change=raised") == ["สำนักงานขนส่งจังหวัดแพร่"]
    assert counts("", "change") == {"raised": 1}
    assert counts("level=basic&year=2567", "change") == {}


def test_several_values_mean_either_and_each_count_leaves_its_own_filter_out(offices):
    assert len(found("province=54&province=55")) == 2
    assert counts("province=54&province=55", "province") == {"54": 1, "55": 1, "63": 1}
    assert counts("province=54&province=55", "level") == {"excellent": 1, "basic": 2}


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("recent", ["น่าน", "แพร่", "ตาก"]),
        ("level", ["แพร่", "ตาก", "น่าน"]),
        ("name", ["ตาก", "น่าน", "แพร่"]),
    ],
)
def test_each_order_is_kept_across_pages_and_in_files(offices, sort, first):
    names = [f"สำนักงานขนส่งจังหวัด{name}" for name in first]
    asked = listing(QueryDict(f"sort={sort}"))
    assert [agency.name_th for agency in asked.stream()] == names
    one_by_one = [asked.page(place, place + 1)[0].name_th for place in range(3)]
    assert one_by_one == names


def test_a_row_an_award_of_the_same_agencies(offices):
    rows = [(award.agency.name_th, award.year) for award in award_listing(QueryDict("")).stream()]
    assert rows == [
        ("สำนักงานขนส่งจังหวัดตาก", 2566),
        ("สำนักงานขนส่งจังหวัดน่าน", 2567),
        ("สำนักงานขนส่งจังหวัดน่าน", 2564),
        ("สำนักงานขนส่งจังหวัดแพร่", 2567),
        ("สำนักงานขนส่งจังหวัดแพร่", 2564),
    ]
    of_2564 = award_listing(QueryDict("year=2564&level=basic&q=ขนส่ง"))
    assert of_2564.count == len(list(of_2564.stream())) == 2


def test_a_faulty_value_among_good_ones_gives_an_error_and_no_rows(client, offices):
    page = client.get("/agencies/?province=54&province=99")
    assert page.status_code == 400
    assert "ไม่มีจังหวัดรหัส “99” ให้เลือกจากรายการ" in page.text
    assert not page.context["agencies"]


@pytest.mark.parametrize("value", ["\0", "' OR 1=1 --", "ก" * 5000, "999999999999999999999"])
@pytest.mark.parametrize("name", ["province", "service", "level", "year", "state", "ministry"])
def test_a_hostile_value_is_only_a_wrong_one(client, name, value):
    assert client.get("/agencies/", {name: value}).status_code == 400


def test_more_values_than_there_can_be_are_refused_without_work(client):
    page = client.get("/agencies/?" + "&".join(f"ministry={number}" for number in range(500)))
    assert page.status_code == 400
    assert "เลือกได้ไม่เกิน 100 ค่า" in page.text


# --- what the page says --------------------------------------------------------------------------


def chips(page):
    text = re.sub(r"<[^>]+>", " ", page.text[page.text.index('class="chips"') :])
    return " ".join(text[: text.index("ล้างทั้งหมด")].split())


def test_each_word_that_was_understood_can_be_taken_off(client, offices):
    page = client.get("/agencies/", {"q": "ขนส่ง ระดับก้าวหน้า ปี 66"})
    assert "อ่านเป็นปี: ปี 66" in chips(page)
    assert "อ่านเป็นระดับ: ระดับก้าวหน้า" in chips(page)
    removals = re.findall(r'<li><a href="(\?[^"]*)"><span class="hidden">เอาออก', page.text)
    assert {QueryDict(address[1:]).get("q") for address in removals} == {
        "ขนส่ง ระดับก้าวหน้า",
        "ขนส่ง ปี 66",
        None,
    }


def test_a_query_put_right_says_what_it_shows(client, offices):
    page = client.get("/agencies/", {"q": "-olj'crij"})  # typed with the other keyboard layout
    assert "แสดงผลสำหรับ “ขนส่งแพร่”" in page.text
    near = client.get("/agencies/", {"q": "ขนสงแพ"})
    assert "สำนักงานขนส่งจังหวัดแพร่" in re.sub("</?mark>", "", near.text)


def test_nothing_found_never_reads_as_not_certified(client, offices):
    page = client.get("/agencies/", {"q": "ร้านกาแฟริมทะเล"})
    assert "ไม่พบในทะเบียนนี้ ซึ่งไม่ได้แปลว่าหน่วยงานไม่ได้รับการรับรอง" in page.text


def test_filters_that_leave_nothing_of_what_was_found_can_be_dropped(client, offices):
    page = client.get("/agencies/", {"q": "ขนส่ง", "level": "advanced", "province": "54"})
    assert "คำค้นนี้พบ 3 หน่วยงานเมื่อไม่ใช้ตัวกรองอื่น" in page.text


def test_a_search_that_finds_nothing_is_counted_each_time_and_never_kept(client, offices):
    for _time in range(3):
        page = client.get("/agencies/", {"q": "ร้านกาแฟริมทะเล"})
        assert page.headers["Cache-Control"] == "no-store"
    client.get("/agencies/", {"q": "ขนส่ง", "level": "advanced", "province": "54"})
    assert [(missed.text, missed.count) for missed in MissedQuery.objects.all()] == [
        ("ร้านกาแฟริมทะเล", 3)
    ]


def test_what_was_matched_is_marked_whole(client, offices):
    page = client.get("/agencies/", {"q": "ขนสง แพร่"})
    assert "<mark>ขนส่ง</mark>" in page.text


def test_names_are_suggested_for_what_is_typed_so_far(client, offices):
    typed, names, _about, addresses = client.get("/agencies/suggest/", {"q": "ขนส่งแพ"}).json()
    assert (typed, names) == ("ขนส่งแพ", ["สำนักงานขนส่งจังหวัดแพร่"])
    assert addresses == [f"http://testserver{offices['raised'].get_absolute_url()}"]
    for nothing in ("", "???", "ร้านกาแฟ"):
        assert client.get("/agencies/suggest/", {"q": nothing}).json()[1] == []


# --- what fresh eyes found ------------------------------------------------------------------------

LONG = "กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวสหอฮ" * 6


@pytest.mark.parametrize(
    "text",
    [
        LONG[:200],
        "ศูนย์อำนวยการปราบปรามแมลงศัตรูผลไม้และเฝ้าระวังโรคระบาดสัตว์ปีกชายฝั่งทะเลอันดามันตอนล่างบ้านปากแพรก",
        "The Quick Brown Fox Jumps Over Lazy Dogs While " + "Nobody Watches Behind Xylophones " * 3,
    ],
)
def test_a_long_query_that_finds_nothing_is_answered(client, offices, text):
    for address in ("/agencies/", "/agencies/suggest/", "/api/v1/agencies/"):
        assert client.get(address, {"q": text}).status_code == 200


def test_a_year_in_words_with_nothing_in_it_offers_no_way_back_to_itself(client, offices):
    for words in ("2569", "ขนส่ง 2569"):
        page = client.get("/agencies/", {"q": words})
        assert "พบ 0 หน่วยงาน" in page.text
        assert "เมื่อไม่ใช้ตัวกรองอื่น" not in page.text
    page = client.get("/agencies/", {"q": "ขนส่ง 2564", "province": "63"})
    assert "คำค้นนี้พบ 2 หน่วยงานเมื่อไม่ใช้ตัวกรองอื่น" in page.text


@pytest.mark.parametrize("year", ["65", "๒๕๖๗", "ปี 2567"])
def test_a_year_can_be_taken_off_however_it_was_typed(client, offices, year):
    page = client.get("/agencies/", {"year": year})
    removals = re.findall(r'<li><a href="(\?[^"]*)"><span class="hidden">เอาออก', page.text)
    assert [QueryDict(address[1:]).getlist("year") for address in removals] == [[]]


def test_a_body_that_nobody_may_see_is_no_filter(client, offices):
    secret = make.department(name_th="กรมร่างที่ยังลับ")
    for name in ("department", "ministry"):
        for told in ("", "&format=json"):
            answer = client.get(f"/agencies/?{name}={secret.code}{told}")
            assert answer.status_code == 400
            assert "กรมร่างที่ยังลับ" not in answer.text


def test_a_department_is_no_ministry(client, offices):
    department = offices["basic"].parent
    assert client.get(f"/agencies/?department={department.code}").status_code == 200
    assert client.get(f"/agencies/?ministry={department.code}").status_code == 400


def test_names_that_are_only_similar_say_so_in_every_output(client, offices):
    asked = {"q": "ขนพส่งแพร่"}
    page = client.get("/agencies/", asked)
    if not page.context["listing"].is_near:
        pytest.fail("the query is no longer one that only finds similar names")
    assert client.get("/api/v1/agencies/", asked).json()["is_near"] is True
    said = client.get("/agencies/", asked | {"format": "json"})
    assert '"is_near": true' in said.getvalue().decode()
    sheet = client.get("/agencies/", asked | {"format": "csv"})
    assert "similar" in sheet.headers["Content-Disposition"]
    feed = client.get("/agencies/", asked | {"format": "atom"})
    assert "ชื่อที่ใกล้เคียงกับ" in feed.content.decode()


def test_awards_come_in_the_order_asked_for(offices):
    def order(sort):
        rows = award_listing(QueryDict(f"sort={sort}")).stream()
        return [(award.year, award.level.code) for award in rows]

    assert [year for year, _level in order("recent")] == [2567, 2567, 2566, 2564, 2564]
    assert [level for _year, level in order("level")][:2] == ["excellent", "advanced"]
