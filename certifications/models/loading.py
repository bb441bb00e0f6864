"""The values that `load_records` last wrote to each record, to tell the changes of staff."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LoadedRecord(models.Model):
    """The values last loaded for one row of a data file.

    `key` names the row in its file for ever; `object_id` is the record in this database.
    """

    kind = models.CharField(_("แฟ้มข้อมูล"), max_length=30)
    key = models.CharField(_("กุญแจของแถว"), max_length=1000)
    object_id = models.BigIntegerField(_("เลขระเบียน"))
    values = models.JSONField(_("ค่าที่นำเข้าล่าสุด"))
    loaded_at = models.DateTimeField(_("นำเข้าเมื่อ"), auto_now=True)

    class Meta:
        verbose_name = _("ค่าที่นำเข้าล่าสุด")
        verbose_name_plural = pgettext_lazy("plural", "ค่าที่นำเข้าล่าสุด")
        ordering = ["kind", "key"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="loaded_record_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
