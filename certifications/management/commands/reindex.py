"""Write anew what is kept beside the records: what searching finds by, and award histories."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from certifications.models import Agency, search_index
from certifications.models.histories import drop_unused, out_of_step, rewrite_histories


class Command(BaseCommand):
    help = "Rebuild search index and award histories; with --check only say what is out of step."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check: bool, verbosity: int, **options):
        self.total, self.shown = Agency.objects.count(), verbosity > 0 and sys.stderr.isatty()
        if check:
            self.check_all()
        else:
            self.rebuild_all()

    def rebuild_all(self) -> None:
        histories = rewrite_histories(Agency.objects.values_list("pk", flat=True))
        drop_unused()
        entries = search_index.rekey(Agency.objects.all(), self.progress)
        search_index.settle()
        self.stdout.write(
            _("ทำดัชนี %(total)s หน่วยงาน แก้คำค้น %(entries)s ประวัติการรับรอง %(histories)s")
            % {"total": self.total, "entries": len(entries), "histories": histories}
        )

    def check_all(self) -> None:
        """CommandError, after the codes of the first twenty, when anything is out of step."""
        entries = set(search_index.rekey(Agency.objects.all(), self.progress, write=False))
        wrong = entries | out_of_step()
        if wrong or not search_index.grams_in_step():
            first = Agency.objects.filter(pk__in=sorted(wrong)[:20])
            for code in first.values_list("code", flat=True):
                self.stderr.write(code)
            raise CommandError(_("ดัชนีไม่ตรงกับทะเบียน %s หน่วยงาน สั่ง manage.py reindex") % len(wrong))
        self.stdout.write(_("ดัชนีตรงกับทะเบียนทั้ง %s หน่วยงาน") % self.total)

    def progress(self, done: int) -> None:
        if self.shown:
            self.stderr.write(f"\r{done}/{self.total}", ending="" if done < self.total else "\n")
