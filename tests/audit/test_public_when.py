"""`was_public` of every kept table is what the model's own rule says, in every state of a row."""

import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import connection, models, transaction

from certifications.actions.publish import withdraw_from_view
from certifications.audit.kept import kept_columns, kept_models
from certifications.models import (
    AgencyName,
    AgencySuccession,
    AwardEvent,
    Change,
    Criterion,
    EventFile,
    PlaceName,
    Proposal,
    SearchWord,
    Service,
    Source,
    shown,
)
from certifications.reference.states import StatusChange
from tests import make

pytestmark = pytest.mark.django_db

STATES = ("draft", "public", "withdrawn")
ALWAYS = {"certificationlevel", "service"}
NOT_TOUCHED = {"hidden_reason", "certificate_number", "code"}  # constraints of their own


def in_state(state: str, build, *facts, **more):
    """A record that staff publish, as a draft, public, or withdrawn from view."""
    record = build(*facts, published=state != "draft", **more)
    if state == "withdrawn":
        withdraw_from_view([record], by=make.publisher(), reason="เหตุสมมติ")
    return record


def award_with_all_its_parts(state: str):
    award = in_state(state, make.award, make.agency(), 2565, level="basic")
    award.recipients.create(name="นายสมมติ")
    make.status_change(award, StatusChange.SUSPENDED, datetime.date(2023, 1, 1))
    return award


def round_with_all_its_parts(state: str, year: int) -> None:
    """A ceremony, and what is public through it."""
    event = in_state(state, make.event, year)
    picture = ContentFile(b"\x89PNG\r\n\x1a\n", "invented.png")
    EventFile.objects.create(event=event, kind="photo", file=picture, caption_th="ภาพสมมติ")
    make.figure(7, year=year)
    make.figure(8, year=year).sources.clear()
    make.figure(9, year=year, agency=make.department())
    facts = {"first_year": year, "last_year": year, "order": 1, "title_th": "ด้านสมมติ"}
    Criterion.objects.create(**facts).sources.add(make.source())
    in_state(state, make.declaration, year, agency=make.department())


def body_with_all_its_parts(body) -> None:
    body.sources.add(make.source())
    position = {"latitude": 13, "longitude": 100, "position_source": make.source()}
    type(body).objects.filter(pk=body.pk).update(**position)
    AgencyName.objects.create(agency=body, kind="short", name="สมม.", source=make.source())


def successions_of_all_kinds(*bodies) -> None:
    for start in bodies:
        for end in bodies:
            if start != end:
                facts = {"predecessor": start, "successor": end, "source": make.source()}
                AgencySuccession.objects.create(kind="split", **facts)


def everything_that_is_never_public(award) -> None:
    proposal = Proposal.objects.create(
        kind="publish", reason="เหตุสมมติ", source=make.source(), proposed_by=make.publisher()
    )
    proposal.items.create(award=award, before={}, after={})
    make.accepted_doubt(award)
    PlaceName.objects.create(name="เมืองสมมติ", province="54")
    SearchWord.objects.create(typed="สมม", means="สมมติ")
    account, group = make.user(), Group.objects.create(name="กลุ่มสมมติ")
    account.groups.add(group)
    account.user_permissions.add(Permission.objects.first())
    group.permissions.add(Permission.objects.first())


def register_in_every_state() -> None:
    awards = {state: award_with_all_its_parts(state) for state in STATES}
    for state, year in zip(STATES, (2566, 2567, 2568), strict=True):
        round_with_all_its_parts(state, year)
    certified, draft = awards["public"].agency, awards["draft"].agency
    above = make.department()
    type(certified).objects.filter(pk=certified.pk).update(parent=above)
    certified.refresh_from_db()
    certified.save()
    for into in (certified, draft, above):
        make.agency(merged_into=into)
    for body in type(certified).objects.all():
        body_with_all_its_parts(body)
    successions_of_all_kinds(certified, above, draft, awards["withdrawn"].agency)
    cited_twice = make.source()
    for award in awards.values():
        award.sources.add(cited_twice)
    make.source()
    Service.objects.get_or_create(code="land", name_th="ที่ดิน", name_en="Land")
    everything_that_is_never_public(awards["draft"])


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
