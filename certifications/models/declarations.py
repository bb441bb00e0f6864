"""Declarations that the list of a round is complete, with the evidence."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency
from certifications.models.publishing import Publishable, PublishableQuerySet
from certifications.models.ranges import YEAR_OUT_OF_RANGE, year_in_range
from certifications.models.sources import Source


class RoundDeclaration(Publishable):
    """That every office certified in a round is named here: nationwide, or under one body.

    It is what makes the end of an office's certification certain, so it counts once it is public.
    """

    year = models.PositiveSmallIntegerField(_("รอบปี (พ.ศ.)"), db_index=True)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        verbose_name=_("ต้นสังกัด"),
        null=True,
        blank=True,
        related_name="declarations",
        help_text=_("เว้นว่างเมื่อรายชื่อครบทั่วประเทศ"),
    )
    note = models.TextField(
        _("วิธีตรวจว่าครบ"), help_text=_("เช่น เทียบกับบัญชีแนบท้ายประกาศแล้วตรงกันทั้ง 828 รายการ")
    )
    sources = models.ManyToManyField(
        Source, verbose_name=_("แหล่งที่มา"), blank=True, related_name="declarations"
    )
    created_at = models.DateTimeField(_("สร้างเมื่อ"), auto_now_add=True)
    updated_at = models.DateTimeField(_("แก้ไขล่าสุด"), auto_now=True)

    objects = PublishableQuerySet.as_manager()

    class Meta(Publishable.Meta):
        abstract = False
        verbose_name = _("คำยืนยันว่ารายชื่อครบ")
        verbose_name_plural = pgettext_lazy("plural", "คำยืนยันว่ารายชื่อครบ")
        ordering = ["-year", "pk"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=year_in_range("year"),
                name="declaration_year_in_range",
                violation_error_message=YEAR_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=~Q(note=""),
                name="declaration_with_note",
                violation_error_message=_("บอกวิธีตรวจว่ารายชื่อครบ"),
            ),
        ]

    def __str__(self) -> str:
        whose = self.agency or _("ทั่วประเทศ")
        return str(_("รายชื่อรอบปี %(year)s ครบ: %(whose)s") % {"year": self.year, "whose": whose})
