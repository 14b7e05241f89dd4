"""PURE: the columns that name a commune and its district, the same in every report."""

from collections.abc import Callable
from typing import Any

from .table import Column


def by_place(code: Callable[[Any], str | None], name: Callable[[Any], str]) -> Column:
    return Column("district", "Huyện, thành phố, thị xã", name, width=22, link=("district", code))


DISTRICT = by_place(lambda unit: unit.district.code, lambda unit: unit.district.name)
CODE = Column("code", "Mã xã", lambda unit: unit.code, width=8)
NAME = Column("name", "Xã", lambda unit: unit.name, width=18, link=("commune", lambda unit: unit.code))
