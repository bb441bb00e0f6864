"""Change requests, which a second person decides: each an act, and the rows it would write."""

from collections.abc import Iterable
from typing import Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.changes import Change
from certifications.models.sources import Source

# The right to change what the public sees: all others only propose. Who holds it is asked for a
# second factor; a test names the right that is declared and forgotten here.
MAY_DECIDE = "certifications.decide_proposal"
WITH_SECOND_FACTOR = (MAY_DECIDE,)


class Proposal(models.Model):
    """An act that waits for another account. Written by `actions.propose` and `actions.decide`
    alone, never deleted.
    """

    class Kind(models.TextChoices):
        PUBLISH = "publish", pgettext_lazy("proposal", "เผยแพร่")
        WITHDRAW = "withdraw", pgettext_lazy("proposal", "ถอนจากการเผยแพร่")
        HIDE = "hide", _("งดแสดงทันที รอยืนยัน")
        EDIT = "edit", _("แก้ไขข้อมูลที่เผยแพร่แล้ว")
        CONTACT = "contact", _("แก้ไขข้อมูลติดต่อ")
        STATUS = "status", _("เปลี่ยนสถานะการรับรอง")
        RENAME = "rename", _("เปลี่ยนชื่อหน่วยงาน")
        SUCCEED = "succeed", _("บันทึกการสืบทอดหน่วยงาน")
        CLOSE = "close", _("ปิดหน่วยงาน")
        REOPEN = "reopen", _("ยกเลิกการปิดหน่วยงาน")
        MERGE = "merge", _("รวมระเบียนหน่วยงาน")
        UNDO_MERGE = "undo_merge", _("ย้อนการรวมระเบียน")

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("อนุมัติ")
        REFUSED = "refused", _("ไม่อนุมัติ")
        TAKEN_BACK = "taken_back", _("ผู้เสนอถอนคืน")

    kind = models.CharField(_("เรื่อง"), max_length=10, choices=Kind)
    arguments = models.JSONField(_("สิ่งที่ระบุ"), default=dict, blank=True)  # of an act run again
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
        verbose_name = _("เรื่องเสนอ")
        verbose_name_plural = pgettext_lazy("plural", "เรื่องเสนอ")
        ordering = ["-pk"]
        permissions = [("decide_proposal", _("พิจารณาเรื่องเสนอของผู้อื่น"))]
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
                violation_error_message=_("ผู้เสนอพิจารณาเรื่องเสนอของตนเองไม่ได้ ต้องให้เจ้าหน้าที่คนอื่น"),
            ),
            models.CheckConstraint(
                condition=~Q(decision="taken_back") | Q(decided_by=F("proposed_by")),
                name="proposal_taken_back_by_its_proposer",
                violation_error_message=_("ผู้เสนอเท่านั้นที่ถอนเรื่องเสนอคืนได้"),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["publish", "edit", "contact"]) | ~Q(reason=""),
                name="proposal_with_reason",
                violation_error_message=_("ต้องระบุเหตุผล"),
            ),
        ]

    def __str__(self) -> str:
        # "เผยแพร่ #1" alone reads as if it were done.
        words = {"number": self.pk, "kind": self.get_kind_display()}
        return str(_("เรื่องเสนอ #%(number)s: %(kind)s") % words)

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("admin:certifications_proposal_change", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return not self.decision

    def delete(self, *args, **kwargs):
        raise ValidationError(_("เรื่องเสนอลบไม่ได้ ผู้เสนอถอนคืนได้"), code="append_only")


class ProposalItemQuerySet(QuerySet):
    def waiting(self) -> Self:
        return self.filter(is_open=True)

    def of(self, model: type[models.Model], keys: Iterable[int] | OuterRef | None = None) -> Self:
        """Those about records of a model, some of them or any."""
        found = self.filter(table=model._meta.label_lower)
        if keys is None:
            return found
        if isinstance(keys, OuterRef):
            return found.filter(record_key=keys)
        return found.filter(record_key__in=[*keys])


class ProposalItem(models.Model):
    """One row that the act of a proposal would write, as it is and as it would be."""

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, verbose_name=_("เรื่องเสนอ"), related_name="items"
    )
    table = models.CharField(_("ตาราง"), max_length=60)  # a model's label: certifications.award
    # Below zero: of a row that is yet to be made, by which other rows of the proposal name it.
    record_key = models.BigIntegerField(_("รหัสระเบียน"))
    kind = models.CharField(_("ประเภท"), max_length=6, choices=Change.Kind)
    before = models.JSONField(_("ก่อน"), null=True)  # column → plain value
    after = models.JSONField(_("หลัง"), null=True)
    # Of what would be published: table → key → column → plain value, of all that belongs to it and
    # all that it names, as who proposed it saw it.
    belongings = models.JSONField(_("ส่วนประกอบ"), default=dict, blank=True)
    named = models.JSONField(_("สิ่งที่อ้างถึง"), default=dict, blank=True)
    is_open = models.BooleanField(_("รอพิจารณา"), default=True)
    sent_back = models.TextField(_("เหตุผลที่ส่งคืน"), blank=True)  # of a row that went back alone

    objects = ProposalItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("รายการในเรื่องเสนอ")
        verbose_name_plural = pgettext_lazy("plural", "รายการในเรื่องเสนอ")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["table", "record_key"],
                condition=Q(is_open=True),
                name="proposal_item_waiting",
            )
        ]

    def __str__(self) -> str:
        record = self.record
        if record is not None:
            return str(record)
        return str(self.model._meta.verbose_name if self.model else self.table)

    @property
    def model(self) -> type[models.Model] | None:
        """None for a table that the register has no longer."""
        try:
            return apps.get_model(self.table)
        except LookupError:
            return None

    @cached_property
    def record(self) -> models.Model | None:
        """The record as it is now; None for one that is yet to be made, or is gone. One query,
        none after `with_records`.
        """
        return with_records([self])[0].record


def with_records(items: Iterable[ProposalItem]) -> list[ProposalItem]:
    """Items that know their records, with what these are called after. One query a table."""
    items = list(items)
    of_tables: dict[str, list[ProposalItem]] = {}
    for item in items:
        of_tables.setdefault(item.table, []).append(item)
    for of_table in of_tables.values():
        model, found = of_table[0].model, {}
        if model:
            named_after = [
                field.name
                for field in model._meta.concrete_fields
                if field.is_relation and not field.null
            ]
            records = model._base_manager.select_related(*named_after)
            found = records.in_bulk([item.record_key for item in of_table])
        for item in of_table:
            item.record = found.get(item.record_key)
    return items


class ProposalHand(models.Model):
    """An account that had a hand in what is proposed, and so does not decide it.

    A trigger holds it (`audit.triggers`): no constraint can see two tables.
    """

    class Part(models.TextChoices):
        PROPOSED = "proposed", _("เสนอ")
        RECORDED = "recorded", _("บันทึกหรือแก้ไข")
        MATCHED = "matched", _("จับคู่จากบัญชีรายชื่อ")

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, verbose_name=_("เรื่องเสนอ"), related_name="hands"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("บัญชี"), related_name="+"
    )
    part = models.CharField(_("ส่วนที่ทำ"), max_length=8, choices=Part)

    class Meta:
        verbose_name = _("ผู้มีส่วนในเรื่องเสนอ")
        verbose_name_plural = pgettext_lazy("plural", "ผู้มีส่วนในเรื่องเสนอ")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "account", "part"], name="proposal_hand_once_a_part"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} ({self.get_part_display()})"


def is_waiting(model: type[models.Model], key: str = "pk") -> Exists:
    """Whether a request about a record of this model waits, as an annotation of its queryset."""
    return Exists(ProposalItem.objects.waiting().of(model, OuterRef(key)))
