"""What is said once an award is past its last day: ended, expired, or renewal not known."""

import csv
import datetime
import io
from itertools import product

import pytest

from certifications.actions.publish import refuse_unready
from certifications.listing.completeness import rounds_that_count
from certifications.listing.form import STATES
from certifications.models import Award, RoundDeclaration
from certifications.reference.states import Ending, State, StatusChange
from tests import make

pytestmark = pytest.mark.django_db

LAST_DAY, FIRST_DAY = "2026-12-31", "2027-01-01"  # of the years around the end of round 2567
EXPIRED, UNKNOWN, ENDED = "หมดอายุแล้ว", "ยังไม่ทราบผลต่ออายุ", "ครบอายุแล้ว"


def declare(*years: int, agency=None) -> None:
    for year in years:
        make.declaration(year, agency=agency)


@pytest.fixture
def ceremonies():
    return {
        year: make.event(year, held_on=datetime.date(year - 543, 8, 30)) for year in (2567, 2568)
    }


@pytest.fixture
def offices(ceremonies):
    """Of one department: renewed in 2568, not renewed, suspended, revoked; and one of another."""
    department, other = make.department(), make.department()
    made = {
        name: make.agency(name_th=f"สำนักงานสมมติ {name}", parent=department, province="54")
        for name in ("renewed", "unrenewed", "suspended", "revoked")
    }
    made["elsewhere"] = make.agency(name_th="สำนักงานสมมติ elsewhere", parent=other, province="55")
    for office in made.values():
        make.award(office, 2567, level="basic", event=ceremonies[2567])
    make.award(made["renewed"], 2568, level="basic", event=ceremonies[2568])
    for name, change in (
        ("suspended", StatusChange.SUSPENDED),
        ("revoked", StatusChange.WITHDRAWN),
    ):
        make.status_change(made[name].awards.get(), change, datetime.date(2025, 3, 1))
    return made | {"department": department}


def told(client, office, on: str) -> tuple[str, bool | None, str]:
    """State and `renewal_known` as the API has them, and the first state word of the page."""
    record = client.get(f"/api/v1/agencies/{office.code}/?on={on}").json()
    page = client.get(f"{office.get_absolute_url()}?on={on}").text
    word = page.split('<span class="state state-', 1)[1].split(">", 1)[1].split("<", 1)[0]
    return record["state"], record["renewal_known"], word


# --- the rounds that count -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "years"),
    [
        ("2026-03-01", [2567, 2568]),  # the round of 2569 has not begun
        ("2026-09-30", [2567, 2568, 2569]),
        ("2026-12-31", [2567, 2568, 2569]),
        ("2027-01-01", [2568, 2569]),
        ("2027-10-01", [2568, 2569, 2570]),
    ],
)
def test_a_round_counts_for_three_years_from_its_usual_day(ceremonies, on, years):
    assert [one.year for one in rounds_that_count(datetime.date.fromisoformat(on))] == years


def test_a_round_counts_from_its_ceremony_for_as_long_as_it_is_valid():
    make.event(2569, held_on=datetime.date(2026, 8, 20), validity_years=5)
    make.event(2570, held_on=datetime.date(2026, 8, 1), published=False)
    before, after = datetime.date(2026, 8, 19), datetime.date(2026, 8, 20)
    assert 2569 not in [one.year for one in rounds_that_count(before)]
    assert 2569 in [one.year for one in rounds_that_count(after)]
    (only,) = (one for one in rounds_that_count(datetime.date(2030, 1, 1)) if one.year == 2569)
    assert only.last_year == 2573


def test_the_rounds_that_count_are_those_whose_awards_may_be_in_force(ceremonies):
    make.event(2565, held_on=None)
    make.event(2564, validity_years=4, held_on=datetime.date(2021, 9, 30))
    make.event(2566, held_on=datetime.date(2024, 1, 15))
    for year in range(2559, 2572):
        for event in (*make.models.AwardEvent.objects.filter(year=year), None):
            make.award(year=year, event=event)
    for year, (month, day) in product(range(2016, 2031), [(1, 1), (8, 30), (9, 30), (12, 31)]):
        on = datetime.date(year, month, day)
        in_force = Award.objects.with_state(on).filter(state=State.IN_FORCE)
        known = {one.year for one in rounds_that_count(on)} & set(range(2559, 2572))
        assert known == set(in_force.values_list("year", flat=True)), on


# --- words and renewal_known around 1 January ----------------------------------------------------

VALID = ("in_force", None, "ยังมีผลถึง 31 ธ.ค. 2569 (ปีสุดท้าย)")
RENEWED = ("in_force", None, "ยังมีผลถึง 31 ธ.ค. 2570 (ปีสุดท้าย)")
SUSPENDED = ("suspended", None, "พักการรับรองชั่วคราว")
REVOKED = ("withdrawn", None, "เพิกถอนการรับรองแล้ว")
UNCERTAIN = ("lapsed", False, UNKNOWN)
CERTAIN = ("lapsed", True, EXPIRED)


def test_on_the_last_day_everything_is_as_it_was(client, offices):
    declare(2567, 2568, 2569)
    assert told(client, offices["renewed"], LAST_DAY)[:2] == ("in_force", None)
    assert told(client, offices["unrenewed"], LAST_DAY) == VALID
    assert told(client, offices["suspended"], LAST_DAY) == SUSPENDED
    assert told(client, offices["revoked"], LAST_DAY) == REVOKED


@pytest.mark.parametrize(
    ("declared", "of_department", "elsewhere"),
    [
        ("nothing", UNCERTAIN, UNCERTAIN),
        ("one round", UNCERTAIN, UNCERTAIN),
        ("the department", CERTAIN, UNCERTAIN),
        ("nationwide", CERTAIN, CERTAIN),
        ("either", CERTAIN, UNCERTAIN),
        ("a draft", UNCERTAIN, UNCERTAIN),
    ],
)
def test_from_new_year_an_end_is_certain_where_all_rounds_are_declared(
    client, offices, declared, of_department, elsewhere
):
    department = offices["department"]
    if declared == "one round":
        declare(2568)
    if declared == "the department":
        declare(2568, 2569, agency=department)
    if declared == "nationwide":
        declare(2568, 2569)
    if declared == "either":  # one round nationwide, the other for the department
        declare(2568)
        declare(2569, agency=department)
    if declared == "a draft":
        declare(2568)
        make.declaration(2569, published=False)
    assert told(client, offices["unrenewed"], FIRST_DAY) == of_department
    assert told(client, offices["suspended"], FIRST_DAY) == of_department
    assert told(client, offices["elsewhere"], FIRST_DAY) == elsewhere
    assert told(client, offices["revoked"], FIRST_DAY) == REVOKED
    assert told(client, offices["renewed"], FIRST_DAY)[:2] == ("in_force", None)


def test_a_ministry_declared_complete_covers_its_departments(client, ceremonies):
    ministry = make.ministry()
    office = make.agency(parent=make.department(parent=ministry))
    make.award(office, 2567, event=ceremonies[2567])
    declare(2568, agency=ministry)
    declare(2569, agency=office.parent)
    assert told(client, office, FIRST_DAY) == CERTAIN


def test_an_award_that_was_followed_by_another_only_ended(client, offices):
    record = client.get(f"/api/v1/agencies/{offices['renewed'].code}/?on=2028-01-01").json()
    latest, earlier = record["awards"]
    assert (latest["renewal_known"], latest["state_th"]) == (False, UNKNOWN)
    assert (earlier["renewal_known"], earlier["state_th"]) == (True, ENDED)


def test_an_uncertain_end_names_the_rounds_that_are_missing(client, offices):
    page = client.get(offices["unrenewed"].get_absolute_url() + "?on=2027-10-01").text
    assert "มีอายุถึงวันที่ 31 ธันวาคม 2569" in page
    assert "ทะเบียนนี้ยังไม่มีรายชื่อรอบปี 2568–2570 ครบ" in page
    assert "จึงยังยืนยันไม่ได้ว่าต่ออายุแล้วหรือไม่ โปรดสอบถามหน่วยงาน" in page
    assert page.count("นับตามหลัก 3 ปีปฏิทิน ประกาศไม่ได้ระบุวัน") == 1
    declare(2569)
    page = client.get(offices["unrenewed"].get_absolute_url() + "?on=2027-10-01").text
    assert "ยังไม่มีรายชื่อรอบปี 2568 และ 2570 ครบ" in page
    english = client.get("/en" + offices["unrenewed"].get_absolute_url() + "?on=2027-10-01").text
    assert "Renewal not known" in english and "2025 and 2027" in english


# --- counts, lists and files ---------------------------------------------------------------------


def listed(client, question: str, name: str = "agencies") -> list[dict]:
    answer = client.get(f"/{name}/?format=csv&on={FIRST_DAY}&{question}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("words", ["", "q=สำนักงานสมมติ&", "q=สำนักงาน 2567&"])
@pytest.mark.parametrize("declared", ["nothing", "department", "nationwide"])
def test_each_state_lists_as_many_as_it_counts(client, offices, declared, words):
    if declared != "nothing":
        declare(2568, 2569, agency=offices["department"] if declared == "department" else None)
    unknown, expired = {"nothing": (3, 0), "department": (1, 2), "nationwide": (0, 3)}[declared]
    asked = f"{words}on={FIRST_DAY}"
    facet = client.get(f"/agencies/?{asked}").context["listing"].facets["state"]
    counts = {option.value: option.count for option in facet.options}
    for state, number in ((Ending.UNKNOWN, unknown), (Ending.EXPIRED, expired)):
        assert counts.get(state, 0) == number
        rows = listed(client, f"{words}state={state}")
        assert len(rows) == number
        assert len(listed(client, f"{words}state={state}", "awards")) == number
        page = client.get(f"/agencies/?{asked}&state={state}")
        assert page.context["page"].paginator.count == number
        assert {row["renewal_known"] for row in rows} <= {"true" if state == "expired" else "false"}
        for sort in ("recent", "level"):
            assert len(listed(client, f"{words}state={state}&sort={sort}")) == number
    assert len(listed(client, f"{words}state=lapsed")) == 3  # either


def test_a_body_at_the_top_of_the_tree_is_counted_where_others_are_declared(client, offices):
    lonely = make.agency(name_th="สำนักงานสมมติเดี่ยว", parent=None)
    make.award(lonely, 2567, event=offices["unrenewed"].awards.get().event)
    declare(2568, 2569, agency=offices["department"])
    rows = listed(client, "state=renewal_unknown")
    assert {row["code"] for row in rows} == {lonely.code, offices["elsewhere"].code}
    declare(2568, 2569, agency=lonely)
    assert {row["code"] for row in listed(client, "state=renewal_unknown")} == {
        offices["elsewhere"].code
    }


@pytest.mark.parametrize("declared", [False, True])
def test_a_province_counts_expired_and_unknown_apart(client, offices, declared):
    if declared:
        declare(2568, 2569, agency=offices["department"])
    for address in ("/provinces/phrae/", "/provinces/"):
        page = client.get(f"{address}?on={FIRST_DAY}")
        if "coverage" in page.context:
            row = page.context["coverage"]
        else:
            rows = [row for _region, rows in page.context["regions"] for row in rows]
            row = next(row for row in rows if row.province.code == "54")
        assert (row.states["lapsed"], row.renewal_unknown, row.expired) == (
            (2, 0, 2) if declared else (2, 2, 0)
        )


def test_an_api_list_and_a_feed_say_the_same(client, offices):
    rows = client.get(f"/api/v1/agencies/?on={FIRST_DAY}&state=renewal_unknown").json()["results"]
    assert {(row["state"], row["renewal_known"], row["state_th"]) for row in rows} == {UNCERTAIN}
    feed = client.get(f"/agencies/?format=atom&on={FIRST_DAY}").text
    assert feed.count(UNKNOWN) == 3 and EXPIRED not in feed
    declare(2568, 2569)
    feed = client.get(f"/agencies/?format=atom&on={FIRST_DAY}").text
    assert feed.count(EXPIRED) == 3 and UNKNOWN not in feed


def test_no_colour_makes_a_lapsed_award_look_alive(client, offices):
    for address in (
        offices["unrenewed"].get_absolute_url() + f"?on={FIRST_DAY}",
        f"/agencies/?on={FIRST_DAY}&state=lapsed",
    ):
        page = client.get(address).text
        assert "level-basic level-over" in page
        assert 'level-basic"' not in page and "state-in_force" not in page


def test_a_state_that_there_is_not_is_refused_everywhere(client, offices):
    assert client.get("/agencies/?state=expiredd").status_code == 400
    assert client.get("/api/v1/agencies/?state=renewed").status_code == 400
    assert Ending.RENEWED not in dict(STATES)


# --- declaring -----------------------------------------------------------------------------------


def test_a_declaration_counts_when_a_second_person_accepts_it(client, offices):
    recorder, approver = make.user(group="ผู้บันทึก"), make.user(group="ผู้อนุมัติ")
    sources = [make.source().pk]
    client.force_login(recorder)
    form = {"year": "2568", "agency": "", "note": "เทียบกับบัญชีทางการแล้ว", "sources": sources}
    desk = "/admin/certifications/rounddeclaration/"
    for year in ("2568", "2569"):
        assert client.post(f"{desk}add/", form | {"year": year}).status_code == 302
    chosen = list(RoundDeclaration.objects.values_list("pk", flat=True))
    proposed = {"action": "propose_publication", "_selected_action": chosen, "_confirmed": "1"}
    client.post(desk, proposed)
    assert told(client, offices["unrenewed"], FIRST_DAY) == UNCERTAIN
    client.force_login(approver)
    proposal = make.models.Proposal.objects.get()
    shown = client.get(f"/admin/certifications/proposal/{proposal.pk}/change/")
    page, digest = shown.text, shown.context["digest"]
    assert "รายชื่อรอบปี 2568 ครบ: ทั่วประเทศ" in page and "เทียบกับบัญชีทางการแล้ว" in page
    client.post(f"/admin/certifications/proposal/{proposal.pk}/accept/", {"digest": digest})
    assert told(client, offices["unrenewed"], FIRST_DAY) == CERTAIN
    changed = form | {"note": "ไม่ได้เทียบ", "_why": "แก้"}
    client.post(f"{desk}{chosen[0]}/change/", changed)
    assert RoundDeclaration.objects.get(pk=chosen[0]).note == form["note"]  # only proposed


def test_a_declaration_without_evidence_is_not_published(client):
    recorder = make.user(group="ผู้บันทึก")
    draft = make.declaration(2568, published=False)
    draft.sources.clear()
    client.force_login(recorder)
    answer = client.post(
        "/admin/certifications/rounddeclaration/",
        {"action": "propose_publication", "_selected_action": [draft.pk], "_confirmed": "1"},
        follow=True,
    )
    assert "ยังไม่มีแหล่งที่มา จึงเผยแพร่ไม่ได้" in answer.text
    assert not make.models.Proposal.objects.exists()


def test_a_list_is_not_declared_complete_while_an_award_of_it_waits(client, offices):
    make.award(make.agency(parent=offices["department"]), 2568, published=False)
    make.award(make.agency(), 2569, published=False)
    recorder = make.user(group="ผู้บันทึก")
    client.force_login(recorder)
    for facts, number in (({"agency": offices["department"]}, 1), ({}, 1)):
        draft = make.declaration(2568, published=False, **facts)
        answer = client.post(
            "/admin/certifications/rounddeclaration/",
            {"action": "propose_publication", "_selected_action": [draft.pk], "_confirmed": "1"},
            follow=True,
        )
        assert f"ผลการรับรองของรอบนี้ที่ยังไม่เผยแพร่ {number} รายการ" in answer.text
    elsewhere = make.declaration(2568, agency=make.department(), published=False)
    refuse_unready([elsewhere])


def test_a_ceremony_says_for_whom_its_list_is_complete(client, offices):
    declare(2568, agency=offices["department"])
    make.declaration(2568, agency=make.department(name_th="กรมที่ยังไม่เผยแพร่"))
    page = client.get("/events/2568/").text
    assert "ยืนยันว่ารายชื่อครบ" in page and offices["department"].name_th in page
    assert "กรมที่ยังไม่เผยแพร่" not in page
