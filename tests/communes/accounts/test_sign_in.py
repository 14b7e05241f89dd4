"""Signing in: locks, the second factor, one-time passwords, and how long a session lasts."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from communes.accounts import second_factor
from communes.models import District, Officer, Role
from criteria.models import AssessmentRound

pytestmark = pytest.mark.django_db

PASSWORD = "con-trau-gam-co-ngoai-dong"
SIGN_IN = "/dang-nhap/"


@pytest.fixture
def known(staff):
    staff.set_password(PASSWORD)
    staff.save()
    return staff


def enter(client, username: str, password: str = PASSWORD, **more):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def is_inside(client) -> bool:
    return client.get("/tai-khoan/").status_code == 200


class TestLock:
    def test_five_failures_lock_the_name_at_that_address_even_for_the_right_password(self, client, known):
        answers = [enter(client, known.username, "sai") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200] * 4 + [429]
        assert "tạm khóa 15 phút" in answers[-1].content.decode()
        assert enter(client, known.username).status_code == 429
        assert not is_inside(client)

    def test_another_address_and_another_name_are_not_locked(self, client, known, leader):
        for _ in range(6):
            enter(client, known.username, "sai")
        assert enter(Client(REMOTE_ADDR="10.0.0.9"), known.username).status_code == 302
        assert enter(client, leader.username, "sai").status_code == 200

    def test_it_ends_by_itself(self, client, known):
        for _ in range(6):
            enter(client, known.username, "sai")
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            assert enter(client, known.username).status_code == 302

    def test_the_administrator_sees_it_and_lets_in(self, client, client_of, admin, known):
        for _ in range(6):
            enter(client, known.username, "sai")
        desk = client_of(admin)
        listed = desk.get("/quan-tri/communes/officer/").content.decode()
        said = dict(re.findall(r'([\w-]+)</a></th>.*?field-locked">([^<]*)<', listed))
        assert said == dict.fromkeys(said, "–") | {known.username: "đã khóa"}
        chosen = {"action": "let_in", "_selected_action": [known.pk]}
        assert desk.post("/quan-tri/communes/officer/", chosen).status_code == 302
        assert enter(client, known.username).status_code == 302

    def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(self, rf, settings):
        from communes.accounts.policy import address_of

        request = rf.get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.1.1.1", REMOTE_ADDR="127.0.0.1")
        settings.BEHIND_PROXY = False
        assert address_of(request) == "127.0.0.1"
        settings.BEHIND_PROXY = True
        assert address_of(request) == "10.1.1.1"

    def test_an_unknown_name_and_a_wrong_password_read_the_same(self, client, known):
        unknown, wrong = enter(client, "khong-co"), enter(client, known.username, "sai")
        said = [re.findall(r'role="alert">(.*?)<', answer.content.decode()) for answer in (unknown, wrong)]
        assert said[0] == said[1] != []


class TestPasswords:
    @pytest.mark.parametrize(
        "password",
        [
            "ngan-qua",
            "123456789012",
            "nông thôn mới 2020",
            "NongThonMoi!!!2020",
            "yeu thai nguyen lam",
            "chuyenvien 12345",
        ],
    )
    def test_short_common_and_context_words_are_refused(self, staff, password):
        with pytest.raises(ValidationError):
            validate_password(password, staff)

    @pytest.mark.parametrize(
        "password", ["con trâu gặm cỏ ngoài đồng", "trời xanh mây trắng nắng vàng", "sông Cầu 7 nhịp"]
    )
    def test_a_long_sentence_is_enough(self, staff, password):
        validate_password(password, staff)

    def test_a_new_officer_gets_one_for_one_use_and_must_change_it(self, client, client_of, admin, province):
        about = {"username": "canbo.moi", "full_name": "Cán bộ mới", "role": "staff", "province": province.pk}
        answer = client_of(admin).post("/quan-tri/communes/officer/add/", about | {"is_active": "on"}, follow=True)
        password = re.search(r"canbo\.moi: ([a-z0-9-]{19})", answer.content.decode())[1]
        assert enter(client, "canbo.moi", password).status_code == 302
        assert client.get("/xa/").url == "/tai-khoan/mat-khau/"
        changed = {"old_password": password, "new_password1": PASSWORD, "new_password2": PASSWORD}
        assert client.post("/tai-khoan/mat-khau/", changed).url == "/"
        assert client.get("/xa/").status_code == 200
        assert enter(Client(), "canbo.moi", password).status_code == 200  # not again
        assert enter(Client(), "canbo.moi").status_code == 302

    def test_it_is_worth_nothing_after_three_days(self, client, staff):
        password = staff.give_one_time_password()
        staff.save()
        with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
            assert "đã hết hạn" in enter(client, staff.username, password).content.decode()
            assert not is_inside(client)

    def test_a_forgotten_one_is_replaced_by_the_administrator(self, client, client_of, admin, known):
        chosen = {"action": "give_password", "_selected_action": [known.pk]}
        answer = client_of(admin).post("/quan-tri/communes/officer/", chosen, follow=True)
        password = re.search(rf"{known.username}: ([a-z0-9-]{{19}})", answer.content.decode())[1]
        assert enter(client, known.username).status_code == 200
        assert enter(client, known.username, password).status_code == 302

    def test_changing_it_ends_the_other_sessions(self, known):
        here, elsewhere = Client(), Client()
        for client in (here, elsewhere):
            enter(client, known.username)
        new = "may-bay-qua-cau-vong"
        here.post("/tai-khoan/mat-khau/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
        assert (is_inside(here), is_inside(elsewhere)) == (True, False)


class TestSessions:
    @pytest.fixture
    def inside(self, client, known):
        enter(client, known.username)
        return client

    def test_thirty_minutes_without_use_end_it(self, inside):
        with time_machine.travel(timezone.now() + timedelta(minutes=29)):
            assert is_inside(inside)
        with time_machine.travel(timezone.now() + timedelta(minutes=58)):
            assert is_inside(inside)
        with time_machine.travel(timezone.now() + timedelta(minutes=90)):
            assert not is_inside(inside)
            assert "Phiên làm việc đã hết" in inside.get("/xa/", follow=True).content.decode()

    def test_twelve_hours_end_it_however_much_it_is_used(self, inside):
        for minutes in range(20, 12 * 60, 20):
            with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
                assert is_inside(inside), minutes
        with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=5)):
            assert not is_inside(inside)

    @pytest.mark.parametrize(
        "change",
        [
            {"is_active": False},
            {"role": Role.VIEWER},
            {"role": Role.DISTRICT, "district": "171"},
        ],
    )
    def test_it_ends_when_the_officer_is_disabled_or_answers_for_something_else(self, inside, known, change):
        if "district" in change:
            change = change | {"district": District.objects.get(code=change["district"])}
        Officer.objects.filter(pk=known.pk).update(**change)
        assert not is_inside(inside)

    def test_it_ends_when_an_official_moves_to_another_district(self, client_of, daitu):
        client = client_of(daitu)
        assert is_inside(client)
        Officer.objects.filter(pk=daitu.pk).update(district=District.objects.get(code="173"))
        assert not is_inside(client)

    def test_what_was_typed_in_the_form_is_sent_again_after_signing_in(self, inside, known):
        address, typed = "/nhap-lieu/2017/xa/05773/", {"f-1.1": "1", "reason": "Nhập nhầm <b>"}
        with time_machine.travel(timezone.now() + timedelta(minutes=31)):
            asked = inside.post(address, typed)
            assert asked.status_code == 401
            kept = asked.context["kept"]
            assert dict(json.loads(kept)) == typed
            wrong = enter(inside, known.username, "sai", giu=kept, next=address)
            assert wrong.context["kept"] == kept
            assert "Nhập nhầm" not in AccessAttempt.objects.get().post_data
            again = enter(inside, known.username, giu=kept, next=address).content.decode()
        assert f'action="{address}"' in again
        assert '<input type="hidden" name="reason" value="Nhập nhầm &lt;b&gt;">' in again

    @pytest.mark.parametrize("kept", ["{", "[1]", '{"a": 1}', "null", "[" * 3000, "x" * 300_000])
    def test_what_was_not_kept_by_the_portal_is_nothing(self, client, known, kept):
        assert enter(client, known.username, giu=kept).status_code in (302, 200)
        assert is_inside(client)

    def test_going_on_leads_nowhere_else(self, client, known):
        answer = enter(client, known.username, giu='[["a", "b"]]', next="https://elsewhere.example/").content.decode()
        assert 'action="/"' in answer


def code_of(telephone: TOTPDevice) -> str:
    totp = TOTP(telephone.bin_key, telephone.step, telephone.t0, telephone.digits)
    totp.time = timezone.now().timestamp()
    return f"{totp.token():06}"


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def demanded(self, settings):
        settings.SECOND_FACTOR = True

    @pytest.fixture
    def telephone(self, leader):
        telephone = second_factor.begin(leader)
        self.codes = second_factor.confirm(telephone)
        return telephone

    def close(self, client):
        return client.post(
            "/nhap-lieu/2017/buoc/", {"step": "close", "reason": "Đủ số liệu"}, HTTP_REFERER="/nhap-lieu/2017/"
        )

    def is_closed(self) -> bool:
        return AssessmentRound.objects.filter(as_of__year=2017, closed_at__isnull=False).exists()

    def test_a_leader_gives_it_before_closing_a_year_and_once_a_session(self, client_of, leader, telephone):
        client = client_of(leader)
        asked = self.close(client)
        assert asked.url == "/dang-nhap/xac-thuc/?next=%2Fnhap-lieu%2F2017%2F"
        assert not self.is_closed()
        given = client.post(asked.url, {"ma": code_of(telephone), "next": "/nhap-lieu/2017/"})
        assert given.url == "/nhap-lieu/2017/"
        self.close(client)
        assert self.is_closed()

    def test_a_wrong_code_lets_nobody_through_and_the_right_one_does_not_work_twice(self, client_of, leader, telephone):
        client = client_of(leader)
        assert "Mã không đúng" in client.post("/dang-nhap/xac-thuc/", {"ma": "000000"}).content.decode()
        self.close(client)
        assert not self.is_closed()
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            code = code_of(telephone)
            assert client.post("/dang-nhap/xac-thuc/", {"ma": code}).status_code == 302
            assert client_of(leader).post("/dang-nhap/xac-thuc/", {"ma": code}).status_code == 200

    def test_a_recovery_code_works_once(self, client_of, leader, telephone):
        assert client_of(leader).post("/dang-nhap/xac-thuc/", {"ma": self.codes[0]}).status_code == 302
        assert client_of(leader).post("/dang-nhap/xac-thuc/", {"ma": self.codes[0]}).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            assert client_of(leader).post("/dang-nhap/xac-thuc/", {"ma": self.codes[1].upper()}).status_code == 302

    def test_it_is_set_up_in_the_browser_with_recovery_codes_shown_once(self, client_of, leader):
        client = client_of(leader)
        assert self.close(client).status_code == 302
        assert client.get("/dang-nhap/xac-thuc/").url.startswith("/tai-khoan/hai-buoc/")
        client.post("/tai-khoan/hai-buoc/")
        page = client.get("/tai-khoan/hai-buoc/").content.decode()
        assert "data:image/svg+xml" in page
        assert client.post("/tai-khoan/hai-buoc/", {"ma": "12 45"}).status_code == 200
        pending = second_factor.telephone_of(leader, confirmed=False)
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            done = client.post("/tai-khoan/hai-buoc/", {"ma": code_of(pending)}).content.decode()
            codes = re.findall(r"<code>(\w{10})</code>", done)
            assert len(codes) == 10
            self.close(client)
        assert self.is_closed()

    def test_who_has_only_the_password_cannot_put_another_telephone_in_place(self, client_of, leader, telephone):
        client = client_of(leader)
        assert client.post("/tai-khoan/hai-buoc/").url.startswith("/dang-nhap/xac-thuc/")
        assert second_factor.telephone_of(leader) == telephone

    def test_issuing_and_the_administration_ask_for_it_and_entering_does_not(self, client_of, leader, admin, staff):
        assert (
            client_of(leader)
            .post("/bao-cao/bo-tai-lieu/phat-hanh/?nam=2017", {})
            .url.startswith("/dang-nhap/xac-thuc/")
        )
        asked = client_of(admin).get("/quan-tri/communes/officer/", follow=True)
        assert asked.redirect_chain[-1][0].startswith("/tai-khoan/hai-buoc/")
        assert client_of(staff).get("/quan-tri/communes/funding/").status_code == 200

    def test_who_lost_the_telephone_is_helped_by_the_administrator(self, client_of, leader, telephone, settings, admin):
        settings.SECOND_FACTOR = False
        chosen = {"action": "forget_second_factor", "_selected_action": [leader.pk]}
        client_of(admin).post("/quan-tri/communes/officer/", chosen)
        assert second_factor.telephone_of(leader) is None

    def test_a_session_is_not_verified_any_more_when_its_telephone_is_gone(self, client_of, leader, telephone):
        client = client_of(leader)
        client.post("/dang-nhap/xac-thuc/", {"ma": code_of(telephone)})
        second_factor.forget(leader)
        self.close(client)
        assert not self.is_closed()
