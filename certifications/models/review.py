"""Proxy models of the records that need a review."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency
from certifications.models.awards import Award
from certifications.models.events import AwardEvent


class AgencyToReview(Agency):
    class Meta:
        proxy = True
        default_permissions = ()
        ordering = ["sort_key", "pk"]
        verbose_name = _("⚠ หน่วยงานที่ต้องตรวจสอบ")
        verbose_name_plural = pgettext_lazy("plural", "⚠ หน่วยงานที่ต้องตรวจสอบ")


class AwardToReview(Award):
    class Meta:
        proxy = True
        default_permissions = ()
        ordering = ["-year", "agency__sort_key", "pk"]
        verbose_name = _("⚠ ผลการรับรองที่ต้องตรวจสอบ")
        verbose_name_plural = pgettext_lazy("plural", "⚠ ผลการรับรองที่ต้องตรวจสอบ")


class EventToReview(AwardEvent):
    class Meta:
        proxy = True
        default_permissions = ()
        ordering = ["-year", "-code"]
        verbose_name = _("⚠ พิธีมอบที่ต้องตรวจสอบ")
        verbose_name_plural = pgettext_lazy("plural", "⚠ พิธีมอบที่ต้องตรวจสอบ")
