"""Whatever staff type as a web address is one that a browser opens: http or https."""

import io

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import models

from certifications.admin.intake.forms import AboutForm
from certifications.models import Agency, Intake, Source
from tests import make
from tests.admin.base.test_checking import agency_form
from tests.admin.test_admin import address

pytestmark = pytest.mark.django_db

SENTENCE = "ที่อยู่เว็บต้องเปิดด้วยเบราว์เซอร์ได้ เช่น https://www.example.go.th/"
REFUSED = ["ftp://files.example.test/list.pdf", "ftps://files.example.test/list.pdf"]
FIELDS = [
    field
    for model in apps.get_app_config("certifications").get_models()
    if not model._meta.proxy
    for field in model._meta.concrete_fields
    if isinstance(field, models.URLField)
]


def test_there_are_such_fields():
    assert len(FIELDS) == 2


@pytest.mark.parametrize("field", FIELDS, ids=str)
@pytest.mark.parametrize("typed", REFUSED)
def test_no_record_takes_an_address_of_another_kind(field, typed):
    with pytest.raises(ValidationError) as refusal:
        field.clean(typed, None)
    assert refusal.value.messages == [SENTENCE]
    for taken in ("http://example.test/", "HTTPS://example.test/ก?ข=ค"):
        assert field.clean(taken, None) == taken


@pytest.mark.parametrize(
    ("model", "form"),
    [
        (Source, {"url": REFUSED[0], "grade": "press"}),
        (Agency, agency_form(name_th="สำนักงานสมมติ", website=REFUSED[0])),
    ],
)
def test_the_desk_says_so_beside_the_field(client, model, form):
    client.force_login(make.user(group="ผู้บันทึก"))
    page = client.post(address(model, "add"), form)
    assert list(page.context["adminform"].form.errors.values()) == [[SENTENCE]]
    assert not model.objects.exists()


def test_an_intake_makes_no_source_of_such_an_address():
    form = AboutForm({"source": REFUSED[0]}, intake=Intake())
    assert form.errors["source"] == [SENTENCE]


def test_check_records_names_those_there_were_before():
    held = make.source(url=REFUSED[0]), make.agency(website=REFUSED[0])
    make.agency(website="https://example.test/")
    output = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_records", stdout=output)
    assert output.getvalue().count(SENTENCE) == 2
    for record in held:
        assert address(type(record), "change", record.pk) in output.getvalue()
