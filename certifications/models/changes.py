"""The audit trail: every change of a row, written by the database, whoever makes it.

Triggers write it (`audit.triggers`), so that no way of writing can forget to: a form, a
command, a bulk update, a hand at the database's own prompt. Rows hold text and numbers, no
foreign keys: this record neither follows what it is of nor holds it back.
"""

import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STAYS = _("ประวัติการแก้ไขเปลี่ยนหรือลบไม่ได้")


class ChangeQuerySet(QuerySet):
    def of_records(self) -> Self:
        """Without those of accounts and rights."""
        return self.exclude(table__startswith="auth.")

    def of_days(self, number: int) -> Self:
        """Those of today and of the days before it, so many together."""
        first = timezone.localdate() - datetime.timedelta(days=number - 1)
        midnight = datetime.datetime.combine(first, datetime.time.min)
        return self.filter(at__gte=timezone.make_aware(midnight))


class Change(models.Model):
    """One row of one table, as it was before and after; never written by hand."""

    class Kind(models.TextChoices):
        INSERT = "insert", _("เพิ่ม")
        UPDATE = "update", _("แก้ไข")
        DELETE = "delete", _("ลบ")

    class Channel(models.TextChoices):
        """How a change came in."""

        FORM = "form", _("หน้าเจ้าหน้าที่")
        BULK = "bulk", _("ทำหลายรายการพร้อมกัน")
        INTAKE = "intake", _("นำเข้าเป็นชุด")
        PROPOSAL = "proposal", _("เรื่องเสนอที่อนุมัติแล้ว")
        HIDING = "hiding", _("งดแสดงทันที")
        COMMAND = "command", _("คำสั่งของระบบ")
        OUTSIDE = "outside", _("นอกโปรแกรมทะเบียน")

    at = models.DateTimeField(_("เมื่อ"), db_index=True)
    act = models.CharField(_("ชุดการแก้ไข"), max_length=32, blank=True)  # what was done at once
    by_key = models.BigIntegerField(_("รหัสบัญชี"), null=True)
    by_name = models.CharField(_("โดย"), max_length=150, blank=True)
    channel = models.CharField(_("ทางที่แก้ไข"), max_length=10, choices=Channel)
    why = models.TextField(_("เหตุผล"), blank=True)
    table = models.CharField(_("ตาราง"), max_length=60)  # a model's label: certifications.award
    record_key = models.BigIntegerField(_("รหัสระเบียน"))
    kind = models.CharField(_("ประเภท"), max_length=6, choices=Kind)
    before = models.JSONField(_("ก่อน"), null=True)  # column → value, of all columns kept
    after = models.JSONField(_("หลัง"), null=True)
    agency_key = models.BigIntegerField(_("รหัสหน่วยงาน"), null=True)
    was_public = models.BooleanField(_("เห็นได้ทั่วไป"))  # before or after it

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("การแก้ไข")
        verbose_name_plural = pgettext_lazy("plural", "การแก้ไข")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["table", "record_key"], name="change_of_record"),
            models.Index(fields=["agency_key", "id"], name="change_of_agency"),
            models.Index(fields=["id"], condition=Q(was_public=True), name="change_in_public"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"

    def save(self, *args, **kwargs):
        raise ValidationError(STAYS, code="append_only")

    def delete(self, *args, **kwargs):
        raise ValidationError(STAYS, code="append_only")
