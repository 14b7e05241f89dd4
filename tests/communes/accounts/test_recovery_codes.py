"""The recovery codes on paper: hashed, for one use, throttled; and those of earlier days carried over."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communes.accounts import second_factor
from communes.models import RecoveryCodes, recovery_codes

pytestmark = pytest.mark.django_db

carried = import_module("communes.migrations.0005_recovery_codes")


@pytest.fixture
def codes(leader) -> list[str]:
    return second_factor.confirm(second_factor.begin(leader))


@pytest.fixture
def paper(codes, leader) -> RecoveryCodes:
    return RecoveryCodes.objects.get(user=leader)


def everything() -> str:
    """The text of every table of the database."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += map(str, cursor.fetchall())
    return "\n".join(found).lower()


def wait(seconds: int):
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds))


def test_no_code_can_be_read_anywhere(codes, leader):
    assert len(set(codes)) == 10
    kept = everything()
    assert leader.username in kept
    assert not [code for code in codes if code in kept]


def test_equal_codes_look_different():
    assert len(set(RecoveryCodes.digests_of(["abcdefghjk"] * 3))) == 3


def test_each_code_works_once_in_any_order(codes, paper):
    for code in reversed(codes):
        assert paper.verify_token(code)
        assert not paper.verify_token(code)
        with wait(5):
            paper.refresh_from_db()
            paper.throttle_reset()
    assert paper.digests == []


def test_two_who_type_the_same_code_at_once_are_not_both_let_in(codes, paper, leader):
    another = RecoveryCodes.objects.get(user=leader)
    with CaptureQueriesContext(connection) as asked:
        assert paper.verify_token(codes[0])
    assert not another.verify_token(codes[0])
    if connection.features.has_select_for_update:
        assert any("FOR UPDATE" in query["sql"] for query in asked)


def test_after_a_wrong_code_the_right_one_has_to_wait_longer_each_time(codes, paper):
    assert not paper.verify_token("a" * 10)
    assert not paper.verify_token(codes[0])
    with wait(2):
        assert not paper.verify_token("b" * 10)
    with wait(3):
        assert not paper.verify_token(codes[0])
    with wait(6):
        assert paper.verify_token(codes[0])
        assert not paper.verify_token("c" * 10)
    with wait(8):
        assert paper.verify_token(codes[1])


def test_what_is_no_recovery_code_is_neither_hashed_nor_counted(codes, paper, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(recovery_codes, "check_password", pytest.fail)
        assert not any(paper.verify_token(typed) for typed in ("000000", "", "a" * 9, "a" * 11, "1" * 5000))
    assert paper.verify_token(codes[0])


def test_a_wrong_code_of_the_telephone_does_not_make_the_paper_wait(client_of, leader, codes, settings):
    settings.SECOND_FACTOR = True
    client = client_of(leader)
    assert client.post("/dang-nhap/xac-thuc/", {"ma": "000000"}).status_code == 200
    assert client.post("/dang-nhap/xac-thuc/", {"ma": codes[0]}).status_code == 302


def test_new_codes_end_the_earlier_ones(codes, leader):
    second_factor.confirm(second_factor.begin(leader))
    assert not RecoveryCodes.objects.get(user=leader).verify_token(codes[0])


class TestEarlierDays:
    """The tables of ``django_otp.plugins.otp_static``, in which the codes were kept readable."""

    KEPT = (("k7mpk7mpk7", True), ("abcdefghjk", True), ("hidden2345", False))

    @pytest.fixture
    def earlier(self, leader):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE otp_static_staticdevice (id integer, user_id bigint, confirmed boolean)")
            cursor.execute("CREATE TABLE otp_static_statictoken (id integer, device_id integer, token varchar(16))")
            for number, (code, confirmed) in enumerate(self.KEPT):
                device = [number, leader.pk, confirmed]
                cursor.execute("INSERT INTO otp_static_staticdevice VALUES (%s, %s, %s)", device)
                cursor.execute("INSERT INTO otp_static_statictoken VALUES (%s, %s, %s)", [number, number, code])

    def migrate(self):
        carried.carry_codes_over(apps, SimpleNamespace(connection=connection))

    def test_unused_codes_still_work_and_are_not_readable_any_more(self, earlier, leader):
        assert self.KEPT[0][0] in everything()
        self.migrate()
        assert not [code for code, _ in self.KEPT if code in everything()]
        assert not [name for name in connection.introspection.table_names() if name.startswith("otp_static")]
        paper = RecoveryCodes.objects.get(user=leader)
        assert [paper.verify_token(code) for code, _ in self.KEPT] == [True, True, False]

    def test_where_there_are_none_nothing_happens(self):
        before = RecoveryCodes.objects.count()
        self.migrate()
        assert RecoveryCodes.objects.count() == before
