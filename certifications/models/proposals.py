"""Proposals that a second person decides: publishing, withdrawing, correcting."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.awards import Award
from certifications.models.declarations import RoundDeclaration
from certifications.models.events import AwardEvent
from certifications.models.publishing import Publishable
from certifications.models.sources import Source

# The rights to change what the public sees beyond entering it. Who holds one is asked for a second
# factor; a test names the right that is declared and forgotten here.
MAY_DECIDE = "certifications.decide_proposal"
MAY_MERGE = "certifications.merge_agency"
MAY_PUBLISH = ("certifications.publish_award", "certifications.publish_awardevent")
WITH_SECOND_FACTOR = (MAY_DECIDE, MAY_MERGE, *MAY_PUBLISH)


class Proposal(models.Model):
    """An act that waits for another account. Written by `actions.propose` alone, never deleted."""

    class Kind(models.TextChoices):
        PUBLISH = "publish", pgettext_lazy("proposal", "เผยแพร่")
        WITHDRAW = "withdraw", pgettext_lazy("proposal", "ถอนจากการเผยแพร่")
        CORRECT = "correct", _("แก้ผลการรับรองที่เผยแพร่แล้ว")
        STATUS = "status", _("เปลี่ยนสถานะการรับรอง")

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("อนุมัติ")
        REFUSED = "refused", _("ไม่อนุมัติ")
        TAKEN_BACK = "taken_back", _("ผู้เสนอถอนคืน")

    kind = models.CharField(_("เรื่อง"), max_length=10, choices=Kind)
    reason = models.TextField(_("เหตุผล"), blank=True)
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        verbose_name=_("แหล่งที่มา"),
        null=True,
        blank=True,
        related_name="proposals",
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("เสนอโดย"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("เสนอเมื่อ"), auto_now_add=True)
    decision = models.CharField(_("ผลการพิจารณา"), max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("พิจารณาโดย"),
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("พิจารณาเมื่อ"), null=True, blank=True)
    note = models.TextField(_("บันทึกของผู้พิจารณา"), blank=True)
    # Decided by who proposed it, in an office that has one person only.
    single_hand = models.BooleanField(_("เสนอและพิจารณาโดยคนเดียว"), default=False)

    class Meta:
        verbose_name = _("ข้อเสนอ")
        verbose_name_plural = pgettext_lazy("plural", "ข้อเสนอ")
        ordering = ["-pk"]
        permissions = [("decide_proposal", _("พิจารณาข้อเสนอของผู้อื่น"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="proposal_decided_by_and_at",
                violation_error_message=_("การพิจารณาต้องมีทั้งผล ผู้พิจารณา และเวลา"),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(decision="taken_back")
                | Q(single_hand=True)
                | ~Q(decided_by=F("proposed_by")),
                name="proposal_decided_by_another",
                violation_error_message=_("ผู้เสนอพิจารณาข้อเสนอของตนเองไม่ได้ ต้องให้เจ้าหน้าที่คนอื่น"),
            ),
            models.CheckConstraint(
                condition=~Q(decision="taken_back") | Q(decided_by=F("proposed_by")),
                name="proposal_taken_back_by_its_proposer",
                violation_error_message=_("ผู้เสนอเท่านั้นที่ถอนข้อเสนอคืนได้"),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["publish", "correct"]) | ~Q(reason=""),
                name="proposal_with_reason",
                violation_error_message=_("ต้องระบุเหตุผล"),
            ),
        ]

    def __str__(self) -> str:
        # "เผยแพร่ #1" alone reads as if it were done.
        words = {"number": self.pk, "kind": self.get_kind_display()}
        return str(_("ข้อเสนอ #%(number)s: %(kind)s") % words)

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("admin:certifications_proposal_change", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return not self.decision

    def delete(self, *args, **kwargs):
        raise ValidationError(_("ข้อเสนอลบไม่ได้ ผู้เสนอถอนคืนได้"), code="append_only")


class ProposalItem(models.Model):
    """One record of a proposal: its facts as the proposer saw them, and what they would become."""

    OF = {Award: "award", AwardEvent: "event", RoundDeclaration: "declaration"}

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, verbose_name=_("ข้อเสนอ"), related_name="items"
    )
    award = models.ForeignKey(
        Award,
        models.CASCADE,
        verbose_name=_("ผลการรับรอง"),
        null=True,
        blank=True,
        related_name="proposal_items",
    )
    event = models.ForeignKey(
        AwardEvent,
        models.CASCADE,
        verbose_name=_("พิธีมอบ"),
        null=True,
        blank=True,
        related_name="proposal_items",
    )
    declaration = models.ForeignKey(
        RoundDeclaration,
        models.CASCADE,
        verbose_name=_("คำยืนยันว่ารายชื่อครบ"),
        null=True,
        blank=True,
        related_name="proposal_items",
    )
    before = models.JSONField(_("ก่อน"))
    after = models.JSONField(_("หลัง"))
    is_open = models.BooleanField(_("รอพิจารณา"), default=True)

    class Meta:
        verbose_name = _("รายการในข้อเสนอ")
        verbose_name_plural = pgettext_lazy("plural", "รายการในข้อเสนอ")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(award__isnull=False, event__isnull=True, declaration__isnull=True)
                | Q(award__isnull=True, event__isnull=False, declaration__isnull=True)
                | Q(award__isnull=True, event__isnull=True, declaration__isnull=False),
                name="proposal_item_of_one_record",
                violation_error_message=_("รายการในข้อเสนอเป็นของระเบียนเดียว"),
            ),
            models.UniqueConstraint(
                fields=["award"],
                condition=Q(is_open=True),
                name="proposal_open_once_an_award",
                violation_error_message=_("ผลการรับรองนี้มีข้อเสนอที่รอพิจารณาอยู่แล้ว"),
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(is_open=True),
                name="proposal_open_once_an_event",
                violation_error_message=_("พิธีนี้มีข้อเสนอที่รอพิจารณาอยู่แล้ว"),
            ),
            models.UniqueConstraint(
                fields=["declaration"],
                condition=Q(is_open=True),
                name="proposal_open_once_a_declaration",
                violation_error_message=_("คำยืนยันนี้มีข้อเสนอที่รอพิจารณาอยู่แล้ว"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.record)

    @property
    def model(self) -> type[Publishable]:
        return next(model for model, name in self.OF.items() if getattr(self, f"{name}_id"))

    @property
    def record_id(self) -> int:
        return getattr(self, f"{self.OF[self.model]}_id")

    @property
    def record(self) -> Publishable:
        return self.award or self.event or self.declaration
