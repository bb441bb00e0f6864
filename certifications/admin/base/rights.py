"""Rights in Thai words: Django keeps their names in English in the database."""

from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy as _

ACTS = {
    "view": _("ดู"),
    "add": _("เพิ่ม"),
    "change": _("แก้ไข"),
    "delete": _("ลบ"),
}
# Written by the register alone, or read by superusers alone: no right to them means anything.
OF_THE_REGISTER = ["awardhistory", "desksession", "searchentry", "stamp", "term"]


def right_in_words(permission: Permission) -> str:
    """Such as ผลการรับรอง: แก้ไข; a right of the register's own has its words already."""
    act = permission.codename.partition("_")[0]
    model = permission.content_type.model_class()
    kind = model._meta.verbose_name if model else permission.content_type.model
    return f"{kind}: {ACTS.get(act, permission.name)}"


def rights_to_give():
    """Those of the register's own records; accounts are for superusers alone."""
    ours = Permission.objects.filter(content_type__app_label="certifications")
    return ours.exclude(content_type__model__in=OF_THE_REGISTER).select_related("content_type")
