"""A mark that the database itself renews with every change of the register, whoever makes it.

Triggers write it, so that no way of writing can forget to: a form, a command, a bulk update, a hand
at the database's own prompt. They are made after every `migrate`, since SQLite drops a table's
triggers when a migration makes the table anew.
"""

from django.apps import apps
from django.db import connections, models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ONLY_ROW = 1
# What no public page rests on.
NEVER_SHOWN = {
    "accepteddoubt",
    "accessevent",
    "accountchange",
    "change",
    "columnmapping",
    "desksession",
    "intake",
    "intakerow",
    "loadedrecord",
    "mergelog",
    "missedquery",
    "proposal",
    "proposalitem",
    "stamp",
}


class Stamp(models.Model):
    """One row whose token is another after each committed change."""

    token = models.CharField(max_length=32, editable=False)

    class Meta:
        verbose_name = _("เครื่องหมายการเปลี่ยนแปลง")
        verbose_name_plural = pgettext_lazy("plural", "เครื่องหมายการเปลี่ยนแปลง")

    def __str__(self) -> str:
        return self.token


def current_stamp() -> str:
    """The token of the register as it is now; "" before anything was ever written. One query."""
    return Stamp.objects.values_list("token", flat=True).first() or ""


def stamped_tables() -> list[str]:
    """The tables whose changes renew the stamp, those of many-to-many relations included."""
    known = apps.get_app_config("certifications").get_models(include_auto_created=True)
    return sorted(
        {model._meta.db_table for model in known if model._meta.model_name not in NEVER_SHOWN}
    )


def install_triggers(using: str = "default") -> None:
    """Make the triggers that are missing, on either database."""
    connection = connections[using]
    statements = ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for statement in statements["once"]:
            cursor.execute(statement)
        for table in sorted(present.intersection(stamped_tables())):
            for statement in statements["each"]:
                cursor.execute(statement.format(table=table))


_UPSERT = (
    f"INSERT INTO certifications_stamp (id, token) VALUES ({ONLY_ROW}, {{token}}) "
    "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)
ON_SQLITE = {
    "once": [],
    "each": [
        f"CREATE TRIGGER IF NOT EXISTS stamp_{{table}}_{act} AFTER {act} ON {{table}} "
        f"BEGIN {_UPSERT.format(token='lower(hex(randomblob(16)))')}; END"
        for act in ("insert", "update", "delete")
    ],
}
# Deferred to the commit, so that a transaction takes the lock on the one row last of all: two that
# wait for each other's records as well could not both end. Once a transaction is enough.
ON_POSTGRESQL = {
    "once": [
        f"""
        CREATE OR REPLACE FUNCTION certifications_renew_stamp() RETURNS trigger
        LANGUAGE plpgsql AS $$
        DECLARE now_in text := pg_current_xact_id()::text;
        BEGIN
            IF current_setting('gecc.stamped', true) IS DISTINCT FROM now_in THEN
                PERFORM set_config('gecc.stamped', now_in, true);
                {_UPSERT.format(token="md5(random()::text || clock_timestamp()::text)")};
            END IF;
            RETURN NULL;
        END $$
        """
    ],
    "each": [
        """
        DO $$ BEGIN
            IF NOT EXISTS (
                SELECT 1 FROM pg_trigger
                WHERE tgname = 'stamp_{table}' AND tgrelid = '{table}'::regclass
            ) THEN
                CREATE CONSTRAINT TRIGGER stamp_{table} AFTER INSERT OR UPDATE OR DELETE ON {table}
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                EXECUTE FUNCTION certifications_renew_stamp();
            END IF;
        END $$
        """
    ],
}
