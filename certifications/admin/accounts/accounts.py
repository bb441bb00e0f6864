"""Accounts and groups of staff: for superusers alone; nobody raises their own rights."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static import admin as otp_static_admin
from django_otp.plugins.otp_totp import admin as otp_totp_admin

from certifications.access import factors
from certifications.admin.base.desk import (
    Recorded,
    ShownAgain,
    acting_of,
    in_thai,
    in_words,
    yes_or_no,
)
from certifications.admin.base.rights import right_in_words, rights_to_give
from certifications.admin.base.versions import Versioned

User = get_user_model()

# Django's and django-otp's own pages give way to ours; theirs would show the secrets of devices.
admin.site.unregister([User, Group])
admin.site.unregister(
    [otp_totp_admin.TOTPDevice, otp_static_admin.StaticDevice],
)

GROUPS_OF_THE_REGISTER = {"ผู้อ่าน", "ผู้บันทึก", "ผู้อนุมัติ"}  # made by a migration, known by name
RIGHTS = ["is_active", "is_staff", "is_superuser", "groups"]
HOW_IT_IS_USED = [
    "has_second_factor",
    in_thai("last_login", gettext_lazy("เข้าสู่ระบบล่าสุด")),
    in_thai("date_joined", gettext_lazy("วันที่สร้างบัญชี")),
]
IS_OPEN = in_words("is_active", gettext_lazy("ใช้งานได้"))
IS_SUPERUSER = in_words("is_superuser", gettext_lazy("ผู้ดูแลระบบ"))
OWN_RIGHTS = [IS_OPEN, IS_SUPERUSER, "roles"]  # to look at


class NewPasswordForm(AdminPasswordChangeForm):
    usable_password_help_text = gettext_lazy(
        "ถ้าปิด รหัสผ่านปัจจุบันจะใช้ไม่ได้อีก และบัญชีนี้จะเข้าสู่ระบบไม่ได้จนกว่าจะตั้งใหม่"
    )


class ForSuperusers(ShownAgain, Versioned, Recorded):
    """Accounts are touched by superusers only, whatever rights anybody was given."""

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        """An account is closed, not deleted: its name stands in the record."""
        return False

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(User)
class AccountAdmin(ForSuperusers, UserAdmin):
    change_password_form = NewPasswordForm
    list_display = [
        "username",
        "full_name",
        "roles",
        IS_OPEN,
        IS_SUPERUSER,
        "has_second_factor",
        in_thai("last_login", gettext_lazy("เข้าสู่ระบบล่าสุด")),
    ]
    list_filter = ["is_active", "is_superuser", "groups"]
    search_fields = ["username", "first_name", "last_name", "email"]
    filter_horizontal = ["groups"]
    readonly_fields = ["password_state", *OWN_RIGHTS, "all_rights", *HOW_IT_IS_USED]
    actions = ["remove_second_factor"]
    fieldsets = [
        (None, {"fields": ["username", "password_state"]}),
        (gettext_lazy("ชื่อและอีเมล"), {"fields": ["first_name", "last_name", "email"]}),
        (gettext_lazy("สิทธิ์"), {"fields": [*RIGHTS, "all_rights"]}),
        (gettext_lazy("การเข้าใช้"), {"fields": HOW_IT_IS_USED}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups", "totpdevice_set")

    def get_fieldsets(self, request, obj=None):
        """Rights of one's own are for another superuser to change."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.pk != request.user.pk:
            return fieldsets
        own = {"fields": [*OWN_RIGHTS, "all_rights"]}
        return [
            (title, own if RIGHTS[0] in options["fields"] else options)
            for title, options in fieldsets
        ]

    def user_change_password(self, request, id, form_url=""):
        with acting_of(request):
            return super().user_change_password(request, id, form_url)

    @admin.display(description=gettext_lazy("รหัสผ่าน"))
    def password_state(self, account):
        """In place of Django's line, which spells out how it is stored."""
        is_set = account.has_usable_password()
        return format_html(
            '{} · <a href="../password/">{}</a>',
            _("ตั้งไว้แล้ว ไม่มีใครดูได้") if is_set else _("ยังไม่ได้ตั้ง เข้าสู่ระบบไม่ได้"),
            _("เปลี่ยนรหัสผ่าน") if is_set else _("ตั้งรหัสผ่าน"),
        )

    @admin.display(description=gettext_lazy("ชื่อ"))
    def full_name(self, account):
        return account.get_full_name()

    @admin.display(description=gettext_lazy("กลุ่มสิทธิ์"))
    def roles(self, account):
        return ", ".join(group.name for group in account.groups.all())

    @admin.display(description=gettext_lazy("ยืนยันสองขั้น"))
    def has_second_factor(self, account):
        return yes_or_no(any(device.confirmed for device in account.totpdevice_set.all()))

    @admin.display(description=gettext_lazy("สิทธิ์ทั้งหมดที่มี"))
    def all_rights(self, account):
        if account.is_superuser:
            return _("ทุกอย่าง")
        held = {f"{p.content_type.app_label}.{p.codename}": p for p in rights_to_give()}
        words = sorted(right_in_words(held[k]) for k in account.get_all_permissions() if k in held)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ([w] for w in words)))

    @admin.action(description=gettext_lazy("ปิดการยืนยันสองขั้น (เมื่อเครื่องหายและไม่มีรหัสสำรอง)"))
    def remove_second_factor(self, request, queryset):
        """Of others: who has lost a device signs in with the password and adds another."""
        others = [account for account in queryset if account.pk != request.user.pk]
        for account in others:
            factors.remove(account, request)
        if others:
            names = ", ".join(account.get_username() for account in others)
            self.message_user(request, _("ปิดการยืนยันสองขั้นแล้ว: %s") % names)
        if len(others) < len(queryset):
            text = _("บัญชีของคุณเองไม่เปลี่ยน ให้ผู้ดูแลคนอื่นทำให้")
            self.message_user(request, text, messages.WARNING)


class RightsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, permission):
        return right_in_words(permission)


@admin.register(Group)
class RoleAdmin(ForSuperusers, GroupAdmin):
    fields = ["name", "permissions"]
    filter_horizontal = ["permissions"]

    def get_readonly_fields(self, request, obj=None):
        """The program knows three groups by their names."""
        return ["name"] if obj is not None and obj.name in GROUPS_OF_THE_REGISTER else []

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        name = gettext_lazy("สิทธิ์")
        return RightsField(
            rights_to_give(), label=name, required=False, widget=FilteredSelectMultiple(name, False)
        )
