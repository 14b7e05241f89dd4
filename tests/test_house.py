"""The house checks itself: the rules of docs and style that a machine can hold."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver
from django.utils import translation

from communes.models import Officer, Role
from criteria.models import Assessment, AssessmentRound, ChangeEvent, Result

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["communes", "criteria", "reports"]  # each imports from itself and from what stands before it
WRITER = "criteria/actions/"
WRITTEN = {model.__name__ for model in (Assessment, AssessmentRound, ChangeEvent, Result)}
WRITES = re.compile(r"^a?(save|delete|create|update|bulk_create|bulk_update|get_or_create|update_or_create)$")
# How code elsewhere would get at them without naming the model.
WRITTEN_ALIASES = re.compile(r"(?i)\b(assessments?|results?|rounds?|(change_?)?events?)\b")
# An import inside a function hides an arrow, or a circle; each that stands has its reason.
LATE = {
    "communes/apps.py": "ready(): the models are not loaded before",
    "communes/models/sessions.py": "SESSION_ENGINE names the store, as in Django's own model",
    "criteria/spreadsheets/opening.py": "Windows has no module resource",
    "ntm_portal/apps.py": "ready(): connects the signals",
    "ntm_portal/upkeep/backup.py": "the driver is loaded only where the database is PostgreSQL",
}
LINES_PER_FILE, LINES_PER_FUNCTION, LINES_PER_TEMPLATE = 300, 40, 120


def modules(*rooms: str) -> list[str]:
    """The Python files of the rooms, relative to the root, migrations excluded."""
    found = (path for room in rooms for path in (ROOT / room).rglob("*.py"))
    return sorted(str(path.relative_to(ROOT)) for path in found if "migrations" not in path.parts)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def dotted(module: str) -> str:
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(module: str) -> set[str]:
    """Everything a module imports, by absolute dotted name, also inside functions."""
    package = module.split("/")[:-1]
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *filter(None, [node.module])])
            found |= {f"{origin}.{alias.name}" for alias in node.names}
    return found


def pure_modules() -> list[str]:
    """What mypy holds to full types (``tool.mypy.overrides``), a package as each of its modules."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [pure] = [part for part in settings["tool"]["mypy"]["overrides"] if part.get("disallow_any_generics")]
    files = [name.removesuffix(".*").replace(".", "/") for name in pure["module"]]
    return [module for file in files for module in (modules(file) if (ROOT / file).is_dir() else [f"{file}.py"])]


def imports_inside_functions(module: str) -> list[str]:
    """Imports that run late: import statements in a function, and the calls that import by name."""
    functions = [node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [node for function in functions for node in ast.walk(function)]
    statements = [node for node in inside if isinstance(node, ast.Import | ast.ImportFrom)]
    calls = [node for node in inside if isinstance(node, ast.Call)]
    by_name = [call for call in calls if ast.unparse(call.func).split(".")[-1] in ("import_module", "__import__")]
    return [f"{module}:{node.lineno}: {ast.unparse(node)}" for node in (*statements, *by_name)]


def test_imports_inside_functions_have_a_reason():
    late = {module: found for module in modules(*ROOMS, "ntm_portal") if (found := imports_inside_functions(module))}
    assert not {module: found for module, found in late.items() if module not in LATE}
    assert late.keys() == LATE.keys(), "a reason without its import"


def test_foreign_keys_to_the_left_leave_no_way_back():
    offenders = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and model._meta.app_label in ROOMS
        if field.related_model._meta.app_label in ROOMS
        if field.related_model._meta.app_label != model._meta.app_label and not field.remote_field.hidden
    ]
    assert not offenders, 'give these related_name="+"'


def test_foreign_keys_point_left():
    offenders = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and model._meta.app_label in ROOMS
        if field.related_model._meta.app_label in ROOMS[ROOMS.index(model._meta.app_label) + 1 :]
    ]
    assert not offenders


def test_pure_modules_import_only_pure_modules():
    pure = {dotted(module) for module in pure_modules()}
    offenders = []
    for module in pure_modules():
        for name in imports(module):
            top = name.split(".")[0]
            known = name in pure or name.rpartition(".")[0] in pure
            if top.startswith(("django", "import_export")) or (top in [*ROOMS, "ntm_portal"] and not known):
                offenders.append(f"{module}: {name}")
    assert not offenders


def test_pure_modules_run_without_django():
    code = f"import {', '.join(map(dotted, pure_modules()))}, sys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_modules_that_call_themselves_pure_are_held_to_it():
    claimed = {m for m in modules(*ROOMS) if (ast.get_docstring(tree(m)) or "").startswith("PURE")}
    assert claimed <= set(pure_modules()), "add them to the pure modules of tool.mypy.overrides in pyproject.toml"


def writes(module: str) -> list[str]:
    """Calls that build or write an assessment, a round, a result or an event."""
    found = []
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.Call):
            continue
        builds = ast.unparse(node.func).split(".")[-1] in WRITTEN
        if isinstance(node.func, ast.Attribute) and WRITES.match(node.func.attr):
            owner = ast.unparse(node.func.value)
            names = {name.id for name in ast.walk(node.func.value) if isinstance(name, ast.Name)}
            builds = bool(names & WRITTEN or WRITTEN_ALIASES.search(owner))
        if builds:
            found.append(f"{module}:{node.lineno}: {ast.unparse(node)[:80]}")
    return found


def test_assessments_have_a_single_writer():
    assert writes(f"{WRITER}steps.py"), "the check no longer recognises a write"
    assert not [call for module in modules(*ROOMS) if not module.startswith(WRITER) for call in writes(module)]


@pytest.mark.parametrize("model", [Assessment, AssessmentRound, ChangeEvent, Result])
def test_admin_does_not_write_assessments(model):
    request = RequestFactory().get("/")
    request.user = Officer(role=Role.ADMIN)
    page = admin.site._registry.get(model)
    assert page is None or not (
        page.has_add_permission(request) or page.has_change_permission(request) or page.has_delete_permission(request)
    )


def views(resolver, prefix: str = ""):
    """Every URL with its view, the admin's excepted: its site asks ``has_permission`` before each page."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry.callback
        elif entry.namespace != "admin":
            yield from views(entry, route)


def test_every_url_declares_its_policy():
    assert not [route for route, view in views(get_resolver()) if not hasattr(view, "policy")], (
        "communes.accounts.policy.allow"
    )


def test_admin_lets_in_administrators_and_staff_only():
    request = RequestFactory().get("/")
    for role in Role:
        request.user = Officer(role=role)
        assert admin.site.has_permission(request) == (role in (Role.ADMIN, Role.STAFF))


def test_no_migration_is_missing():
    loader = MigrationLoader(None)
    with translation.override(None):  # as makemigrations does: names are compared untranslated
        changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
    assert not [f"{app}: {operation}" for app in changes for m in changes[app] for operation in m.operations]


def front_end_files() -> list[Path]:
    folders = [base / kind for base in (ROOT, *(ROOT / room for room in ROOMS)) for kind in ("templates", "static")]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def test_pages_take_nothing_from_other_servers():
    elsewhere = re.compile(r"https?://(?!www\.w3\.org/)\S*")
    offenders = [
        f"{path.relative_to(ROOT)}: {address}"
        for path in front_end_files()
        for address in elsewhere.findall(path.read_bytes().decode(errors="replace"))
    ]
    assert not offenders


def test_files_and_functions_stay_short():
    offenders = []
    for module in modules(*ROOMS, "ntm_portal"):
        lines = (ROOT / module).read_text(encoding="utf-8").count("\n")
        if lines > LINES_PER_FILE:
            offenders.append(f"{module}: {lines} lines")
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > LINES_PER_FUNCTION:
                    offenders.append(f"{module}: {node.name}() {lines} lines")
    assert not offenders


def test_templates_stay_short():
    pages = [path for path in front_end_files() if path.suffix in (".html", ".svg", ".txt")]
    sizes = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in pages}
    assert not {page: lines for page, lines in sizes.items() if lines > LINES_PER_TEMPLATE}
