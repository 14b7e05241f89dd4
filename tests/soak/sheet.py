"""The sheet of a whole country through ``import_sheet``: how long, how much memory, and whether all of it arrived."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

CODE, YEAR = "50", 2017
SECONDS, MEGABYTES = 60, 300
HEADINGS = ("database", "sheet", "cells", "new", "changed", "unchanged", "s", "MB")
STEPS = (("first", 0, True), ("first again, looked at", 0, False), ("all changed", 1, True))


@dataclass(frozen=True, slots=True)
class Step:
    """What one run of the command came to."""

    name: str
    counts: dict
    seconds: float
    megabytes: float

    @property
    def faults(self) -> list[str]:
        slow = [f"{self.name}: {self.seconds:.0f} s"] * (self.seconds > SECONDS)
        large = [f"{self.name}: {self.megabytes:.0f} MB"] * (self.megabytes > MEGABYTES)
        return slow + large + [f"{self.name}: {cell}" for cell in self.counts["rejected"][:5]]


def run(communes: int, say) -> tuple[list[Step], list[str]]:
    """Every step in a process of its own, as a technician runs it. The steps, and what was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        say(f"Lập tỉnh {communes} xã và hai biểu …")
        files = _prepare(communes, Path(folder))
        steps = []
        for name, variant, commit in STEPS:
            say(f"Nạp biểu: {name} …")
            steps.append(_import(name, files[variant], commit))
    first, again, changed = (step.counts for step in steps)
    faults = [fault for step in steps for fault in step.faults]
    if again["new"] or again["changed"] or again["unchanged"] != first["new"]:
        faults.append(f"the same sheet again is not unchanged: {again}")
    if changed["new"] or changed["changed"] + changed["unchanged"] != first["new"]:
        faults.append(f"the second sheet does not change what the first wrote: {changed}")
    return steps, faults + _check("verify_summaries") + _check("verify_log")


def rows(database: str, steps: list[Step]) -> list[tuple[str, ...]]:
    return [
        (
            database,
            step.name,
            str(sum(step.counts[key] for key in ("new", "changed", "unchanged"))),
            *(str(step.counts[key]) for key in ("new", "changed", "unchanged")),
            f"{step.seconds:.1f}",
            f"{step.megabytes:.0f}",
        )
        for step in steps
    ]


def _prepare(communes: int, folder: Path) -> list[Path]:
    """Reference data, a province of many communes with an empty round, and two sheets that differ in every line."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.core.management import call_command

    from communes import reference as places
    from criteria import actions
    from criteria import reference as sets
    from criteria.judging.loading import load_standard
    from criteria.models import CriteriaSet
    from tests.bench import making

    call_command("migrate", verbosity=0)
    places.load()
    sets.load()
    province = making.make_places(CODE, communes)
    criteria_set = CriteriaSet.objects.get(code=making.SET)
    round = actions.open_round(province, criteria_set, date(YEAR, 12, 31))
    standard = load_standard(criteria_set, province, YEAR)
    files = [folder / f"{variant}.xlsx" for variant in (0, 1)]
    for variant, file in enumerate(files):
        file.write_bytes(making.make_sheet(round, standard, variant))
    return files


_MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, file=sys.stderr)
sys.exit(done.returncode)
"""


def _import(name: str, file: Path, commit: bool) -> Step:
    size = ["--max-cells", "1000000", "--max-size", "50000000"]
    command = ["import_sheet", str(file), "--year", str(YEAR), "--province", CODE, *size, "--format", "json"]
    start = time.perf_counter()
    done = _manage(*command, *["--commit"] * commit)
    seconds = time.perf_counter() - start
    return Step(name, json.loads(done.stdout), seconds, float(done.stderr.split()[-1]))


def _check(command: str) -> list[str]:
    done = _manage(command)
    return [f"{command}: {done.stdout[-500:]}"] * bool(done.returncode)


def _manage(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", _MEASURED, sys.executable, "manage.py", *arguments]
    settings = {"DJANGO_SETTINGS_MODULE": "ntm_portal.settings", "DEBUG": "false"}
    settings |= {"SECRET_KEY": "for a soak only, never for an office: " + "x" * 20, "ALLOWED_HOSTS": "localhost"}
    return subprocess.run(command, env=os.environ | settings, capture_output=True, text=True)
