"""The decisive modules: where a wrong rule, figure or right would stand."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("communes", "criteria", "reports")

# A module that moves is renamed here, and in accepted.toml.
MODULES = (
    "communes/money.py",
    "communes/querysets.py",
    "criteria/actions/journal.py",
    "criteria/actions/recording.py",
    "criteria/actions/steps.py",
    "criteria/actions/uploads.py",
    "criteria/intake/preview.py",
    "criteria/judging/applying.py",
    "criteria/log/chain.py",
    "criteria/querysets.py",
    "criteria/rules/cells.py",
    "criteria/rules/verdicts.py",
    "criteria/rules/workflow.py",
    "criteria/spreadsheets/sheet.py",
    "criteria/spreadsheets/stamp.py",
    "criteria/spreadsheets/tolerance.py",
    "reports/catalogue/money.py",
    "reports/catalogue/plans.py",
    "reports/catalogue/queries.py",
    "reports/catalogue/registrations.py",
    "reports/catalogue/watch.py",
    "reports/documents/comparison.py",
    "reports/files/fitting.py",
    "reports/picture/figures.py",
    "reports/picture/reading.py",
    "reports/tables/freezing.py",
)


def read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def product_files() -> list[str]:
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(str(path.relative_to(ROOT)) for path in found if "migrations" not in path.parts)


@cache
def queryset_methods() -> frozenset[str]:
    """The names of all methods of the portal's own querysets: links of a chain that can be left out."""
    found = set()
    for file in product_files():
        for node in ast.walk(ast.parse(read(file))):
            if isinstance(node, ast.ClassDef) and any("QuerySet" in ast.unparse(base) for base in node.bases):
                found |= {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    return frozenset(name for name in found if not name.startswith("_"))


@cache
def importers(file: str) -> tuple[str, ...]:
    """The files that import from a module, itself among them: where a constant of it can take effect."""
    stem = Path(file).stem
    found = {file}
    for other in product_files():
        text = read(other)
        for node in ast.walk(ast.parse(text)) if stem in text else ():
            if isinstance(node, ast.ImportFrom):
                names = {alias.name for alias in node.names} | {(node.module or "").split(".")[-1]}
                if stem in names:
                    found.add(other)
    return tuple(sorted(found))
