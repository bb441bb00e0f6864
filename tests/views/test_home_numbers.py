"""The sentence of the home page: which rounds count today, how many, and what is missing."""

import datetime
import re
from unittest import mock

from django.core.management import call_command
from django.test import TestCase

from tests import make

COUNTED = "นับเป็นรายการ ไม่ใช่จำนวนหน่วยงาน และไม่ได้หักการเพิกถอน (หากมี)"
RULE = "นับตามหลัก 3 ปีปฏิทิน ประกาศไม่ได้ระบุวัน"


class AskedOnADay(TestCase):
    def on(self, *day: int) -> None:
        """From now on it is noon of this day in Bangkok."""
        moment = datetime.datetime(*day, 5, tzinfo=datetime.UTC)
        frozen = mock.patch("django.utils.timezone.now", lambda: moment)
        frozen.start()
        self.addCleanup(frozen.stop)

    def sentence(self, address: str = "/") -> str:
        """The numbers of the home page as they are read, without the links to their sources."""
        block = self.client.get(address).text.split("data-copied>", 1)[1].split("</div>", 1)[0]
        without_links = re.sub(r"<a .*?</a>", "", block, flags=re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without_links)).strip()


class RealRecords(AskedOnADay):
    @classmethod
    def setUpTestData(cls):
        call_command("load_records", verbosity=0)

    def test_on_27_november_2569_the_round_of_2569_is_missing(self):
        self.on(2026, 11, 27)
        self.assertEqual(
            self.sentence(),
            "ผลการรับรองรอบปี 2567 และ 2568 รวม 1,445 รายการ ยังไม่รวมรอบปี 2569 "
            "ปี 2567: 617 (ครบอายุ 31 ธ.ค. 2569) ปี 2568: 828 (ครบอายุ 31 ธ.ค. 2570) "
            f"{COUNTED} ทะเบียนนี้ยืนยันชื่อได้ 6 แห่ง ณ 27 พ.ย. 2569 {RULE}",
        )

    def test_on_new_years_day_2570_the_round_of_2567_is_over(self):
        self.on(2027, 1, 1)
        self.assertEqual(
            self.sentence(),
            "ผลการรับรองรอบปี 2568 รวม 828 รายการ ยังไม่รวมรอบปี 2569 "
            f"ปี 2568: 828 (ครบอายุ 31 ธ.ค. 2570) {COUNTED} "
            f"ทะเบียนนี้ยืนยันชื่อได้ 5 แห่ง ณ 1 ม.ค. 2570 {RULE}",
        )

    def test_a_round_of_2569_once_announced_is_counted(self):
        make.event(2569, held_on=datetime.date(2026, 9, 10))
        make.figure(700, year=2569)
        self.on(2026, 11, 27)
        said = self.sentence()
        self.assertTrue(
            said.startswith("ผลการรับรองรอบปี 2567 2568 และ 2569 รวม 2,145 รายการ ปี 2567: 617")
        )
        self.assertIn("ปี 2569: 700 (ครบอายุ 31 ธ.ค. 2571)", said)
        self.assertNotIn("ยังไม่รวม", said)

    def test_an_english_reader_gets_years_of_the_common_era(self):
        self.on(2026, 11, 27)
        said = self.sentence("/en/")
        self.assertTrue(
            said.startswith(
                "Certification results of 2024 and 2025: 1,445 in all. Not yet included: 2026."
            )
        )
        self.assertIn("2024: 617 (valid until 31 Dec 2026)", said)
        self.assertIn("confirms the names of 6 offices as of 27 Nov 2026", said)

    def test_no_numeral_stands_alone_while_a_round_is_missing(self):
        self.on(2026, 11, 27)
        self.assertNotContains(self.client.get("/"), "number-card")

    def test_each_number_has_its_sources(self):
        self.on(2026, 11, 27)
        for round_ in self.client.get("/").context["rounds"].announced:
            for figure in round_.figures:
                self.assertTrue(figure.sources.all())
                for source in figure.sources.all():
                    self.assertContains(self.client.get("/"), source.url)

    def test_117_offices_are_uncertain_and_none_is_called_expired(self):
        self.on(2026, 11, 27)
        for state, number in (("renewal_unknown", 117), ("expired", 0), ("lapsed", 117)):
            page = self.client.get(f"/agencies/?state={state}")
            self.assertEqual(page.context["page"].paginator.count, number)
        rows = self.client.get("/agencies/?format=json").getvalue().decode()
        self.assertEqual(rows.count("ยังไม่ทราบผลต่ออายุ"), 117)
        self.assertNotIn("หมดอายุแล้ว", rows)
        for address in (
            "/",
            "/agencies/?state=lapsed",
            "/agencies/?format=atom",
            "/agencies/7jaxrw/",
            "/provinces/phrae/",
        ):
            self.assertNotContains(self.client.get(address), "หมดอายุแล้ว")


class InventedFigures(AskedOnADay):
    def test_sources_that_disagree_are_both_counted(self):
        make.event(2568, held_on=datetime.date(2025, 8, 29))
        make.figure(828, year=2568)
        make.figure(830, year=2568)
        self.on(2026, 11, 27)
        self.assertIn("รอบปี 2568 รวม 828 ถึง 830 รายการ ยังไม่รวมรอบปี 2567 และ 2569", self.sentence())

    def test_where_nothing_was_announced_that_is_said(self):
        self.on(2026, 11, 27)
        self.assertTrue(self.sentence().startswith("ยังไม่พบจำนวนที่ประกาศของรอบปี 2567 2568 และ 2569"))
