"""Access events, and the changes of accounts and rights, to be read."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

from certifications.admin.base.desk import Desk, in_thai
from certifications.admin.base.rights import right_in_words
from certifications.audit.kept import KEPT_OF_ACCOUNTS
from certifications.models import AccessEvent, AccountChange

User = get_user_model()


class ForReading(Desk):
    """A record: nothing in it is added, changed or deleted by anyone."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(AccessEvent)
class AccessEventAdmin(ForReading):
    list_display = [in_thai("at", _("เมื่อ")), "kind", "whose", "by_name", "address", "browser"]
    list_filter = ["kind"]
    search_fields = ["account_name", "by_name", "address"]
    fields = [in_thai("at", _("เมื่อ")), "kind", "whose", "by_name", "address", "browser"]

    @admin.display(description=_("บัญชี"), ordering="account_name")
    def whose(self, event):
        return event.account_name or _("ชื่อที่ไม่มีในระบบ (ไม่เก็บ)")


FLAGS = {
    "is_active": _("ใช้งานได้"),
    "is_staff": _("เข้าหน้าเจ้าหน้าที่"),
    "is_superuser": _("ผู้ดูแลระบบ"),
}


@admin.register(AccountChange)
class AccountChangeAdmin(ForReading):
    """Each change in one sentence, out of the rows that the database wrote."""

    list_display = [in_thai("at", _("เมื่อ")), "what", "by", "channel", "why"]
    list_filter = ["channel"]
    search_fields = ["by_name", "why"]
    fields = [in_thai("at", _("เมื่อ")), "what", "by", "channel", "why"]

    def get_queryset(self, request):
        tables = [f"auth.{name}" for name in KEPT_OF_ACCOUNTS]
        return super().get_queryset(request).filter(table__in=tables)

    @admin.display(description=_("โดย"), ordering="by_name")
    def by(self, change):
        return change.by_name or _("ไม่ทราบ")

    @admin.display(description=_("สิ่งที่เปลี่ยน"))
    def what(self, change):
        row = change.after or change.before
        match change.table:
            case "auth.user":
                return _of_account(change)
            case "auth.group":
                return _("%(act)sกลุ่มสิทธิ์ %(group)s") % {
                    "act": change.get_kind_display(),
                    "group": row["name"],
                }
            case "auth.user_groups":
                return _words(change, _("ให้ %s อยู่ในกลุ่ม %s"), _("เอา %s ออกจากกลุ่ม %s")) % (
                    _account(row["user_id"]),
                    _named(Group, row["group_id"], "name"),
                )
            case "auth.user_user_permissions":
                return _words(change, _("ให้ %s มีสิทธิ์ %s"), _("ถอนจาก %s สิทธิ์ %s")) % (
                    _account(row["user_id"]),
                    _right(row["permission_id"]),
                )
        return _words(change, _("ให้กลุ่ม %s มีสิทธิ์ %s"), _("ถอนจากกลุ่ม %s สิทธิ์ %s")) % (
            _named(Group, row["group_id"], "name"),
            _right(row["permission_id"]),
        )


def _words(change, given, taken):
    return taken if change.kind == change.Kind.DELETE else given


def _of_account(change) -> str:
    row = change.after or change.before
    said = _("%(act)sบัญชี %(name)s") % {"act": change.get_kind_display(), "name": row["username"]}
    before, after = change.before or {}, change.after or {}
    turned = [
        f"{word}: {_('ใช่') if after[flag] else _('ไม่ใช่')}"
        for flag, word in FLAGS.items()
        if after and bool(before.get(flag)) != bool(after[flag])
    ]
    return f"{said} ({', '.join(turned)})" if turned else said


def _account(key: int) -> str:
    return _named(User, key, "username")


def _named(model, key: int, field: str) -> str:
    name = model.objects.filter(pk=key).values_list(field, flat=True).first()
    return name or str(_("ที่ลบแล้ว (รหัส %s)") % key)


def _right(key: int) -> str:
    permission = Permission.objects.select_related("content_type").filter(pk=key).first()
    return right_in_words(permission) if permission else str(_("ที่ลบแล้ว (รหัส %s)") % key)
