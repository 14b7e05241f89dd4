"""The register of tasks: those of the Conclusion in its own words, beside the figures that tell how they go."""

from datetime import date

import pytest

from communes.fixtures import rows
from communes.models import Arrears, Funding
from communes.text import vn_number
from criteria.models import ChangeEvent
from criteria.proofs.log import tampering
from reports.catalogue.material import Task
from reports.documents import reference
from reports.documents.actions import keep
from reports.models import Conclusion, Directive, StatedFigure
from tests.reports.test_queries import MOST, queries_of

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
    assert (measured[2], measured[8]) == ("", "")


def total(client, slug: str, query: str = "nam=2017") -> dict:
    return client.get(f"/bao-cao/{slug}.json?{query}").json()["rows"][-1]


@pytest.mark.parametrize("query", ["nam=2017", "nam=2016", "nam=2017&huyen=171"])
def test_the_task_of_mobilising_is_measured_by_the_sums_of_the_money_report(client_of, staff, query):
    client = client_of(staff)
    planned, disbursed = total(client, "nguon-luc", f"{query}&loai=ke-hoach"), total(client, "nguon-luc", query)
    assert {row["number"]: row["measure"] for row in register(client, query)}[4] == (
        f"không gồm tín dụng: {both(planned, disbursed, 'total_without_credit')}; "
        f"tín dụng: {both(planned, disbursed, 'credit')}"
    )


def both(planned: dict, disbursed: dict, key: str) -> str:
    return f"kế hoạch {million(planned[key])}, đã giải ngân {million(disbursed[key])}"


def million(amount) -> str:
    return f"{vn_number(amount)} triệu đồng"


@pytest.mark.parametrize("query", ["nam=2017", "nam=2017&huyen=173"])
def test_the_task_on_arrears_is_measured_by_the_works_still_owed_for(client_of, staff, query):
    client = client_of(staff)
    *rows, last = client.get(f"/bao-cao/no-dong.json?{query}").json()["rows"]
    late = sum(row["overdue"] == "Quá hạn" for row in rows)
    said = f"{len(rows)} công trình nợ đọng, số tiền còn nợ {million(last['owed'])}"
    measured = {row["number"]: row["measure"] for row in register(client, query)}[7]
    assert measured == said + (f", {late} công trình quá hạn" if late else "")


def test_without_money_and_arrears_there_is_no_sum(client_of, staff):
    Funding.objects.all().delete()
    Arrears.objects.all().delete()
    measured = {row["number"]: row["measure"] for row in register(client_of(staff))}
    assert (measured[4], measured[7]) == ("chưa có số liệu", "không có công trình nợ đọng")


def test_slipped_communes_can_measure_a_task_too(client_of, staff):
    Directive.objects.filter(number=2).update(measure="slipped")
    assert register(client_of(staff))[1]["measure"] == "3 xã đạt chuẩn đang dưới chuẩn"


@pytest.mark.parametrize("ending", ["/", ".json", ".xlsx"])
def test_the_register_takes_eight_queries(client_of, staff, ending):
    assert len(queries_of(client_of(staff), f"/bao-cao/nhiem-vu{ending}?nam=2017")) <= MOST


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
    told = [list(event.changes) for event in ChangeEvent.objects.order_by("-sequence")[:2]]
    assert "12-NQ/TU, nhiệm vụ 1: thời hạn" in told[0]
    assert "Nghị quyết số 12-NQ/TU: ngày ban hành" in told[1]


@pytest.fixture
def added(province):
    """The entries since the test began, oldest first; the chain of the log is sound."""
    start = ChangeEvent.objects.latest("sequence").sequence

    def since_then() -> list[ChangeEvent]:
        assert list(tampering()) == []
        return list(ChangeEvent.objects.filter(sequence__gt=start).order_by("sequence"))

    return since_then


def form(task: Directive, **changed) -> dict:
    kept = {name: getattr(task, name) for name in ("number", "text", "owner", "progress", "result", "measure")}
    return kept | {"conclusion": task.conclusion_id, "deadline": ""} | changed


def test_what_becomes_of_a_task_stands_in_the_log_in_words(client_of, admin, added):
    task = Directive.objects.get(number=3)
    changed = {
        "deadline": "30/9/2018",
        "progress": "under_way",
        "owner": "Văn phòng điều phối",
        "result": "Đã có dự thảo",
    }
    answer = client_of(admin).post(f"/quan-tri/reports/directive/{task.pk}/change/", form(task, **changed))
    assert answer.status_code == 302, answer.context["errors"]
    [event] = added()
    about = "301-KL/TU, nhiệm vụ 3"
    assert event.changes == {
        f"{about}: cơ quan thực hiện": [task.owner, "Văn phòng điều phối"],
        f"{about}: thời hạn": [None, "30/09/2018"],
        f"{about}: trạng thái": ["Chưa thực hiện", "Đang thực hiện"],
        f"{about}: kết quả, minh chứng": [None, "Đã có dự thảo"],
    }
    assert (event.by, event.via, event.year) == (admin, "admin", 2018)
    page = client_of(admin).get("/nhat-ky/").content.decode()
    assert "301-KL/TU, nhiệm vụ 3: thời hạn" in page
    assert "30/09/2018" in page


def test_a_task_or_document_saved_unchanged_leaves_no_entry(client_of, admin, added):
    task = Directive.objects.get(number=3)
    client_of(admin).post(f"/quan-tri/reports/directive/{task.pk}/change/", form(task))
    for row in (task, task.conclusion, *StatedFigure.objects.all()):
        keep(row, by=admin)
    assert added() == []


def test_a_stated_figure_that_is_corrected_or_withdrawn_stands_in_the_log(client_of, admin, added):
    document = Conclusion.objects.get(number="301-KL/TU")
    figures = list(document.figures.all())
    sent = {"figures-TOTAL_FORMS": len(figures), "figures-INITIAL_FORMS": len(figures)}
    names = ("key", "year", "value", "numerator", "denominator", "decimals", "unit", "quote")
    for number, figure in enumerate(figures):
        values = {name: getattr(figure, name) for name in names} | {"id": figure.pk, "conclusion": document.pk}
        texts = {name: "" if value is None else str(value) for name, value in values.items()}
        sent |= {f"figures-{number}-{name}": text for name, text in texts.items()}
    sent |= {"figures-0-value": "26.3", "figures-1-DELETE": "on"}
    about = {name: getattr(document, name) for name in ("number", "slug", "kind", "issuer", "title", "received")}
    address = f"/quan-tri/reports/conclusion/{document.pk}/change/"
    answer = client_of(admin).post(address, {**about, "issued_on": "26/6/2018", **sent})
    assert answer.status_code == 302, answer.context["errors"]
    corrected, withdrawn = added()
    assert corrected.changes == {f"{figures[0]}: giá trị": ["26,2", "26,3"]}
    assert withdrawn.changes[f"{figures[1]}: giá trị"] == ["9", None]
    assert not StatedFigure.objects.filter(pk=figures[1].pk).exists()
