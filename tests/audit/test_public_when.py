"""`was_public` of every kept table is what the model's own rule says, in every state of a row."""

import pytest
from django.db import connection, models, transaction

from certifications.audit.kept import kept_columns, kept_models
from certifications.models import (
    AnnouncedFigure,
    AwardEvent,
    Change,
    EventFile,
    Source,
    shown,
)
from tests.audit.states import register_in_every_state

pytestmark = pytest.mark.django_db

ALWAYS = {"certificationlevel", "service"}
NOT_TOUCHED = {"hidden_reason", "certificate_number", "code"}  # constraints of their own


@pytest.fixture
def register(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    register_in_every_state()


def harmless_edit(model: type[models.Model]) -> str:
    """SQL that changes a kept column on which nothing rests."""
    kept = [field for field in model._meta.concrete_fields if field.column in kept_columns(model)]
    texts = [
        field.column
        for field in kept
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in NOT_TOUCHED
    ]
    return f'"{texts[0]}" = "{texts[0]}" || \'x\'' if texts else "id = id + 1000000"


def written(model: type[models.Model], kind: str) -> bool:
    """Whether the change that was just written is marked public."""
    change = Change.objects.first()
    assert (change.table, change.kind) == (model._meta.label_lower, kind)
    return change.was_public


def marked_public(model: type[models.Model], key: int) -> dict[str, bool]:
    """How an edit, a deletion and an addition of a row are marked. Nothing of it stays."""
    table, marked = model._meta.db_table, {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [key])
        (row,), columns = cursor.fetchall(), [column[0] for column in cursor.description]
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [key])
        marked["delete"] = written(model, "delete")
        names = ", ".join(f'"{column}"' for column in columns)
        values = ", ".join(["%s"] * len(columns))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", row)
        marked["insert"] = written(model, "insert")
        cursor.execute(f"UPDATE {table} SET {harmless_edit(model)} WHERE id = %s", [key])
        marked["update"] = written(model, "update")
        transaction.set_rollback(True)
    return marked


@pytest.mark.parametrize("model", kept_models(), ids=lambda model: model._meta.label)
def test_a_change_is_marked_public_where_the_models_own_rule_says_so(register, model):
    public = set(shown.published(model).values_list("pk", flat=True))
    if model is AnnouncedFigure:  # marked before its sources are linked to it
        years = AwardEvent.objects.published().values("year")
        public |= set(
            AnnouncedFigure.objects.filter(last_year__in=years).values_list("pk", flat=True)
        )
    keys = set(model._base_manager.values_list("pk", flat=True))
    states = {key in public for key in keys}
    if shown.is_never_public(model):
        assert states == {False}
    elif model._meta.model_name in ALWAYS:
        assert states == {True}
    else:
        assert states == {True, False}
    for key in keys:
        kinds = ("delete", "insert", "update")
        assert marked_public(model, key) == dict.fromkeys(kinds, key in public), key


def test_a_row_is_marked_that_anyone_could_see_before_or_can_see_after(register):
    public, draft = (AwardEvent.objects.get(year=year) for year in (2567, 2566))
    public.files.update(event=draft)
    assert written(EventFile, "update")
    AwardEvent.objects.filter(pk=public.pk).update(published_at=None, published_by=None)
    assert written(AwardEvent, "update")


def test_every_relation_that_cites_a_source_is_asked_or_never_public():
    relations = {relation.get_accessor_name() for relation in Source._meta.related_objects}
    never = {
        relation.get_accessor_name()
        for relation in Source._meta.related_objects
        if shown.is_never_public(relation.related_model)
    }
    assert relations - never == set(Source.objects.all().CITED_BY)
