"""The register of tasks: those of the Conclusion in its own words, beside the figures that tell how they go."""

from datetime import date

import pytest

from communes.fixtures import rows
from reports import reference
from reports.material import Task
from reports.models import Conclusion, Directive

pytestmark = pytest.mark.django_db


def register(client, query: str = "nam=2017") -> list[dict]:
    return client.get(f"/bao-cao/nhiem-vu.json?{query}").json()["rows"]


def test_the_tasks_of_the_conclusion_stand_in_its_own_words(client_of, staff):
    with open("fixtures/reference/ket-luan-301-KL-TU.txt", encoding="utf-8") as file:
        printed = file.read().replace("*", "")
    found = register(client_of(staff))
    assert [row["number"] for row in found] == list(range(1, 9))
    for row in found[:7]:
        assert row["text"] in printed
    assert "Triển khai thực hiện và đôn đốc".casefold() in printed.casefold()


def test_a_task_says_what_the_portal_measures_it_by(client_of, viewer):
    measured = {row["number"]: row["measure"] for row in register(client_of(viewer))}
    assert measured[1] == "68/139 xã đạt chuẩn (48,92 %)"
    assert measured[5] == "22 xã đăng ký năm 2018, trong đó 11 xã bổ sung"
    assert measured[6].startswith("thu nhập 26,2 triệu đồng/người/năm; hộ nghèo 9,0 %")
    assert measured[7] == "3 xã đạt chuẩn đang dưới chuẩn"


@pytest.mark.parametrize(
    ("deadline", "state", "late"),
    [
        (None, "waiting", False),
        (date(2017, 12, 30), "waiting", True),
        (date(2017, 12, 31), "under_way", False),
        (date(2017, 12, 30), "done", False),
    ],
)
def test_late_is_what_is_past_its_deadline_and_not_done(deadline, state, late):
    task = Task("1", 1, "", "", deadline, state, "", "", "")
    assert task.is_late(date(2017, 12, 31)) is late


def test_what_the_office_wrote_is_left_alone_when_the_facts_are_loaded_again(province):
    Directive.objects.filter(number=3).update(progress="done", result="Quyết định phân công")
    reference.load()
    assert Directive.objects.count() == len(rows("reference/directives.csv"))
    assert Directive.objects.get(number=3).result == "Quyết định phân công"


def test_another_document_can_be_added_with_its_tasks(client_of, admin, province):
    client = client_of(admin)
    about = {"number": "12-NQ/TU", "slug": "12-NQ-TU", "kind": "Nghị quyết", "issuer": "Tỉnh ủy"}
    about["issued_on"] = "6/7/2018"
    empty = {f"figures-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = client.post("/quan-tri/reports/conclusion/add/", {**about, "title": "Về nông thôn mới", **empty})
    assert answer.status_code == 302, answer.context["errors"]
    task = {"number": "1", "text": "Rà soát quy hoạch", "deadline": "30/6/2018", "progress": "waiting"}
    conclusion = Conclusion.objects.get(number="12-NQ/TU")
    assert conclusion.issued_on == date(2018, 7, 6)  # the sixth of July, as it is written here
    answer = client.post("/quan-tri/reports/directive/add/", task | {"conclusion": conclusion.pk})
    assert answer.status_code == 302, answer.context["errors"]
    assert [row["text"] for row in register(client) if row["document"] == "12-NQ/TU"] == ["Rà soát quy hoạch"]
