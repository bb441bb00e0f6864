"""Acts that can be run again from what was asked for: when they are proposed, and when decided.

What they are asked with is plain values, as JSON keeps them: keys of records, ISO dates, texts.
"""

import datetime
from collections.abc import Callable, Iterable

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from certifications.actions import agencies
from certifications.actions.merge import merge, undo_merge
from certifications.actions.merge_plan import Choices
from certifications.actions.publish import publish, withdraw_from_view
from certifications.models import Agency, MergeLog, Proposal, Source
from certifications.models.publishing import Publishable

Kind = Proposal.Kind
Arguments = dict[str, object]


def run(kind: str, arguments: Arguments, *, by) -> None:
    """Carry out an act in this account's name. ValidationError as the act itself has it."""
    ACTS[kind](arguments, by)


def naming(records: Iterable[Publishable]) -> Arguments:
    """The arguments of an act on these records."""
    return {"records": [[record._meta.label_lower, record.pk] for record in records]}


def named_records(arguments: Arguments) -> list[Publishable]:
    """The records of an act, locked, in the order they were named. One query a model."""
    keys: dict[str, list[int]] = {}
    for label, key in arguments["records"]:
        keys.setdefault(label, []).append(key)
    found = {
        label: apps.get_model(label).objects.select_for_update().order_by("pk").in_bulk(wanted)
        for label, wanted in keys.items()
    }
    return [found[label][key] for label, key in arguments["records"] if key in found[label]]


def _publish(arguments: Arguments, by) -> None:
    publish(named_records(arguments), by=by)


def _withdraw(arguments: Arguments, by) -> None:
    withdraw_from_view(named_records(arguments), by=by, reason=arguments["reason"])


def _rename(arguments: Arguments, by) -> None:
    agencies.rename(
        _one(Agency, arguments["agency"]),
        arguments["name_th"],
        name_en=arguments["name_en"],
        on=_day(arguments["on"]),
        source=_one(Source, arguments["source"]),
        reason=arguments["reason"],
        by=by,
    )


def _succeed(arguments: Arguments, by) -> None:
    agencies.succeed(
        _one(Agency, arguments["agency"]),
        [_one(Agency, key) for key in arguments["successors"]],
        kind=arguments["kind"],
        on=_day(arguments["on"]),
        source=_one(Source, arguments["source"]),
        closes=arguments["closes"],
        reason=arguments["reason"],
        by=by,
    )


def _close(arguments: Arguments, by) -> None:
    agency, on = _one(Agency, arguments["agency"]), _day(arguments["on"])
    agencies.close(agency, on=on, reason=arguments["reason"], by=by)


def _reopen(arguments: Arguments, by) -> None:
    agencies.reopen(_one(Agency, arguments["agency"]), reason=arguments["reason"], by=by)


def _merge(arguments: Arguments, by) -> None:
    merge(
        _one(Agency, arguments["source"]),
        _one(Agency, arguments["target"]),
        Choices(arguments["name_kind"], arguments["awards"]),
        reason=arguments["reason"],
        by=by,
    )


def _undo_merge(arguments: Arguments, by) -> None:
    undo_merge(_one(MergeLog, arguments["log"]), by=by)


def _one(model: type[Model], key: int) -> Model:
    record = model._base_manager.filter(pk=key).first()
    if record is None:
        raise ValidationError(
            _("%(kind)sที่ระบุไว้ถูกลบไปแล้ว"), params={"kind": model._meta.verbose_name}
        )
    return record


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


ACTS: dict[str, Callable[[Arguments, object], None]] = {
    Kind.PUBLISH: _publish,
    Kind.WITHDRAW: _withdraw,
    Kind.RENAME: _rename,
    Kind.SUCCEED: _succeed,
    Kind.CLOSE: _close,
    Kind.REOPEN: _reopen,
    Kind.MERGE: _merge,
    Kind.UNDO_MERGE: _undo_merge,
}
