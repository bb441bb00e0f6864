"""Levels, services, sources, announced figures, and what was loaded from files."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from certifications.admin.base.desk import Desk, in_thai
from certifications.models import (
    Agency,
    AnnouncedFigure,
    Award,
    AwardEvent,
    CertificationLevel,
    Criterion,
    LoadedRecord,
    PlaceName,
    SearchWord,
    Service,
    Source,
)


class CodedDesk(Desk):
    """A code stands in addresses: chosen once, read-only afterwards."""

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(CertificationLevel)
class CertificationLevelAdmin(CodedDesk):
    list_display = ["rank", "name_th", "colour_th", "min_score", "max_score", "code"]
    list_display_links = ["name_th"]
    search_fields = ["name_th", "name_en", "colour_th", "code"]
    ordering = ["rank"]


@admin.register(Service)
class ServiceAdmin(CodedDesk):
    list_display = ["name_th", "name_en", "code", "order"]
    search_fields = ["name_th", "name_en", "code"]

    def may_be_deleted(self, service) -> bool:
        return not service.agencies.exists()


@admin.register(Source)
class SourceAdmin(Desk):
    list_display = [
        "title_or_url",
        "publisher",
        in_thai("published_on", _("วันที่เผยแพร่")),
        "grade",
    ]
    list_filter = ["grade", "publisher"]
    search_fields = ["title", "url", "publisher"]
    fields = ["url", "title", "publisher", "published_on", "grade"]

    def may_be_deleted(self, source) -> bool:
        """Not while anything cites it."""
        return not any(
            relation.related_model._base_manager.filter(**{relation.field.name: source}).exists()
            for relation in Source._meta.related_objects
        )

    @admin.display(description=_("ชื่อเรื่อง"), ordering="title")
    def title_or_url(self, source):
        return source.title or source.url


class FigureForm(forms.ModelForm):
    """A number that somebody printed names who printed it."""

    def clean_sources(self):
        sources = self.cleaned_data["sources"]
        AnnouncedFigure.refuse_without(sources)
        return sources


@admin.register(AnnouncedFigure)
class AnnouncedFigureAdmin(Desk):
    form = FigureForm
    list_display = [
        "body",
        "first_year",
        "last_year",
        "measure",
        "level",
        "count",
        in_thai("as_of", _("ณ วันที่")),
    ]
    list_filter = ["measure", "last_year", "level"]
    list_select_related = ["agency", "level"]
    search_fields = ["agency__name_th", "note"]
    autocomplete_fields = ["agency", "sources"]
    fieldsets = [
        (None, {"fields": ["agency", "first_year", "last_year", "measure", "level"]}),
        (None, {"fields": ["count", "as_of", "note"]}),
        (_("แหล่งที่มา"), {"fields": ["sources"]}),
    ]

    def may_be_deleted(self, _figure) -> bool:
        return True

    @admin.display(description=_("ของหน่วยงาน"), ordering="agency__sort_key")
    def body(self, figure):
        return figure.agency or _("ทั่วประเทศ")


FILES = {
    "agencies.csv": Agency,
    "announced_figures.csv": AnnouncedFigure,
    "award_events.csv": AwardEvent,
    "awards.csv": Award,
    "criteria.csv": Criterion,
    "levels.csv": CertificationLevel,
    "places.csv": PlaceName,
    "sources.csv": Source,
    "words.csv": SearchWord,
}
OTHER_COLUMNS = {  # of the files, which are no field of the record
    "short_names": _("ชื่อย่อ"),
    "other_names": _("ชื่ออื่น"),
    "recipients": _("ผู้รับมอบ"),
}


@admin.register(LoadedRecord)
class LoadedRecordAdmin(Desk):
    """For looking only: `load_records` keeps these itself."""

    list_display = ["file", "key", in_thai("loaded_at", _("นำเข้าเมื่อ"))]
    list_filter = ["kind"]
    search_fields = ["key"]
    fields = ["file", "key", "values_in_words", in_thai("loaded_at", _("นำเข้าเมื่อ"))]

    @admin.display(description=_("แฟ้มข้อมูล"), ordering="kind")
    def file(self, loaded):
        model = FILES.get(loaded.kind)
        return f"{model._meta.verbose_name} ({loaded.kind})" if model else loaded.kind

    @admin.display(description=_("ค่าที่นำเข้าล่าสุด"))
    def values_in_words(self, loaded):
        model = FILES.get(loaded.kind)
        lines = ((_column(model, name), value) for name, value in loaded.values.items() if value)
        return format_html_join("", "{}: {}<br>", lines)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def _column(model, name: str):
    """A column of a file by the name that its field has on the desk."""
    meta = model._meta if model else LoadedRecord._meta
    fields = {field.name: field for field in (*meta.fields, *meta.many_to_many)}
    return fields[name].verbose_name if name in fields else OTHER_COLUMNS.get(name, name)
