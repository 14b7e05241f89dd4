"""The desk: what staff keep in the administration, and that nobody keeps what belongs to another province.

Which of its pages are whose: tests/test_policies.py.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communes.models import Arrears, Commune, Funding, Officer, Registration, Role
from criteria.models import ChangeEvent
from tests.reports.making import make_province, officer_of

pytestmark = pytest.mark.django_db

FOREIGN, OWN = "90000", "05773"


def page(model, action: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


def test_staff_enter_money_in_the_browser_and_the_log_tells_it(client_of, staff):
    commune = Commune.objects.in_force(date(2017, 12, 31)).get(code=OWN)
    entered = {"commune": commune.pk, "year": 2019, "source": "commune", "planned": "1.250,5"}
    answer = client_of(staff).post(page(Funding, "add"), entered)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Funding.objects.get(year=2019, commune=commune, source="commune").planned == Decimal("1250.5")
    listed = client_of(staff).get(page(Funding, "changelist"), {"q": OWN}).content.decode()
    assert ">1.250,5</td>" in listed
    last = ChangeEvent.objects.order_by("sequence").last()
    assert (last.by, last.commune) == (staff, commune)
    assert "1.250,5 triệu đồng" in str(last.changes)


@pytest.mark.parametrize(("typed", "said"), [("1.250", "đọc được theo hai cách"), ("nhiều", "nhiều"), ("-3", "-3")])
def test_an_amount_that_is_none_is_asked_for_again(client_of, staff, typed, said):
    commune = Commune.objects.in_force(date(2017, 12, 31)).get(code=OWN)
    entered = {"commune": commune.pk, "year": 2019, "source": "commune", "planned": typed}
    answer = client_of(staff).post(page(Funding, "add"), entered)
    errors = answer.context["adminform"].form.errors
    assert list(errors) == ["planned"]
    assert said in str(errors)
    assert f'value="{typed}"' in answer.content.decode()


def test_a_registration_that_was_withdrawn_counts_nowhere_and_stays_in_the_log(client_of, staff):
    row = Registration.objects.filter(year=2018).order_by("pk").first()
    client = client_of(staff)
    shown = client.get(page(Registration, "change", row.pk)).context["adminform"].form.initial
    entered = {name: value for name, value in shown.items() if value is not None} | {"withdrawn_on": "1/6/2018"}
    answer = client.post(page(Registration, "change", row.pk), entered)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    rows = client.get("/bao-cao/dang-ky.json?nam=2017").json()["rows"]
    assert len([row for row in rows if row["code"]]) == 21
    assert row.commune.code not in [row["code"] for row in rows]
    whole = client.get("/bao-cao/ke-hoach.json?nam=2017").json()["rows"][-1]
    assert (whole["planned"] + whole["supplementary"], whole["target"]) == (21, 89)
    paper = client.get("/bao-cao/bo-tai-lieu/?nam=2017").content.decode()
    assert "Năm 2018, toàn tỉnh có 21 xã đăng ký đạt chuẩn nông thôn mới" in paper
    assert "rút đăng ký ngày 01/06/2018" in str(ChangeEvent.objects.order_by("sequence").last().changes)


def test_the_money_of_a_commune_that_moved_is_that_of_its_district_at_the_end_of_the_year(client_of, staff):
    """Đồng Liên lay in Phú Bình (173) until 2017, then in the city (164)."""
    version = Commune.objects.in_force(date(2016, 12, 31)).get(name="Đồng Liên")
    Arrears.objects.create(commune=version, work="Cầu treo", value=300, paid=100, as_of=date(2016, 12, 31))
    client = client_of(staff)

    def works(year, district):
        rows = client.get(f"/bao-cao/no-dong.json?nam={year}&huyen={district}").json()["rows"]
        return [row["work"] for row in rows if row.get("work") == "Cầu treo"]

    assert (works(2016, "173"), works(2016, "164")) == (["Cầu treo"], [])
    assert (works(2017, "173"), works(2017, "164")) == ([], ["Cầu treo"])


class TestAnotherProvince:
    @pytest.fixture(autouse=True)
    def other(self, province):
        self.other = make_province(20)
        self.commune = Commune.objects.get(code=FOREIGN)
        common = {"commune": self.commune, "year": 2017}
        self.rows = [
            Funding.objects.create(**common, source="commune", planned=1),
            Arrears.objects.create(
                commune=self.commune, work="Chợ", value=2, paid=1, as_of=date(2017, 12, 31)
            ),
            Registration.objects.filter(commune__province=self.other).first(),
            self.commune.statistics.first(),
            self.commune,
            officer_of(self.other, Role.STAFF),
        ]  # fmt: skip

    @pytest.mark.parametrize("username", ["quantri", "chuyenvien"])
    def test_its_rows_are_not_there(self, client_of, username):
        client = client_of(Officer.objects.get(username=username))
        for row in self.rows:
            answer = client.get(page(row, "change", row.pk))
            assert answer.status_code in (302, 403), row  # not found: back to the index
            if answer.status_code == 302:
                assert answer.url == "/quan-tri/"

    def test_its_communes_cannot_be_chosen(self, client_of, staff):
        client = client_of(staff)
        choices = client.get(
            "/quan-tri/autocomplete/?app_label=communes&model_name=funding&field_name=commune&term=9000"
        )
        assert choices.json()["results"] == []
        answer = client.post(page(Funding, "add"), {"commune": self.commune.pk, "year": 2018, "source": "commune"})
        assert answer.status_code == 200
        assert not Funding.objects.filter(year=2018, commune=self.commune).exists()

    def test_its_rows_cannot_be_brought_in_by_a_file(self, client_of, staff):
        head = "Mã xã,Mã huyện,Năm,Nguồn,Ứng từ kế hoạch năm,Kế hoạch (triệu đồng)"
        text = f"{head}\n{FOREIGN},,2017,Ngân sách xã,,5\n"
        file = SimpleUploadedFile("von.csv", text.encode("utf-8-sig"))
        answer = client_of(staff).post(page(Funding, "import"), {"format": "0", "resource": "0", "import_file": file})
        assert "thuộc tỉnh khác" in answer.content.decode()
        assert Funding.objects.get(commune=self.commune).planned == 1

    def test_a_file_of_ones_own_says_nothing_of_it(self, client_of, staff):
        answer = client_of(staff).post(
            page(Funding, "export"), {"format": "0", "resource": "0", "fundingresource_commune": "on"}
        )
        assert FOREIGN not in answer.content.decode()
        assert OWN in answer.content.decode()
