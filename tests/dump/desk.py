"""What is asked of the staff desk: every page that a superuser reaches, in both languages."""

import re
from collections.abc import Iterator
from itertools import product

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model

from tests.dump.answers import PICTURE_OF_A_SECRET, Dump, Question, links
from tests.dump.public import SEARCHES, asked, in_both

PAGES = (
    "account",
    "sessions",
    "sessions/close",
    "second-factor",
    "second-factor/add",
    "recovery-codes",
    "resume",
    "password_change",
    "password_change/done",
    "jsi18n",
    "nothing",
    "certifications",
    "auth",
    "r/1/1",
)
PAGES_OF_INTAKES = (
    "sheet",
    "columns",
    "about",
    "row/1",
    "row/2",
    "row/99",
    "commit",
    "undo",
    "abandon",
)
FILTERS_OF_INTAKES = (
    "waiting",
    "errors",
    "doubts",
    "near",
    "add",
    "change",
    "unchanged",
    "create",
    "propose",
    "skip",
)
ACTS = ("", "merge/", "rename/", "succeed/", "close/", "reopen/", "nothing/")
RECORDS = 3  # of each model, from its first to its last


def questions(dump: Dump) -> Iterator[Question]:
    """The pages of each model and those beside them; the filters that the lists lead to."""
    for model in admin.site._registry:
        yield from map(Question, _of_model(dump, model))
    yield from map(Question, in_both(f"/admin/{path}" for path in _paths()))
    # Signing out ends the session: last.
    yield from map(Question, in_both(["/admin/logout/", "/admin/login/"]))


def _of_model(dump: Dump, model) -> Iterator[str]:
    """Its list in every way that the list leads to; of some records every page."""
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    found = links(dump.ask(Question(path)), path)
    filters = [link for link in found if link.startswith(f"{path}?")]
    yield from filters
    yield from (f"/en{address}" for address in (path, *filters[::5]))
    rest = ("add/", "nothing/change/", "?q=แพร่&o=1", "?p=2", "?all=", "?e=1", "?nothing=1")
    yield from in_both(f"{path}{one}" for one in rest)
    records = [f"{path}{key}/" for key in chosen(model._default_manager.all())]
    listed = [link for link in found if re.fullmatch(rf"{path}\d+/change/(\?.*)?", link)]
    yield from in_both([*listed[:1], *listed[-1:]])
    for record, page in product(records, ("", "change/", "history/", "delete/")):
        yield from in_both([f"{record}{page}"])


def _paths() -> Iterator[str]:
    yield from ("", PICTURE_OF_A_SECRET, *(f"{page}/" for page in PAGES))
    beside = (*_of_agencies(), *_of_intakes(), *_of_decisions())
    yield from (f"certifications/{rest}" for rest in beside)
    accounts = get_user_model().objects.order_by("pk")
    yield from (f"auth/user/{key}/password/" for key in accounts.values_list("pk", flat=True))
    yield from (asked("autocomplete/", **choice) for choice in _choices_to_complete())


def _choices_to_complete() -> Iterator[dict]:
    """What is typed into the forms where one of many records is chosen."""
    yield {"app_label": "certifications", "model_name": "award", "field_name": "nothing"}
    for model, page in admin.site._registry.items():
        of_model = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
        for name, text in product(page.autocomplete_fields, ("", *SEARCHES[:3])):
            yield of_model | {"field_name": name, "term": text}


def chosen(queryset) -> list:
    """Some of the keys, from the first to the last."""
    keys = list(queryset.order_by("pk").values_list("pk", flat=True))
    return list(dict.fromkeys([*keys[:: max(1, len(keys) // RECORDS)], *keys[-1:]]))


def _records(model: str):
    return apps.get_model("certifications", model).objects


def _of_agencies() -> Iterator[str]:
    """Each act looked at, of real bodies and of those that something was done to."""
    agencies = _records("Agency")
    codes = [agencies.get(pk=key).code for key in chosen(agencies.all())]
    codes += _records("MergeLog").order_by("pk").values_list("source__code", flat=True)
    codes += agencies.exclude(closed_on=None).order_by("pk").values_list("code", flat=True)[:2]
    for code, act in product(dict.fromkeys([*codes, "222222"]), ACTS):
        yield f"agency/act/{code}/{act}"
    for code, other in zip(codes, [*codes[1:], codes[0]], strict=True):
        into = agencies.get(code=other).pk
        yield f"agency/use/{code}/"
        yield asked(f"agency/act/{code}/merge/", into=into)


def _of_intakes() -> Iterator[str]:
    yield "intake/template/"
    for key in _records("Intake").order_by("pk").values_list("pk", flat=True):
        yield from (f"intake/{key}/{page}/" for page in (*PAGES_OF_INTAKES, "change"))
        yield from (asked(f"intake/{key}/change/", show=name) for name in FILTERS_OF_INTAKES)
        yield asked(f"intake/{key}/row/1/", q="จัดหางาน แพร่", show="waiting")


def _of_decisions() -> Iterator[str]:
    """What is done by sending a form alone is asked for as well: it must refuse."""
    for key in _records("Proposal").order_by("pk").values_list("pk", flat=True):
        acts = ("change/", "accept/", "refuse/", "take_back/")
        yield from (f"proposal/{key}/{act}" for act in acts)
    for key in chosen(_records("Change").all()):
        yield f"change/{key}/revert/"
    for key in [*_records("MergeLog").values_list("pk", flat=True), 987654]:
        yield f"mergelog/undo/{key}/"
