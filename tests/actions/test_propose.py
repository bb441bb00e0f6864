"""What is public changes by two people's hands, and only while it is as the first one saw it."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from certifications.actions.decide import accept, refuse, take_back
from certifications.actions.propose import propose_publication, propose_withdrawal
from certifications.models import Award, Change, Proposal
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def first():
    return make.user("first", "ผู้บันทึก")


@pytest.fixture
def second():
    return make.user("second", "ผู้อนุมัติ")


def test_nothing_changes_before_a_second_person_accepts(first, second):
    award = make.award(published=False)
    proposal = propose_publication([award], by=first)
    assert not Award.objects.published().exists()
    accept(proposal, by=second, note="ตรวจแล้ว")
    proposal.refresh_from_db()
    assert Award.objects.published().get().published_by == second
    assert (proposal.decision, proposal.decided_by, proposal.note) == (
        "accepted",
        second,
        "ตรวจแล้ว",
    )
    change = Change.objects.filter(table="certifications.award").first()
    assert (change.channel, change.by_name) == (Change.Channel.PROPOSAL, "second")


def test_the_database_itself_refuses_the_same_account(first):
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(
            kind="publish",
            proposed_by=first,
            decision="accepted",
            decided_by=first,
            decided_at=timezone.now(),
        )
    proposal = Proposal(
        kind="publish",
        proposed_by=first,
        decision="accepted",
        decided_by=first,
        decided_at=timezone.now(),
    )
    with pytest.raises(ValidationError, match="ผู้เสนอพิจารณาเรื่องเสนอของตนเองไม่ได้"):
        proposal.full_clean()


@pytest.mark.parametrize(
    "facts",
    [
        {"decision": "accepted"},
        {"kind": "withdraw"},
        {"decision": "taken_back", "decided_at": "2026-01-01T00:00:00Z", "decided_by": "other"},
    ],
)
def test_the_database_refuses_half_a_decision_and_a_withdrawal_without_reason(first, facts):
    if facts.get("decided_by"):
        facts = facts | {"decided_by": make.user()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(**{"kind": "publish", "proposed_by": first} | facts)


def test_superusers_are_no_exception():
    boss = make.user(is_superuser=True)
    proposal = propose_publication([make.award(published=False)], by=boss)
    with pytest.raises(ValidationError, match="ของตนเองไม่ได้"):
        accept(proposal, by=boss)
    assert Proposal.objects.get().is_open and not Award.objects.published().exists()


def test_an_office_of_one_person_does_it_at_once_and_the_record_says_so(first, settings):
    settings.TWO_PERSONS = False
    proposal = propose_withdrawal([make.award()], by=first, reason="ประกาศผิด")
    proposal.refresh_from_db()
    assert proposal.single_hand and proposal.decision == "accepted"
    assert not Award.objects.published().exists()


def test_what_changed_since_it_was_proposed_is_a_conflict_and_stays_open(first, second):
    award = make.award(make.agency(), 2565, level=make.level("basic"), published=False)
    proposal = propose_publication([award], by=first)
    Award.objects.filter(pk=award.pk).update(level=make.level("advanced"))
    with pytest.raises(ValidationError, match="ระดับ"):
        accept(proposal, by=second)
    assert Proposal.objects.get().is_open and not Award.objects.published().exists()


def test_a_record_that_changed_goes_back_alone_and_the_others_are_published(first, second):
    proven, loses_its_source = make.award(published=False), make.award(published=False)
    proposal = propose_publication([proven, loses_its_source], by=first)
    loses_its_source.sources.clear()
    accept(proposal, by=second)
    assert Award.objects.published().get() == proven
    item = proposal.items.get(record_key=loses_its_source.pk)
    assert not item.is_open and "ถูกแก้หลังจากเสนอ (แหล่งที่มา)" in item.sent_back


def test_who_accepts_publishes_no_recipient_the_proposer_did_not_see(first, second):
    award = make.award(published=False)
    proposal = propose_publication([award], by=first)
    award.recipients.create(name="นายสมมติ ทดสอบ")
    with pytest.raises(ValidationError, match="ถูกแก้หลังจากเสนอ"):
        accept(proposal, by=second)
    take_back(proposal, by=first)
    accept(propose_publication([award], by=first), by=second)
    assert Award.objects.published().exists()


def test_a_ceremony_edited_since_it_was_proposed_is_not_published(first, second):
    event = make.event(published=False)
    proposal = propose_publication([event], by=first)
    event.venue_th = "ที่อื่น"
    event.save()
    with pytest.raises(ValidationError, match="สถานที่"):
        accept(proposal, by=second)


def test_a_draft_somebody_is_to_decide_cannot_be_deleted(first):
    award = make.award(published=False)
    proposal = propose_publication([award], by=first)
    for deleting in (award.delete, Award.objects.all().delete):
        with pytest.raises(ValidationError, match="รอพิจารณา"):
            deleting()
    take_back(proposal, by=first)
    award.delete()
    assert not Award.objects.exists()


def test_a_level_and_its_score_are_corrected_as_one(first, second):
    award = make.award(level="basic", score=75)
    excellent = make.level("excellent")
    with pytest.raises(ValidationError, match="คะแนน"):
        make.correction(award, {"level": excellent}, by=first)
    proposal = make.correction(award, {"level": excellent, "score": 94}, by=first)
    award.refresh_from_db()
    assert (award.level.code, award.score) == ("basic", 75)
    accept(proposal, by=second)
    award.refresh_from_db()
    assert (award.level.code, award.score) == ("excellent", 94)


@pytest.mark.parametrize("kept", ["75", "75.0", "75.00"])
def test_a_score_kept_in_another_spelling_is_no_change(first, second, kept):
    award = make.award(level="basic", score=75)
    proposal = make.correction(award, {"certificate_number": "GECC-1"}, by=first)
    item = proposal.items.get()
    item.before["score"] = kept
    item.save()
    accept(proposal, by=second)
    award.refresh_from_db()
    assert award.certificate_number == "GECC-1"


def test_a_record_stands_in_one_open_proposal_at_a_time(first, second):
    award = make.award(published=False)
    proposal = propose_publication([award], by=first)
    with pytest.raises(ValidationError, match="รอพิจารณาอยู่แล้ว"):
        propose_publication([award], by=second)
    take_back(proposal, by=first)
    assert propose_publication([award], by=second).is_open


def test_only_its_proposer_takes_it_back_and_a_refusal_says_why(first, second):
    proposal = propose_publication([make.award(published=False)], by=first)
    with pytest.raises(ValidationError, match="ผู้เสนอเท่านั้น"):
        take_back(proposal, by=second)
    with pytest.raises(ValidationError, match="เพราะอะไร"):
        refuse(proposal, by=second, note=" ")
    refuse(proposal, by=second, note="ยังไม่ครบ")
    with pytest.raises(ValidationError, match="พิจารณาไปแล้ว"):
        accept(proposal, by=second)
    assert not Award.objects.published().exists()


def test_a_correction_is_checked_when_proposed_and_again_when_accepted(first, second):
    agency = make.agency()
    award = make.award(agency, 2565)
    make.award(agency, 2564)
    with pytest.raises(ValidationError, match="ปีนี้อยู่แล้ว"):
        make.correction(award, {"year": 2564}, by=first)
    proposal = make.correction(award, {"year": 2566}, by=first)
    make.award(agency, 2566)
    with pytest.raises(ValidationError, match="ปีนี้อยู่แล้ว"):
        accept(proposal, by=second)
    award.refresh_from_db()
    assert award.year == 2565


def test_a_correction_moves_an_award_to_another_agency_and_level(first, second):
    award = make.award(make.agency(), 2565, level=make.level("basic"))
    other = make.agency()
    proposal = make.correction(
        award, {"agency": other, "level": make.level("advanced")}, by=first, reason="ประกาศแก้"
    )
    accept(proposal, by=second)
    award.refresh_from_db()
    assert (award.agency, award.level.code) == (other, "advanced")


def test_a_status_change_carries_who_proposed_it_and_why(first, second):
    award = make.award(make.agency(), 2568)
    proposal = make.proposed_step(
        award,
        change="suspended",
        changed_on=datetime.date(2026, 1, 5),
        source=make.source(),
        by=first,
        reason="ไม่ผ่านการตรวจ",
    )
    assert not award.status_changes.exists()
    accept(proposal, by=second)
    step = award.status_changes.get()
    assert (step.recorded_by, step.reason) == (first, "ไม่ผ่านการตรวจ")


def test_proposing_nothing_is_said(first):
    with pytest.raises(ValidationError, match="ไม่มีรายการใด"):
        propose_publication([make.award()], by=first)
