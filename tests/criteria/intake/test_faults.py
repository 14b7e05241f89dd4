"""A fault at any point of an import leaves nothing of it behind. ``FAULTS=1000`` for the heavy run."""

import os
import random

import pytest
from django.db import DatabaseError, connection, transaction

from communes.models import YearlyStatistics
from criteria.intake import importing
from criteria.models import Assessment, ChangeEvent, LogHead, Result, Upload, Via
from tests.criteria.making import csv_file, table

FAULTS = int(os.environ.get("FAULTS", "40"))


class Fault(DatabaseError):
    pass


class Breaking:
    """Counts the statements and breaks at one of them, before it runs or after it."""

    def __init__(self, at: int = 0, after: bool = False):
        self.at, self.after, self.count = at, after, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("BEGIN"):  # Django would not know that its transaction is open
            return execute(sql, params, many, context)
        self.count += 1
        if self.count == self.at and not self.after:
            raise Fault
        result = execute(sql, params, many, context)
        if self.count == self.at:
            raise Fault
        return result


def everything() -> tuple:
    """All that an import may write."""
    return (
        list(Result.objects.order_by("pk").values_list("pk", "value", "claim", "reason", "verdict")),
        list(Assessment.objects.order_by("pk").values_list("pk", "met_mask", "known_mask", "updated_at")),
        list(YearlyStatistics.objects.order_by("pk").values_list("pk", "population", "income")),
        ChangeEvent.objects.count(),
        list(LogHead.objects.values_list("sequence", "hash")),
        Upload.objects.filter(committed_at__isnull=False).count(),
    )


@pytest.fixture
def sheet():
    """Every cell of a few communes changed in some way."""
    title, header, *rows = table("2017.csv")
    rows = [row for row in rows if row[2] == "Huyện Võ Nhai"][:4]
    for row in rows:
        row[3] = str(int(row[3]) + 1)
        row[header.index("4.2")] = "50"
        row[header.index("1.1")] = "Chưa đạt"
    return csv_file(title, header, *rows)


@pytest.mark.django_db(transaction=True)
def test_a_fault_at_a_random_point_leaves_nothing_of_the_import(transactional_db, round_2017, staff, sheet):
    chance = random.Random(FAULTS)
    for _ in range(2):  # the second time what is fetched once and kept is there
        whole = Breaking()
        with transaction.atomic(), connection.execute_wrapper(whole):
            importing.commit(sheet, "bieu.csv", round_2017, by=staff, via=Via.SHEET)
            transaction.set_rollback(True)
    before = everything()
    broken = 0
    for _ in range(FAULTS):
        at = chance.randint(1, whole.count - 2)  # less the savepoint around it above
        fault = Breaking(at, chance.random() < 0.5)
        with pytest.raises(Fault), connection.execute_wrapper(fault):
            importing.commit(sheet, "bieu.csv", round_2017, by=staff, via=Via.SHEET)
        broken += 1
        assert everything() == before
    assert broken == FAULTS
    assert importing.commit(sheet, "bieu.csv", round_2017, by=staff, via=Via.SHEET).written
    assert everything() != before
