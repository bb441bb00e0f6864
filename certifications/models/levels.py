"""Levels of certification."""

from collections.abc import Iterable
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.reference.language import thai_is_read
from certifications.search.levels import ROWS, LevelWords, level_words


class LevelQuerySet(QuerySet):
    def published(self) -> Self:
        """All: they are what pages, files and API explain awards by."""
        return self.all()


class CertificationLevel(models.Model):
    """Basic, advanced, excellent: each with its colour and its band of points."""

    code = models.SlugField(_("รหัส"), unique=True, help_text=_("ใช้ในที่อยู่เว็บ เช่น basic"))
    rank = models.PositiveSmallIntegerField(_("ลำดับ"), unique=True, help_text=_("1 คือระดับแรก"))
    name_th = models.CharField(_("ชื่อไทย"), max_length=100)
    name_en = models.CharField(_("ชื่ออังกฤษ"), max_length=100)
    colour_th = models.CharField(_("สี (ไทย)"), max_length=50)
    colour_en = models.CharField(_("สี (อังกฤษ)"), max_length=50)
    min_score = models.PositiveSmallIntegerField(
        _("คะแนนต่ำสุด"), validators=[MaxValueValidator(100)]
    )
    max_score = models.PositiveSmallIntegerField(
        _("คะแนนสูงสุด"), validators=[MaxValueValidator(100)]
    )
    meaning_th = models.CharField(_("ความหมาย (ไทย)"), max_length=300, blank=True)
    meaning_en = models.CharField(_("ความหมาย (อังกฤษ)"), max_length=300, blank=True)
    slogan_th = models.CharField(_("คำขวัญ (ไทย)"), max_length=300, blank=True)
    slogan_en = models.CharField(_("คำขวัญ (อังกฤษ)"), max_length=300, blank=True)

    objects = LevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("ระดับการรับรอง")
        verbose_name_plural = pgettext_lazy("plural", "ระดับการรับรอง")
        ordering = ["rank"]
        constraints = [
            models.CheckConstraint(
                condition=Q(min_score__lte=F("max_score")),
                name="level_min_not_above_max",
                violation_error_message=_("คะแนนต่ำสุดต้องไม่มากกว่าคะแนนสูงสุด"),
            ),
            models.CheckConstraint(
                condition=Q(max_score__lte=100),
                name="level_score_at_most_100",
                violation_error_message=_("คะแนนต้องอยู่ระหว่าง 0 ถึง 100"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.colour})"

    @property
    def name(self) -> str:
        return self.name_th if thai_is_read() else self.name_en

    @property
    def colour(self) -> str:
        return self.colour_th if thai_is_read() else self.colour_en

    @property
    def meaning(self) -> str:
        return self.meaning_th if thai_is_read() else self.meaning_en

    def covers(self, score) -> bool:
        """Whether a score belongs to this level: up to, not including, the next whole point."""
        return self.min_score <= score < self.max_score + 1

    def clean(self) -> None:
        if self.min_score is None or self.max_score is None:
            return
        overlapping = CertificationLevel.objects.exclude(pk=self.pk).filter(
            min_score__lte=self.max_score, max_score__gte=self.min_score
        )
        if other := overlapping.first():
            raise ValidationError(
                _("ช่วงคะแนนซ้อนกับ%(level)s (%(low)s–%(high)s)"),
                params={"level": other.name_th, "low": other.min_score, "high": other.max_score},
            )


def words_of(levels: Iterable[CertificationLevel]) -> LevelWords:
    """By what a text names these levels, and those of the register's own data that are not kept:
    a list that names one of them is told so.
    """
    rows = {
        level.code: (level.code, level.name_th, level.name_en, level.colour_th, level.colour_en)
        for level in levels
    }
    missing = (row for row in ROWS if row[0] not in rows)
    return level_words((*rows.values(), *missing))
