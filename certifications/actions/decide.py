"""Deciding what somebody proposed: accepting, refusing, sending single rows back, taking back."""

import hashlib
import json
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.actions import planned
from certifications.actions.apply import apply
from certifications.audit.acting import Act, acting
from certifications.audit.rows import Row, alike, as_plain, fields_of, row_of, rows_of
from certifications.audit.whole import belongings, named, own_values
from certifications.models import Change, Proposal, ProposalHand, ProposalItem
from certifications.models.proposals import with_records
from certifications.models.publishing import Publishable

Kind, Decision = Proposal.Kind, Proposal.Decision
# Each record of these stands for itself; all of the others is one act, or none.
DECIDED_SINGLY = frozenset({Kind.PUBLISH, Kind.WITHDRAW})
# Written beside the act when it is decided.
OF_PROPOSALS = [model._meta.label_lower for model in (Proposal, ProposalItem, ProposalHand)]


def accept(proposal: Proposal, *, by, note: str = "", digest: str | None = None) -> None:
    """Do what was proposed, in this account's name.

    `digest` is that of the page it was read on. Records that changed since they were proposed go
    back alone; the others are done. ValidationError, and the proposal stays open, when it was
    decided meanwhile, by somebody who had a hand in it, when the page shows something else now,
    when nothing is left, or when a rule forbids it now.
    """
    with acting(by=by, channel=Change.Channel.PROPOSAL, why=proposal.reason) as act:
        locked = _locked(proposal)
        _refuse_own(locked, by)
        if digest is not None and digest != digest_of(locked):
            raise ValidationError(
                _("ข้อมูลในเรื่องนี้เปลี่ยนไปตั้งแต่เปิดหน้า โปรดอ่านอีกครั้งก่อนอนุมัติ"), code="stale"
            )
        items = _still_so(locked)
        if locked.kind != Kind.HIDE:  # done already
            _carry_out(locked, items, act, by)
        _decide(locked, Decision.ACCEPTED, by, note)


def refuse(proposal: Proposal, *, by, note: str) -> None:
    """Leave everything as it is, and show again what was hidden at once. ValidationError without a
    note that says why.
    """
    if not note.strip():
        raise ValidationError(_("บอกผู้เสนอด้วยว่าไม่อนุมัติเพราะอะไร"))
    with acting(by=by, channel=Change.Channel.PROPOSAL, why=note):
        locked = _locked(proposal)
        _refuse_own(locked, by)
        if locked.kind == Kind.HIDE:
            hidden = locked.items.order_by("-pk")
            apply(row_of(item).inverse for item in hidden)
        _decide(locked, Decision.REFUSED, by, note)


def send_back(item: ProposalItem, *, by, note: str) -> None:
    """One record of a proposal goes back to who proposed it; the others still wait.

    ValidationError without a note, for an act that is one whole, and for the last that is left.
    """
    if not note.strip():
        raise ValidationError(_("บอกผู้เสนอด้วยว่าส่งรายการนี้คืนเพราะอะไร"))
    with acting(by=by, why=note):
        locked = _locked(item.proposal)
        _refuse_own(locked, by)
        if locked.kind not in DECIDED_SINGLY:
            raise ValidationError(_("เรื่องนี้เป็นเรื่องเดียวกันทั้งหมด ส่งคืนเฉพาะบางรายการไม่ได้"))
        waiting = locked.items.filter(is_open=True)
        if not waiting.filter(pk=item.pk).exists():
            raise ValidationError(_("รายการนี้ไม่ได้รอพิจารณาแล้ว"))
        if waiting.count() == 1:
            raise ValidationError(_("เหลือรายการเดียว ให้บันทึกว่าไม่อนุมัติทั้งเรื่องแทน"))
        waiting.filter(pk=item.pk).update(is_open=False, sent_back=note.strip())


def take_back(proposal: Proposal, *, by) -> None:
    """Its proposer no longer proposes it."""
    with acting(by=by):
        locked = _locked(proposal)
        if locked.proposed_by != by:
            raise ValidationError(_("ผู้เสนอเท่านั้นที่ถอนเรื่องเสนอคืนได้"))
        _decide(locked, Decision.TAKEN_BACK, by, "")


def _locked(proposal: Proposal) -> Proposal:
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not locked.is_open:
        raise ValidationError(
            _("เรื่องเสนอนี้พิจารณาไปแล้วโดย %(who)s: %(decision)s")
            % {"who": locked.decided_by, "decision": locked.get_decision_display()}
        )
    return locked


def may_not_decide(proposal: Proposal, account) -> str:
    """Why this account does not decide the proposal, or "". One query, none after a prefetch."""
    if not settings.TWO_PERSONS:
        return ""
    if proposal.proposed_by_id == account.pk:
        return _("ผู้เสนอพิจารณาเรื่องเสนอของตนเองไม่ได้ ต้องให้เจ้าหน้าที่คนอื่น")
    hand = next((one for one in proposal.hands.all() if one.account_id == account.pk), None)
    if hand is None:
        return ""
    sentence = _("ท่านเป็นผู้%(part)sรายการในเรื่องนี้ จึงพิจารณาเองไม่ได้ ต้องให้เจ้าหน้าที่คนอื่น")
    return sentence % {"part": hand.get_part_display()}


def _refuse_own(proposal: Proposal, by) -> None:
    if refusal := may_not_decide(proposal, by):
        raise ValidationError(refusal)


def _decide(proposal: Proposal, decision: str, by, note: str) -> None:
    proposal.decision, proposal.decided_by, proposal.decided_at = decision, by, timezone.now()
    proposal.note = note.strip()
    is_own = proposal.proposed_by == by
    proposal.single_hand = not settings.TWO_PERSONS and decision != Decision.TAKEN_BACK and is_own
    proposal.save()
    proposal.items.update(is_open=False)


# --- what is no longer as it was -----------------------------------------------------------------


def _still_so(proposal: Proposal) -> list[ProposalItem]:
    """The rows that are as they were when proposed; the others go back, each with its name."""
    items = list(proposal.items.filter(is_open=True).order_by("pk"))
    if proposal.kind != Kind.PUBLISH:
        return items
    faults = _changed(items)
    kept = [item for item in items if item.pk not in faults]
    if not kept:
        raise ValidationError(list(faults.values()))
    for pk, sentence in faults.items():
        proposal.items.filter(pk=pk).update(is_open=False, sent_back=sentence)
    return kept


def _changed(items: list[ProposalItem]) -> dict[int, str]:
    """Item → what is no longer as it was of the record, or of what belongs to it."""
    records = _records(items)
    now, parts = own_values(records.values()), belongings(records.values())
    faults = {}
    for item in items:
        record = records.get(item.pk)
        fields = _differing(item, now.get(record), parts.get(record)) if record else []
        if record is None or fields:
            sentence = _("“%(record)s” ถูกแก้หลังจากเสนอ (%(fields)s) ให้เสนอใหม่")
            said = {"record": record or item, "fields": ", ".join(fields) or _("ลบไปแล้ว")}
            faults[item.pk] = sentence % said
    return faults


def _records(items: Iterable[ProposalItem]) -> dict[int, Publishable]:
    """Item → its record, locked."""
    items = list(items)
    places = [[item.table, item.record_key] for item in items]
    found = {
        (record._meta.label_lower, record.pk): record
        for record in planned.named_records({"records": places})
    }
    return {
        item.pk: found[item.table, item.record_key]
        for item in items
        if (item.table, item.record_key) in found
    }


def _differing(item: ProposalItem, values: dict | None, parts: dict | None) -> list[str]:
    fields, before = fields_of(item.table), as_plain(item.table, item.before)
    own = [
        str(fields[column].verbose_name)
        for column, value in (values or {}).items()
        if column in fields and before.get(column, value) != value
    ]
    tables = item.belongings.keys() | (parts or {}).keys()
    return own + [
        _part_in_words(item, table)
        for table in sorted(tables)
        if item.belongings.get(table, {}) != (parts or {}).get(table, {})
    ]


def _part_in_words(item: ProposalItem, table: str) -> str:
    """What rows of a part are called: sources, not links to sources."""
    relations = item.model._meta.many_to_many
    for relation in relations:
        if relation.remote_field.through._meta.label_lower == table:
            return str(relation.verbose_name)
    return str(Row(table, 0, None, None).model._meta.verbose_name)


# --- carrying out --------------------------------------------------------------------------------


def _carry_out(proposal: Proposal, items: list[ProposalItem], act: Act, by) -> None:
    shown = [row_of(item) for item in items]
    if proposal.kind in planned.ACTS:
        planned.run(proposal.kind, _arguments(proposal, items), by=by)
    else:
        apply(shown)
    written = rows_of(
        Change.objects.filter(act=act.act).exclude(table__in=OF_PROPOSALS).order_by("pk")
    )
    if alike(written) != alike(shown):
        raise ValidationError(
            _(
                "สิ่งที่จะเปลี่ยนไม่ตรงกับที่เสนอไว้แล้ว เพราะข้อมูลเปลี่ยนไปหลังจากเสนอ: %(records)s "
                "ให้ถอนเรื่องแล้วเสนอใหม่"
            ),
            params={"records": _in_which_they_differ(written, shown)},
            code="changed_since",
        )


def _arguments(proposal: Proposal, items: list[ProposalItem]) -> planned.Arguments:
    """Those it was proposed with, without the records that went back."""
    if proposal.kind not in DECIDED_SINGLY:
        return proposal.arguments
    return proposal.arguments | {"records": [[item.table, item.record_key] for item in items]}


def _in_which_they_differ(written: list[Row], shown: list[Row]) -> str:
    now, then = alike(written), alike(shown)
    places = {(table, key) for table, key, *_rest in (now - then) + (then - now)}
    items = [ProposalItem(table=table, record_key=key) for table, key in sorted(places)]
    return ", ".join(dict.fromkeys(map(str, with_records(items))))


# --- the page it is read on ----------------------------------------------------------------------


def digest_of(proposal: Proposal) -> str:
    """Another whenever the page of a proposal would show something else."""
    items = list(proposal.items.all())  # ordered, and there already where they were prefetched
    told = [
        [item.pk, item.is_open, item.table, item.record_key, item.before, item.after]
        for item in items
    ]
    text = json.dumps([told, named_now(items)], sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def named_now(items: Iterable[ProposalItem]) -> dict[int, dict]:
    """Item → what is published along with its record and what that names, as it is now."""
    published = [item for item in items if item.is_open and item.named]
    records = _records_unlocked(published)
    parts = belongings(records.values())
    names = named(records.values(), parts)
    return {pk: parts[record] | names[record] for pk, record in records.items()}


def _records_unlocked(items: list[ProposalItem]) -> dict[int, Publishable]:
    found: dict[int, Publishable] = {}
    for table in {item.table for item in items}:
        of_table = [item for item in items if item.table == table]
        known = of_table[0].model.objects.in_bulk([item.record_key for item in of_table])
        found |= {item.pk: known[item.record_key] for item in of_table if item.record_key in known}
    return found
