"""Runs the chosen tests on a mutant in a process of its own, until one fails or the time is up."""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .choosing import Choice, Map
from .drawing import Mutant
from .modules import ROOT
from .plugin import ORDER

COMMAND = [
    *(sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE"),
    *("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.soak.mutants.plugin"),
]
START = 15  # seconds to load the portal and its trial data
PATIENCE = 8  # a busy machine: so much longer by the clock than by the processor
NONE_COLLECTED = 5


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: ``by`` names the test that noticed, or says why none did."""

    mutant: Mutant
    verdict: str  # killed, survived or undecided
    by: str
    seconds: float


def run(mutants: list[Mutant], known: Map, jobs: int, limit: int, say: Callable[[str], None]) -> list[Outcome]:
    """All mutants. Kills by a test that also fails on the unchanged code do not count: asked again without it."""
    slots = Slots(jobs)
    with ThreadPoolExecutor(jobs) as pool:

        def ask(mutant: Mutant, without: frozenset[str] = frozenset()) -> Outcome:
            choice = known.choose(mutant, limit - START)
            tests = {name: seconds for name, seconds in choice.tests.items() if name not in without}
            outcome = slots.lend(lambda env: _one(mutant, Choice(tests, choice.left), limit, env))
            say(f"{outcome.verdict:9} {outcome.seconds:5.1f} s  {mutant}  [{outcome.by}]")
            return outcome

        outcomes = list(pool.map(ask, mutants))
        killers = {each.by: known.seconds[each.by] for each in outcomes if each.by in known.seconds}
        false = frozenset(slots.lend(lambda env: _failing(killers, env)) if killers else ())
        if false:
            say(f"Red on the unchanged code, asked again without: {', '.join(sorted(false))}")
        return list(pool.map(lambda each: ask(each.mutant, false) if each.by in false else each, outcomes))


class Slots:
    """As many environments as jobs: a database server holds one test database for each."""

    def __init__(self, jobs: int) -> None:
        self.free: queue.Queue[dict[str, str]] = queue.Queue()
        for number in range(jobs):
            url = urlsplit(os.environ.get("DATABASE_URL", "sqlite:"))
            own = url._replace(path=f"{url.path}_mutants{number}") if url.scheme.startswith("postgres") else url
            self.free.put({**os.environ, "DATABASE_URL": own.geturl()})

    def lend(self, work: Callable):
        env = self.free.get()
        try:
            return work(env)
        finally:
            self.free.put(env)


def _one(mutant: Mutant, choice: Choice, limit: int, env: dict[str, str]) -> Outcome:
    if not choice.tests:
        return Outcome(mutant, "survived", "no test runs it", 0)
    module = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    order = {"module": module, "path": str(ROOT / mutant.file), "source": mutant.source, "tests": choice.tests}
    code, output, seconds = _pytest(order, ["-x"], limit, env)
    assert code != NONE_COLLECTED, f"none of the chosen tests was found: {output}"
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return Outcome(mutant, "undecided", f"stopped after {limit} s", seconds)
    if code:
        return Outcome(mutant, "killed", next(iter(_failed(output)), "does not start"), seconds)
    if choice.left:
        by = f"{len(choice.tests)} tests, {choice.left} found no time"
        return Outcome(mutant, "undecided", by, seconds)
    return Outcome(mutant, "survived", f"all {len(choice.tests)} tests", seconds)


def _failing(tests: dict[str, float], env: dict[str, str]) -> list[str]:
    """Which of them fail on the unchanged code, too."""
    _, output, _ = _pytest({"tests": tests}, [], START + 2 * int(sum(tests.values())), env)
    return _failed(output)


def _failed(output: str) -> list[str]:
    lines = [line.partition(" ") for line in output.splitlines()]
    return [rest.split(" - ")[0] for word, _, rest in lines if word in ("FAILED", "ERROR")]


def _pytest(order: dict, options: list[str], limit: int, env: dict[str, str]) -> tuple[int, str, float]:
    """Exit code, output and processor seconds of pytest under an order."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "order.json")
        file.write_text(json.dumps({**order, "limit": limit}), encoding="utf-8")
        output = Path(folder, "output")
        files = sorted({name.split("::")[0] for name in order["tests"]})
        with output.open("wb") as out:
            process = subprocess.Popen(
                [*COMMAND, *options, *files],
                cwd=ROOT,
                env={**env, ORDER: str(file)},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            code, seconds = _wait(process, limit)
        return code, output.read_text(encoding="utf-8", errors="replace"), seconds


def _wait(process: subprocess.Popen, limit: int) -> tuple[int, float]:
    """As ``wait``, with the processor seconds of this process alone; one that only waits is stopped by the clock."""
    timer = threading.Timer(limit * PATIENCE, os.kill, (process.pid, signal.SIGKILL))
    timer.start()
    _, status, used = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime
