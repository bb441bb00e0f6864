"""Successions of agencies: renamed, joined, split."""

from typing import Self

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency
from certifications.models.ranges import DAY_OUT_OF_RANGE, day_in_range
from certifications.models.sources import Source


class SuccessionQuerySet(QuerySet):
    def published(self) -> Self:
        """Successions between two bodies that anyone may see: either page names the other."""
        bodies = Agency.objects.published().order_by()
        return self.filter(predecessor__in=bodies, successor__in=bodies)


class AgencySuccession(models.Model):
    """What happened in the world: one body became, joined or gave rise to another.

    Both pages stay and link to each other; awards stay where they were given.
    """

    class Kind(models.TextChoices):
        RENAMED = "renamed", _("เปลี่ยนชื่อ")
        MERGED = "merged", _("ยุบรวม")
        SPLIT = "split", _("แยกออก")

    kind = models.CharField(_("เหตุการณ์"), max_length=20, choices=Kind)
    predecessor = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("จากหน่วยงาน"), related_name="successions"
    )
    successor = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("เป็นหน่วยงาน"), related_name="predecessions"
    )
    happened_on = models.DateField(_("วันที่มีผล"), null=True, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, verbose_name=_("แหล่งที่มา"), related_name="successions"
    )

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("การสืบทอดหน่วยงาน")
        verbose_name_plural = pgettext_lazy("plural", "การสืบทอดหน่วยงาน")
        ordering = ["-happened_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=day_in_range("happened_on"),
                name="succession_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_between_two_bodies",
                violation_error_message=_("หน่วยงานต้นทางและปลายทางต้องต่างกัน"),
            ),
            models.UniqueConstraint(
                fields=["predecessor", "successor", "kind"],
                name="succession_once",
                violation_error_message=_("บันทึกเหตุการณ์นี้ไว้แล้ว"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
