"""The receipt: a number to keep, what comes next and by when, and the way to the public progress."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from pytest_django import Settings

from tests.portal.applying import shown
from tests.portal.conftest import signed_in
from tests.world import SUBSIDY, World
from workflows.cases.models import Case

Counting = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def case(world: World) -> Case:
    return world.open(SUBSIDY)


def test_it_says_the_number_and_what_comes_next(lin: Client, case: Case) -> None:
    page = shown(lin.get(f"/my/{case.number}/receipt/"))
    for words in (
        f'<p class="panel-number">{case.number}</p>', "待收件", "请到收件窗口交验材料",
        "请到这个窗口交材料", "万州区政务服务中心", "万州区示范路1号", "通川区民政局",
        "承诺时限 16个工作日", f"/progress/qr/{case.number}.svg", "data-print",
    ):  # fmt: skip
        assert words in page, words


def test_once_collected_it_says_by_when(world: World, lin: Client, case: Case) -> None:
    papers = list(case.materials.values_list("pk", flat=True))
    world.take(case, "collect", "clerk_cq", {"identity_checked": "on", "papers": papers})
    page = shown(lin.get(f"/my/{case.number}/receipt/"))
    assert "期限 20" in page
    assert "现在由这里办理" in page


def test_without_a_published_limit_no_date_is_made_up(world: World, lin: Client) -> None:
    case = world.open(world.matter(SUBSIDY, promise=None, hops={}))
    page = shown(lin.get(f"/my/{case.number}/receipt/"))
    assert "承诺时限未公布" in page
    assert "期限 20" not in page


def test_it_is_for_who_may_see_the_case(world: World, lin: Client, case: Case) -> None:
    path = f"/my/{case.number}/receipt/"
    assert lin.get(path).status_code == 200
    for who in ("outsider", "daughter", "clerk_elsewhere"):
        assert signed_in(world.people[who]).get(path).status_code == 404
    assert Client().get(path)["Location"] == f"/sign-in/?next={path}"


def test_it_names_nobody(lin: Client, case: Case) -> None:
    page = shown(lin.get(f"/my/{case.number}/receipt/"))
    assert "周德福" not in page


def test_its_cost_is_fixed(lin: Client, case: Case, django_assert_num_queries: Counting) -> None:
    path = f"/my/{case.number}/receipt/"
    lin.get(path)
    # Session, user, actor, case, papers, unread messages.
    with django_assert_num_queries(7):
        lin.get(path)


def test_the_qr_leads_to_the_progress_page(case: Case, settings: Settings) -> None:
    settings.SITE_URL = "https://tongban.example"
    answer = Client().get(f"/progress/qr/{case.number}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    svg = shown(answer)
    assert svg.startswith("<?xml")
    assert "<script" not in svg
    assert " style=" not in svg


def test_the_qr_tells_nobody_whether_there_is_such_a_case(
    world: World, django_assert_num_queries: Counting
) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/progress/qr/79927398713.svg").status_code == 200
        for number in ("79927398710", "abc", "1" * 33, "7-9"):
            assert Client().get(f"/progress/qr/{number}.svg").status_code == 404
