"""The audit trail only grows, whoever writes; and the triggers are as the code would make them."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from certifications.audit import triggers
from certifications.audit.append_only import lifted
from certifications.models import Change
from tests import make

pytestmark = pytest.mark.django_db

WAYS = [
    "UPDATE certifications_change SET why = 'ไม่มีเหตุผล'",
    "UPDATE certifications_change SET was_public = NOT was_public",
    "DELETE FROM certifications_change",
    *(["TRUNCATE certifications_change"] if connection.vendor == "postgresql" else []),
]


def write(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("sql", WAYS)
def test_what_was_written_stays_whoever_writes(sql):
    make.agency()
    before = list(Change.objects.values())
    with pytest.raises(IntegrityError, match="append-only"):
        write(sql)
    assert before and list(Change.objects.values()) == before


def test_no_query_of_the_program_alters_it_either():
    make.agency()
    for act in (lambda: Change.objects.update(why="x"), lambda: Change.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()


@pytest.mark.parametrize("sql", WAYS[:3])
def test_it_may_be_altered_where_that_is_said_and_not_afterwards(sql):
    make.agency()
    with lifted("คำสั่งสมมติ"):
        write(sql)
    make.agency()
    assert Change.objects.exists()
    with pytest.raises(IntegrityError, match="append-only"):
        write(sql)


def test_a_failure_while_it_may_be_altered_leaves_it_as_it_was():
    make.agency()
    number = Change.objects.count()
    with pytest.raises(RuntimeError), lifted("คำสั่งสมมติ"):
        write("DELETE FROM certifications_change")
        raise RuntimeError
    assert Change.objects.count() == number
    assert triggers.missing_or_other() == []
    with pytest.raises(IntegrityError, match="append-only"):
        write("DELETE FROM certifications_change")


# --- as the code would make them -----------------------------------------------------------------

IS_SQLITE = connection.vendor == "sqlite"
OF_AGENCY = "change_certifications_agency" + ("_update" if IS_SQLITE else "")
DROPPED = f"DROP TRIGGER {OF_AGENCY}" + ("" if IS_SQLITE else " ON certifications_agency")


def changed_by_hand() -> str:
    """SQL after which the trigger is there and does nothing."""
    if IS_SQLITE:
        return (
            f"CREATE TRIGGER {OF_AGENCY} AFTER UPDATE ON certifications_agency BEGIN SELECT 1; END"
        )
    return (
        f"CREATE OR REPLACE FUNCTION {OF_AGENCY}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NULL; END $$"
    )


def told(capsys) -> str:
    call_command("check", databases=["default"])
    return "".join(capsys.readouterr())


def test_every_trigger_is_in_place_after_migrating(capsys):
    call_command("migrate", verbosity=0)
    assert triggers.missing_or_other() == []
    assert "W001" not in told(capsys)


def test_a_trigger_that_is_gone_is_named_and_migrating_makes_it_again(capsys):
    write(DROPPED)
    assert triggers.missing_or_other() == [f"certifications_agency.{OF_AGENCY}"]
    assert OF_AGENCY in told(capsys)
    call_command("migrate", verbosity=0)
    assert triggers.missing_or_other() == []


def test_a_trigger_that_a_hand_has_changed_is_named_and_migrating_mends_it():
    if IS_SQLITE:
        write(DROPPED)
    write(changed_by_hand())
    assert triggers.missing_or_other() == [f"certifications_agency.{OF_AGENCY}"]
    call_command("migrate", verbosity=0)
    agency = make.agency()
    agency.phone = "1111"
    agency.save()
    assert Change.objects.first().after["phone"] == "1111"


if not IS_SQLITE:

    def test_a_trigger_that_is_switched_off_is_named():
        write("ALTER TABLE certifications_change DISABLE TRIGGER append_only_row")
        assert triggers.missing_or_other() == ["certifications_change.append_only_row"]


def test_in_a_database_without_tables_nothing_is_missed(monkeypatch):
    monkeypatch.setattr(triggers, "_tables", lambda _connection: set())
    assert triggers.missing_or_other() == []
