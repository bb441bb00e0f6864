"""Every change of the register, written down by the database itself, whoever makes it.

Triggers write it, so that no way of writing can forget to: a form, a command, a bulk update, a hand
at the database's own prompt. What no trigger can know, who and why, the writer says with `acting`.
Rows hold text and numbers, no foreign keys: this record neither follows what it is of nor holds it
back.
"""

import contextlib
import contextvars
import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, connections, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STAYS = _("ประวัติการแก้ไขเปลี่ยนหรือลบไม่ได้")


class Change(models.Model):
    """One row of one table, as it was before and after; never written by hand."""

    class Kind(models.TextChoices):
        INSERT = "insert", _("เพิ่ม")
        UPDATE = "update", _("แก้ไข")
        DELETE = "delete", _("ลบ")

    class Door(models.TextChoices):
        """By which way a change came in."""

        FORM = "form", _("หน้าเจ้าหน้าที่")
        BULK = "bulk", _("ทำหลายรายการพร้อมกัน")
        INTAKE = "intake", _("นำเข้าเป็นชุด")
        PROPOSAL = "proposal", _("ข้อเสนอที่อนุมัติแล้ว")
        COMMAND = "command", _("คำสั่งของระบบ")
        OUTSIDE = "outside", _("นอกโปรแกรมทะเบียน")

    at = models.DateTimeField(_("เมื่อ"), db_index=True)
    act = models.CharField(_("ชุดการแก้ไข"), max_length=32, blank=True)  # what was done at once
    by_key = models.BigIntegerField(_("รหัสบัญชี"), null=True)
    by_name = models.CharField(_("โดย"), max_length=150, blank=True)
    door = models.CharField(_("ทางที่แก้ไข"), max_length=10, choices=Door)
    why = models.TextField(_("เหตุผล"), blank=True)
    table = models.CharField(_("ตาราง"), max_length=60)  # a model's label: certifications.award
    record_key = models.BigIntegerField(_("รหัสระเบียน"))
    kind = models.CharField(_("ประเภท"), max_length=6, choices=Kind)
    before = models.JSONField(_("ก่อน"), null=True)  # column → value, of all columns kept
    after = models.JSONField(_("หลัง"), null=True)
    agency_key = models.BigIntegerField(_("รหัสหน่วยงาน"), null=True)
    was_public = models.BooleanField(_("เห็นได้ทั่วไป"))  # before or after it

    class Meta:
        verbose_name = _("การแก้ไข")
        verbose_name_plural = pgettext_lazy("plural", "การแก้ไข")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["table", "record_key"], name="change_of_record"),
            models.Index(fields=["agency_key", "id"], name="change_of_agency"),
            models.Index(fields=["id"], condition=Q(was_public=True), name="change_in_public"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"

    def save(self, *args, **kwargs):
        raise ValidationError(STAYS, code="append_only")

    def delete(self, *args, **kwargs):
        raise ValidationError(STAYS, code="append_only")


# --- who is acting -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """Who changes the register now, by which door, and why."""

    by_key: int | None
    by_name: str
    door: str
    why: str
    act: str


_current: contextvars.ContextVar[Act | None] = contextvars.ContextVar("act", default=None)


@contextlib.contextmanager
def acting(*, by, door: str = "", why: str = "") -> Iterator[Act]:
    """All that is written within is one act of this account, all of it or nothing.

    `by` is None for a command that nobody in particular gave. Inside another act the outer one's
    account and door stand; a reason given here is added for what is written here.
    """
    outer = _current.get()
    if outer:
        act = replace(outer, why=why or outer.why)
    else:
        key, name = (by.pk, by.get_username()) if by else (None, "")
        act = Act(key, name, door or Change.Door.FORM, why, uuid.uuid4().hex)
    with transaction.atomic():
        token = _current.set(act)
        _tell_database(act)
        try:
            yield act
        finally:
            _current.reset(token)
            # After a failure the transaction is rolled back, and with it what was told.
            if not connection.needs_rollback:
                _tell_database(outer)


def current_act() -> Act | None:
    """Whose act what is written now belongs to; None outside of any."""
    return _current.get()


def _tell_database(act: Act | None) -> None:
    told = json.dumps(asdict(act)) if act else ""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE certifications_currentact SET act = %s", [told])
        else:
            cursor.execute("SELECT set_config('gecc.act', %s, true)", [told])


# --- what is kept, of which tables ---------------------------------------------------------------

# Written by the register itself beside what was changed, or a record of its own.
NOT_KEPT_FIELDS = {"sort_key", "path", "history", "created_at", "updated_at"}
NOT_KEPT_MODELS = {
    "accessevent",
    "awardhistory",
    "change",
    "columnmapping",
    "desksession",
    "intake",
    "intakerow",
    "loadedrecord",
    "mergelog",
    "missedquery",
    "searchentry",
    "stamp",
    "term",
}
SECRET_FIELDS = {"password", "last_login"}
KEPT_OF_ACCOUNTS = {"user", "group", "user_groups", "user_user_permissions", "group_permissions"}

_IS_PUBLIC = "({r}.published_at IS NOT NULL AND {r}.hidden_at IS NULL)"
_OF_AWARD = "(SELECT a.agency_id FROM certifications_award a WHERE a.id = {r}.award_id)"
_AWARD_IS_PUBLIC = (
    "EXISTS (SELECT 1 FROM certifications_award a WHERE a.id = {r}.award_id"
    f" AND {_IS_PUBLIC.format(r='a')})"
)
_SOME_EVENT = f"EXISTS (SELECT 1 FROM certifications_awardevent e WHERE {_IS_PUBLIC}".format(r="e")


def _shows_something(path: str, key: str) -> str:
    """A certified body at or below a path, or a public figure about the body of a key."""
    return (
        "EXISTS (SELECT 1 FROM certifications_agency c WHERE c.history_id IS NOT NULL"
        f" AND c.path {{from_on}} {path}"
        f" AND c.path {{before}} (substr({path}, 1, length({path}) - 1) || '0'))"
        " OR EXISTS (SELECT 1 FROM certifications_announcedfigure f"
        f" WHERE f.agency_id = {key} AND {_SOME_EVENT} AND e.year = f.last_year))"
    )


# As `AgencyQuerySet.published` says it; a test holds the two together.
_AGENCY_IS_PUBLIC = "({{r}}.history_id IS NOT NULL OR {} OR {})".format(
    _shows_something("{r}.path", "{r}.id"),
    _shows_something(
        "(SELECT m.path FROM certifications_agency m WHERE m.id = {r}.merged_into_id)",
        "{r}.merged_into_id",
    ),
)
_THAT_AGENCY_IS_PUBLIC = (
    "EXISTS (SELECT 1 FROM certifications_agency a WHERE a.id = {r}.{key}"
    f" AND {_AGENCY_IS_PUBLIC.replace('{r}', 'a')})"
)

# Model → the SQL of its agency's key, and of whether anyone may see it; {r} is the row. {from_on}
# and {before} compare places in the tree byte by byte, as `reference.lookups.Beneath` does.
AGENCY_OF = {
    "agency": "{r}.id",
    "agencyname": "{r}.agency_id",
    "agency_sources": "{r}.agency_id",
    "agencysuccession": "{r}.predecessor_id",
    "award": "{r}.agency_id",
    "awardrecipient": _OF_AWARD,
    "awardstatuschange": _OF_AWARD,
    "award_sources": _OF_AWARD,
    "rounddeclaration": "{r}.agency_id",
}
PUBLIC_WHEN = {
    "agency": _AGENCY_IS_PUBLIC,
    "agencyname": _THAT_AGENCY_IS_PUBLIC.replace("{key}", "agency_id"),
    "agencysuccession": _THAT_AGENCY_IS_PUBLIC.replace("{key}", "predecessor_id"),
    "announcedfigure": _SOME_EVENT + " AND e.year = {r}.last_year)",
    "award": _IS_PUBLIC,
    "award_sources": _AWARD_IS_PUBLIC,
    "awardevent": _IS_PUBLIC,
    "awardrecipient": _AWARD_IS_PUBLIC,
    "awardstatuschange": _AWARD_IS_PUBLIC,
    "criterion": _SOME_EVENT + " AND e.year BETWEEN {r}.first_year AND {r}.last_year)",
    "rounddeclaration": _IS_PUBLIC,
}


@dataclass(frozen=True)
class Kept:
    """A table whose changes are kept."""

    table: str
    label: str
    key: str
    columns: tuple[str, ...]
    agency: str
    public: str


def kept_models() -> list[type[models.Model]]:
    """The models whose changes are kept, accounts and their permissions among them."""
    ours = apps.get_app_config("certifications").get_models(include_auto_created=True)
    accounts = apps.get_app_config("auth").get_models(include_auto_created=True)
    return [
        *(model for model in ours if _is_kept(model)),
        *(model for model in accounts if model._meta.model_name in KEPT_OF_ACCOUNTS),
    ]


def _is_kept(model: type[models.Model]) -> bool:
    return not model._meta.proxy and model._meta.model_name not in NOT_KEPT_MODELS


def kept_columns(model: type[models.Model]) -> list[str]:
    """The columns of a model that are kept."""
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.name not in NOT_KEPT_FIELDS | SECRET_FIELDS
    ]


def _kept(model: type[models.Model]) -> Kept:
    meta = model._meta
    return Kept(
        table=meta.db_table,
        label=meta.label_lower,
        key=meta.pk.column,
        columns=tuple(kept_columns(model)),
        agency=AGENCY_OF.get(meta.model_name, "NULL"),
        public=PUBLIC_WHEN.get(meta.model_name, "(1 = 0)"),
    )


# --- the triggers --------------------------------------------------------------------------------

_COLUMNS = (
    "(at, act, by_key, by_name, door, why, "
    '"table", record_key, kind, before, after, agency_key, was_public)'
)


def install_triggers(using: str = "default") -> None:
    """Make the triggers anew for the columns as they are now, on either database."""
    connection = connections[using]
    statements = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        if "certifications_change" not in present:  # migrated back to before there were any
            return
        if connection.vendor == "sqlite":
            cursor.execute(_CURRENT_ACT)
            cursor.execute(_ONE_CURRENT_ACT)
        for model in kept_models():
            if model._meta.db_table in present:
                for statement in statements(_kept(model)):
                    cursor.execute(statement)


_CURRENT_ACT = "CREATE TABLE IF NOT EXISTS certifications_currentact (act TEXT NOT NULL)"
_ONE_CURRENT_ACT = (
    "INSERT INTO certifications_currentact SELECT '' "
    "WHERE NOT EXISTS (SELECT 1 FROM certifications_currentact)"
)
_PLACES_ON_SQLITE = {"from_on": ">=", "before": "<"}
_PLACES_ON_POSTGRESQL = {"from_on": "~>=~", "before": "~<~"}
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def _on_sqlite(kept: Kept) -> Iterator[str]:
    """One writer at a time: the act stands in a row that its own transaction empties again."""
    for kind, rows in _ROWS.items():
        before, after = (
            "json_object({})".format(", ".join(f"'{c}', {row}.\"{c}\"" for c in kept.columns))
            if row in rows
            else "NULL"
            for row in ("OLD", "NEW")
        )
        changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in kept.columns)
        row = rows[-1]
        public = " OR ".join(kept.public.format(r=one, **_PLACES_ON_SQLITE) for one in rows)
        name = f"change_{kept.table}_{kind}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"""
            CREATE TRIGGER {name} AFTER {kind} ON {kept.table}
            {f"WHEN {changed}" if kind == "update" else ""}
            BEGIN INSERT INTO certifications_change {_COLUMNS}
            SELECT strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'),
                coalesce(json_extract(act, '$.act'), ''), json_extract(act, '$.by_key'),
                coalesce(json_extract(act, '$.by_name'), ''),
                coalesce(json_extract(act, '$.door'), 'outside'),
                coalesce(json_extract(act, '$.why'), ''),
                '{kept.label}', {row}."{kept.key}", '{kind}', {before}, {after},
                {kept.agency.format(r=row)}, ({public})
            FROM (SELECT nullif((SELECT act FROM certifications_currentact), '') AS act); END
        """.replace("%%", "%")


def _on_postgresql(kept: Kept) -> Iterator[str]:
    """The act stands in a setting that ends with its transaction."""
    name = f"change_{kept.table}"

    def row_as_json(row: str) -> str:
        pairs = ", ".join(f"'{column}', {row}.\"{column}\"" for column in kept.columns)
        return f"jsonb_build_object({pairs})"

    def inserted(kind: str) -> str:
        rows = _ROWS[kind]
        before, after = (row_as_json(row) if row in rows else "NULL" for row in ("OLD", "NEW"))
        public = " OR ".join(kept.public.format(r=row, **_PLACES_ON_POSTGRESQL) for row in rows)
        return f"""
            INSERT INTO certifications_change {_COLUMNS}
            VALUES (clock_timestamp(), coalesce(act->>'act', ''), (act->>'by_key')::bigint,
                coalesce(act->>'by_name', ''), coalesce(act->>'door', 'outside'),
                coalesce(act->>'why', ''), '{kept.label}', {rows[-1]}."{kept.key}", '{kind}',
                {before}, {after}, {kept.agency.format(r=rows[-1])}, ({public}));
        """

    old, new = (", ".join(f'{row}."{c}"' for c in kept.columns) for row in ("OLD", "NEW"))
    yield f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE act jsonb := nullif(current_setting('gecc.act', true), '')::jsonb;
        BEGIN
            IF TG_OP = 'INSERT' THEN {inserted("insert")}
            ELSIF TG_OP = 'DELETE' THEN {inserted("delete")}
            ELSIF ROW({old}) IS DISTINCT FROM ROW({new}) THEN {inserted("update")}
            END IF;
            RETURN NULL;
        END $$
    """
    yield f"DROP TRIGGER IF EXISTS {name} ON {kept.table}"
    yield f"""
        CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {kept.table}
        FOR EACH ROW EXECUTE FUNCTION {name}()
    """
