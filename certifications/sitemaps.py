"""Sitemaps: every page in both languages, with the day it last changed."""

import datetime

from django.contrib.sitemaps import Sitemap, views
from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import translation

from certifications.models import Agency, AwardEvent
from certifications.models.publishing import is_public
from certifications.reference import provinces

LANGUAGES = ("th", "en")


class InBothLanguages(Sitemap):
    """Each item's Thai and English page, both naming the other.

    Django's own alternates hold every item times every language in memory; this one, a page.
    """

    limit = 10_000

    def get_urls(self, page=1, site=None, protocol=None) -> list[dict]:
        root = f"{self.get_protocol(protocol)}://{self.get_domain(site)}"
        found = []
        for url in super().get_urls(page, site, protocol):
            addresses = {
                language: root + self.path(url["item"], language) for language in LANGUAGES
            }
            alternates = [
                {"lang_code": language, "location": address}
                for language, address in addresses.items()
            ]
            found += [
                url | {"location": address, "alternates": alternates}
                for address in addresses.values()
            ]
        return found

    def path(self, item, language: str) -> str:
        with translation.override(language):
            return self.location(item)

    def get_latest_lastmod(self) -> datetime.datetime | None:
        """The newest change, asked of the database rather than of every item in turn."""
        items = self.items()
        if isinstance(items, QuerySet):
            return items.order_by().aggregate(at=Max("changed_at"))["at"]
        return None


class Pages(InBothLanguages):
    """The pages there is one of."""

    def items(self) -> list[str]:
        return ["home", "agency-list", "event-list", "province-list", "data", "api-docs", "about"]

    def location(self, item: str) -> str:
        return reverse(item)


class Provinces(InBothLanguages):
    def items(self) -> tuple[provinces.Province, ...]:
        return provinces.ALL

    def location(self, item: provinces.Province) -> str:
        return reverse("province", args=[item.slug])


class OfRecords(InBothLanguages):
    """Records of the database; `changed_at` is when their page last read otherwise."""

    def lastmod(self, item) -> datetime.datetime:
        return item.changed_at


class Agencies(OfRecords):
    def items(self) -> QuerySet:
        """Certified bodies, and the public ones above them; merged records have no page."""
        certified = Agency.objects.certified()
        above = Agency.objects.exclude(kind=Agency.Kind.OFFICE).published()
        edited = Max("awards__updated_at", filter=is_public("awards__"))
        status_changed = Max("awards__status_changes__recorded_at", filter=is_public("awards__"))
        found = (
            (certified | above)
            .filter(merged_into=None)
            .annotate(edited=edited, status_changed=status_changed)
        )
        later = (Coalesce(moment, F("updated_at")) for moment in ("edited", "status_changed"))
        changed = Greatest("updated_at", *later)
        return found.annotate(changed_at=changed).only("code").order_by("pk")


class Events(OfRecords):
    def items(self) -> QuerySet:
        return (
            AwardEvent.objects.published()
            .annotate(changed_at=F("updated_at"))
            .only("code")
            .order_by("code")
        )


SECTIONS = {"pages": Pages, "agencies": Agencies, "events": Events, "provinces": Provinces}


def index(request):
    return views.index(request, SECTIONS, sitemap_url_name="sitemap")


def section(request, section):
    return views.sitemap(request, SECTIONS, section)
