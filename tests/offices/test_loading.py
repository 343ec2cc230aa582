"""Regions and offices come from the project's own files, again and again without harm."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.offices.codes import lineage
from tongban.offices.directory import pending_desk
from tongban.offices.loading import Change, load_offices
from tongban.offices.models import Department, Office, Province, Region
from tongban.offices.planned_offices import Blueprint, blueprint
from tongban.offices.tables import DATA, BadData

from .conftest import TODAY

NOTHING = Change(0, 0, 0)


@pytest.mark.django_db
def test_the_two_provinces_are_loaded_whole_and_every_region_has_a_pending_desk(
    whole_plan: Blueprint,
) -> None:
    call_command("load_offices", verbosity=0)

    assert set(Province.objects.values_list("short", flat=True)) == {"渝", "川"}
    by_level = {level: Region.objects.filter(level=level).count() for level in Region.Level.values}
    assert by_level == {"province": 2, "city": 21, "county": 222, "township": 444}
    assert Office.objects.count() == len(whole_plan.offices) > 5000
    desks = set(Office.objects.filter(roles__contains=["pending"]).values_list("region", flat=True))
    for region in Region.objects.filter(valid_to=None):
        assert desks & set(lineage(region.code)), region
        if region.level != Region.Level.TOWNSHIP:
            assert region.code in desks
    assert load_offices(today=TODAY).offices == NOTHING


def test_loading_again_changes_nothing(places: Blueprint) -> None:
    ids = dict(Office.objects.values_list("code", "id"))

    again = load_offices(today=TODAY, plan=places)

    assert (again.regions, again.offices) == (NOTHING, NOTHING)
    assert dict(Office.objects.values_list("code", "id")) == ids


def test_loading_costs_a_handful_of_statements_however_many_offices(places: Blueprint) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        load_offices(today=TODAY, plan=places)
    assert len(queries) <= 20


def test_an_office_that_vanishes_from_the_data_is_ended_and_not_deleted(
    places: Blueprint,
) -> None:
    without = [office for office in places.offices if office.code != "500101-forestry"]

    loaded = load_offices(today=TODAY, plan=replace(places, offices=without))

    assert loaded.offices == Change(0, 0, 1)
    assert Office.objects.get(code="500101-forestry").valid_to == TODAY
    assert load_offices(today=TODAY, plan=places).offices == Change(0, 1, 0)
    assert Office.objects.get(code="500101-forestry").valid_to is None


def test_an_office_that_an_operator_made_real_is_left_alone(places: Blueprint) -> None:
    Office.objects.filter(code="500101-tax").update(
        is_demonstration=False, phone="023-58000000", name="国家税务总局重庆市万州区税务局办税厅"
    )
    assert load_offices(today=TODAY, plan=places).offices == NOTHING
    assert Office.objects.get(code="500101-tax").phone == "023-58000000"


def test_a_real_township_entered_by_an_operator_stays(places: Blueprint) -> None:
    Region.objects.create(
        code="500101001",
        name="高笋塘街道",
        full_name="重庆市万州区高笋塘街道",
        level="township",
        parent_id="500101",
        province_id="500000",
    )
    assert load_offices(today=TODAY, plan=places).regions == NOTHING


def test_made_up_offices_and_townships_are_marked(places: Blueprint) -> None:
    assert not Office.objects.filter(is_demonstration=False).exists()
    township = Region.objects.get(pk="511702902")
    assert township.is_demonstration
    assert (township.name, township.full_name) == (
        "达州市通川区示范镇",
        "四川省达州市通川区示范镇",
    )
    assert not Region.objects.get(pk="511702").is_demonstration


def test_the_abolished_districts_name_their_successor_and_its_code_is_called_temporary(
    places: Blueprint,
) -> None:
    for code in ("500105", "500112"):
        district = Region.objects.get(pk=code)
        assert (district.valid_to, district.successor_id) == (date(2025, 11, 6), "5001LJ")
    new = Region.objects.get(pk="5001LJ")
    assert (new.name, new.valid_from, new.has_temporary_code) == (
        "两江新区",
        date(2025, 11, 6),
        True,
    )
    assert "大湾" in Region.objects.get(pk="500109").note


def test_every_department_of_an_office_is_known(places: Blueprint) -> None:
    assert Department.objects.get(pk="civil_affairs").name == "民政"
    assert Office.objects.get(code="511602-approval_bureau").department.name == "行政审批局"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("500199,某区,510000000,county,,,,,,,,", "上级 510000000 不在表中"),
        ("500199,,500000,county,,,,,,,,", "代码和名称都要有"),
        ("500199,某区,500000,区县,,,,,,,,", "层级只能是"),
        ("500199,某区,500000,county,,,,2025-13-01,,,,", "日期写错了"),
        ("500199,某区,500000,county,,,,,2025-11-06,500198,,", "承接地 500198 不在表中"),
        ("500199,某区,500000,county,,,,,,500101,,", "没有撤销日期"),
        ("440101,某区,500000,county,,,,,,,,", "不在重庆、四川"),
        ("500101,万州区,500000,county,,,,,,,,", "重复的代码"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_planned(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "regions.csv"
    file.write_text((DATA / "regions.csv").read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(BadData) as bad:
        blueprint(file)
    assert any(problem in text for text in bad.value.problems)


@pytest.mark.django_db
def test_a_desk_is_found_for_a_township_of_either_province(places: Blueprint) -> None:
    assert pending_desk("500101901", TODAY).code == "500101-service_center"
    assert pending_desk("511702902", TODAY).code == "511702-service_center"
