"""What people forget: migrations, addresses, checks."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "certifications"


def test_no_module_is_called_after_nothing_in_particular():
    forbidden = {"utils", "helpers", "services", "signals", "common", "misc"}
    modules = {path.relative_to(APP).as_posix() for path in APP.rglob("*.py")}
    records = {"models/services.py"}  # what citizens come for is called so
    assert {name for name in modules - records if Path(name).stem in forbidden} == set()


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_are_named_for_what_they_do():
    automatic = re.compile(r"_auto_|_and_more|^\d+_(alter|remove|rename|delete)_\w+_\w+$|initial")
    names = [path.stem for path in (APP / "migrations").glob("0*.py")]
    assert names
    assert [name for name in names if automatic.search(name)] == []


def patterns(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def test_every_public_address_ends_in_a_slash():
    public = [route for route in patterns() if "admin" not in route]
    assert len(public) >= 9
    files = (
        r"^(robots\.txt|sitemap.*\.xml|.*opensearch\.xml|data/.*\.(csv|json|jsonld)|api/.*\.json)$"
    )
    other = [route for route in public if not re.search(rf"/(\\Z)?$|^healthz$|^$|{files}", route)]
    assert other == []


def test_every_model_is_described_in_thai():
    plain = re.compile(r"[A-Za-z]")
    for model in apps.get_app_config("certifications").get_models():
        assert not plain.search(str(model._meta.verbose_name)), model
        for field in model._meta.get_fields():
            if hasattr(field, "verbose_name") and field.editable and not field.auto_created:
                assert not plain.search(str(field.verbose_name)), field


def test_dependencies_each_say_what_they_are_for():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    requirements = [line for line in lines if re.match(r'\s+"[A-Za-z].*[<>]=?.*",', line)]
    assert len(requirements) >= 8
    assert [line for line in requirements if "#" not in line] == []
