"""A register with rows of every kept table, in every state that a row can be in."""

import datetime

from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile

from certifications.models import (
    AgencyName,
    AgencySuccession,
    Criterion,
    EventFile,
    PlaceName,
    Proposal,
    SearchWord,
    Service,
)
from certifications.reference.states import StatusChange
from tests import make
from tests.decided import withdraw_from_view

STATES = ("draft", "public", "withdrawn")


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
    in_state(state, make.declaration, year)


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
    facts = {"table": "certifications.award", "record_key": award.pk, "kind": "update"}
    proposal.items.create(before={}, after={}, **facts)
    proposal.hands.create(account=make.publisher(), part="proposed")
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
