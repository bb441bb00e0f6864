"""Load the records of a folder of data files; see `actions.loading.records`."""

import sys
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from certifications.actions.loading.record_files import FILES_IN_ORDER, RecordFilesFaulty
from certifications.actions.loading.records import DATA_FOLDER, Report, load_records
from certifications.audit.acting import acting
from certifications.models import Change

ACTOR = "load_records"


class Command(BaseCommand):
    help = "Load agencies, ceremonies, awards and figures from data files: all or nothing."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", type=Path, default=DATA_FOLDER)
        parser.add_argument("--letter", default="", help="number of the letter that orders it")

    def handle(self, *, folder: Path, letter: str, verbosity: int, **options):
        why = f"{ACTOR} {letter.strip()}".strip()
        try:
            with transaction.atomic():  # a refused load leaves no new account behind either
                with acting(by=None, channel=Change.Channel.COMMAND, why=ACTOR):
                    actor = self.actor()
                with acting(by=actor, channel=Change.Channel.COMMAND, why=why):
                    report = load_records(
                        folder, by=actor, progress=self.progress if verbosity else _silent
                    )
        except RecordFilesFaulty as faulty:
            for fault in faulty.faults:
                self.stderr.write(str(fault))
            raise CommandError(
                _("พบข้อผิดพลาด %s จุด จึงไม่ได้เปลี่ยนแปลงข้อมูลใด แก้แฟ้มแล้วสั่งใหม่") % len(faulty.faults)
            ) from faulty
        except IntegrityError as clash:
            raise CommandError(
                _("มีผู้อื่นบันทึกข้อมูลเดียวกันพร้อมกัน จึงไม่ได้เปลี่ยนแปลงข้อมูลใด สั่งใหม่อีกครั้ง")
            ) from clash
        self.say(report)

    def actor(self):
        """The account that stands as publisher; nobody can log in with it."""
        account, created = get_user_model().objects.get_or_create(
            username=ACTOR, defaults={"is_active": False}
        )
        if created:
            account.set_unusable_password()
            account.save()
        return account

    def progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and (done % 50 == 0 or done == total):
            self.stderr.write(f"\r{done}/{total}", ending="" if done < total else "\n")

    def say(self, report: Report) -> None:
        for file in FILES_IN_ORDER:
            self.stdout.write(
                _("%(file)s: เพิ่ม %(created)s ปรับปรุง %(updated)s คงเดิม %(unchanged)s")
                % {
                    "file": file,
                    "created": report.created[file],
                    "updated": report.updated[file],
                    "unchanged": report.unchanged[file],
                }
            )
        for kept in report.kept:
            self.stdout.write(
                _(
                    "คงค่าที่เจ้าหน้าที่แก้ไว้: %(record)s ช่อง %(field)s "
                    "ในแฟ้ม “%(in_file)s” ในทะเบียน “%(in_database)s”"
                )
                % vars(kept)
            )
        for record in report.gone:
            self.stdout.write(_("เจ้าหน้าที่ลบไปแล้ว จึงไม่เพิ่มกลับ: %s") % record)
        for record in report.dropped:
            self.stdout.write(_("ไม่มีในแฟ้มแล้ว แต่ยังอยู่ในทะเบียน: %s") % record)


def _silent(done: int, total: int) -> None:
    """No progress lines."""
