"""Finding the office that is meant: by kind, place, level and day; never nowhere."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from tongban.offices.codes import UnknownRegion, lineage, province_of
from tongban.offices.directory import nearest, office_for, pending_desk, zones_of
from tongban.offices.models import Office, Region
from tongban.offices.planned_offices import Blueprint

from .conftest import TODAY

pytestmark = pytest.mark.usefixtures("places")
BEFORE = date(2025, 11, 5)
AFTER = date(2025, 11, 6)


def code_of(kind: str, region: str, level: str, on: date = TODAY) -> str | None:
    office = office_for(kind=kind, region=region, level=level, on=on)
    return office.code if office else None


def test_the_county_decides_for_its_township() -> None:
    assert code_of("civil_affairs", "511702902", "county") == "511702-civil_affairs"
    assert code_of("police", "500101901", "county") == "500101-police"
    assert code_of("police", "500101901", "township") == "500101901-police"


def test_a_region_may_be_given_as_itself() -> None:
    region = Region.objects.get(pk="511702")
    office = office_for(kind="tax", region=region, level="city", on=TODAY)
    assert office is not None
    assert office.code == "511700-tax"


def test_the_housing_fund_is_the_municipalitys_in_chongqing_and_the_citys_in_sichuan() -> None:
    assert code_of("housing_fund", "500101", "city") == "500000-housing_fund"
    assert code_of("housing_fund", "511702", "city") == "511700-housing_fund"


def test_where_a_level_has_no_such_office_the_next_one_above_answers() -> None:
    assert code_of("housing_fund", "511702", "county") == "511700-housing_fund"
    assert code_of("ecology", "511722902", "township") == "511700-ecology"
    assert code_of("commerce", "500101", "city") == "500000-commerce"
    assert code_of("commerce", "511702", "province") == "510000-commerce"


def test_nobody_above_does_the_work_of_a_county_office() -> None:
    assert code_of("civil_affairs", "511700", "county") is None
    assert code_of("township_center", "511702", "township") is None
    assert code_of("no_such_kind", "511702", "county") is None


def test_guangan_district_has_its_enterprises_registered_by_the_approval_bureau() -> None:
    assert code_of("market_regulation", "511602", "county") == "511602-approval_bureau"
    assert code_of("market_regulation", "511602902", "county") == "511602-approval_bureau"
    assert code_of("market_regulation", "511602", "city") == "511600-market_regulation"
    for kind in ("civil_affairs", "police", "disabled_federation"):
        assert code_of(kind, "511602", "county") == f"511602-{kind}"
    assert code_of("market_regulation", "511702", "county") == "511702-market_regulation"


def test_without_the_approval_bureau_the_bureau_it_replaced_answers() -> None:
    Office.objects.filter(code="511602-approval_bureau").update(valid_to=TODAY)
    assert code_of("market_regulation", "511602", "county") == "511602-market_regulation"


@pytest.mark.parametrize("district", ["500105", "500112"])
def test_an_abolished_district_is_answered_for_by_its_successor(district: str) -> None:
    assert code_of("police", district, "county", BEFORE) == f"{district}-police"
    assert code_of("police", district, "county", AFTER) == "5001LJ-police"
    assert code_of("police", f"{district}901", "township", AFTER) == "5001LJ901-police"
    assert code_of("housing_fund", district, "city", AFTER) == "500000-housing_fund"


def test_what_the_successor_cannot_take_lies_on_its_pending_desk() -> None:
    Office.objects.filter(code="5001LJ-forestry").update(valid_to=AFTER)
    assert code_of("forestry", "500105", "county", AFTER) is None
    assert pending_desk("500105", AFTER).code == "5001LJ-service_center"
    assert pending_desk("500105901", AFTER).code == "5001LJ-service_center"
    assert pending_desk("500105", BEFORE).code == "500105-service_center"


def test_a_new_district_before_its_first_day_is_the_municipalitys_business() -> None:
    assert pending_desk("5001LJ", BEFORE).code == "500000-service_center"


def test_a_city_and_a_province_have_pending_desks_of_their_own() -> None:
    assert pending_desk("511700", TODAY).code == "511700-service_center"
    assert pending_desk("510000", TODAY).code == "510000-service_center"


def test_a_county_whose_service_centre_has_ended_leaves_its_cases_to_the_city() -> None:
    Office.objects.filter(code="511702-service_center").update(valid_to=TODAY)
    assert pending_desk("511702901", TODAY).code == "511700-service_center"


def test_a_township_that_nobody_entered_counts_to_its_county() -> None:
    assert code_of("civil_affairs", "511702003", "county") == "511702-civil_affairs"
    assert pending_desk("511702003", TODAY).code == "511702-service_center"


def test_a_place_outside_the_two_provinces_is_refused() -> None:
    with pytest.raises(UnknownRegion):
        pending_desk("440100", TODAY)
    with pytest.raises(UnknownRegion):
        province_of("")


def test_the_nearest_office_is_the_townships_then_the_countys_then_the_citys() -> None:
    kinds = ["township_center", "service_center"]
    assert [o.code for o in nearest("511702902", kinds, 9, TODAY)] == [
        "511702902-township_center",
        "511702-service_center",
        "511700-service_center",
        "510000-service_center",
    ]
    assert [o.code for o in nearest("500101", kinds, 3, TODAY)] == [
        "500101-service_center",
        "500101901-township_center",
        "500101902-township_center",
    ]


def test_the_nearest_for_enterprises_in_guangan_district_is_the_approval_bureau() -> None:
    codes = [o.code for o in nearest("511602", ["market_regulation"], 5, TODAY)]
    assert codes == ["511602-approval_bureau", "511600-market_regulation"]


def test_zones_count_from_the_city_down() -> None:
    assert "万达开" in zones_of("500101")
    assert "万达开" in zones_of("511702902")
    assert "城宣万" in zones_of("511722")
    assert zones_of("510100") == frozenset()


def test_an_office_is_found_with_one_statement_once_the_country_is_known(
    places: Blueprint, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pending_desk("500101", TODAY)
    with django_assert_num_queries(1):
        office_for(kind="police", region="511702902", level="county", on=TODAY)
    with django_assert_num_queries(1):
        pending_desk("511702902", TODAY)
    with django_assert_num_queries(1):
        nearest("511702902", ["police", "tax"], 5, TODAY)


def test_a_code_tells_what_lies_above_it() -> None:
    assert lineage("511702902") == ("511702902", "511702", "511700", "510000")
    assert lineage("511702") == ("511702", "511700", "510000")
    assert lineage("511700") == ("511700", "510000")
    assert lineage("500000") == ("500000",)
    assert lineage("500101001002") == ("500101001002", "500101001", "500101", "500100", "500000")
    assert province_of("5001LJ901") == "500000"
