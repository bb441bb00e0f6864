"""Writing rows that were kept: what was proposed, or what takes a change back."""

from collections.abc import Iterable

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from certifications.audit.rows import Row, fields_of, renamed
from certifications.models.values import plain, stored

Keys = dict[tuple[str, int], int]  # (table, placeholder) → key of the row that was made


def apply(rows: Iterable[Row]) -> None:
    """Write rows through their models, in their order, within one transaction of the caller's.

    ValidationError, naming record and field, when a row is no longer as it was, or when a rule of
    the register forbids what it would be.
    """
    made: Keys = {}
    for row in rows:
        row = renamed(row, made)
        if row.before is None:
            made[row.table, row.key] = _make(row)
        elif row.after is None:
            _remove(row)
        else:
            _change(row)


def _make(row: Row) -> int:
    """The key of the new row; one that was there before comes back under the key it had."""
    record = row.model(**_values(row, row.after))
    if row.key > 0 and row.model._base_manager.filter(pk=row.key).exists():
        raise ValidationError(_("มี “%(record)s” อยู่แล้ว"), params={"record": record})
    record.pk = row.key if row.key > 0 else None
    _refuse_wrong(record)
    record.save(force_insert=True)
    return record.pk


def _change(row: Row) -> None:
    record = _current(row)
    _refuse_changed(record, row)
    for name, value in _values(row, {column: row.after[column] for column in row.changed}).items():
        setattr(record, name, value)
    _refuse_wrong(record)
    record.save()


def _remove(row: Row) -> None:
    record = _current(row)
    _refuse_changed(record, row)
    try:
        record.delete()
    except ProtectedError as held:
        raise ValidationError(
            _("ลบ “%(record)s” ไม่ได้ เพราะมีข้อมูลอื่นอ้างถึง"), params={"record": record}
        ) from held


def _current(row: Row) -> models.Model:
    """The record as it is now, locked."""
    # Unordered: an order by what a record may lack cannot be locked, and one row needs none.
    found = row.model._base_manager.filter(pk=row.key).order_by()
    record = found.select_for_update(of=("self",), no_key=True).first()
    if record is None:
        raise ValidationError(
            _("%(kind)sที่เสนอแก้ไขถูกลบไปแล้ว"), params={"kind": row.model._meta.verbose_name}
        )
    return record


def _values(row: Row, values: dict) -> dict[str, object]:
    """Attribute → value, of the columns that the model has today."""
    fields = fields_of(row.table)
    unknown = values.keys() - fields.keys()
    if unknown:
        raise ValidationError(
            _("ทะเบียนไม่มีช่อง %(columns)s แล้ว ให้แก้ไขที่หน้ารายการแทน"),
            params={"columns": ", ".join(sorted(unknown))},
        )
    return {
        fields[column].attname: stored(fields[column], value) for column, value in values.items()
    }


def _changed_fields(record: models.Model, row: Row) -> list[str]:
    fields = fields_of(row.table)
    return [
        str(field.verbose_name)
        for column, (before, _after) in row.changed.items()
        if (field := fields.get(column)) is not None
        and not field.primary_key
        and plain(stored(field, _held(record, field))) != before
    ]


def _held(record: models.Model, field: models.Field) -> object:
    """As the database has it: a file by its name."""
    return field.get_prep_value(getattr(record, field.attname))


def _refuse_changed(record: models.Model, row: Row) -> None:
    if fields := _changed_fields(record, row):
        raise ValidationError(
            _("“%(record)s” ถูกแก้ไขหลังจากนั้นแล้ว (%(fields)s) ให้เริ่มใหม่จากค่าปัจจุบัน"),
            params={"record": record, "fields": ", ".join(fields)},
        )


def _refuse_wrong(record: models.Model) -> None:
    """ValidationError, as one list of sentences, when the rules forbid the record so."""
    try:
        record.full_clean()
    except ObjectDoesNotExist as gone:
        raise ValidationError(_("สิ่งที่รายการนี้อ้างถึงถูกลบไปแล้ว")) from gone
    except ValidationError as faults:
        raise ValidationError(faults.messages) from faults
    except FileNotFoundError as lost:
        raise ValidationError(_("ไฟล์นี้หายไปจากที่เก็บ ให้เพิ่มไฟล์ใหม่แทน")) from lost
