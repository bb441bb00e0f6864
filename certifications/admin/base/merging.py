"""A form filled in over values that somebody else has saved meanwhile, merged field by field.

What is typed is compared with what the form was opened on and with what stands now. A field that
was not touched keeps what stands now; one that two persons changed waits for a choice.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from certifications.audit import changelog
from certifications.audit.since import NOT_KNOWN, RowSince, Since, Watched
from certifications.models import Change
from certifications.reference import buddhist
from certifications.reference.language import reader_language

VERSION_FIELD = "_version"  # hidden, of a form: the version it was opened at
# Before the name of a field or a row: which of two values was chosen; the version at which a field
# that waits for a choice was opened; the deletion of a row that waits for one.
CHOICE, SINCE, GONE = "_choice-", "_since-", "_gone-"
THEIRS, TYPED = "theirs", "typed"
PUBLICATION = ("published_at", "hidden_at")


def number(text: str | None) -> int | None:
    """A version out of a form; None for what can be none."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


@dataclass(frozen=True)
class Conflict:
    """Two values for one thing, and the fields of the form that the choice is sent in."""

    name: str  # of the field or row
    sentence: str
    theirs: str
    typed: str
    marker: str
    marked: int

    def as_html(self) -> str:
        values = ((THEIRS, self.theirs), (TYPED, self.typed))
        context = {"conflict": self, "choice": f"{CHOICE}{self.name}", "values": values}
        return render_to_string("admin/includes/conflict.html", context)


class Merge:
    """What one person sent, and what was saved since the form was opened."""

    def __init__(self, data: QueryDict, files: MultiValueDict, record: Watched, account) -> None:
        self.data, self.files, self.account = data.copy(), files, account
        version = number(data.get(VERSION_FIELD))
        waiting = [number(data[name]) for name in data if name.startswith(SINCE)]
        waiting += [(number(data[name]) or 0) - 1 for name in data if name.startswith(GONE)]
        oldest = [one for one in waiting if one is not None and one >= 0]
        nothing = Since(0, (), is_known=False)
        back_to = min(oldest, default=None)
        self.since = nothing if version is None else record.since(version, back_to)
        self.is_known = self.since.is_known
        self.version = self.since.latest if self.is_known else record.version()
        self.on_top: list[str] = []  # said of the form as a whole
        self.faults: dict[str, list[str]] = {}  # name of a field or row → what is said there
        if not self.is_known:
            self.on_top.append(_("ไม่ทราบว่าหน้านี้เปิดไว้เมื่อใด จึงยังไม่ได้บันทึก โปรดตรวจแล้วกดบันทึกอีกครั้ง"))
        self.kept: list[str] = []  # in words: what others saved and this person did not touch

    @property
    def is_needed(self) -> bool:
        return bool(self.since.changes) or not self.is_known

    @property
    def has_faults(self) -> bool:
        return bool(self.faults or self.on_top)

    def merge_publication(self, record: models.Model) -> None:
        """What was published meanwhile is looked at again: other fields and rights are its own."""
        row = self.since.of_row(type(record), record.pk, self.since.version)
        flips = [row.last_of(record._meta.get_field(name)) for name in PUBLICATION]
        last = max((one for one in flips if one), key=lambda change: change.pk, default=None)
        if last:
            said = {"who": self.who(last), "when": moment(last), "did": did(last)}
            self.on_top.append(
                _(
                    "%(who)s %(did)sรายการนี้เมื่อ %(when)s หลังจากเปิดหน้านี้ จึงยังไม่ได้บันทึก "
                    "โปรดตรวจแล้วกดบันทึกอีกครั้ง"
                )
                % said
            )

    # --- fields -----------------------------------------------------------------------------------

    def merge_form(self, form: forms.ModelForm) -> None:
        """Of a bound form whose instance stands as it is now."""
        known = {field.name: field for field in form.instance._meta.concrete_fields}
        for name in form.fields.keys() & known.keys():
            if self.is_known:
                self._merge_field(form[name], known[name])
            else:
                self._say_what_stands(form[name], known[name])

    def _merge_field(self, bound: BoundField, field: models.Field) -> None:
        version = self.version_of(bound.html_name)
        row = self.since.of_row(bound.form._meta.model, bound.form.instance.pk, version)
        opened, now = row.opened(field), field.value_from_object(bound.form.instance)
        if row.last_of(field) is None or opened == now or not is_typed(bound, now):
            return
        choice = self.choice(bound.html_name, row.is_changed(field, self.since.version))
        if choice == TYPED:
            return
        is_touched = self.waits(bound.html_name) or opened is NOT_KNOWN or is_typed(bound, opened)
        if is_touched and choice != THEIRS:
            self._refuse(bound, field, row)
            return
        if choice != THEIRS:
            self._keep(field, row, now)
        self.put(bound, now)

    def _keep(self, field: models.Field, row: RowSince, now: object) -> None:
        value = quoted(in_words(field, row.opened(field), now)[1])
        who = self.who(row.last_of(field))
        self.kept.append(f"{field.verbose_name} {value} ({who})")

    def _refuse(self, bound: BoundField, field: models.Field, row: RowSince) -> None:
        last, now = row.last_of(field), field.value_from_object(bound.form.instance)
        before, after = in_words(field, row.opened(field), now)
        said = {"who": self.who(last), "when": moment(last), "after": quoted(after)}
        said["before"] = quoted(before)
        sentence = _(
            "%(who)s เปลี่ยนค่านี้จาก %(before)s เป็น %(after)s เมื่อ %(when)s หลังจากเปิดหน้านี้ "
            "โปรดเลือกค่าที่จะบันทึก"
        )
        if isinstance(bound.field, forms.FileField):  # a browser does not keep it
            again = _("ถ้าใช้ไฟล์ที่เลือกไว้ ให้เลือกไฟล์อีกครั้ง")
            sentence = f"{sentence} {again}"
        self.refuse(
            bound.html_name,
            sentence % said,
            _("ใช้ค่าที่ %(who)s บันทึกไว้ %(after)s") % said,
            _("ใช้ค่าที่กรอก %s") % quoted(self._typed_in_words(bound, field)),
        )

    def _typed_in_words(self, bound: BoundField, field: models.Field) -> str:
        try:
            typed = bound.field.clean(bound.data)
        except forms.ValidationError:
            return str(bound.data or "")
        return in_words(field, None, getattr(typed, "pk", typed))[1]

    def _say_what_stands(self, bound: BoundField, field: models.Field) -> None:
        now = field.value_from_object(bound.form.instance)
        if is_typed(bound, now):
            value = quoted(in_words(field, None, now)[1])
            self.faults[bound.html_name] = [_("ค่าที่บันทึกไว้ขณะนี้คือ %s") % value]

    # --- links to other records -------------------------------------------------------------------

    def merge_links(self, bound: BoundField, relation: models.ManyToManyField) -> None:
        """What either person added or removed, is added or removed."""
        changes = self.since.of_table(relation.remote_field.through)
        if not changes:
            return
        now = {str(record.pk) for record in bound.form.initial[bound.name]}
        typed = [str(key) for key in bound.data or []]
        opened = _before(changes, now, relation.m2m_reverse_name())
        removed = opened - {*typed}
        added = [key for key in typed if key not in opened]
        merged = [
            key for key in dict.fromkeys([*sorted(now, key=int), *added]) if key not in removed
        ]
        if {*merged} != {*typed}:
            self._keep_links(relation, {*merged} - {*typed}, {*typed} - {*merged}, changes[-1])
        self.data.setlist(bound.html_name, merged)

    def _keep_links(self, relation, more: set[str], fewer: set[str], last: Change) -> None:
        names = relation.related_model._default_manager.in_bulk([*map(int, more | fewer)])
        for sentence, keys in ((_("เพิ่ม %s"), more), (_("นำออก %s"), fewer)):
            if keys:
                listed = ", ".join(quoted(str(names.get(int(key), key))) for key in sorted(keys))
                self.kept.append(f"{relation.verbose_name}: {sentence % listed} ({self.who(last)})")

    # --- choices ----------------------------------------------------------------------------------

    def waits(self, name: str) -> bool:
        return f"{SINCE}{name}" in self.data

    def version_of(self, name: str) -> int:
        """The version at which a field was opened: an older one while it waits for a choice."""
        marked = number(self.data.get(f"{SINCE}{name}"))
        return self.since.version if marked is None else min(marked, self.since.version)

    def choice(self, name: str, is_changed_again: bool) -> str:
        """What was chosen, of values that still stand."""
        return "" if is_changed_again else self.data.get(f"{CHOICE}{name}", "")

    def refuse(self, name: str, sentence: str, theirs: str, typed: str, gone: int = 0) -> None:
        """Ask for a choice about a field or a row."""
        marker = f"{GONE if gone else SINCE}{name}"
        marked = gone or self.version_of(name)
        conflict = Conflict(name, sentence, theirs, typed, marker, marked)
        self.faults.setdefault(name, []).append(conflict.as_html())

    def put(self, bound: BoundField, value: object) -> None:
        """Into what was sent, as a browser would send it."""
        shown = bound.field.widget.format_value(bound.field.prepare_value(value))
        if isinstance(bound.field, forms.FileField):
            self.files.pop(bound.html_name, None)
        elif isinstance(bound.field, forms.BooleanField):
            self.data.setlist(bound.html_name, ["on"] if value else [])
        else:
            self.data.setlist(bound.html_name, shown if isinstance(shown, list) else [shown or ""])

    # --- in words ---------------------------------------------------------------------------------

    def who(self, change: Change) -> str:
        name = change.by_name or change.get_channel_display()
        is_own = change.by_key is not None and change.by_key == self.account.pk
        return _("%s (บัญชีนี้ จากหน้าอื่น)") % name if is_own else name


def is_typed(bound: BoundField, value: object) -> bool:
    """Whether a field was sent with another value than this one."""
    if isinstance(value, str) and isinstance(bound.field, forms.CharField):
        with contextlib.suppress(forms.ValidationError):  # an old address that is none
            value = bound.field.to_python(value)
    return bound.field.has_changed(value, bound.data)


def _before(changes: Iterable[Change], now: set[str], column: str) -> set[str]:
    """The keys that were linked before these changes."""
    keys = {*now}
    for change in reversed([*changes]):
        keys.discard(str((change.after or {}).get(column)))
        keys |= {str(change.before[column])} if change.before else set()
    return keys


def in_words(field: models.Field, before: object, after: object) -> tuple[str, str]:
    """Two values of a field as the record of changes tells them."""
    rows = [{field.column: None if one is NOT_KNOWN else one} for one in (before, after)]
    change = Change(
        table=field.model._meta.label_lower, kind=Change.Kind.UPDATE, before=rows[0], after=rows[1]
    )
    change.agency_key = 0  # of none: nothing is taken for said already
    lines = changelog.entries([change])[0].lines
    return (lines[0].before, lines[0].after) if lines else ("", "")


def did(change: Change) -> str:
    return changelog.entries([change])[0].did


def quoted(value: str) -> str:
    return f"“{value}”" if value else _("(ว่าง)")


def moment(change: Change) -> str:
    local = timezone.localtime(change.at)
    return f"{buddhist.format_day(local.date(), reader_language())} {local:%H:%M}"
