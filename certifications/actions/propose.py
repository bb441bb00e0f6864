"""Proposals and their decision by a second person.

Nothing proposed alters a record. Acceptance looks again: what changed since it was proposed is a
conflict, and the register's rules are asked anew.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.actions.publish import publish, refuse_unready, withdraw_from_view
from certifications.audit.acting import acting
from certifications.models import (
    Award,
    AwardEvent,
    AwardStatusChange,
    Change,
    Proposal,
    ProposalItem,
    RoundDeclaration,
)
from certifications.models.publishing import Publishable
from certifications.models.values import AWARD_FIELDS, as_written_now, plain, plain_values

# What a proposer saw of a record, and relied on.
FACTS = {
    Award: AWARD_FIELDS,
    AwardEvent: (
        "code",
        "year",
        "title_th",
        "title_en",
        "held_on",
        "starts_at",
        "is_online",
        "venue_th",
        "venue_en",
        "province",
        "presider",
        "presider_position",
        "organiser",
        "validity_years",
    ),
    RoundDeclaration: ("year", "agency", "note"),
}
# What becomes public with a record, besides its sources.
BELONGINGS = {Award: ("recipients",), AwardEvent: ("files",), RoundDeclaration: ()}
# Of a public award: all that stands in its own row. A level and its score are one decision: were
# one of them saved at once, the page would contradict itself while the other waits.
CORRECTED = AWARD_FIELDS
Kind, Decision = Proposal.Kind, Proposal.Decision


# --- proposing -----------------------------------------------------------------------------------


def propose_publication(records: Iterable[Publishable], *, by, reason: str = "") -> Proposal:
    """To make drafts public, or bring back what was withdrawn. ValidationError where one cannot."""
    waiting = [record for record in records if not record.is_public]
    refuse_unready(waiting)
    after = {"public": True}
    return _propose(Kind.PUBLISH, [(record, after) for record in waiting], by=by, reason=reason)


def propose_withdrawal(records: Iterable[Publishable], *, by, reason: str) -> Proposal:
    """To take public records off the pages. ValidationError without a reason."""
    after = {"public": False}
    public = [(record, after) for record in records if record.is_public]
    return _propose(Kind.WITHDRAW, public, by=by, reason=reason)


def propose_correction(
    award: Award, changes: dict[str, object], *, by, reason: str = "", source=None
) -> Proposal:
    """To give a public award another agency, year, ceremony, level, score or printed fact.

    `changes` are field names of CORRECTED with their new values. ValidationError when the award
    would break a rule of the register.
    """
    after = {name: plain(value) for name, value in changes.items()}
    _corrected(award, after)
    return _propose(Kind.CORRECT, [(award, after)], by=by, reason=reason, source=source)


def propose_status_change(
    award: Award, *, change: str, changed_on: datetime.date, source, by, reason: str
) -> Proposal:
    """To suspend, withdraw or reinstate a certification."""
    after = {"change": change, "changed_on": changed_on.isoformat()}
    return _propose(Kind.STATUS, [(award, after)], by=by, reason=reason, source=source)


def _propose(
    kind: str, items: list[tuple[Publishable, dict]], *, by, reason: str, source=None
) -> Proposal:
    if not items:
        raise ValidationError(_("ไม่มีรายการใดที่ต้องเสนอ ตรวจสถานะการเผยแพร่ของรายการที่เลือก"))
    proposal = Proposal(kind=kind, reason=reason.strip(), source=source, proposed_by=by)
    proposal.full_clean()
    with acting(by=by):
        records = [record for record, _after in items]
        refuse_those_proposed(records)
        proposal.save()
        before = facts_of(kind, records)
        try:
            with transaction.atomic():
                ProposalItem.objects.bulk_create(
                    _item(proposal, record, facts, after)
                    for facts, (record, after) in zip(before, items, strict=True)
                )
        except IntegrityError as clash:
            raise ValidationError(_("มีผู้เสนอรายการเดียวกันพร้อมกัน ดูข้อเสนอที่รอพิจารณา")) from clash
        if not settings.TWO_PERSONS:
            accept(proposal, by=by)
    return proposal


def _item(proposal: Proposal, record: Publishable, before: dict, after: dict) -> ProposalItem:
    of = {ProposalItem.OF[type(record)]: record}
    return ProposalItem(proposal=proposal, before=before, after=after, **of)


def refuse_those_proposed(records: list[Publishable]) -> None:
    """ValidationError, one line a record, for those that wait in another proposal."""
    items = ProposalItem.objects.filter(is_open=True)
    of_these = Q(pk__in=[])
    for model, name in ProposalItem.OF.items():
        of_these |= Q(**{f"{name}__in": [one for one in records if isinstance(one, model)]})
    waiting = items.filter(of_these).select_related("award__agency", "event", "declaration__agency")
    sentences = [
        _("“%(record)s” มีข้อเสนอเลขที่ %(number)s รอพิจารณาอยู่แล้ว")
        % {"record": item.record, "number": item.proposal_id}
        for item in waiting
    ]
    if sentences:
        raise ValidationError(sentences)


def facts_of(kind: str, records: list[Publishable]) -> list[dict]:
    """What a proposal of this kind relies on in each record, as plain values."""
    along = _shown_along(records) if kind == Kind.PUBLISH else {}
    return [_own_facts(record) | along.get(record, {}) for record in records]


def _own_facts(record: Publishable) -> dict:
    return plain_values(record, FACTS[type(record)]) | {"public": record.is_public}


def _shown_along(records: list[Publishable]) -> dict[Publishable, dict]:
    """The sources and belongings of each record, as the database has them; 3 queries a model."""
    shown = {}
    for model, belongings in BELONGINGS.items():
        keys = [record.pk for record in records if isinstance(record, model)]
        found = model.objects.filter(pk__among=keys) if keys else model.objects.none()
        for record in found.prefetch_related("sources", *belongings):
            shown[record] = {"sources": sorted(source.pk for source in record.sources.all())} | {
                name: [_written_in(one) for one in getattr(record, name).all()]
                for name in belongings
            }
    return shown


def _written_in(belonging: Model) -> list[str]:
    """All that is written in a recipient or a file, but for keys."""
    fields = belonging._meta.concrete_fields
    return [
        field.value_to_string(belonging)
        for field in fields
        if not (field.primary_key or field.is_relation)
    ]


def _corrected(award: Award, after: dict) -> Award:
    """The award as it would be; ValidationError when it may not be so."""
    proposed = Award.objects.get(pk=award.pk)
    for name, value in after.items():
        setattr(proposed, Award._meta.get_field(name).attname, value)
    proposed.full_clean()
    return proposed


# --- deciding ------------------------------------------------------------------------------------


def accept(proposal: Proposal, *, by, note: str = "") -> None:
    """Do what was proposed, in this account's name.

    ValidationError, and the proposal stays open, when it was decided meanwhile, by who proposed it,
    when a record is no longer as it was, or when a rule forbids it now.
    """
    with acting(by=by, channel=Change.Channel.PROPOSAL, why=proposal.reason):
        locked = _locked(proposal)
        _refuse_own(locked, by)
        items = list(locked.items.order_by("pk"))
        records = _locked_records(items)
        _refuse_changed(locked.kind, items, records)
        ACTS[locked.kind](locked, items, records, by)
        _decide(locked, Decision.ACCEPTED, by, note)


def refuse(proposal: Proposal, *, by, note: str) -> None:
    """Leave everything as it is. ValidationError without a note that says why."""
    if not note.strip():
        raise ValidationError(_("บอกผู้เสนอด้วยว่าไม่อนุมัติเพราะอะไร"))
    with acting(by=by, why=note):
        locked = _locked(proposal)
        _refuse_own(locked, by)
        _decide(locked, Decision.REFUSED, by, note)


def take_back(proposal: Proposal, *, by) -> None:
    """Its proposer no longer proposes it."""
    with acting(by=by):
        locked = _locked(proposal)
        if locked.proposed_by != by:
            raise ValidationError(_("ผู้เสนอเท่านั้นที่ถอนข้อเสนอคืนได้"))
        _decide(locked, Decision.TAKEN_BACK, by, "")


def _locked(proposal: Proposal) -> Proposal:
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not locked.is_open:
        raise ValidationError(
            _("ข้อเสนอนี้พิจารณาไปแล้วโดย %(who)s: %(decision)s")
            % {"who": locked.decided_by, "decision": locked.get_decision_display()}
        )
    return locked


def _refuse_own(proposal: Proposal, by) -> None:
    if settings.TWO_PERSONS and proposal.proposed_by == by:
        raise ValidationError(_("ผู้เสนอพิจารณาข้อเสนอของตนเองไม่ได้ ต้องให้เจ้าหน้าที่คนอื่น"))


def _locked_records(items: list[ProposalItem]) -> list[Publishable]:
    """The record of each item, as it is now. A query a kind of record."""
    keys = defaultdict(list)
    for item in items:
        keys[item.model].append(item.record_id)
    locked = {
        model: model.objects.select_for_update().order_by("pk").in_bulk(wanted)
        for model, wanted in keys.items()
    }
    return [locked[item.model][item.record_id] for item in items]


def _refuse_changed(kind: str, items: list[ProposalItem], records: list[Publishable]) -> None:
    changed = [
        _("“%(record)s” ถูกแก้หลังจากเสนอ (%(fields)s) ให้ถอนข้อเสนอแล้วเสนอใหม่")
        % {"record": record, "fields": ", ".join(fields)}
        for item, record, now in zip(items, records, facts_of(kind, records), strict=True)
        if (fields := _changed_fields(item, now))
    ]
    if changed:
        raise ValidationError(changed)


def _changed_fields(item: ProposalItem, now: dict) -> list[str]:
    return [
        _label(item.model, name)
        for name, value in as_written_now(item.model, item.before).items()
        if now.get(name, value) != value
    ]


def _label(model: type[Publishable], name: str) -> str:
    if name == "public":
        return _("การเผยแพร่")
    field = model._meta.get_field(name)
    return str(
        field.related_model._meta.verbose_name_plural if field.one_to_many else field.verbose_name
    )


def _decide(proposal: Proposal, decision: str, by, note: str) -> None:
    proposal.decision, proposal.decided_by, proposal.decided_at = decision, by, timezone.now()
    proposal.note = note.strip()
    is_own = proposal.proposed_by == by
    proposal.single_hand = is_own and decision != Decision.TAKEN_BACK and not settings.TWO_PERSONS
    proposal.save()
    proposal.items.update(is_open=False)


# --- what acceptance does ------------------------------------------------------------------------


def _publish(proposal: Proposal, items, records, by) -> None:
    publish(records, by=by)


def _withdraw(proposal: Proposal, items, records, by) -> None:
    withdraw_from_view(records, by=by, reason=proposal.reason)


def _correct(proposal: Proposal, items, records, by) -> None:
    for item, award in zip(items, records, strict=True):
        _corrected(award, item.after).save()


def _change_status(proposal: Proposal, items, records, by) -> None:
    for item, award in zip(items, records, strict=True):
        step = AwardStatusChange(
            award=award,
            change=item.after["change"],
            changed_on=datetime.date.fromisoformat(item.after["changed_on"]),
            reason=proposal.reason,
            source=proposal.source,
            recorded_by=proposal.proposed_by,
        )
        step.full_clean()
        step.save()


ACTS: dict[str, Callable] = {
    Kind.PUBLISH: _publish,
    Kind.WITHDRAW: _withdraw,
    Kind.CORRECT: _correct,
    Kind.STATUS: _change_status,
}
