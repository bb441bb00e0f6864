"""Intakes: what was received, and how each row was read, matched and decided.

All of it is in the database, the file itself too, so that neither a closed browser nor a lost
session loses anything.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency
from certifications.models.awards import Award
from certifications.models.events import AwardEvent
from certifications.models.levels import CertificationLevel
from certifications.models.ranges import YEAR_OUT_OF_RANGE, year_in_range
from certifications.models.sources import Source
from certifications.reference.limits import LONGEST_REASON


class Intake(models.Model):
    """One file or pasted list, from the moment it was handed in."""

    class Kind(models.TextChoices):
        FILE = "file", _("ไฟล์ตาราง")
        PASTED = "pasted", _("รายชื่อที่วาง")

    class State(models.TextChoices):
        READING = "reading", _("รอเลือกแผ่นงาน")
        MAPPING = "mapping", _("รอจับคู่คอลัมน์")
        REVIEW = "review", _("รอตรวจ")
        COMMITTED = "committed", _("บันทึกเป็นร่างแล้ว")
        UNDONE = "undone", _("ย้อนกลับแล้ว")
        ABANDONED = "abandoned", _("เลิกทำ")

    kind = models.CharField(_("ชนิด"), max_length=10, choices=Kind)
    title = models.CharField(
        _("ชื่อชุด"), max_length=200, help_text=_("เช่น บัญชีรายชื่อกรมการขนส่งทางบก 2566")
    )
    file_name = models.CharField(_("ชื่อไฟล์"), max_length=200, blank=True, editable=False)
    content = models.BinaryField(_("เนื้อไฟล์"), null=True)
    text = models.TextField(_("รายชื่อที่วาง"), blank=True)
    sheet = models.CharField(_("แผ่นงาน"), max_length=100, blank=True)
    mapping = models.JSONField(_("การจับคู่คอลัมน์"), default=dict, blank=True)  # heading → field
    year = models.PositiveSmallIntegerField(
        _("ปีที่รับรอง (พ.ศ.)"), null=True, blank=True, help_text=_("ใช้กับแถวที่ไม่ระบุปี")
    )
    event = models.ForeignKey(
        AwardEvent, models.PROTECT, verbose_name=_("พิธีมอบ"), null=True, blank=True, related_name="+"
    )
    level = models.ForeignKey(
        CertificationLevel,
        models.PROTECT,
        verbose_name=_("ระดับ"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("ใช้กับแถวที่ไม่ระบุระดับ เว้นว่างถ้าแหล่งที่มาไม่ระบุ"),
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        verbose_name=_("แหล่งที่มา"),
        null=True,
        blank=True,
        related_name="intakes",
        help_text=_("เลือกภายหลังได้ แต่ต้องมีก่อนบันทึกเข้าทะเบียน"),
    )
    state = models.CharField(_("ขั้นตอน"), max_length=10, choices=State, default=State.REVIEW)
    # Another after every decision: whoever commits commits what the confirmation showed.
    version = models.PositiveIntegerField(_("รุ่น"), default=1, editable=False)
    created_at = models.DateTimeField(_("เริ่มเมื่อ"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("เริ่มโดย"),
        editable=False,
        related_name="+",
    )
    committed_at = models.DateTimeField(_("บันทึกเมื่อ"), null=True, editable=False)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("บันทึกโดย"),
        null=True,
        editable=False,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("ย้อนกลับเมื่อ"), null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("ย้อนกลับโดย"),
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("ชุดนำเข้า")
        verbose_name_plural = pgettext_lazy("plural", "ชุดนำเข้า")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="file", content__isnull=False) | (Q(kind="pasted") & ~Q(text="")),
                name="intake_keeps_what_came_in",
                violation_error_message=_("ชุดนำเข้าต้องมีไฟล์หรือรายชื่อ"),
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | year_in_range("year"),
                name="intake_year_in_range",
                violation_error_message=YEAR_OUT_OF_RANGE,
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["committed", "undone"],
                    committed_at__isnull=False,
                    committed_by__isnull=False,
                    source__isnull=False,
                )
                | (
                    ~Q(state__in=["committed", "undone"])
                    & Q(committed_at__isnull=True, committed_by__isnull=True)
                ),
                name="intake_committed_with_a_source",
                violation_error_message=_("การบันทึกเข้าทะเบียนต้องมีแหล่งที่มา เวลา และผู้บันทึก"),
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False, undone_by__isnull=False)
                | (~Q(state="undone") & Q(undone_at__isnull=True, undone_by__isnull=True)),
                name="intake_undone_at_and_by",
                violation_error_message=_("การย้อนกลับต้องมีทั้งเวลาและผู้ทำ"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def committed_before(self) -> "Intake | None":
        """A committed intake of the very same file or text; compares whole contents."""
        same = Intake.objects.filter(
            kind=self.kind, content=self.content, text=self.text, state=self.State.COMMITTED
        )
        return same.exclude(pk=self.pk).order_by("-pk").first()

    @property
    def is_open(self) -> bool:
        """Whether anything in it may still be decided."""
        return self.state in (self.State.READING, self.State.MAPPING, self.State.REVIEW)


class IntakeRow(models.Model):
    """One office that an intake names: as read, the body it is taken for, and what becomes of it.

    `read` never changes; what staff put right stands in `edits`.
    """

    class Match(models.TextChoices):
        CODE = "code", _("รหัสถาวรตรงกัน")
        EXACT = "exact", _("ชื่อตรงกัน")
        OTHER_NAME = "other_name", _("ชื่ออื่นตรงกัน")
        NEAR = "near", _("ชื่อใกล้เคียง")
        CHOSEN = "chosen", _("เจ้าหน้าที่เลือก")
        NONE = "none", _("ไม่พบ")

    class Verdict(models.TextChoices):
        """What it would do to the register."""

        ADD = "add", _("เพิ่ม")
        CHANGE = "change", _("แก้ไขร่าง")
        UNCHANGED = "unchanged", _("เหมือนเดิม")
        DUPLICATE = "duplicate", _("ซ้ำในชุดนี้")
        CONFLICT = "conflict", _("มีผู้แก้ไปแล้ว")
        PROPOSAL = "proposal", _("ต้องเสนอแก้")
        UNKNOWN = "unknown", _("ไม่พบหน่วยงาน")

    class Decision(models.TextChoices):
        WAITING = "waiting", _("ยังไม่ตัดสิน")
        ACCEPT = "accept", _("รับ")
        CREATE = "create", _("รับ และเพิ่มหน่วยงานใหม่")
        PROPOSE = "propose", _("เสนอแก้ให้ผู้อนุมัติ")
        SKIP = "skip", _("ข้าม")

    intake = models.ForeignKey(
        Intake, models.CASCADE, verbose_name=_("ชุดนำเข้า"), related_name="rows"
    )
    place = models.PositiveIntegerField(_("ลำดับ"))  # from 1; several may stand on one line
    number = models.PositiveIntegerField(_("บรรทัดที่"))
    read = models.JSONField(_("ที่อ่านได้"), default=dict)
    edits = models.JSONField(_("ที่แก้แล้ว"), default=dict, blank=True)

    agency = models.ForeignKey(
        Agency,
        models.SET_NULL,
        verbose_name=_("หน่วยงาน"),
        null=True,
        blank=True,
        related_name="intake_rows",
    )
    match = models.CharField(_("การจับคู่"), max_length=10, choices=Match, default=Match.NONE)
    why_matched = models.TextField(_("เหตุที่จับคู่"), blank=True)
    match_findings = models.JSONField(_("ข้อสงสัยเรื่องการจับคู่"), default=list, blank=True)
    candidates = models.JSONField(_("หน่วยงานที่อาจเป็น"), default=list, blank=True)
    new_agency = models.JSONField(_("หน่วยงานใหม่ที่เสนอ"), default=dict, blank=True)

    verdict = models.CharField(
        _("ผลต่อทะเบียน"), max_length=10, choices=Verdict, default=Verdict.UNKNOWN
    )
    changes = models.JSONField(_("สิ่งที่จะเปลี่ยน"), default=list, blank=True)
    findings = models.JSONField(_("ข้อผิดและข้อสงสัย"), default=list, blank=True)
    has_errors = models.BooleanField(_("มีข้อผิด"), default=False)
    has_doubts = models.BooleanField(_("มีข้อสงสัย"), default=False)
    # The award it is about, as it was when last shown: tells what was edited since.
    seen = models.CharField(_("รุ่นของผลการรับรองที่ตรวจ"), max_length=32, blank=True)

    decision = models.CharField(
        _("การตัดสิน"), max_length=10, choices=Decision, default=Decision.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("ตัดสินโดย"),
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("ตัดสินเมื่อ"), null=True, blank=True)
    reason = models.CharField(_("เหตุผลที่รับทั้งที่มีข้อสงสัย"), max_length=LONGEST_REASON, blank=True)

    award = models.ForeignKey(
        Award,
        models.SET_NULL,
        verbose_name=_("ผลการรับรอง"),
        null=True,
        blank=True,
        related_name="intake_rows",
    )
    made_agency = models.BooleanField(_("เพิ่มหน่วยงานนี้"), default=False)
    before = models.JSONField(_("ผลการรับรองก่อนบันทึก"), null=True, blank=True)
    after = models.JSONField(_("ผลการรับรองหลังบันทึก"), null=True, blank=True)

    class Meta:
        verbose_name = _("แถวของชุดนำเข้า")
        verbose_name_plural = pgettext_lazy("plural", "แถวของชุดนำเข้า")
        ordering = ["intake", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["intake", "place"],
                name="intake_row_once",
                violation_error_message=_("ชุดนี้มีแถวลำดับนี้แล้ว"),
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="intake_row_decided_at_and_by",
                violation_error_message=_("การตัดสินต้องมีทั้งเวลาและผู้ตัดสิน"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intake} {self.place}"

    @property
    def needs_a_decision(self) -> bool:
        return self.decision == self.Decision.WAITING

    @property
    def is_taken(self) -> bool:
        """Whether it will be written as a draft."""
        return self.decision in (self.Decision.ACCEPT, self.Decision.CREATE)


class ColumnMapping(models.Model):
    """How the columns of files with these headings were read last time."""

    signature = models.CharField(_("ลายหัวคอลัมน์"), max_length=64, unique=True)
    fields = models.JSONField(_("การจับคู่คอลัมน์"), default=list)  # in the order of the columns
    updated_at = models.DateTimeField(_("แก้ไขล่าสุด"), auto_now=True)

    class Meta:
        verbose_name = _("การจับคู่คอลัมน์ที่จำไว้")
        verbose_name_plural = pgettext_lazy("plural", "การจับคู่คอลัมน์ที่จำไว้")

    def __str__(self) -> str:
        return ", ".join(filter(None, self.fields)) or self.signature
