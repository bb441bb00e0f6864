"""Warnings about records that staff accepted, with their reason."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.values import two_decimals

STAYS = _("ข้อสงสัยที่ยืนยันแล้วแก้หรือลบไม่ได้ ถ้าข้อมูลเปลี่ยน ระบบจะถามใหม่เอง")


SCORE_WITHOUT_LEVEL = "score_without_level"


def about_as_written_now(code: str, about: str) -> str:
    """Kept before scores were written one way, 81 and 81.0 are about 81.00."""
    return two_decimals(about) if code == SCORE_WITHOUT_LEVEL else about


class AcceptedDoubtQuerySet(models.QuerySet):
    def about(self, label: str, keys: Iterable[int]) -> set[tuple[int, str, str]]:
        """(record, code, about) of what was accepted of these records of one model."""
        found = self.filter(table=label, record_key__among=keys)
        rows = found.values_list("record_key", "code", "about")
        return {(key, code, about_as_written_now(code, about)) for key, code, about in rows}


class AcceptedDoubt(models.Model):
    """An accepted warning about one record. Other values make another warning, asked anew.

    It keeps the name that its table, its permissions and the recorded changes know it by.
    """

    table = models.CharField(_("ตาราง"), max_length=60)  # a model's label: certifications.award
    record_key = models.BigIntegerField(_("รหัสระเบียน"))
    record = models.CharField(_("ระเบียน"), max_length=400)  # as it was called then
    code = models.CharField(_("ข้อที่สงสัย"), max_length=40)
    about = models.CharField(_("ค่าที่สงสัย"), max_length=400, blank=True)  # in no language
    message = models.TextField(_("ข้อสงสัย"))
    reason = models.TextField(_("เหตุผลที่ยืนยัน"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ยืนยันโดย"), related_name="+"
    )
    at = models.DateTimeField(_("ยืนยันเมื่อ"), auto_now_add=True)

    objects = AcceptedDoubtQuerySet.as_manager()

    class Meta:
        verbose_name = _("ข้อสงสัยที่ยืนยันแล้ว")
        verbose_name_plural = pgettext_lazy("plural", "ข้อสงสัยที่ยืนยันแล้ว")
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["table", "record_key", "code", "about"],
                name="doubt_accepted_once",
                violation_error_message=_("ยืนยันข้อสงสัยนี้ไว้แล้ว"),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="doubt_accepted_with_reason",
                violation_error_message=_("ต้องบอกเหตุผลที่ยืนยัน"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}: {self.message}"

    def delete(self, *args, **kwargs):
        raise ValidationError(STAYS, code="append_only")
