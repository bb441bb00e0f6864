"""All rules over the whole register; see `checks.sweep`. Exits 1 when anything wants an answer."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from certifications.checks.findings import Finding
from certifications.checks.sweep import check_all


class Command(BaseCommand):
    help = "Check every record against every rule; exit 1 when a finding is not accepted."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="also show accepted warnings")

    def handle(self, *, all: bool, **options):
        waiting = accepted = 0
        for checked in check_all():
            for finding in checked.findings:
                waiting += 1
                self.stdout.write(_line(_kind(finding), checked.record, finding))
            for finding in checked.accepted:
                accepted += 1
                if all:
                    self.stdout.write(_line(_("ยืนยันแล้ว"), checked.record, finding))
        if waiting:
            raise CommandError(
                _("พบ %(waiting)s ข้อที่ต้องตรวจสอบ และ %(accepted)s ข้อที่ยืนยันแล้ว")
                % {"waiting": waiting, "accepted": accepted}
            )
        self.stdout.write(_("ไม่พบข้อที่ต้องตรวจสอบ มี %s ข้อที่ยืนยันแล้ว") % accepted)


def _kind(finding: Finding) -> str:
    return _("ผิด") if finding.is_error else _("สงสัย")


def _line(kind: str, record: Model, finding: Finding) -> str:
    meta = record._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
    return f"{kind} [{finding.code}] {record} {address} {finding.message}"
