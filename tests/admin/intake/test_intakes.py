"""Intakes at the desk: handing in, reviewing, deciding, committing; nothing typed is lost."""

import io
import re

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from certifications import models
from certifications.actions.decide import accept
from certifications.intake.review import evaluation
from certifications.models import Award, Intake, IntakeRow
from tests import make

pytestmark = pytest.mark.django_db

CSV = "ลำดับ,ชื่อหน่วยงาน,จังหวัด,ระดับ,คะแนน\n1,สำนักงานหนึ่ง,,ระดับเป็นเลิศ,95\n2,ศูนย์ใหม่เอี่ยม,,ระดับพื้นฐาน,75\n"


def address(page: str, *args) -> str:
    return reverse(f"admin:certifications_intake_{page}", args=args)


@pytest.fixture
def recorder(client):
    client.force_login(make.user("recorder", "ผู้บันทึก"))
    return client


@pytest.fixture
def reader(client):
    client.force_login(make.user("reader", "ผู้อ่าน"))
    return client


@pytest.fixture
def office():
    for code in ("basic", "advanced", "excellent"):
        make.level(code)
    return make.agency(name_th="สำนักงานหนึ่ง")


@pytest.fixture
def intake(office):
    return make.intake(content=CSV)


def book(**sheets) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


def hand_in(client, content: bytes = b"", name: str = "รายชื่อ.csv", **typed):
    files = {"file": SimpleUploadedFile(name, content)} if content else {}
    return client.post(address("add"), {"year": "2570"} | typed | files)


def said(answer) -> str:
    """The text of a page, tags left out."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_a_file_that_was_committed_before_says_so(recorder, office):
    for committed in (False, True):
        before = models.Intake.objects.last()
        if committed:
            before.state, before.committed_at = before.State.COMMITTED, timezone.now()
            before.committed_by, before.source = before.created_by, make.source()
            before.save()
        hand_in(recorder, CSV.encode(), source_url="https://example.test/list")
        latest = models.Intake.objects.order_by("pk").last()
        page = said(recorder.get(address("change", latest.pk)))
        assert ("บันทึกไปแล้วในชุด" in page) is committed


# --- from a file to drafts -----------------------------------------------------------------------


def test_from_a_file_to_drafts_and_back(recorder, office):
    answer = hand_in(recorder, CSV.encode(), source="https://example.test/list")
    intake = Intake.objects.get()
    assert answer.headers["Location"] == address("change", intake.pk)
    page = recorder.get(answer.headers["Location"])
    for words in ("สำนักงานหนึ่ง", "ชื่อตรงกัน", "ระดับเป็นเลิศ", "ไม่พบหน่วยงาน", "ยังเหลือ 1 แถว"):
        assert words in said(page), words
    recorder.post(
        address("change", intake.pk),
        {"act": "save", "decision-2": "create", "was-2": "waiting", "reason-2": ""},
    )
    page = recorder.get(address("commit", intake.pk))
    assert "เพิ่มผลการรับรอง 2 รายการ" in said(page) and "เพิ่มหน่วยงานใหม่ 1 แห่ง" in said(page)
    version = Intake.objects.get().version
    recorder.post(address("commit", intake.pk), {"version": version})
    assert Award.objects.filter(published_at=None, year=2570).count() == 2
    assert Award.objects.first().sources.get().url == "https://example.test/list"
    page = recorder.get(address("change", intake.pk))
    assert "บันทึกเป็นร่างแล้ว" in said(page) and "ย้อนกลับทั้งชุด" in said(page)
    assert "ลบร่างผลการรับรอง 2 รายการ" in said(recorder.get(address("undo", intake.pk)))
    recorder.post(address("undo", intake.pk))
    assert not Award.objects.exists()


def test_a_pasted_list_is_read_at_once(recorder, office):
    answer = hand_in(recorder, text="ระดับก้าวหน้า จำนวน 2 ศูนย์ ได้แก่\n๑. สำนักงานหนึ่ง\n๒. ศูนย์ใหม่เอี่ยม")
    rows = list(Intake.objects.get().rows.all())
    assert [row.read["name"] for row in rows] == ["สำนักงานหนึ่ง", "ศูนย์ใหม่เอี่ยม"]
    assert {row.read["level"] for row in rows} == {"advanced"}
    assert "ระดับก้าวหน้า" in said(recorder.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ระดับพื้นฐาน\nสำนักงานหนึ่ง", "รายการที่วาง"),
        ("1. สำนักงานหนึ่ง\n2. ศูนย์ใหม่เอี่ยม", "รายการที่วาง"),
        ("รายชื่อศูนย์ราชการสะดวก\n1. สำนักงานหนึ่ง", "รายชื่อศูนย์ราชการสะดวก"),
    ],
)
def test_a_pasted_list_is_called_by_its_heading_or_its_day(recorder, office, text, title):
    hand_in(recorder, text=text)
    assert Intake.objects.get().title.startswith(title)


def test_drafts_of_a_committed_list_are_proposed_from_its_page(recorder, office):
    intake = make.intake(content=CSV)
    recorder.post(address("change", intake.pk), {"decision-2": "skip", "was-2": "waiting"})
    version = Intake.objects.get().version
    recorder.post(address("commit", intake.pk), {"version": version})
    page = recorder.get(address("change", intake.pk))
    award = Award.objects.get()
    assert "เผยแพร่แล้ว 0 จาก 1 รายการ" in said(page)
    assert f'name="_selected_action" value="{award.pk}"' in page.content.decode()
    posted = {"action": "propose_publication", "_selected_action": award.pk}
    changelist = reverse("admin:certifications_award_changelist")
    assert "สำนักงานหนึ่ง" in said(recorder.post(changelist, posted))
    recorder.post(changelist, posted | {"_confirmed": "1", "reason": ""})
    page = recorder.get(address("change", intake.pk))
    proposal = models.Proposal.objects.get()
    assert f"รอพิจารณาในเรื่องเสนอเลขที่ {proposal.pk}" in said(page)
    assert "_selected_action" not in page.content.decode()
    accept(proposal, by=make.user("approver", "ผู้อนุมัติ"))
    assert "เผยแพร่แล้ว 1 จาก 1 รายการ" in said(recorder.get(address("change", intake.pk)))


def test_of_several_sheets_one_is_chosen(recorder, office):
    rows = [["ชื่อหน่วยงาน", "ระดับ"], ["สำนักงานหนึ่ง", "ระดับเป็นเลิศ"]]
    hand_in(recorder, book(ปี2569=[["ชื่อหน่วยงาน"], ["อื่น"]], ปี2570=rows), "สองแผ่น.xlsx")
    intake = Intake.objects.get()
    page = recorder.get(address("change", intake.pk), follow=True)
    assert "ปี2569" in said(page) and "ปี2570" in said(page)
    assert "เลือกแผ่นงานหนึ่งแผ่น" in said(
        recorder.post(address("sheet", intake.pk), {"sheet": "ไม่มี"}, follow=True)
    )
    recorder.post(address("sheet", intake.pk), {"sheet": "ปี2570"})
    assert intake.rows.get().agency == office


def test_columns_nobody_knows_are_mapped_once_and_remembered(recorder, office):
    hand_in(recorder, "ชื่อหน่วยงาน,ผลสรุป\nสำนักงานหนึ่ง,ระดับเป็นเลิศ\n".encode())
    intake = Intake.objects.get()
    page = recorder.get(address("change", intake.pk), follow=True)
    assert intake.state == Intake.State.MAPPING and "ผลสรุป" in said(page)
    refused = recorder.post(address("columns", intake.pk), {"column-0": "", "column-1": "level"})
    assert "ต้องมีคอลัมน์หนึ่งที่เป็น" in said(refused)
    recorder.post(address("columns", intake.pk), {"column-0": "name", "column-1": "level"})
    assert intake.rows.get().read["level"] == "excellent"
    hand_in(recorder, "ชื่อหน่วยงาน,ผลสรุป\nสำนักงานหนึ่ง,ระดับพื้นฐาน\n".encode())
    again = Intake.objects.first()
    assert (again.state, again.rows.get().read["level"]) == (Intake.State.REVIEW, "basic")


def test_the_template_is_handed_out(reader):
    answer = reader.get(address("template"))
    assert answer.content.startswith(b"PK") and ".xlsx" in answer["Content-Disposition"]


# --- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"%PDF-1.7 ...", "a.xlsx", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "a.csv", "รูปภาพ"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xlsx", "Excel รุ่นเก่า"),
        (b"<html><table></table></html>", "a.xls", "หน้าเว็บ"),
        (b"PK\x03\x04 not a zip", "a.xlsx", "โปรด"),
        (b" \n \n", "a.csv", "ว่างเปล่า"),
        ("ชื่อหน่วยงาน\n".encode(), "a.csv", "ไม่พบแถว"),
        (("ชื่อหน่วยงาน\n" + "ก\n" * 5100).encode(), "a.csv", "แบ่งเป็นหลายไฟล์"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(recorder, content, name, sentence):
    page = hand_in(recorder, content, name, title="ชุดของฉัน", source="https://example.test/x")
    assert page.status_code == 200 and sentence in said(page)
    assert 'value="ชุดของฉัน"' in page.content.decode()
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "เลือกไฟล์ หรือวางรายชื่อ"),
        ({"text": "ข้อความที่ไม่มีชื่อใดเลย " * 30}, "ไม่พบชื่อหน่วยงาน"),
        ({"text": "สำนักงานหนึ่ง", "year": "2027"}, "เป็นปี ค.ศ."),
        ({"text": "สำนักงานหนึ่ง", "event": "9" * 40}, "ด้านล่าง"),
        ({"text": "สำนักงานหนึ่ง", "level": "ระดับ"}, "ด้านล่าง"),
        ({"text": "สำนักงานหนึ่ง", "source": "ไม่ใช่ที่อยู่เว็บ"}, "ด้านล่าง"),
        ({"text": "ก" * 200_001}, "ยาวเกิน"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why(recorder, office, typed, sentence):
    page = hand_in(recorder, **typed)
    assert page.status_code == 200 and sentence in said(page)
    assert not Intake.objects.exists()


def test_a_name_with_markup_or_a_formula_is_shown_as_text(recorder, office):
    hand_in(recorder, "ชื่อหน่วยงาน,ระดับ\n<script>alert(1)</script>ศูนย์,=cmd\n".encode())
    page = recorder.get(address("change", Intake.objects.get().pk)).content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page
    assert "เป็นสูตร" in page


# --- at first sight ------------------------------------------------------------------------------


def test_a_row_of_an_unknown_office_is_shown_and_checked_at_once(recorder, office):
    lines = "ชื่อหน่วยงาน,จังหวัด,ระดับ,คะแนน,ผู้รับมอบ\nศูนย์ใหม่เอี่ยม,น่าน,ระดับพื้นฐาน,94,นายสมมติ ใจดี\n"
    intake = make.intake(content=lines)
    row = intake.rows.get()
    assert (row.verdict, row.has_errors) == ("unknown", True)
    page = said(recorder.get(address("change", intake.pk)))
    assert "2570 · ระดับพื้นฐาน · 94 คะแนน · น่าน · นายสมมติ ใจดี" in page
    assert "94" in row.findings[0]["message"] and row.findings[0]["message"] in page


# --- deciding ------------------------------------------------------------------------------------


def test_each_post_keeps_what_was_decided(recorder, intake):
    recorder.post(address("change", intake.pk), {"decision-1": "skip", "was-1": "accept"})
    row = intake.rows.get(place=1)
    assert (row.decision, row.decided_by.username) == ("skip", "recorder")
    page = recorder.get(address("change", intake.pk)).content.decode()
    assert re.search(r'name="decision-1" value="skip" checked', page)


def test_a_decision_sent_by_the_page_itself_is_answered_shortly(recorder, intake):
    answer = recorder.post(
        address("change", intake.pk),
        {"decision-1": "skip", "was-1": "accept"},
        headers={"X-Keep": "1"},
    )
    assert answer.json() == {"decision": "skip", "told": []}


def test_a_whole_kind_is_decided_at_once_with_one_reason(recorder, office):
    make.award(office, 2569, level="excellent")
    intake = make.intake(content="ชื่อหน่วยงาน,ระดับ\nสำนักงานหนึ่ง,ระดับพื้นฐาน\nศูนย์ใหม่,ระดับพื้นฐาน\n")
    page = {"act": "bulk", "show": "doubts", "bulk-decision": "accept", "bulk-reason": "ตรวจแล้ว"}
    recorder.post(address("change", intake.pk), page)
    assert list(intake.rows.values_list("decision", "reason")) == [
        ("accept", "ตรวจแล้ว"),
        ("waiting", ""),
    ]


def test_after_a_decision_of_many_the_number_is_told_and_the_rows_that_wait_are_shown(
    recorder, intake
):
    page = {"act": "bulk", "show": "unknown", "bulk-decision": "create", "bulk-reason": ""}
    answer = recorder.post(address("change", intake.pk), page, follow=True)
    assert "ตัดสินแล้ว 1 แถว" in said(answer) and "คงเดิม" not in said(answer)
    assert "ไม่มีแถวในกลุ่มนี้" not in said(answer) and "สำนักงานหนึ่ง" in said(answer)


def test_rows_that_a_decision_of_many_left_out_are_counted_and_shown(recorder, intake):
    page = {"act": "bulk", "show": "all", "bulk-decision": "accept", "bulk-reason": ""}
    answer = recorder.post(address("change", intake.pk), page, follow=True)
    assert "ตัดสินแล้ว 0 แถว" in said(answer) and "อีก 1 แถวในกลุ่มนี้คงเดิม" in said(answer)
    assert "ศูนย์ใหม่เอี่ยม" in said(answer)


@pytest.mark.parametrize(
    "posted",
    [
        {"decision-1": "skip", "was-1": "accept", "decision-2": "waiting", "was-2": "waiting"},
        {"act": "bulk", "show": "all", "bulk-decision": "skip", "decision-2": "waiting"},
    ],
    ids=["one", "many"],
)
def test_a_click_judges_each_row_once(recorder, intake, monkeypatch, posted):
    judged = []
    judge = evaluation.Evaluation._judge

    def counted(self, row):
        judged.append(row.place)
        return judge(self, row)

    monkeypatch.setattr(evaluation.Evaluation, "_judge", counted)
    recorder.post(address("change", intake.pk), posted)
    assert sorted(judged) == [1, 2]
    assert intake.rows.get(place=1).decision == "skip"


def test_a_row_is_judged_again_where_the_decision_of_another_changes_it(recorder, office):
    intake = make.intake(content="ชื่อหน่วยงาน,ระดับ\n" + "สำนักงานหนึ่ง,ระดับพื้นฐาน\n" * 2)
    assert intake.rows.get(place=2).verdict == IntakeRow.Verdict.DUPLICATE
    recorder.post(address("change", intake.pk), {"decision-1": "skip"})
    assert intake.rows.get(place=2).verdict == IntakeRow.Verdict.ADD


def test_a_correction_keeps_the_decision_while_the_same_body_is_meant(recorder, intake):
    row = intake.rows.get(place=2)
    decide = {"act": "bulk", "show": "unknown", "bulk-decision": "create"}
    recorder.post(address("change", intake.pk), decide)
    typed = {"act": "correct", "row-name": row.read["name"], "row-year": "2570"}
    fixed = typed | {"row-level": "basic", "row-score": "76"}
    answer = recorder.post(address("row", intake.pk, 2) + "?show=waiting", fixed, follow=True)
    assert intake.rows.get(place=2).decision == "create"
    assert "เก็บแล้ว บรรทัดที่ 3: รับ และเพิ่มหน่วยงานใหม่" in said(answer)
    assert "ไม่มีแถวในกลุ่มนี้" not in said(answer)
    wrong = typed | {"row-level": "basic", "row-score": "94"}
    answer = recorder.post(address("row", intake.pk, 2), wrong, follow=True)
    assert intake.rows.get(place=2).decision == "waiting"
    assert "ต้องตัดสินใหม่" in said(answer)


def test_a_correction_that_brings_a_warning_asks_for_another_decision(recorder, intake):
    recorder.post(
        address("change", intake.pk),
        {"decision-2": "create", "reason-2": "ตรวจแล้ว", "was-2": "waiting"},
    )
    name = intake.rows.get(place=2).read["name"]
    typed = {"act": "correct", "row-name": name, "row-year": "2570", "row-score": "76"}
    recorder.post(address("row", intake.pk, 2), typed)
    row = intake.rows.get(place=2)
    assert row.has_doubts and row.decision == "waiting"


def test_a_filter_shows_its_rows_only(recorder, intake):
    page = said(recorder.get(address("change", intake.pk) + "?show=unknown"))
    assert "ศูนย์ใหม่เอี่ยม" in page and "สำนักงานหนึ่ง" not in page


def test_what_a_list_says_otherwise_of_a_public_award_is_proposed(recorder, office):
    make.award(office, 2570, level="basic", score="75")
    for lines in (
        "ชื่อหน่วยงาน,ระดับ,คะแนน\nสำนักงานหนึ่ง,ระดับก้าวหน้า,85\n",
        "ชื่อหน่วยงาน,คะแนน,ผู้รับมอบ\nสำนักงานหนึ่ง,76,นายสมมติ ใจดี\n",
    ):
        page = recorder.get(address("change", make.intake(content=lines).pk)).content.decode()
        assert 'name="decision-1" value="propose"' in page


def test_another_body_is_found_and_chosen(recorder, intake):
    other = make.agency(name_th="สำนักงานที่ถูกต้อง")
    page = recorder.get(address("row", intake.pk, 2) + "?q=ที่ถูกต้อง")
    assert f'name="agency" value="{other.pk}"' in page.content.decode()
    answer = recorder.post(
        address("row", intake.pk, 2) + "?show=waiting&p=1", {"act": "choose", "agency": other.pk}
    )
    assert answer.headers["Location"].endswith("?show=all#row-2")
    assert intake.rows.get(place=2).agency == other


def test_a_new_body_is_put_together_on_its_page(recorder, intake):
    parent = make.department(name_th="กรมสมมติ")
    typed = {
        "act": "create",
        "new-name_th": "ศูนย์ใหม่เอี่ยมอ่อง",
        "new-kind": "office",
        "new-parent": "กรมสมมติ",
        "new-province": "54",
        "new-service": "",
        "new-reason": "",
    }
    page = recorder.post(address("row", intake.pk, 2), typed | {"new-parent": "กรมไม่มีจริง"})
    assert "ไม่มีหน่วยงานชื่อ “กรมไม่มีจริง”" in said(page)
    assert 'value="ศูนย์ใหม่เอี่ยมอ่อง"' in page.content.decode()
    recorder.post(address("row", intake.pk, 2), typed)
    row = intake.rows.get(place=2)
    assert (row.decision, row.new_agency["parent"]) == ("create", parent.pk)


def test_what_was_read_wrongly_is_put_right(recorder, intake):
    typed = {"act": "correct", "row-name": "สำนักงานหนึ่ง", "row-year": "๒๕๖๙", "row-level": "basic"}
    recorder.post(address("row", intake.pk, 2), typed)
    row = intake.rows.get(place=2)
    assert (row.agency.name_th, row.edits["year"], row.read["year"]) == ("สำนักงานหนึ่ง", 2569, 2570)
    page = recorder.post(address("row", intake.pk, 2), typed | {"row-year": "2026"})
    assert "เป็นปี ค.ศ." in said(page)


def test_another_year_for_the_whole_intake_reads_every_row_anew(recorder, intake):
    typed = {"title": "ชุดใหม่", "year": "2569", "source": "https://example.test/new"}
    recorder.post(address("about", intake.pk), typed)
    intake.refresh_from_db()
    assert (intake.title, intake.source.url) == ("ชุดใหม่", "https://example.test/new")
    assert {row.read["year"] for row in intake.rows.all()} == {2569}


def test_an_intake_can_be_left(recorder, intake):
    recorder.get(address("abandon", intake.pk))
    recorder.post(address("abandon", intake.pk))
    intake.refresh_from_db()
    assert intake.state == Intake.State.ABANDONED
    answer = recorder.post(address("change", intake.pk), {"decision-1": "skip"}, follow=True)
    assert "ตัดสินต่อไม่ได้" in said(answer)


# --- odd requests --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"decision-1": "ไม่มีการตัดสินนี้"},
        {"decision-" + "9" * 40: "skip"},
        {"decision-99": "skip", "was-99": "x"},
        {"decision-x": "skip"},
        {"act": "bulk"},
        {"act": "bulk", "show": "ไม่มี", "bulk-decision": "accept"},
        {"act": "ไม่มี", "p": "9" * 40},
        {"decision-1": "accept", "reason-1": "ก" * 5000},
    ],
)
def test_odd_decisions_change_nothing_and_break_nothing(recorder, intake, posted):
    answer = recorder.post(address("change", intake.pk), posted, follow=True)
    assert answer.status_code == 200
    assert intake.rows.get(place=1).decision == "accept"


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"act": "choose"},
        {"act": "choose", "agency": "9" * 40},
        {"act": "choose", "agency": "ก"},
        {"act": "create"},
        {"act": "create", "new-name_th": "x", "new-kind": "y", "new-service": "9" * 40},
        {"act": "correct", "row-score": "101", "row-level": "z"},
        {"act": "correct", "row-known_by": "31/2/2565", "row-score": "NaN"},
        {"act": "ไม่มี"},
    ],
)
def test_an_odd_row_form_shows_the_row_again(recorder, intake, posted):
    answer = recorder.post(address("row", intake.pk, 2), posted)
    assert answer.status_code == 200 and "ศูนย์ใหม่เอี่ยม" in said(answer)
    assert intake.rows.get(place=2).decision == "waiting"


def test_addresses_of_nothing_are_not_found(recorder, intake):
    for page in (
        address("row", intake.pk, 99),
        address("commit", int("9" * 40)),
        address("sheet", 987654),
    ):
        assert recorder.get(page).status_code == 404, page
    for key in ("9" * 40, "abc", "987654"):
        assert recorder.get(address("change", key)).status_code == 302, key
    assert recorder.get(address("change", intake.pk) + "?show=x&p=abc").status_code == 200
    assert recorder.get(address("row", intake.pk, 1) + "?q=%00&p=x&show=y").status_code == 200


@pytest.mark.parametrize("version", ["", "abc", "9" * 40, "-1"])
def test_a_confirmation_of_no_version_commits_nothing(recorder, intake, version):
    intake.rows.filter(place=2).update(decision="skip")
    recorder.post(address("commit", intake.pk), {"version": version})
    assert not Award.objects.exists()


def test_a_busy_database_is_said_and_the_decisions_stay(recorder, intake):
    recorder.post(address("change", intake.pk), {"decision-2": "skip", "was-2": "waiting"})
    version = Intake.objects.get().version

    def failing(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "certifications_award"'):
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(failing):
        page = recorder.post(address("commit", intake.pk), {"version": version})
    assert page.status_code == 503 and "ยังไม่มีสิ่งใดถูกบันทึก" in said(page)
    assert not Award.objects.exists()
    assert intake.rows.get(place=2).decision == "skip"
    recorder.post(address("commit", intake.pk), {"version": version})
    assert Award.objects.count() == 1


# --- who may -------------------------------------------------------------------------------------


PAGES = ("columns", "about", "commit", "undo", "abandon")


def test_a_reader_looks_and_decides_nothing(reader, intake):
    assert "ชื่อตรงกัน" in said(reader.get(address("change", intake.pk)))
    assert reader.get(address("row", intake.pk, 1)).status_code == 200
    assert reader.get(address("add")).status_code == 403
    for page in PAGES:
        assert reader.post(address(page, intake.pk), {"version": "1"}).status_code == 403, page
    assert reader.post(address("change", intake.pk), {"decision-1": "skip"}).status_code == 403
    assert reader.post(address("row", intake.pk, 1), {"act": "correct"}).status_code == 403
    assert intake.rows.get(place=1).decision == "accept"


def test_strangers_are_sent_to_sign_in(client, intake):
    pages = [address(page, intake.pk) for page in (*PAGES, "change", "sheet")]
    for page in (*pages, address("add"), address("template"), address("row", intake.pk, 1)):
        answer = client.get(page)
        assert answer.status_code == 302 and "/login/" in answer.headers["Location"], page


def test_whoever_may_not_enter_awards_may_decide_but_not_commit(client, intake):
    account = make.user("half")
    account.user_permissions.add(
        *models.Intake._meta.apps.get_model("auth", "Permission").objects.filter(
            codename__in=["view_intake", "change_intake"]
        )
    )
    client.force_login(account)
    assert "บันทึกเข้าทะเบียนไม่ได้" in said(client.get(address("change", intake.pk)))
    assert client.post(address("commit", intake.pk), {"version": "2"}).status_code == 403


def test_the_review_costs_the_same_queries_for_two_rows_and_for_sixty(recorder, office):
    def queries(number: int) -> int:
        for each in range(number):
            make.agency(name_th=f"สำนักงานที่ {number}-{each}")
        lines = "\n".join(f"สำนักงานที่ {number}-{each},ระดับพื้นฐาน" for each in range(number))
        held = make.intake(content="ชื่อหน่วยงาน,ระดับ\n" + lines)
        assert held.rows.filter(verdict=IntakeRow.Verdict.ADD).count() == number
        with CaptureQueriesContext(connection) as captured:
            recorder.get(address("change", held.pk))
        return len(captured)

    queries(1)  # whatever is read once
    assert queries(60) == queries(2)
