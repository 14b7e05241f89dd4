"""The sessions of an officer: seen and ended by the officer and by the administrator; and what was changed is told."""

import re
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from communes.accounts import second_factor, sessions
from communes.models import Officer, Role, Session
from tests.reports.making import make_province, officer_of

from .test_recovery_codes import everything
from .test_sign_in import PASSWORD, enter, is_inside

pytestmark = pytest.mark.django_db

ACCOUNT, END, OFFICERS = "/tai-khoan/", "/tai-khoan/phien/", "/quan-tri/communes/officer/"
NEW = "may-bay-qua-cau-vong"


@pytest.fixture
def known(staff):
    staff.set_password(PASSWORD)
    staff.save()
    return staff


@pytest.fixture
def sign_in(known):
    """``sign_in("10.0.0.7")``: a browser at that address in which the officer signed in."""

    def at(address: str) -> Client:
        client = Client(REMOTE_ADDR=address)
        assert enter(client, known.username).status_code == 302
        return client

    return at


@pytest.fixture
def here(sign_in) -> Client:
    return sign_in("10.0.0.1")


@pytest.fixture
def there(here, sign_in) -> Client:
    return sign_in("10.0.0.2")


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def mark_of(client: Client) -> str:
    return sessions.mark_of(key_of(client))


def end(client: Client, mark: str, password: str = PASSWORD):
    return client.post(END, {"phien": mark, "password": password}, follow=True)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def rows(client: Client) -> list[str]:
    """The text of each session on the page of the account."""
    body = client.get(ACCOUNT).content.decode().split("<tbody>")[1].split("</tbody>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


class TestSeen:
    def test_begun_last_used_from_where_and_which_one_this_is(self, sign_in):
        with time_machine.travel("2026-03-02 08:00+07:00"):
            there = sign_in("10.0.0.2")
        with time_machine.travel("2026-03-02 08:05+07:00"):
            there.get("/xa/")
        with time_machine.travel("2026-03-02 08:20+07:00"):
            here = sign_in("10.0.0.1")
            assert rows(here) == [
                "08:20 02/03/2026 phiên này 08:20 02/03/2026 10.0.0.1",
                "08:00 02/03/2026 08:05 02/03/2026 10.0.0.2",
            ]

    def test_this_one_comes_first_also_when_another_was_used_since(self, sign_in):
        with time_machine.travel("2026-03-02 08:00:00+07:00"):
            here = sign_in("10.0.0.1")
        with time_machine.travel("2026-03-02 08:00:30+07:00"):
            sign_in("10.0.0.2")
        with time_machine.travel("2026-03-02 08:00:40+07:00"):
            assert [row.rsplit(" ", 1)[1] for row in rows(here)] == ["10.0.0.1", "10.0.0.2"]
        with time_machine.travel("2026-03-02 08:09:00+07:00"):
            assert "08:09 02/03/2026 10.0.0.1" in rows(here)[0]

    def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(self, client, known, settings):
        settings.BEHIND_PROXY = True
        client.post("/dang-nhap/", {"username": known.username, "password": PASSWORD}, HTTP_X_FORWARDED_FOR="10.1.1.1")
        assert rows(client)[0].endswith("10.1.1.1")

    def test_no_key_of_a_session_stands_on_the_page(self, here, there):
        page = here.get(ACCOUNT).content.decode()
        assert mark_of(there) in page
        assert [key for key in (key_of(here), key_of(there)) if key in page] == []

    def test_those_of_others_do_not(self, here, known, client_of):
        other = client_of(Officer.objects.create(
            username="khac", role=known.role, province=known.province, password=known.password
        ))  # fmt: skip
        other.get("/xa/")
        assert len(rows(here)) == 1
        assert mark_of(other) not in here.get(ACCOUNT).content.decode()

    def test_nor_those_that_have_ended(self, sign_in, known):
        with time_machine.travel(timezone.now() - timedelta(minutes=31)):
            sign_in("10.0.0.9")
        here, there = sign_in("10.0.0.1"), sign_in("10.0.0.2")
        assert len(rows(here)) == 2
        there.post("/tai-khoan/mat-khau/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
        assert len(rows(there)) == 1

    def test_those_that_are_long_over_are_cleared_away_at_the_next_sign_in(self, sign_in, known):
        with time_machine.travel(timezone.now() - timedelta(hours=13)):
            sign_in("10.0.0.9")
        sign_in("10.0.0.1")
        assert Session.objects.filter(officer=known).count() == 1


class TestEnded:
    def test_one_of_the_others_at_its_next_request(self, here, there, sign_in):
        third = sign_in("10.0.0.3")
        assert said(end(here, mark_of(there))) == ["Đã kết thúc 1 phiên đăng nhập khác."]
        assert [is_inside(client) for client in (here, there, third)] == [True, False, True]

    def test_all_the_others(self, here, there, sign_in):
        third = sign_in("10.0.0.3")
        assert said(end(here, sessions.ALL)) == ["Đã kết thúc 2 phiên đăng nhập khác."]
        assert [is_inside(client) for client in (here, there, third)] == [True, False, False]
        assert "Không có phiên nào khác" in here.get(ACCOUNT).content.decode()

    def test_a_page_that_was_being_made_does_not_bring_it_back(self, here, there):
        running = sessions.SessionStore(key_of(there))
        running["x"] = 1
        end(here, mark_of(there))
        with pytest.raises(UpdateError):
            running.save()
        assert not is_inside(there)

    def test_neither_another_officers_nor_an_unknown_one_nor_this_one(self, here, client_of, leader):
        other = client_of(leader)
        for mark in (mark_of(other), key_of(other), "0" * 32, "", mark_of(here)):
            assert "Không có phiên này" in said(end(here, mark))[0], mark
        end(here, sessions.ALL)
        assert is_inside(other)
        assert is_inside(here)

    def test_only_with_the_password_whose_failures_are_counted(self, here, there):
        answers = [end(here, mark_of(there), "sai") for _ in range(5)]
        assert said(answers[0]) == ["Mật khẩu không đúng: chưa kết thúc phiên nào."]
        assert answers[-1].status_code == 429
        assert end(here, mark_of(there)).status_code == 429
        assert is_inside(there)

    def test_what_was_typed_for_it_is_kept_nowhere(self, here):
        end(here, sessions.ALL, "gan-dung-mat-khau")
        assert AccessAttempt.objects.count() == 1
        assert "gan-dung" not in everything()

    def test_only_by_a_form_of_the_portal(self, here, there):
        assert here.get(END).status_code == 405
        here.handler.enforce_csrf_checks = True
        assert end(here, mark_of(there)).status_code == 403
        assert is_inside(there)


class TestByTheAdministrator:
    def end(self, client, *officers: Officer):
        chosen = {"action": "end_sessions", "_selected_action": [officer.pk for officer in officers]}
        return client.post(OFFICERS, chosen, follow=True)

    def test_all_of_an_officer(self, client_of, admin, known, here, there):
        desk = client_of(admin)
        assert said(self.end(desk, known)) == ["Đã kết thúc 2 phiên đăng nhập của 1 cán bộ."]
        assert (is_inside(here), is_inside(there)) == (False, False)
        history = desk.get(f"{OFFICERS}{known.pk}/history/").content.decode()
        assert "Kết thúc các phiên đăng nhập" in history

    def test_not_the_one_that_asks(self, client_of, admin):
        desk, elsewhere = client_of(admin), client_of(admin)
        self.end(desk, admin)
        assert (is_inside(desk), is_inside(elsewhere)) == (True, False)

    def test_not_those_of_another_province(self, client_of, known, here):
        self.end(client_of(officer_of(make_province(0), Role.ADMIN)), known)
        assert is_inside(here)


def changed(client: Client) -> list[str]:
    """What is told of changes on the first page after signing in."""
    return [text for text in said(client.get(ACCOUNT)) if "của tài khoản này được đổi, cấp lại hoặc bỏ lúc" in text]


class TestToldOfChanges:
    def test_a_new_password_once(self, known, here, sign_in):
        with time_machine.travel("2030-03-02 08:00+07:00"):
            known.set_password(PASSWORD)
            known.save(update_fields=["password"])
        with time_machine.travel("2030-03-02 09:00+07:00"):
            told = changed(sign_in("10.0.0.3"))
            again = sign_in("10.0.0.3")
            assert "Đổi lúc 08:00 02/03/2030" in again.get(ACCOUNT).content.decode()
        assert told == [
            "Mật khẩu của tài khoản này được đổi, cấp lại hoặc bỏ lúc 08:00 02/03/2030; "
            "nếu anh/chị không làm và không đề nghị, hãy báo quản trị."
        ]  # fmt: skip
        assert changed(again) == []

    def test_one_that_the_administrator_gave(self, client_of, admin, known, here):
        before = timezone.now()
        client_of(admin).post(OFFICERS, {"action": "give_password", "_selected_action": [known.pk]})
        known.refresh_from_db()
        assert known.password_changed_at > before

    def test_not_of_a_stronger_hash_of_the_same(self, known, sign_in, settings):
        sign_in("10.0.0.1")
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", *settings.PASSWORD_HASHERS]
        Officer.objects.filter(pk=known.pk).update(password=make_password(PASSWORD, hasher="md5"))
        assert changed(sign_in("10.0.0.2")) == []
        known.refresh_from_db()
        assert known.password.startswith("scrypt")

    def test_not_at_the_first_sign_in(self, known, sign_in):
        assert changed(sign_in("10.0.0.1")) == []

    def test_another_telephone_and_its_removal(self, known, here, sign_in):
        second_factor.confirm(second_factor.begin(known))
        assert [text.split(" của ")[0] for text in changed(sign_in("10.0.0.2"))] == ["Điện thoại xác thực"]
        second_factor.forget(known)
        assert len(changed(sign_in("10.0.0.3"))) == 1
        second_factor.forget(known)
        assert changed(sign_in("10.0.0.4")) == []
