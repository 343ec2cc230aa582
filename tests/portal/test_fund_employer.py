"""单位的公积金转移: each list with each person's result, to whoever handed it in and to nobody else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.flows.test_fund_transfer_group import NAMES, Employer
from tests.portal.conftest import signed_in
from tests.world import World, at

PAGE = "/housing-fund/employer/"


@pytest.fixture
def employer(world: World) -> Employer:
    return Employer(world)


def shown(client: Client, query: str = "") -> str:
    made = client.get(PAGE + query)
    assert made.status_code == 200
    return str(made.content.decode())


def test_each_person_of_the_list_stands_with_their_result(employer: Employer, world: World) -> None:
    employer.hand_in()
    first, second, third = employer.people()
    employer.transfer(first)
    world.take(third, "accept", "fund_cq", {"checked": "on"}, at=at("2026-05-11 10:00"))
    world.take(second, "refuse", "fund_cq", {"reason": "账户不符"}, at=at("2026-05-11 10:00"))
    page = shown(signed_in(world.citizen))
    assert "共 3 人：已办成 1 人，办理中 1 人，没有办成 1 人" in page
    assert all(name in page for name in NAMES)
    assert f"/my/{first.number}/" in page
    # Three working days from the letter, as 川渝 promise: each person's own.
    assert "办理中，承诺最迟 2026年5月14日 办结" in page


def test_nobody_else_sees_the_list(employer: Employer, world: World) -> None:
    employer.hand_in()
    page = shown(signed_in(world.outsider))
    assert "还没有提交过名单" in page
    assert not any(name in page for name in NAMES)
    assert Client().get(PAGE).status_code == 302
    assert "还没有提交过名单" in shown(signed_in(world.citizen), "?before=1")
    assert NAMES[0] in shown(signed_in(world.citizen), "?before=x")


def test_statements_do_not_grow_with_lists_or_people(employer: Employer, world: World) -> None:
    client = signed_in(world.citizen)
    employer.hand_in()
    shown(client)
    with CaptureQueriesContext(connection) as one:
        shown(client)
    employer.hand_in()
    with CaptureQueriesContext(connection) as two:
        assert shown(client).count("共 3 人") == 2
    assert len(one) == len(two) <= 6, [q["sql"][:90] for q in two]
