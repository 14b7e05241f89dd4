"""The round of every night, recorded: a backup, the proof that it can be restored, the proofs of the data; and what is
over of sessions is thrown away."""

import json
import time
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from . import backup, store
from .content import BackupError

RECORD = "nightly.json"


def run(folder: Path, keep: int, say: backup.Say) -> bool:
    """Every step is tried, whatever became of the others; whether all went well."""
    steps: dict[str, dict] = {}
    made: list[Path] = []

    def back_up() -> list[str]:
        made.append(backup.make(folder, keep))
        return []

    def clear_sessions() -> list[str]:
        call_command("clearsessions")
        return []

    work = {
        "backup": back_up,
        "verify_backup": lambda: backup.verify(made[0]) if made else ["Chưa có bản sao lưu để kiểm tra."],
        "verify_summaries": lambda: backup.run_check("verify_summaries"),
        "verify_log": lambda: backup.run_check("verify_log"),
        "clear_sessions": clear_sessions,
    }
    for name, step in work.items():
        begin = time.monotonic()
        try:
            faults = step()
        except (BackupError, DatabaseError) as error:
            faults = [str(error)]
        steps[name] = {"ok": not faults, "seconds": round(time.monotonic() - begin, 1)}
        say(f"{name}: {'đạt' if not faults else 'KHÔNG ĐẠT'} ({steps[name]['seconds']} s)")
        for fault in faults:
            say(f"  {fault}")
    _record(folder, steps)
    return all(step["ok"] for step in steps.values())


def _record(folder: Path, steps: dict[str, dict]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = folder / f".{RECORD}{store.PART}"
    at = timezone.localtime().isoformat(timespec="seconds")
    store.write_private(written, json.dumps({"at": at, "steps": steps}, indent=1))
    written.rename(folder / RECORD)


def last(folder: Path) -> dict | None:
    """What the last night found, if there was one."""
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
