"""Two records of one body made one, and undone: nothing lost, nothing half-done."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection

from certifications import models
from certifications.actions import merge as merging
from certifications.actions.decide import accept, take_back
from certifications.actions.merge_plan import LEFT_BEHIND, SOURCE, TARGET, Choices, plan
from certifications.actions.propose import propose_act
from certifications.audit.kept import kept_models
from certifications.models import Agency, Award, Change, MergeLog
from certifications.reference.states import StatusChange
from tests import make
from tests.decided import merge, undo_merge

pytestmark = pytest.mark.django_db

REASON = "ชื่อเดียวกัน พิมพ์ต่างกัน"


@pytest.fixture
def by():
    return make.user("approver", "ผู้อนุมัติ")


@pytest.fixture
def twice():
    """One office entered twice, with everything that can hang on a record."""
    source = make.agency(name_th="สนง.จัดหางานแพร่", name_en="Phrae Jobs", phone="054-1")
    target = make.agency(name_th="สำนักงานจัดหางานจังหวัดแพร่", name_en="Phrae Office", province="54")
    source.names.create(kind="short", name="จจ.แพร่")
    source.sources.add(make.source())
    make.agency(name_th="หน่วยย่อยสมมติ", parent=source)
    make.agency(name_th="ระเบียนเก่าสมมติ", merged_into=source)
    make.figure(7, agency=source)
    models.AgencySuccession.objects.create(
        kind="renamed", predecessor=make.agency(), successor=source, source=make.source()
    )
    award = make.award(source, 2564, level="basic")
    award.recipients.create(name="นายรับ มอบ")
    make.status_change(award, StatusChange.SUSPENDED, datetime.date(2022, 5, 1))
    return source, target


def same_year(source_facts=None, target_facts=None, **recipients):
    source, target = make.agency(name_th="ระเบียนที่หนึ่ง"), make.agency(name_th="ระเบียนที่สอง")
    ours = make.award(source, 2565, **({"level": "basic"} | (source_facts or {})))
    theirs = make.award(target, 2565, **({"level": "advanced"} | (target_facts or {})))
    return source, target, ours, theirs


def picture() -> dict:
    """All rows of all kept tables, without when they were last written and the keys of links."""
    return {
        model: sorted(
            sorted(row.items(), key=str)
            for row in (
                {
                    name: str(value)
                    for name, value in row.items()
                    if name != "updated_at" and not (name == "id" and model._meta.auto_created)
                }
                for row in model._base_manager.values()
            )
        )
        for model in kept_models()
        if model._meta.app_label == "certifications"
    }


def refusal(act) -> str:
    with pytest.raises(ValidationError) as refused:
        act()
    return " ".join(refused.value.messages)


def decided(side: str, *fields: str, year: str = "2565") -> Choices:
    return Choices(awards={year: dict.fromkeys(fields, side)})


def test_everything_of_the_one_record_becomes_the_others(twice, by):
    source, target = twice
    old_figure, old_child = source.figures.get(), source.children.get()
    merge(source, target, by=by, reason=REASON)
    source.refresh_from_db()
    target.refresh_from_db()
    assert source.merged_into == target
    award = target.awards.get()
    assert (award.year, award.recipients.get().name) == (2564, "นายรับ มอบ")
    assert award.status_changes.count() == 1
    assert target.figures.get() == old_figure and target.children.get() == old_child
    assert target.children.get().path.startswith(target.path)
    assert target.sources.count() == 1 and not source.sources.exists()
    assert target.predecessions.count() == 1
    assert target.phone == "054-1" and target.name_en == "Phrae Office"
    assert set(target.names.values_list("kind", "name")) == {
        ("as_printed", "สนง.จัดหางานแพร่"),
        ("english", "Phrae Jobs"),
        ("short", "จจ.แพร่"),
    }
    call_command("reindex", "--check", verbosity=0)
    call_command("check_records", verbosity=0)


def test_an_old_name_can_be_kept_as_former(twice, by):
    source, target = twice
    merge(source, target, Choices(name_kind="former"), by=by, reason=REASON)
    assert target.names.filter(kind="former", name="สนง.จัดหางานแพร่").exists()


def test_old_addresses_lead_to_the_one_that_stays_in_one_hop(twice, by, client):
    source, target = twice
    older = source.merged_records.get()
    merge(source, target, by=by, reason=REASON)
    for record in (source, older):
        answer = client.get(record.get_absolute_url())
        assert answer.status_code == 301
        assert answer.headers["Location"] == target.get_absolute_url()
        assert (
            client.get(f"/api/v1/agencies/{record.code}/")
            .headers["Location"]
            .endswith(f"{target.code}/")
        )


def test_no_list_file_map_or_search_shows_the_merged_record(twice, by, client):
    source, target = twice
    merge(source, target, by=by, reason=REASON)
    for address in (
        "/agencies/",
        "/agencies/?q=จัดหางานแพร่",
        "/agencies/?format=csv",
        "/agencies/?format=json",
        "/awards/?format=csv",
        "/sitemap-agencies.xml",
        "/api/v1/agencies/",
        "/data/agencies.csv",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        body = b"".join(answer) if answer.streaming else answer.content
        assert source.code not in body.decode(), address
    assert target.code in client.get("/agencies/?q=จัดหางานแพร่").content.decode()


def test_undoing_puts_every_row_back(twice, by):
    source, target = twice
    make.award(source, 2565, level="basic", score=75)
    make.award(target, 2565, level="advanced", score=85)
    before = picture()
    log = merge(source, target, decided(SOURCE, "level", "score"), by=by, reason=REASON)
    undo_merge(log, by=by)
    assert picture() == before
    log.refresh_from_db()
    assert log.undone_by == by
    call_command("reindex", "--check", verbosity=0)


def test_both_acts_are_in_the_record_of_changes_with_who_and_why(twice, by):
    log = merge(*twice, by=by, reason=REASON)
    change = Change.objects.filter(table="certifications.award", kind="update").first()
    assert (change.by_name, change.why) == ("approver", REASON)
    undo_merge(log, by=by)
    change = Change.objects.filter(table="certifications.award", kind="update").first()
    assert (change.by_name, change.why) == ("approver", "ย้อนการรวมระเบียน")


@pytest.mark.parametrize(("side", "level"), [(SOURCE, "basic"), (TARGET, "advanced")])
def test_of_two_awards_of_one_year_staff_choose_field_by_field(by, side, level):
    source, target, ours, theirs = same_year()
    ours.recipients.create(name="นายหนึ่ง")
    ours.recipients.create(name="นายสอง")
    theirs.recipients.create(name="นายสอง")
    make.status_change(ours, StatusChange.SUSPENDED, datetime.date(2023, 1, 1))
    sources = {*ours.sources.all(), *theirs.sources.all()}
    merge(source, target, decided(side, "level"), by=by, reason=REASON)
    award = target.awards.get()
    assert (award.pk, award.level.code) == (theirs.pk, level)
    assert {*award.recipients.values_list("name", flat=True)} == {"นายหนึ่ง", "นายสอง"}
    assert award.recipients.count() == 2 and award.status_changes.count() == 1
    assert {*award.sources.all()} == sources
    call_command("reindex", "--check", verbosity=0)


def test_the_plan_says_what_differs_and_which_is_the_only_one_filled_in(by):
    event = make.event(2565)
    source, target, *_awards = same_year(
        {"event": event, "score": 75}, {"certificate_number": "GECC-1"}
    )
    (clash,) = plan(source, target).clashes
    assert {one.name: one.likely for one in clash.differences} == {
        "event": SOURCE,
        "level": "",
        "score": SOURCE,
        "certificate_number": TARGET,
    }


def test_a_difference_nobody_decided_stops_the_merge(by):
    source, target, *_awards = same_year()
    for choices in (None, Choices(), decided("both", "level"), decided(SOURCE, "score")):
        said = refusal(lambda choices=choices: merge(source, target, choices, by=by, reason=REASON))
        assert said == "เลือกว่าปี 2565 จะใช้ระดับของระเบียนใด"
    assert not MergeLog.objects.exists() and Award.objects.count() == 2


def test_choices_that_make_an_award_that_cannot_be_stop_the_merge(by):
    source, target, *_awards = same_year({"score": 75}, {"score": 85})
    choices = Choices(awards={"2565": {"level": SOURCE, "score": TARGET}})
    before = picture()
    assert "คะแนนของระดับพื้นฐาน" in refusal(
        lambda: merge(source, target, choices, by=by, reason=REASON)
    )
    assert picture() == before


def test_a_number_that_only_one_may_bear_moves_with_the_choice(by):
    source, target, *_awards = same_year({"certificate_number": "GECC-9"})
    before = picture()
    choices = decided(SOURCE, "level", "certificate_number")
    log = merge(source, target, choices, by=by, reason=REASON)
    assert target.awards.get().certificate_number == "GECC-9"
    undo_merge(log, by=by)
    assert picture() == before


def test_what_anyone_could_see_stays_to_be_seen(by):
    source, target, _ours, theirs = same_year(target_facts={"published": False})
    merge(source, target, decided(SOURCE, "level"), by=by, reason=REASON)
    theirs.refresh_from_db()
    assert theirs.is_public


def test_merging_what_anyone_can_see_is_proposed_and_done_as_it_was_shown(by):
    source, target, _ours, theirs = same_year()
    proposer = make.user()
    arguments = arguments_of(source, target, "level")
    proposal = propose_act("merge", arguments, by=proposer, reason=REASON)
    source.refresh_from_db()
    assert source.merged_into is None and proposal.is_open
    accept(proposal, by=by)
    source.refresh_from_db()
    assert source.merged_into == target and target.awards.get() == theirs


def test_a_merge_that_would_be_another_one_by_now_is_not_done(by):
    source, target, *_awards = same_year()
    arguments = arguments_of(source, target, "level")
    proposal = propose_act("merge", arguments, by=make.user(), reason=REASON)
    make.award(source, 2567)
    assert "ไม่ตรงกับที่เสนอไว้" in refusal(lambda: accept(proposal, by=by))
    assert models.Proposal.objects.get().is_open


def test_records_that_nobody_sees_are_merged_at_once(by):
    source, target = make.agency(), make.agency()
    assert propose_act("merge", arguments_of(source, target), by=by, reason=REASON) is None
    source.refresh_from_db()
    assert source.merged_into == target


def arguments_of(source, target, *fields) -> dict:
    awards = {"2565": dict.fromkeys(fields, TARGET)} if fields else {}
    ends = {"source": source.pk, "target": target.pk}
    return ends | {"name_kind": "as_printed", "awards": awards, "reason": REASON}


def test_a_proposal_that_waits_is_decided_before_its_award_is_folded(by):
    source, target, _ours, theirs = same_year()
    proposer = make.user()
    proposal = make.correction(theirs, {"year": 2566}, by=proposer)
    arguments = arguments_of(source, target, "level")

    def act():
        propose_act(
            "merge", arguments | {"source": target.pk, "target": source.pk}, by=by, reason=REASON
        )

    assert "รอพิจารณาอยู่แล้ว" in refusal(act)
    take_back(proposal, by=proposer)
    act()


def test_what_was_proposed_about_an_award_that_is_folded_stays_known(by):
    source, target, ours, _theirs = same_year()
    proposer = make.user()
    proposal = make.correction(ours, {"year": 2566}, by=proposer)
    take_back(proposal, by=proposer)
    before = picture()
    log = merge(source, target, decided(TARGET, "level"), by=by, reason=REASON)
    item = proposal.items.get()
    assert (item.record, item.before["year"], item.after["year"]) == (None, 2565, 2566)
    undo_merge(log, by=by)
    assert picture() == before


def test_a_row_of_an_intake_goes_along_and_holds_nothing_up(by):
    """Work goes on after a merge: what became of a row is no reason against undoing it."""
    source, target = make.agency(name_th="ก"), make.agency(name_th="ข")
    intake = models.Intake.objects.create(kind="pasted", title="ชุด", text="ก", created_by=by)
    rows = [intake.rows.create(place=place, number=1, agency=source) for place in (1, 2)]
    log = merge(source, target, by=by, reason=REASON)
    for row in rows:
        row.refresh_from_db()
        assert row.agency == target
    models.IntakeRow.objects.filter(pk=rows[0].pk).update(decision="skip")
    models.IntakeRow.objects.filter(pk=rows[1].pk).delete()
    undo_merge(log, by=by)
    rows[0].refresh_from_db()
    assert (rows[0].agency, rows[0].decision) == (source, "skip")


def test_awards_without_a_year_clash_too(by):
    source, target = make.agency(), make.agency()
    make.award(source, None, level="basic")
    make.award(target, None, level="basic", known_by=datetime.date(2023, 1, 1))
    merge(source, target, decided(SOURCE, "known_by", year=""), by=by, reason=REASON)
    assert target.awards.get().known_by == datetime.date(2022, 9, 29)


def test_an_event_between_the_two_records_never_was(by):
    source, target = make.agency(), make.agency()
    models.AgencySuccession.objects.create(
        kind="renamed", predecessor=source, successor=target, source=make.source()
    )
    before = picture()
    log = merge(source, target, by=by, reason=REASON)
    assert not models.AgencySuccession.objects.exists()
    undo_merge(log, by=by)
    assert picture() == before


def test_names_both_have_are_kept_once(by):
    source, target = make.agency(name_th="ก"), make.agency(name_th="ข")
    for agency in (source, target):
        agency.names.create(kind="short", name="กข.")
    source.names.create(kind="as_printed", name="ข")
    target.names.create(kind="former", name="ก")
    merge(source, target, by=by, reason=REASON)
    assert set(target.names.values_list("kind", "name")) == {("short", "กข."), ("former", "ก")}


def test_what_cannot_be_merged_is_refused_with_the_reason(by):
    parent = make.agency(name_th="กรมบน")
    child = make.agency(name_th="สำนักงานล่าง", parent=parent)
    merged = make.agency(name_th="เก่า", merged_into=parent)
    assert "รวมเข้ากับตัวเองไม่ได้" in refusal(lambda: merge(child, child, by=by, reason=REASON))
    assert "อยู่ใต้ “กรมบน”" in refusal(lambda: merge(parent, child, by=by, reason=REASON))
    for pair in ((merged, child), (child, merged)):
        said = refusal(lambda pair=pair: merge(*pair, by=by, reason=REASON))
        assert "“เก่า” ถูกรวมเข้ากับ “กรมบน” ไปแล้ว" in said
    assert "ต้องระบุเหตุผล" in refusal(lambda: merge(child, make.agency(), by=by, reason=" "))


def test_a_body_may_be_merged_into_the_one_above_it(by):
    parent = make.agency()
    child = make.agency(parent=parent)
    grandchild = make.agency(parent=child)
    merge(child, parent, by=by, reason=REASON)
    grandchild.refresh_from_db()
    assert grandchild.path == f"{parent.code}/{grandchild.code}/"


# --- undoing -------------------------------------------------------------------------------------


def test_what_was_changed_since_is_named_and_stops_the_undoing(twice, by):
    source, target = twice
    log = merge(source, target, by=by, reason=REASON)
    award = target.awards.get()
    award.level = make.level("advanced")
    award.save()
    said = refusal(lambda: undo_merge(log, by=by))
    assert f"ผลการรับรอง “{award}”" in said
    source.refresh_from_db()
    assert source.merged_into == target


def test_a_change_that_has_nothing_to_do_with_the_merge_stays(twice, by):
    source, target = twice
    log = merge(source, target, by=by, reason=REASON)
    Agency.objects.filter(pk=target.pk).update(website="https://new.example.test/")
    undo_merge(log, by=by)
    target.refresh_from_db()
    assert (target.website, target.phone) == ("https://new.example.test/", "")


def test_something_deleted_since_is_named_too(twice, by):
    source, target = twice
    log = merge(source, target, by=by, reason=REASON)
    target.names.get(kind="short").delete()
    assert "ชื่ออื่นที่ลบไปแล้ว" in refusal(lambda: undo_merge(log, by=by))


def test_merges_are_undone_the_last_one_first(by):
    first, second, third = (make.agency(name_th=f"สำนักงาน {n}") for n in "กขค")
    make.award(first, 2564)
    before = picture()
    one = merge(first, second, by=by, reason=REASON)
    two = merge(second, third, by=by, reason=REASON)
    first.refresh_from_db()
    assert first.merged_into == third
    refusal(lambda: undo_merge(one, by=by))
    undo_merge(two, by=by)
    undo_merge(one, by=by)
    assert picture() == before


def test_a_merge_is_undone_once(twice, by):
    log = merge(*twice, by=by, reason=REASON)
    undo_merge(log, by=by)
    assert "ถูกย้อนไปแล้ว" in refusal(lambda: undo_merge(log, by=by))


# --- all or nothing ------------------------------------------------------------------------------

STEPS = (
    "_fold",
    "_move_names",
    "_move_successions",
    "plain_relations",
    "to_fill",
    "changed_rows",
)


@pytest.mark.parametrize("step", STEPS)
def test_a_merge_that_breaks_off_leaves_nothing_behind(twice, by, monkeypatch, step):
    source, target = twice
    make.award(source, 2565, level="basic")
    make.award(target, 2565, level="basic")
    before, changes = picture(), Change.objects.count()
    real = getattr(merging, step)

    def break_off(*args):
        real(*args)
        raise RuntimeError(step)

    monkeypatch.setattr(merging, step, break_off)
    with pytest.raises(RuntimeError):
        merge(source, target, by=by, reason=REASON)
    assert picture() == before and Change.objects.count() == changes


@pytest.mark.parametrize("step", ["put_back", "rewrite_histories"])
def test_an_undoing_that_breaks_off_leaves_the_merge_as_it_was(twice, by, monkeypatch, step):
    log = merge(*twice, by=by, reason=REASON)
    before = picture()

    def break_off(*args):
        raise RuntimeError

    monkeypatch.setattr(merging, step, break_off)
    with pytest.raises(RuntimeError):
        undo_merge(log, by=by)
    assert picture() == before


def test_a_second_merge_of_the_same_two_is_told_so(twice, by):
    source, target = twice
    merge(source, target, by=by, reason=REASON)
    said = refusal(lambda: merge(source, target, by=by, reason=REASON))
    assert "ไปแล้ว" in said
    assert MergeLog.objects.count() == 1


# SQLite lets one writer in at a time, so there is no such moment to try.
if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    @pytest.mark.parametrize("crosswise", [False, True])
    def test_of_many_merging_the_same_two_at_once_one_succeeds(crosswise):
        one, other = make.agency(name_th="ก"), make.agency(name_th="ข")
        make.award(one, 2564)
        make.award(other, 2563)
        by = make.user()
        together, answers = threading.Barrier(8, timeout=20), []

        def act(number: int):
            pair = (other, one) if crosswise and number % 2 else (one, other)
            try:
                together.wait()
                merge(*pair, by=by, reason=REASON)
                answers.append("merged")
            except ValidationError as refused:
                answers.append(refused.messages[0])
            finally:
                connection.close()

        people = [threading.Thread(target=act, args=[number]) for number in range(8)]
        for person in people:
            person.start()
        for person in people:
            person.join(timeout=30)
        assert answers.count("merged") == 1
        assert sum("ไปแล้ว" in answer for answer in answers) == 7
        assert Agency.objects.filter(merged_into__isnull=False).count() == 1
        assert MergeLog.objects.count() == 1

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_an_award_entered_while_its_agency_is_merged_ends_up_with_the_one_that_stays():
        """Nothing is left on the merged record, whichever of the two comes first."""
        by = make.user()
        for _time in range(5):
            source, target = make.agency(), make.agency()
            together = threading.Barrier(2, timeout=20)

            def enter(source=source, together=together):
                try:
                    together.wait()
                    award = Award(agency=Agency.objects.get(pk=source.pk), year=2565)
                    award.full_clean()
                    award.save()
                except (ValidationError, IntegrityError):
                    pass
                finally:
                    connection.close()

            def join(source=source, target=target, together=together):
                try:
                    together.wait()
                    merge(source, target, by=by, reason=REASON)
                finally:
                    connection.close()

            people = [threading.Thread(target=work) for work in (enter, join)]
            for person in people:
                person.start()
            for person in people:
                person.join(timeout=30)
            assert not Award.objects.filter(agency=source).exists()


def test_every_relation_to_an_agency_or_award_is_moved_or_left_on_purpose():
    """A new one must be thought of: does it go with the body, or say what was?"""
    moved = {
        Agency: {
            *("awards", "children", "figures", "intake_rows", "merged_records", "names"),
            *("predecessions", "successions"),
        },
        Award: {"intake_rows", "recipients", "status_changes"},
    }
    for model, known in moved.items():
        relations = {one.get_accessor_name() for one in model._meta.related_objects}
        assert relations - LEFT_BEHIND == known
