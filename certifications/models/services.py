"""Services that citizens come to an office for."""

from typing import Self

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.reference.language import thai_is_read


class ServiceQuerySet(QuerySet):
    def published(self) -> Self:
        """All: the list offers them and the API lists them."""
        return self.all()


class Service(models.Model):
    """What a citizen comes for: land, transport, employment, health …"""

    code = models.SlugField(_("รหัส"), unique=True, help_text=_("ใช้ในที่อยู่เว็บ เช่น land"))
    name_th = models.CharField(_("ชื่อไทย"), max_length=100)
    name_en = models.CharField(_("ชื่ออังกฤษ"), max_length=100)
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=100)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("งานบริการ")
        verbose_name_plural = pgettext_lazy("plural", "งานบริการ")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_th if thai_is_read() else self.name_en
