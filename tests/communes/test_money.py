"""Money by source, arrears, model hamlets, assignments: what holds for every amount, and what is refused."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from communes import actions
from communes.models import Arrears, Assignment, Commune, Department, District, Funding, Hamlet
from communes.money import Debt, FundingSource, Measure, Money, balance, outstanding, overdrawn
from criteria import actions as assessing
from criteria.actions.money import save_arrears, save_assignment, save_funding, save_hamlet
from criteria.models import AssessmentRound, ChangeEvent
from criteria.proofs.log import tampering
from tests.communes.administration.test_import import confirm, lines, refused, send

CUC_DUONG = "05737"
YEARS = range(2016, 2021)
SOURCE = FundingSource.CENTRAL_INVESTMENT
sums = st.decimals(0, 10_000_000, places=3)
maybe = st.none() | sums


def line(year, planned, drawn_from=None, **more) -> Money:
    return Money(1, "171", year, SOURCE, drawn_from, planned=planned, **more)


@st.composite
def plans_with_advances(draw):
    """Known plans of every year, and advances that later years can bear."""
    own = {year: draw(sums) for year in YEARS}
    lines = [line(year, amount) for year, amount in own.items()]
    for later in list(YEARS)[1:]:
        left = own[later]
        for year in draw(st.sets(st.sampled_from([y for y in YEARS if y < later]))):
            taken = draw(st.decimals(0, left, places=3))
            left -= taken
            lines.append(line(year, taken, later))
    return own, draw(st.permutations(lines))


@given(plans_with_advances())
def test_an_advance_reduces_the_later_year_and_the_sum_over_the_years_stays(case):
    own, found = case
    net = {year: balance(found, year, Measure.PLANNED).available for year in YEARS}
    assert sum(net.values()) == sum(own.values())
    for year in YEARS:
        gained = sum(one.planned for one in found if one.year == year and one.drawn_from)
        given_away = sum(one.planned for one in found if one.drawn_from == year)
        assert net[year] == own[year] + gained - given_away
    assert overdrawn(found) == [(SOURCE, year) for year in YEARS if net[year] < 0] == []


@given(sums, sums)
def test_what_was_paid_is_not_taken_back_by_an_advance(paid, advanced):
    found = [line(2019, None, disbursed=paid), line(2018, None, 2019, disbursed=advanced)]
    assert balance(found, 2019, Measure.DISBURSED).available == paid
    assert balance(found, 2018, Measure.DISBURSED).available == advanced


@given(st.lists(st.tuples(st.sampled_from(YEARS), maybe)))
def test_what_is_not_known_is_not_zero(given_lines):
    found = [line(year, amount) for year, amount in given_lines]
    for year in YEARS:
        amounts = [amount for y, amount in given_lines if y == year]
        known = [amount for amount in amounts if amount is not None]
        result = balance(found, year, Measure.PLANNED)
        assert result.available == (sum(known) if known else None)
        assert result.unknown == len(amounts) - len(known)


def test_what_was_taken_from_an_unknown_plan_leaves_it_unknown():
    found = [line(2019, None), line(2018, Decimal(5), 2019)]
    assert balance(found, 2019, Measure.PLANNED).available is None
    assert balance(found[1:], 2019, Measure.PLANNED).available is None
    assert overdrawn(found) == []


def test_more_than_the_later_year_has_is_overdrawn():
    assert overdrawn([line(2019, Decimal(4)), line(2018, Decimal(5), 2019)]) == [(SOURCE, 2019)]


def test_the_years_that_are_overdrawn_are_named_in_their_order():
    found = [line(year, Decimal(1)) for year in (2023, 2024)]
    found += [line(2022, Decimal(5), later) for later in (2024, 2023)]
    assert overdrawn(found) == [(SOURCE, 2023), (SOURCE, 2024)]


@pytest.mark.django_db
def test_the_money_of_the_same_places_is_that_of_no_other(province):
    mine = Funding.objects.filter(commune__code=CUC_DUONG)
    found = Funding.objects.of_places(mine.select_related("commune"))
    assert mine.exists()
    assert set(found) == set(mine)
    assert set(found) < set(Funding.objects.all())


def test_credit_alone_is_credit():
    assert [source for source in FundingSource if source.is_credit] == [FundingSource.CREDIT]


def debt(value, paid, as_of=date(2017, 12, 31), **more) -> Debt:
    return Debt(1, "171", more.pop("work", "Cầu"), "", value, paid, "", None, as_of, **more)


@given(st.tuples(sums, sums).map(sorted), st.dates(date(2017, 12, 31), date(2030, 1, 1)))
def test_what_is_owed_is_value_less_paid_and_never_negative(amounts, day):
    paid, value = amounts
    one = debt(value, paid)
    assert one.owed == value - paid >= 0
    assert outstanding([one], day) == ([one] if value > paid else [])


def test_the_newest_account_of_a_work_by_the_day_counts():
    early = debt(Decimal(9), Decimal(1), date(2016, 12, 31))
    late, done = debt(Decimal(9), Decimal(5)), debt(Decimal(9), Decimal(9), date(2018, 12, 31))
    for accounts in ([early, late, done], [done, late, early]):
        assert outstanding(accounts, date(2016, 12, 30)) == []
        assert outstanding(accounts, date(2017, 12, 30)) == [early]
        assert outstanding(accounts, date(2018, 12, 30)) == [late]
        assert outstanding(accounts, date(2018, 12, 31)) == []


def test_a_settled_work_is_owed_until_the_day_before():
    one = debt(Decimal(9), Decimal(1), settled_on=date(2018, 3, 5))
    assert outstanding([one], date(2018, 3, 4)) == [one]
    assert outstanding([one], date(2018, 3, 5)) == []


@pytest.fixture
def commune(province):
    return Commune.objects.in_force(date(2017, 12, 31)).get(code=CUC_DUONG)


@pytest.fixture
def client(client_of, admin):
    return client_of(admin)


def money(commune, /, **fields) -> Funding:
    return Funding(**{"commune": commune, "year": 2018, "source": "other", "planned": Decimal(100)} | fields)


def owing(commune, /, **fields) -> Arrears:
    about = {"commune": commune, "work": "Cầu Cúc Đường", "value": Decimal(900), "paid": Decimal(400)}
    return Arrears(**about | {"as_of": date(2018, 6, 30)} | fields)


def why(record) -> str:
    with pytest.raises(ValidationError) as refusal:
        actions.amend(record)
    return " ".join(refusal.value.messages)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"planned": Decimal(-1)}, "âm"),
        ({"drawn_from": 2018}, "năm sau"),
        ({"drawn_from": 2017}, "năm sau"),
        ({"commune": None}, "một xã hoặc một huyện"),
        ({"source": "lottery"}, "lottery"),
        ({"year": 2009}, "không có hiệu lực"),
    ],
)
def test_money_that_cannot_be_is_refused(commune, fields, message):
    assert message in why(money(commune, **fields))


def test_money_is_of_a_commune_or_of_a_district_never_of_both(commune):
    assert "một xã hoặc một huyện" in why(money(commune, district=commune.district))
    actions.amend(money(None, district=commune.district))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"paid": Decimal(901)}, "lớn hơn giá trị"),
        ({"paid": Decimal(-1)}, "âm"),
        ({"settled_on": date(2018, 6, 29)}, "không được trước"),
        ({"commune": None}, "một xã hoặc một huyện"),
        ({"paid": None}, "để trống"),
    ],
)
def test_arrears_that_cannot_be_are_refused(commune, fields, message):
    assert message in why(owing(commune, **fields))


@pytest.mark.parametrize(
    "build",
    [
        lambda c: money(c, planned=-1),
        lambda c: money(c, drawn_from=2018),
        lambda c: money(c, district=c.district),
        lambda c: owing(c, paid=901),
        lambda c: owing(c, settled_on=date(2018, 6, 29)),
        lambda c: Hamlet(commune=c, name="Xóm 1", decision_number="1"),
        lambda c: Assignment(department_id=Department.objects.first().pk, commune=c, criterion=1, year_from=2018),
        lambda c: Assignment(department_id=Department.objects.first().pk, commune=c, year_from=2018, year_to=2017),
        lambda c: Assignment(department_id=Department.objects.first().pk, criterion=1, year_from=2018),
    ],
)
def test_the_database_itself_refuses_it(commune, build):
    with pytest.raises(IntegrityError), transaction.atomic():
        build(commune).save()


def test_a_source_of_a_place_stands_once_a_year_and_once_for_each_year_it_draws_on(commune):
    for drawn_from in (None, 2019, 2020):
        again = {"source": "people_cash", "year": 2018, "drawn_from": drawn_from}
        Funding.objects.filter(commune=commune, **again).delete()
        actions.amend(money(commune, **again))
        assert "đã được ghi" in why(money(commune, **again))


def test_the_same_hamlet_assignment_and_account_stand_once(commune):
    department = Department.objects.first()
    for build in (
        lambda: Hamlet(commune=commune, name="Xóm Thử"),
        lambda: Assignment(department=department, commune=commune, year_from=2030),
        lambda: Assignment(department=department, criterion=3, province=commune.province, year_from=2030),
        lambda: owing(commune),
    ):
        actions.amend(build())
        assert why(build())


def test_an_advance_takes_no_more_than_the_later_year_has(commune, admin):
    Funding.objects.filter(commune=commune, source="province").delete()
    save_funding(money(commune, year=2019, source="province"), admin)
    with pytest.raises(ValidationError, match="vốn ứng trước từ kế hoạch năm 2019"):
        save_funding(money(commune, source="province", drawn_from=2019, planned=Decimal("100.001")), admin)
    assert not Funding.objects.filter(commune=commune, drawn_from=2019).exists()
    save_funding(money(commune, source="province", drawn_from=2019), admin)
    later = Funding.objects.get(commune=commune, year=2019, source="province")
    later.planned = Decimal(99)
    with pytest.raises(ValidationError, match="năm 2019"):
        save_funding(later, admin)


def told(event) -> tuple:
    [(topic, (old, new))] = event.changes.items()
    return topic, old, new


def test_money_is_told_in_the_log(commune, admin):
    Funding.objects.filter(commune=commune, year=2018, source="people_cash").delete()
    row = money(commune, source="people_cash", drawn_from=None)
    save_funding(row, admin, "nguon-luc.xlsx")
    event = ChangeEvent.objects.latest("sequence")
    assert (event.by, event.year, event.commune, event.source) == (admin, 2018, commune, "nguon-luc.xlsx")
    topic, old, new = told(event)
    assert (topic, old) == ("Nguồn lực", None)
    assert "kế hoạch 100 triệu đồng; phân bổ chưa có số liệu" in new
    row.allocated = Decimal(0)
    save_funding(row, admin)
    topic, old, after = told(ChangeEvent.objects.latest("sequence"))
    assert old == new
    assert "phân bổ 0 triệu đồng" in after
    assert list(tampering()) == []


@pytest.mark.parametrize(
    ("save", "build", "words"),
    [
        (save_arrears, owing, "còn nợ 500 triệu đồng"),
        (save_hamlet, lambda c: Hamlet(commune=c, name="Xóm Thử", model_year=2018), "kiểu mẫu, tính cho năm 2018"),
        (
            save_assignment,
            lambda c: Assignment(department=Department.objects.first(), commune=c, year_from=2018),
            "giúp đỡ Xã Cúc Đường",
        ),
        (
            save_assignment,
            lambda c: Assignment(department=Department.objects.first(), criterion=17, year_from=2030),
            "phụ trách tiêu chí 17",
        ),
        (save_funding, lambda c: money(None, district=c.district, source="other"), "Huyện Võ Nhai (170)"),
    ],
)
def test_everything_else_is_told_too_and_nothing_twice(commune, admin, leader, client_of, save, build, words):
    row, events = build(commune), ChangeEvent.objects.count()
    save(row, admin)
    assert words in told(ChangeEvent.objects.latest("sequence"))[2]
    save(row, admin)
    assert ChangeEvent.objects.count() == events + 1
    assert words in client_of(leader).get("/nhat-ky/").content.decode()
    assert list(tampering()) == []


@pytest.mark.parametrize(
    ("save", "row"),
    [
        (save_funding, lambda c: money(c, year=2016, source="other")),
        (save_funding, lambda c: money(c, year=2015, source="other", drawn_from=2016)),
        (save_arrears, lambda c: owing(c, as_of=date(2016, 6, 30))),
    ],
)
def test_a_closed_year_does_not_move(commune, admin, save, row):
    events = ChangeEvent.objects.count()
    with pytest.raises(ValidationError, match="đã khóa"):
        save(row(commune), admin)
    assert ChangeEvent.objects.count() == events
    assert not Funding.objects.filter(commune=commune, source="other").exists()


def test_an_advance_on_a_closed_year_would_move_it(province, commune, leader, admin):
    assessing.reopen_year(AssessmentRound.objects.of_year(province, 2015).get(), by=leader, reason="Thử")
    Funding(commune=commune, year=2016, source="other", planned=Decimal(100)).save()
    save_funding(money(commune, year=2015, source="other", planned=Decimal(1)), admin)
    with pytest.raises(ValidationError, match="Số liệu năm 2016 đã khóa"):
        save_funding(money(commune, year=2015, source="other", planned=Decimal(1), drawn_from=2016), admin)


def test_settling_a_debt_later_leaves_the_closed_year_as_it_was(commune, admin):
    row = owing(commune, as_of=date(2016, 6, 30))
    row.save()
    row.settled_on = date(2017, 3, 1)
    save_arrears(row, admin)
    row.settled_on = date(2016, 12, 31)
    with pytest.raises(ValidationError, match="Số liệu năm 2016 đã khóa"):
        save_arrears(row, admin)


def test_money_comes_in_from_a_file_after_a_preview(client, commune, admin):
    Funding.objects.filter(commune=commune, year=2018, source="people_cash").delete()
    row = {"Mã xã": CUC_DUONG, "Năm": "2018", "Nguồn": "Dân góp tiền", "Ứng từ kế hoạch năm": "", "Mã huyện": ""}
    row |= {"Kế hoạch (triệu đồng)": "1.234,5", "Đã phân bổ (triệu đồng)": "0", "Ghi chú": "=1+1"}
    events = ChangeEvent.objects.count()
    preview = send(client, Funding, lines(row), name="nguon-luc.csv")
    assert ChangeEvent.objects.count() == events
    confirm(client, Funding, preview)
    stored = Funding.objects.get(commune=commune, year=2018, source="people_cash")
    assert (stored.planned, stored.allocated, stored.disbursed) == (Decimal("1234.5"), 0, None)
    event = ChangeEvent.objects.latest("sequence")
    assert (event.by, event.source, ChangeEvent.objects.count()) == (admin, "nguon-luc.csv", events + 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"Mã xã": "99999"}, "Không có đơn vị cấp xã"),
        ({"Mã xã": ""}, "một xã hoặc một huyện"),
        ({"Nguồn": "Xổ số"}, "không có trong danh mục"),
        ({"Kế hoạch (triệu đồng)": "-5"}, "ngoài khoảng"),
        ({"Kế hoạch (triệu đồng)": "nhiều"}, "không phải là số"),
        ({"Năm": "2016"}, "đã khóa"),
        ({"Ứng từ kế hoạch năm": "2017"}, "một năm sau"),
    ],
)
def test_a_file_of_money_with_a_wrong_cell_is_refused(client, commune, wrong, said):
    row = {"Mã xã": CUC_DUONG, "Năm": "2018", "Nguồn": "Nguồn khác", "Ứng từ kế hoạch năm": "", "Mã huyện": ""}
    assert said in refused(client, Funding, lines(row | {"Kế hoạch (triệu đồng)": "5"} | wrong))
    assert not Funding.objects.filter(commune=commune, source="other").exists()


def test_arrears_come_in_from_a_file(client, commune):
    row = {"Mã xã": CUC_DUONG, "Mã huyện": "", "Công trình": "Cầu", "Số liệu đến ngày": "30/6/2018"}
    row |= {"Giá trị khối lượng hoàn thành (triệu đồng)": "900", "Đã thanh toán (triệu đồng)": "400"}
    confirm(client, Arrears, send(client, Arrears, lines(row)))
    assert Arrears.objects.get(commune=commune, work="Cầu").owed == 500
    said = refused(client, Arrears, lines(row | {"Công trình": "Cống", "Đã thanh toán (triệu đồng)": "901"}))
    assert "lớn hơn giá trị" in said


def test_a_hamlet_of_a_file_belongs_to_the_commune_of_its_year(client, province):
    row = {"Mã xã": "05914", "Tên xóm": "Xóm Thử", "Kiểu mẫu tính cho năm": "2016"}  # moved district in August 2017
    confirm(client, Hamlet, send(client, Hamlet, lines(row)))
    assert Hamlet.objects.get(name="Xóm Thử").commune.district.code == "173"


def test_the_demonstration_holds_what_is_stated(province):
    """2019: 293,2 billion, of which 198,2 central; the eleven supplementary communes draw on 2019 and 2020."""
    plan = Funding.objects.filter(year=2019)
    amounts = list(plan.values_list("source", "planned"))
    assert sum(planned for _, planned in amounts) == 293_200
    assert sum(planned for source, planned in amounts if source.startswith("central")) == 198_200
    drawing = Funding.objects.filter(drawn_from__isnull=False)
    registered = Commune.objects.filter(registrations__year=2018, registrations__batch="supplementary")
    assert set(drawing.values_list("commune", "drawn_from")) == {
        (pk, year) for pk in registered.values_list("pk", flat=True) for year in (2019, 2020)
    }
    assert len(registered) == 11
    assert overdrawn(Funding.objects.all().lines()) == []


def test_a_district_as_such_has_money_of_its_own(province):
    lines = Funding.objects.filter(district__code="171", year=2017).lines()
    assert {(one.place_id, one.district, one.source) for one in lines} == {
        (None, "171", FundingSource.DISTRICT),
        (None, "171", FundingSource.CREDIT),
    }
    assert District.objects.get(code="171").province == province


def test_the_migration_can_be_taken_back():
    operations = import_module("communes.migrations.0002_money").Migration.operations
    assert all(operation.reversible for operation in operations)


def test_a_debt_is_told_with_the_name_of_its_commune_and_a_district_has_none(commune):
    """Also where no day is asked for, on which the commune may be no more."""
    for work, fields in (("Cầu Cúc Đường", {}), ("Chợ", {"commune": None, "district": commune.district})):
        owing(commune, work=work, **fields).save()
    found = {debt.work: (debt.code, debt.name) for debt in Arrears.objects.debts()}
    assert (found["Cầu Cúc Đường"], found["Chợ"]) == ((CUC_DUONG, commune.name), (None, ""))


def test_reopening_a_year_lets_its_money_move(province, commune, leader, admin):
    assessing.reopen_year(AssessmentRound.objects.of_year(province, 2016).get(), by=leader, reason="Thử")
    save_funding(money(commune, year=2016, source="other"), admin)
    assert Funding.objects.get(commune=commune, source="other").year == 2016
