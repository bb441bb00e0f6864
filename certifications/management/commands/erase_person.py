"""Erases personal data from the record of changes on legal order; see `actions.erase`."""

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from certifications.actions.erase import erase, names_of, still_said


class Command(BaseCommand):
    help = "Replace a person's data in the record of changes by a mark naming the letter."

    def add_arguments(self, parser):
        parser.add_argument("text", nargs="*", help="each spelling of what is to be erased")
        parser.add_argument("--account", help="user name of the account to be erased")
        parser.add_argument("--letter", required=True, help="number of the letter ordering it")

    def handle(self, *, text: list[str], account: str | None, letter: str, **options):
        person = _account(account)
        texts = {*text, *(names_of(person) if person else ())}
        try:
            number = erase(texts, letter=letter.strip(), account=person)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(_("ลบในประวัติการแก้ไขแล้ว %s รายการ") % number)
        for model, rows in still_said(texts):
            words = {"table": model._meta.verbose_name, "rows": rows}
            self.stdout.write(_("ยังมีใน%(table)s %(rows)s รายการ") % words)


def _account(username: str | None):
    if not username:
        return None
    found = get_user_model().objects.filter(username=username).first()
    if found is None:
        raise CommandError(_("ไม่มีบัญชี %s") % username)
    return found
