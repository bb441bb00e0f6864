"""Every way of writing is known here, and what it writes is recorded with who did it.

Acts, commands and addresses of the desk are discovered, not listed: one that is not known fails.
"""

import contextlib
import datetime
import importlib
import inspect
import io
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db.models import Max
from django.urls import URLPattern, URLResolver

from certifications import actions, intake, management
from certifications.actions import agencies, decide, hide, propose
from certifications.actions.loading.records import DATA_FOLDER, load_records
from certifications.actions.merge import merge, undo_merge
from certifications.actions.publish import publish, withdraw_from_view
from certifications.actions.revert import revert
from certifications.actions.warnings import accept_warnings
from certifications.admin.base.desk import Recorded
from certifications.checks.findings import Finding
from certifications.intake.review.commit import commit
from certifications.intake.review.undo import undo
from certifications.models import Agency, Change, Intake
from tests import make

pytestmark = pytest.mark.django_db

PACKAGES = [actions, intake]


def acts() -> Iterator[str]:
    """Every function of the rooms that write which is told who does it."""
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                is_own = function.__module__ == found.name and not name.startswith("_")
                if is_own and "by" in inspect.signature(function).parameters:
                    yield f"{found.name.removeprefix('certifications.')}.{name}"


def publishing() -> Callable:
    draft = make.award(make.agency(), 2565, published=False)
    return lambda by: publish([draft], by=by)


def withdrawing() -> Callable:
    award = make.award(make.agency(), 2565)
    return lambda by: withdraw_from_view([award], by=by, reason="เหตุสมมติ")


def loading() -> Callable:
    return lambda by: load_records(DATA_FOLDER, by=by)


def reverting() -> Callable:
    agency = make.agency(phone="1")
    Agency.objects.filter(pk=agency.pk).update(phone="2")
    edit = Change.objects.first()
    return lambda by: revert(edit, by=by)


def proposed(then: str) -> Callable:
    draft, proposer = make.award(make.agency(), 2565, published=False), make.user("proposer")
    proposal = propose.propose_publication([draft], by=proposer)
    return {
        "accept": lambda by: decide.accept(proposal, by=by),
        "refuse": lambda by: decide.refuse(proposal, by=by, note="เหตุสมมติ"),
    }[then]


def proposing_a_publication() -> Callable:
    draft = make.award(make.agency(), 2565, published=False)
    return lambda by: propose.propose_publication([draft], by=by)


def proposing_a_withdrawal() -> Callable:
    award = make.award(make.agency(), 2565)
    return lambda by: propose.propose_withdrawal([award], by=by, reason="เหตุสมมติ")


def proposing_a_change() -> Callable:
    award = make.award(make.agency(), 2565)
    return lambda by: make.correction(award, {"year": 2566}, by=by)


def proposing_an_act() -> Callable:
    award = make.award(make.agency(), 2565)
    arguments = {"agency": award.agency_id, "on": "2026-01-01", "reason": "เหตุสมมติ"}
    return lambda by: propose.propose_act("close", arguments, by=by, reason="เหตุสมมติ")


def hiding_records() -> Callable:
    award = make.award(make.agency(), 2565)
    return lambda by: hide.hide_records([award], by=by, reason="เหตุสมมติ")


def hiding_contacts() -> Callable:
    office = make.award(make.agency(phone="1"), 2565).agency
    return lambda by: hide.hide_contacts([office], by=by, reason="เหตุสมมติ")


def hiding_a_file() -> Callable:
    facts = {"kind": "document", "file": "events/x.pdf", "caption_th": "เอกสาร"}
    file = make.event(2565).files.create(**facts)
    return lambda by: hide.hide_file(file, by=by, reason="เหตุสมมติ")


def sending_back() -> Callable:
    drafts = [make.award(make.agency(), 2565, published=False) for _ in range(2)]
    proposal = propose.propose_publication(drafts, by=make.user("proposer"))
    return lambda by: decide.send_back(proposal.items.first(), by=by, note="เหตุสมมติ")


def taking_back() -> Callable:
    draft = make.award(make.agency(), 2565, published=False)

    def propose_and_take_back(by):
        decide.take_back(propose.propose_publication([draft], by=by), by=by)

    return propose_and_take_back


def renaming() -> Callable:
    agency, source = make.agency(), make.source()
    facts = {"on": datetime.date(2026, 1, 1), "source": source}
    return lambda by: agencies.rename(agency, "ชื่อใหม่สมมติ", by=by, **facts)


def succeeding() -> Callable:
    before, after, source = make.agency(), make.agency(), make.source()
    facts = {"kind": "renamed", "on": datetime.date(2026, 1, 1), "source": source, "closes": True}
    return lambda by: agencies.succeed(before, [after], by=by, **facts)


def closing() -> Callable:
    agency, day = make.agency(), datetime.date(2026, 1, 1)
    return lambda by: agencies.close(agency, on=day, reason="เหตุสมมติ", by=by)


def reopening() -> Callable:
    agency = make.agency(closed_on=datetime.date(2026, 1, 1))
    return lambda by: agencies.reopen(agency, reason="เหตุสมมติ", by=by)


def merging() -> Callable:
    source, target = make.agency(), make.agency()
    return lambda by: merge(source, target, by=by, reason="เหตุสมมติ")


def undoing_a_merge() -> Callable:
    log = merge(make.agency(), make.agency(), by=make.user(), reason="เหตุสมมติ")
    return lambda by: undo_merge(log, by=by)


def accepting_warnings() -> Callable:
    award, warning = make.award(), Finding("level_lower", False, "level", "ข้อสงสัยสมมติ", "1")
    return lambda by: accept_warnings(award, [warning], reason="เหตุสมมติ", by=by)


def a_list_to_review() -> Intake:
    make.agency(name_th="สำนักงานสมมติน่าน")
    return make.intake("สำนักงานสมมติน่าน")


def committing() -> Callable:
    held = a_list_to_review()
    return lambda by: commit(held, by=by)


def undoing_an_intake() -> Callable:
    held = a_list_to_review()
    commit(held, by=make.user())
    return lambda by: undo(held, by=by)


ACTS = {
    "intake.review.commit.commit": committing,
    "intake.review.undo.undo": undoing_an_intake,
    "actions.agencies.close": closing,
    "actions.agencies.rename": renaming,
    "actions.agencies.reopen": reopening,
    "actions.agencies.succeed": succeeding,
    "actions.warnings.accept_warnings": accepting_warnings,
    "actions.hide.hide_contacts": hiding_contacts,
    "actions.hide.hide_file": hiding_a_file,
    "actions.hide.hide_records": hiding_records,
    "actions.merge.merge": merging,
    "actions.merge.undo_merge": undoing_a_merge,
    "actions.decide.accept": lambda: proposed("accept"),
    "actions.decide.refuse": lambda: proposed("refuse"),
    "actions.decide.send_back": sending_back,
    "actions.decide.take_back": taking_back,
    "actions.propose.propose_act": proposing_an_act,
    "actions.propose.propose_change": proposing_a_change,
    "actions.propose.propose_publication": proposing_a_publication,
    "actions.propose.propose_withdrawal": proposing_a_withdrawal,
    "actions.publish.publish": publishing,
    "actions.publish.withdraw_from_view": withdrawing,
    "actions.loading.records.load_records": loading,
    "actions.revert.revert": reverting,
}


# What is decided of an intake stands in the intake itself, with who decided it; the register is
# written when it is committed. tests/intake/review/test_commit.py,
# tests/admin/intake/test_intakes.py.
KEPT_IN_THE_INTAKE = {
    f"intake.review.decisions.{name}"
    for name in ("abandon", "choose_agency", "correct", "create_agency", "decide", "look_again")
}


# Each is the part of another act that does the writing.
PARTS_OF_ACTS = {"actions.planned.run", "actions.propose.keep"}
# Anyone can see what these write: they are run when two have agreed to it.
WHEN_DECIDED = {"actions.publish.publish", "actions.publish.withdraw_from_view"}


def recorded_since(last: int) -> list[Change]:
    return list(Change.objects.filter(pk__gt=last))


def latest() -> int:
    return Change.objects.aggregate(last=Max("pk"))["last"] or 0


def test_every_act_is_known():
    assert set(acts()) == set(ACTS) | KEPT_IN_THE_INTAKE | PARTS_OF_ACTS


@pytest.mark.parametrize("name", ACTS)
def test_what_an_act_writes_is_recorded_as_by_who_did_it(name):
    act, staff = ACTS[name](), make.user("somsri")
    before = latest()
    with make.decided(staff) if name in WHEN_DECIDED else contextlib.nullcontext():
        act(by=staff)
    written = recorded_since(before)
    assert written
    assert {change.by_name for change in written} == {"somsri"}


# --- commands ------------------------------------------------------------------------------------

WRITES_NO_RECORD = {"check_records", "reindex"}  # reads; writes only what the register derives
COMMANDS = {
    "create_staff_accounts": [],
    "erase_person": ["ชื่อสมมติ", "--letter", "นร 0101/123"],
    "load_records": [],
}


def test_every_command_is_known():
    folder = Path(management.__path__[0]) / "commands"
    found = {path.stem for path in folder.glob("[a-z]*.py")}
    assert found == set(COMMANDS) | WRITES_NO_RECORD


@pytest.mark.parametrize("command", [*COMMANDS, *sorted(WRITES_NO_RECORD)])
def test_what_a_command_writes_is_recorded_as_a_commands(command):
    before = latest()
    options = COMMANDS.get(command, [])
    call_command(command, *options, stdout=io.StringIO(), stderr=io.StringIO(), verbosity=0)
    channels = {change.channel for change in recorded_since(before)}
    assert channels == (set() if command in WRITES_NO_RECORD else {Change.Channel.COMMAND})


# --- addresses of the desk -----------------------------------------------------------------------

FORMS = ("add", "change", "changelist", "delete", "history")
# Name of the address → why nothing of the register is written there, or which test posts to it.
OWN_ADDRESSES = {
    "account": "reads",
    "certifications_awardevent_file": "reads",
    "certifications_awardevent_hide_file": "tests/actions/test_two_hands.py",
    "certifications_proposal_contacts": "reads; decided at the address of a proposal",
    "certifications_proposal_send_back": "tests/actions/test_propose.py",
    "add_second_factor": "a factor, in the access events; tests/access/test_pages.py",
    "app_list": "reads",
    "auth_user_password_change": "a password, which no record keeps",
    "close_session": "a session, in the access events; tests/access/test_pages.py",
    "factor_picture": "reads",
    "autocomplete": "reads",
    "index": "reads",
    "jsi18n": "reads",
    "login": "a session",
    "logout": "a session",
    "password_change": "a password, which no record keeps",
    "password_change_done": "reads",
    "recovery_codes": "codes that no record keeps, an access event tells of them",
    "resume": "offers again what was not sent in time; it is posted to its own address",
    "second_factor": "a session",
    "sessions": "reads",
    "view_on_site": "reads",
    "certifications_agency_act": "tests/admin/acts/test_agency_acts.py",
    "certifications_agency_acts": "reads",
    "certifications_agency_merge": "tests/admin/acts/test_agency_acts.py",
    "certifications_agency_use": "reads",
    "certifications_change_revert": "tests/actions/test_revert.py",
    "certifications_mergelog_undo": "tests/admin/acts/test_agency_acts.py",
    "certifications_intake_abandon": "tests/admin/intake/test_intakes.py",
    "certifications_intake_about": "tests/admin/intake/test_intakes.py",
    "certifications_intake_columns": "tests/admin/intake/test_intakes.py",
    "certifications_intake_commit": "tests/admin/intake/test_intakes.py",
    "certifications_intake_row": "tests/admin/intake/test_intakes.py",
    "certifications_intake_sheet": "tests/admin/intake/test_intakes.py",
    "certifications_intake_template": "reads",
    "certifications_intake_undo": "tests/admin/intake/test_intakes.py",
    "certifications_proposal_accept": "tests/admin/test_admin.py",
    "certifications_proposal_refuse": "tests/admin/test_admin.py",
    "certifications_proposal_take_back": "tests/admin/test_admin.py",
}


def addresses(patterns=None) -> Iterator[URLPattern]:
    for entry in admin.site.urls[0] if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns)
        else:
            yield entry


def test_every_address_of_the_desk_is_known():
    of_models = {
        f"{model._meta.app_label}_{model._meta.model_name}_{form}"
        for model in admin.site._registry
        for form in FORMS
    }
    named = {entry.name for entry in addresses() if entry.name}
    assert named - of_models == set(OWN_ADDRESSES)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_the_forms_of_every_record_are_recorded_or_write_nothing(rf, model):
    desk = admin.site._registry[model]
    request = rf.get("/")
    request.user = make.user(is_superuser=True)
    writes = [desk.has_add_permission, desk.has_change_permission, desk.has_delete_permission]
    assert isinstance(desk, Recorded) or not any(may(request) for may in writes)
