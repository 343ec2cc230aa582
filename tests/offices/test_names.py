"""Offices are called as each province calls them."""

import re

import pytest

from tongban.offices.planned_offices import Blueprint

NAMES = {
    "500101-human_resources": "万州区人力资源和社会保障局",
    "500101-police": "重庆市公安局万州区分局",
    "500101-tax": "国家税务总局重庆市万州区税务局",
    "500101-health": "万州区卫生健康委员会",
    "500229-police": "城口县公安局",
    "500229-tax": "国家税务总局城口县税务局",
    "500240-civil_affairs": "石柱土家族自治县民政局",
    "500000-housing_fund": "重庆市住房公积金管理中心",
    "500000-ecology": "重庆市生态环境局",
    "500101901-township_center": "万州区示范街道便民服务中心",
    "500101902-police": "重庆市公安局万州区分局示范镇派出所",
    "510000-commerce": "四川省商务厅",
    "511702-civil_affairs": "达州市通川区民政局",
    "511702-police": "达州市公安局通川区分局",
    "511702-education": "达州市通川区教育科技和体育局",
    "511722-civil_affairs": "宣汉县民政局",
    "511722-police": "宣汉县公安局",
    "511781-tax": "国家税务总局万源市税务局",
    "511002-civil_affairs": "内江市市中区民政局",
    "511102-civil_affairs": "乐山市市中区民政局",
    "511602-approval_bureau": "广安市广安区行政审批局",
    "513400-housing_fund": "凉山州住房公积金管理中心",
    "513400-tax": "国家税务总局凉山彝族自治州税务局",
    "513422-civil_affairs": "木里藏族自治县民政局",
    "511702902-township_center": "达州市通川区示范镇便民服务中心",
    "511702902-police": "达州市公安局通川区分局示范镇派出所",
}


@pytest.mark.parametrize(("code", "name"), NAMES.items())
def test_an_office_is_called_as_its_province_calls_it(
    whole_plan: Blueprint, code: str, name: str
) -> None:
    assert next(o.name for o in whole_plan.offices if o.code == code) == name


def test_no_name_stutters_or_keeps_a_hole(whole_plan: Blueprint) -> None:
    silly = re.compile(r"区区|县县|州州|县区|区县|[{}()（）]|分局分局|自治州[^税]|^市|街道街道")
    assert [o.name for o in whole_plan.offices if silly.search(o.name)] == []


def test_each_office_of_the_two_provinces_has_a_name_of_its_own(whole_plan: Blueprint) -> None:
    names = [office.name for office in whole_plan.offices]
    assert len(set(names)) == len(names)


def test_made_up_addresses_and_telephones_cannot_pass_for_real_ones(whole_plan: Blueprint) -> None:
    for office in whole_plan.offices:
        assert office.address.startswith("（示范）")
        assert re.fullmatch(r"0\d{2,3}-00\d{6}", office.phone), office.phone


def test_a_telephone_has_the_area_code_of_its_city(whole_plan: Blueprint) -> None:
    phones = {office.code: office.phone for office in whole_plan.offices}
    assert phones["500101-police"].startswith("023-")
    assert phones["511702902-police"].startswith("0818-")
    assert phones["513401-police"].startswith("0834-")
