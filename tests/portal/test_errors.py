"""While the database does not answer, an officer is asked to try again; nothing looks like a fault of the officer's."""

from unittest.mock import patch

import pytest
from django.db import OperationalError

from communes.accounts.policy import OfficerBackend

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client_of, staff):
    client = client_of(staff)
    client.raise_request_exception = False
    return client


def away(error=OperationalError):
    return patch.object(OfficerBackend, "get_user", side_effect=error("server closed the connection"))


def test_a_page_says_so_in_vietnamese_and_when_to_try_again(signed_in):
    with away():
        answer = signed_in.get("/?nam=2017")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Hãy đợi ít giây rồi tải lại trang" in answer.content.decode()


def test_a_script_is_told_as_json(signed_in):
    with away():
        answer = signed_in.post("/nhap-lieu/2017/luu/", {}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (
        503,
        "Máy chủ đang bận, chưa ghi gì; hãy thử lại sau ít giây.",
    )


def test_whoever_watches_is_told_also_with_a_session(signed_in):
    with away():
        answer = signed_in.get("/suc-khoe/")
    assert (answer.status_code, answer.json()["database"]) == (503, "fail")


def test_a_fault_of_the_portal_is_no_busy_server(signed_in):
    with away(ValueError):
        answer = signed_in.get("/?nam=2017")
    assert (answer.status_code, "Retry-After" in answer.headers) == (500, False)
    assert "Máy chủ gặp lỗi" in answer.content.decode()
