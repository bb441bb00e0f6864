"""What records must hold: what the database refuses, what staff are told, the tree, the acts."""

import datetime
import itertools
import re
import threading
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from certifications.models import (
    AcceptedDoubt,
    Agency,
    AgencyName,
    AgencySuccession,
    AnnouncedFigure,
    Award,
    AwardEvent,
    AwardRecipient,
    AwardStatusChange,
    CertificationLevel,
    Criterion,
    Intake,
    IntakeRow,
    LoadedRecord,
    MergeLog,
    PlaceName,
    Proposal,
    ProposalHand,
    RoundDeclaration,
    SearchWord,
    Source,
)
from certifications.models.agencies import new_code
from certifications.reference.states import StatusChange
from tests import make

pytestmark = pytest.mark.django_db

ERA_FORGOTTEN = datetime.date(2565, 9, 28)  # 28 September 2565 read as C.E.
ERA_DOUBLED = datetime.date(1479, 9, 28)  # 28 September 2022 read as B.E.
CEREMONY = datetime.date(2022, 9, 28)


# --- records with a place for a fault ------------------------------------------------------------


def agency(**facts):
    code = new_code()
    facts = {"code": code, "path": f"{code}/", "name_th": "สำนักงานสมมติ", "sort_key": "00"} | facts
    return Agency(**facts)


def agency_turned_on_itself(field):
    record = make.agency()
    setattr(record, field, record.pk)
    return record


def name(**facts):
    return AgencyName(**{"agency": make.agency(), "kind": "short", "name": "สนส."} | facts)


def succession(**facts):
    bodies = {"predecessor": make.agency(), "successor": make.agency()}
    return AgencySuccession(**bodies | {"kind": "renamed", "source": make.source()} | facts)


def award(**facts):
    return Award(**{"agency": make.agency(), "year": 2565} | facts)


def award_without_year(**facts):
    return award(**{"year": None, "known_by": datetime.date(2022, 9, 29)} | facts)


def event(**facts):
    return AwardEvent(**{"code": "2565", "year": 2565, "title_th": "พิธีสมมติ"} | facts)


def level(**facts):
    names = dict.fromkeys(["name_th", "name_en", "colour_th", "colour_en"], "สมมติ")
    numbers = {"rank": 9, "min_score": 10, "max_score": 20}
    return CertificationLevel(**{"code": "trial"} | names | numbers | facts)


def criterion(**facts):
    facts = {"first_year": 2563, "last_year": 2565, "order": 1, "title_th": "ด้านสมมติ"} | facts
    return Criterion(**facts)


def figure(**facts):
    facts = {"first_year": 2563, "last_year": 2565, "measure": "certified", "count": 9} | facts
    return AnnouncedFigure(**facts)


def declaration(**facts):
    return RoundDeclaration(**{"year": 2565, "note": "เทียบแล้ว"} | facts)


def search_word(**facts):
    return SearchWord(**{"typed": "สมม.", "means": "สมมติ"} | facts)


def place_name(**facts):
    return PlaceName(**{"name": "เกาะสมมติ", "province": "90"} | facts)


def recipient(**facts):
    return AwardRecipient(**{"award": make.award(), "name": "นางสาวสมมติ"} | facts)


def status_change(**facts):
    facts = {"award": make.award(), "change": "suspended", "reason": "เหตุสมมติ"} | facts
    paper = {"changed_on": CEREMONY, "source": make.source(), "recorded_by": make.publisher()}
    return AwardStatusChange(**paper | facts)


def warning(**facts):
    values = {
        "table": "certifications.award",
        "record_key": 1,
        "record": "ผล",
        "code": "level_lower",
    }
    said = {"message": "ต่ำกว่า", "reason": "ตรวจแล้ว", "about": "1", "by": make.publisher()}
    return AcceptedDoubt(**values | said | facts)


def merged(**facts):
    ends = {"source": make.agency(), "target": make.agency()}
    return MergeLog(**ends | {"reason": "ซ้ำ", "moved": [1], "by": make.publisher()} | facts)


def merged_into_itself():
    one = make.agency()
    return merged(source=one, target=one)


def proposal(**facts):
    return Proposal(**{"kind": "publish", "reason": "เหตุสมมติ", "proposed_by": make.user()} | facts)


def decided(by_proposer: bool = False, decision: str = "accepted"):
    one = proposal(decision=decision, decided_at=timezone.now())
    one.decided_by = one.proposed_by if by_proposer else make.user()
    return one


def proposal_hand(**facts):
    held = proposal()
    held.save()
    facts = {"proposal": held, "account": make.publisher(), "part": "proposed"} | facts
    return ProposalHand(**facts)


def intake(**facts):
    facts = {"title": "ชุดสมมติ", "text": "สำนักงานสมมติ", "created_by": make.publisher()} | facts
    return Intake(**{"kind": "pasted", "year": 2565} | facts)


def intake_row(**facts):
    return IntakeRow(**{"intake": make.intake("สำนักงานสมมติ"), "place": 99, "number": 1} | facts)


def second(build, **facts):
    """A record with the facts of one that is in the database already."""
    first = build(**facts)
    write_past_clean(first)
    columns = [column.attname for column in type(first)._meta.concrete_fields]
    return type(first)(**{column: getattr(first, column) for column in columns if column != "id"})


def with_a_number(number):
    return award(certificate_number=number)


def published():
    return {"published_at": timezone.now(), "published_by": make.publisher()}


def hidden(**facts):
    facts = {"hidden_at": timezone.now(), "hidden_by": make.publisher()} | facts
    return {"hidden_reason": "บันทึกซ้ำ"} | facts


def other_award_with_the_number(number):
    write_past_clean(with_a_number(number))
    return with_a_number(number)


def write_past_clean(record):
    """Into the database by a way that calls neither `clean` nor `save`."""
    rows = type(record).objects
    with transaction.atomic():
        if record.pk is None:
            rows.bulk_create([record])
        else:
            columns = [column.attname for column in record._meta.concrete_fields]
            columns.remove("id")
            rows.filter(pk=record.pk).update(**{name: getattr(record, name) for name in columns})


# --- what the database keeps ---------------------------------------------------------------------

HERE = {"latitude": Decimal("18.14462"), "longitude": Decimal("100.14028")}

# Constraint, the circumstance, a record that breaks it, and what staff are told when a field or
# `clean` speaks before the constraint can.
BROKEN = [
    (
        "agency_not_its_own_parent",
        "its own parent",
        lambda: agency_turned_on_itself("parent_id"),
        "อยู่ใต้หน่วยงานนี้เอง",
    ),
    (
        "agency_not_merged_into_itself",
        "merged into itself",
        lambda: agency_turned_on_itself("merged_into_id"),
        "",
    ),
    ("agency_has_a_thai_name", "no name", lambda: agency(name_th=""), "ว่างไม่ได้"),
    ("agency_position_with_source", "no source", lambda: agency(**HERE), ""),
    (
        "agency_position_with_source",
        "half a position",
        lambda: agency(latitude=18, position_source=make.source()),
        "",
    ),
    (
        "agency_position_with_source",
        "the other half",
        lambda: agency(longitude=100, position_source=make.source()),
        "",
    ),
    ("agency_name_once", "twice", lambda: second(name), ""),
    ("agency_name_until_is_for_former", "short name", lambda: name(until=CEREMONY), ""),
    (
        "succession_between_two_bodies",
        "one body",
        lambda: succession(**dict.fromkeys(["predecessor", "successor"], make.agency())),
        "",
    ),
    ("succession_once", "twice", lambda: second(succession), ""),
    ("award_once_a_year", "twice", lambda: second(award), ""),
    ("award_without_year_once", "twice", lambda: second(award_without_year), ""),
    (
        "award_certificate_number_once",
        "another office",
        lambda: other_award_with_the_number("ศรส 1/2565"),
        "",
    ),
    ("award_year_in_range", "a C.E. year", lambda: award(year=2022), ""),
    ("award_year_in_range", "543 too many", lambda: award(year=3108), ""),
    ("award_year_in_range", "before the scheme", lambda: award(year=2558), ""),
    (
        "award_event_needs_a_year",
        "no year",
        lambda: award_without_year(event=make.event(2565)),
        "",
    ),
    ("award_known_by_without_year", "neither", lambda: award_without_year(known_by=None), ""),
    (
        "award_known_by_in_range",
        "B.E. as C.E.",
        lambda: award_without_year(known_by=ERA_FORGOTTEN),
        "",
    ),
    (
        "award_known_by_in_range",
        "C.E. as B.E.",
        lambda: award_without_year(known_by=ERA_DOUBLED),
        "",
    ),
    (
        "award_printed_score_is_given",
        "",
        lambda: award(score_is_printed=True),
        "เมื่อแหล่งที่มาระบุคะแนนไว้ ต้องกรอกคะแนนด้วย",
    ),
    ("award_score_0_to_100", "below", lambda: award(score=Decimal("-0.01")), "ต้องไม่น้อยกว่า 0"),
    (
        "award_score_0_to_100",
        "above",
        lambda: award(score=Decimal("100.01")),
        "ต้องไม่เกิน 100",
    ),
    ("award_published_at_and_by", "nobody", lambda: award(published_at=timezone.now()), ""),
    ("award_published_at_and_by", "no time", lambda: award(published_by=make.publisher()), ""),
    (
        "award_hidden_with_reason",
        "no reason",
        lambda: award(**published(), **hidden(hidden_reason="")),
        "",
    ),
    (
        "award_hidden_with_reason",
        "nobody",
        lambda: award(**published(), **hidden(hidden_by=None)),
        "",
    ),
    (
        "award_hidden_with_reason",
        "reason alone",
        lambda: award(**published(), hidden_reason="ซ้ำ"),
        "",
    ),
    ("award_hidden_with_reason", "a draft", lambda: award(**hidden()), ""),
    ("awardevent_published_at_and_by", "nobody", lambda: event(published_at=timezone.now()), ""),
    ("awardevent_published_at_and_by", "no time", lambda: event(published_by=make.publisher()), ""),
    (
        "awardevent_hidden_with_reason",
        "no reason",
        lambda: event(**published(), **hidden(hidden_reason="")),
        "",
    ),
    ("awardevent_hidden_with_reason", "a draft", lambda: event(**hidden()), ""),
    ("event_year_in_range", "a C.E. year", lambda: event(code="2022", year=2022), ""),
    ("event_year_in_range", "543 too many", lambda: event(code="3108", year=3108), ""),
    ("event_year_in_range", "before the scheme", lambda: event(code="2558", year=2558), ""),
    (
        "event_date_in_range",
        "B.E. as C.E.",
        lambda: event(held_on=ERA_FORGOTTEN),
        "วันจัดพิธีต้องอยู่ในปี 2565",
    ),
    (
        "event_date_in_range",
        "C.E. as B.E.",
        lambda: event(held_on=ERA_DOUBLED),
        "วันจัดพิธีต้องอยู่ในปี 2565",
    ),
    (
        "status_change_day_in_range",
        "B.E. as C.E.",
        lambda: status_change(changed_on=ERA_FORGOTTEN),
        "",
    ),
    (
        "status_change_day_in_range",
        "C.E. as B.E.",
        lambda: status_change(changed_on=ERA_DOUBLED),
        "",
    ),
    (
        "agency_name_until_in_range",
        "B.E. as C.E.",
        lambda: name(kind="former", until=ERA_FORGOTTEN),
        "",
    ),
    (
        "agency_name_until_in_range",
        "C.E. as B.E.",
        lambda: name(kind="former", until=ERA_DOUBLED),
        "",
    ),
    ("figure_as_of_in_range", "B.E. as C.E.", lambda: figure(as_of=ERA_FORGOTTEN), ""),
    ("figure_as_of_in_range", "C.E. as B.E.", lambda: figure(as_of=ERA_DOUBLED), ""),
    ("succession_in_range", "B.E. as C.E.", lambda: succession(happened_on=ERA_FORGOTTEN), ""),
    ("succession_in_range", "C.E. as B.E.", lambda: succession(happened_on=ERA_DOUBLED), ""),
    ("agency_closed_in_range", "B.E. as C.E.", lambda: agency(closed_on=ERA_FORGOTTEN), ""),
    ("agency_closed_in_range", "C.E. as B.E.", lambda: agency(closed_on=ERA_DOUBLED), ""),
    (
        "source_published_in_range",
        "B.E. as C.E.",
        lambda: Source(url="https://example.test/era", published_on=ERA_FORGOTTEN),
        "",
    ),
    (
        "source_published_in_range",
        "C.E. as B.E.",
        lambda: Source(url="https://example.test/era", published_on=ERA_DOUBLED),
        "",
    ),
    ("event_time_needs_a_date", "no date", lambda: event(starts_at=datetime.time(9)), ""),
    (
        "event_validity_1_to_10_years",
        "none",
        lambda: event(validity_years=0),
        "ต้องไม่น้อยกว่า 1",
    ),
    (
        "event_validity_1_to_10_years",
        "eleven",
        lambda: event(validity_years=11),
        "ต้องไม่เกิน 10",
    ),
    ("level_min_not_above_max", "crossed", lambda: level(min_score=21, max_score=20), ""),
    ("level_score_at_most_100", "101", lambda: level(max_score=101), "ต้องไม่เกิน 100"),
    (
        "criterion_first_not_after_last",
        "crossed",
        lambda: criterion(first_year=2566, last_year=2565),
        "",
    ),
    ("criterion_years_in_range", "C.E. first", lambda: criterion(first_year=2022), ""),
    ("criterion_years_in_range", "543 too many", lambda: criterion(last_year=3108), ""),
    ("criterion_order_once", "twice", lambda: second(criterion), ""),
    ("search_word_once", "twice", lambda: second(search_word), ""),
    ("search_word_not_empty", "no word", lambda: search_word(typed=""), "ว่างไม่ได้"),
    ("search_word_not_empty", "no meaning", lambda: search_word(means=""), "ว่างไม่ได้"),
    ("place_name_once", "twice", lambda: second(place_name), ""),
    ("place_name_not_empty", "no name", lambda: place_name(name=""), "ว่างไม่ได้"),
    ("figure_first_not_after_last", "crossed", lambda: figure(first_year=2566), ""),
    ("figure_years_in_range", "C.E. first", lambda: figure(first_year=2022), ""),
    ("figure_years_in_range", "543 too many", lambda: figure(last_year=3108), ""),
    ("figure_as_of_when_it_matters", "in force", lambda: figure(measure="in_force"), ""),
    (
        "figure_as_of_when_it_matters",
        "to date",
        lambda: figure(measure="certified_to_date"),
        "",
    ),
    ("declaration_year_in_range", "C.E.", lambda: declaration(year=2022), ""),
    ("declaration_with_note", "none", lambda: declaration(note=""), "ว่างไม่ได้"),
    (
        "rounddeclaration_published_at_and_by",
        "nobody",
        lambda: declaration(published_at=timezone.now()),
        "",
    ),
    ("rounddeclaration_hidden_with_reason", "a draft", lambda: declaration(**hidden()), ""),
    ("recipient_position_needs_a_name", "none", lambda: recipient(on_behalf_of_position="อ."), ""),
    ("status_change_with_reason", "none", lambda: status_change(reason=""), "ว่างไม่ได้"),
    ("doubt_accepted_once", "twice", lambda: second(warning), ""),
    ("doubt_accepted_with_reason", "none", lambda: warning(reason=""), "ว่างไม่ได้"),
    ("merge_of_two_records", "one", lambda: merged_into_itself(), ""),
    ("merge_with_reason", "none", lambda: merged(reason=""), "ว่างไม่ได้"),
    ("merge_undone_at_and_by", "nobody", lambda: merged(undone_at=timezone.now()), ""),
    ("proposal_decided_by_and_at", "nobody", lambda: proposal(decision="accepted"), ""),
    ("proposal_decided_by_another", "the same", lambda: decided(by_proposer=True), ""),
    (
        "proposal_taken_back_by_its_proposer",
        "another",
        lambda: decided(decision="taken_back"),
        "",
    ),
    ("proposal_with_reason", "none", lambda: proposal(kind="withdraw", reason=""), ""),
    ("proposal_hand_once_a_part", "twice", lambda: second(proposal_hand), "อยู่แล้ว"),
    ("intake_keeps_what_came_in", "nothing", lambda: intake(text=""), ""),
    ("intake_year_in_range", "before the scheme", lambda: intake(year=2558), ""),
    ("intake_committed_with_a_source", "none", lambda: intake(state="committed"), ""),
    ("intake_undone_at_and_by", "nobody", lambda: intake(undone_at=timezone.now()), ""),
    ("intake_row_once", "twice", lambda: second(intake_row), ""),
    (
        "intake_row_decided_at_and_by",
        "nobody",
        lambda: intake_row(decided_at=timezone.now()),
        "",
    ),
]
IDS = [f"{rule}: {circumstance}" for rule, circumstance, _, _ in BROKEN]


def constraints():
    """Every rule of every model, by name."""
    register = set(apps.get_app_config("certifications").get_models()) - {LoadedRecord}
    return {rule.name: rule for model in register for rule in model._meta.constraints}


def told(record):
    """What staff are told when they try to keep this record."""
    with pytest.raises(ValidationError) as refusal:
        record.full_clean()
    return "\n".join(refusal.value.messages)


@pytest.mark.parametrize(("rule", "build"), [row[:3:2] for row in BROKEN], ids=IDS)
def test_the_database_refuses_what_breaks_a_rule(rule, build):
    record = build()
    with pytest.raises(IntegrityError) as refusal:
        write_past_clean(record)
    if connection.vendor == "postgresql" or "CHECK" in str(refusal.value):
        assert rule in str(refusal.value)  # SQLite does not name a unique constraint


@pytest.mark.parametrize(("rule", "build", "says"), [row[::2] + row[3:] for row in BROKEN], ids=IDS)
def test_staff_are_told_in_thai_which_rule_is_broken(rule, build, says):
    assert (says or str(constraints()[rule].violation_error_message)) in told(build())


def test_every_constraint_has_a_thai_sentence():
    silent = [
        rule.name
        for rule in constraints().values()
        if not re.search("[ก-ฮ]", str(rule.violation_error_message))
    ]
    assert not silent


TRIED_ELSEWHERE = {"event_file_with_caption"}  # tests/admin/records/test_events.py


def test_every_constraint_is_tried():
    assert {row[0] for row in BROKEN} == set(constraints()) - TRIED_ELSEWHERE


ALLOWED = {
    "a position with its source": lambda: agency(**HERE, position_source=make.source()),
    "a former name with its last day": lambda: name(kind="former", until=CEREMONY),
    "one name as short and as printed": lambda: second_kind_of_name(),
    "another year for one office": lambda: award(agency=make.award(year=2564).agency),
    "a year beside a year-less award": lambda: award(agency=make.award(year=None).agency),
    "a second award without number": lambda: other_award_with_the_number(""),
    "the first year of the scheme": lambda: award(year=2559),
    "the lowest score": lambda: award(score=0),
    "the highest score": lambda: award(score=100),
    "an unknown level, score and event": lambda: award_without_year(),
    "a withdrawn record with its reason": lambda: award(**published(), **hidden()),
    "a ceremony without a date": lambda: event(),
    "a second ceremony of the year": lambda: (make.event(2565), event(code="2565-2"))[1],
    "a level of one point": lambda: level(min_score=100, max_score=100),
    "a criterion of one year": lambda: criterion(first_year=2565),
    "an in-force figure with its day": lambda: figure(measure="in_force", as_of=CEREMONY),
    "a figure said by another source too": lambda: second(figure),
    "a recipient on behalf of a named one": lambda: recipient(
        on_behalf_of="นายสมมติ", on_behalf_of_position="อธิบดี"
    ),
}


def second_kind_of_name():
    first = name()
    write_past_clean(first)
    return name(agency=first.agency, kind="as_printed")


@pytest.mark.parametrize("build", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_breaks_no_rule_is_kept(build):
    record = build()
    record.full_clean()
    write_past_clean(record)


KEPT_UNIQUE = {
    "an agency's code": lambda: second(agency),
    "an event's code": lambda: second(event),
    "a level's code": lambda: second(level, code="basic", rank=1),
    "a source's address": lambda: second(Source, url="https://example.test/once"),
}


@pytest.mark.parametrize("build", KEPT_UNIQUE.values(), ids=KEPT_UNIQUE.keys())
def test_what_stands_in_an_address_is_used_once(build):
    record = build()
    assert "อยู่แล้ว" in told(record)
    with pytest.raises(IntegrityError):
        write_past_clean(record)


# --- rules across rows ---------------------------------------------------------------------------


@pytest.mark.parametrize("band", [(60, 70), (79, 85), (72, 75), (60, 95)])
def test_a_level_whose_band_overlaps_another_is_refused(band):
    make.level("basic")
    assert "ระดับพื้นฐาน (70–79)" in told(level(min_score=band[0], max_score=band[1]))


def test_a_level_beside_another_or_changed_itself_is_accepted():
    basic = make.level("basic")
    level(min_score=80, max_score=89).full_clean()
    level(min_score=60, max_score=69).full_clean()
    basic.min_score = 71
    basic.full_clean()


def test_an_agency_cannot_be_put_under_its_own_descendant():
    ministry = make.ministry()
    office = make.agency(parent=make.department(parent=ministry))
    ministry.parent = office
    assert f"“{office.name_th}” อยู่ใต้หน่วยงานนี้เอง" in told(ministry)


@pytest.mark.parametrize(("code", "score"), [("basic", "69.99"), ("basic", "80"), ("advanced", 79)])
def test_a_score_outside_the_band_of_the_level_is_refused(code, score):
    assert "คะแนนของ" in told(award(level=make.level(code), score=Decimal(score)))


@pytest.mark.parametrize(
    ("code", "score"), [("basic", "70"), ("basic", "79.99"), ("advanced", "80"), ("excellent", 100)]
)
def test_a_score_belongs_to_a_level_up_to_the_next_whole_point(code, score):
    award(level=make.level(code), score=Decimal(score)).full_clean()


def test_an_award_cannot_be_given_at_the_ceremony_of_another_year():
    assert "พิธีนี้เป็นของปี 2564" in told(award(year=2565, event=make.event(2564)))
    award(year=2564, event=AwardEvent.objects.get()).full_clean()


def test_an_event_code_begins_with_its_year():
    assert "รหัสต้องขึ้นต้นด้วยปีที่รับรอง 2565" in told(event(code="2564"))
    event(code="2565-2").full_clean()


@pytest.mark.parametrize("code", ["2565-1", "2565-22", "65", "2565 ", "ปี2565", "๒๕๖๕", "2565\n"])
def test_an_event_code_that_cannot_stand_in_an_address_is_refused(code):
    assert "2565-2" in told(event(code=code))


@pytest.mark.parametrize("day", ["2021-12-31", "2024-01-01"])
def test_a_ceremony_outside_its_year_and_the_next_is_refused(day):
    assert "วันจัดพิธีต้องอยู่ในปี 2565" in told(event(held_on=datetime.date.fromisoformat(day)))


@pytest.mark.parametrize("day", ["2022-01-01", "2022-12-31", "2023-12-31"])
def test_a_ceremony_in_its_year_or_the_next_is_accepted(day):
    event(held_on=datetime.date.fromisoformat(day)).full_clean()


def test_a_record_cannot_be_merged_into_one_that_was_merged_itself():
    kept = make.agency()
    merged = make.agency(merged_into=kept)
    third = make.agency()
    third.merged_into = merged
    assert f"ให้เลือก “{kept.name_th}” แทน" in told(third)


def test_a_record_that_others_were_merged_into_is_not_merged_on():
    target = make.agency()
    make.agency(merged_into=target)
    target.merged_into = make.agency()
    assert told(target)


def test_the_year_of_a_ceremony_is_not_changed_under_its_awards():
    held = make.award(year=2565, event=make.event(2565)).event
    held.year, held.code = 2564, "2564"
    assert told(held)


def test_a_merged_record_takes_no_award():
    kept = make.agency()
    merged = make.agency(merged_into=kept)
    assert f"ให้ใช้ “{kept.name_th}” แทน" in told(award(agency=merged))


def test_two_faults_of_an_award_are_told_together():
    wrong = award(event=make.event(2564), level=make.level("basic"), score=Decimal(95))
    with pytest.raises(ValidationError) as refusal:
        wrong.full_clean()
    assert set(refusal.value.message_dict) == {"event", "score"}


# --- published records stay ----------------------------------------------------------------------


@pytest.mark.parametrize("build", [make.award, make.event])
def test_a_published_record_cannot_be_deleted(build):
    record = build()
    with pytest.raises(ValidationError, match="ลบไม่ได้"):
        record.delete()
    with pytest.raises(ValidationError, match="ลบไม่ได้"):
        type(record).objects.filter(pk=record.pk).delete()
    assert type(record).objects.filter(pk=record.pk).exists()


def test_a_record_withdrawn_from_view_cannot_be_deleted_either():
    record = make.award(**hidden())
    with pytest.raises(ValidationError, match="ลบไม่ได้"):
        record.delete()
    with pytest.raises(ValidationError, match="ลบไม่ได้"):
        Award.objects.all().delete()


def test_one_published_record_among_drafts_stops_deleting_them_all():
    make.award(published=False)
    make.award()
    with pytest.raises(ValidationError, match="ลบไม่ได้"):
        Award.objects.all().delete()
    assert Award.objects.count() == 2


@pytest.mark.parametrize("build", [make.award, make.event])
def test_a_draft_can_be_deleted(build):
    build(published=False).delete()
    record = build(published=False)
    type(record).objects.filter(pk=record.pk).delete()
    assert not type(record).objects.exists()


def test_a_body_with_awards_or_bodies_below_it_cannot_be_deleted():
    office = make.award(make.agency(parent=make.department())).agency
    for body in (office, office.parent):
        with pytest.raises(IntegrityError), transaction.atomic():
            body.delete()


def test_a_recorded_status_change_can_be_neither_changed_nor_deleted():
    change = make.status_change(make.award(), StatusChange.SUSPENDED, CEREMONY)
    change.reason = "เหตุอื่น"
    with pytest.raises(ValidationError, match="แก้ไขหรือลบไม่ได้"):
        change.save()
    with pytest.raises(ValidationError, match="แก้ไขหรือลบไม่ได้"):
        change.delete()
    assert AwardStatusChange.objects.get().reason == "เหตุสมมติ"


@pytest.mark.parametrize("act", ["delete", "update"])
def test_recorded_status_changes_cannot_be_changed_or_deleted_together(act):
    make.status_change(make.award(), StatusChange.SUSPENDED, CEREMONY)
    with pytest.raises(ValidationError):
        getattr(AwardStatusChange.objects.all(), act)(**{"reason": "x"} if act == "update" else {})


def test_an_award_with_a_status_change_cannot_be_deleted_even_as_a_draft():
    draft = make.award(published=False)
    make.status_change(draft, StatusChange.SUSPENDED, CEREMONY)
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.delete()


# --- codes and names -----------------------------------------------------------------------------


def test_a_code_is_six_signs_that_cannot_be_misread():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert not [code for code in codes if not re.fullmatch("[2-9a-hjkmnp-tv-z]{6}", code)]
    assert set("".join(codes)) == set("23456789abcdefghjkmnpqrstvwxyz")


@pytest.mark.parametrize("code", ["ilo01u", "ABCDEF", "23456", "2345678", "abc-de", "abcdef\n"])
def test_a_code_with_other_signs_is_refused(code):
    assert told(agency(code=code))


def test_a_code_stays_when_everything_else_changes():
    office = make.agency()
    code = office.code
    office.name_th, office.kind, office.parent = "สำนักงานใหม่", "department", make.ministry()
    office.save()
    assert Agency.objects.get(pk=office.pk).code == code


TYPED = {"two sara e": ("เทศบาลเมืองเเพร่", "เทศบาลเมืองแพร่"), "split sara am": ("สํานักงาน", "สำนักงาน")}


@pytest.mark.parametrize(("typed", "kept"), TYPED.values(), ids=TYPED.keys())
def test_a_name_is_kept_in_one_spelling(typed, kept):
    office = make.agency(name_th=typed)
    other_name = AgencyName.objects.create(agency=office, kind="as_printed", name=typed)
    assert Agency.objects.get().name_th == kept
    assert AgencyName.objects.get(pk=other_name.pk).name == kept


def test_a_name_already_kept_in_another_spelling_is_told_in_thai():
    kept = name(name="แพร่")
    kept.save()
    assert "หน่วยงานนี้มีชื่อนี้อยู่แล้ว" in told(name(agency=kept.agency, name="เเพร่"))


def test_a_name_of_nothing_visible_is_no_name():
    assert "ต้องมีชื่อไทย" in told(agency(name_th="\u200b"))


def test_a_renamed_agency_is_cleaned_and_sorted_anew_even_when_only_the_name_is_saved():
    first, renamed = make.agency(name_th="ขนส่ง"), make.agency(name_th="คลัง")
    renamed.name_th = "ก\u0e4d\u0e32แพง"
    renamed.save(update_fields=["name_th"])
    assert list(Agency.objects.all()) == [renamed, first]
    assert Agency.objects.get(pk=renamed.pk).name_th == "กำแพง"


def test_agencies_stand_in_the_order_of_the_thai_dictionary():
    in_order = ["กระบี่", "เชียงราย", "เชียงใหม่", "แพร่", "แห่งที่ 2", "แห่งที่ ๑๐", "อ่างทอง"]
    for typed in sorted(in_order, reverse=True):
        make.agency(name_th=typed)
    assert [office.name_th for office in Agency.objects.all()] == in_order


# --- the tree ------------------------------------------------------------------------------------


def crooked():
    """Bodies whose stored path is not that of their parent and their own code."""
    bodies = Agency.objects.select_related("parent")
    return [
        body.name_th
        for body in bodies
        if body.path != f"{body.parent.path if body.parent else ''}{body.code}/"
    ]


def tree():
    """A ministry, its department, the department's office, and another ministry."""
    ministry = make.ministry(name_th="กระทรวงเดิม")
    department = make.department(name_th="กรม", parent=ministry)
    office = make.agency(name_th="สำนักงาน", parent=department)
    return ministry, department, office, make.ministry(name_th="กระทรวงใหม่")


def names(bodies):
    return sorted(body.name_th for body in bodies)


def test_a_path_names_every_body_above():
    ministry, department, office, _ = tree()
    assert office.path == f"{ministry.code}/{department.code}/{office.code}/"
    assert office.ancestor_codes == [ministry.code, department.code]
    assert list(Agency.objects.all().ancestors_of(office)) == [ministry, department]
    assert not crooked()


def test_everything_below_moves_with_a_department():
    old, department, office, new = tree()
    counter = make.agency(name_th="จุดบริการ", parent=office)
    held = make.award(counter)
    department.parent = new
    department.save()
    old.refresh_from_db()
    new.refresh_from_db()
    assert not crooked()
    assert names(Agency.objects.all().under(old)) == ["กระทรวงเดิม"]
    assert names(Agency.objects.all().under(new)) == ["กรม", "กระทรวงใหม่", "จุดบริการ", "สำนักงาน"]
    assert not Award.objects.all().under(old)
    assert list(Award.objects.all().under(new)) == [held]


def test_a_body_left_where_it_was_does_not_move_with_its_neighbour():
    old, department, _, new = tree()
    make.department(name_th="กรมข้างเคียง", parent=old)
    department.parent = new
    department.save()
    assert names(Agency.objects.all().under(old)) == ["กรมข้างเคียง", "กระทรวงเดิม"]


def test_a_department_taken_out_of_its_ministry_stands_on_its_own():
    old, department, office, _ = tree()
    department.parent = None
    department.save()
    office.refresh_from_db()
    assert office.path == f"{department.code}/{office.code}/"
    assert names(Agency.objects.all().under(old)) == ["กระทรวงเดิม"]


def test_a_move_is_seen_by_a_copy_of_an_office_read_before_it():
    _, department, office, new = tree()
    department.parent = new
    department.save()
    office.phone = "1567"
    office.save()
    assert not crooked()


def save_only_the_phone(copy):
    copy.save(update_fields=["phone"])


def save_everything(copy):
    copy.save()


def move_again(copy):
    copy.parent = make.ministry()
    copy.save()


@pytest.mark.parametrize("act", [save_only_the_phone, save_everything, move_again])
def test_a_copy_of_a_department_read_before_its_move_leaves_no_crooked_path(act):
    _, department, _, new = tree()
    copy = Agency.objects.get(pk=department.pk)
    department.parent = new
    department.save()
    act(copy)
    assert not crooked()


@pytest.mark.parametrize("field", ["parent", "parent_id"])
def test_a_move_saved_by_its_field_alone_leaves_no_crooked_path(field):
    _, department, _, new = tree()
    department.parent = new
    department.save(update_fields=[field])
    assert not crooked()


def test_a_code_once_assigned_is_never_another():
    office = make.agency()
    kept, office.code = office.code, new_code()
    with pytest.raises(ValidationError, match="รหัสถาวรเปลี่ยนไม่ได้"):
        office.save()
    assert Agency.objects.get().code == kept


def test_a_new_agency_draws_another_code_when_its_own_is_taken():
    first = make.agency()
    second_office = make.agency(code=first.code)
    assert second_office.code != first.code
    assert not crooked()


def test_two_agencies_put_under_each_other_from_old_copies_make_no_circle():
    first, second_body = make.department(), make.department()
    copy = Agency.objects.get(pk=first.pk)
    second_body.parent = copy
    second_body.save()
    first.parent = second_body
    with pytest.raises(ValidationError):
        first.save()
    assert not Agency.objects.get(pk=first.pk).parent_id
    assert not crooked()


# SQLite lets one writer in at a time, so there is no such moment to try.
if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_two_agencies_put_under_each_other_at_one_moment_make_no_circle():
        pair = [make.department(), make.department()]
        together = threading.Barrier(2, timeout=20)
        refused = []

        def move(body, above):
            try:
                with transaction.atomic():
                    above = Agency.objects.get(pk=above.pk)
                    body = Agency.objects.get(pk=body.pk)
                    together.wait()
                    body.parent = above
                    body.save()
            except (DatabaseError, ValidationError) as refusal:
                refused.append(refusal)
            finally:
                connection.close()

        writers = [
            threading.Thread(target=move, args=order) for order in itertools.permutations(pair)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(timeout=30)
        assert len(refused) == 1
        assert Agency.objects.filter(parent=None).count() == 1
        assert not crooked()


def test_a_copy_of_an_agency_read_earlier_does_not_undo_its_award():
    agency = make.agency()
    read_earlier = Agency.objects.get(pk=agency.pk)
    make.award(agency)
    read_earlier.phone = "1111"
    read_earlier.save()
    assert list(Agency.objects.certified()) == [agency]
