"""What stays behind: nothing of a page in the browser, and of every sign-in a line in the log, without names."""

import json
import logging

import pytest
from django.contrib.auth.hashers import make_password
from django.test import override_settings

from ntm_portal.logs import JsonLines

pytestmark = pytest.mark.django_db

PASSWORD = "con-trau-gam-co-ngoai-dong"


@pytest.fixture
def events(caplog):
    """What was logged of security, as it is written."""
    caplog.set_level(logging.INFO, "ntm.security")
    return lambda: [json.loads(JsonLines().format(one)) for one in caplog.records if one.name == "ntm.security"]


@pytest.mark.parametrize(
    "address", ["/xa/?nam=2017", "/bao-cao/tong-hop.json?nam=2017", "/bao-cao/tong-hop.xlsx", "/0/"]
)
def test_no_page_or_file_is_kept_by_a_browser(client_of, staff, address):
    assert "no-store" in client_of(staff).get(address).headers["Cache-Control"]


def test_going_back_to_a_form_finds_what_was_typed(client_of, staff):
    kept = client_of(staff).get("/nhap-lieu/2017/xa/05773/").headers["Cache-Control"]
    assert kept == "private, no-cache"


def test_static_files_may_be_kept(client):
    answer = client.get("/static/portal.css")
    answer.close()
    assert answer.status_code == 200
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def enter(client, username: str, password: str):
    return client.post("/dang-nhap/", {"username": username, "password": password})


def test_every_way_in_and_out_has_its_line_without_a_name(client, staff, events):
    staff.password = make_password(PASSWORD)
    staff.save()
    enter(client, staff.username, "sai")
    enter(client, staff.username, PASSWORD)
    client.post("/dang-xuat/")
    found = events()
    assert [line["event"] for line in found] == ["sign-in failed", "signed in", "signed out"]
    assert [line["officer"] for line in found] == [None, staff.pk, staff.pk]
    assert all(line["request_id"] for line in found)
    assert staff.username not in json.dumps(found)


def test_a_lock_has_its_line(client, staff, events):
    for _ in range(5):
        enter(client, staff.username, "sai")
    assert "sign-in locked" in {line["event"] for line in events()}


def test_a_refused_page_has_its_line(client_of, viewer, caplog):
    caplog.set_level(logging.INFO, "ntm.request")
    client_of(viewer).get("/nhat-ky/")
    facts = next(record.facts for record in caplog.records if record.name == "ntm.request")
    assert (facts["status"], facts["officer"], facts["path"]) == (403, viewer.pk, "/nhat-ky/")


@override_settings(DEBUG=False)
def test_a_fault_tells_nothing_of_itself(client_of, staff, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("bí mật")

    monkeypatch.setattr("reports.catalogue.views.as_json", broken)
    client = client_of(staff)
    client.raise_request_exception = False
    answer = client.get("/bao-cao/tong-hop.json?nam=2017")
    assert answer.status_code == 500
    assert "bí mật" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_a_session_that_was_signed_out_is_worth_nothing(client_of, staff):
    client = client_of(staff)
    kept = client.cookies["sessionid"].value
    client.post("/dang-xuat/")
    client.cookies["sessionid"] = kept
    assert client.get("/xa/").status_code == 302
