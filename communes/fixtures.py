"""Reading the csv files of ``fixtures/``; each room loads its own."""

import csv
from datetime import date
from pathlib import Path
from typing import overload

from django.conf import settings

FIXTURES = Path(settings.BASE_DIR) / "fixtures"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of ``fixtures/<name>`` by column heading."""
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@overload
def day(text: str, otherwise: date) -> date: ...


@overload
def day(text: str, otherwise: None = None) -> date | None: ...


def day(text: str, otherwise: date | None = None) -> date | None:
    """A day as the files write it; empty is ``otherwise``."""
    return date.fromisoformat(text) if text else otherwise
