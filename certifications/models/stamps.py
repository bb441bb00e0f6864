"""The stamp: a token that triggers renew with every change of the register.

Triggers write it (`audit.triggers`), so that no way of writing can forget to.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stamp(models.Model):
    """One row whose token is another after each committed change."""

    token = models.CharField(max_length=32, editable=False)

    class Meta:
        verbose_name = _("เครื่องหมายการเปลี่ยนแปลง")
        verbose_name_plural = pgettext_lazy("plural", "เครื่องหมายการเปลี่ยนแปลง")

    def __str__(self) -> str:
        return self.token


def current_stamp() -> str:
    """The token of the register as it is now; "" before anything was ever written. One query."""
    return Stamp.objects.values_list("token", flat=True).first() or ""
