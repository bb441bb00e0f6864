"""Forms of the desk as a browser sends them: filled in as the record is."""

import re

from django.db.models.fields.files import FieldFile
from django.test import Client
from django.urls import reverse


def page_of(record, form: str = "change") -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{form}", args=[record.pk])


def empty_page_of(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def typed(client: Client, address: str) -> dict:
    """The form at an address, its inlines included, as it stands there."""
    page = client.get(address)
    context, version = page.context, re.search(r'name="_version" value="(\d+)"', page.text)
    inlines = context["inline_admin_formsets"]
    forms = [context["adminform"].form, *(one for each in inlines for one in each.formset.forms)]
    forms += [each.formset.management_form for each in inlines]
    filled = {"_version": version[1]} if version else {}
    return filled | {
        form.add_prefix(name): value
        for form in forms
        for name in form.fields
        if (value := _as_typed(form[name].value())) is not None
    }


def _as_typed(value):
    if value is None or value is False or isinstance(value, FieldFile):
        return None
    if isinstance(value, list):
        return [getattr(one, "pk", one) for one in value]
    return value
