"""Sources of facts."""

import functools
import operator
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.ranges import DAY_OUT_OF_RANGE, day_in_range
from certifications.reference.fields import web_address


class SourceQuerySet(QuerySet):
    # The relations by which records that may be public cite a source.
    CITED_BY = (
        "awards",
        "events",
        "figures",
        "criteria",
        "declarations",
        "status_changes",
        "agencies",
        "positions",
        "agency_names",
        "successions",
    )

    def published(self) -> Self:
        """Sources that something public cites."""
        return self.filter(functools.reduce(operator.or_, map(self._is_cited_by, self.CITED_BY)))

    def _is_cited_by(self, name: str) -> Exists:
        relation = self.model._meta.get_field(name)
        citing = relation.related_model.objects.published()
        return Exists(citing.filter(**{relation.field.name: OuterRef("pk")}))


class Source(models.Model):
    """A page, document or announcement that a fact in the register rests on."""

    class Grade(models.TextChoices):
        OFFICIAL_LIST = "official_list", _("บัญชีรายชื่อทางการ")
        OFFICIAL_RELEASE = "official_release", _("ข่าวประชาสัมพันธ์ของส่วนกลาง")
        AGENCY_RELEASE = "agency_release", _("ข่าวของหน่วยงาน")
        PRESS = "press", _("สื่อมวลชน")
        NOT_GRADED = "not_graded", _("ยังไม่จัดชั้น")

    url = models.URLField(
        _("ที่อยู่เว็บ"),
        max_length=1000,
        unique=True,
        validators=[web_address],
        error_messages={"unique": _("แหล่งที่มานี้มีอยู่แล้วในทะเบียน")},
    )
    title = models.CharField(
        _("ชื่อเรื่อง"),
        max_length=500,
        blank=True,
        help_text=_("เว้นว่างได้ หน้าเว็บจะแสดงผู้เผยแพร่และที่อยู่แทน"),
    )
    publisher = models.CharField(_("ผู้เผยแพร่"), max_length=200, blank=True)
    published_on = models.DateField(_("วันที่เผยแพร่"), null=True, blank=True)
    grade = models.CharField(
        _("ชั้นของหลักฐาน"), max_length=20, choices=Grade, default=Grade.NOT_GRADED
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("แหล่งที่มา")
        verbose_name_plural = pgettext_lazy("plural", "แหล่งที่มา")
        ordering = ["-published_on", "url"]
        constraints = [
            models.CheckConstraint(
                condition=day_in_range("published_on"),
                name="source_published_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
        ]

    def __str__(self) -> str:
        return self.title or " ".join(filter(None, [self.publisher, self.url]))
