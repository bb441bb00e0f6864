"""The rows of an inline, merged with those that somebody else has added, changed or deleted.

They are arranged anew: first the rows as they are now, in their order, then those to be added.
"""

from dataclasses import dataclass, field

from django.db import models
from django.forms.models import BaseInlineFormSet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from certifications.admin.base.merging import (
    CHOICE,
    GONE,
    SINCE,
    THEIRS,
    TYPED,
    Merge,
    in_words,
    moment,
    number,
    quoted,
)
from certifications.audit.changelog import table_name
from certifications.models import Change

KINDS = ("", CHOICE, SINCE, GONE)  # what the names of a row's fields may begin with
DELETE, ROW = "DELETE", "row"  # in place of a field's name: the row as a whole
OF_ROWS = (DELETE, ROW)
MOST_ROWS = 1000

Block = dict[tuple[str, str], list]


@dataclass
class Sent:
    """A row as it was sent, lifted out of the form."""

    values: Block = field(default_factory=dict)
    files: Block = field(default_factory=dict)


class MergedRows:
    """One inline of a form that is being merged."""

    def __init__(self, merge: Merge, formset: BaseInlineFormSet) -> None:
        """`formset` is unbound: its rows are those of now."""
        self.merge, self.formset, self.prefix = merge, formset, formset.prefix
        self.model = formset.model
        self.changes = merge.since.of_table(self.model)
        self.deletions = {
            change.pk: change
            for change in merge.since.changes
            if change.table == self.model._meta.label_lower and change.kind == Change.Kind.DELETE
        }

    def run(self) -> None:
        total, initial = (self._count(name) for name in ("TOTAL_FORMS", "INITIAL_FORMS"))
        if total is None or initial is None or not (self.changes or self._waits()):
            return
        now = {str(row.pk): row for row in self.formset.get_queryset()}
        places = {self._key(place): place for place in range(min(initial, total))}
        gone = {key: place for key, place in places.items() if key not in now}
        extras = [place for key, place in gone.items() if self._stays_though_gone(key, place)]
        extras += [place for place in range(initial, total) if self._is_to_be_added(place, now)]
        sent = [self._lifted(place) for place in range(total)]
        for place, (key, row) in enumerate(now.items()):
            self._place(sent[places[key]] if key in places else Sent(), place)
            self._merge_row(row, place, is_sent=key in places)
        for place, old in enumerate(extras, len(now)):
            self._place(sent[old], place)
            self._ask_about_gone(place)
        self._set("TOTAL_FORMS", len(now) + len(extras))
        self._set("INITIAL_FORMS", len(now))

    # --- what was sent ----------------------------------------------------------------------------

    def _count(self, name: str) -> int | None:
        held = number(self.merge.data.get(f"{self.prefix}-{name}"))
        return held if held is not None and held <= MOST_ROWS else None

    def _set(self, name: str, value: object) -> None:
        self.merge.data[f"{self.prefix}-{name}"] = str(value)

    def _waits(self) -> bool:
        kinds = tuple(f"{kind}{self.prefix}-" for kind in (SINCE, GONE))
        return any(name.startswith(kinds) for name in self.merge.data)

    def _name(self, place: int, rest: str) -> str:
        return f"{self.prefix}-{place}-{rest}"

    def _key(self, place: int) -> str:
        return self.merge.data.get(self._name(place, self.model._meta.pk.name), "")

    def _form(self, place: int, row: models.Model):
        data, files = self.merge.data, self.merge.files
        prefix = f"{self.prefix}-{place}"
        form = self.formset.form(data, files, instance=row, prefix=prefix)
        form.fields.pop(self.formset.fk.name, None)  # whose row it is, is not typed
        return form

    def _lifted(self, place: int) -> Sent:
        return Sent(self._taken(self.merge.data, place), self._taken(self.merge.files, place))

    def _taken(self, values: MultiValueDict, place: int) -> Block:
        found = {}
        for kind in KINDS:
            start = f"{kind}{self._name(place, '')}"
            for name in [name for name in values if name.startswith(start)]:
                found[kind, name.removeprefix(start)] = values.pop(name)
        return found

    def _place(self, sent: Sent, place: int) -> None:
        for held, values in ((self.merge.data, sent.values), (self.merge.files, sent.files)):
            for (kind, rest), listed in values.items():
                held.setlist(f"{kind}{self._name(place, rest)}", listed)

    # --- rows that are there ----------------------------------------------------------------------

    def _merge_row(self, row: models.Model, place: int, is_sent: bool) -> None:
        if not is_sent:
            self._show(row, place)
        elif not self._is_deleted(row, place):
            self.merge.merge_form(self._form(place, row))

    def _show(self, row: models.Model, place: int) -> None:
        """A row that somebody else added."""
        form = self._form(place, row)
        for bound in form:
            self.merge.put(bound, form.initial.get(bound.name))
        self._set(f"{place}-{self.model._meta.pk.name}", row.pk)
        self._set(f"{place}-{self.formset.fk.name}", self.formset.instance.pk)
        added = next((one for one in self.changes if one.record_key == row.pk), None)
        if added:
            self._keep(_("เพิ่ม %s"), row, added)

    def _is_deleted(self, row: models.Model, place: int) -> bool:
        """Whether a row is to be deleted; what somebody changed is not, before it was looked at."""
        name, merge = self._name(place, DELETE), self.merge
        if name not in merge.data and not merge.waits(name):
            return False
        history = merge.since.of_row(self.model, row.pk, merge.version_of(name))
        if not history.changes:
            return True
        last = history.changes[-1]
        choice = merge.choice(name, last.pk > merge.since.version)
        merge.data.setlist(name, ["on"] if choice == TYPED else [])
        if choice not in (THEIRS, TYPED):
            self._refuse_deletion(name, row, history)
        return choice == TYPED

    def _refuse_deletion(self, name: str, row: models.Model, history) -> None:
        last = history.changes[-1]
        said = {"who": self.merge.who(last), "when": moment(last)}
        said["changes"] = ", ".join(_in_short(history, row))
        sentence = _(
            "%(who)s แก้ไขแถวนี้เมื่อ %(when)s หลังจากเปิดหน้านี้ (%(changes)s) โปรดเลือกว่าจะลบหรือเก็บไว้"
        )
        theirs = _("เก็บไว้ตามที่ %(who)s บันทึก")
        self.merge.refuse(name, sentence % said, theirs % said, _("ลบตามที่เลือก"))

    # --- rows that are gone, and rows to be added -------------------------------------------------

    def _stays_though_gone(self, key: str, place: int) -> bool:
        """Whether a row that somebody deleted was changed here: it is marked with its deletion."""
        history = self.merge.since.of_row(self.model, number(key) or 0, self.merge.since.version)
        if self._name(place, DELETE) in self.merge.data or not history.changes:
            return False
        if not self._form(place, history.as_opened()).has_changed():
            self._keep(_("ลบ %s"), history.as_opened(), history.changes[-1])
            return False
        self._set(f"{place}-{self.model._meta.pk.name}", "")
        self.merge.data[f"{GONE}{self._name(place, ROW)}"] = str(history.changes[-1].pk)
        return True

    def _is_to_be_added(self, place: int, now: dict) -> bool:
        """Not when somebody has added the very same row, or deleting it was chosen."""
        name = self._name(place, ROW)
        if f"{GONE}{name}" in self.merge.data:
            return self.merge.choice(name, is_changed_again=False) != THEIRS
        keys = {change.record_key for change in self.changes if change.kind == Change.Kind.INSERT}
        added = [row for row in now.values() if row.pk in keys]
        return all(self._form(place, row).has_changed() for row in added)

    def _ask_about_gone(self, place: int) -> None:
        name, data = self._name(place, ROW), self.merge.data
        marked = number("".join(data.getlist(f"{GONE}{name}")))
        deletion = self.deletions.get(marked)
        data.pop(f"{GONE}{name}", None)
        if deletion is None or self.merge.choice(name, is_changed_again=False) == TYPED:
            return
        said = {"who": self.merge.who(deletion), "when": moment(deletion)}
        sentence = _("%(who)s ลบแถวนี้เมื่อ %(when)s หลังจากเปิดหน้านี้ โปรดเลือกว่าจะลบหรือเพิ่มกลับ")
        theirs = _("ลบตามที่ %(who)s ลบไว้")
        self.merge.refuse(
            name, sentence % said, theirs % said, _("เพิ่มกลับตามที่กรอก"), gone=deletion.pk
        )

    def _keep(self, sentence: str, row: models.Model, change: Change) -> None:
        said = sentence % quoted(str(row))
        self.merge.kept.append(f"{table_name(self.model)}: {said} ({self.merge.who(change)})")


def _in_short(history, row: models.Model) -> list[str]:
    """What was changed of a row, such as ตำแหน่ง: “” → “ผู้ว่าราชการ”."""
    said = []
    for column in row._meta.concrete_fields:
        if history.last_of(column):
            before, after = in_words(column, history.opened(column), column.value_from_object(row))
            said.append(f"{column.verbose_name} {quoted(before)} → {quoted(after)}")
    return said
