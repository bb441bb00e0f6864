"""The log of a merge, for its undo."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.agencies import Agency


class MergeLog(models.Model):
    """One merge: two records of the same body, and every row as it was before and after."""

    source = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("ระเบียนที่ถูกรวม"), related_name="merges_from"
    )
    target = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("รวมเข้ากับ"), related_name="merges_into"
    )
    reason = models.TextField(_("เหตุผล"))
    moved = models.JSONField(_("สิ่งที่ย้าย"))  # [{model, pk, before, after}], None: no such row
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("รวมโดย"), related_name="+"
    )
    at = models.DateTimeField(_("รวมเมื่อ"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("ย้อนการรวมโดย"),
        null=True,
        blank=True,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("ย้อนการรวมเมื่อ"), null=True, blank=True)

    class Meta:
        verbose_name = _("การรวมระเบียน")
        verbose_name_plural = pgettext_lazy("plural", "การรวมระเบียน")
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(source=F("target")),
                name="merge_of_two_records",
                violation_error_message=_("รวมระเบียนเข้ากับตัวเองไม่ได้"),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="merge_with_reason",
                violation_error_message=_("ต้องระบุเหตุผล"),
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_at_and_by",
                violation_error_message=_("การย้อนต้องมีทั้งเวลาและผู้ย้อน"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
