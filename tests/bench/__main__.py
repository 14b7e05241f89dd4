"""Runs the benchmark and prints its table; exit code 1 when a bar is missed (see ``--help``)."""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

import django

from .bars import Findings, Measured, as_markdown, as_text
from .databases import postgresql, sqlite

LOAD = "Load average when the run began: {:.1f} on {} cores; above half the cores, ratios close to a bar mean little."
NO_POSTGRESQL = "Không có PostgreSQL (DATABASE_URL hoặc initdb trên máy): chỉ đo trên SQLite."

OTHERS = "## Other proofs\n"


def main() -> int:
    options = _options()
    findings = Findings(remarks=[LOAD.format(os.getloadavg()[0], os.cpu_count())])
    for nation in (False, True) if options.nation or not options.quick else (False,):
        with postgresql() as url:
            if url:
                _measure(url, findings, options.quick, nation=nation)
            elif not nation:
                print(NO_POSTGRESQL, file=sys.stderr)
                findings.remarks.append(NO_POSTGRESQL)
    with sqlite() as url:
        _measure(url, findings, options.quick, import_only=bool(findings.measured))
    print(as_text(findings))
    if options.write:
        options.write.write_text(_document(findings) + _kept(options.write), encoding="utf-8")
    return not all(one.holds for one in findings.measured)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repetitions, for CI")
    parser.add_argument("--nation", action="store_true", help="with the figures of a whole country even if quick")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the table as Markdown")
    return parser.parse_args()


def _measure(url: str, findings: Findings, quick: bool, import_only: bool = False, nation: bool = False) -> None:
    flags = ["--quick"] * quick + ["--import-only"] * import_only + ["--nation"] * nation
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.measuring", *flags],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result = json.loads(done.stdout)
    findings.databases += [result["version"]] * (result["version"] not in findings.databases)
    findings.measured += [Measured(**one) for one in result["measured"]]


DOCUMENT = """\
# Measurements

Written by `make bench ARGS="--write docs/measurements.md"` on {day}. Every figure is a ratio of two medians that were
taken in turns in one process on one machine; the medians beside it are for orientation only. What is divided by what:
the modules of `tests/bench`. The bars: section 8 of the design.

{table}

Machine: {machine}. {databases}, Python {python}, Django {django}.
"""


def _kept(file: Path) -> str:
    """What follows the table in the document: proofs that are run apart, written by hand."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    return f"\n{OTHERS}{before.partition(OTHERS)[2]}" if OTHERS in before else ""


def _document(findings: Findings) -> str:
    text = DOCUMENT.format(
        day=date.today().isoformat(),
        table=as_markdown(findings),
        machine=_machine(),
        databases=", ".join(findings.databases),
        python=platform.python_version(),
        django=django.get_version(),
    )
    return text + "".join(f"\n{remark}\n" for remark in findings.remarks)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    sys.exit(main())
