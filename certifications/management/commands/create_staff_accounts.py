"""On a new machine: an administrator, a recorder and an approver, with passwords shown once."""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from certifications.audit.acting import acting
from certifications.models import Change

ACCOUNTS = {"admin": None, "recorder": "ผู้บันทึก", "approver": "ผู้อนุมัติ"}


class Command(BaseCommand):
    help = "Create staff accounts when there are none; print their random passwords once."

    def handle(self, **options):
        with acting(by=None, channel=Change.Channel.COMMAND, why="create_staff_accounts"):
            self.create_accounts()

    def create_accounts(self) -> None:
        users = get_user_model().objects
        if users.filter(is_staff=True).exists():
            return
        self.stdout.write(_("บัญชีเจ้าหน้าที่ใหม่ (จดไว้ รหัสผ่านแสดงครั้งเดียว):"))
        for username, group in ACCOUNTS.items():
            password = secrets.token_urlsafe(12)
            account = users.create_user(
                username, password=password, is_staff=True, is_superuser=group is None
            )
            if group:
                account.groups.add(Group.objects.get(name=group))
            self.stdout.write(f"  {username:10} {password}")
