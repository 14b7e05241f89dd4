"""The log: one JSON object a line, no personal data, and nothing that somebody sends can pose as a line of its own."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError
from django.test import RequestFactory

from ntm_portal.logs import JsonLines

REQUESTS = "ntm.request"


@pytest.fixture
def lines(caplog):
    """What was logged of requests, as it is written."""
    caplog.set_level(logging.INFO, REQUESTS)
    return lambda: [JsonLines().format(record) for record in caplog.records if record.name == REQUESTS]


def test_a_request_has_its_line(client_of, staff, lines):
    answer = client_of(staff).get("/bao-cao/", {"tim": "Nguyễn Văn A"}, headers={"X-Request-ID": "ab" * 16})
    (line,) = map(json.loads, lines())
    assert (
        line.items()
        >= {
            "level": "INFO",
            "event": "request",
            "request_id": "ab" * 16,
            "method": "GET",
            "path": "/bao-cao/",
            "status": 200,
            "officer": staff.pk,
        }.items()
    )
    assert answer["X-Request-ID"] == "ab" * 16
    assert isinstance(line["ms"], int)
    assert line["time"].endswith("+00:00")


def test_names_queries_and_passwords_stay_out(client_of, client, staff, lines):
    client_of(staff).get("/xa/", {"ten": "Bản Ngoại bí mật"})
    client.post("/dang-nhap/", {"username": "chuyenvien", "password": "mat-khau-sai"})
    written = "\n".join(lines())
    assert len(lines()) == 2
    for private in ("mật", "secret", "chuyenvien", staff.full_name, "mat-khau", "?", "ten="):
        assert private not in written


@pytest.mark.django_db
@pytest.mark.parametrize("mark", ["\n", "\r\n", "\x1b[2J", "\x85", "\u2028", "\x00", '"}', "\\"])
def test_a_path_cannot_begin_a_new_line(client, lines, mark):
    path = f'/xa/{mark}{{"level": "ERROR", "officer": 1}}/'
    client.get("/" + "".join(f"%{byte:02X}" for byte in path[1:].encode()))
    (line,) = lines()
    assert line.isascii()
    assert line.isprintable()
    assert (json.loads(line)["path"], json.loads(line)["level"]) == (path, "INFO")


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "x", "a" * 33, "AB" * 16, "ab" * 15 + "\n "])
def test_only_a_proper_request_id_is_taken_over(given, client, lines):
    answer = client.get("/dang-nhap/", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] != given
    assert json.loads(lines()[0])["request_id"] == answer["X-Request-ID"]


def test_an_error_is_placed_but_not_quoted():
    request = RequestFactory().get("/xa/")
    request.request_id = "ab" * 16
    try:
        raise IntegrityError("Key (full_name)=(Nguyễn Văn A) already exists.")
    except IntegrityError:
        error = sys.exc_info()
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "%s: %s", ("x", "Nguyễn"), error)
    record.request = request
    written = JsonLines().format(record)
    line = json.loads(written)
    assert line["error"] == "django.db.utils.IntegrityError"
    assert line["where"][0].endswith("test_an_error_is_placed_but_not_quoted")
    assert (line["event"], line["request_id"]) == ("%s: %s", "ab" * 16)
    assert "Nguy" not in written


@pytest.mark.parametrize(
    ("logger", "level", "text", "values", "written"),
    [
        (
            "gunicorn.error",
            logging.INFO,
            "Listening at: %s (%s)",
            ("unix:/run/ntm", 7),
            "Listening at: unix:/run/ntm (7)",
        ),
        (
            "gunicorn.error",
            logging.ERROR,
            "Worker (pid:%s) was sent SIGKILL!",
            (7,),
            "Worker (pid:7) was sent SIGKILL!",
        ),
        ("gunicorn.error", logging.ERROR, "Error handling request %s", ("/xa/?ten=An",), "Error handling request %s"),
        ("django.request", logging.INFO, "100% of %s", ("Nguyễn",), "100% of %s"),
    ],
)
def test_numbers_and_what_the_server_says_of_itself_are_told(logger, level, text, values, written):
    record = logging.LogRecord(logger, level, __file__, 1, text, values, None)
    assert json.loads(JsonLines().format(record))["event"] == written
