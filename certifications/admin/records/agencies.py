"""Agencies, their other names, and what became of them."""

from django.contrib import admin
from django.db.models import Count
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from certifications.actions.hide import hide_contacts
from certifications.admin.acts.agency_acts import AgencyActs
from certifications.admin.base.checking import CheckedAgencyForm, CheckedDesk, UseThisOne
from certifications.admin.base.desk import Desk, Inline, in_thai
from certifications.admin.base.publishing import (
    CONFIRMED,
    Confirms,
    WithdrawalForm,
    hiding_at_once,
)
from certifications.listing.facets import regions
from certifications.models import Agency, AgencyName, AgencySuccession
from certifications.models.search_index import current_vocabulary, lock_the_tree
from certifications.reference import provinces

CLOSED = in_thai("closed_on", _("ปิดเมื่อ"))  # both by an act of their own
CREATED, UPDATED = in_thai("created_at", _("สร้างเมื่อ")), in_thai("updated_at", _("แก้ไขล่าสุด"))


class AgencyNameInline(Inline):
    model = AgencyName
    autocomplete_fields = ["source"]


class ProvinceFilter(admin.SimpleListFilter):
    """Provinces in dictionary order, those without one last."""

    title = _("จังหวัด")
    parameter_name = "province"
    field = "province"

    def lookups(self, request, model_admin):
        places = [place for places in regions().values() for place in places]
        return [*((place.code, place.name) for place in places), ("none", _("ไม่ระบุ"))]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        wanted = "" if self.value() == "none" else self.value()
        return queryset.filter(**{self.field: wanted})


@admin.register(Agency)
class AgencyAdmin(AgencyActs, UseThisOne, CheckedDesk, Confirms, Desk):
    form = CheckedAgencyForm
    actions = ["hide_at_once"]
    change_form_template = "admin/agency_change_form.html"
    list_display = ["name_th", "parent", "province_name", "kind", "service", "award_count", "code"]
    list_filter = [ProvinceFilter, "kind", "service"]
    list_select_related = ["parent", "service"]
    search_fields = ["name_th", "name_en", "names__name", "code"]
    ordering = ["sort_key", "pk"]
    autocomplete_fields = ["parent", "position_source", "sources"]
    readonly_fields = ["permanent_code", CLOSED, "merged_into", CREATED, UPDATED]
    inlines = [AgencyNameInline]
    fieldsets = [
        (None, {"fields": ["permanent_code", "name_th", "name_en", "kind", "service", "parent"]}),
        (_("ที่ตั้งและการติดต่อ"), {"fields": ["province", "address", "phone", "website", "hours"]}),
        (
            _("พิกัด"),
            {"fields": ["latitude", "longitude", "position_source"], "classes": ["collapse"]},
        ),
        (_("ปิดหรือรวมระเบียน"), {"fields": [CLOSED, "merged_into"], "classes": ["collapse"]}),
        (_("แหล่งที่มา"), {"fields": ["sources"]}),
        (_("บันทึก"), {"fields": [CREATED, UPDATED], "classes": ["collapse"]}),
    ]

    def hold(self, key: int) -> None:
        lock_the_tree()  # before any body, as everybody who saves one does

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(award_count=Count("awards", distinct=True))

    def get_search_results(self, request, queryset, search_term):
        """As the public searches, best first; also by code."""
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            queryset = queryset.filter(merged_into=None)  # nothing may be entered on those
        found = queryset.filter(code=search_term.strip().lower())
        if not search_term.strip() or found:
            return found or queryset, False
        vocabulary = current_vocabulary()
        answer = queryset.order_by().search(search_term, vocabulary)
        return answer.agencies, False

    @admin.action(description=_("งดแสดงข้อมูลติดต่อทันที รออีกคนยืนยัน"), permissions=["decide"])
    def hide_at_once(self, request, queryset):
        form = WithdrawalForm(request.POST if CONFIRMED in request.POST else None)
        bodies = list(queryset.filter(merged_into=None))
        return self._confirmed(request, queryset, form, bodies, hide_contacts, hiding_at_once())

    def may_be_deleted(self, agency) -> bool:
        kept = (agency.awards, agency.figures, agency.declarations)
        in_use = (*kept, agency.children, agency.merged_records)
        return not any(records.exists() for records in in_use)

    @admin.display(description=_("จังหวัด"), ordering="province")
    def province_name(self, agency):
        return provinces.BY_CODE[agency.province].name if agency.province else None

    @admin.display(description=_("ผลการรับรอง"), ordering="award_count")
    def award_count(self, agency):
        return agency.award_count

    @admin.display(description=_("รหัสถาวร"))
    def permanent_code(self, agency):
        if agency.pk is None:
            return _("ระบบกำหนดให้เมื่อบันทึก")
        return format_html('<a href="{}">{}</a>', agency.get_absolute_url(), agency.code)


@admin.register(AgencySuccession)
class AgencySuccessionAdmin(Desk):
    list_display = [
        "predecessor",
        "kind",
        "successor",
        in_thai("happened_on", _("วันที่มีผล")),
    ]
    list_select_related = ["predecessor", "successor"]
    list_filter = ["kind"]
    search_fields = ["predecessor__name_th", "successor__name_th"]
    autocomplete_fields = ["predecessor", "successor", "source"]
    fields = ["kind", "predecessor", "successor", "happened_on", "source"]

    def may_be_deleted(self, _succession) -> bool:
        return True
