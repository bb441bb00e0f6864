"""Access events of the staff desk: sign-ins, refusals, lockouts."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certifications.models.changes import STAYS, Change


class AccessEvent(models.Model):
    """One event, in text and numbers alone: it outlives the account it is about."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("เข้าสู่ระบบ")
        SIGNED_OUT = "signed_out", _("ออกจากระบบ")
        TIMED_OUT = "timed_out", _("ออกจากระบบเพราะไม่ได้ใช้งาน")
        REFUSED = "refused", _("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง")
        LOCKED_OUT = "locked_out", _("พักการเข้าใช้เพราะผิดหลายครั้ง")
        PASSWORD_SET = "password_set", _("ตั้งหรือเปลี่ยนรหัสผ่าน")
        FACTOR_ADDED = "factor_added", _("เปิดการยืนยันสองขั้น")
        FACTOR_REMOVED = "factor_removed", _("ปิดการยืนยันสองขั้น")
        FACTOR_PASSED = "factor_passed", _("ผ่านการยืนยันขั้นที่สอง")
        FACTOR_REFUSED = "factor_refused", _("รหัสยืนยันไม่ถูกต้อง")
        RECOVERY_USED = "recovery_used", _("ใช้รหัสสำรอง")
        RECOVERY_MADE = "recovery_made", _("ออกรหัสสำรองชุดใหม่")
        SESSION_CLOSED = "session_closed", _("ปิดการเข้าใช้ที่เปิดอยู่")

    at = models.DateTimeField(_("เมื่อ"), default=timezone.now, db_index=True)
    kind = models.CharField(_("เหตุการณ์"), max_length=16, choices=Kind)
    # Empty for a name that is no account's: people type their password there by mistake.
    account_key = models.BigIntegerField(_("รหัสบัญชี"), null=True, db_index=True)
    account_name = models.CharField(_("บัญชี"), max_length=150, blank=True)
    by_name = models.CharField(_("โดย"), max_length=150, blank=True)
    address = models.CharField(_("ที่อยู่เครือข่าย"), max_length=45, blank=True)
    browser = models.CharField(_("เบราว์เซอร์"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("เหตุการณ์การเข้าใช้")
        verbose_name_plural = pgettext_lazy("plural", "เหตุการณ์การเข้าใช้")
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.account_name}".strip()

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise ValidationError(STAYS, code="append_only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(STAYS, code="append_only")


class AccountChange(Change):
    """The changes of accounts, groups and rights, out of the record of all changes."""

    class Meta:
        proxy = True
        verbose_name = _("การแก้ไขบัญชีและสิทธิ์")
        verbose_name_plural = pgettext_lazy("plural", "การแก้ไขบัญชีและสิทธิ์")
        default_permissions = ["view"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {apps.get_model(self.table)._meta.verbose_name}"
