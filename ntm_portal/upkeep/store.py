"""The folder of backups. Each is a file and, written after it, its manifest: without a manifest it is no backup."""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from .content import BackupError, Content

BLOCK = 1024 * 1024
PART = ".part"
DAMAGED = "Bản kê {} hỏng, không đọc được."


@dataclass(frozen=True, slots=True)
class Manifest:
    """``made_at``: ISO, with its offset. ``migrations``: "room.name" of each that was applied."""

    file: str
    made_at: str
    engine: str
    versions: dict[str, str]
    size: int
    sha256: str
    migrations: list[str]
    tables: dict[str, tuple[int, str]]
    triggers: list[str]

    @property
    def content(self) -> Content:
        return Content({name: (*known,) for name, known in self.tables.items()}, tuple(self.triggers))

    @property
    def rows(self) -> int:
        return sum(count for count, _ in self.tables.values())

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def manifest_path(file: Path) -> Path:
    return file.with_suffix(".json")


def read(file: Path) -> Manifest:
    """The manifest of a backup file, whose checksum is right. Raises ``BackupError``."""
    manifest = read_manifest(manifest_path(file))
    if not file.is_file():
        raise BackupError(f"Không có tệp {file}.")
    if file.stat().st_size != manifest.size or checksum(file) != manifest.sha256:
        raise BackupError(f"Tệp {file.name} không khớp mã SHA-256 trong bản kê: tệp hỏng hoặc bị sửa.")
    return manifest


def read_manifest(path: Path) -> Manifest:
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BackupError(f"Thiếu bản kê {path.name} bên cạnh tệp sao lưu.") from error
    except (ValueError, TypeError) as error:
        raise BackupError(DAMAGED.format(path.name)) from error


def manifests(folder: Path) -> list[Path]:
    """Newest first: the name tells the time."""
    return sorted(folder.glob("ntm-*.json"), reverse=True)


def checksum(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one backup at a time. The folder is made when it is missing; nobody else may look into it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("Đang có một lần sao lưu khác; hãy đợi lần đó xong.") from error
        for left in folder.glob(f".ntm-*{PART}"):  # of a backup that was killed
            left.unlink()
        yield


@contextmanager
def new_file(folder: Path, suffix: str) -> Iterator[tuple[Path, Path]]:
    """Where to write a new backup, and its name when it is complete. Whatever goes wrong, nothing stays behind."""
    final = _free_name(folder, suffix)
    part = folder / f".{final.name}{PART}"
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part, final
    finally:
        for left in (part, *folder.glob(f"{part.name}-*")):  # SQLite's journal of the copy
            left.unlink(missing_ok=True)


def publish(part: Path, final: Path, manifest: Manifest) -> None:
    """Make a complete file a backup: its manifest appears last."""
    _to_disk(part)
    described = part.with_name(f".{manifest_path(final).name}{PART}")
    try:
        write_private(described, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        part.rename(final)
        described.rename(manifest_path(final))
    except OSError:
        final.unlink(missing_ok=True)
        described.unlink(missing_ok=True)
        raise
    _to_disk(final.parent)


def write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def remove_old(folder: Path, keep: int) -> int:
    """Remove all but the newest ``keep`` backups; how many went."""
    old = manifests(folder)[keep:]
    for described in old:
        file = folder / read_manifest(described).file
        described.unlink()
        file.unlink(missing_ok=True)
    return len(old)


def _free_name(folder: Path, suffix: str) -> Path:
    """Named by the second; two backups within one second have to wait for each other."""
    while True:
        final = folder / f"ntm-{timezone.localtime():%Y%m%d-%H%M%S}{suffix}"
        if not final.exists() and not manifest_path(final).exists():
            return final
        time.sleep(0.1)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
