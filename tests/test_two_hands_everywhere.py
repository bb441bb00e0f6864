"""Whatever page of the desk it is sent through, what the public sees changes by two accounts.

Every model, form, inline, list act and address of the desk is discovered; one that no case here
performs fails. Whether something public changed is judged by reading the public addresses
themselves, not by what the register notes of it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from certifications import models
from certifications.actions.decide import accept, take_back
from certifications.models import Change, Proposal
from tests import make
from tests.decided import close, merge
from tests.forms import empty_page_of, page_of, typed
from tests.test_write_paths import FORMS, OWN_ADDRESSES, addresses

pytestmark = pytest.mark.django_db
PICTURE = bytes.fromhex("89504e470d0a1a0a") + b"invented"
ACCOUNTS = {"recorder": "ผู้บันทึก", "approver": "ผู้อนุมัติ", "superuser": ""}


@dataclass
class World:
    """A small register of which everything is public."""

    ministry: models.Agency
    office: models.Agency
    other: models.Agency
    closed: models.Agency
    level: models.CertificationLevel
    higher: models.CertificationLevel
    service: models.Service
    event: models.AwardEvent
    award: models.Award
    draft: models.Award
    figure: models.AnnouncedFigure
    criterion: models.Criterion
    declaration: models.RoundDeclaration
    succession: models.AgencySuccession
    source: models.Source


@pytest.fixture
def world(settings, tmp_path) -> World:
    settings.MEDIA_ROOT = tmp_path
    source, level, higher = make.source(), make.level("basic"), make.level("advanced")
    service = models.Service.objects.order_by("pk").first()
    ministry = make.ministry(name_th="กระทรวงสมมติ")
    office = make.agency(
        name_th="สำนักงานสมมติแพร่", parent=ministry, province="54", phone="0 5400", service=service
    )
    office.names.create(kind="short", name="สมม.แพร่")
    other = make.agency(name_th="สำนักงานสมมติน่าน", parent=ministry, province="55")
    closed = make.agency(name_th="สำนักงานที่ปิดแล้ว", parent=ministry, province="56")
    event = make.event(2568, province="10", venue_th="ห้องสมมติ")
    photo = SimpleUploadedFile("a.png", PICTURE)
    event.files.create(kind="photo", file=photo, caption_th="ภาพเดิม")
    award = make.award(office, 2568, level=level, event=event)
    award.sources.set([source])
    award.recipients.create(name="นายเดิม")
    for body in (other, closed):
        make.award(body, 2567, level=level)
    close(closed, on=award.event.created_at.date(), reason="ยุบ", by=make.user())
    criterion = models.Criterion.objects.create(
        first_year=2568, last_year=2568, order=1, title_th="ด้านสมมติ"
    )
    succession = models.AgencySuccession.objects.create(
        kind="renamed", predecessor=closed, successor=office, source=source
    )
    return World(
        ministry,
        office,
        other,
        closed,
        level,
        higher,
        service,
        event,
        award,
        make.award(make.agency(name_th="สำนักงานร่าง", province="54"), 2568, published=False),
        make.figure(666, year=2568),
        criterion,
        make.declaration(2568, agency=ministry),
        succession,
        source,
    )


# --- what anyone can read ------------------------------------------------------------------------


def public_bytes(world: World) -> dict[str, str]:
    """Address → what it answers: pages and files that between them show every record.

    That a request is on no other address, the record of changes among them, is looked for in
    tests/views/test_drafts.py.
    """
    client = Client()
    bodies = (world.ministry, world.office, world.other, world.closed, world.draft.agency)
    pages = [
        *("/about/", f"/events/{world.event.code}/"),
        *(f"/agencies/{body.code}/" for body in bodies),
        *("/awards/?format=csv", "/data/announced_figures.csv"),
        *("/api/v1/levels/", "/api/v1/services/"),
        *(file.get_absolute_url() for file in world.event.files.all()),
    ]
    found = {}
    for address in pages:
        answer = client.get(address)
        body = answer.getvalue() if answer.streaming else answer.content
        found[address] = f"{answer.status_code} {hashlib.sha256(body).hexdigest()}"
    return found


# --- what is sent --------------------------------------------------------------------------------

Send = Callable[[Client, World], object]


def edited(record: str, **changes) -> Send:
    """The record's form with other values, its inlines' among them."""

    def send(client: Client, world: World):
        address = page_of(getattr(world, record))
        values = {
            name.replace("__", "-"): value(world) if callable(value) else value
            for name, value in changes.items()
        }
        form = typed(client, address) | values
        dropped = {name: value for name, value in form.items() if value is not None}
        return client.post(address, dropped | {"_why": "หลักฐานสมมติ"}, follow=True)

    return send


def added(model, **values) -> Send:
    def send(client: Client, world: World):
        address = empty_page_of(model)
        if client.get(address).status_code == 403:
            return None
        filled = {
            name: value(world) if callable(value) else value for name, value in values.items()
        }
        form = typed(client, address) | filled | {"_why": "หลักฐานสมมติ"}
        return client.post(address, form, follow=True)

    return send


def deleted(record: str) -> Send:
    def send(client: Client, world: World):
        address = page_of(getattr(world, record), "delete")
        return client.post(address, {"post": "yes", "_why": "พิมพ์ผิด"}, follow=True)

    return send


def chosen(model, action: str, record: str) -> Send:
    """An act of a list, confirmed at once."""

    def send(client: Client, world: World):
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        form = {"action": action, "_selected_action": [getattr(world, record).pk]}
        return client.post(address, form | {"_confirmed": "1", "reason": "เหตุสมมติ"}, follow=True)

    return send


def acted(act: str, record: str, **values) -> Send:
    def send(client: Client, world: World):
        address = reverse(
            "admin:certifications_agency_act", args=[getattr(world, record).code, act]
        )
        form = {name: value(world) if callable(value) else value for name, value in values.items()}
        return client.post(address, form | {"_confirm": "1", "reason": "เหตุสมมติ"}, follow=True)

    return send


def merged(client: Client, world: World):
    page = reverse("admin:certifications_agency_merge", args=[world.other.code])
    address = f"{page}?into={world.office.pk}"
    token = re.search(r'name="token" value="([^"]+)"', client.get(address).text)[1]
    form = {"name_kind": "as_printed", "reason": "ซ้ำ", "token": token}
    return client.post(address, form, follow=True)


def unmerged(client: Client, world: World):
    log = models.MergeLog.objects.get()
    return client.post(reverse("admin:certifications_mergelog_undo", args=[log.pk]), follow=True)


def committed(client: Client, world: World):
    """A list that says otherwise of a public award."""
    text = "ชื่อหน่วยงาน,ระดับ\nสำนักงานสมมติแพร่,ระดับก้าวหน้า\n"
    intake = make.intake(content=text, year=2568)
    page = reverse("admin:certifications_intake_change", args=[intake.pk])
    sent = {"act": "save", "decision-1": "propose", "was-1": "waiting", "reason-1": "ประกาศแก้"}
    client.post(page, sent)
    intake.refresh_from_db()
    commit = reverse("admin:certifications_intake_commit", args=[intake.pk])
    return client.post(commit, {"version": intake.version}, follow=True)


def reverted(client: Client, world: World):
    change = Change.objects.filter(
        table="certifications.agency", record_key=world.office.pk
    ).first()
    address = reverse("admin:certifications_change_revert", args=[change.pk])
    return client.post(address, {"_why": "คืน"}, follow=True)


# What must have been done before, as it is decided.
BEFORE = {
    "undo a merge": lambda world: merge(world.other, world.office, by=make.user(), reason="ซ้ำ"),
    "revert": lambda world: models.Agency.objects.filter(pk=world.office.pk).update(phone="0 5499"),
}


UPLOADED = {
    "files-TOTAL_FORMS": 2,
    "files-1-kind": "photo",
    "files-1-caption_th": "ภาพเท็จ",
    "files-1-order": 2,
}


def uploaded(client: Client, world: World):
    address = page_of(world.event)
    form = typed(client, address) | UPLOADED | {"_why": "ภาพจากพิธี"}
    return client.post(
        address, form | {"files-1-file": SimpleUploadedFile("b.png", PICTURE)}, follow=True
    )


CASES: dict[str, Send] = {
    # forms
    "Agency: name": edited("office", name_th="ชื่อเท็จ"),
    "Agency: telephone": edited("office", phone="0 9999"),
    "Agency: address, hours, website": edited(
        "office", address="ที่อยู่เท็จ", hours="ทุกวัน", website="https://phish.example/x"
    ),
    "Agency: parent": edited("office", parent=None),
    "Agency: province, service": edited("office", province="50", service=None),
    "Agency: name of a body above": edited("ministry", name_th="กระทรวงเท็จ"),
    "Award: level": edited("award", level=lambda world: world.higher.pk),
    "Award: agency": edited("award", agency=lambda world: world.other.pk),
    "Award: printed name": edited("award", name_as_printed="ชื่อเท็จ"),
    "Award: sources": edited("award", sources=lambda world: [make.source().pk]),
    "AwardEvent: title": edited("event", title_th="พิธีเท็จ"),
    "AwardEvent: validity": edited("event", validity_years="10"),
    "AwardEvent: disagreements": edited("event", disagreements="ข้อความเท็จ"),
    "RoundDeclaration: note": edited("declaration", note="ไม่ได้เทียบ"),
    "Source: address": edited("source", url="https://phish.example/y"),
    "AnnouncedFigure: count": edited("figure", count="777"),
    "Criterion: title": edited("criterion", title_th="ด้านเท็จ"),
    "AgencySuccession: kind": edited("succession", kind="merged"),
    "CertificationLevel: name": edited("level", name_th="ระดับเท็จ"),
    "Service: name": edited("service", name_th="บริการเท็จ"),
    # inlines
    "AgencyName: changed": edited("office", names__0__name="ชื่อย่อเท็จ"),
    "AgencyName: removed": edited("office", names__0__DELETE="on"),
    "AwardRecipient: changed": edited("award", recipients__0__name="นายเท็จ"),
    "AwardRecipient: removed": edited("award", recipients__0__DELETE="on"),
    "EventFile: caption": edited("event", files__0__caption_th="คำบรรยายเท็จ"),
    "EventFile: removed": edited("event", files__0__DELETE="on"),
    "EventFile: added": uploaded,
    "AwardStatusChange: added": edited(
        "award",
        status_changes__TOTAL_FORMS=1,
        status_changes__0__change="suspended",
        status_changes__0__changed_on="1 กันยายน 2569",
        status_changes__0__reason="เหตุเท็จ",
        status_changes__0__source=lambda world: world.source.pk,
    ),
    # new rows that are public as they are
    "AnnouncedFigure: added": added(
        models.AnnouncedFigure,
        first_year="2568",
        last_year="2568",
        measure="certified",
        count="7777777",
        sources=lambda world: [world.source.pk],
    ),
    "AnnouncedFigure: of a draft department": added(
        models.AnnouncedFigure,
        agency=lambda world: world.draft.agency.pk,
        first_year="2568",
        last_year="2568",
        measure="certified",
        count="7",
        sources=lambda world: [world.source.pk],
    ),
    "Criterion: added": added(
        models.Criterion, first_year="2568", last_year="2568", order="2", title_th="ด้านใหม่เท็จ"
    ),
    "AgencySuccession: added": added(
        models.AgencySuccession,
        kind="merged",
        predecessor=lambda world: world.other.pk,
        successor=lambda world: world.office.pk,
        source=lambda world: world.source.pk,
    ),
    "CertificationLevel: added": added(
        models.CertificationLevel,
        code="platinum",
        rank="4",
        name_th="ระดับเท็จ",
        name_en="False",
        colour_th="ม่วง",
        colour_en="Purple",
        min_score="100",
        max_score="100",
    ),
    "Service: added": added(
        models.Service, code="false", name_th="บริการเท็จ", name_en="False", order="99"
    ),
    # deletions
    "AnnouncedFigure: deleted": deleted("figure"),
    "Criterion: deleted": deleted("criterion"),
    "AgencySuccession: deleted": deleted("succession"),
    # acts
    "withdraw an award": chosen(models.Award, "propose_withdrawal", "award"),
    "withdraw a ceremony": chosen(models.AwardEvent, "propose_withdrawal", "event"),
    "withdraw a declaration": chosen(models.RoundDeclaration, "propose_withdrawal", "declaration"),
    "publish": chosen(models.Award, "propose_publication", "draft"),
    "rename": acted(
        "rename",
        "office",
        name_th="ชื่อใหม่เท็จ",
        on="1 มกราคม 2569",
        source=lambda world: world.source.pk,
    ),
    "close": acted("close", "office", on="1 มกราคม 2569"),
    "reopen": acted("reopen", "closed"),
    "succeed": acted(
        "succeed",
        "office",
        kind="merged",
        successors=lambda world: [world.other.pk],
        on="1 มกราคม 2569",
        source=lambda world: world.source.pk,
    ),
    "merge": merged,
    "undo a merge": unmerged,
    "commit an intake": committed,
    "revert": reverted,
}

# Models of the desk through whose forms no case goes, and why.
NO_CASE = {
    "AcceptedDoubt": "looked at only",
    "AccessEvent": "looked at only",
    "AccountChange": "looked at only",
    "AgencyToReview": "keeps why a warning is none; no page shows it",
    "AwardToReview": "as above",
    "EventToReview": "as above",
    "Change": "reverted, which is a case",
    "Group": "rights, which no page shows",
    "Intake": "committed, which is a case",
    "LoadedRecord": "looked at only",
    "MergeLog": "undone, which is a case",
    "MissedQuery": "deleted only; no page shows it",
    "PlaceName": "words that only help finding",
    "Proposal": "decided, which is what this is about",
    "SearchWord": "words that only help finding",
    "User": "accounts, which no page shows",
}
# Addresses of acts that a case sends to, and those that write nothing anyone sees.
ACTS_SENT = {
    "certifications_agency_act": "rename, close, reopen, succeed",
    "certifications_agency_merge": "merge",
    "certifications_change_revert": "revert",
    "certifications_intake_commit": "commit an intake",
    "certifications_mergelog_undo": "undo a merge",
}
WRITE_NOTHING_PUBLIC = {
    "certifications_agency_acts": "reads",
    "certifications_agency_use": "reads",
    "certifications_awardevent_file": "reads",
    "certifications_awardevent_hide_file": "hides, which shows nothing new",
    "certifications_intake_abandon": "intakes are no part of the register",
    "certifications_intake_about": "as above",
    "certifications_intake_columns": "as above",
    "certifications_intake_row": "as above",
    "certifications_intake_sheet": "as above",
    "certifications_intake_template": "reads",
    "certifications_intake_undo": "refuses once anything of it is public",
    "certifications_proposal_accept": "decides",
    "certifications_proposal_contacts": "reads",
    "certifications_proposal_refuse": "decides",
    "certifications_proposal_send_back": "decides",
    "certifications_proposal_take_back": "its proposer no longer proposes",
}


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(make.user(name, ACCOUNTS[name], is_superuser=name == "superuser"))
    return client


def inlines() -> Iterator[str]:
    for page in admin.site._registry.values():
        for inline in getattr(page, "inlines", []):
            yield inline.model.__name__


def test_every_model_form_inline_act_and_address_is_performed():
    performed = {name.partition(":")[0] for name in CASES}
    registered = {model.__name__ for model in admin.site._registry}
    assert registered | {*inlines()} == (performed & (registered | {*inlines()})) | {*NO_CASE}
    acts = {act for page in admin.site._registry.values() for act in page.actions or []}
    # To hide at once shows nothing new; tests/actions/test_two_hands.py.
    assert acts - {"hide_at_once", "remove_second_factor"} == {
        "propose_publication",
        "propose_withdrawal",
    }
    of_forms = {
        f"{model._meta.app_label}_{model._meta.model_name}_{form}"
        for model in admin.site._registry
        for form in FORMS
    }
    named = {entry.name for entry in addresses() if entry.name} - of_forms
    of_themselves = {name for name in OWN_ADDRESSES if not name.startswith("certifications_")}
    assert named - of_themselves == ACTS_SENT.keys() | WRITE_NOTHING_PUBLIC.keys()


def prepare(case: str, world: World) -> None:
    if case in BEFORE:
        BEFORE[case](world)


@pytest.mark.parametrize("case", CASES)
def test_nobody_alone_changes_a_public_byte(world, settings, case):
    prepare(case, world)
    before = public_bytes(world)
    with transaction.atomic():  # the control: what is sent is valid, and it is public
        settings.TWO_PERSONS = False
        CASES[case](client_of("approver"), world)
        assert public_bytes(world) != before
        transaction.set_rollback(True)
    settings.TWO_PERSONS = True
    for account in ACCOUNTS:
        if CASES[case](client_of(account), world) is None:
            continue  # this account may not open the form
        waiting = Proposal.objects.get(decision="")
        assert public_bytes(world) == before, account
        if account != "superuser":
            take_back(waiting, by=waiting.proposed_by)
    accept(waiting, by=make.user("decider", "ผู้อนุมัติ"))
    assert public_bytes(world) != before
