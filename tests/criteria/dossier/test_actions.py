"""A dossier is written by one hand: opinions, papers, the decision; each told in the log, none after the closing."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from communes.models import Arrears, Assignment, Commune, Department, Level, Recognition
from criteria import actions
from criteria.dossier import actions as appraisal
from criteria.dossier.actions import Said
from criteria.dossier.loading import dossier_of, load_dossier, load_frame
from criteria.models import Assessment, ChangeEvent, CriteriaSet, Evidence, Opinion, Via
from tests.criteria.making import PDF


def give_opinion(assessment, said: Said, *, by) -> int:
    return appraisal.give_opinions(assessment, [said], by=by)


ALL_MET = "05773"
DECIDED = date(2018, 5, 2)


@pytest.fixture
def dossier(province):
    """The assessment of 2017 of a commune that meets every criterion and was never recognised."""
    found = Assessment.objects.select_related("round__criteria_set", "commune")
    return found.get(round__as_of=date(2017, 12, 31), commune__code=ALL_MET)


@pytest.fixture
def in_charge(dossier) -> dict[int, int]:
    """The department in charge of each criterion."""
    frame = load_frame(dossier.round)
    first = next(iter(frame.departments))
    return {number: frame.proposed(number)[0] or first for _, number, _ in frame.criteria}


@pytest.fixture
def department(in_charge):
    """In charge of criterion 5."""
    return Department.objects.get(pk=in_charge[5])


@pytest.fixture
def complete(dossier, in_charge, staff):
    """The same with everything that is asked for."""
    appraisal.give_opinions(dossier, [Said(number, pk, True) for number, pk in in_charge.items()], by=staff)
    appraisal.attach(dossier, PDF, "bien-ban.pdf", "Biên bản thẩm tra", by=staff)
    return dossier


@pytest.fixture
def closed(dossier, leader):
    def close():
        dossier.round.assessments.update(state="approved")
        actions.close_year(dossier.round, by=leader)

    return close


def decision(year=2017, number="1234/QĐ-UBND", on=DECIDED, level=Level.STANDARD) -> Recognition:
    return Recognition(counts_for_year=year, decision_number=number, decided_on=on, level=level)


def items(dossier) -> dict[str, bool | None]:
    return {item.key: item.ok for item in load_dossier(dossier, dossier.round.as_of).items}


def last() -> ChangeEvent:
    return ChangeEvent.objects.latest("sequence")


def refused(act, *args, **kwargs) -> str:
    with pytest.raises(ValidationError) as error:
        act(*args, **kwargs)
    return " ".join(error.value.messages)


def test_an_opinion_is_kept_and_told_in_the_log(dossier, department, staff):
    said = Said(5, department.pk, True, paper_number="12/SXD", paper_on=date(2018, 3, 1))
    assert give_opinion(dossier, said, by=staff) == 1
    opinion = Opinion.objects.get()
    assert (opinion.round, opinion.commune, opinion.by) == (dossier.round, dossier.commune, staff)
    assert items(dossier)["opinion_5"] is True
    event = last()
    key = f"Ý kiến thẩm định, tiêu chí 5, {department}"
    assert event.changes == {key: [None, f"{department}; nhất trí; văn bản 12/SXD ngày 01/03/2018"]}
    assert (event.by, event.via, event.year, event.commune) == (staff, Via.FORM, 2017, dossier.commune)


def test_many_opinions_are_one_entry_and_one_that_reads_the_same_is_none(dossier, department, staff):
    given = [Said(number, department.pk, True) for number in range(1, 20)]
    before = ChangeEvent.objects.count()
    assert appraisal.give_opinions(dossier, given, by=staff) == 19
    assert ChangeEvent.objects.count() == before + 1
    again = [Said(row.criterion, department.pk, True, of=row.pk) for row in Opinion.objects.all()]
    assert appraisal.give_opinions(dossier, again, by=staff) == 0
    assert ChangeEvent.objects.count() == before + 1


def test_an_opinion_that_changes_says_what_it_was(dossier, department, staff):
    give_opinion(dossier, Said(5, department.pk), by=staff)
    assert items(dossier)["opinion_5"] is None
    stored = Opinion.objects.get()
    give_opinion(dossier, Said(5, department.pk, False, "Thiếu phòng học", of=stored.pk), by=staff)
    assert Opinion.objects.count() == 1
    assert items(dossier)["opinion_5"] is False
    [change] = last().changes.values()
    assert change == [f"{department}; chưa trả lời", f"{department}; không nhất trí; Thiếu phòng học"]


def test_a_mistaken_opinion_is_withdrawn_and_kept_and_can_be_given_anew(dossier, department, staff):
    give_opinion(dossier, Said(5, department.pk, True), by=staff)
    give_opinion(dossier, Said(5, department.pk, of=Opinion.objects.get().pk, withdrawn=True), by=staff)
    assert items(dossier)["opinion_5"] is None
    assert [change[1] for change in last().changes.values()] == [None]
    give_opinion(dossier, Said(5, department.pk, True), by=staff)
    assert Opinion.objects.count() == 2
    assert items(dossier)["opinion_5"] is True


def test_an_opinion_that_somebody_changed_meanwhile_is_not_overwritten(dossier, department, staff):
    give_opinion(dossier, Said(5, department.pk, True), by=staff)
    stored = Opinion.objects.get()
    seen = appraisal.seal(stored)
    give_opinion(dossier, Said(5, department.pk, False, "Thiếu", of=stored.pk, seen=seen), by=staff)
    said = refused(give_opinion, dossier, Said(5, department.pk, of=stored.pk, seen=seen), by=staff)
    assert "vừa được người khác sửa" in said
    assert Opinion.objects.get().agrees is False


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"agrees": False}, "phải ghi nội dung"),
        ({"criterion": 20}, "không có tiêu chí số 20"),
        ({"text": "a" * 501}, "500"),
        ({"paper_number": "1" * 41}, "40"),
        ({"department_id": 10**9}, "Tiêu chí 5"),
        ({"of": 10**9}, "đã được rút"),
    ],
)
def test_an_opinion_that_cannot_stand_is_refused_and_none_of_the_others_is_kept(
    dossier, department, staff, changed, words
):
    wrong = Said(**{"criterion": 5, "department_id": department.pk, "agrees": True} | changed)
    given = [Said(1, department.pk, True), wrong]
    assert words in refused(appraisal.give_opinions, dossier, given, by=staff)
    assert not Opinion.objects.exists()


def test_a_department_speaks_once_about_a_criterion(dossier, department, staff):
    give_opinion(dossier, Said(5, department.pk, True), by=staff)
    said = refused(give_opinion, dossier, Said(5, department.pk, False, "Thiếu"), by=staff)
    assert "đã có ý kiến về tiêu chí đó" in said


def test_every_department_in_charge_in_the_year_is_waited_for(dossier, department, staff):
    second, later = Department.objects.exclude(pk=department.pk)[:2]
    Assignment.objects.create(department=second, criterion=5, province=staff.province, year_from=2016)
    Assignment.objects.create(department=later, criterion=5, province=staff.province, year_from=2018)
    give_opinion(dossier, Said(5, department.pk, True), by=staff)
    assert items(dossier)["opinion_5"] is None
    give_opinion(dossier, Said(5, second.pk, True), by=staff)
    assert items(dossier)["opinion_5"] is True


def test_where_no_department_is_in_charge_one_opinion_is_enough(dossier, department, staff):
    Assignment.objects.filter(criterion=5).delete()
    assert items(dossier)["opinion_5"] is None
    other = Department.objects.exclude(pk=department.pk).first()
    give_opinion(dossier, Said(5, other.pk, True), by=staff)
    assert items(dossier)["opinion_5"] is True


def test_a_paper_is_kept_as_it_was_sent_and_the_log_names_it_by_its_hash(dossier, staff):
    paper = appraisal.attach(dossier, PDF, "../Biên bản.pdf", "Biên bản  họp", 5, by=staff)
    stored = Evidence.objects.get()
    assert bytes(stored.content) == PDF
    assert (stored.filename, stored.title, stored.size) == ("Biên bản.pdf", "Biên bản họp", len(PDF))
    assert items(dossier)["evidence"] is True
    event = last()
    assert event.changes == {"Minh chứng, tiêu chí 5: Biên bản họp": [None, f"Biên bản.pdf (sha256 {paper.sha256})"]}
    assert paper.sha256 in event.source


def test_a_long_name_fits_the_log_with_its_whole_hash(dossier, staff):
    paper = appraisal.attach(dossier, PDF, "a" * 400 + ".pdf", "", by=staff)
    assert last().source.endswith(f"(sha256 {paper.sha256})")
    assert paper.title == paper.filename


def test_a_paper_is_withdrawn_and_not_deleted(dossier, staff):
    paper = appraisal.attach(dossier, PDF, "a.pdf", "Biên bản", by=staff)
    assert "đã có trong hồ sơ" in refused(appraisal.attach, dossier, PDF, "b.pdf", "Khác", by=staff)
    appraisal.withdraw(paper, by=staff)
    stored = Evidence.objects.get()
    assert (bytes(stored.content), stored.withdrawn_by) == (PDF, staff)
    assert items(dossier)["evidence"] is False
    assert [change[1] for change in last().changes.values()] == ["đã rút"]
    assert "đã được rút" in refused(appraisal.withdraw, stored, by=staff)
    appraisal.attach(dossier, PDF, "a.pdf", "Biên bản", by=staff)
    assert items(dossier)["evidence"] is True


@pytest.mark.parametrize(("content", "name"), [(b"MZ", "a.pdf"), (PDF, "a.exe"), (b"", "a.pdf")])
def test_nothing_is_kept_of_a_refused_file(dossier, staff, content, name):
    before = ChangeEvent.objects.count()
    assert refused(appraisal.attach, dossier, content, name, "Biên bản", by=staff)
    assert not Evidence.objects.exists()
    assert ChangeEvent.objects.count() == before


def test_a_paper_is_for_a_criterion_of_the_set_or_for_the_whole(dossier, staff):
    assert "không có tiêu chí số 20" in refused(appraisal.attach, dossier, PDF, "a.pdf", "Biên bản", 20, by=staff)


def test_the_dossier_of_a_closed_year_does_not_move(dossier, department, staff, closed):
    give_opinion(dossier, Said(5, department.pk, True), by=staff)
    paper = appraisal.attach(dossier, PDF, "a.pdf", "Biên bản", by=staff)
    closed()
    stored = Opinion.objects.get()
    change = Said(5, department.pk, of=stored.pk)
    assert "đã khóa" in refused(give_opinion, dossier, change, by=staff)
    assert "đã khóa" in refused(appraisal.attach, dossier, PDF + b" ", "b.pdf", "Khác", by=staff)
    assert "đã khóa" in refused(appraisal.withdraw, paper, by=staff)
    assert (Opinion.objects.get().agrees, Evidence.objects.get().withdrawn_at) == (True, None)


def test_a_dossier_is_of_its_commune_and_its_year(complete, staff):
    other = Assessment.objects.filter(round=complete.round, commune__district__code="171").exclude(pk=complete.pk)
    assert load_dossier(other.first(), DECIDED).evidence == []
    before = Assessment.objects.get(round__as_of=date(2016, 12, 31), commune=complete.commune)
    assert load_dossier(before, DECIDED).opinions == []
    assert all(item.ok for item in dossier_of(complete.commune, DECIDED))


def test_a_complete_dossier_is_recognised(complete, staff):
    appraisal.recognise(complete, decision(), by=staff)
    stored = Recognition.objects.get(commune=complete.commune)
    assert (stored.decision_number, stored.criteria_set) == ("1234/QĐ-UBND", "1980/QĐ-TTg")
    event = last()
    assert list(event.changes) == ["Công nhận Đạt chuẩn 2017"]
    assert (event.via, event.by) == (Via.FORM, staff)


def test_a_dossier_that_does_not_pass_is_not_recognised_and_is_told_every_item(complete, department, staff):
    opinion = Opinion.objects.get(criterion=5)
    give_opinion(complete, Said(5, department.pk, False, "Thiếu phòng học", of=opinion.pk), by=staff)
    appraisal.withdraw(Evidence.objects.get(), by=staff)
    Arrears.objects.create(commune=complete.commune, work="Cầu Đát", value=900, paid=650, as_of=date(2018, 3, 1))
    said = refused(appraisal.recognise, complete, decision(), by=staff)
    assert "còn 3 mục" in said
    assert "Cầu Đát (250 triệu đồng)" in said  # of after the year, before the decision
    assert f"{department} không nhất trí" in said
    assert "Chưa có minh chứng" in said
    assert not Recognition.objects.filter(commune=complete.commune).exists()


def test_a_debt_paid_before_the_decision_does_not_hold_it_back(complete, staff):
    Arrears.objects.create(
        commune=complete.commune, work="Cầu", value=900, paid=650, as_of=date(2017, 11, 1), settled_on=date(2018, 4, 1)
    )
    assert "Cầu" in refused(appraisal.recognise, complete, decision(on=date(2018, 3, 1)), by=staff)
    appraisal.recognise(complete, decision(), by=staff)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"year": 2016}, "từ 2017"),
        ({"year": 2019}, "đến 2018"),
        ({"on": date(2017, 1, 1), "year": 2018}, "đến 2017"),
        ({"on": date(2999, 1, 1)}, "sau hôm nay"),
        ({"on": None}, "số và ngày"),
        ({"number": ""}, "số và ngày"),
        ({"number": "1" * 41}, "40"),
        ({"level": Level.ADVANCED}, "mức Nâng cao"),
        ({"level": "zzz"}, "zzz"),
    ],
)
def test_a_decision_that_does_not_fit_the_dossier_is_refused(complete, staff, wrong, words):
    assert words in refused(appraisal.recognise, complete, decision(**wrong), by=staff)
    assert not Recognition.objects.filter(commune=complete.commune).exists()


def test_a_decision_for_a_year_with_a_dossier_of_its_own_belongs_there(complete, staff):
    actions.open_round(complete.commune.province, complete.round.criteria_set, date(2018, 12, 31))
    said = refused(appraisal.recognise, complete, decision(2018, on=date(2019, 1, 5)), by=staff)
    assert "hồ sơ năm 2018" in said
    appraisal.recognise(complete, decision(), by=staff)


def test_a_decision_that_would_move_a_closed_year_is_refused(complete, staff, closed):
    closed()
    assert "Số liệu năm 2017 đã khóa" in refused(appraisal.recognise, complete, decision(), by=staff)
    appraisal.recognise(complete, decision(2018), by=staff)


def test_a_commune_is_recognised_once_until_that_is_revoked(complete, staff):
    appraisal.recognise(complete, decision(), by=staff)
    assert "đã được công nhận: 1234/QĐ-UBND" in refused(appraisal.recognise, complete, decision(2018), by=staff)


def test_a_decision_on_an_earlier_version_of_the_commune_counts_as_its_own(complete, staff):
    earlier = Commune.objects.get(pk=complete.commune.pk)
    Commune.objects.filter(pk=earlier.pk).update(valid_to=date(2017, 1, 1))
    now = Commune.objects.create(
        **{name: getattr(earlier, name) for name in ("province", "district", "code", "name", "folded", "kind")},
        valid_from=date(2017, 1, 2), origin=earlier,
    )  # fmt: skip
    Assessment.objects.filter(pk=complete.pk).update(commune=now)
    Recognition.objects.create(commune=earlier, counts_for_year=2016, decision_number="9/QĐ")
    complete.refresh_from_db()
    assert "9/QĐ" in refused(appraisal.recognise, complete, decision(), by=staff)
    Recognition.objects.create(commune=now, counts_for_year=2018, level=Level.MODEL)
    before = Assessment.objects.get(round__as_of=date(2016, 12, 31), commune=earlier)
    for seen_from in (before, complete):
        assert [found.counts_for_year for found in appraisal.decisions_of(seen_from)] == [2018, 2016]


def test_a_revocation_says_why_and_is_made_once(complete, staff):
    appraisal.recognise(complete, decision(), by=staff)
    stored = Recognition.objects.get(commune=complete.commune)
    for day in (date(2018, 5, 1), date(2999, 1, 1)):
        assert "Ngày thu hồi" in refused(appraisal.revoke, stored, "7/QĐ", day, "Không giữ được", by=staff)
    appraisal.revoke(stored, "7/QĐ", date(2018, 9, 1), "Không giữ được tiêu chí 17", by=staff)
    event = last()
    assert event.reason == "Không giữ được tiêu chí 17"
    assert "thu hồi 01/09/2018; theo 7/QĐ" in event.changes["Công nhận Đạt chuẩn 2017"][1]
    assert "đã được thu hồi" in refused(appraisal.revoke, stored, "8/QĐ", date(2018, 9, 2), "x", by=staff)


def certified(client, year: int) -> int:
    rows = client.get(f"/bao-cao/tong-hop.json?nam={year}").json()["rows"]
    return next(row["value"] for row in rows if row["key"] == "communes_certified")


def test_recognised_revoked_and_recognised_again_the_years_between_are_right(complete, staff, client_of):
    """Recognised for 2017, revoked in 2018, recognised again for 2019: one commune more, none more, one more."""
    client, before = client_of(staff), 68
    assert certified(client, 2017) == before
    appraisal.recognise(complete, decision(), by=staff)
    stored = Recognition.objects.get(commune=complete.commune)
    appraisal.revoke(stored, "7/QĐ", date(2018, 9, 1), "Không giữ được", by=staff)
    appraisal.recognise(complete, decision(2019, "99/QĐ-UBND", date(2020, 1, 10)), by=staff)
    province, criteria_set = complete.commune.province, CriteriaSet.objects.get(code="1980/QĐ-TTg")
    for year in (2018, 2019):
        actions.open_round(province, criteria_set, date(year, 12, 31))
    assert [certified(client, year) - before for year in (2017, 2018, 2019)] == [1, 0, 1]
    rows = client.get("/bao-cao/xa-dat-chuan.json?nam=2019").json()["rows"]
    assert "99/QĐ-UBND" in next(row for row in rows if row["code"] == ALL_MET).values()
