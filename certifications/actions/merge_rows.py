"""The rows that a merge changed, before and after, and restoring them.

In values that both databases read alike: Django's serializers name every column and every link.
"""

import hashlib
import json
from collections.abc import Iterable

from django.apps import apps
from django.core import serializers
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.models import (
    Agency,
    AgencyName,
    AgencySuccession,
    AnnouncedFigure,
    Award,
    AwardRecipient,
    AwardStatusChange,
    MergeLog,
)

# Written by the register itself beside what people tell it.
FACTS = {
    model._meta.label_lower
    for model in (
        AgencyName,
        AgencySuccession,
        AnnouncedFigure,
        Award,
        AwardRecipient,
        AwardStatusChange,
    )
}
DERIVED = {"sort_key", "path", "history", "updated_at"}

Rows = dict[tuple[str, int], dict]  # (model's label, key) → its fields as JSON


def snapshot(records: Iterable[Model], keys: Iterable[tuple[str, int]] = ()) -> Rows:
    """The records, and those of the keys that still exist."""
    records = list(records)
    for label in {label for label, _pk in keys}:
        wanted = [pk for of, pk in keys if of == label]
        records += apps.get_model(label)._base_manager.filter(pk__in=wanted)
    # Django's own JSON drops the microseconds, and a row must come back just as it was.
    rows = json.loads(json.dumps(serializers.serialize("python", records), default=_as_text))
    return {(row["model"], row["pk"]): row["fields"] for row in rows}


def _as_text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def digest(rows: Rows) -> str:
    kept = sorted((*key, _without_derived(fields)) for key, fields in rows.items())
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _without_derived(fields: dict | None) -> dict | None:
    """Without what the register itself writes beside what people tell it."""
    return fields and {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in fields.items()
        if name not in DERIVED
    }


def changed_rows(before: Rows, after: Rows) -> list[dict]:
    return [
        {"model": key[0], "pk": key[1], "before": before.get(key), "after": after.get(key)}
        for key in {**before, **after}
        if _without_derived(before.get(key)) != _without_derived(after.get(key))
    ]


def changed_since(log: MergeLog) -> list[dict]:
    """The rows of a merge that are no longer as it left them."""
    now = snapshot([], keys=[(row["model"], row["pk"]) for row in log.moved])
    return [row for row in log.moved if not _is_unchanged(row, now.get((row["model"], row["pk"])))]


def _is_unchanged(row: dict, fields: dict | None) -> bool:
    """Whether a row is as the merge left it: a fact in all that was known of it then; a body, or a
    row of somebody's work, in what the merge changed.
    """
    now, after = _without_derived(fields), _without_derived(row["after"])
    is_fact, is_body = row["model"] in FACTS, row["model"] == Agency._meta.label_lower
    if now is None or after is None:
        return now == after or not (is_fact or is_body)  # work may be done with by now
    before = _without_derived(row["before"])
    watched = [name for name in now.keys() & after.keys() if is_fact or before[name] != after[name]]
    return all(now[name] == after[name] for name in watched)


def in_words(row: dict) -> str:
    """What a row of a log is of, as it is called now."""
    model = apps.get_model(row["model"])
    record = model._base_manager.filter(pk=row["pk"]).first()
    if record is None:
        return _("%sที่ลบไปแล้ว") % model._meta.verbose_name
    return f"{model._meta.verbose_name} “{record}”"


def put_back(log: MergeLog) -> None:
    """Bodies first, then what the merge made is removed, what it moved returns, what it removed is
    made again: in this order no two rows want one place.
    """
    agencies = [row for row in log.moved if row["model"] == Agency._meta.label_lower]
    others = [row for row in log.moved if row["model"] != Agency._meta.label_lower]
    source_first = sorted(agencies, key=lambda row: row["pk"] != log.source_id)
    for row in source_first:
        _put_back_agency(row)
    made = [row for row in others if row["before"] is None]
    for row in made:
        apps.get_model(row["model"])._base_manager.get(pk=row["pk"]).delete()
    changed = [row for row in others if row["before"] and row["after"]]
    removed = [row for row in others if row["after"] is None]
    awards_first = sorted(removed, key=lambda row: row["model"] != Award._meta.label_lower)
    for row in [*changed, *awards_first]:
        _put_back_row(row)


def _put_back_agency(row: dict) -> None:
    """Through its own save, which keeps the tree and what it is found by."""
    agency = Agency.objects.get(pk=row["pk"])
    for name, value in row["before"].items():
        if name in DERIVED or value == row["after"][name]:
            continue
        column = Agency._meta.get_field(name)
        if column.many_to_many:
            getattr(agency, name).set(value)
        else:
            setattr(agency, column.attname, column.to_python(value))
    agency.save()


def _put_back_row(row: dict) -> None:
    """As it was, past the rules for entering it: a status change is otherwise never rewritten."""
    if row["model"] not in FACTS:
        model = apps.get_model(row["model"])
        changed = {
            model._meta.get_field(name).attname: value
            for name, value in row["before"].items()
            if value != row["after"][name] and name not in DERIVED
        }
        model._base_manager.filter(pk=row["pk"]).update(**changed)
        return
    stored = {"model": row["model"], "pk": row["pk"], "fields": row["before"]}
    for restored in serializers.deserialize("python", [stored]):
        if hasattr(restored.object, "updated_at"):
            restored.object.updated_at = timezone.now()
        restored.save()
