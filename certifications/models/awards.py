"""Awards, their recipients, status changes and QuerySet."""

import functools
import operator
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency, AgencyQuerySet
from certifications.models.events import AwardEvent
from certifications.models.histories import TermQuerySet, rewrite_histories
from certifications.models.levels import CertificationLevel
from certifications.models.publishing import PartQuerySet, Publishable, PublishableQuerySet
from certifications.models.ranges import (
    DAY_OUT_OF_RANGE,
    YEAR_OUT_OF_RANGE,
    day_in_range,
    year_in_range,
)
from certifications.models.sources import Source
from certifications.reference import thai
from certifications.reference.states import FIRST_YEAR, StatusChange

EVENT_OF_ANOTHER_YEAR = _("พิธีนี้เป็นของปี %(event)s ไม่ตรงกับปีที่รับรอง %(year)s เลือกพิธีของปีนั้นหรือแก้ปี")
SCORE_OF_ANOTHER_LEVEL = _(
    "คะแนนของ%(level)sอยู่ระหว่าง %(low)s–%(high)s ไม่ใช่ %(score)s ตรวจระดับและคะแนน"
)

STAYS_AS_RECORDED = _("การเปลี่ยนสถานะที่บันทึกแล้วแก้ไขหรือลบไม่ได้ ให้บันทึกรายการใหม่")


class AwardQuerySet(TermQuerySet, PublishableQuerySet):
    """Awards. Writing many at once writes the histories of their agencies too."""

    award_key = "pk"

    def status_changes(self) -> QuerySet:
        return self.model.status_changes.rel.related_model.objects.all()

    @transaction.atomic
    def update(self, **values) -> int:
        touched = set(self.order_by().values_list("agency_id", flat=True))
        if "agency" in values or "agency_id" in values:
            moved_to = values.get("agency", values.get("agency_id"))
            moved_to = getattr(moved_to, "pk", moved_to)
            self._agencies().hold_open([moved_to])
            touched.add(moved_to)
        number = super().update(**values)
        self.model.rewrite_histories_of(touched)
        return number

    def _agencies(self) -> "AgencyQuerySet":
        return self.model._meta.get_field("agency").related_model.objects.all()

    @transaction.atomic
    def bulk_create(self, awards, *args, **kwargs) -> list:
        awards = list(awards)
        self._agencies().hold_open({award.agency_id for award in awards})
        made = super().bulk_create(awards, *args, **kwargs)
        self.model.rewrite_histories_of({award.agency_id for award in made})
        return made

    def under(self, agency) -> Self:
        """Awards of a body and of everything below it in today's tree."""
        return self.filter(agency__path__beneath=agency.path)

    def of_years(self, column: str, keys: Mapping[int | None, Iterable[int]]) -> Self:
        """Awards of each year, None for those not stated, where `column` is among its keys."""
        wanted = (
            Q(**{"year__isnull": True} if year is None else {"year": year})
            & Q(**{f"{column}__among": those})
            for year, those in keys.items()
        )
        return self.filter(functools.reduce(operator.or_, wanted, Q(pk__in=[])))

    def current_first(self) -> Self:
        """After `with_state`: the award that speaks for its agency comes first."""
        return self.order_by("precedence", F("year").desc(nulls_last=True), "pk")

    def for_timeline(self) -> Self:
        """With all that an entry in an agency's history shows."""
        return self.select_related("level", "event").prefetch_related("recipients", "sources")

    def for_recipients(self) -> Self:
        """With all that a line in a ceremony's list of recipients shows."""
        return self.select_related("agency", "level").prefetch_related("recipients")


class RecipientQuerySet(PartQuerySet):
    part_of = "award"


class StatusChangeQuerySet(PartQuerySet):
    """Changes of an award's status, each answered by another, never changed or removed."""

    part_of = "award"

    @transaction.atomic
    def bulk_create(self, changes, *args, **kwargs) -> list:
        made = super().bulk_create(changes, *args, **kwargs)
        award = self.model._meta.get_field("award").related_model
        award.rewrite_histories_of({change.award.agency_id for change in made})
        return made

    @transaction.atomic
    def move_to(self, award) -> int:
        """To the award that another one of its agency and year has become part of."""
        number = super().update(award=award)
        type(award).rewrite_histories_of({award.agency_id})
        return number

    def update(self, **values):
        raise ValidationError(STAYS_AS_RECORDED, code="append_only")

    def delete(self):
        raise ValidationError(STAYS_AS_RECORDED, code="append_only")


class Award(Publishable):
    """One agency certified in one year. A level that no source states stays unknown."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("หน่วยงาน"), related_name="awards"
    )
    year = models.PositiveSmallIntegerField(
        _("ปีที่รับรอง (พ.ศ.)"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("เว้นว่างเมื่อแหล่งที่มาไม่ระบุปี แล้วกรอก “ทราบว่าได้รับการรับรองเมื่อ”"),
    )
    event = models.ForeignKey(
        AwardEvent,
        models.PROTECT,
        verbose_name=_("พิธีมอบ"),
        null=True,
        blank=True,
        related_name="awards",
    )
    known_by = models.DateField(
        _("ทราบว่าได้รับการรับรองเมื่อ"),
        null=True,
        blank=True,
        help_text=_("วันที่ของแหล่งที่มาแรกสุดที่กล่าวว่าได้รับการรับรอง ใช้เมื่อไม่ทราบปี"),
    )
    level = models.ForeignKey(
        CertificationLevel,
        models.PROTECT,
        verbose_name=_("ระดับ"),
        null=True,
        blank=True,
        related_name="awards",
        help_text=_("เว้นว่างเมื่อแหล่งที่มาไม่ระบุระดับ"),
    )
    score = models.DecimalField(
        _("คะแนน"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    score_is_printed = models.BooleanField(
        _("แหล่งที่มาที่เปิดเผยระบุคะแนนไว้"),
        default=False,
        help_text=_("เลือกเมื่อแหล่งที่มาที่ประชาชนเปิดอ่านได้พิมพ์คะแนนนี้ไว้ มิฉะนั้นคะแนนเห็นได้เฉพาะเจ้าหน้าที่"),
    )
    certificate_number = models.CharField(
        _("เลขที่ใบรับรอง"),
        max_length=50,
        blank=True,
        help_text=_("กรอกตามเอกสารเท่านั้น ห้ามตั้งขึ้นเอง"),
    )
    name_as_printed = models.CharField(
        _("ชื่อตามที่พิมพ์"),
        max_length=300,
        blank=True,
        help_text=_("ชื่อหน่วยงานตามที่ปรากฏในประกาศ ถ้าต่างจากชื่อในทะเบียน"),
    )
    sources = models.ManyToManyField(
        Source, verbose_name=_("แหล่งที่มา"), blank=True, related_name="awards"
    )
    created_at = models.DateTimeField(_("สร้างเมื่อ"), auto_now_add=True)
    updated_at = models.DateTimeField(_("แก้ไขล่าสุด"), auto_now=True)

    objects = AwardQuerySet.as_manager()
    rewrite_histories_of = staticmethod(rewrite_histories)  # for writes of many rows at once

    class Meta(Publishable.Meta):
        abstract = False
        verbose_name = _("ผลการรับรอง")
        verbose_name_plural = pgettext_lazy("plural", "ผลการรับรอง")
        ordering = ["-year", "agency__sort_key", "pk"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "year"],
                name="award_once_a_year",
                violation_error_message=_("หน่วยงานนี้มีผลการรับรองของปีนี้อยู่แล้ว"),
            ),
            models.UniqueConstraint(
                fields=["agency"],
                condition=Q(year__isnull=True),
                name="award_without_year_once",
                violation_error_message=_("หน่วยงานนี้มีผลการรับรองที่ไม่ทราบปีอยู่แล้วหนึ่งรายการ"),
            ),
            models.UniqueConstraint(
                fields=["certificate_number"],
                condition=~Q(certificate_number=""),
                name="award_certificate_number_once",
                violation_error_message=_("เลขที่ใบรับรองนี้ใช้กับผลการรับรองอื่นแล้ว"),
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | year_in_range("year"),
                name="award_year_in_range",
                violation_error_message=YEAR_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=Q(event__isnull=True) | Q(year__isnull=False),
                name="award_event_needs_a_year",
                violation_error_message=_("เมื่อเลือกพิธีมอบ ต้องระบุปีที่รับรองด้วย"),
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=False) | Q(known_by__isnull=False),
                name="award_known_by_without_year",
                violation_error_message=_("เมื่อไม่ทราบปีที่รับรอง ต้องระบุวันที่ทราบว่าได้รับการรับรอง"),
            ),
            models.CheckConstraint(
                condition=day_in_range("known_by", FIRST_YEAR),
                name="award_known_by_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="award_score_0_to_100",
                violation_error_message=_("คะแนนต้องอยู่ระหว่าง 0 ถึง 100"),
            ),
            models.CheckConstraint(
                condition=Q(score_is_printed=False) | Q(score__isnull=False),
                name="award_printed_score_is_given",
                violation_error_message=_("เมื่อแหล่งที่มาระบุคะแนนไว้ ต้องกรอกคะแนนด้วย"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.year or _('ไม่ทราบปี')}"

    @property
    def public_score(self) -> Decimal | None:
        """The score where anyone can read it in a source; staff alone know any other."""
        return self.score if self.score_is_printed else None

    @transaction.atomic
    def save(self, *args, **kwargs) -> None:
        """Also writes the history of its agency, and of the agency that held it until now."""
        held_by = set(Award.objects.filter(pk=self.pk).values_list("agency_id", flat=True))
        if held_by != {self.agency_id}:
            Agency.objects.hold_open([self.agency_id])
        super().save(*args, **kwargs)
        rewrite_histories({*held_by, self.agency_id})

    def get_absolute_url(self) -> str:
        return self.agency.get_absolute_url()

    def clean(self) -> None:
        self.name_as_printed = thai.clean(self.name_as_printed)
        self.certificate_number = thai.clean(self.certificate_number)
        faults = {}
        if self.event and self.year and self.event.year != self.year:
            faults["event"] = EVENT_OF_ANOTHER_YEAR % {
                "event": self.event.year,
                "year": self.year,
            }
        if self.level and self.score is not None and not self.level.covers(self.score):
            faults["score"] = SCORE_OF_ANOTHER_LEVEL % {
                "level": self.level.name_th,
                "low": self.level.min_score,
                "high": self.level.max_score,
                "score": self.score,
            }
        if self.agency_id and self.agency.merged_into_id:
            faults["agency"] = _("ระเบียนนี้ถูกรวมแล้ว ให้ใช้ “%(target)s” แทน") % {
                "target": self.agency.merged_into
            }
        if faults:
            raise ValidationError(faults)


class AwardRecipient(models.Model):
    """Who received the plaque, often not the office's own head."""

    award = models.ForeignKey(
        Award, models.CASCADE, verbose_name=_("ผลการรับรอง"), related_name="recipients"
    )
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=1)
    name = models.CharField(_("ชื่อผู้รับมอบ"), max_length=200)
    position = models.CharField(_("ตำแหน่ง"), max_length=300, blank=True)
    on_behalf_of = models.CharField(_("รับมอบแทน"), max_length=200, blank=True)
    on_behalf_of_position = models.CharField(_("ตำแหน่งของผู้ที่รับมอบแทน"), max_length=300, blank=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("ผู้รับมอบ")
        verbose_name_plural = pgettext_lazy("plural", "ผู้รับมอบ")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(on_behalf_of_position="") | ~Q(on_behalf_of=""),
                name="recipient_position_needs_a_name",
                violation_error_message=_("ระบุชื่อผู้ที่รับมอบแทนด้วย"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AwardStatusChange(models.Model):
    """A suspension, withdrawal or reinstatement. Append-only: a mistake is answered by another."""

    award = models.ForeignKey(
        Award, models.PROTECT, verbose_name=_("ผลการรับรอง"), related_name="status_changes"
    )
    change = models.CharField(_("การเปลี่ยนแปลง"), max_length=20, choices=StatusChange)
    changed_on = models.DateField(_("วันที่มีผล"))
    reason = models.TextField(_("เหตุผล"))
    source = models.ForeignKey(
        Source, models.PROTECT, verbose_name=_("แหล่งที่มา"), related_name="status_changes"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("บันทึกโดย"),
        editable=False,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("บันทึกเมื่อ"), auto_now_add=True)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("การเปลี่ยนสถานะ")
        verbose_name_plural = pgettext_lazy("plural", "การเปลี่ยนสถานะ")
        ordering = ["changed_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=day_in_range("changed_on", FIRST_YEAR),
                name="status_change_day_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="status_change_with_reason",
                violation_error_message=_("ต้องระบุเหตุผล"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.changed_on}"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise ValidationError(STAYS_AS_RECORDED, code="append_only")
        with transaction.atomic():
            super().save(*args, **kwargs)
            rewrite_histories([self.award.agency_id])

    def delete(self, *args, **kwargs):
        raise ValidationError(STAYS_AS_RECORDED, code="append_only")
