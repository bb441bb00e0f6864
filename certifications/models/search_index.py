"""What each agency is found by; written by `certifications.index`, never by hand."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency


class SearchEntry(models.Model):
    """The folded names of an agency and of everything around it.

    The database keeps the three-letter pieces of `key` itself: see `certifications.index`.
    """

    agency = models.OneToOneField(
        Agency,
        models.CASCADE,
        primary_key=True,
        verbose_name=_("หน่วยงาน"),
        related_name="search_entry",
    )
    names = models.TextField(_("ชื่อที่พับแล้ว"))  # "|…|…|", its own only, the Thai name first
    key = models.TextField(_("กุญแจค้นหา"))  # its own names, the bodies above, the province
    length = models.PositiveSmallIntegerField(_("ความยาวชื่อ"))

    class Meta:
        verbose_name = _("รายการดัชนีค้นหา")
        verbose_name_plural = pgettext_lazy("plural", "รายการดัชนีค้นหา")

    def __str__(self) -> str:
        return self.names
