"""PURE: the chain of hashes that makes the change log tamper-evident.

Each entry carries the hash of the one before it; the head (sequence and hash of the last) is kept apart, so that an
entry altered, removed or inserted anywhere, the end included, breaks it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

START = "0" * 64
FIELDS = ("at", "by_id", "via", "year", "round_id", "commune_id", "source", "reason", "changes")


def link(previous: str, sequence: int, entry: Mapping[str, object]) -> str:
    """The hash of an entry that follows ``previous``."""
    plain = {name: _plain(entry[name]) for name in FIELDS} | {"sequence": sequence, "previous": previous}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def breaks(entries: Iterable[Mapping[str, object]], head: tuple[int, str]) -> Iterator[str]:
    """Vietnamese lines for every place where the chain of ``entries``, in order of sequence, does not hold."""
    sequence, previous = 0, START
    for entry in entries:
        found = int(str(entry["sequence"]))
        if found != sequence + 1:
            yield f"Thiếu bản ghi từ số {sequence + 1} đến số {found - 1}."
        if entry["previous"] != previous:
            yield f"Bản ghi số {found} không nối với bản ghi trước nó."
        if link(str(entry["previous"]), found, entry) != entry["hash"]:
            yield f"Bản ghi số {found} đã bị sửa."
        sequence, previous = found, str(entry["hash"])
    if (sequence, previous) != head:
        yield f"Nhật ký kết thúc ở số {sequence}, sổ gốc ghi số {head[0]}: bản ghi cuối bị bỏ, thêm hoặc sửa."
