"""What every page of the staff desk has in common."""

from django.contrib import admin
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from certifications import buddhist, thai
from certifications.fields import BuddhistDateField, BuddhistYearField

YEAR_FIELDS = {"year", "first_year", "last_year"}
PAGE_SIZE = 50


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
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class Desk(ThaiEntry, admin.ModelAdmin):
    """Search in any spelling, fifty rows a page, and nothing deleted that others may rest on."""

    list_per_page = PAGE_SIZE
    show_full_result_count = False
    save_on_top = True

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

    def may_be_deleted(self, record) -> bool:
        """Whether nothing public rests on a record. No, unless its own page knows better."""
        return False


class Inline(ThaiEntry, admin.TabularInline):
    extra = 0


def day_column(field: str, description: str):
    """A column that shows a date in the Buddhist Era and sorts by it."""

    @admin.display(description=description, ordering=field)
    def column(_admin, record):
        day = getattr(record, field)
        return buddhist.format_day(day, get_language() or "th", short=True) if day else None

    return column


@admin.display(description=_("การเผยแพร่"), ordering="published_at")
def publication(_admin, record) -> str:
    """A column: draft, public since a day, or withdrawn from view on a day."""
    if record.published_at is None:
        return _("ร่าง")
    moment = record.hidden_at or record.published_at
    day = buddhist.format_day(timezone.localdate(moment), get_language() or "th", short=True)
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
            ("hidden", _("ถอนจากการเผยแพร่")),
        ]

    def queryset(self, request, queryset):
        asked = {
            "draft": queryset.drafts,
            "public": queryset.published,
            "hidden": queryset.withdrawn_from_view,
        }
        return asked[self.value()]() if self.value() in asked else queryset
