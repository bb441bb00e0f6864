"""Announced figures: numbers published about the scheme, each with its sources."""

from collections.abc import Iterable
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency
from certifications.models.events import AwardEvent, AwardEventQuerySet
from certifications.models.levels import CertificationLevel
from certifications.models.ranges import (
    DAY_OUT_OF_RANGE,
    YEAR_OUT_OF_RANGE,
    day_in_range,
    year_in_range,
)
from certifications.models.sources import Source
from certifications.reference.states import FIRST_YEAR

FIGURE_WITHOUT_SOURCE = _("ตัวเลขที่ประกาศต้องมีแหล่งที่มาอย่างน้อยหนึ่งแหล่ง")


class FigureQuerySet(QuerySet):
    def published(self) -> Self:
        """Figures with a source, whose last year has a public ceremony record: they report on
        that round.
        """
        events = self.model.year_events()
        of_its_year = events.published().filter(year=OuterRef("last_year"))
        return self.filter(Exists(of_its_year), self._has_source())

    def without_source(self) -> Self:
        return self.filter(~self._has_source())

    def _has_source(self) -> Exists:
        cited = self.model.sources.through.objects
        return Exists(cited.filter(announcedfigure=OuterRef("pk")))

    def nationwide(self) -> Self:
        return self.filter(agency__isnull=True)

    def of_rounds(self, years: Iterable[int]) -> Self:
        """How many were certified in each of these years, all levels together."""
        certified = self.filter(measure="certified", level=None, first_year=F("last_year"))
        return certified.filter(last_year__in=years)


class AnnouncedFigure(models.Model):
    """A count as printed: of whom, of what, for which years, by which source."""

    class Measure(models.TextChoices):
        APPLIED = "applied", _("สมัครเข้ารับการรับรอง")
        ASSESSED = "assessed", _("ผ่านเข้าตรวจประเมิน")
        CERTIFIED = "certified", _("ได้รับการรับรอง")
        CERTIFIED_TO_DATE = "certified_to_date", _("ได้รับการรับรองสะสม")
        IN_FORCE = "in_force", _("การรับรองที่ยังมีผล")
        FAILED_UPKEEP = "failed_upkeep", _("ไม่ผ่านการตรวจรักษามาตรฐาน")

    first_year = models.PositiveSmallIntegerField(_("ตั้งแต่ปี พ.ศ."))
    last_year = models.PositiveSmallIntegerField(_("ถึงปี พ.ศ."), db_index=True)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        verbose_name=_("ของหน่วยงาน"),
        null=True,
        blank=True,
        related_name="figures",
        help_text=_("เว้นว่างเมื่อเป็นตัวเลขทั่วประเทศ"),
    )
    measure = models.CharField(_("สิ่งที่นับ"), max_length=20, choices=Measure)
    level = models.ForeignKey(
        CertificationLevel,
        models.PROTECT,
        verbose_name=_("ระดับ"),
        null=True,
        blank=True,
        related_name="figures",
        help_text=_("เว้นว่างเมื่อนับทุกระดับ"),
    )
    count = models.PositiveIntegerField(_("จำนวน"))
    as_of = models.DateField(_("ณ วันที่"), null=True, blank=True)
    note = models.TextField(_("หมายเหตุ"), blank=True)
    sources = models.ManyToManyField(
        Source, verbose_name=_("แหล่งที่มา"), blank=True, related_name="figures"
    )

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("ตัวเลขที่ประกาศ")
        verbose_name_plural = pgettext_lazy("plural", "ตัวเลขที่ประกาศ")
        ordering = [
            "-last_year",
            "-first_year",
            "measure",
            F("level__rank").asc(nulls_first=True),
            "count",
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_year__lte=F("last_year")),
                name="figure_first_not_after_last",
                violation_error_message=_("ปีแรกต้องไม่หลังปีสุดท้าย"),
            ),
            models.CheckConstraint(
                condition=year_in_range("first_year") & year_in_range("last_year"),
                name="figure_years_in_range",
                violation_error_message=YEAR_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=day_in_range("as_of", FIRST_YEAR),
                name="figure_as_of_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=~Q(measure__in=["certified_to_date", "in_force"])
                | Q(as_of__isnull=False),
                name="figure_as_of_when_it_matters",
                violation_error_message=_("ตัวเลขสะสมและตัวเลขการรับรองที่ยังมีผล ต้องระบุ “ณ วันที่”"),
            ),
        ]

    def __str__(self) -> str:
        body = self.agency or _("ทั่วประเทศ")
        return (
            f"{body} {self.first_year}–{self.last_year} {self.get_measure_display()} {self.count}"
        )

    @staticmethod
    def refuse_without(sources: Iterable[Source]) -> None:
        """ValidationError where nobody is named who printed it; no constraint can see that."""
        if not sources:
            raise ValidationError(FIGURE_WITHOUT_SOURCE, code="without_source")

    @staticmethod
    def year_events() -> AwardEventQuerySet:
        return AwardEvent.objects.all()
