"""Money and arrears in sentences: every number is one of the reports ``nguon-luc`` and ``no-dong``, credit is apart."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings

from communes.models import Arrears, Funding
from communes.money import Debt, FundingSource, Measure, Money, overdrawn
from communes.text import vn_number
from reports.catalogue.money import funding_rows
from reports.meeting.narrative_money import Accounts, arrears_paragraphs, money_paragraphs
from reports.models import Directive
from tests.reports.catalogue.test_money import PICTURE, lines

from .test_narrative import NUMBER

MONEY, ARREARS, PROBLEMS = "Nguồn lực huy động", "Nợ đọng xây dựng cơ bản", "Khó khăn, tồn tại"
BEFORE = replace(PICTURE, year=2016, as_of=date(2016, 12, 31))
GROUPS = {
    "Ngân sách nhà nước": ("central_investment", "central_recurrent", "province", "district", "commune"),
    "Vốn lồng ghép": ("integrated",),
    "Doanh nghiệp": ("enterprise",),
    "Nhân dân đóng góp": ("people_cash", "people_labour", "people_land"),
    "Nguồn khác": ("other",),
}
places = pytest.mark.parametrize(("district", "place"), [("", "toàn tỉnh"), ("171", "huyện Đại Từ")])


def chapters(client, district: str = "", year: int = 2017) -> dict[str, list[str]]:
    """The sentences of a pack by chapter, as its page shows them."""
    html = client.get("/bao-cao/bo-tai-lieu/", {"nam": year, "huyen": district}).content.decode()
    found = re.findall(r"<h3[^>]*>(.*?)</h3>(.*?)(?=<h3|<p class=\"small)", html, re.S)
    return {title: [unescape(text) for text in re.findall(r'<p class="mb-1">(.*?)</p>', body)] for title, body in found}


def report(client, slug: str, district: str, year: int = 2017, kind: str = "") -> list[dict]:
    query = {"nam": year, "loai": kind} | ({"huyen": district} if district else {})
    return client.get(f"/bao-cao/{slug}.json", query).json()["rows"]


def million(amount) -> str:
    return f"{vn_number(amount)} triệu đồng"


def both(planned, disbursed) -> str:
    return f"kế hoạch {million(planned)}, đã giải ngân {million(disbursed)}"


def since(now, then) -> str:
    change = Decimal(str(now)) - Decimal(str(then))
    return f"giải ngân {'tăng' if change > 0 else 'giảm'} {million(abs(change))} so với năm 2016 ({million(then)})"


@pytest.mark.django_db
@places
def test_the_money_of_a_year_is_told_from_the_money_report(client_of, staff, district, place):
    client = client_of(staff)
    disbursed, planned, coming = (
        report(client, "nguon-luc", district, kind=kind)[-1] for kind in ("", "ke-hoach", "ke-hoach-nam-sau")
    )
    then = report(client, "nguon-luc", district, 2016)[-1]
    told = chapters(client, district)[MONEY]
    assert told[0] == (
        f"Năm 2017, nguồn lực huy động của {place} (không gồm vốn tín dụng): "
        f"{both(planned['total_without_credit'], disbursed['total_without_credit'])}; "
        f"{since(disbursed['total_without_credit'], then['total_without_credit'])}."
    )
    assert told[1] == "Chia theo nguồn (triệu đồng):"
    for name, keys in GROUPS.items():
        amounts = [[row[key] for key in keys if row[key] is not None] for row in (planned, disbursed)]
        if any(amounts):
            parts = zip(("kế hoạch", "đã giải ngân"), amounts, strict=True)
            said = ", ".join(f"{word} {vn_number(sum(known))}" for word, known in parts if known)
            assert f"- {name}: {said}" in [line.rstrip(";.") for line in told]
        else:
            assert f"- {name}:" not in "\n".join(told)
    assert (
        f"Vốn tín dụng (vốn vay, tính riêng): {both(planned['credit'], disbursed['credit'])}; "
        f"{since(disbursed['credit'], then['credit'])}."
    ) in told
    assert (
        f"Kế hoạch năm 2018 (không gồm vốn tín dụng) là {million(coming['total_without_credit'])}, "
        f"đã gồm {million(coming['gained'])} vốn ứng từ kế hoạch các năm sau."
    ) in told


@pytest.mark.django_db
@places
@pytest.mark.parametrize("year", [2016, 2017])
def test_arrears_are_told_from_the_report_of_arrears(client_of, staff, district, place, year):
    client = client_of(staff)
    *rows, last = report(client, "no-dong", district, year)
    *before, then = report(client, "no-dong", district, year - 1) or [None]
    told = chapters(client, district, year)[ARREARS]
    was = f" (cuối năm {year - 1}: {works(before, then)})" if before else ""
    assert told[0] == f"Đến 31/12/{year}, {place} còn {works(rows, last)}{was}."
    late = [row for row in rows if row["overdue"]]
    owed = sum(row["owed"] for row in late)
    assert told[1:2] == ([f"Trong đó {len(late)} công trình đã quá hạn trả, còn nợ {million(owed)}:"] if late else [])
    named = {
        f"- {row['work']} ({row['name']}, {row['district']}): còn nợ {million(row['owed'])}, hạn {day(row['deadline'])}"
        for row in late
    }
    assert {line.rstrip(";.") for line in told[2:]} == named


def works(rows, last) -> str:
    return f"{len(rows)} công trình nợ đọng, số tiền còn nợ {million(last['owed'])}"


def day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


@pytest.mark.django_db
def test_single_works_are_named_to_those_alone_who_see_their_communes(client_of, staff, daitu):
    told = chapters(client_of(daitu))[ARREARS]
    assert told == [told[0], chapters(client_of(staff))[ARREARS][1].replace(":", ".")]
    assert chapters(client_of(daitu), "171") == chapters(client_of(staff), "171")


@pytest.mark.django_db
def test_without_money_and_arrears_the_chapters_are_left_out(client_of, staff):
    Funding.objects.all().delete()
    Arrears.objects.all().delete()
    assert not {MONEY, ARREARS} & set(chapters(client_of(staff)))


@pytest.mark.django_db
def test_tasks_past_their_deadline_are_told_of_the_province(client_of, staff):
    assert "quá hạn mà chưa" not in "".join(chapters(client_of(staff))[PROBLEMS])
    Directive.objects.filter(number__in=[3, 4]).update(deadline=date(2017, 12, 30))
    Directive.objects.filter(number=5).update(deadline=date(2017, 12, 30), progress="done")
    told = chapters(client_of(staff))[PROBLEMS]
    assert told[-3:] == [
        "Có 2 nhiệm vụ được giao đã quá hạn mà chưa hoàn thành:",
        "- Nhiệm vụ 3 của 301-KL/TU: hạn 30/12/2017;",
        "- Nhiệm vụ 4 của 301-KL/TU: hạn 30/12/2017.",
    ]
    assert "quá hạn mà chưa" not in "".join(chapters(client_of(staff), "171")[PROBLEMS])


def told_of(money=(), debts=(), **more) -> str:
    accounts = Accounts(PICTURE, more.pop("previous", BEFORE), "toàn tỉnh", money, debts, **more)
    return "\n".join([*money_paragraphs(accounts), *arrears_paragraphs(accounts)])


def line(year=2017, source=FundingSource.PROVINCE, drawn_from=None, **amounts) -> Money:
    return Money(1, "171", year, source, drawn_from, **{name: Decimal(amount) for name, amount in amounts.items()})


def as_taken(found: list[Money]) -> list[Money]:
    """Without the advances on a source and a year that is overdrawn: they are refused when they are written down."""
    refused = set(overdrawn(found))
    return [one for one in found if (one.source, one.drawn_from) not in refused]


def test_an_advance_of_more_than_there_is_is_not_among_what_is_told():
    plan, advance = line(2018, planned="0.001"), line(drawn_from=2018, planned="0.002")
    assert as_taken([plan, advance]) == [plan]
    assert as_taken([plan, line(drawn_from=2018, planned="0.001")])[1:] != []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines().map(as_taken))
def test_every_number_is_a_sum_of_the_report_and_no_word_is_of_the_machine(found):
    allowed = {"2017", "2018", "2016"}
    for year, measure in ((2017, Measure.PLANNED), (2017, Measure.DISBURSED), (2018, Measure.PLANNED)):
        row = funding_rows(PICTURE, found, year, measure)[-1]
        amounts = [row.sum(False), row.of(FundingSource.CREDIT), row.gained, row.given, row.unknown]
        for keys in GROUPS.values():
            known = [row.of(FundingSource(key)) for key in keys if row.of(FundingSource(key)) is not None]
            amounts.append(sum(known) if known else None)
        allowed |= {vn_number(amount) for amount in amounts if amount is not None}
    text = told_of(found)
    assert {number.rstrip(".") for number in NUMBER.findall(text.replace("-", ""))} <= allowed
    for one in filter(None, text.split("\n")):
        assert re.fullmatch(r"(- )?\S.*[.;:]", one), one
        assert not re.search(r"None|nan|  |\(\)|;\.|\.\.|, ,", one), one


def test_what_is_not_known_is_neither_zero_nor_silent():
    text = told_of([line(planned=5), line(source=FundingSource.OTHER, disbursed=3)])
    assert "(không gồm vốn tín dụng): kế hoạch 5 triệu đồng, đã giải ngân 3 triệu đồng." in text
    assert "- Ngân sách nhà nước: kế hoạch 5;" in text
    assert "- Nguồn khác: đã giải ngân 3." in text
    assert "Chưa có số liệu của 1 khoản kế hoạch và 1 khoản giải ngân; các tổng trên cộng các số đã có." in text
    assert "tín dụng:" not in text


def test_advances_are_taken_from_the_year_they_were_drawn_on():
    text = told_of([line(planned=100), line(2016, drawn_from=2017, planned=30), line(drawn_from=2019, planned=7)])
    assert "kế hoạch 77 triệu đồng" in text
    assert (
        "Kế hoạch năm 2017 đã gồm 7 triệu đồng vốn ứng từ kế hoạch các năm sau và "
        "đã trừ 30 triệu đồng do năm trước đã ứng."
    ) in text


@pytest.mark.parametrize(("now", "said"), [(8, "giảm 2"), (12.5, "tăng 2,5"), (10, "không đổi")])
def test_what_was_disbursed_is_held_against_the_year_before(now, said):
    money = [line(disbursed=now), line(2016, disbursed=10)]
    assert f"; giải ngân {said}" in told_of(money)
    assert "so với năm 2016 (10 triệu đồng)." in told_of(money)
    assert "so với" not in told_of(money, previous=None)
    assert "so với" not in told_of(money[:1])


def debt(number=1, paid=0, deadline=None, as_of=date(2016, 12, 31)) -> Debt:
    return Debt(
        1, "171", f"Cầu {number}", "", Decimal(10), Decimal(paid), "", deadline, as_of, code="00001", name="Xã 1"
    )


def test_debts_that_were_paid_are_said_to_be_gone():
    paid = [debt(), debt(paid=10, as_of=date(2017, 12, 31))]
    assert told_of(debts=paid) == (
        "Đến 31/12/2017, toàn tỉnh không còn công trình nào nợ đọng (cuối năm 2016: 1 công trình nợ đọng, "
        "số tiền còn nợ 10 triệu đồng)."
    )


def test_ten_overdue_works_are_named_the_longest_overdue_first():
    many = [debt(number, deadline=date(2017, 1, 30 - number)) for number in range(12)]
    named = told_of(debts=many).split("\n")[2:]
    assert [re.search(r"Cầu (\d+)", text)[1] for text in named[:-1]] == [str(n) for n in range(11, 1, -1)]
    assert named[-1] == "- 2 công trình khác, ghi trong biểu nợ đọng."
