"""Erasing a person from the record of changes, where the law orders it."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from certifications.actions.erase import erase, names_of
from certifications.audit import changelog
from certifications.audit.acting import acting
from certifications.models import AwardRecipient, Change, Proposal
from tests import make

pytestmark = pytest.mark.django_db

NAME = 'นาง "สมมติ" ชื่อจริง'
LETTER = "นร 0101/123"
MARK = f"[ลบตามคำสั่ง {LETTER}]"


def whole_trail() -> str:
    """All of it, as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM certifications_change ORDER BY id")
        return "\n".join(str(row).encode().decode("unicode_escape") for row in cursor.fetchall())


def told() -> str:
    return str([entry.lines for entry in changelog.entries(Change.objects.all())])


def test_a_name_is_replaced_wherever_the_record_says_it():
    award = make.award(make.agency(name_th=f"บ้านของ{NAME}"), 2565, score="71.50")
    recipient = AwardRecipient.objects.create(award=award, name=NAME, position="ผู้อำนวยการ")
    proposal = Proposal.objects.create(kind="publish", reason="", proposed_by=make.publisher())
    facts = {"table": "certifications.award", "record_key": award.pk, "kind": "update"}
    proposal.items.create(before={}, after={"recipients": [[NAME, "x"]]}, **facts)
    with make.decided(by=make.user(), why=f"{NAME} ขอแก้"):
        recipient.name = "ชื่อใหม่"
        recipient.save()
    before = dict(Change.objects.values_list("pk", "after"))
    assert erase({NAME}, letter=LETTER) == 4
    assert "ชื่อจริง" not in whole_trail() and "ชื่อจริง" not in told()
    change = Change.objects.get(table="certifications.awardrecipient", kind="update")
    assert (change.before["name"], change.after["name"]) == (MARK, "ชื่อใหม่")
    assert change.before["position"] == "ผู้อำนวยการ" and change.why == f"{MARK} ขอแก้"
    other = Change.objects.get(table="certifications.award", kind="insert")
    assert other.after == before[other.pk]
    recipient.refresh_from_db()
    assert recipient.name == "ชื่อใหม่"


def test_an_account_is_no_longer_named_by_what_it_did_nor_by_its_own_record():
    staff = make.user("somsri", first_name="สมศรี", last_name="ชื่อจริง", email="s@example.test")
    with acting(by=staff):
        make.agency()
    number = Change.objects.filter(by_name="somsri").count()
    assert erase({*names_of(staff)}, letter=LETTER, account=staff) > number > 0
    for secret in ("somsri", "สมศรี", "ชื่อจริง", "s@example.test"):
        assert secret not in whole_trail()
    assert Change.objects.filter(by_name=MARK, by_key=staff.pk).count() == number


def test_the_record_says_that_it_was_done_and_by_which_letter():
    make.agency(name_th=NAME)
    erase({NAME}, letter=LETTER)
    done = Change.objects.first()
    assert (done.channel, done.was_public) == ("command", False)
    assert LETTER in done.why and "1 รายการ" in done.why and "ชื่อจริง" not in done.why
    assert changelog.entries([done])[0].record == "การแก้ไข"
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.update(why="x")


@pytest.mark.parametrize(("texts", "letter"), [({"นาย"}, LETTER), (set(), LETTER), ({NAME}, "")])
def test_what_would_erase_too_much_or_has_no_ground_is_refused(texts, letter):
    make.agency(name_th=NAME)
    before = whole_trail()
    with pytest.raises(ValidationError):
        erase(texts, letter=letter)
    assert whole_trail() == before


def test_the_command_tells_how_many_and_where_else_the_name_stands():
    make.agency(name_th=NAME)
    out = io.StringIO()
    call_command("erase_person", NAME, letter=LETTER, stdout=out)
    assert "ลบในประวัติการแก้ไขแล้ว 1 รายการ" in out.getvalue()
    assert "ยังมีในหน่วยงาน 1 รายการ" in out.getvalue()
    for asked in ({"letter": ""}, {"letter": LETTER, "account": "nobody"}):
        with pytest.raises(CommandError):
            call_command("erase_person", NAME, **asked)
