"""Erasing personal data from the record of changes, where the law orders it."""

import json
import re
from collections.abc import Iterator

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from certifications.audit.append_only import lifted
from certifications.models import Change

SHORTEST = 4  # letters: what is shorter stands in too much else
LONGEST_LETTER = 100
AT_ONCE = 500
OF_ACCOUNT = ("username", "first_name", "last_name", "email")
# A string, and the colon that shows it to be the name of a column.
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?')


@transaction.atomic
def erase(texts: set[str], *, letter: str, account: models.Model | None = None) -> int:
    """How many changes said any of these texts, or were made by this account, and now say a mark.

    The record itself tells that it was done and by which letter, and not what was erased.
    """
    _refuse_unless_meant(texts, letter)
    mark, pattern = _("[ลบตามคำสั่ง %s]") % letter, _pattern(texts)
    with lifted(letter):
        changes = _saying(texts, account)
        number = sum(_erase_from(change, pattern, mark, account) for change in changes)
    _record(letter, number)
    return number


def names_of(account: models.Model) -> list[str]:
    """What an account is called: of its names those long enough to be nobody else's."""
    names = [getattr(account, name) for name in OF_ACCOUNT]
    names.append(account.get_full_name())
    return [name for name in names if len(name) >= SHORTEST]


def still_said(texts: set[str]) -> Iterator[tuple[type[models.Model], int]]:
    """Which other tables of the register say any of these texts, in how many rows."""
    for model in apps.get_app_config("certifications").get_models():
        if not model._meta.proxy and model is not Change:
            columns = [field.name for field in model._meta.concrete_fields if _holds_text(field)]
            number = _rows_saying(model._base_manager.all(), columns, texts).count()
            if number:
                yield model, number


def _refuse_unless_meant(texts: set[str], letter: str) -> None:
    if not letter or len(letter) > LONGEST_LETTER:
        raise ValidationError(_("ต้องบอกเลขที่หนังสือ ไม่เกิน %s ตัวอักษร") % LONGEST_LETTER)
    if not texts or any(len(text) < SHORTEST for text in texts):
        raise ValidationError(_("ข้อความที่จะลบต้องยาวอย่างน้อย %s ตัวอักษร") % SHORTEST)


# --- where it stands -----------------------------------------------------------------------------


def _holds_text(field: models.Field) -> bool:
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def _saying(texts: set[str], account: models.Model | None) -> Iterator[Change]:
    """The changes that say any of the texts, or that this account made; with `said`, as text."""
    changes = _rows_saying(Change.objects.all(), ["before", "after", "by_name", "why"], texts)
    keys = set(changes.values_list("pk", flat=True))
    if account:
        keys |= set(Change.objects.filter(by_key=account.pk).values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        some = sorted(keys)[start : start + AT_ONCE]
        yield from _with_texts(Change.objects.filter(pk__in=some), ["before", "after"])


def _with_texts(rows: QuerySet, columns: list[str]) -> QuerySet:
    return rows.annotate(**{f"{column}_text": Cast(column, TextField()) for column in columns})


def _rows_saying(rows: QuerySet, columns: list[str], texts: set[str]) -> QuerySet:
    said = Q(pk__in=[])
    for spelling in set().union(*map(_spellings, texts)):
        for column in columns:
            said |= Q(**{f"{column}_text__icontains": spelling})
    return _with_texts(rows, columns).filter(said)


def _spellings(text: str) -> set[str]:
    """As it stands in JSON, with letters or their numbers, and in JSON kept as text in JSON."""
    once = {text, _in_json(text), json.dumps(text)[1:-1]}
    return {*once, *map(_in_json, once)}


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


# --- erased --------------------------------------------------------------------------------------


def _erase_from(change: Change, pattern: re.Pattern, mark: str, account) -> bool:
    is_by_it = account is not None and change.by_key == account.pk
    by_name = mark if is_by_it else _marked(change.by_name, pattern, mark)
    kept = {
        "by_name": by_name[: Change._meta.get_field("by_name").max_length],
        "why": _marked(change.why, pattern, mark),
        "before": _json_marked(change.before_text, pattern, mark),
        "after": _json_marked(change.after_text, pattern, mark),
    }
    return bool(Change.objects.filter(pk=change.pk).update(**kept))


def _pattern(texts: set[str]) -> re.Pattern:
    """The longest first, so that no part of one stays behind."""
    ordered = sorted(set().union(*map(_spellings, texts)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)


def _marked(text: str, pattern: re.Pattern, mark: str) -> str:
    return pattern.sub(lambda _found: mark, text)


def _json_marked(text: str | None, pattern: re.Pattern, mark: str) -> Cast | None:
    """The row's own text with the values mended: read as JSON its numbers might come back other."""
    if text is None:
        return None

    def mended(string: re.Match) -> str:
        value, is_name = string.groups()
        return string[0] if is_name else f'"{_marked(value, pattern, _in_json(mark))}"'

    return Cast(Value(_STRING.sub(mended, text), TextField()), models.JSONField())


def _record(letter: str, number: int) -> None:
    words = {"letter": letter, "number": number}
    erased = Change(
        at=timezone.now(),
        channel=Change.Channel.COMMAND,
        why=_("ลบข้อมูลส่วนบุคคลในประวัติการแก้ไข %(number)s รายการ ตามหนังสือ %(letter)s") % words,
        table=Change._meta.label_lower,
        record_key=0,
        kind=Change.Kind.DELETE,
        was_public=False,
    )
    Change.objects.bulk_create([erased])
