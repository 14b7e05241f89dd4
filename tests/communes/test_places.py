"""Places over time: how many there were, where they belonged, and what became of them."""

import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from communes.models import BoundaryChange, Commune, District, Succession, UnitKind
from communes.text import fold, normal, vn_number

END_OF_2017 = date(2017, 12, 31)
END_OF_DISTRICTS = date(2025, 6, 30)


@pytest.mark.parametrize(
    ("on", "count"),
    [
        (date(2011, 6, 30), 143),
        (date(2013, 12, 13), 143),
        (date(2013, 12, 31), 142),
        (date(2015, 12, 31), 140),
        (date(2016, 12, 31), 140),
        (date(2017, 8, 17), 140),
        (date(2017, 8, 18), 139),
        (date(2017, 12, 31), 139),
        (date(2019, 12, 31), 139),
        (date(2020, 6, 30), 137),
        (date(2022, 12, 31), 128),
    ],
)
def test_the_number_of_xa_is_that_of_the_day(province, on, count):
    assert Commune.objects.in_force(on).rural().count() == count


def test_the_province_had_180_units_at_the_end_of_2017(province):
    units = Commune.objects.filter(province=province).in_force(END_OF_2017)
    kinds = {kind: units.filter(kind=kind).count() for kind in UnitKind}
    assert kinds == {UnitKind.COMMUNE: 139, UnitKind.WARD: 32, UnitKind.TOWNSHIP: 9}
    assert units.count() == 180


@pytest.mark.parametrize(
    ("code", "name", "count"),
    [
        ("164", "TP Thái Nguyên", 11),
        ("165", "TP Sông Công", 4),
        ("167", "Định Hóa", 23),
        ("168", "Phú Lương", 13),
        ("169", "Đồng Hỷ", 13),
        ("170", "Võ Nhai", 14),
        ("171", "Đại Từ", 28),
        ("172", "TX Phổ Yên", 14),
        ("173", "Phú Bình", 19),
    ],
)
def test_each_district_has_its_xa_of_2017(province, code, name, count):
    assert District.objects.get(code=code).short_name == name
    assert Commune.objects.in_force(END_OF_2017).rural().filter(district__code=code).count() == count


def on_day(code: str, on: date) -> Commune:
    return Commune.objects.in_force(on).get(code=code)


def test_dong_lien_moves_from_phu_binh_to_thai_nguyen_and_stays_one_place(province):
    before, after = on_day("05914", date(2017, 8, 17)), on_day("05914", date(2017, 8, 18))
    assert (before.name, before.district.name) == ("Đồng Liên", "Phú Bình")
    assert (after.name, after.district.name) == ("Đồng Liên", "Thái Nguyên")
    assert before.pk != after.pk
    assert before.place_id == after.place_id


@pytest.mark.parametrize(
    ("code", "last_day", "old", "new"),
    [
        ("05845", date(2024, 11, 30), "xã Ký Phú", "xã Vạn Phú"),
        ("05851", date(2023, 4, 9), "xã Quân Chu", "thị trấn Quân Chu"),
        ("05569", date(2024, 11, 30), "xã Bảo Cường", "thị trấn Chợ Chu"),
        ("05644", date(2024, 11, 30), "xã Phấn Mễ", "thị trấn Giang Tiên"),
    ],
)
def test_a_code_given_away_again_is_another_place(province, code, last_day, old, new):
    before, after = on_day(code, last_day), on_day(code, last_day + timedelta(days=1))
    assert (f"{before.kind} {before.name}", f"{after.kind} {after.name}") == (old, new)
    assert before.place_id != after.place_id


@pytest.mark.parametrize(
    ("old", "new", "on"), [("05536", "05569", date(2024, 12, 1)), ("05764", "05851", date(2023, 4, 10))]
)
def test_a_township_that_changed_its_code_is_still_the_same_place(province, old, new, on):
    assert on_day(old, on - timedelta(days=1)).place_id == on_day(new, on).place_id


def test_a_xa_that_merged_away_is_not_the_place_it_merged_into(province):
    merged = Succession.objects.get(old__code="05806", kind="nhập")
    assert (merged.old.name, merged.new.kind) == ("Hùng Sơn", UnitKind.TOWNSHIP)
    assert merged.old.place_id != merged.new.place_id


def test_every_place_that_ended_before_the_districts_did_has_a_successor(province):
    ended = Commune.objects.filter(valid_to__isnull=False).exclude(valid_to=END_OF_DISTRICTS)
    assert ended.count() > 30
    assert list(ended.filter(successions__isnull=True)) == []


def test_a_successor_follows_on_the_day_of_the_resolution(province):
    for step in Succession.objects.select_related("old", "new", "change"):
        assert step.old.valid_to + timedelta(days=1) == step.change.effective_on
        assert step.new.was_in_force(step.change.effective_on)
        assert step.continues == (step.old.place_id == step.new.place_id)


def test_no_code_is_in_force_twice_on_one_day(province):
    for commune in Commune.objects.all():
        commune.clean()


FOR_EVER = None


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (date(2010, 1, 1), date(2011, 1, 13), True),
        (date(2010, 1, 1), date(2011, 1, 14), False),
        (date(2010, 1, 1), FOR_EVER, False),
        (date(2016, 1, 1), date(2016, 1, 1), False),
        (date(2025, 6, 30), FOR_EVER, False),
        (date(2025, 7, 1), FOR_EVER, True),
    ],
)
def test_overlapping_versions_of_one_code_are_refused(province, start, end, fits):
    """Phúc Hà, 05485, is in force from 14/1/2011 to 30/6/2025."""
    version = Commune(
        province=province, code="05485", name="Phúc Hà", kind=UnitKind.COMMUNE, valid_from=start, valid_to=end
    )
    if fits:
        version.clean()
    else:
        with pytest.raises(ValidationError, match="trùng với một bản ghi khác"):
            version.clean()


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_from": date(2011, 1, 14), "valid_to": date(2012, 1, 1)},
        {"valid_from": date(2030, 1, 2), "valid_to": date(2030, 1, 1)},
    ],
)
def test_the_database_itself_refuses_a_version_that_cannot_stand(province, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Commune.objects.bulk_create([Commune(province=province, code="05485", name="Phúc Hà", kind="xã", **wrong)])


def test_loading_the_reference_data_again_changes_nothing(province):
    def everything():
        models = [
            model for room in ("communes", "criteria", "reports") for model in apps.get_app_config(room).get_models()
        ]
        return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}

    before = everything()
    assert before["Commune"]
    assert before["Requirement"]
    call_command("load_reference", verbosity=0)
    assert everything() == before


def test_every_change_names_its_resolution(province):
    assert set(BoundaryChange.objects.values_list("decision", "effective_on")) >= {
        ("932/NQ-UBTVQH13", date(2015, 5, 16)),
        ("422/NQ-UBTVQH14", date(2017, 8, 18)),
        ("814/NQ-UBTVQH14", date(2020, 1, 1)),
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đại Từ", "dai tu"),
        ("đ", "d"),
        ("Đ", "d"),
        ("Hoà Bình", "Hòa Bình"),
        ("Thuỷ", "Thủy"),
        ("PHÚC HÀ", "phúc  hà "),
        ("Ký Phú", unicodedata.normalize("NFD", "Ký Phú")),
        ("Tên\u00a0xã", "ten xa"),
        ("Ươm", "uom"),
    ],
)
def test_names_are_compared_without_accents_capitals_and_spelling_of_tones(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Phú Lương", "Phú Lượng a"), ("Tân Lợi", "Tân Lập")])
def test_names_that_differ_in_letters_stay_different(one, other):
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_and_normalising_are_done_once_and_for_all(text):
    assert fold(fold(text)) == fold(text) == fold(unicodedata.normalize("NFD", text))
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Decimal("1234.5"), None, "1.234,5"),
        (Decimal("26.200000"), None, "26,2"),
        (Decimal("100"), None, "100"),
        (Decimal("0E-6"), None, "0"),
        (1_234_567, None, "1.234.567"),
        (0.1, None, "0,1"),
        (Decimal("26.25"), 1, "26,3"),
        (Decimal("26.24"), 1, "26,2"),
        (9, 1, "9,0"),
        (0.125, 2, "0,13"),
        (Decimal("-3.5"), None, "-3,5"),
    ],
)
def test_numbers_are_written_as_in_vietnam(value, decimals, text):
    assert vn_number(value, decimals) == text
