"""The entry pages: progress, the grid as it is sent, the steps of the workflow, who may see and do what."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Role
from criteria.models import Assessment, AssessmentRound
from criteria.rules.workflow import NAMES, RIGHTS, State, Step, after, may, steps
from tests.reports.making import make_province, officer_of
from tests.whole import SIZES

STATIC = Path(settings.BASE_DIR) / "static"


def compressed(*parts: bytes) -> int:
    return sum(len(gzip.compress(part, 6)) for part in parts)


def test_a_district_with_everything_it_loads_is_light(client_of, staff):
    page = client_of(staff).get("/nhap-lieu/2017/171/").content
    scripts = [path.read_bytes() for path in STATIC.glob("grid*.js")]
    styles = [path.read_bytes() for path in STATIC.glob("*.css")]
    bootstrap = dict(d for d in settings.STATICFILES_DIRS if isinstance(d, tuple))["bootstrap"] / "bootstrap.min.css"
    assert compressed(*scripts) < 15_000
    assert compressed(page, bootstrap.read_bytes(), *scripts, *styles) < 300_000


@pytest.mark.parametrize("path", ["/nhap-lieu/2017/", "/nhap-lieu/2017/900/", "/nhap-lieu/2017/toan-tinh/"])
def test_queries_do_not_grow_with_the_province(client_of, db, path):
    counts = {}
    for size in SIZES:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT size")
        province = make_province(size)
        client = client_of(officer_of(province, Role.STAFF))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        counts[size] = len(queries)
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT size")
    assert len(set(counts.values())) == 1, counts
    assert max(counts.values()) <= 8, counts


def test_progress_counts_what_is_filled_and_where_it_stands(client_of, staff):
    page = client_of(staff).get("/nhap-lieu/2017/").content.decode()
    assert "7.228/7.228" in page
    assert page.count("Đang nhập") > 14


def test_a_commune_is_late_when_the_deadline_has_passed_and_it_is_not_submitted(client_of, staff, province):
    AssessmentRound.objects.of_year(province, 2017).update(deadline="2018-01-15")
    progress = client_of(staff).get("/nhap-lieu/2017/").context["progress"]
    assert progress.overdue
    assert {part.code: part.late for part in progress.districts if part.late} == {"170": 14}


def test_a_district_official_sees_the_own_district_only(client_of, daitu):
    client = client_of(daitu)
    progress = client.get("/nhap-lieu/2017/").context["progress"]
    assert [part.code for part in progress.districts] == ["171"]
    assert client.get("/nhap-lieu/2017/171/").status_code == 200
    for path in ("/nhap-lieu/2017/170/", "/nhap-lieu/2017/toan-tinh/"):
        assert client.get(path).status_code == 404


def test_a_viewer_has_no_business_here(client_of, viewer):
    assert client_of(viewer).get("/nhap-lieu/2017/").status_code == 403


def state(code):
    return Assessment.objects.get(round__as_of__year=2017, commune__code=code).state


def take(client_of, officer, step, *codes, reason=""):
    data = {"step": step, "commune": codes, "reason": reason}
    answer = client_of(officer).post("/nhap-lieu/2017/buoc/", data, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_the_way_of_a_commune(client_of, staff, leader):
    assert take(client_of, staff, "submit", "05728", "05752") == ["Nộp: 2 xã."]
    assert take(client_of, leader, "send_back", "05728") == ["“Trả lại” cần ghi lý do."]
    assert take(client_of, leader, "send_back", "05728", reason="Thiếu hồ sơ 5.1") == ["Trả lại: 1 xã."]
    assert take(client_of, leader, "approve", "05752") == ["Duyệt: 1 xã."]
    assert (state("05728"), state("05752")) == (State.RETURNED, State.APPROVED)
    assert "Thiếu hồ sơ 5.1" in client_of(staff).get("/nhap-lieu/2017/").content.decode()


def test_many_at_once_all_or_none(client_of, leader):
    said = take(client_of, leader, "approve", "05728", "05485")
    assert "Không thể “Duyệt”" in said[0]
    assert state("05728") == State.DRAFT


@pytest.mark.parametrize(
    ("who", "step"), [("staff", "approve"), ("leader", "submit"), ("staff", "close"), ("daitu", "submit")]
)
def test_a_step_is_for_its_roles(request, client_of, who, step):
    officer = request.getfixturevalue(who)
    codes = ["05767"] if who == "daitu" else ["05728"]
    assert "Vai trò của anh/chị không được" in take(client_of, officer, step, *codes)[0]


def test_closing_with_communes_not_approved_asks_why_and_reopening_always_does(client_of, leader):
    assert "Còn 14 xã chưa duyệt" in take(client_of, leader, "close")[0]
    assert take(client_of, leader, "close", reason="Hết hạn") == ["Đã khóa năm 2017."]
    assert "cần ghi lý do" in take(client_of, leader, "reopen")[0]
    assert take(client_of, leader, "reopen", reason="Có số chính thức") == ["Đã mở lại năm 2017."]


def test_another_districts_commune_is_no_choice(client_of, daitu):
    assert take(client_of, daitu, "submit", "05485") == ["Chưa chọn xã nào."]


def test_rights_are_one_table_a_person_can_read():
    table = {step: sorted(roles) for step, roles in RIGHTS.items()}
    assert table == {
        Step.EDIT: ["admin", "staff"], Step.SUBMIT: ["admin", "staff"], Step.APPROVE: ["leader"],
        Step.SEND_BACK: ["leader"], Step.OPEN: ["admin", "staff"], Step.CLOSE: ["leader"], Step.REOPEN: ["leader"],
    }  # fmt: skip
    assert not any(may("viewer", step) or may("district", step) for step in Step)


@pytest.mark.parametrize("start", list(State))
def test_every_offered_step_leads_somewhere(start):
    for role in ("admin", "staff", "leader", "district", "viewer"):
        for step in steps(role, [start]):
            assert after(start, step) in NAMES
