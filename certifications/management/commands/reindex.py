"""Write what searching finds agencies by, for all of them; see `certifications.index`."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from certifications import index
from certifications.models import Agency


class Command(BaseCommand):
    help = "Rebuild the search index; with --check only say what is out of step."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, verbosity: int, **options):
        self.total, self.shown = Agency.objects.count(), verbosity > 0 and sys.stderr.isatty()
        differing = index.rekey(Agency.objects.all(), self.progress, write=not check)
        if not check:
            index.settle()
            self.stdout.write(
                _("ทำดัชนีค้นหาแล้ว %(total)s หน่วยงาน แก้ไข %(changed)s รายการ")
                % {"total": self.total, "changed": len(differing)}
            )
            return
        if differing or not index.grams_in_step():
            for code in Agency.objects.filter(pk__in=differing[:20]).values_list("code", flat=True):
                self.stderr.write(code)
            raise CommandError(
                _("ดัชนีค้นหาไม่ตรงกับทะเบียน %s รายการ สั่ง manage.py reindex") % len(differing)
            )
        self.stdout.write(_("ดัชนีค้นหาตรงกับทะเบียนทั้ง %s หน่วยงาน") % self.total)

    def progress(self, done: int) -> None:
        if self.shown:
            self.stderr.write(f"\r{done}/{self.total}", ending="" if done < self.total else "\n")
