"""PURE: what a database holds, told so that two of them can be held against each other."""

from dataclasses import dataclass


class BackupError(Exception):
    """Why a backup was not made, not read or not restored. The message is Vietnamese, for the technician."""


@dataclass(frozen=True, slots=True)
class Content:
    """``tables``: name → number of rows and a hash of all values in the order of the primary key."""

    tables: dict[str, tuple[int, str]]
    triggers: tuple[str, ...]


def differences(expected: Content, found: Content) -> list[str]:
    """One Vietnamese line for each table or trigger in which a restored database is not what was backed up."""
    lines = []
    for name in sorted(expected.tables.keys() | found.tables.keys()):
        then, now = expected.tables.get(name), found.tables.get(name)
        if now is None:
            lines.append(f"Bảng {name}: thiếu.")
        elif then is None:
            lines.append(f"Bảng {name}: thừa.")
        elif then[0] != now[0]:
            lines.append(f"Bảng {name}: {then[0]} dòng khi sao lưu, {now[0]} dòng khi khôi phục.")
        elif then != now:
            lines.append(f"Bảng {name}: cùng {now[0]} dòng nhưng khác giá trị.")
    missing = set(expected.triggers) - set(found.triggers)
    return lines + [f"Thiếu chốt chặn {name}." for name in sorted(missing)]
