"""What people forget: the shape of the house, migrations, addresses, checks."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "certifications"

# The rooms of docs/decisions/0001: a room may import only from rooms with a lower number.
TIERS = [
    {"thai", "buddhist", "provinces"},
    {"states", "lookups"},
    {"search"},
    {"index"},
    {"querysets", "fields"},
    {"models"},
    {"standings", "counting"},
    {"question"},
    {"filters", "statistics", "exports", "changelog", "checks"},
    {"actions"},
    {"intake"},
    {"door"},
    {"views", "api", "sitemaps", "admin", "middleware", "templatetags", "management"},
    {"urls"},
]
TIER = {room: number for number, rooms in enumerate(TIERS) for room in rooms}
EXEMPT = {"apps", "migrations", "__init__"}


def room_of(dotted: str) -> str | None:
    parts = dotted.split(".")
    return parts[1] if parts[0] == "certifications" and len(parts) > 1 else None


def imports(path: Path):
    """(imported dotted name, line, is inside a function) of every import in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in inside
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno, id(node) in inside


def modules():
    for path in sorted(APP.rglob("*.py")):
        room = path.relative_to(APP).parts[0].removesuffix(".py")
        if room not in EXEMPT:
            yield room, path


def test_every_module_lives_in_a_room():
    assert {room for room, _path in modules()} <= set(TIER)


def test_imports_between_rooms_only_go_down():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for room, path in modules()
        for name, line, _inside in imports(path)
        if (target := room_of(name)) and target != room and TIER[target] >= TIER[room]
    ]
    assert wrong == []


def test_no_import_hides_inside_a_function():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for _room, path in modules()
        for name, line, inside in imports(path)
        if inside
    ]
    assert wrong == []


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_modules_of_a_room_import_each_other_without_circles():
    known = {module_name(path) for _room, path in modules()}
    graph = {
        module_name(path): {
            name if name in known else name.rpartition(".")[0]
            for name, _line, _inside in imports(path)
        }
        & known
        for _room, path in modules()
    }
    # A package's own __init__ gathers its modules; they import one another by full name.
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]):
        assert module not in above, " → ".join((*above, module))
        if module not in done:
            for target in graph[module]:
                visit(target, (*above, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_only_thai_imports_pythainlp():
    users = {room for room, path in modules() for name, *_ in imports(path) if "pythainlp" in name}
    assert users == {"thai"}


def test_no_module_is_called_after_nothing_in_particular():
    forbidden = {"utils", "helpers", "services", "signals", "common", "misc"}
    assert {path.stem for path in APP.rglob("*.py")} & forbidden == set()


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
