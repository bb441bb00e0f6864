"""The real records: loaded whole from certifications/data, and read on the public pages."""

import csv
import html
import io
import re
import shutil
import tempfile
from pathlib import Path

from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.test import TestCase

from certifications.actions.loading.records import DATA_FOLDER
from certifications.listing.results import listing
from certifications.models import (
    Agency,
    AnnouncedFigure,
    Award,
    AwardEvent,
    CertificationLevel,
    Criterion,
    Source,
)
from tests.actions.loading.test_records import dump

DAY = "2026-11-22"
PHRAE = "7jaxrw"  # สำนักงานจัดหางานจังหวัดแพร่, the case of 2565
EMPLOYMENT = "cjsfp6"  # กรมการจัดหางาน
LABOUR = "c5tnbc"  # กระทรวงแรงงาน
COMMERCE_CENTRE = "kkm6rc"  # ศูนย์บริการประชาชนกระทรวงพาณิชย์: basic 2564, excellent 2565


def rows(file: str) -> list[dict[str, str]]:
    with (DATA_FOLDER / file).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def load(*arguments) -> str:
    output = io.StringIO()
    call_command("load_records", *map(str, arguments), stdout=output)
    return output.getvalue()


def text_of(response) -> str:
    """What a reader sees: no tags, single spaces."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(body).split())


class LoadingTheRealRecords(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.output = load()

    def test_every_row_is_loaded(self):
        expected = {
            Agency: 152,
            Award: 129,
            AwardEvent: 10,
            AnnouncedFigure: 98,
            Source: 61,
            CertificationLevel: 3,
            Criterion: 8,
        }
        self.assertEqual({model: model.objects.count() for model in expected}, expected)
        self.assertIn("agencies.csv: เพิ่ม 152 ปรับปรุง 0 คงเดิม 0", self.output)

    def test_124_agencies_are_certified_of_which_117_are_offices(self):
        certified = Agency.objects.certified()
        self.assertEqual(certified.count(), 124)
        self.assertEqual(certified.filter(kind=Agency.Kind.OFFICE).count(), 117)

    def test_all_is_public_in_the_name_of_load_records(self):
        for records in (Award.objects.published(), AwardEvent.objects.published()):
            publishers = set(records.values_list("published_by__username", flat=True))
            self.assertEqual(publishers, {"load_records"})
        self.assertEqual(Award.objects.published().count(), 129)
        self.assertEqual(AwardEvent.objects.published().count(), 10)

    def test_every_award_and_ceremony_has_a_source(self):
        self.assertFalse(Award.objects.filter(sources=None).exists())
        self.assertFalse(AwardEvent.objects.filter(sources=None).exists())
        self.assertFalse(AnnouncedFigure.objects.filter(sources=None).exists())

    def test_a_second_load_changes_nothing(self):
        before = dump()
        output = load()
        self.assertEqual(dump(), before)
        self.assertIn("awards.csv: เพิ่ม 0 ปรับปรุง 0 คงเดิม 129", output)
        self.assertNotIn("คงค่าที่เจ้าหน้าที่แก้ไว้", output)

    def test_one_bad_row_among_all_is_named_and_nothing_changed(self):
        before, errors = dump(), io.StringIO()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(shutil.copytree(DATA_FOLDER, Path(folder) / "data"))
            lines = (copy / "awards.csv").read_text("utf-8").splitlines(keepends=True)
            at = next(at for at, line in enumerate(lines) if line.startswith(f"{PHRAE},"))
            lines[at] = lines[at].replace(",basic,", ",gold,")
            (copy / "awards.csv").write_text("".join(lines), "utf-8")
            agencies = (copy / "agencies.csv").read_text("utf-8")
            renamed = agencies.replace("Phrae Provincial Employment Office", "Renamed")
            (copy / "agencies.csv").write_text(renamed, "utf-8")
            with self.assertRaises(CommandError):
                call_command("load_records", str(copy), stderr=errors)
        self.assertEqual(
            errors.getvalue().strip(),
            f"awards.csv บรรทัด {at + 1}: ช่อง level เป็น “gold” "
            "ซึ่งไม่มีในทะเบียน แก้ตัวสะกด หรือเพิ่มรายการนั้นก่อน",
        )
        self.assertEqual(dump(), before)

    def test_an_agency_renamed_by_staff_keeps_its_name_and_its_address(self):
        office = Agency.objects.get(code=PHRAE)
        office.name_th = "สำนักงานจัดหางานแพร่ใหม่"
        office.save()

        output = load()

        office.refresh_from_db()
        self.assertEqual(Agency.objects.count(), 152)
        self.assertEqual(office.name_th, "สำนักงานจัดหางานแพร่ใหม่")
        self.assertEqual(office.get_absolute_url(), f"/agencies/{PHRAE}/")
        self.assertIn(
            "คงค่าที่เจ้าหน้าที่แก้ไว้: สำนักงานจัดหางานแพร่ใหม่ ช่อง name_th ในแฟ้ม "
            "“สำนักงานจัดหางานจังหวัดแพร่” ในทะเบียน “สำนักงานจัดหางานแพร่ใหม่”",
            output,
        )

    def test_the_addresses_are_those_of_the_codes_in_the_files(self):
        self.assertEqual(
            {agency.get_absolute_url() for agency in Agency.objects.all()},
            {f"/agencies/{row['code']}/" for row in rows("agencies.csv")},
        )
        self.assertEqual(
            {event.get_absolute_url() for event in AwardEvent.objects.all()},
            {f"/events/{row['code']}/" for row in rows("award_events.csv")},
        )

    def test_each_award_stands_where_its_row_says(self):
        held = Award.objects.values_list("agency__code", "year", "level__code", "event__code")
        self.assertEqual(
            {(code, year, level, event) for code, year, level, event in held},
            {
                (
                    row["agency_code"],
                    int(row["year_be"]) if row["year_be"] else None,
                    row["level"] or None,
                    row["year_be"] or None,
                )
                for row in rows("awards.csv")
            },
        )

    def test_official_figures_that_conflict_are_all_kept(self):
        nationwide = AnnouncedFigure.objects.published().nationwide()
        certified = nationwide.filter(measure=AnnouncedFigure.Measure.CERTIFIED)

        of_2560 = certified.filter(first_year=2560, last_year=2560)
        self.assertEqual(set(of_2560.values_list("count", flat=True)), {242, 246})
        to_2567 = certified.filter(first_year=2559, last_year=2567)
        by_level = dict(to_2567.exclude(level=None).values_list("level__code", "count"))
        self.assertEqual(by_level, {"basic": 3672, "advanced": 555, "excellent": 22})
        self.assertEqual(sum(by_level.values()), 4249)
        self.assertEqual(to_2567.get(level=None).count, 4239)


class PagesOfTheRealRecords(TestCase):
    @classmethod
    def setUpTestData(cls):
        load()

    def read(self, address: str, status: int = 200) -> str:
        self.response = self.client.get(address)
        self.assertEqual(self.response.status_code, status, address)
        return text_of(self.response)

    def named(self) -> set[str]:
        """The addresses of agencies to which the page just read leads."""
        found = re.findall(r'href="((?:/en)?/agencies/\w{6}/)"', self.response.content.decode())
        return set(found)

    def listed(self, query: str) -> set[str]:
        """The codes of all agencies an address of the list finds, on all its pages."""
        self.read(f"/agencies/?on={DAY}&{query}")
        return {agency.code for agency in self.response.context["listing"].stream()}

    # --- the case of 2565 ------------------------------------------------------------------------

    def test_the_office_of_phrae_is_shown_with_all_that_stands_above_it(self):
        page = self.read(f"/agencies/{PHRAE}/?on={DAY}")
        for words in ("สำนักงานจัดหางานจังหวัดแพร่", "กรมการจัดหางาน", "กระทรวงแรงงาน"):
            self.assertIn(words, page)
        self.assertContains(self.response, f'href="/agencies/{EMPLOYMENT}/"')
        self.assertContains(self.response, f'href="/agencies/{LABOUR}/"')
        self.assertContains(self.response, 'href="/provinces/phrae/"')

    def test_the_office_of_phrae_is_shown_as_basic_and_blue_in_2565(self):
        page = self.read(f"/agencies/{PHRAE}/?on={DAY}")
        self.assertIn("2565 (ค.ศ. 2022) ●○○ ระดับพื้นฐาน (ฟ้า)", page)
        self.assertContains(self.response, 'href="/events/2565/"')
        self.assertIn("28 กันยายน 2565", page)

    def test_the_plaque_of_phrae_was_received_by_an_inspector_for_the_director_general(self):
        page = self.read(f"/agencies/{PHRAE}/?on={DAY}")
        self.assertIn("ผู้รับมอบ นายวิชิต อินทรเจริญ ผู้ตรวจราชการกรม", page)
        self.assertIn("รับมอบแทน นายไพโรจน์ โชติกเสถียร อธิบดีกรมการจัดหางาน", page)

    def test_the_office_of_phrae_has_lapsed_and_is_told_why(self):
        page = self.read(f"/agencies/{PHRAE}/?on={DAY}")
        self.assertIn("ยังไม่ทราบผลต่ออายุ", page)
        self.assertIn(
            "การรับรองปี 2565 (ค.ศ. 2022) มีอายุถึงวันที่ 31 ธันวาคม 2567 (ค.ศ. 2024) "
            "ทะเบียนนี้ยังไม่มีรายชื่อรอบปี 2567–2569 ครบ จึงยังยืนยันไม่ได้ว่าต่ออายุแล้วหรือไม่ "
            "โปรดสอบถามหน่วยงาน",
            page,
        )
        self.assertEqual(self.response.context["current"].state, "lapsed")

    def test_the_office_of_phrae_was_in_force_on_new_years_day_2566(self):
        page = self.read(f"/agencies/{PHRAE}/?on=2023-01-01")
        self.assertIn("ณ วันที่ 1 มกราคม 2566 การรับรองยังมีผล", page)
        self.assertNotIn("ยังไม่ทราบผลต่ออายุ", page)

    def test_the_office_of_phrae_counts_from_its_ceremony_to_the_end_of_2567(self):
        states = {
            "2022-09-27": "not_yet_in_force",
            "2022-09-28": "in_force",
            "2024-12-31": "in_force",
            "2025-01-01": "lapsed",
        }
        for day, state in states.items():
            self.read(f"/agencies/{PHRAE}/?on={day}")
            self.assertEqual(self.response.context["current"].state, state, day)

    def test_the_ceremony_of_2565_is_shown_with_day_place_and_people(self):
        page = self.read("/events/2565/")
        for words in (
            "28 กันยายน 2565 เวลา 13:00 น.",
            "ห้องประชุมวายุภักษ์ แกรนด์ บอลรูม ชั้น 4 โรงแรมเซ็นทรา บายเซ็นทารา "
            "ศูนย์ราชการและคอนเวนชันเซ็นเตอร์ แจ้งวัฒนะ",
            "ประธานในพิธี นายอนุชา นาคาศัย รัฐมนตรีประจำสำนักนายกรัฐมนตรี",
            "ผู้จัดพิธี สำนักงานปลัดสำนักนายกรัฐมนตรี",
            "ข้อที่แหล่งที่มาไม่ตรงกัน แหล่งหนึ่งระบุเวลา 10:00",
        ):
            self.assertIn(words, page)

    def test_the_ceremony_of_2565_shows_666_announced_beside_what_is_recorded(self):
        page = self.read("/events/2565/")
        recorded = sum(row["year_be"] == "2565" for row in rows("awards.csv"))
        (total,) = (
            row
            for row in self.response.context["comparisons"]
            if row.figure.measure == "certified" and row.figure.level is None
        )
        self.assertEqual(
            (total.figure.count, total.recorded, total.difference),
            (666, recorded, recorded - 666),
        )
        self.assertIn(f"2565 ได้รับการรับรอง 666 {recorded} −{666 - recorded} ", page)

    def test_the_ceremony_of_2565_shows_its_four_viewpoints(self):
        page = self.read("/events/2565/")
        titles = [criterion.title_th for criterion in self.response.context["criteria"]]
        self.assertEqual(titles, ["ด้านสถานที่", "ด้านบุคลากร", "ด้านงานที่ให้บริการ", "ด้านอื่น ๆ"])
        for title in titles:
            self.assertIn(title, page)

    def test_the_ceremony_of_2565_names_all_its_recipients(self):
        self.read("/events/2565/")
        of_2565 = [row["agency_code"] for row in rows("awards.csv") if row["year_be"] == "2565"]
        self.assertEqual(self.named(), {f"/agencies/{code}/" for code in of_2565})

    def test_the_department_of_employment_has_what_it_announced(self):
        page = self.read(f"/agencies/{EMPLOYMENT}/?on={DAY}")
        held = {
            (row.figure.first_year, row.figure.last_year): (
                row.figure.count,
                row.recorded,
                row.difference,
            )
            for row in self.response.context["comparisons"]
        }
        self.assertEqual(held[2559, 2565], (7, 7, 0))
        self.assertEqual(held[2559, 2567], (9, 9, 0))
        self.assertIn("2559–2565 ได้รับการรับรองสะสม ณ 29 กันยายน 2565 7 7 0 ", page)
        self.assertIn("2559–2567 ได้รับการรับรองสะสม ณ 25 กันยายน 2567 9 9 0 ", page)

    def test_figures_of_2560_that_conflict_stand_side_by_side(self):
        page = self.read("/events/2560/")
        recorded = sum(row["year_be"] == "2560" for row in rows("awards.csv"))
        for announced in (242, 246):
            self.assertIn(f"ได้รับการรับรอง {announced} {recorded} −{announced - recorded} ", page)

    # --- the list --------------------------------------------------------------------------------

    def test_basic_offices_of_phrae_are_found_in_both_languages(self):
        for prefix, name in (
            ("", "สำนักงานจัดหางานจังหวัดแพร่"),
            ("/en", "Phrae Provincial Employment"),
        ):
            page = self.read(f"{prefix}/agencies/?province=54&level=basic")
            self.assertIn(name, page)
            expected = {f"{prefix}/agencies/{PHRAE}/", f"{prefix}/agencies/6rzcgb/"}
            self.assertEqual(self.named(), expected)

    def test_an_unknown_level_is_refused_by_name_without_rows(self):
        page = self.read("/agencies/?province=54&level=gold", status=400)
        self.assertIn("ไม่มีระดับ “gold” ให้เลือกจากรายการ หรือเอาตัวกรองนี้ออก", page)
        self.assertEqual(list(self.response.context["agencies"]), [])
        self.assertEqual(self.named(), set())

    def test_year_and_level_must_hold_for_one_and_the_same_award(self):
        excellent_2565 = {COMMERCE_CENTRE, "k66pfn", "c2dvm2"}
        self.assertEqual(self.listed("year=2565&level=excellent"), excellent_2565)
        self.assertIn(COMMERCE_CENTRE, self.listed("year=2564&level=basic"))
        self.assertEqual(self.listed("year=2564&level=excellent"), {"2f2aac", "dvx5b5"})

    def test_a_ministry_lists_exactly_the_certified_bodies_under_it(self):
        parents = {row["code"]: row["parent_code"] for row in rows("agencies.csv")}

        def chain(code):
            while code:
                yield code
                code = parents[code]

        certified = {row["agency_code"] for row in rows("awards.csv")}
        under = {code for code in certified if LABOUR in chain(code)}
        self.assertEqual(len(under), 17)
        self.assertEqual(self.listed(f"ministry={LABOUR}"), under)

    def test_the_count_beside_every_value_is_what_the_list_then_gives(self):
        for others in ("", "year=2565", "level=basic", "state=lapsed", f"ministry={LABOUR}"):
            facets = listing(QueryDict(f"on={DAY}&{others}")).facets
            for facet in facets.values():
                if facet.name in others:
                    continue
                for option in facet.options:
                    with self.subTest(others, facet=facet.name, value=option.value):
                        query = f"on={DAY}&{others}&{facet.name}={option.value}"
                        self.assertEqual(listing(QueryDict(query)).count, option.count)

    def test_a_value_more_of_one_filter_gives_what_either_gives(self):
        either = self.listed("province=54&province=50")
        self.assertEqual(either, self.listed("province=54") | self.listed("province=50"))
        self.assertTrue(self.listed("province=54") < either)

    def test_the_values_of_a_filter_share_out_the_124(self):
        everything = self.listed("")
        self.assertEqual(everything, {row["agency_code"] for row in rows("awards.csv")})
        self.assertEqual(len(everything), 124)
        facets = self.response.context["listing"].facets
        for name in ("year", "level", "province", "service"):
            found = [self.listed(f"{name}={option.value}") for option in facets[name].options]
            self.assertEqual(set().union(*found), everything, name)

    def test_the_states_share_out_the_124_without_overlap(self):
        states = (
            "in_force",
            "suspended",
            "not_yet_in_force",
            "lapsed",
            "withdrawn",
            "year_unknown",
        )
        found = {state: self.listed(f"state={state}") for state in states}
        self.assertEqual(sum(map(len, found.values())), 124)
        self.assertEqual(set().union(*found.values()), self.listed(""))
        in_force = {"xv9tb7", "k5amvv", "twm9yd", "6ftsgz", "ehw3m6", "pz36bn"}
        self.assertEqual(found["in_force"], in_force)
        self.assertEqual(found["year_unknown"], {"a52rrs"})
        self.assertEqual(len(found["lapsed"]), 117)
        self.assertEqual(self.listed("state=last_year"), {"xv9tb7"})
