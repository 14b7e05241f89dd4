"""A year without a round is told so, with the years that have one and where the communes registered for it are."""

import pytest

pytestmark = pytest.mark.django_db

ADDRESSES = ["/", "/bao-cao/dang-ky/", "/bao-cao/dang-ky.xlsx", "/bao-cao/bo-tai-lieu/", "/huyen/171/", "/xa/"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("debug", [False, True])
def test_a_year_to_come_leads_to_the_communes_registered_for_it(client_of, staff, settings, address, debug):
    settings.DEBUG = debug
    answer = client_of(staff).get(address, {"nam": 2018})
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "Chưa có kỳ đánh giá năm 2018" in html
    assert 'Xã đăng ký năm 2018 xem tại <a href="/bao-cao/dang-ky/?nam=2017">báo cáo năm 2017</a>' in html
    for year in (2015, 2016, 2017):
        assert f'href="?nam={year}"' in html


def test_of_a_year_without_one_before_it_nothing_is_said_to_be_registered(client_of, viewer):
    html = client_of(viewer).get("/bao-cao/dang-ky/", {"nam": 2014}).content.decode()
    assert "Chưa có kỳ đánh giá năm 2014" in html
    assert "Xã đăng ký" not in html


def test_what_else_does_not_exist_stays_a_plain_404(client_of, viewer):
    html = client_of(viewer).get("/bao-cao/khong-co/", {"nam": 2017}).content.decode()
    assert "Không có trang hoặc dữ liệu này" in html
