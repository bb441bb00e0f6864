"""Award ceremonies and the criteria of each year."""

import re
import secrets
from pathlib import Path
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.publishing import (
    PartQuerySet,
    Publishable,
    PublishableQuerySet,
    is_public,
)
from certifications.models.ranges import (
    DAY_OUT_OF_RANGE,
    YEAR_OUT_OF_RANGE,
    day_in_range,
    year_in_range,
)
from certifications.models.sources import Source
from certifications.reference import buddhist, provinces, thai
from certifications.reference.language import reader_language, thai_is_read
from certifications.reference.states import FIRST_YEAR, VALIDITY_YEARS

EVENT_CODE_REGEX = r"(?:25[5-9]|2[67]\d)\d(?:-[2-9])?"
HELD_IN_ANOTHER_YEAR = _("วันจัดพิธีต้องอยู่ในปี %(year)s หรือปีถัดไป ไม่ใช่ %(day)s")
MAX_FILE_BYTES = 10 * 1024 * 1024
FILE_SIGNATURES = {
    ".jpg": re.compile(rb"\xff\xd8\xff"),
    ".jpeg": re.compile(rb"\xff\xd8\xff"),
    ".png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    ".webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    ".pdf": re.compile(rb"%PDF-"),
}


class AwardEventQuerySet(PublishableQuerySet):
    def with_recorded(self) -> Self:
        """Each ceremony with `recorded`, the number of published awards of its year here."""
        recorded = Count("awards", filter=is_public("awards__"), distinct=True)
        # A grouped query forgets Meta.ordering.
        return self.annotate(recorded=recorded).order_by("-year", "-code")


class CriterionQuerySet(QuerySet):
    def in_year(self, year: int) -> Self:
        return self.filter(first_year__lte=year, last_year__gte=year)

    def published(self) -> Self:
        """Viewpoints of a range of years in which some ceremony is public."""
        events = self.model.year_events()
        in_range = events.published().filter(
            year__gte=OuterRef("first_year"), year__lte=OuterRef("last_year")
        )
        return self.filter(Exists(in_range))


class AwardEvent(Publishable):
    """One year's award ceremony. A year may have two: 2565 and 2565-2."""

    code = models.CharField(
        _("รหัส"),
        max_length=6,
        unique=True,
        validators=[
            RegexValidator(rf"^{EVENT_CODE_REGEX}\Z", _("เขียนเป็นปี พ.ศ. เช่น 2565 หรือครั้งที่สอง 2565-2"))
        ],
        help_text=_("ปี พ.ศ. และถ้าเป็นครั้งที่สองของปีให้ต่อท้ายด้วย -2"),
    )
    year = models.PositiveSmallIntegerField(_("ปีที่รับรอง (พ.ศ.)"), db_index=True)
    title_th = models.CharField(_("ชื่อพิธี (ไทย)"), max_length=300)
    title_en = models.CharField(_("ชื่อพิธี (อังกฤษ)"), max_length=300, blank=True)
    held_on = models.DateField(
        _("วันที่จัดพิธี"), null=True, blank=True, help_text=_("เว้นว่างถ้าไม่พบแหล่งที่ระบุวัน")
    )
    starts_at = models.TimeField(_("เวลาเริ่ม"), null=True, blank=True)
    venue_th = models.CharField(_("สถานที่ (ไทย)"), max_length=300, blank=True)
    venue_en = models.CharField(_("สถานที่ (อังกฤษ)"), max_length=300, blank=True)
    province = models.CharField(_("จังหวัด"), max_length=2, choices=provinces.choices, blank=True)
    is_online = models.BooleanField(
        _("จัดออนไลน์"), null=True, blank=True, help_text=_("ไม่ทราบ หากไม่มีแหล่งที่ระบุ")
    )
    presider = models.CharField(_("ประธานในพิธี"), max_length=200, blank=True)
    presider_position = models.CharField(_("ตำแหน่งของประธาน"), max_length=300, blank=True)
    organiser = models.CharField(_("ผู้จัดพิธี"), max_length=300, blank=True)
    validity_years = models.PositiveSmallIntegerField(
        _("อายุการรับรอง (ปี)"),
        default=VALIDITY_YEARS,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("นับปีที่รับรองเป็นปีแรก"),
    )
    disagreements = models.TextField(
        _("ข้อที่แหล่งที่มาไม่ตรงกัน"), blank=True, help_text=_("เช่น เวลาเริ่มที่แต่ละแหล่งระบุต่างกัน")
    )
    sources = models.ManyToManyField(
        Source, verbose_name=_("แหล่งที่มา"), blank=True, related_name="events"
    )
    created_at = models.DateTimeField(_("สร้างเมื่อ"), auto_now_add=True)
    updated_at = models.DateTimeField(_("แก้ไขล่าสุด"), auto_now=True)

    objects = AwardEventQuerySet.as_manager()

    class Meta(Publishable.Meta):
        abstract = False
        verbose_name = _("พิธีมอบ")
        verbose_name_plural = pgettext_lazy("plural", "พิธีมอบ")
        ordering = ["-year", "-code"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=year_in_range("year"),
                name="event_year_in_range",
                violation_error_message=YEAR_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=day_in_range("held_on", FIRST_YEAR),
                name="event_date_in_range",
                violation_error_message=DAY_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(held_on__isnull=False),
                name="event_time_needs_a_date",
                violation_error_message=_("ระบุเวลาเริ่มได้เมื่อทราบวันจัดพิธี"),
            ),
            models.CheckConstraint(
                condition=Q(validity_years__gte=1, validity_years__lte=10),
                name="event_validity_1_to_10_years",
                violation_error_message=_("อายุการรับรองต้องอยู่ระหว่าง 1 ถึง 10 ปี"),
            ),
        ]

    def __str__(self) -> str:
        return self.title_th or self.code

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.code])

    @property
    def place(self) -> provinces.Province | None:
        return provinces.BY_CODE.get(self.province)

    @property
    def last_year(self) -> int:
        """The last B.E. year in which this round's awards count."""
        return self.year + self.validity_years - 1

    def clean(self) -> None:
        self.title_th = thai.clean(self.title_th)
        self.venue_th = thai.clean(self.venue_th)
        if self.year and self.code and not self.code.startswith(str(self.year)):
            raise ValidationError(
                {"code": _("รหัสต้องขึ้นต้นด้วยปีที่รับรอง %(year)s") % {"year": self.year}}
            )
        if self.year and self.held_on and not self.was_held_in_or_after_its_year():
            day = buddhist.format_day(self.held_on, reader_language())
            raise ValidationError(
                {"held_on": HELD_IN_ANOTHER_YEAR % {"year": self.year, "day": day}}
            )

        if self.pk and self.awards.exclude(year=self.year).exists():
            raise ValidationError({"year": _("พิธีนี้มีผลการรับรองของปีอื่นอยู่ เปลี่ยนปีไม่ได้")})

    def was_held_in_or_after_its_year(self) -> bool:
        return buddhist.year_of(self.held_on) - self.year in (0, 1)


def new_file_name(file: "EventFile", uploaded_name: str) -> str:
    """A name of our own, so that nothing typed by anyone becomes a path."""
    return f"events/{file.event.code}/{secrets.token_hex(8)}{Path(uploaded_name).suffix.lower()}"


def looks_like_its_ending(upload) -> None:
    """ValidationError for a file that is not the picture or PDF its name says, or is too large."""
    if upload.size > MAX_FILE_BYTES:
        raise ValidationError(_("ไฟล์ใหญ่เกิน 10 เมกะไบต์"))
    signature = FILE_SIGNATURES.get(Path(upload.name).suffix.lower())
    if signature is None:
        raise ValidationError(_("ใช้ได้เฉพาะไฟล์ .jpg .png .webp และ .pdf"))
    upload.seek(0)
    beginning = upload.read(16)
    upload.seek(0)
    if not signature.match(beginning):
        raise ValidationError(_("เนื้อไฟล์ไม่ตรงกับนามสกุล ตรวจว่าไม่ได้เปลี่ยนชื่อไฟล์"))


class EventFileQuerySet(PartQuerySet):
    part_of = "event"


class EventFile(models.Model):
    """A photo or a document of a ceremony; public with its ceremony only."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("ภาพถ่าย")
        DOCUMENT = "document", _("เอกสาร")

    event = models.ForeignKey(
        AwardEvent, models.PROTECT, verbose_name=_("พิธีมอบ"), related_name="files"
    )
    kind = models.CharField(_("ประเภท"), max_length=10, choices=Kind)
    file = models.FileField(
        _("ไฟล์"), upload_to=new_file_name, max_length=200, validators=[looks_like_its_ending]
    )
    caption_th = models.CharField(
        _("คำบรรยาย (ไทย)"), max_length=300, help_text=_("ภาพต้องมีคำบรรยายสำหรับผู้ที่มองไม่เห็น")
    )
    caption_en = models.CharField(_("คำบรรยาย (อังกฤษ)"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=1)

    objects = EventFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("ภาพหรือเอกสาร")
        verbose_name_plural = pgettext_lazy("plural", "ภาพและเอกสาร")
        ordering = ["kind", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(caption_th=""),
                name="event_file_with_caption",
                violation_error_message=_("ต้องมีคำบรรยาย"),
            ),
        ]

    def __str__(self) -> str:
        return self.caption_th

    def get_absolute_url(self) -> str:
        return reverse("event-file", args=[self.event.code, self.pk])

    def clean(self) -> None:
        if self.kind == self.Kind.PHOTO and Path(self.file.name or "").suffix.lower() == ".pdf":
            raise ValidationError({"kind": _("ไฟล์ .pdf เป็นเอกสาร ไม่ใช่ภาพถ่าย")})


class Criterion(models.Model):
    """A viewpoint that offices were considered from in a range of years."""

    first_year = models.PositiveSmallIntegerField(_("ตั้งแต่ปี พ.ศ."))
    last_year = models.PositiveSmallIntegerField(_("ถึงปี พ.ศ."))
    order = models.PositiveSmallIntegerField(_("ลำดับ"))
    title_th = models.CharField(_("ด้าน (ไทย)"), max_length=200)
    title_en = models.CharField(_("ด้าน (อังกฤษ)"), max_length=200, blank=True)
    text_th = models.TextField(_("คำอธิบาย (ไทย)"), blank=True)
    text_en = models.TextField(_("คำอธิบาย (อังกฤษ)"), blank=True)
    sources = models.ManyToManyField(
        Source, verbose_name=_("แหล่งที่มา"), blank=True, related_name="criteria"
    )

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("ด้านที่พิจารณา")
        verbose_name_plural = pgettext_lazy("plural", "ด้านที่พิจารณา")
        ordering = ["-first_year", "order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_year__lte=F("last_year")),
                name="criterion_first_not_after_last",
                violation_error_message=_("ปีแรกต้องไม่หลังปีสุดท้าย"),
            ),
            models.CheckConstraint(
                condition=year_in_range("first_year") & year_in_range("last_year"),
                name="criterion_years_in_range",
                violation_error_message=YEAR_OUT_OF_RANGE,
            ),
            models.UniqueConstraint(
                fields=["first_year", "last_year", "order"],
                name="criterion_order_once",
                violation_error_message=_("ช่วงปีนี้มีด้านลำดับนี้แล้ว"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_th} ({self.first_year}–{self.last_year})"

    @staticmethod
    def year_events() -> AwardEventQuerySet:
        return AwardEvent.objects.all()

    @property
    def title(self) -> str:
        return self.title_th if thai_is_read() else self.title_en or self.title_th

    @property
    def text(self) -> str:
        return self.text_th if thai_is_read() else self.text_en or self.text_th

    @property
    def has_english(self) -> bool:
        return bool(self.title_en)
