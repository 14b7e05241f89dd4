"""Under overload readers are told to wait, clearly; what is sent goes through."""

import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from ntm_portal import shedding

LONG_AGO = {"X-Request-Start": "t=1500000000.000"}


@pytest.fixture(autouse=True)
def behind_proxy(settings):
    settings.BEHIND_PROXY = True


@pytest.mark.parametrize("address", ["/", "/dang-nhap/", "/bao-cao/ma-tran.xlsx"])
def test_a_page_that_stood_in_the_queue_for_too_long_says_please_wait(client, address):
    response = client.get(address, headers=LONG_AGO)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 5
    assert "Máy chủ đang bận" in response.content.decode()


def test_what_is_sent_is_never_refused(client, db):
    sent = {"username": "ai-do", "password": "khong-dung"}
    assert client.post("/dang-nhap/", sent, headers=LONG_AGO).status_code == 200
    answer = client.post("/nhap-lieu/2017/luu/", {"cells": []}, "application/json", headers=LONG_AGO)
    assert answer.status_code == 401


def test_the_watch_over_the_server_is_never_refused(client, db):
    assert client.get("/suc-khoe/", headers=LONG_AGO).json()["database"] == "ok"


@pytest.mark.parametrize("started", ["", "t=", "t=abc", "t=99999999999999999999", "t={now:.3f}"])
def test_who_did_not_wait_is_answered(client, db, started):
    started = started.format(now=time.time())
    assert client.get("/dang-nhap/", headers={"X-Request-Start": started}).status_code == 200


def test_only_a_proxy_is_believed(client, db, settings):
    settings.BEHIND_PROXY = False
    assert client.get("/dang-nhap/", headers=LONG_AGO).status_code == 200


@pytest.mark.parametrize(
    ("address", "at_once"), [("/bao-cao/", shedding.PAGES_AT_ONCE), ("/ma-tran.xlsx", shedding.FILES_AT_ONCE)]
)
def test_each_process_makes_a_few_at_a_time_and_still_takes_what_is_sent(monkeypatch, address, at_once):
    monkeypatch.setattr(shedding, "LONGEST_WAIT", 0.01)
    made = []

    def make(request):
        """While one is made, a form is sent and the next one is asked for."""
        made.append(request.path)
        if request.method == "POST":
            return HttpResponse()
        assert handle(RequestFactory().post("/luu/")).status_code == 200
        return handle(RequestFactory().get(address))

    handle = shedding.saves_first(make)
    for _ in range(2):  # a place that is free again can be taken again
        made.clear()
        assert handle(RequestFactory().get(address)).status_code == 503
        assert made.count(address) == at_once
