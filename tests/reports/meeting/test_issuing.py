"""What issuing a meeting pack asks for, who may, and what it leaves in the log. What was issued: ``test_issued``."""

from importlib import import_module

import pytest

from criteria.models import ChangeEvent
from reports.models import IssuedReport
from tests.reports.making import ISSUE, issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of, leader):
    return client_of(leader)


def test_the_same_number_and_day_are_issued_once(client, province):
    issue(client)
    answer = client.post("/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017", ISSUE)
    assert answer.status_code == 409
    assert "Đã phát hành một báo cáo mang số và ngày này" in answer.content.decode()
    assert IssuedReport.objects.count() == 1


@pytest.mark.parametrize("missing", ISSUE)
def test_what_is_missing_is_asked_for(client, province, missing):
    answer = client.post("/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017", ISSUE | {missing: ""})
    assert answer.status_code == 409
    assert not IssuedReport.objects.exists()


def test_the_migration_of_the_triggers_can_be_taken_back():
    operations = import_module("reports.migrations.0004_issued_triggers").Migration.operations
    assert all(operation.reversible for operation in operations)


def test_issuing_stands_in_the_log(client, leader):
    issued = issue(client, "&huyen=171")
    event = ChangeEvent.objects.latest("sequence")
    assert (event.by, event.sequence) == (leader, issued.log_sequence)
    assert "05/BC-VPĐP" in str(event.changes)
    assert issued.district.code == "171"


@pytest.mark.parametrize("role", ["daitu", "viewer"])
def test_who_does_not_answer_for_the_province_issues_nothing(client_of, officer, role):
    who = client_of(officer(username={"daitu": "daitu", "viewer": "nguoixem"}[role]))
    assert who.post("/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017", ISSUE).status_code == 403
    assert not IssuedReport.objects.exists()
