"""Takes the golden folder: one JSON file an answer, its entries one a line."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .asking import YEARS, Ask, asks, slugs_of, unasked
from .normal import normal
from .reading import kind_of, read
from .stage import Stage, command_outputs

MARK = "golden.json"  # that a folder is one of these, and may be written anew
LONGEST = 180


def take(folder: Path, stage: Stage, asked: Iterable[Ask] | None = None, only: str = "") -> Counter:
    """Everything, or only what is ``asked``; how many answers of each kind."""
    prepare(folder)
    counts: Counter = Counter()
    asked_all = list(dict.fromkeys(asks(stage) if asked is None else asked))
    for role, address in asked_all:
        if not re.search(only, f"{role} {address}"):
            continue
        kind = keep(folder, role, address, stage.clients[role].get(address))
        counts[kind] += 1
    if asked is None and re.search(only, "command"):
        for name, kind, content in command_outputs(stage, slugs_of(stage), YEARS[-1]):
            write(folder, "command", name, kind, read(content, kind))
            counts["command"] += 1
    if asked is None:
        for route in unasked(asked_all):
            print(f"Not asked: {route}")
    (folder / MARK).write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return counts


def prepare(folder: Path) -> None:
    """An empty folder; one that holds anything else than an earlier take is left alone."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise SystemExit(f"{folder} holds other things than a golden take.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def keep(folder: Path, role: str, address: str, answer, again: bool = False) -> str:
    content = answer.getvalue()
    kind = kind_of(answer.headers.get("Content-Type", ""), answer.headers.get("Content-Disposition", ""))
    about = {"status": str(answer.status_code)}
    for name in ("Location", "Content-Disposition", "Cache-Control"):
        if name in answer.headers:
            about[name] = answer.headers[name]
    write(folder, role, address, kind, about | (read(content, kind) if content else {}), again)
    return kind


def write(folder: Path, role: str, address: str, kind: str, entries: dict[str, str], again: bool = False) -> None:
    name = re.sub(r"[/\s]", "_", address.strip("/")) or "_"
    file = folder / role / f"{name[:LONGEST]}.{kind}.json"
    file.parent.mkdir(exist_ok=True)
    if file.exists() and not again:
        raise AssertionError(f"two answers of one name: {file}")
    found = {"role": role, "address": address, "kind": kind, "entries": normal(address, entries)}
    file.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
