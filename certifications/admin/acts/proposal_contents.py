"""All that a proposal would make public, for the page of whoever decides it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from django.db.models import Model, prefetch_related_objects
from django.utils.translation import gettext as _

from certifications.actions.decide import named_now
from certifications.audit import changelog
from certifications.listing.statistics import named_and_announced
from certifications.models import (
    AcceptedDoubt,
    Agency,
    AgencyName,
    AnnouncedFigure,
    Award,
    AwardEvent,
    Change,
    Criterion,
    Proposal,
    ProposalItem,
    RoundDeclaration,
)
from certifications.models.proposals import with_records

# Of each record that would become public, or cease to be: what its page says.
READ_ALONG: dict[type[Model], tuple[str, ...]] = {
    Award: (
        *("agency__parent", "level", "event", "recipients", "sources"),
        "status_changes__source",
    ),
    AwardEvent: ("sources", "files"),
    RoundDeclaration: ("agency", "sources"),
}
# Of an award: what its row of the table says in columns of their own.
IN_THE_TABLE = {
    "agency_id",
    "year",
    "event_id",
    "level_id",
    "score",
    "score_is_printed",
    "name_as_printed",
}


# What becomes public because a record names it, or is of its round: unless it is public by now.
BROUGHT_ALONG = (Agency, AgencyName, AnnouncedFigure, Criterion)
OF_A_BODY_IN_THE_TABLE = {"name_th", "parent_id", "province"}


@dataclass
class Published:
    """A record that would become public, or cease to be."""

    item: ProposalItem
    record: Model
    lines: list[changelog.Line]  # all that is told of it in its own row
    since: list[changelog.Line]  # of what it names: what is another than when it was proposed
    along: list[changelog.Entry]  # what becomes public with it
    is_new: bool = False  # its body is on no public page yet


def contents_of(proposal: Proposal) -> dict:
    """What is proposed: whole records, or what would change of each."""
    items = with_records(proposal.items.order_by("pk"))
    about = {"doubts": _accepted_warnings(items), "hands": proposal.hands.select_related("account")}
    if proposal.kind not in (Proposal.Kind.PUBLISH, Proposal.Kind.WITHDRAW):
        return about | {"entries": _entries(items)}
    shown = _published(items)
    awards = [one for one in shown if isinstance(one.record, Award)]
    levels = Counter(str(one.record.level or _("ไม่ระบุระดับ")) for one in awards)
    return about | {
        "awards": awards,
        "events": [one for one in shown if isinstance(one.record, AwardEvent)],
        "declarations": [
            (one, named_and_announced(one.record))
            for one in shown
            if isinstance(one.record, RoundDeclaration)
        ],
        "levels": levels.most_common(),
        "sent_back": [item for item in items if item.sent_back],
    }


def entries_of(items: list[ProposalItem]) -> dict[int, list[changelog.Entry]]:
    """Proposal → what would change, of rows of several."""
    entries = changelog.entries([_as_change(item) for item in items])
    found: dict[int, list[changelog.Entry]] = {}
    for item, entry in zip(items, entries, strict=True):
        found.setdefault(item.proposal_id, []).append(entry)
    return found


def _accepted_warnings(items: Iterable[ProposalItem]) -> list[AcceptedDoubt]:
    """What somebody answered with a reason before proposing: the first thing to look at."""
    keys: dict[str, set[int]] = {}
    for item in items:
        keys.setdefault(item.table, set()).add(item.record_key)
        for table, rows in item.named.items():
            keys.setdefault(table, set()).update(map(int, rows))
    found: list[AcceptedDoubt] = []
    for table, wanted in keys.items():
        about = AcceptedDoubt.objects.filter(table=table, record_key__in=wanted)
        found += about.select_related("by")
    return found


# --- rows that would change ----------------------------------------------------------------------


def _entries(items: list[ProposalItem]) -> list[tuple[ProposalItem, changelog.Entry, str]]:
    """(row, what would change of it, which record it is)."""
    entries = changelog.entries([_as_change(item) for item in items])
    return [
        (item, entry, _record_of(item, entry)) for item, entry in zip(items, entries, strict=True)
    ]


def _record_of(item: ProposalItem, entry: changelog.Entry) -> str:
    return f"{entry.record}: {item.record}" if item.record else entry.record


def _as_change(item: ProposalItem) -> Change:
    return Change(
        table=item.table,
        record_key=item.record_key,
        kind=item.kind,
        before=item.before,
        after=item.after,
    )


# --- whole records -------------------------------------------------------------------------------


def _published(items: list[ProposalItem]) -> list[Published]:
    records = _records(items)
    told = [item for item in items if item.pk in records]
    lines = changelog.entries(_as_new(item) for item in told)
    now = named_now(told)
    since, along = _since(told, now), _along(now)
    known = _public_bodies(record for record in records.values())
    return [
        Published(
            item,
            record := records[item.pk],
            [line for line in entry.lines if line.column not in IN_THE_TABLE]
            if isinstance(record, Award)
            else entry.lines,
            since.get(item.pk, []),
            along.get(item.pk, []),
            isinstance(record, Award) and record.agency_id not in known,
        )
        for item, entry in zip(told, lines, strict=True)
    ]


def _as_new(item: ProposalItem) -> Change:
    """A whole record in words: all that its row says."""
    return Change(
        table=item.table,
        record_key=item.record_key,
        kind=Change.Kind.INSERT,
        after=item.before | {"published_at": None, "published_by_id": None},
    )


def _records(items: list[ProposalItem]) -> dict[int, Model]:
    """Item → its record with all that its page says. A few queries a kind of record."""
    found: dict[int, Model] = {}
    for model, along in READ_ALONG.items():
        of_model = [item for item in items if item.table == model._meta.label_lower]
        known = model.objects.in_bulk([item.record_key for item in of_model])
        prefetch_related_objects(list(known.values()), *along)
        found |= {item.pk: known[item.record_key] for item in of_model if item.record_key in known}
    return found


def _public_bodies(records: Iterable[Model]) -> set[int]:
    keys = {record.agency_id for record in records if isinstance(record, Award)}
    return set(Agency.objects.published().filter(pk__in=keys).values_list("pk", flat=True))


def _since(items: list[ProposalItem], now: dict[int, dict]) -> dict[int, list[changelog.Line]]:
    """Item → what is another of all that its record names than when it was proposed."""
    changes = [
        (item.pk, Change(table=table, record_key=int(key), kind="update", before=was, after=values))
        for item in items
        for table, rows in item.named.items()
        for key, was in rows.items()
        if (values := now.get(item.pk, {}).get(table, {}).get(key, was)) != was
    ]
    told = _told(changes, lambda entry: entry.lines)
    return {pk: [*chain.from_iterable(lines)] for pk, lines in told.items()}


def _along(now: dict[int, dict]) -> dict[int, list[changelog.Entry]]:
    """Item → what nobody sees yet of all that its record brings to the public."""
    changes = []
    for model in BROUGHT_ALONG:
        table = model._meta.label_lower
        keys = {int(key) for rows in now.values() for key in rows.get(table, {})}
        public = model.objects.published().filter(pk__in=keys) if keys else model.objects.none()
        unseen = keys - set(public.values_list("pk", flat=True))
        changes += [
            (pk, Change(table=table, record_key=int(key), kind="insert", after=_untold(values)))
            for pk, rows in now.items()
            for key, values in rows.get(table, {}).items()
            if int(key) in unseen
        ]
    return _told(changes, lambda entry: entry)


def _untold(values: dict) -> dict:
    """Of a body, what the table does not say in columns of their own."""
    return {name: value for name, value in values.items() if name not in OF_A_BODY_IN_THE_TABLE}


def _told(changes: list[tuple[int, Change]], told: Callable) -> dict[int, list]:
    """Item → what is told of each of its changes. A query for each kind of record they name."""
    entries = changelog.entries(change for _pk, change in changes)
    found: dict[int, list] = {}
    for (pk, _change), entry in zip(changes, entries, strict=True):
        found.setdefault(pk, []).append(told(entry))
    return found
