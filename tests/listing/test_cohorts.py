"""The announced totals, counted through the list page over invented offices of every round."""

import datetime
import re

from django.test import TestCase

from certifications.listing import statistics
from certifications.models import Agency, AnnouncedFigure, Award
from certifications.models.agencies import new_code
from certifications.reference import thai
from certifications.reference.states import State, StatusChange, label_of
from tests import make

# Year → offices announced, and the day of the ceremony where one is known (domain.md).
COHORTS = {
    2561: (385, datetime.date(2018, 9, 27)),
    2562: (340, None),
    2563: (455, datetime.date(2020, 10, 2)),
    2564: (888, datetime.date(2021, 9, 30)),
    2565: (666, datetime.date(2022, 9, 28)),
    2566: (605, datetime.date(2023, 8, 30)),
    2567: (617, datetime.date(2024, 9, 25)),
    2568: (828, datetime.date(2025, 8, 29)),
}
EVERYONE = 4784
PHRAE = "54"  # the offices of a single test stand here, those of the rounds in no province


def announced(first_year, last_year):
    return sum(COHORTS[year][0] for year in range(first_year, last_year + 1))


def hold_ceremonies():
    return {
        year: make.event(year, held_on=held_on)
        for year, (_, held_on) in COHORTS.items()
        if held_on is not None
    }


class CountedByThePage(TestCase):
    """A reader who asks the list page on a day and reads the number."""

    def ask(self, on, **asked):
        self.response = self.client.get("/agencies/", {"on": on} | asked)
        self.assertEqual(self.response.status_code, 200)
        return self.response

    def count(self, on, **asked):
        """The number the page counted, after seeing that it is the number it shows."""
        number = self.ask(on, **asked).context["page"].paginator.count
        shown = re.search(r'id="results">\s*พบ ([\d,]+) หน่วยงาน', self.response.text)
        self.assertEqual(shown[1], f"{number:,}")
        return number

    def states(self, on, **asked):
        """State → how many, of the states that any office is in."""
        counts = {state.value: self.count(on, state=state, **asked) for state in State}
        return {state: number for state, number in counts.items() if number}

    def row(self, on, **asked):
        """The one row of Phrae: the year of the award it shows, its level, its state in words."""
        rows = self.ask(on, province=PHRAE, **asked).context["agencies"]
        if not rows:
            return None
        self.assertEqual(len(rows), 1)
        award = rows[0].shown_award
        self.assertInHTML(
            f'<span class="state state-{award.state}">{self.words(award)}</span>',
            self.response.text,
        )
        return award.year, award.level and award.level.code, award.state

    @staticmethod
    def words(award):
        if award.state != State.IN_FORCE:
            return label_of(award.state, award.ending)
        flag = " (ปีสุดท้าย)" if award.is_last_year else ""
        return f"ยังมีผลถึง 31 ธ.ค. {award.last_year}{flag}"


class OneOffice(CountedByThePage):
    """What the page says of one office on the days around each thing that befalls it."""

    @classmethod
    def setUpTestData(cls):
        cls.events = hold_ceremonies()
        cls.office = make.agency(province=PHRAE)

    def certify(self, year, level=None):
        return make.award(self.office, year, level=level, event=self.events[year])

    def assert_days(self, days):
        """On each day the row as given, and the office counted in that state."""
        for on, row in days.items():
            with self.subTest(on):
                self.assertEqual(self.row(on), row)
                self.assertEqual(self.count(on, state=row[2].value), 1)
                self.assertEqual(self.count(on, state="in_force"), row[2] == State.IN_FORCE)

    def test_an_upgrade_is_shown_from_its_ceremony_at_the_new_level(self):
        self.certify(2564, "basic")
        self.certify(2565, "excellent")
        self.assert_days(
            {
                "29 กันยายน 2564": (2565, "excellent", State.NOT_YET),
                "30 กันยายน 2564": (2564, "basic", State.IN_FORCE),
                "27 กันยายน 2565": (2564, "basic", State.IN_FORCE),
                "28 กันยายน 2565": (2565, "excellent", State.IN_FORCE),
                "31 ธันวาคม 2567": (2565, "excellent", State.IN_FORCE),
                "1 มกราคม 2568": (2565, "excellent", State.LAPSED),
            }
        )

    def test_an_upgraded_office_is_not_listed_in_force_at_its_old_level(self):
        self.certify(2564, "basic")
        self.certify(2565, "excellent")
        asked = {"state": "in_force", "level": "basic"}
        self.assertEqual(self.row("2022-09-27", **asked), (2564, "basic", State.IN_FORCE))
        self.assertIsNone(self.row("2022-09-28", **asked))
        self.assertIsNone(self.row("2022-09-28", year="2564", level="excellent"))
        self.assertEqual(self.row("2022-09-28", level="basic"), (2564, "basic", State.IN_FORCE))

    def test_a_renewal_after_a_gap_leaves_the_gap_lapsed_until_it_is_known(self):
        self.certify(2561, "basic")
        self.assert_days(
            {
                "31 ธันวาคม 2563": (2561, "basic", State.IN_FORCE),
                "1 มกราคม 2564": (2561, "basic", State.LAPSED),
                "27 กันยายน 2565": (2561, "basic", State.LAPSED),
            }
        )
        self.certify(2565, "advanced")
        self.assert_days(
            {
                "31 ธันวาคม 2563": (2561, "basic", State.IN_FORCE),
                "28 กันยายน 2565": (2565, "advanced", State.IN_FORCE),
                "1 มกราคม 2568": (2565, "advanced", State.LAPSED),
            }
        )
        self.assertEqual(self.count("1 มกราคม 2564", state="in_force"), 0)
        self.assertEqual(self.count("27 กันยายน 2565", state="in_force"), 0)

    def test_a_renewal_in_continuity_is_not_in_force_from_new_year_to_its_ceremony(self):
        first = self.certify(2563, "basic")
        self.assert_days(
            {
                "31 ธันวาคม 2565": (2563, "basic", State.IN_FORCE),
                "1 มกราคม 2566": (2563, "basic", State.LAPSED),
                "29 สิงหาคม 2566": (2563, "basic", State.LAPSED),
            }
        )
        self.certify(2566, "basic")
        self.assert_days(
            {
                "31 ธันวาคม 2565": (2563, "basic", State.IN_FORCE),
                "30 สิงหาคม 2566": (2566, "basic", State.IN_FORCE),
                "31 ธันวาคม 2568": (2566, "basic", State.IN_FORCE),
                "1 มกราคม 2569": (2566, "basic", State.LAPSED),
            }
        )
        for on in ("1 มกราคม 2566", "29 สิงหาคม 2566"):
            with self.subTest(on):
                self.assertEqual(self.count(on, state="in_force"), 0)
                self.assertEqual(self.row(on, year="2563"), (2563, "basic", State.LAPSED))
                self.assertEqual(self.response.context["agencies"][0].shown_award.pk, first.pk)

    def test_a_suspension_and_a_reinstatement_take_effect_on_their_days(self):
        award = self.certify(2565, "basic")
        make.status_change(award, StatusChange.SUSPENDED, datetime.date(2023, 3, 1))
        make.status_change(award, StatusChange.REINSTATED, datetime.date(2023, 6, 1))
        self.assert_days(
            {
                "28 กุมภาพันธ์ 2566": (2565, "basic", State.IN_FORCE),
                "1 มีนาคม 2566": (2565, "basic", State.SUSPENDED),
                "31 พฤษภาคม 2566": (2565, "basic", State.SUSPENDED),
                "1 มิถุนายน 2566": (2565, "basic", State.IN_FORCE),
                "1 มกราคม 2568": (2565, "basic", State.LAPSED),
            }
        )

    def test_a_withdrawal_takes_effect_on_its_day_and_outlasts_the_award(self):
        award = self.certify(2565, "basic")
        make.status_change(award, StatusChange.WITHDRAWN, datetime.date(2023, 3, 1))
        self.assert_days(
            {
                "28 กุมภาพันธ์ 2566": (2565, "basic", State.IN_FORCE),
                "1 มีนาคม 2566": (2565, "basic", State.WITHDRAWN),
                "1 มกราคม 2568": (2565, "basic", State.WITHDRAWN),
            }
        )

    def test_the_older_award_counts_again_when_the_upgrade_is_withdrawn(self):
        self.certify(2564, "basic")
        upgrade = self.certify(2565, "excellent")
        make.status_change(upgrade, StatusChange.WITHDRAWN, datetime.date(2023, 3, 1))
        self.assert_days(
            {
                "28 กุมภาพันธ์ 2566": (2565, "excellent", State.IN_FORCE),
                "1 มีนาคม 2566": (2564, "basic", State.IN_FORCE),
                "31 ธันวาคม 2566": (2564, "basic", State.IN_FORCE),
                "1 มกราคม 2567": (2565, "excellent", State.WITHDRAWN),
            }
        )

    def test_an_award_of_unknown_year_is_year_unknown_until_it_has_surely_lapsed(self):
        make.award(self.office, None, known_by=datetime.date(2022, 9, 29))
        self.assert_days(
            {
                "31 ธันวาคม 2567": (None, None, State.YEAR_UNKNOWN),
                "1 มกราคม 2568": (None, None, State.LAPSED),
            }
        )


class TheRounds(CountedByThePage):
    @classmethod
    def setUpTestData(cls):
        cls.events = hold_ceremonies()
        by = make.publisher()
        codes = iter(cls.different_codes())
        awards = []
        for year, (size, _) in COHORTS.items():
            agencies = Agency.objects.bulk_create(cls.invented(next(codes)) for _ in range(size))
            facts = {"year": year, "event": cls.events.get(year), "level": make.level("basic")}
            facts |= {"published_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}
            awards += [Award(agency=agency, published_by=by, **facts) for agency in agencies]
        Award.objects.bulk_create(awards)

    @staticmethod
    def different_codes():
        """One for each office: of so many drawn at once, two are alike every sixtieth time."""
        codes = set()
        while len(codes) < EVERYONE:
            codes.add(new_code())
        return codes

    @staticmethod
    def invented(code):
        name = f"สำนักงานสมมติ {code}"
        return Agency(code=code, path=f"{code}/", name_th=name, sort_key=thai.sort_key(name))

    def assert_states(self, on, in_force, lapsed, not_yet):
        expected = {"in_force": in_force, "lapsed": lapsed, "not_yet_in_force": not_yet}
        self.assertEqual(self.states(on), {name: many for name, many in expected.items() if many})
        self.assertEqual(in_force + lapsed + not_yet, EVERYONE)
        self.assertEqual(self.count(on), EVERYONE)
        self.assertEqual(statistics.agencies_in_force(self.response.context["on"]), in_force)

    def test_1343_are_in_force_before_the_ceremony_of_2565(self):
        for on in ("2022-05-02", "3 พฤษภาคม 2565", "27 กันยายน 2565"):
            with self.subTest(on):
                self.assert_states(on, 1343, announced(2561, 2562), announced(2565, 2568))

    def test_the_ceremony_of_2565_adds_its_666_the_same_day(self):
        self.assert_states("28 กันยายน 2565", 2009, announced(2561, 2562), announced(2566, 2568))

    def test_2009_are_in_force_on_the_last_day_of_2565(self):
        self.assert_states("2022-12-31", 2009, announced(2561, 2562), announced(2566, 2568))

    def test_the_455_of_2563_lapse_with_the_new_year_2566(self):
        self.assert_states("2023-01-01", 1554, announced(2561, 2563), announced(2566, 2568))

    def test_1888_are_in_force_on_25_november_2567_and_to_the_end_of_that_year(self):
        for on in ("2024-11-25", "31/12/2567"):
            with self.subTest(on):
                self.assert_states(on, 1888, announced(2561, 2564), announced(2568, 2568))

    def test_1222_are_left_with_the_new_year_2568(self):
        self.assert_states("1 ม.ค. 2568", 1222, announced(2561, 2565), announced(2568, 2568))

    def test_the_340_of_2562_are_taken_to_begin_on_30_september(self):
        self.assert_states("29 กันยายน 2562", 385, 0, announced(2562, 2568))
        self.assert_states("30 กันยายน 2562", 725, 0, announced(2563, 2568))

    def test_before_the_first_and_after_the_last_day_nobody_is_in_force(self):
        self.assert_states("26 กันยายน 2561", 0, 0, EVERYONE)
        self.assert_states("31 ธันวาคม 2570", 828, announced(2561, 2567), 0)
        self.assert_states("1 มกราคม 2571", 0, EVERYONE, 0)

    def test_those_in_their_last_year_are_one_round(self):
        for on, year in {"2022-05-02": 2563, "2024-11-25": 2565, "2025-01-01": 2566}.items():
            with self.subTest(on):
                self.assertEqual(self.count(on, state="last_year"), COHORTS[year][0])

    def test_a_year_and_a_state_are_asked_of_one_award(self):
        self.assertEqual(self.count("2024-11-25", state="in_force", year="2566"), 605)
        self.assertEqual(self.count("2024-11-25", state="lapsed", year="2566"), 0)

    def test_the_announced_figures_meet_the_same_number_of_awards(self):
        for as_of, number in {"2022-05-03": 1343, "2024-11-25": 1888}.items():
            day = datetime.date.fromisoformat(as_of)
            make.figure(number, year=day.year + 543, measure="in_force", as_of=day)
        for row in statistics.compare(AnnouncedFigure.objects.all(), agency=None):
            with self.subTest(row.figure):
                self.assertEqual((row.recorded, row.difference), (row.figure.count, 0))

    def test_an_upgraded_office_is_one_agency_and_two_awards(self):
        office = make.agency()
        make.award(office, 2564, level="basic", event=self.events[2564])
        make.award(office, 2565, level="excellent", event=self.events[2565])
        day = datetime.date(2022, 12, 31)
        make.figure(2009, measure="in_force", as_of=day)
        self.assertEqual(self.count("2022-12-31", state="in_force"), 2009 + 1)
        self.assertEqual(self.count("2022-12-31", state="in_force", level="excellent"), 1)
        self.assertEqual(self.count("2022-12-31", state="in_force", level="basic"), 2009)
        self.assertEqual(self.count("2022-12-31"), EVERYONE + 1)
        self.assertEqual(statistics.agencies_in_force(day), 2009 + 1)
        (row,) = statistics.compare(AnnouncedFigure.objects.all(), agency=None)
        self.assertEqual((row.recorded, row.difference), (2009 + 2, 2))

    def test_a_suspension_and_a_withdrawal_are_no_longer_counted_in_force(self):
        suspended, withdrawn = Award.objects.filter(year=2566)[:2]
        make.status_change(suspended, StatusChange.SUSPENDED, datetime.date(2024, 11, 25))
        make.status_change(withdrawn, StatusChange.WITHDRAWN, datetime.date(2024, 11, 25))
        self.assertEqual(self.count("2024-11-24", state="in_force"), 1888)
        self.assertEqual(
            self.states("2024-11-25"),
            {
                "in_force": 1886,
                "suspended": 1,
                "withdrawn": 1,
                "lapsed": announced(2561, 2564),
                "not_yet_in_force": 828,
            },
        )

    def test_drafts_change_no_number(self):
        make.award(year=2566, published=False)
        make.award(Award.objects.filter(year=2561).first().agency, year=2566, published=False)
        self.assert_states("2024-11-25", 1888, announced(2561, 2564), announced(2568, 2568))
