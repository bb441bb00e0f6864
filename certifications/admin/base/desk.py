"""What every page of the staff desk has in common."""

import contextlib
import datetime

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from certifications.access.kept import LOOK_AGAIN
from certifications.admin.base.merging import number
from certifications.admin.base.proposing import (
    REASON_FIELD,
    REOPENED,
    fill_in,
    propose_instead,
    reason_of,
)
from certifications.admin.base.versions import Versioned
from certifications.audit import changelog
from certifications.audit.acting import Undecided, acting, refuse_undecided
from certifications.audit.kept import kept_models
from certifications.models import Change, shown
from certifications.reference import buddhist, thai
from certifications.reference.fields import (
    BuddhistDateField,
    BuddhistYearField,
    ThaiTextField,
    ThaiTimeField,
    WebAddressField,
)
from certifications.reference.language import reader_language

YEAR_FIELDS = {"year", "first_year", "last_year"}
PAGE_SIZE = 50


def can_be_a_key(value: object) -> bool:
    return number(str(value)) is not None


class OnlyKeys:
    """Shows nothing chosen, instead of breaking, for what can be no record's key."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, list(filter(can_be_a_key, value)), attr)


class ChosenOne(OnlyKeys, AutocompleteSelect):
    """One record, found by typing."""


class ChosenSeveral(OnlyKeys, AutocompleteSelectMultiple):
    """Several records, found by typing."""

    def value_from_datadict(self, data, files, name):
        """A number beyond any key becomes a word: the field refuses it, SQLite would break."""
        chosen = super().value_from_datadict(data, files, name)
        return [key if len(key) < 19 else "?" for key in chosen]


class ThaiEntry:
    """B.E. years and Thai dates in every form, inlines included."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in YEAR_FIELDS:
            return db_field.formfield(form_class=BuddhistYearField)
        if isinstance(db_field, models.DateField) and not isinstance(
            db_field, models.DateTimeField
        ):
            kwargs = {"help_text": db_field.help_text} if db_field.help_text else {}
            return db_field.formfield(form_class=BuddhistDateField, **kwargs)
        if isinstance(db_field, models.TimeField):
            return db_field.formfield(form_class=ThaiTimeField)
        if isinstance(db_field, models.URLField):
            kwargs["form_class"] = WebAddressField
        elif type(db_field) in (models.CharField, models.TextField) and not db_field.choices:
            kwargs["form_class"] = ThaiTextField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = ChosenOne(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = ChosenSeveral(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def acting_of(request, channel: str = Change.Channel.FORM):
    """What a request writes is recorded as the act of who sent it, with the reason given."""
    if request.method != "POST":
        return contextlib.nullcontext()
    return acting(by=request.user, channel=channel, why=reason_of(request))


class Recorded:
    """Everything written on a page of the desk is in the record of changes, with who and why; what
    the public would see of it is not written but proposed.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # A form shown again because of a fault keeps the reason that was given.
        given = {"reason_given": request.POST.get(REASON_FIELD, "")}

        def page():
            with acting_of(request):
                return super(Recorded, self).changeform_view(
                    request, object_id, form_url, given | (extra_context or {})
                )

        try:
            return page()
        except Undecided as undecided:
            refusal = propose_instead(request, undecided)
        if refusal is None:
            return HttpResponseRedirect(self._after_proposing(request, object_id))
        request.not_proposed = refusal  # the form is shown again, with why
        return page()

    def get_object(self, request, object_id, from_field=None):
        """As it is; where a refused proposal is to be mended, as that would have made it."""
        record = super().get_object(request, object_id, from_field)
        if record is not None and request.method == "GET" and REOPENED in request.GET:
            fill_in(record, request.GET[REOPENED])
        return record

    def _after_proposing(self, request, object_id: str | None) -> str:
        """The record's own page, or the list of those that are all new."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if object_id is None or "_save" in request.POST:
            return reverse(f"{name}_changelist")
        return reverse(f"{name}_change", args=[object_id])

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "not_proposed", None)
        return refused(form, refusal) if refusal else form

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Whoever edits what anyone can see is told beforehand that it will be proposed."""
        public = shown.published(self.model) if self._is_kept() else self.model.objects.none()
        seen = obj is not None and public.filter(pk=obj.pk).exists()
        context |= {"anyone_sees_it": seen}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _is_kept(self) -> bool:
        return self.model._meta.concrete_model in kept_models()

    def response_add(self, request, obj, post_url_continue=None):
        refuse_undecided()  # before anything is said to have been done
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        refuse_undecided()
        return super().response_change(request, obj)

    def response_delete(self, request, obj_display, obj_id):
        refuse_undecided()
        return super().response_delete(request, obj_display, obj_id)

    def history_view(self, request, object_id, extra_context=None):
        """All that was ever changed of a record, field by field, the latest first."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        page = Paginator(changelog.of_record(record), PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("ประวัติการแก้ไข: %s") % record,
            "entries": changelog.entries(page.object_list),
            "page": page,
            "module_name": self.opts.verbose_name_plural,
            "object": record,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            with acting_of(request):
                return super().delete_view(request, object_id, extra_context)
        except Undecided as undecided:
            for sentence in propose_instead(request, undecided) or []:
                messages.error(request, sentence)
        return HttpResponseRedirect(self._after_proposing(request, None))

    def changelist_view(self, request, *args, **kwargs):
        with acting_of(request, Change.Channel.BULK):
            return super().changelist_view(request, *args, **kwargs)


class ShownAgain:
    """A form that was sent after the session had ended is shown as it was typed, not saved yet."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return _not_saved_yet(form) if LOOK_AGAIN in request.POST else form


def _not_saved_yet(form):
    return refused(form, [_("นี่คือสิ่งที่กรอกไว้ก่อนหมดเวลา ยังไม่ได้บันทึก โปรดตรวจแล้วกดบันทึก")])


def refused(form, sentences: list[str]):
    """The form as it was typed, with these sentences over it."""

    def clean(self):
        form.clean(self)
        raise ValidationError(sentences)

    return type(form.__name__, (form,), {"clean": clean})


class Desk(ShownAgain, Versioned, ThaiEntry, Recorded, admin.ModelAdmin):
    """Search in any spelling, fifty rows a page, and nothing deleted that others may rest on."""

    list_per_page = PAGE_SIZE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def changeform_view(self, request, *args, **kwargs):
        """Two people saving the same thing at once: the second is told, as if they came later."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)

    def get_fieldsets(self, request, obj=None):
        """What may only be looked at has dates in the Buddhist Era and yes or no in words."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, {**options, "fields": [self._to_look_at(name) for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def _to_look_at(self, name):
        field = next((field for field in self.opts.fields if field.name == name), None)
        if isinstance(field, models.DateField):
            return in_thai(name, field.verbose_name)
        return (
            in_words(name, field.verbose_name) if isinstance(field, models.BooleanField) else name
        )

    def get_search_results(self, request, queryset, search_term):
        """Staff search what they would say: typing faults and Thai digits are put right first."""
        term = thai.arabic_digits(thai.clean(search_term))
        return super().get_search_results(request, queryset, term)

    def get_actions(self, request):
        """Without "delete selected": what is deleted is deleted one by one, looked at."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_delete_permission(self, request, obj=None):
        permitted = super().has_delete_permission(request, obj)
        return permitted and (obj is None or self.may_be_deleted(obj))

    def get_deleted_objects(self, objs, request):
        """Without the rows that only join two records: they have no name to show."""
        listed, counted, denied, kept = super().get_deleted_objects(objs, request)
        joins = [relation.remote_field.through._meta for relation in self.opts.many_to_many]
        for join in joins:
            listed = _without(listed, f"{capfirst(join.verbose_name)}:")
            counted.pop(join.verbose_name_plural, None)
        return listed, counted, denied, kept

    def may_be_deleted(self, record) -> bool:
        """Whether nothing public rests on a record. No, unless its own page knows better."""
        return False


def _without(listed: list, beginning: str) -> list:
    """A tree of lines without those that begin so."""
    return [
        _without(line, beginning) if isinstance(line, list) else line
        for line in listed
        if isinstance(line, list) or not str(line).startswith(beginning)
    ]


class Inline(ThaiEntry, admin.TabularInline):
    extra = 0


def yes_or_no(is_so: bool | None) -> str:
    """In place of Django's picture, which says True or False to who cannot see it."""
    if is_so is None:
        return _("ไม่ทราบ")
    return _("ใช่") if is_so else _("ไม่ใช่")


def in_words(field: str, description: str):
    """A column or a read-only line that says yes, no or unknown."""

    @admin.display(description=description, ordering=field)
    def said(record):
        return yes_or_no(getattr(record, field))

    return said


def in_thai(field: str, description: str):
    """A column or a read-only line that shows a date in the reader's calendar, sorted by it."""

    @admin.display(description=description, ordering=field)
    def shown(record):
        moment = getattr(record, field)
        if moment is None:  # Django writes "None" on a page that only shows
            return admin.site.empty_value_display
        language = reader_language()
        if isinstance(moment, datetime.datetime):
            local = timezone.localtime(moment)
            return f"{buddhist.format_day(local.date(), language, short=True)} {local:%H:%M}"
        return buddhist.format_day(moment, language, short=True)

    return shown


@admin.display(description=_("การเผยแพร่"), ordering="published_at")
def publication(record) -> str:
    """A column: draft, public since a day, or withdrawn from view on a day."""
    if record.published_at is None:
        return _("ร่าง รอพิจารณา") if getattr(record, "waits_for_a_decision", False) else _("ร่าง")
    moment = record.hidden_at or record.published_at
    day = buddhist.format_day(timezone.localdate(moment), reader_language(), short=True)
    if record.hidden_at:
        return _("ถอนจากการเผยแพร่ %s") % day
    return _("เผยแพร่ %s") % day


class PublicationFilter(admin.SimpleListFilter):
    """Drafts, public records, those withdrawn from view."""

    title = _("การเผยแพร่")
    parameter_name = "publication"

    def lookups(self, request, model_admin):
        return [
            ("draft", _("ร่าง")),
            ("public", _("เผยแพร่แล้ว")),
            ("hidden", _("ถอนจากการเผยแพร่แล้ว")),
        ]

    def queryset(self, request, queryset):
        asked = {
            "draft": queryset.drafts,
            "public": queryset.published,
            "hidden": queryset.withdrawn_from_view,
        }
        return asked[self.value()]() if self.value() in asked else queryset
