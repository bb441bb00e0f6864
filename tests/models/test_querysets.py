"""What an award and an agency are worth on a day, and what of the register anyone may see."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from certifications.listing.results import listing
from certifications.listing.states import describe_ends, state_table
from certifications.listing.statistics import awards_in_force
from certifications.models import (
    Agency,
    AnnouncedFigure,
    Award,
    AwardEvent,
    AwardStatusChange,
    Criterion,
)
from certifications.models.search_index import current_vocabulary
from certifications.models.tree import codes_in
from certifications.reference.states import State, StatusChange
from tests import make
from tests.decided import publish, withdraw_from_view

pytestmark = pytest.mark.django_db

SUSPENDED, WITHDRAWN, REINSTATED = StatusChange.SUSPENDED, StatusChange.WITHDRAWN, "reinstated"


def day(text):
    """A day by its B.E. year: "2565-09-28"."""
    year, month, number = map(int, text.split("-"))
    return datetime.date(year - 543, month, number)


def public_awards(agency, on):
    """An agency's public awards on a day, the one that speaks first, read in both ways there are.

    One reads the awards themselves, the other the history they share with other agencies.
    """
    public = Award.objects.published().filter(agency=agency).with_state(day(on))
    awards = describe_ends(list(public.current_first()), day(on), is_complete=False)
    agency.refresh_from_db()
    if agency.history is None:
        assert awards == []
        return awards
    states = state_table(day(on)).of(agency.history.key, is_complete=False).awards
    names = ("year", "level_id", "state", "precedence", "last_year", "is_last_year", "ending")
    assert [[getattr(one, name) for name in names] for one in states] == [
        [getattr(award, name) for name in names] for award in awards
    ]
    return awards


def as_it_is(award, on):
    """The award with its state and flag on a day."""
    return next(one for one in public_awards(award.agency, on) if one == award)


def state(award, on):
    return State(Award.objects.with_state(day(on)).get(pk=award.pk).state)


def current(agency, on):
    """The award that speaks for an agency on a day, and the state it gives it."""
    award = public_awards(agency, on)[0]
    return award, State(award.state)


def change(award, what, on):
    return make.status_change(award, what, day(on))


def ceremony(year, held_on, **facts):
    return make.event(year, held_on=day(held_on) if held_on else None, **facts)


def award_of_2565(**facts):
    return make.award(year=2565, event=ceremony(2565, "2565-09-28"), **facts)


# --- an award with a year ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2559-01-01", State.NOT_YET),
        ("2565-09-27", State.NOT_YET),
        ("2565-09-28", State.IN_FORCE),
        ("2565-12-31", State.IN_FORCE),
        ("2567-12-31", State.IN_FORCE),
        ("2568-01-01", State.LAPSED),
    ],
)
def test_an_award_counts_from_its_ceremony_to_the_end_of_its_third_year(on, expected):
    assert state(award_of_2565(), on) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2565-01-01", State.NOT_YET),
        ("2565-09-29", State.NOT_YET),
        ("2565-09-30", State.IN_FORCE),
        ("2566-01-01", State.IN_FORCE),
        ("2567-12-31", State.IN_FORCE),
        ("2568-01-01", State.LAPSED),
    ],
)
@pytest.mark.parametrize("known", ["no ceremony", "a ceremony without a date"])
def test_an_award_of_unknown_ceremony_day_counts_from_30_september(known, on, expected):
    event = ceremony(2565, None) if known == "a ceremony without a date" else None
    award = make.award(year=2565, event=event)
    assert state(award, on) == expected
    assert as_it_is(award, on).counted_from is None


def test_a_ceremony_after_30_september_is_waited_for():
    award = make.award(year=2563, event=ceremony(2563, "2563-10-02"))
    assert state(award, "2563-10-01") == State.NOT_YET
    assert state(award, "2563-10-02") == State.IN_FORCE


def test_a_ceremony_held_in_the_next_year_shortens_the_beginning_not_the_end():
    award = make.award(year=2565, event=ceremony(2565, "2566-02-01"))
    assert state(award, "2565-12-31") == State.NOT_YET
    assert state(award, "2566-01-31") == State.NOT_YET
    assert state(award, "2566-02-01") == State.IN_FORCE
    assert state(award, "2567-12-31") == State.IN_FORCE
    assert state(award, "2568-01-01") == State.LAPSED


@pytest.mark.parametrize("unseen", ["a draft", "withdrawn from view"])
def test_the_day_of_a_ceremony_that_is_not_public_is_not_used(unseen):
    event = ceremony(2565, "2565-08-01", published=unseen != "a draft")
    if unseen != "a draft":
        withdraw_from_view([event], by=make.publisher(), reason="บันทึกผิด")
    award = make.award(year=2565, event=event)
    assert as_it_is(award, "2565-08-01").counted_from is None
    assert state(award, "2565-09-29") == State.NOT_YET
    assert state(award, "2565-09-30") == State.IN_FORCE
    publish([event], by=make.publisher())
    assert as_it_is(award, "2565-08-01").counted_from == day("2565-08-01")
    assert state(award, "2565-08-01") == State.IN_FORCE


@pytest.mark.parametrize(("years", "last"), [(1, 2565), (2, 2566), (5, 2569)])
def test_the_validity_of_its_ceremony_decides_how_long_an_award_counts(years, last):
    award = make.award(year=2565, event=ceremony(2565, "2565-09-28", validity_years=years))
    assert as_it_is(award, "2565-10-01").last_year == last
    assert state(award, f"{last}-12-31") == State.IN_FORCE
    assert state(award, f"{last + 1}-01-01") == State.LAPSED


# --- an award without a year ---------------------------------------------------------------------


@pytest.mark.parametrize("known_by", ["2564-01-01", "2564-08-29", "2564-12-31"])
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2564-12-31", State.YEAR_UNKNOWN),
        ("2566-12-31", State.YEAR_UNKNOWN),
        ("2567-01-01", State.LAPSED),
    ],
)
def test_an_award_of_unknown_year_surely_lapses_two_years_after_it_was_known(
    known_by, on, expected
):
    award = make.award(year=None, known_by=day(known_by))
    assert state(award, on) == expected
    assert as_it_is(award, on).base_year == 2564
    assert as_it_is(award, on).last_year == 2566


def test_an_award_of_unknown_year_is_never_in_force_nor_not_yet():
    award = make.award(year=None, known_by=day("2564-08-29"))
    seen = {
        state(award, f"{year}-{rest}") for year in range(2560, 2570) for rest in ("1-1", "10-5")
    }
    assert seen == {State.YEAR_UNKNOWN, State.LAPSED}


# --- what the committee did ----------------------------------------------------------------------


def test_a_suspended_award_counts_again_once_reinstated():
    award = award_of_2565()
    change(award, SUSPENDED, "2566-03-01")
    change(award, REINSTATED, "2566-06-01")
    assert state(award, "2566-02-28") == State.IN_FORCE
    assert state(award, "2566-03-01") == State.SUSPENDED
    assert state(award, "2566-05-31") == State.SUSPENDED
    assert state(award, "2566-06-01") == State.IN_FORCE
    assert state(award, "2568-01-01") == State.LAPSED


def test_changes_take_effect_by_their_day_whatever_the_order_they_were_recorded_in():
    award = award_of_2565()
    change(award, REINSTATED, "2566-06-01")
    change(award, SUSPENDED, "2566-03-01")
    assert state(award, "2566-05-31") == State.SUSPENDED
    assert state(award, "2566-06-01") == State.IN_FORCE


def test_of_two_changes_of_one_day_the_one_recorded_last_holds():
    award = award_of_2565()
    change(award, SUSPENDED, "2566-03-01")
    change(award, REINSTATED, "2566-03-01")
    assert state(award, "2566-03-01") == State.IN_FORCE


def test_a_withdrawn_award_is_withdrawn_from_its_day_on_and_for_good():
    award = award_of_2565()
    change(award, WITHDRAWN, "2566-03-01")
    assert state(award, "2566-02-28") == State.IN_FORCE
    assert state(award, "2566-03-01") == State.WITHDRAWN
    assert state(award, "2570-01-01") == State.WITHDRAWN  # not "lapsed"


def test_a_change_dated_in_the_future_has_no_effect_yet():
    award = award_of_2565()
    change(award, WITHDRAWN, "2567-03-01")
    assert state(award, "2567-02-28") == State.IN_FORCE
    assert current(award.agency, "2567-02-28") == (award, State.IN_FORCE)


def test_withdrawal_reaches_that_award_only():
    older = make.award(year=2564)
    newer = make.award(older.agency, year=2565)
    change(newer, WITHDRAWN, "2566-01-01")
    assert state(older, "2566-01-01") == State.IN_FORCE
    assert state(newer, "2566-01-01") == State.WITHDRAWN


PRECEDENCE = {
    "withdrawn before lapsed": (WITHDRAWN, "2568-01-01", State.WITHDRAWN),
    "withdrawn before not yet": (WITHDRAWN, "2565-09-27", State.WITHDRAWN),
    "lapsed before suspended": (SUSPENDED, "2568-01-01", State.LAPSED),
    "not yet before suspended": (SUSPENDED, "2565-09-27", State.NOT_YET),
    "suspended before in force": (SUSPENDED, "2565-09-28", State.SUSPENDED),
}


@pytest.mark.parametrize(("what", "on", "expected"), PRECEDENCE.values(), ids=PRECEDENCE.keys())
def test_the_first_state_that_applies_is_the_state(what, on, expected):
    award = award_of_2565()
    change(award, what, "2565-01-01")
    assert state(award, on) == expected


@pytest.mark.parametrize(
    ("what", "on", "expected"),
    [
        (WITHDRAWN, "2565-06-01", State.WITHDRAWN),
        (SUSPENDED, "2565-06-01", State.YEAR_UNKNOWN),
        (WITHDRAWN, "2567-01-01", State.WITHDRAWN),
        (SUSPENDED, "2567-01-01", State.LAPSED),
    ],
)
def test_of_an_award_of_unknown_year_only_a_withdrawal_is_told_first(what, on, expected):
    award = make.award(year=None, known_by=day("2564-08-29"))
    change(award, what, "2565-01-01")
    assert state(award, on) == expected


# --- the flag "last year" ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "flagged"),
    [("2566-12-31", False), ("2567-01-01", True), ("2567-12-31", True), ("2568-01-01", False)],
)
def test_the_last_year_is_the_calendar_year_an_award_ends_in(on, flagged):
    assert as_it_is(award_of_2565(), on).is_last_year is flagged


def test_an_award_that_is_not_in_force_has_no_last_year():
    suspended = award_of_2565()
    change(suspended, SUSPENDED, "2567-02-01")
    waiting = make.award(year=2566, event=ceremony(2566, "2566-08-30", validity_years=1))
    assert not as_it_is(suspended, "2567-02-01").is_last_year
    assert not as_it_is(waiting, "2566-08-29").is_last_year
    assert as_it_is(waiting, "2566-08-30").is_last_year


LONGER = {
    "in force": (True, {}, None),
    "suspended": (False, {}, SUSPENDED),
    "withdrawn": (False, {}, WITHDRAWN),
    "only a draft": (False, {"published": False}, None),
}


@pytest.mark.parametrize(("counts", "facts", "what"), LONGER.values(), ids=LONGER.keys())
def test_an_award_is_in_its_last_year_only_when_no_other_counts_longer(counts, facts, what):
    ending = make.award(year=2565)
    newer = make.award(ending.agency, year=2566, **facts)
    if what:
        change(newer, what, "2567-01-01")
    assert as_it_is(ending, "2567-06-01").is_last_year is not counts


def test_a_longer_award_of_another_agency_takes_no_flag_away():
    ending = make.award(year=2565)
    make.award(year=2566)
    assert as_it_is(ending, "2567-06-01").is_last_year


def test_an_award_of_unknown_year_takes_no_flag_away():
    ending = make.award(year=2565)
    make.award(ending.agency, year=None, known_by=day("2567-01-15"))
    assert as_it_is(ending, "2567-06-01").is_last_year


def test_an_award_that_ends_in_the_same_year_takes_no_flag_away():
    ending = make.award(year=2565)
    short = ceremony(2566, "2566-08-30", validity_years=2)
    also_ending = make.award(ending.agency, year=2566, event=short)
    assert as_it_is(ending, "2567-06-01").is_last_year
    assert as_it_is(also_ending, "2567-06-01").is_last_year


# --- the award that speaks for an agency ---------------------------------------------------------


def test_the_latest_award_in_force_speaks_for_an_agency():
    older = make.award(year=2564, level="basic")
    newer = make.award(older.agency, year=2565, level="excellent")
    assert current(older.agency, "2565-09-29") == (older, State.IN_FORCE)
    assert current(older.agency, "2565-09-30") == (newer, State.IN_FORCE)


def test_an_older_award_counts_again_when_the_newer_is_withdrawn():
    older = make.award(year=2564, level="basic")
    newer = make.award(older.agency, year=2565, level="excellent")
    change(newer, WITHDRAWN, "2566-03-01")
    assert current(older.agency, "2566-02-28") == (newer, State.IN_FORCE)
    assert current(older.agency, "2566-03-01") == (older, State.IN_FORCE)
    assert current(older.agency, "2566-12-31") == (older, State.IN_FORCE)
    assert current(older.agency, "2567-01-01") == (newer, State.WITHDRAWN)


def award_in(agency, wanted):
    """An award that on 1 June 2566 is in the state wanted, for an agency that may have others."""
    if wanted == State.YEAR_UNKNOWN:
        return make.award(agency, year=None, known_by=day("2566-01-15"))
    years = {
        State.LAPSED: 2562,
        State.WITHDRAWN: 2563,
        State.IN_FORCE: 2564,
        State.SUSPENDED: 2565,
        State.NOT_YET: 2566,
    }
    award = make.award(agency, year=years[wanted])
    if wanted in (State.SUSPENDED, State.WITHDRAWN):
        change(award, StatusChange(wanted), "2566-01-01")
    return award


BEST_FIRST = [
    State.IN_FORCE,
    State.SUSPENDED,
    State.NOT_YET,
    State.WITHDRAWN,
    State.LAPSED,
    State.YEAR_UNKNOWN,
]


@pytest.mark.parametrize("place", range(len(BEST_FIRST)))
def test_the_best_placed_award_speaks_for_an_agency(place):
    agency = make.agency()
    awards = [award_in(agency, wanted) for wanted in reversed(BEST_FIRST[place:])]
    assert current(agency, "2566-06-01") == (awards[-1], BEST_FIRST[place])


@pytest.mark.parametrize(
    ("lapsed", "withdrawn", "expected"),
    [(2560, 2561, State.WITHDRAWN), (2561, 2560, State.LAPSED)],
)
def test_of_lapsed_and_withdrawn_awards_the_latest_speaks(lapsed, withdrawn, expected):
    agency = make.agency()
    make.award(agency, year=lapsed)
    change(make.award(agency, year=withdrawn), WITHDRAWN, "2562-01-01")
    award, found = current(agency, "2566-06-01")
    assert (award.year, found) == (2561, expected)


def test_of_several_suspended_or_waiting_awards_the_latest_year_speaks():
    suspended, waiting = make.agency(), make.agency()
    for year in (2565, 2564):
        change(make.award(suspended, year=year), SUSPENDED, "2566-01-01")
    for year in (2567, 2566):
        make.award(waiting, year=year)
    assert current(suspended, "2566-06-01")[0].year == 2565
    assert current(waiting, "2566-06-01")[0].year == 2567


def test_an_award_that_is_not_public_never_speaks():
    shown = make.award(year=2564)
    make.award(shown.agency, year=2565, published=False)
    taken_off = make.award(shown.agency, year=2566)
    withdraw_from_view([taken_off], by=make.publisher(), reason="ผิดหน่วยงาน")
    assert current(shown.agency, "2566-12-31") == (shown, State.IN_FORCE)


def test_an_agency_without_a_public_award_has_no_state():
    draft = make.award(published=False)
    assert public_awards(draft.agency, "2566-01-01") == []


def test_a_renewal_leaves_the_months_before_its_ceremony_not_in_force():
    first = make.award(year=2563)
    renewal = make.award(first.agency, year=2566, event=ceremony(2566, "2566-08-30"))
    assert current(first.agency, "2565-12-31") == (first, State.IN_FORCE)
    assert state(first, "2566-01-01") == state(first, "2566-08-29") == State.LAPSED
    assert current(first.agency, "2566-01-01") == (renewal, State.NOT_YET)
    assert current(first.agency, "2566-08-29") == (renewal, State.NOT_YET)
    assert current(first.agency, "2566-08-30") == (renewal, State.IN_FORCE)


def test_in_force_holds_the_awards_in_force_and_no_others():
    agency = make.agency()
    for wanted in BEST_FIRST:
        award_in(agency, wanted)
    on = day("2566-06-01")
    in_force = Award.objects.with_state(on).filter(state=State.IN_FORCE)
    assert [award.year for award in in_force] == [2564]
    assert awards_in_force(None, on) == awards_in_force(agency, on) == 1


# --- who may be seen -----------------------------------------------------------------------------


def seen(queryset):
    return set(queryset.published())


def test_a_draft_a_public_record_and_a_tombstone_are_told_apart():
    draft, public, tombstone = make.award(published=False), make.award(), make.award()
    withdraw_from_view([tombstone], by=make.publisher(), reason="บันทึกซ้ำ")
    assert seen(Award.objects.all()) == {public}
    assert set(Award.objects.drafts()) == {draft}
    assert set(Award.objects.withdrawn_from_view()) == {tombstone}
    assert [award.is_public for award in Award.objects.order_by("pk")] == [False, True, False]


def test_publishing_brings_a_withdrawn_record_back_with_its_first_day():
    award = make.award()
    first_day = award.published_at
    withdraw_from_view([award], by=make.publisher(), reason="สงสัย")
    assert not Award.objects.published()
    assert publish([award], by=make.user()) == 1
    award = Award.objects.published().get()
    assert (award.published_at, award.published_by) == (first_day, make.publisher())
    assert (award.hidden_at, award.hidden_by, award.hidden_reason) == (None, None, "")


def test_publishing_without_a_source_is_refused_for_all():
    proven = make.award(published=False)
    unproven = make.award(published=False)
    unproven.sources.clear()
    with pytest.raises(ValidationError, match="ยังไม่มีแหล่งที่มา"):
        publish([proven, unproven], by=make.publisher())
    assert not Award.objects.published()


def test_withdrawing_from_view_needs_a_reason():
    award = make.award()
    with pytest.raises(ValidationError, match="ต้องระบุเหตุผล"):
        withdraw_from_view([award], by=make.publisher(), reason="  ")
    assert seen(Award.objects.all()) == {award}


def test_an_agency_with_a_public_award_is_seen_and_listed():
    agency = make.award().agency
    assert seen(Agency.objects.all()) == {agency}
    assert list(Agency.objects.certified()) == [agency]
    assert listing({}).page(0, 25) == [agency]


@pytest.mark.parametrize("award", ["none", "a draft", "withdrawn from view"])
def test_an_agency_without_a_public_award_is_neither_seen_nor_listed(award):
    agency = make.agency(parent=make.ministry())
    if award == "a draft":
        make.award(agency, published=False)
    if award == "withdrawn from view":
        withdraw_from_view([make.award(agency)], by=make.publisher(), reason="ผิดหน่วยงาน")
    assert not seen(Agency.objects.all())
    assert not Agency.objects.certified()
    assert not listing({}).count


def test_an_agency_certified_once_and_lapsed_is_still_listed():
    agency = make.award(year=2559).agency
    assert listing({"on": "2570-01-01"}).page(0, 25) == [agency]


def test_every_body_above_a_certified_one_is_seen_but_not_listed():
    ministry = make.ministry()
    department = make.department(parent=ministry)
    office = make.agency(parent=department)
    make.agency(parent=department)
    make.award(office)
    assert seen(Agency.objects.all()) == {ministry, department, office}
    assert listing({}).page(0, 25) == [office]


def test_a_body_whose_code_resembles_another_is_not_taken_for_its_ancestor():
    make.award(make.agency(code="abcdef", parent=make.agency(code="234567")))
    make.agency(code="bcdef2")
    assert {agency.code for agency in seen(Agency.objects.all())} == {"abcdef", "234567"}


def test_a_body_named_in_a_public_figure_is_seen_but_not_listed():
    named, unproven = make.department(), make.department()
    make.event(2565)
    make.event(2564, published=False)
    make.figure(7, year=2565, agency=named)
    make.figure(7, year=2564, agency=unproven)
    assert seen(Agency.objects.all()) == {named}
    assert not listing({}).count


def test_a_merged_record_is_seen_when_what_it_leads_to_has_public_awards():
    kept, empty = make.award().agency, make.agency()
    merged = make.agency(merged_into=kept)
    make.agency(merged_into=empty)
    assert seen(Agency.objects.all()) == {kept, merged}
    assert listing({}).page(0, 25) == [kept]


@pytest.mark.parametrize(
    ("years", "public"), [((2565, 2565), True), ((2563, 2565), True), ((2565, 2566), False)]
)
def test_a_figure_is_seen_through_a_public_ceremony_of_its_last_year(years, public):
    make.event(2565)
    make.event(2566, published=False)
    figure = make.figure(9, first_year=years[0], last_year=years[1])
    assert seen(AnnouncedFigure.objects.all()) == ({figure} if public else set())


@pytest.mark.parametrize(
    ("years", "public"),
    [
        ((2565, 2565), True),
        ((2564, 2566), True),
        ((2563, 2564), False),
        ((2566, 2567), False),
    ],
)
def test_a_criterion_is_seen_through_a_public_ceremony_of_its_years(years, public):
    make.event(2565)
    make.event(2566, published=False)
    criterion = Criterion.objects.create(
        first_year=years[0], last_year=years[1], order=1, title_th="ด้านสมมติ"
    )
    assert seen(Criterion.objects.all()) == ({criterion} if public else set())


def test_criteria_and_figures_go_when_their_ceremony_is_withdrawn_from_view():
    event = make.event(2565)
    make.figure(9)
    Criterion.objects.create(first_year=2565, last_year=2565, order=1, title_th="ด้านสมมติ")
    withdraw_from_view([event], by=make.publisher(), reason="ผิดปี")
    assert not seen(AnnouncedFigure.objects.all())
    assert not seen(Criterion.objects.all())


def test_a_second_ceremony_of_a_year_makes_nothing_show_twice():
    make.event(2565)
    make.event(2565, code="2565-2")
    make.figure(9, agency=make.department())
    assert AnnouncedFigure.objects.published().count() == 1
    assert Agency.objects.published().count() == 1


@pytest.mark.parametrize(("year", "named"), [(2562, 0), (2563, 1), (2565, 1), (2566, 0)])
def test_a_criterion_holds_in_its_first_and_last_year(year, named):
    Criterion.objects.create(first_year=2563, last_year=2565, order=1, title_th="ด้านสมมติ")
    assert Criterion.objects.in_year(year).count() == named


def test_figures_of_the_whole_country_name_no_body():
    nationwide = make.figure(9)
    make.figure(9, agency=make.department())
    assert list(AnnouncedFigure.objects.nationwide()) == [nationwide]


def test_a_ceremony_counts_its_public_awards_only():
    event = make.event(2565)
    for facts in ({}, {}, {"published": False}):
        make.award(event=event, **facts)
    withdraw_from_view([Award.objects.published().first()], by=make.publisher(), reason="ซ้ำ")
    assert AwardEvent.objects.with_recorded().get().recorded == 1


# --- names and paths -----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["เมืองเเพร่", "แพร่", "PHRAE", "ทม.แพร่", " แพร่\u200b "])
def test_an_agency_is_found_by_any_of_its_names_in_any_spelling(typed):
    agency = make.agency(name_th="เทศบาลเมืองแพร่", name_en="Phrae Town Municipality")
    agency.names.create(kind="short", name="ทม.แพร่")
    make.agency(name_th="เทศบาลเมืองน่าน")
    assert list(Agency.objects.search(typed, current_vocabulary()).agencies) == [agency]


def test_an_agency_with_two_names_that_match_is_found_once():
    agency = make.agency(name_th="สำนักงานแพร่")
    agency.names.create(kind="short", name="สนง.แพร่")
    agency.names.create(kind="former", name="ที่ทำการแพร่")
    assert Agency.objects.search("แพร่", current_vocabulary()).agencies.count() == 1


def test_the_codes_of_paths_are_named_once_each():
    assert codes_in(["c5tnbc/cjsfp6/", "c5tnbc/7jaxrw/", ""]) == {"c5tnbc", "cjsfp6", "7jaxrw"}


# --- kept in step --------------------------------------------------------------------------------


def test_reindex_puts_right_what_was_written_past_the_models():
    agency = make.award().agency
    QuerySet(Agency).update(history=None)
    with pytest.raises(CommandError, match="1 หน่วยงาน"):
        call_command("reindex", check=True, verbosity=0)
    call_command("reindex", verbosity=0)
    assert list(Agency.objects.certified()) == [agency]
    call_command("reindex", check=True, verbosity=0)


def test_bulk_writes_of_awards_and_status_changes_keep_histories_in_step():
    award = make.award(year=2565)
    other = make.agency()
    drafts = Award.objects.filter(pk=make.award(other, published=False).pk)
    facts = {"published_at": award.published_at, "published_by": award.published_by}
    drafts.update(**facts)
    assert set(Agency.objects.certified()) == {award.agency, other}
    drafts.update(agency=make.agency(name_th="สำนักงานที่ย้ายไป"))
    assert other not in Agency.objects.certified()
    Award.objects.bulk_create([Award(agency=other, year=2566, **facts)])
    assert other in Agency.objects.certified()
    suspension = AwardStatusChange(
        award=award,
        change=SUSPENDED,
        changed_on=day("2566-01-01"),
        reason="เหตุสมมติ",
        source=make.source(),
        recorded_by=make.publisher(),
    )
    AwardStatusChange.objects.bulk_create([suspension])
    assert current(award.agency, "2566-01-01") == (award, State.SUSPENDED)
    call_command("reindex", check=True, verbosity=0)
