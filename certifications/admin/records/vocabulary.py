"""The words that searching knows, and what people looked for in vain."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from certifications.admin.base.desk import Desk, in_thai
from certifications.models import MissedQuery, PlaceName, SearchWord


@admin.register(SearchWord)
class SearchWordAdmin(Desk):
    list_display = ["typed", "means", "kind", "source"]
    list_filter = ["kind"]
    search_fields = ["typed", "means"]
    fields = ["typed", "means", "kind", "source"]

    def may_be_deleted(self, word) -> bool:
        return True


@admin.register(PlaceName)
class PlaceNameAdmin(Desk):
    list_display = ["name", "province", "source"]
    search_fields = ["name"]
    fields = ["name", "province", "source"]

    def may_be_deleted(self, place) -> bool:
        return True


@admin.register(MissedQuery)
class MissedQueryAdmin(Desk):
    """For looking: a word seen here often may want a row among the words or places."""

    list_display = ["text", "count", in_thai("last_asked_on", _("ค้นล่าสุดเมื่อ"))]
    search_fields = ["text"]

    def get_queryset(self, request):
        return super().get_queryset(request).worth_showing()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def may_be_deleted(self, query) -> bool:
        return True
