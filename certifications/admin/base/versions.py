"""Nobody's save is lost in another's: a form carries the version of the record it was opened at."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import connection
from django.forms.models import _get_foreign_key
from django.utils.translation import gettext as _

from certifications.admin.base.merged_rows import OF_ROWS, MergedRows
from certifications.admin.base.merging import VERSION_FIELD, Merge, number
from certifications.audit.since import Part, Watched, links_of
from certifications.models.publishing import Publishable


class Versioned:
    """A page of the desk whose form is merged with what was saved since it was opened."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The version is read before the record, so that it is never newer than what is shown."""
        key = number(unquote(object_id)) if object_id else None
        record = self.watched(key)
        shown = {}
        if key and record.is_kept:
            if request.method == "POST":
                request.record_sent = record  # to `get_form`, which other pages ask as well
            else:
                shown["opened_version"] = record.version()
        return super().changeform_view(request, object_id, form_url, shown | (extra_context or {}))

    def get_object(self, request, object_id, from_field=None):
        """Whoever saves a record while another saves it waits, and is then told of it."""
        key = number(str(object_id))
        if key and VERSION_FIELD in request.POST and connection.in_atomic_block:
            self.hold(key)
        return super().get_object(request, object_id, from_field)

    def hold(self, key: int) -> None:
        """Lock a record until the transaction ends. SQLite has one writer anyway."""
        # Those that may be public are locked by their own page.
        locks = connection.features.has_select_for_update and not issubclass(
            self.model, Publishable
        )
        if locks:
            records = self.model._base_manager.order_by().select_for_update(no_key=True)
            records.filter(pk=key).values_list("pk").first()

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Django asks for it with `change` just before it reads what was sent."""
        form = super().get_form(request, obj, change=change, **kwargs)
        record = getattr(request, "record_sent", None) if change else None
        if record is None or obj is None:
            return form
        merge = Merge(request.POST, request.FILES, record, request.user)
        if merge.is_needed:
            self._merge_with_newer(request, obj, form, merge)
        request.merge = merge  # for the formsets and the page of this request
        return with_faults_of_fields(form, merge) if merge.has_faults else form

    def _merge_with_newer(self, request, obj, form, merge: Merge) -> None:
        bound = form(merge.data, merge.files, instance=obj)
        merge.merge_form(bound)
        if issubclass(self.model, Publishable):
            merge.merge_publication(obj)
        if merge.is_known:
            for relation in obj._meta.many_to_many:
                if relation.name in bound.fields:
                    merge.merge_links(bound[relation.name], relation)
            for formset in self._rows_of_now(request, obj):
                MergedRows(merge, formset).run()
        request.POST = merge.data
        if merge.kept:
            sentence = _("มีผู้บันทึกรายการนี้หลังจากเปิดหน้านี้ ค่าต่อไปนี้คงไว้ตามที่บันทึกล่าสุด: %s")
            self.message_user(request, sentence % " · ".join(merge.kept), messages.WARNING)

    def _rows_of_now(self, request, obj):
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if inline.has_change_permission(request, obj):
                prefix = formset.get_default_prefix()
                yield formset(instance=obj, prefix=prefix, queryset=inline.get_queryset(request))

    def get_formsets_with_inlines(self, request, obj=None):
        merge = getattr(request, "merge", None)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            has_faults = merge is not None and merge.has_faults
            yield (with_faults_of_rows(formset, merge) if has_faults else formset), inline

    def render_change_form(self, request, context, *args, **kwargs):
        """What is shown again was merged: it is of the version that it was merged with."""
        merge = getattr(request, "merge", None)
        version = {"opened_version": merge.version} if merge else {}
        return super().render_change_form(request, context | version, *args, **kwargs)

    def watched(self, key: int | None) -> Watched:
        rows = [
            Part(one.model, _get_foreign_key(self.model, one.model, fk_name=one.fk_name).column)
            for one in self.inlines
        ]
        return Watched(self.model, key, (*links_of(self.model), *rows))


def with_faults_of_fields(form, merge: Merge):
    """A form that is shown again where a choice is to be made."""

    def _clean_form(self):
        super(shown, self)._clean_form()
        for sentence in merge.on_top:
            self.add_error(None, sentence)
        _say(self, merge, ())

    shown = type(form.__name__, (form,), {"_clean_form": _clean_form})
    return shown


def with_faults_of_rows(formset, merge: Merge):
    """A formset likewise; what is said of a whole row stands above it."""

    def full_clean(self):
        super(shown, self).full_clean()
        for form in self.forms:
            _say(form, merge, OF_ROWS)

    shown = type(formset.__name__, (formset,), {"full_clean": full_clean})
    return shown


def _say(form, merge: Merge, of_whole: tuple[str, ...]) -> None:
    for name in {**form.fields, **dict.fromkeys(of_whole)}:
        for sentence in merge.faults.get(form.add_prefix(name), ()):
            form.add_error(None if name in of_whole else name, sentence)
