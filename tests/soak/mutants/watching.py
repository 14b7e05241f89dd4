"""A pytest plugin that writes down which lines of the portal each test runs, and how long it takes.

What a fixture of a module or a session runs is kept apart: every test that uses it may notice a fault there, not
only the one that happened to come first.
"""

import hashlib
import json
import os
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

import coverage
import pytest
from coverage.numbits import nums_to_numbits

from .modules import ROOMS, ROOT, product_files
from .plugin import calm

FOLDER = "MUTANTS_MAP"
DATA = {"django_db_setup", "django_db_blocker"}  # the trial data: loaded from the unchanged code


def digest(file: str) -> str:
    return hashlib.sha256((ROOT / file).read_bytes()).hexdigest()


def shared(definition) -> str:
    return f"{definition.baseid}::{definition.argname}"


def card(file: str) -> str:
    """The name of the file that keeps what is known of a test file."""
    return f"{file.replace('/', '.')}.json"


class Watch:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / f"coverage.{os.getpid()}"
        rooms = [str(ROOT / room) for room in ROOMS]
        self.coverage = coverage.Coverage(data_file=str(self.data), source=rooms, config_file=False)
        self.coverage.set_option("run:disable_warnings", ["no-data-collected"])
        self.contexts = [""]
        self.tests: dict[str, dict] = {}
        self.seconds: dict[str, float] = defaultdict(float)
        self.coverage.start()

    @contextmanager
    def within(self, context: str):
        before = _used()
        self.contexts.append(context)
        self.coverage.switch_context(context)
        try:
            yield
        finally:
            spent = _used() - before
            self.seconds[context] += spent
            self.contexts.pop()
            self.seconds[self.contexts[-1]] -= spent
            self.coverage.switch_context(self.contexts[-1])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        with self.within(item.nodeid):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        if fixturedef.scope == "function":
            return (yield)
        with self.within(shared(fixturedef)):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if report.when == "call" and report.passed:
            known = item._fixtureinfo.name2fixturedefs
            used = [known[name][-1] for name in item.fixturenames if name in known and name not in DATA]
            wide = sorted(shared(each) for each in used if each.scope != "function" and each.baseid)
            self.tests[item.nodeid] = {"shared": wide}
        return report

    def pytest_sessionfinish(self):
        self.coverage.stop()
        self.coverage.save()
        if self.tests:
            self._keep(self._lines())
        self.data.unlink(missing_ok=True)

    def _lines(self) -> dict[str, dict[str, str]]:
        """Context → file → its lines, packed."""
        data = self.coverage.get_data()
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for path in data.measured_files():
            contexts = defaultdict(list)
            for line, names in data.contexts_by_lineno(path).items():
                for name in names:
                    contexts[name].append(line)
            for name, lines in contexts.items():
                found[name][str(Path(path).relative_to(ROOT))] = nums_to_numbits(lines).hex()
        return found

    def _keep(self, lines: dict[str, dict[str, str]]) -> None:
        product = {file: digest(file) for file in product_files()}
        files = defaultdict(dict)
        for name, test in self.tests.items():
            files[name.split("::")[0]][name] = {**test, "seconds": round(max(self.seconds[name], 0.001), 3)}
        for file, tests in files.items():
            wanted = {*tests, *(name for test in tests.values() for name in test["shared"])}
            kept = {
                "digest": digest(file),
                "product": product,
                "tests": tests,
                "lines": {name: lines[name] for name in sorted(wanted) if name in lines},
                "seconds": {name: round(self.seconds[name], 3) for name in sorted(wanted - set(tests))},
            }
            (self.folder / card(file)).write_text(json.dumps(kept), encoding="utf-8")


def _used() -> float:
    return sum(os.times()[:4])


def pytest_configure(config):
    shares_out = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if FOLDER in os.environ and not shares_out:
        calm()
        config.pluginmanager.register(Watch(Path(os.environ[FOLDER])))
