"""The score of each module, every survivor with its place, and whether it is enough."""

import tomllib
from collections import Counter
from pathlib import Path

from .drawing import Mutant
from .running import Outcome

ACCEPTED = Path(__file__).with_name("accepted.toml")
ENOUGH = 97  # per cent of the mutants that change what the portal does
HEADINGS = ("module", "mutants", "equivalent", "killed", "survived", "undecided", "score")


def accepted(file: Path = ACCEPTED) -> dict[tuple[str, str, str], str]:
    """The mutants that change nothing a user could see, each with the reason."""
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get("accepted", [])
    return {(each["file"], each["old"], each["new"]): each["why"] for each in entries}


def table(outcomes: list[Outcome], equivalent: list[Mutant]) -> list[tuple[str, ...]]:
    files = sorted({each.mutant.file for each in outcomes} | {each.file for each in equivalent})
    rows = []
    for file in files:
        mine = [each for each in outcomes if each.mutant.file == file]
        rows.append(_row(file, mine, sum(each.file == file for each in equivalent)))
    return [*rows, _row("**all**", outcomes, len(equivalent))]


def _row(name: str, outcomes: list[Outcome], equivalent: int) -> tuple[str, ...]:
    count = Counter(each.verdict for each in outcomes)
    numbers = (len(outcomes) + equivalent, equivalent, *(count[key] for key in ("killed", "survived", "undecided")))
    return (name, *map(str, numbers), f"{score(outcomes):.0f} %" if outcomes else "–")


def score(outcomes: list[Outcome]) -> float:
    """Killed of all in per cent. What was not decided in time is not killed."""
    return 100 * sum(each.verdict == "killed" for each in outcomes) / len(outcomes) if outcomes else 100.0


def survivors(outcomes: list[Outcome]) -> list[str]:
    return [f"{each.verdict}: {each.mutant}  [{each.by}]" for each in outcomes if each.verdict != "killed"]


def stale(known: dict[tuple[str, str, str], str], possible: list[Mutant]) -> list[str]:
    """Accepted mutants that can no longer be made: the code has changed, the explanation is to be removed."""
    keys = {mutant.key for mutant in possible}
    return [
        f"accepted, but no longer there: {file}: {old} → {new}"
        for file, old, new in known
        if (file, old, new) not in keys
    ]
