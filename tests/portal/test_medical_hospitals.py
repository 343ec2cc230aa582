"""定点医院名录: found by name, place, visit and level, page by page, and nothing that is closed."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.portal.insured import hospitals
from tests.world import World

DIRECTORY = "/medical/hospitals/"


def found(**asked: str) -> str:
    return Client().get(f"{DIRECTORY}?{urlencode(asked)}").content.decode()


def test_it_is_searched_by_name_place_visit_and_level(world: World) -> None:
    hospitals(2)
    for narrow in (
        {"q": "医院01"},
        {"place": "511700"},
        {"visit": "inpatient"},
        {"level": "tier_3"},
    ):
        assert "示范医院01" in found(**narrow), narrow
    for other in ({"q": "没有"}, {"place": "500000"}, {"visit": "chronic"}, {"level": "tier_1"}):
        assert "没有找到" in found(**other), other


def test_what_is_not_open_for_people_from_elsewhere_is_not_shown(world: World) -> None:
    assert "名录还没有载入" in found()
    hospitals(1, open_visits=[])
    assert "示范医院00" not in found()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"place": "110000"}, "请从列表中选择地方"),
        ({"visit": "x"}, "请从列表中选择"),
        ({"level": "x"}, "请从列表中选择级别"),
        ({"q": "长" * 41}, "40"),
    ],
)
def test_a_wrong_condition_says_what_to_do(world: World, wrong: dict[str, str], said: str) -> None:
    hospitals(1)
    page = found(**wrong)
    assert said in page
    assert "示范医院00" not in page


def test_pages_follow_each_other_without_gap_or_repeat(world: World) -> None:
    hospitals(45)
    seen: list[str] = []
    address = DIRECTORY
    while True:
        page = Client().get(address).content.decode()
        seen += [part[:6] for part in page.split('data-label="医院">')[1:]]
        if 'rel="next" href="' not in page:
            break
        address = DIRECTORY + page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 45
    assert "后面没有了" in found(after="999999-龥")
    for nothing in ("x", "-", "1", "٣-a", "9" * 30):
        assert Client().get(DIRECTORY, {"after": nothing}).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_one_statement_however_many_rows(world: World, count: int) -> None:
    hospitals(count)
    found()
    with CaptureQueriesContext(connection) as counted:
        found()
    assert len(counted) == 1, [q["sql"][:90] for q in counted]
