"""Who may open and do what at the desk: every address there against every role, in one table.

Addresses are discovered; one that is not in a table fails.
"""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from certifications import models
from tests import make
from tests.desk import one_of_each

pytestmark = pytest.mark.django_db

# r reader, c recorder, a approver, s superuser. Strangers and accounts that are no staff's are
# sent to sign in at every address.
ROLES = {"r": "ผู้อ่าน", "c": "ผู้บันทึก", "a": "ผู้อนุมัติ", "s": ""}
FORMS = ("changelist", "add", "change", "delete", "history")

# Who opens the list, the empty form, a record, the question whether to delete it, its history. The
# records are public or in use, so that most can be deleted by nobody.
OF_RECORDS = {
    "auth.group": ("s", "s", "s", "", "s"),
    "auth.user": ("s", "s", "s", "", "s"),
    "certifications.accepteddoubt": ("rcas", "", "rcas", "", "rcas"),
    "certifications.accessevent": ("s", "", "s", "", "s"),
    "certifications.accountchange": ("s", "", "s", "", "s"),
    "certifications.agency": ("rcas", "cas", "rcas", "", "rcas"),
    "certifications.agencysuccession": ("rcas", "cas", "rcas", "cas", "rcas"),
    "certifications.agencytoreview": ("rcas", "", "rcas", "", "rcas"),
    "certifications.announcedfigure": ("rcas", "cas", "rcas", "cas", "rcas"),
    "certifications.award": ("rcas", "cas", "rcas", "", "rcas"),
    "certifications.awardevent": ("rcas", "cas", "rcas", "", "rcas"),
    "certifications.awardtoreview": ("rcas", "", "rcas", "", "rcas"),
    "certifications.certificationlevel": ("rcas", "as", "rcas", "", "rcas"),
    "certifications.change": ("rcas", "", "rcas", "", "rcas"),
    "certifications.criterion": ("rcas", "cas", "rcas", "cas", "rcas"),
    "certifications.eventtoreview": ("rcas", "", "rcas", "", "rcas"),
    "certifications.intake": ("rcas", "cas", "rcas", "", "rcas"),
    "certifications.loadedrecord": ("s", "", "s", "", "s"),
    "certifications.mergelog": ("rcas", "", "rcas", "", "rcas"),
    "certifications.missedquery": ("rcas", "", "rcas", "as", "rcas"),
    "certifications.placename": ("rcas", "cas", "rcas", "as", "rcas"),
    "certifications.proposal": ("rcas", "", "rcas", "", "rcas"),
    "certifications.rounddeclaration": ("rcas", "cas", "rcas", "", "rcas"),
    "certifications.searchword": ("rcas", "cas", "rcas", "as", "rcas"),
    "certifications.service": ("rcas", "as", "rcas", "s", "rcas"),
    "certifications.source": ("rcas", "cas", "rcas", "", "rcas"),
}

# Who may post to a record's form and to its list, that is to save and to choose an act.
SAVES = {
    "certifications.agency": "cas",
    "certifications.award": "cas",
    "certifications.awardevent": "cas",
    "certifications.certificationlevel": "cas",
    "certifications.change": "",
    "certifications.mergelog": "",
    "certifications.proposal": "",
    "certifications.rounddeclaration": "cas",
    "certifications.source": "cas",
    "auth.user": "s",
}

# Addresses of their own: who may send them something. Those who may not are answered 403.
OF_ACTS = {
    "certifications_agency_act": ("certifications.agency", "cas"),
    "certifications_agency_acts": ("certifications.agency", "cas"),
    "certifications_agency_merge": ("certifications.agency", "cas"),
    "certifications_agency_use": ("certifications.agency", "rcas"),
    "certifications_awardevent_file": ("certifications.awardevent", "rcas"),
    "certifications_awardevent_hide_file": ("certifications.awardevent", "as"),
    "certifications_change_revert": ("certifications.change", "cas"),
    "certifications_intake_abandon": ("certifications.intake", "cas"),
    "certifications_intake_about": ("certifications.intake", "cas"),
    "certifications_intake_columns": ("certifications.intake", "cas"),
    "certifications_intake_commit": ("certifications.intake", "cas"),
    "certifications_intake_row": ("certifications.intake", "cas"),
    "certifications_intake_sheet": ("certifications.intake", "cas"),
    "certifications_intake_template": ("certifications.intake", "rcas"),
    "certifications_intake_undo": ("certifications.intake", "cas"),
    "certifications_mergelog_undo": ("certifications.mergelog", "cas"),
    "certifications_proposal_accept": ("certifications.proposal", "as"),
    "certifications_proposal_contacts": ("certifications.proposal", "rcas"),
    "certifications_proposal_refuse": ("certifications.proposal", "as"),
    "certifications_proposal_send_back": ("certifications.proposal", "as"),
    "certifications_proposal_take_back": ("certifications.proposal", ""),  # its proposer alone
}
# Of everybody's own account, or of the desk itself; tests/access/test_pages.py has more to say of
# them.
FOR_EVERYBODY = {
    "account",
    "add_second_factor",
    "app_list",
    "auth_user_password_change",
    "autocomplete",
    "close_session",
    "factor_picture",
    "index",
    "jsi18n",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "recovery_codes",
    "resume",
    "second_factor",
    "sessions",
    "view_on_site",
}


@pytest.fixture
def records():
    made = one_of_each() | {User: make.user("somebody"), Group: Group.objects.first()}
    return {model._meta.label_lower: record for model, record in made.items()}


@pytest.fixture
def clients():
    people = {}
    for role, group in ROLES.items():
        people[role] = Client()
        people[role].force_login(make.user(f"role-{role}", group, is_superuser=role == "s"))
    return people


def addresses(patterns=None) -> Iterator[URLPattern]:
    for entry in admin.site.urls[0] if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns)
        else:
            yield entry


def address(model, form: str, record) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{form}"
    return reverse(name, args=[] if form in ("changelist", "add") else [record.pk])


def is_let_in(answer) -> bool:
    """A page, an answer that leads on, or a sentence about what was sent; not sign-in, not 403."""
    leads_to_sign_in = answer.status_code == 302 and "/login/" in answer.headers["Location"]
    return answer.status_code in (200, 302, 400, 404, 405, 409) and not leads_to_sign_in


def test_every_address_of_the_desk_is_in_a_table():
    named = {entry.name for entry in addresses() if entry.name}
    of_records = {f"{label.replace('.', '_')}_{form}" for label in OF_RECORDS for form in FORMS}
    assert named - of_records == set(OF_ACTS) | FOR_EVERYBODY
    assert {model._meta.label_lower for model in admin.site._registry} == set(OF_RECORDS)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_who_opens_the_pages_of_a_record(records, clients, model):
    record = records[model._meta.label_lower]
    opened = tuple(
        "".join(
            role
            for role, client in clients.items()
            if is_let_in(client.get(address(model, form, record)))
        )
        for form in FORMS
    )
    assert opened == OF_RECORDS[model._meta.label_lower]


@pytest.mark.parametrize("label", SAVES)
def test_who_may_send_a_records_form(records, clients, label):
    model = next(model for model in admin.site._registry if model._meta.label_lower == label)
    target = address(model, "change", records[label])
    sent = "".join(role for role, one in clients.items() if is_let_in(one.post(target, {"x": "1"})))
    assert sent == SAVES[label]


def own_address(name: str, record) -> str:
    values = {
        "pk": record.pk,
        "key": record.pk,
        "code": getattr(record, "code", ""),
        "act": "close",
        "place": 1,
        "item": 1,
        "file": 1,
    }
    pattern = next(entry.pattern for entry in addresses() if entry.name == name)
    return reverse(f"admin:{name}", args=[values[part] for part in pattern.converters])


@pytest.mark.parametrize("name", OF_ACTS)
def test_who_may_act(records, clients, name):
    label, allowed = OF_ACTS[name]
    record = records[label]
    if name == "certifications_agency_acts":  # by the record's own address
        record = models.Agency.objects.get(pk=record.pk)
    target = own_address(name, record)
    acted = "".join(role for role, client in clients.items() if is_let_in(client.post(target)))
    assert acted == allowed


@pytest.mark.parametrize("account", ["stranger", "no staff"])
def test_everyone_else_is_sent_to_sign_in(records, client, account):
    if account == "no staff":
        client.force_login(make.user(is_staff=False))
    for model in admin.site._registry:
        record = records[model._meta.label_lower]
        for form in FORMS:
            for answer in (
                client.get(address(model, form, record)),
                client.post(address(model, form, record), {"x": "1"}),
            ):
                assert not is_let_in(answer), (model, form)
    for name, (label, _allowed) in OF_ACTS.items():
        target = own_address(name, records[label])
        assert not is_let_in(client.get(target)) and not is_let_in(client.post(target)), name
