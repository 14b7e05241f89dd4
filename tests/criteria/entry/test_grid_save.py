"""Cells typed in the grid, over HTTP: compared one by one, judged, stored, answered."""

import json
from datetime import date
from decimal import Decimal

import pytest

from communes.models import Commune
from criteria import actions
from criteria.models import Assessment, ChangeEvent, CriteriaSet, Result, Via
from criteria.rules.workflow import State

VU_CHAN, LIEN_MINH = "05728", "05752"


@pytest.fixture
def send(client_of, staff, round_2017):
    """Send cells as (commune, key, base, value); the answer by (commune, key)."""

    def sent(*cells, officer=staff, reason="", year=2017):
        names = ("commune", "key", "base", "value")
        body = {
            "officer": officer.pk, "reason": reason, "cells": [dict(zip(names, cell, strict=True)) for cell in cells]
        }  # fmt: skip
        answer = client_of(officer).post(f"/nhap-lieu/{year}/luu/", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        return {(cell["commune"], cell["key"]): cell for cell in answer.json()["cells"]} | {"": answer.json()}

    return sent


def value(commune, code):
    return Result.objects.get(
        assessment__commune__code=commune, assessment__round__as_of__year=2017, indicator__code=code
    ).value


def test_a_cell_is_stored_judged_and_logged(send, staff):
    answer = send((VU_CHAN, "4.2", "98,3", "94,9"))
    assert answer[VU_CHAN, "4.2"] == {
        "commune": VU_CHAN, "key": "4.2", "status": "saved", "text": "94,9", "verdict": "not_met"
    }  # fmt: skip
    assert value(VU_CHAN, "4.2") == Decimal("94.9")
    event = ChangeEvent.objects.latest("sequence")
    assert (event.by, event.via, list(event.changes)) == (staff, Via.GRID, ["4.2"])


def test_a_cell_that_somebody_else_changed_comes_back_with_both_values_and_who(send, admin):
    send((VU_CHAN, "4.2", "98,3", "97"), officer=admin)
    answer = send((VU_CHAN, "4.2", "98,3", "96"), (VU_CHAN, "3.1", "76,8", "77"))
    conflict = answer[VU_CHAN, "4.2"]
    assert (conflict["status"], conflict["text"], conflict["by"]) == ("conflict", "97", admin.full_name)
    assert conflict["at"]
    assert value(VU_CHAN, "4.2") == 97, "nothing was overwritten"
    assert answer[VU_CHAN, "3.1"]["status"] == "saved", "the other cell of the same save went through"


def test_a_save_repeated_after_a_lost_answer_does_no_harm(send):
    cells = [(VU_CHAN, "4.2", "98,3", "96"), (VU_CHAN, "population", "2620", "2700")]
    send(*cells)
    entries = ChangeEvent.objects.count()
    again = send(*cells)
    assert {cell["status"] for key, cell in again.items() if key} == {"saved"}
    assert ChangeEvent.objects.count() == entries


def test_both_typing_the_same_value_is_no_conflict(send, admin):
    send((VU_CHAN, "4.2", "98,3", "96"), officer=admin)
    assert send((VU_CHAN, "4.2", "98,3", "96,0"))[VU_CHAN, "4.2"]["status"] == "saved"


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        ("4.2", "abc", "không phải là số"),
        ("4.2", "101", "ngoài khoảng 0–100"),
        ("4.2", "12,5,5", "không phải là số"),
        ("4.2", "Đạt", "cần số liệu"),
        ("population", "-5", "ngoài khoảng"),
        ("population", "12,5", "số nguyên"),
        ("population", "9" * 40_000, "dài quá"),
        ("4.1", "99", "ghi Đạt, Chưa đạt"),
        ("7.1", "KXX", "cần lý do"),
        ("99.9", "1", "Không có xã hoặc chỉ tiêu"),
        ("4.2\x00", "1", "Không có xã hoặc chỉ tiêu"),
        ("4.2", "9\x005", "không phải là số"),
    ],
)
def test_bad_input_is_told_at_its_cell_and_the_rest_is_stored(send, key, typed, says):
    base = {"4.2": "98,3", "population": "2620", "4.1": "Đạt", "7.1": "Đạt"}.get(key, "")
    answer = send((VU_CHAN, key, base, typed), (LIEN_MINH, "4.2", "97,7", "97,6"))
    bad = next(cell for place, cell in answer.items() if place and place != (LIEN_MINH, "4.2"))
    assert bad["status"] == "invalid"
    assert says in bad["message"]
    assert value(LIEN_MINH, "4.2") == Decimal("97.6")


def test_a_forged_commune_is_refused_at_its_cell(send):
    answer = send(("99999", "4.2", "", "95"), ("'; DROP", "4.2", "", "95"), ("", "", "", ""))
    assert {cell["status"] for key, cell in answer.items() if key} == {"invalid"}


def test_a_derived_cell_is_not_typed_and_follows_the_statistics(send):
    answer = send((LIEN_MINH, "10.1", "24,4", "30"), (LIEN_MINH, "income", "24,4", "23,9"))
    assert answer[LIEN_MINH, "10.1"]["status"] == "locked"
    news = answer[""]["communes"][LIEN_MINH]
    assert news["derived"]["10.1"] == {"text": "23,9", "verdict": "not_met"}
    assert news["met"] == 18


def test_where_no_rule_judges_a_derived_cell_it_shows_what_the_officer_says(send, province):
    criteria_set = CriteriaSet.objects.get(code="1980/QĐ-TTg")
    actions.open_round(province, criteria_set, date(2018, 12, 31))
    first = send((VU_CHAN, "income", "", "17,5"), year=2018)
    assert first[""]["communes"][VU_CHAN]["derived"]["10.1"] == {"text": "", "verdict": "unknown"}
    assert send((VU_CHAN, "10.1", "", "Đạt"), year=2018)[VU_CHAN, "10.1"]["verdict"] == "met"
    assert send((VU_CHAN, "10.1", "Đạt", "18"), year=2018)[VU_CHAN, "10.1"]["status"] == "invalid"


def test_a_submitted_commune_is_locked_an_approved_one_asks_why(send, round_2017):
    Assessment.objects.filter(round=round_2017, commune__code=VU_CHAN).update(state=State.SUBMITTED)
    assert send((VU_CHAN, "4.2", "98,3", "97"), reason="Nhập nhầm")[VU_CHAN, "4.2"]["status"] == "locked"
    Assessment.objects.filter(round=round_2017, commune__code=VU_CHAN).update(state=State.APPROVED)
    assert send((VU_CHAN, "4.2", "98,3", "97"))[VU_CHAN, "4.2"]["status"] == "reason"
    assert value(VU_CHAN, "4.2") == Decimal("98.3")
    assert send((VU_CHAN, "4.2", "98,3", "97"), reason="Nhập nhầm")[VU_CHAN, "4.2"]["status"] == "saved"
    assert ChangeEvent.objects.latest("sequence").reason == "Nhập nhầm"


def test_a_closed_year_does_not_move(send):
    answer = send(("05485", "4.2", "", "50"), year=2016)
    assert answer["05485", "4.2"]["status"] == "locked"
    assert "khóa" in answer["05485", "4.2"]["message"]


def test_a_warning_comes_with_the_save_and_goes_when_it_is_accepted(send, client_of, staff):
    answer = send((VU_CHAN, "poor_households", "233", "800"))
    warnings = answer[""]["communes"][VU_CHAN]["warnings"]
    assert "lớn hơn" in warnings["poor_households"]
    body = {"officer": staff.pk, "cells": [{"commune": VU_CHAN, "key": "poor_households"}]}
    accepted = client_of(staff).post("/nhap-lieu/2017/chap-nhan/", json.dumps(body), content_type="application/json")
    assert accepted.json()["cells"] == [{"commune": VU_CHAN, "key": "poor_households"}]
    assert "poor_households" not in send((VU_CHAN, "population", "2620", "2621"))[""]["communes"][VU_CHAN]["warnings"]
    assert ChangeEvent.objects.filter(changes__has_key="poor_households!").exists()


def test_who_may_save(client, client_of, staff, admin, leader, daitu, viewer, round_2017):
    body = json.dumps({"officer": 1, "cells": []})

    def status(officer):
        sent = client_of(officer) if officer else client
        return sent.post("/nhap-lieu/2017/luu/", body, content_type="application/json").status_code

    assert status(None) == 401
    assert {status(officer) for officer in (leader, daitu, viewer)} == {403}
    assert status(staff) == 409, "the cells were typed by another officer"


@pytest.mark.parametrize("body", ["", "[]", "{", "null", '{"cells": 5}', '{"cells": [1, null, {"commune": 5}]}'])
def test_a_broken_request_is_no_error_of_the_server(client_of, staff, round_2017, body):
    answer = client_of(staff).post("/nhap-lieu/2017/luu/", body, content_type="application/json")
    assert answer.status_code in (200, 409)


def test_the_whole_province_pasted_in_one_go(send, round_2017, django_assert_max_num_queries):
    codes = Commune.objects.in_force(round_2017.as_of).rural().values_list("code", flat=True)
    cells = [(code, "18.4", None, "99,5") for code in codes]
    bases = dict(
        Result.objects.filter(assessment__round=round_2017, indicator__code="18.4").values_list(
            "assessment__commune__code", "value"
        )
    )
    cells = [(code, key, f"{bases[code].normalize():f}".replace(".", ","), new) for code, key, _, new in cells]
    with django_assert_max_num_queries(60):
        answer = send(*cells)
    assert {cell["status"] for key, cell in answer.items() if key} == {"saved"}
    assert len(answer) == 140
