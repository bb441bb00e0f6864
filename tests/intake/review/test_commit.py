"""A whole intake or nothing of it: what is written, refused, told apart from edits, taken back."""

import threading
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from certifications import models
from certifications.actions.propose import accept as accept_proposal
from certifications.audit.acting import acting
from certifications.exports.versions import version_of
from certifications.intake.review import decisions, preview
from certifications.intake.review.commit import Refused, Unavailable, commit
from certifications.intake.review.decisions import Choice
from certifications.intake.review.undo import undo, what_stands_in_the_way
from certifications.models import Award, Change, Intake, IntakeRow
from tests import make
from tests.decided import publish

pytestmark = pytest.mark.django_db

Verdict, Decision = IntakeRow.Verdict, IntakeRow.Decision


@pytest.fixture
def by():
    return make.user("somsri", "ผู้บันทึก")


@pytest.fixture
def levels():
    return {code: make.level(code) for code in ("basic", "advanced", "excellent")}


def verdicts(intake: Intake) -> list[tuple[str, str]]:
    return list(intake.rows.order_by("place").values_list("verdict", "decision"))


def codes(row: IntakeRow) -> list[str]:
    return [each["code"] for each in row.findings]


HEADINGS = "ชื่อหน่วยงาน,จังหวัด,ระดับ,คะแนน,ผู้รับมอบ,เลขที่ใบรับรอง"


def file_of(*lines: str, **facts) -> Intake:
    return make.intake(content="\n".join([HEADINGS, *lines]), **facts)


# --- what is written -----------------------------------------------------------------------------


def test_a_committed_row_is_a_draft_with_all_that_was_read_and_its_source(by, levels):
    office = make.agency(name_th="สำนักงานหนึ่ง")
    event = make.event(2570)
    intake = file_of("สำนักงานหนึ่ง,,ระดับเป็นเลิศ,95.5,นาย ก (ผู้อำนวยการ); นาง ข,ศรส.1", event=event)
    outcome = commit(intake, by=by)
    award = office.awards.get()
    assert (award.year, award.event, award.level.code) == (2570, event, "excellent")
    assert (award.score, award.certificate_number) == (Decimal("95.50"), "ศรส.1")
    assert [(each.name, each.position) for each in award.recipients.all()] == [
        ("นาย ก", "ผู้อำนวยการ"),
        ("นาง ข", ""),
    ]
    assert (award.published_at, list(award.sources.all())) == (None, [intake.source])
    assert (outcome.added, outcome.changed, outcome.agencies) == (1, 0, 0)


def test_everything_is_recorded_as_one_act_of_the_intake(by, levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    commit(make.intake("สำนักงานหนึ่ง"), by=by)
    changes = Change.objects.filter(channel=Change.Channel.INTAKE, by_name="somsri")
    assert {change.table for change in changes} >= {
        "certifications.award",
        "certifications.award_sources",
    }
    assert len({change.act for change in changes}) == 1
    assert {change.why for change in changes} == {"ชุดสมมติ"}


def test_the_same_input_again_is_all_unchanged_and_commits_nothing(by, levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    make.agency(name_th="โรงพยาบาลสมเด็จพระยุพราชปัว", province="55")
    lines = (
        "สำนักงานหนึ่ง,,ระดับเป็นเลิศ,95.5,นาย ก (ผู้อำนวยการ),ศรส.1",
        "โรงพยาบาลสมเด็จพระยุพราปัว,น่าน,ระดับพื้นฐาน,,,",  # taken by staff for the one above
        "หน่วยงานที่ไม่มีในทะเบียน,แพร่,ระดับพื้นฐาน,75,,",
    )
    first = file_of(*lines)
    wanted = {2: Choice("accept", "ตรวจแล้ว"), 3: Choice("create")}
    assert decisions.decide(first, wanted, by=by) == []
    commit(first, by=by)
    number = Change.objects.count()
    second = file_of(*lines, source=first.source)
    assert verdicts(second) == [(Verdict.UNCHANGED, Decision.SKIP)] * 3
    with pytest.raises(Refused, match="ไม่มีแถวใดที่จะบันทึก"):
        commit(second, by=by)
    assert Change.objects.count() == number


def test_a_draft_is_changed_where_the_file_says_otherwise_and_only_there(by, levels):
    award = make.award(
        make.agency(name_th="สำนักงานหนึ่ง"), 2570, level="basic", score=75, published=False
    )
    award.recipients.create(name="นาย ก")
    intake = file_of("สำนักงานหนึ่ง,,ระดับก้าวหน้า,85,,")
    assert [change[:3] for change in intake.rows.get().changes][:2] == [
        ["level", "basic", "advanced"],
        ["score", "75.00", "85.00"],
    ]
    commit(intake, by=by)
    award.refresh_from_db()
    assert (award.level.code, award.score) == ("advanced", 85)
    assert award.recipients.get().name == "นาย ก"


def test_a_name_printed_otherwise_is_kept_with_the_award(by, levels):
    office = make.agency(name_th="สำนักงานใหม่")
    office.names.create(kind="former", name="สำนักงานเก่า")
    commit(make.intake("สำนักงานเก่า"), by=by)
    assert office.awards.get().name_as_printed == "สำนักงานเก่า"


def test_a_new_body_is_made_only_when_it_was_decided(by, levels):
    parent = make.department(name_th="กรมการขนส่งทางบก")
    make.agency(name_th="สำนักงานขนส่งจังหวัดแพร่", parent=parent)
    intake = make.intake("สำนักงานขนส่งจังหวัดตาก\nสำนักงานขนส่งจังหวัดเลย")
    assert not models.Agency.objects.filter(name_th__contains="ตาก").exists()
    decisions.decide(intake, {1: Choice("create"), 2: Choice("skip")}, by=by)
    assert not models.Agency.objects.filter(name_th__contains="ตาก").exists()
    assert commit(intake, by=by).agencies == 1
    made = models.Agency.objects.get(name_th="สำนักงานขนส่งจังหวัดตาก")
    assert (made.parent, made.province, made.path) == (parent, "63", f"{parent.path}{made.code}/")
    assert models.SearchEntry.objects.filter(agency=made).exists()
    assert not models.Agency.objects.filter(name_th__contains="เลย").exists()


def test_a_warning_needs_a_reason_which_goes_into_the_record(by, levels):
    office = make.agency(name_th="สำนักงานหนึ่ง")
    make.award(office, 2569, level="excellent")
    intake = file_of("สำนักงานหนึ่ง,,ระดับพื้นฐาน,,,")
    assert codes(intake.rows.get()) == ["level_lower"]
    (told,) = decisions.decide(intake, {1: Choice("accept")}, by=by)
    assert "ระบุเหตุผลที่รับ" in told
    assert decisions.decide(intake, {1: Choice("accept", "ตรวจกับประกาศแล้ว")}, by=by) == []
    commit(intake, by=by)
    assert models.AcceptedDoubt.objects.get().reason == "ตรวจกับประกาศแล้ว"
    change = Change.objects.get(table="certifications.award", kind="insert", channel="intake")
    assert change.why == "ตรวจกับประกาศแล้ว"


# --- what is not written -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("สำนักงานหนึ่ง,,ระดับเป็นเลิศ,72,,", "score_of_another_level"),
        ("สำนักงานหนึ่ง,,ระดับพิเศษ,,,", "fault"),
        ("สำนักงานหนึ่ง,,,101,,", "fault"),
        ("สำนักงานหนึ่ง,,=1+1,,,", "fault"),
        ("สำนักงานหนึ่ง,,,,,ศรส.9", "number_taken"),
    ],
)
def test_an_error_cannot_be_accepted(by, levels, line, code):
    make.agency(name_th="สำนักงานหนึ่ง")
    make.award(certificate_number="ศรส.9")
    intake = file_of(line)
    row = intake.rows.get()
    assert code in codes(row) and row.decision == Decision.WAITING
    (told,) = decisions.decide(intake, {1: Choice("accept", "ยืนยัน")}, by=by)
    assert "แก้ข้อผิดก่อน" in told
    with pytest.raises(Refused, match="ยังมี 1 แถวที่ไม่ได้ตัดสิน"):
        commit(intake, by=by)


def test_a_row_of_another_year_than_the_intake_is_warned_of_and_with_a_ceremony_refused(levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    text = "ชื่อหน่วยงาน,ปี\nสำนักงานหนึ่ง,2569"
    assert codes(make.intake(content=text, year=2570).rows.get()) == ["another_year"]
    held = make.intake(content=text, year=2570, event=make.event(2570)).rows.get()
    assert "event_of_another_year" in codes(held) and held.has_errors


def test_a_body_closed_before_the_year_is_an_error(levels):
    make.agency(name_th="สำนักงานหนึ่ง", closed_on="2020-01-01")
    assert "closed_before" in codes(make.intake("สำนักงานหนึ่ง").rows.get())


def test_two_rows_of_one_body_are_told_apart_from_a_mere_repetition(by, levels):
    office = make.agency(name_th="สำนักงานหนึ่ง")
    same = file_of(*["สำนักงานหนึ่ง,,ระดับพื้นฐาน,,,"] * 2)
    assert verdicts(same) == [(Verdict.ADD, "accept"), (Verdict.DUPLICATE, "skip")]
    other = file_of("สำนักงานหนึ่ง,,ระดับพื้นฐาน,,,", "สำนักงานหนึ่ง,,ระดับเป็นเลิศ,,,")
    assert verdicts(other) == [(Verdict.ADD, "waiting"), (Verdict.DUPLICATE, "waiting")]
    assert "บรรทัดที่ 3" in other.rows.get(place=1).findings[0]["message"]
    decisions.decide(other, {1: Choice("skip")}, by=by)
    assert verdicts(other) == [(Verdict.ADD, "skip"), (Verdict.ADD, "accept")]
    commit(other, by=by)
    assert office.awards.get().level.code == "excellent"


def test_a_certificate_number_may_stand_on_one_row_only(levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    make.agency(name_th="สำนักงานสอง")
    intake = file_of("สำนักงานหนึ่ง,,,,,ศรส.1", "สำนักงานสอง,,,,,ศรส.1")
    assert codes(intake.rows.get(place=2)) == ["number_repeated"]


def test_a_published_award_is_not_changed_but_needs_a_proposal(by, levels):
    award = make.award(make.agency(name_th="สำนักงานหนึ่ง"), 2570, level="basic")
    intake = file_of("สำนักงานหนึ่ง,,ระดับเป็นเลิศ,,,")
    assert verdicts(intake) == [(Verdict.PROPOSAL, Decision.WAITING)]
    (told,) = decisions.decide(intake, {1: Choice("accept", "ยืนยัน")}, by=by)
    assert "ต้องผ่านเรื่องเสนอ" in told
    assert decisions.decide(intake, {1: Choice("propose", "ประกาศแก้ไข")}, by=by) == []
    assert commit(intake, by=by).proposed == 1
    award.refresh_from_db()
    assert award.level.code == "basic"
    proposal = models.Proposal.objects.get()
    assert (proposal.proposed_by, proposal.source, proposal.reason) == (
        by,
        intake.source,
        f"{intake.title}; ประกาศแก้ไข",
    )
    accept_proposal(proposal, by=make.user("approver", "ผู้อนุมัติ"))
    award.refresh_from_db()
    assert award.level.code == "excellent"


def test_all_that_a_list_says_otherwise_of_published_awards_is_one_request(by, levels):
    offices = [make.agency(name_th=name) for name in ("สำนักงานหนึ่ง", "สำนักงานสอง")]
    awards = [make.award(office, 2570, level="basic") for office in offices]
    intake = file_of("สำนักงานหนึ่ง,,ระดับพื้นฐาน,75,,", "สำนักงานสอง,,ระดับพื้นฐาน,,นายรับ มอบ,")
    assert decisions.decide(intake, {1: Choice("propose"), 2: Choice("propose")}, by=by) == []
    commit(intake, by=by)
    assert not awards[1].recipients.exists()
    accept_proposal(models.Proposal.objects.get(), by=make.user("approver", "ผู้อนุมัติ"))
    awards[0].refresh_from_db()
    assert awards[0].score == 75 and awards[1].recipients.get().name == "นายรับ มอบ"


def test_without_a_source_nothing_is_committed(by, levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    with pytest.raises(Refused, match="ยังไม่ได้เลือกแหล่งที่มา"):
        commit(make.intake("สำนักงานหนึ่ง", source=None), by=by)
    assert not Award.objects.exists()


# --- edits meanwhile -----------------------------------------------------------------------------


def test_an_award_edited_since_the_preview_is_a_conflict_and_nothing_is_written(by, levels):
    award = make.award(make.agency(name_th="สำนักงานหนึ่ง"), 2570, level="basic", published=False)
    other = make.agency(name_th="สำนักงานสอง")
    intake = file_of("สำนักงานหนึ่ง,,ระดับเป็นเลิศ,,,", "สำนักงานสอง,,ระดับเป็นเลิศ,,,")
    award.certificate_number = "ศรส.7"
    award.save()
    with pytest.raises(Refused, match="เปลี่ยนไปหลังจากที่ตรวจ"):
        commit(intake, by=by)
    assert not other.awards.exists()
    assert verdicts(intake) == [(Verdict.CONFLICT, "waiting"), (Verdict.ADD, "accept")]
    assert decisions.decide(intake, {1: Choice("accept")}, by=by) == []
    commit(intake, by=by)
    award.refresh_from_db()
    assert (award.level.code, award.certificate_number) == ("excellent", "ศรส.7")


def test_an_award_that_somebody_added_since_is_not_doubled(by, levels):
    office = make.agency(name_th="สำนักงานหนึ่ง")
    intake = file_of("สำนักงานหนึ่ง,,ระดับเป็นเลิศ,,,")
    make.award(office, 2570, published=False)
    with pytest.raises(Refused):
        commit(intake, by=by)
    assert verdicts(intake) == [(Verdict.CONFLICT, "waiting")]
    assert "มีผู้เพิ่มผลการรับรองนี้" in intake.rows.get().findings[-1]["message"]


def test_publishing_meanwhile_stops_the_commit(by, levels):
    award = make.award(make.agency(name_th="สำนักงานหนึ่ง"), 2570, level="basic", published=False)
    intake = file_of("สำนักงานหนึ่ง,,ระดับเป็นเลิศ,,,")
    publish([award], by=make.publisher())
    with pytest.raises(Refused):
        commit(intake, by=by)
    award.refresh_from_db()
    assert award.level.code == "basic"


def exported(award: Award, **edits) -> str:
    """One line of our own file of awards, edited."""
    award = Award.objects.select_related("agency__parent", "level").get(pk=award.pk)
    cells = {
        "agency_code": award.agency.code,
        "agency_th": award.agency.name_th,
        "year_be": str(award.year),
        "level_code": award.level.code if award.level else "",
        "score": "" if award.public_score is None else str(award.public_score),
        "version": version_of(award),
    } | edits
    return "\n".join([",".join(cells), ",".join(cells.values())])


def test_an_edited_export_changes_what_was_edited_and_clears_what_was_emptied(by, levels):
    award = make.award(year=2569, level="basic", certificate_number="ศรส.1", published=False)
    emptied = {"level_code": "advanced", "certificate_number": ""}
    intake = make.intake(content=exported(award, **emptied), year=None)
    assert verdicts(intake) == [(Verdict.CHANGE, "accept")]
    commit(intake, by=by)
    award.refresh_from_db()
    assert (award.level.code, award.certificate_number) == ("advanced", "")


@pytest.mark.parametrize("is_printed", [False, True])
def test_an_empty_cell_unsays_no_score_since_a_file_may_not_show_it(by, levels, is_printed):
    facts = {"score": 75, "score_is_printed": is_printed, "published": False}
    award = make.award(year=2569, level="basic", **facts)
    file = exported(award, certificate_number="ศรส.1", score="")
    commit(make.intake(content=file, year=None), by=by)
    award.refresh_from_db()
    assert (award.certificate_number, award.score) == ("ศรส.1", 75)


def test_a_row_edited_here_since_its_export_is_a_conflict(levels):
    award = make.award(year=2569, level="basic", published=False)
    file = exported(award, level_code="advanced")
    award.certificate_number = "ศรส.9"
    award.save()
    intake = make.intake(content=file, year=None)
    assert verdicts(intake) == [(Verdict.CONFLICT, "waiting")]
    decisions.look_again(intake, by=make.user())
    assert verdicts(intake) == [(Verdict.CONFLICT, "waiting")]


def test_an_export_that_nobody_edited_is_unchanged(levels):
    award = make.award(year=2569, level="basic", score=75)
    assert verdicts(make.intake(content=exported(award), year=None)) == [
        (Verdict.UNCHANGED, "skip")
    ]


def test_the_year_of_a_draft_may_be_changed_by_its_export(by, levels):
    award = make.award(year=2569, level="basic", published=False)
    intake = make.intake(content=exported(award, year_be="2568"), year=None)
    assert verdicts(intake) == [(Verdict.CHANGE, "accept")]
    commit(intake, by=by)
    award.refresh_from_db()
    assert (award.year, Award.objects.count()) == (2568, 1)


# --- two at once, and a database that fails ------------------------------------------------------


def at_once(number: int, act) -> list:
    """What each of several threads was told."""
    told, ready = [], threading.Barrier(number)

    def run():
        ready.wait()
        try:
            told.append(act())
        except Refused as refusal:
            told.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _each in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


# SQLite keeps the tests' database in memory, where two connections cannot wait for each other;
# tests/benchmarks/intake.py --together commits from several processes in a file.
if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_of_two_committing_the_same_intake_one_succeeds_and_the_other_is_told(by, levels):
        for number in range(5):
            make.agency(name_th=f"สำนักงาน {number}")
        intake = make.intake("\n".join(f"สำนักงาน {number}" for number in range(5)))
        told = at_once(2, lambda: commit(intake, by=by))
        assert sorted(isinstance(each, str) for each in told) == [False, True]
        assert "บันทึกชุดนี้ไปแล้ว" in next(each for each in told if isinstance(each, str))
        assert Award.objects.count() == 5

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_of_two_intakes_with_the_same_award_one_succeeds_and_the_other_is_told(by, levels):
        for number in range(5):
            make.agency(name_th=f"สำนักงาน {number}")
        text = "\n".join(f"สำนักงาน {number}" for number in range(5))
        waiting = [make.intake(text), make.intake(text)]
        told = at_once(2, lambda: commit(waiting.pop(), by=by))
        assert sorted(isinstance(each, str) for each in told) == [False, True]
        assert Award.objects.count() == 5


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("moment", [1, 4, 6])
def test_a_database_that_goes_away_leaves_nothing_and_the_intake_can_go_on(by, levels, moment):
    make.agency(name_th="สำนักงานหนึ่ง")
    intake = make.intake("สำนักงานหนึ่ง\nหน่วยงานใหม่")
    decisions.decide(intake, {2: Choice("create")}, by=by)
    before = (models.Agency.objects.count(), intake.rows.exclude(award=None).count())
    writes = []

    def failing(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            writes.append(sql)
            if len(writes) == moment:
                raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(failing), pytest.raises(Unavailable, match="ลองอีกครั้ง"):
        commit(intake, by=by)
    assert (models.Agency.objects.count(), intake.rows.exclude(award=None).count()) == before
    assert not Award.objects.exists()
    assert commit(intake, by=by).added == 2


def test_a_confirmation_of_what_has_changed_meanwhile_is_refused(by, levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    make.agency(name_th="สำนักงานสอง")
    intake = make.intake("สำนักงานหนึ่ง\nสำนักงานสอง")
    shown = intake.version
    decisions.decide(intake, {1: Choice("skip")}, by=make.user())
    with pytest.raises(Refused, match="หลังจากเปิดหน้ายืนยัน"):
        commit(intake, by=by, version=shown)


def test_a_body_added_by_somebody_else_is_not_made_again(by, levels):
    intake = make.intake("ศูนย์ใหม่เอี่ยม")
    decisions.decide(intake, {1: Choice("create")}, by=by)
    make.agency(name_th="ศูนย์ใหม่เอี่ยม")
    with pytest.raises(Refused):
        commit(intake, by=by)
    assert codes(intake.rows.get()) == ["exists_now"]
    assert models.Agency.objects.filter(name_th="ศูนย์ใหม่เอี่ยม").count() == 1


# --- decisions -----------------------------------------------------------------------------------


def test_a_decision_of_somebody_else_is_not_overwritten(by):
    make.agency(name_th="สำนักงานหนึ่ง")
    intake = make.intake("สำนักงานหนึ่ง")
    decisions.decide(intake, {1: Choice("skip", was="accept")}, by=make.user())
    (told,) = decisions.decide(intake, {1: Choice("waiting", was="accept")}, by=by)
    assert "มีผู้อื่นตัดสินแถวนี้ไปก่อนแล้ว" in told
    assert intake.rows.get().decision == Decision.SKIP


def test_choosing_another_body_is_kept_and_judged_anew(by, levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    other = make.agency(name_th="สำนักงานที่ถูก")
    make.award(other, 2570, level="basic", published=False)
    intake = file_of("สำนักงานหนึ่ง,,ระดับเป็นเลิศ,,,")
    decisions.choose_agency(intake, 1, other, by=by)
    row = intake.rows.get()
    assert (row.agency, row.match, row.verdict) == (other, "chosen", Verdict.CHANGE)


def test_a_correction_answers_for_what_could_not_be_read(by, levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    intake = file_of("สำนักงานหนึ่ง,,ระดับพิเศษ,,,")
    decisions.correct(intake, 1, {"name": "สำนักงานหนึ่ง", "year": 2570, "level": "advanced"}, by=by)
    row = intake.rows.get()
    assert (row.findings, row.decision, row.read["faults"] != []) == ([], Decision.ACCEPT, True)
    commit(intake, by=by)
    assert Award.objects.get().level.code == "advanced"


def test_reading_again_keeps_what_staff_decided(by, levels):
    make.agency(name_th="สำนักงานหนึ่ง")
    intake = make.intake("สำนักงานหนึ่ง\nหน่วยงานใหม่")
    decisions.decide(intake, {1: Choice("skip"), 2: Choice("create")}, by=by)
    intake.refresh_from_db()
    preview.preview(intake)
    assert [decision for _verdict, decision in verdicts(intake)] == ["skip", "create"]


def test_an_intake_that_is_closed_takes_no_more_decisions(by):
    intake = make.intake("หน่วยงานใหม่")
    decisions.abandon(intake, by=by)
    with pytest.raises(Exception, match="ตัดสินต่อไม่ได้"):
        decisions.decide(intake, {1: Choice("skip")}, by=by)
    with pytest.raises(Refused, match="จึงบันทึกไม่ได้"):
        commit(intake, by=by)


# --- undo ----------------------------------------------------------------------------------------


@pytest.fixture
def committed(by, levels):
    award = make.award(
        make.agency(name_th="สำนักงานหนึ่ง"), 2570, level="basic", score=75, published=False
    )
    award.recipients.create(name="นาย ก", on_behalf_of="นาย ข")
    intake = file_of(
        "สำนักงานหนึ่ง,,ระดับก้าวหน้า,85,นาง ค,",
        "ศูนย์ใหม่เอี่ยม,แพร่,ระดับพื้นฐาน,,,",
        "แถวที่ข้าม,แพร่,ระดับพื้นฐาน,,,",
    )
    decisions.decide(intake, {2: Choice("create"), 3: Choice("skip")}, by=by)
    commit(intake, by=by)
    return intake


@pytest.mark.parametrize("spelling", ["%.0f", "%.1f", "%.2f"])
def test_undo_knows_scores_however_they_were_kept(by, committed, spelling):
    row = committed.rows.get(before__isnull=False)
    for kept in (row.before, row.after):
        kept["score"] = spelling % float(kept["score"])
    row.save()
    assert undo(committed, by=by) == 2
    assert Award.objects.get().score == 75


def test_undo_removes_what_was_made_and_restores_what_was_changed(by, committed):
    assert (Award.objects.count(), undo(committed, by=by)) == (2, 2)
    award = Award.objects.get()
    assert (award.level.code, award.score, award.sources.count()) == ("basic", 75, 1)
    assert [(each.name, each.on_behalf_of) for each in award.recipients.all()] == [
        ("นาย ก", "นาย ข")
    ]
    assert not models.Agency.objects.filter(name_th="ศูนย์ใหม่เอี่ยม").exists()
    committed.refresh_from_db()
    assert (committed.state, committed.undone_by) == (Intake.State.UNDONE, by)


def test_undo_ends_with_the_first_publication(by, committed):
    publish([Award.objects.first()], by=make.publisher())
    assert what_stands_in_the_way(committed)
    with pytest.raises(Refused, match="เผยแพร่แล้ว"):
        undo(committed, by=by)
    assert Award.objects.count() == 2


def test_undo_ends_with_the_first_edit(by, committed):
    Award.objects.filter(agency__name_th="ศูนย์ใหม่เอี่ยม").update(score=71)
    with pytest.raises(Refused, match="ถูกแก้หลังจากนำเข้า"):
        undo(committed, by=by)


def test_undo_leaves_a_body_on_which_others_rest(by, committed):
    made = models.Agency.objects.get(name_th="ศูนย์ใหม่เอี่ยม")
    make.agency(parent=made)
    with pytest.raises(Refused, match="อ้างถึง"):
        undo(committed, by=by)
    assert Award.objects.count() == 2


def test_what_was_undone_is_not_undone_again(by, committed):
    undo(committed, by=by)
    with pytest.raises(Refused, match="จึงย้อนกลับไม่ได้"):
        undo(committed, by=by)


# --- what the database keeps ---------------------------------------------------------------------


def test_the_database_keeps_who_committed_and_with_which_source(by):
    intake = make.intake("หน่วยงานใหม่")
    intake.state, intake.committed_at = Intake.State.COMMITTED, timezone.now()
    with pytest.raises(Exception, match="แหล่งที่มา เวลา และผู้บันทึก"):
        intake.full_clean()


def test_an_intake_is_no_part_of_the_register_and_changes_no_page(by):
    stamp = models.Stamp.objects.first()
    intake = make.intake("หน่วยงานใหม่", source=None)
    with acting(by=by):
        decisions.decide(intake, {1: Choice("create")}, by=by)
    assert models.Stamp.objects.first() == stamp
    assert not Change.objects.filter(table__startswith="certifications.intake").exists()
