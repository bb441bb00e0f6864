"""Proposing: what an act would write is kept, and nothing of it is written."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from certifications.actions import planned
from certifications.actions.decide import accept
from certifications.actions.publish import refuse_unready
from certifications.audit.acting import acting, trial
from certifications.audit.rows import Row, fields_of, row_of
from certifications.audit.whole import belongings, named, parts_of
from certifications.models import (
    Agency,
    Award,
    AwardStatusChange,
    Change,
    IntakeRow,
    Proposal,
    ProposalHand,
    ProposalItem,
    Source,
)
from certifications.models.proposals import with_records
from certifications.models.publishing import Publishable

Kind, Part = Proposal.Kind, ProposalHand.Part
# How to reach an office: the office says it itself, so that no evidence is asked for.
CONTACT = frozenset({"phone", "address", "hours", "website"})


def propose_publication(records: Iterable[Publishable], *, by, reason: str = "") -> Proposal:
    """To make drafts public, or bring back what was withdrawn. ValidationError where one cannot."""
    waiting = [record for record in records if not record.is_public]
    refuse_unready(waiting)
    return _propose_for(Kind.PUBLISH, waiting, by=by, reason=reason)


def propose_withdrawal(records: Iterable[Publishable], *, by, reason: str) -> Proposal:
    """To take public records off the pages. ValidationError without a reason."""
    public = [record for record in records if record.is_public]
    return _propose_for(Kind.WITHDRAW, public, by=by, reason=reason)


def _propose_for(kind: str, records: list[Publishable], *, by, reason: str) -> Proposal:
    if not records:
        raise ValidationError(_("ไม่มีรายการใดที่ต้องเสนอ ตรวจสถานะการเผยแพร่ของรายการที่เลือก"))
    arguments = planned.naming(records) | {"reason": reason.strip()}
    return propose_act(kind, arguments, by=by, reason=reason)


def propose_act(
    kind: str, arguments: planned.Arguments, *, by, reason: str = "", source: Source | None = None
) -> Proposal | None:
    """Ask for one of the acts that are planned; None where nobody can see any of it, and it was
    done at once. ValidationError as the act itself has it.
    """

    def act() -> None:
        planned.run(kind, arguments, by=by)

    tried = trial(act, by=by, why=reason)
    if not tried.is_public:
        with acting(by=by, why=reason):
            act()
        return None
    return keep(tried.rows, kind=kind, arguments=arguments, by=by, reason=reason, source=source)


def propose_change(
    do: Callable[[], object], *, by, reason: str, source: Source | None = None
) -> Proposal:
    """Keep what a piece of work would write to public records. ValidationError as `keep` has it."""
    return keep(trial(do, by=by, why=reason).rows, by=by, reason=reason, source=source)


def keep(
    rows: list[Row],
    *,
    by,
    reason: str = "",
    source: Source | None = None,
    kind: str = "",
    arguments: planned.Arguments | None = None,
) -> Proposal:
    """A proposal of the rows that an act wrote before it was rolled back.

    ValidationError when there is nothing to propose, when the same field of a record waits in
    another proposal, or when a reason is wanted and not given.
    """
    if not rows:
        raise ValidationError(_("ไม่มีสิ่งใดเปลี่ยนไปจากที่เผยแพร่อยู่"))
    kind = kind or _kind_of(rows)
    proposal = Proposal(
        kind=kind,
        arguments=arguments or {},
        reason=reason.strip() or _reason_of(rows),
        source=source,
        proposed_by=by,
    )
    _refuse_without_reason(proposal)
    proposal.full_clean()
    with acting(by=by):
        refuse_waiting(rows)
        proposal.save()
        items = ProposalItem.objects.bulk_create(_items(proposal, rows))
        ProposalHand.objects.bulk_create(_hands(proposal, items))
        if not settings.TWO_PERSONS:
            accept(proposal, by=by)
    return proposal


def is_contact_alone(rows: Iterable[Row]) -> bool:
    """Whether rows say nothing but how to reach bodies."""
    agency = Agency._meta.label_lower
    return all(
        row.table == agency and row.kind == Change.Kind.UPDATE and CONTACT.issuperset(row.changed)
        for row in rows
    )


def _kind_of(rows: list[Row]) -> str:
    if is_contact_alone(rows):
        return Kind.CONTACT
    has_step = any(row.table == AwardStatusChange._meta.label_lower for row in rows)
    return Kind.STATUS if has_step else Kind.EDIT


def _reason_of(rows: list[Row]) -> str:
    """A change of status says itself why."""
    steps = (row for row in rows if row.table == AwardStatusChange._meta.label_lower)
    return next((str(step.after["reason"]) for step in steps if step.after), "")


def _refuse_without_reason(proposal: Proposal) -> None:
    if proposal.kind == Kind.EDIT and not proposal.reason:
        raise ValidationError(_("บอกเหตุผลที่เสนอแก้ไข เพื่อให้ผู้พิจารณาตรวจกับหลักฐานได้"))


# --- what waits already --------------------------------------------------------------------------


def refuse_waiting(rows: Iterable[Row]) -> None:
    """ValidationError, a sentence a record, where another proposal is about the same fields.

    The records are locked, so that of two people who propose at once the second is told.
    """
    by_place = {(row.table, row.key): row for row in rows if row.key > 0}
    if not by_place:
        return
    _lock(by_place.values())
    sentences = [
        _("“%(record)s” มีเรื่องเสนอเลขที่ %(number)s รอพิจารณาอยู่แล้ว (%(fields)s)")
        % {"record": item, "number": item.proposal_id, "fields": ", ".join(fields)}
        for item in with_records(_waiting(by_place))
        if (fields := _shared(item, by_place[item.table, item.record_key]))
    ]
    if sentences:
        raise ValidationError(sentences)


def _waiting(places: Iterable[tuple[str, int]]) -> Iterable[ProposalItem]:
    keys: dict[str, list[int]] = defaultdict(list)
    for table, key in places:
        keys[table].append(key)
    of_these = Q(pk__in=[])
    for table, wanted in keys.items():
        of_these |= Q(table=table, record_key__in=wanted)
    return ProposalItem.objects.waiting().filter(of_these)


def _lock(rows: Iterable[Row]) -> None:
    keys: dict[str, list[int]] = {}
    for row in rows:
        keys.setdefault(row.table, []).append(row.key)
    for row in rows:
        if wanted := keys.pop(row.table, None):
            found = row.model._base_manager.filter(pk__in=wanted).order_by("pk")
            list(found.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _shared(item: ProposalItem, row: Row) -> list[str]:
    """The fields that both are about; of a row that one would remove, all."""
    columns = row_of(item).changed.keys() & row.changed.keys()
    fields = fields_of(row.table)
    return [str(fields[column].verbose_name) for column in sorted(columns) if column in fields]


# --- what is kept --------------------------------------------------------------------------------


def _items(proposal: Proposal, rows: list[Row]) -> list[ProposalItem]:
    parts, names = _published_along(proposal.kind, rows)
    return [
        ProposalItem(
            proposal=proposal,
            table=row.table,
            record_key=row.key,
            kind=row.kind,
            before=row.before,
            after=row.after,
            belongings=parts.get((row.table, row.key), {}),
            named=names.get((row.table, row.key), {}),
        )
        for row in rows
    ]


def _published_along(kind: str, rows: list[Row]) -> tuple[dict, dict]:
    """What becomes public with each record, and what their pages name; (table, key) → rows."""
    if kind != Kind.PUBLISH:
        return {}, {}
    records = planned.named_records({"records": [[row.table, row.key] for row in rows]})
    parts = belongings(records)
    names = named(records, parts)
    return (
        {(record._meta.label_lower, record.pk): found for record, found in parts.items()},
        {(record._meta.label_lower, record.pk): found for record, found in names.items()},
    )


def _hands(proposal: Proposal, items: list[ProposalItem]) -> list[ProposalHand]:
    """The proposer, whoever wrote what becomes public, and whoever matched it to a body."""
    proposed = {(proposal.proposed_by_id, Part.PROPOSED)}
    published = items if proposal.kind == Kind.PUBLISH else []
    recorded = {(account, Part.RECORDED) for account in _who_wrote(published)}
    matched = {(account, Part.MATCHED) for account in _who_matched(published)}
    known = set(get_user_model().objects.values_list("pk", flat=True))
    return [
        ProposalHand(proposal=proposal, account_id=account, part=part)
        for account, part in sorted(proposed | recorded | matched)
        if account in known
    ]


def _who_wrote(items: list[ProposalItem]) -> set[int]:
    """Accounts that wrote anything of these records, or what belongs to them, unseen by anyone."""
    keys: dict[str, set[int]] = defaultdict(set)
    bodies: set[int] = set()
    for item in items:
        keys[item.table].add(item.record_key)
        for table, rows in item.belongings.items():
            keys[table].update(map(int, rows))
        bodies.update(map(int, item.named.get(Agency._meta.label_lower, {})))
    unseen = _unseen(bodies)
    keys[Agency._meta.label_lower] |= unseen
    for part, column in parts_of(Agency):
        rows = part._base_manager.filter(**{f"{column}__in": unseen})
        keys[part._meta.label_lower].update(rows.values_list("pk", flat=True))
    found: set[int] = set()
    for table, wanted in keys.items():
        changes = Change.objects.filter(table=table, record_key__in=wanted, was_public=False)
        by_hand = changes.exclude(channel=Change.Channel.COMMAND).exclude(by_key=None)
        found.update(by_hand.order_by().values_list("by_key", flat=True).distinct())
    return found


def _unseen(bodies: set[int]) -> set[int]:
    """Those on no public page: they become public with the record that names them. One query."""
    public = Agency.objects.published().filter(pk__in=bodies)
    return bodies - set(public.values_list("pk", flat=True)) if bodies else bodies


def _who_matched(items: list[ProposalItem]) -> set[int]:
    awards = [item.record_key for item in items if item.table == Award._meta.label_lower]
    rows = IntakeRow.objects.filter(award__in=awards).exclude(decided_by=None)
    return set(rows.order_by().values_list("decided_by", flat=True).distinct())
