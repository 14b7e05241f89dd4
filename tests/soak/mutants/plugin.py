"""pytest with one module mutated: no file of the checkout changes, and only the chosen tests run, in their order."""

import json
import os
import resource
import signal
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import settings

ORDER = "MUTANT"  # names a file: {"module", "path", "source", "limit", "tests": {name: usual seconds}}


class Loader(SourceFileLoader):
    """Loads the mutated text under the name and path of the real module."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec")


class Finder(MetaPathFinder):
    """Comes before every other finder, for one module."""

    def __init__(self, module: str, path: str, source: str) -> None:
        self.module, self.path, self.source = module, path, source

    def find_spec(self, name, path=None, target=None):
        if name != self.module:
            return None
        return spec_from_file_location(name, self.path, loader=Loader(name, self.path, self.source))


class Chosen:
    """Runs the chosen tests only, in their order, each within a limit of its own."""

    def __init__(self, tests: dict[str, float]) -> None:
        self.tests = tests
        self.places = {name: place for place, name in enumerate(tests)}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        """Before pytest-django puts the tests with real commits last, after which the data has to be loaded again."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self.places), key=lambda item: self.places[item.nodeid]
        )
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        """A mutant may loop for ever: ten times the usual time is noticed, too."""
        signal.signal(signal.SIGPROF, _overdue)
        signal.setitimer(signal.ITIMER_PROF, 20 + 10 * self.tests[item.nodeid])
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _overdue(*_) -> None:
    pytest.fail("does not end")


def install(order: dict) -> Finder:
    """Let the next import of the module find the mutant. An order without a source mutates nothing."""
    finder = Finder(order["module"], order["path"], order["source"])
    sys.meta_path.insert(0, finder)
    return finder


def calm() -> None:
    """Let hypothesis draw the same examples each time, keep none, and not mind a busy machine."""
    settings.register_profile("mutants", deadline=None, database=None, derandomize=True)
    settings.load_profile("mutants")


def pytest_configure(config):
    calm()
    config.pluginmanager.register(Chosen(_ORDER["tests"]))


_ORDER = json.loads(Path(os.environ[ORDER]).read_text(encoding="utf-8")) if ORDER in os.environ else {}
if _ORDER:
    resource.setrlimit(resource.RLIMIT_CPU, (_ORDER["limit"], _ORDER["limit"]))
if _ORDER.get("source"):
    install(_ORDER)
