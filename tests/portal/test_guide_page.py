"""The guide: what is published with how sure it is, and all that is not in one line."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matters.catalogue.index import forget_index
from matters.catalogue.models import Matter
from tests.portal.applying import shown
from tests.world import World


def page(world: World, name: str, **changes: object) -> str:
    version = world.matter(name, **changes)
    return shown(Client().get(f"/matters/{version.matter.slug}/"))


def test_what_is_not_published_is_one_line(world: World) -> None:
    text = page(
        world,
        "户籍证明",
        guide={"visits": 1, "visit_reason": "核验身份", "charges": "no", "place": "派出所户籍窗口"},
        certainty={"guide.visits": "inferred"},
    )
    assert text.count("未公布：") == 1
    line = text.split("未公布：")[1].split("<")[0]
    assert "办理时间、数量限制、结果样本" in line
    for known in ("到现场次数", "是否收费", "办理地点", "必须现场原因", "权力来源"):
        assert known not in line, known
    for words in ("1 次", "核验身份", "派出所户籍窗口"):
        assert words in text


def test_a_booking_does_not_promise_what_an_application_would(world: World) -> None:
    text = page(world, "结婚登记预约")
    assert "当天带上身份证件到窗口" in text
    assert "提交后立即登记" in text
    assert "不用到窗口，也不用回属地" not in text
    assert "1 个工作日内答复" in page(world, "社会保障卡应用状态查询")


@pytest.mark.parametrize("name", ["户籍证明", "结婚登记预约"])
def test_a_guide_costs_few_statements(world: World, name: str) -> None:
    path = f"/matters/{world.matter(name).matter.slug}/"
    Client().get(path)
    with CaptureQueriesContext(connection) as captured:
        Client().get(path)
    assert len(captured) <= 8


def test_a_recalled_name_is_marked_in_lists_and_on_its_page(world: World) -> None:
    version = world.matter("学位公证")
    Matter.objects.filter(pk=version.matter_id).update(certainty="from_memory")
    forget_index()
    found = shown(Client().get("/matters/?q=学位公证"))
    assert "待核实" in found.split("学位公证</a>")[1].split("</h2>")[0]
    assert "待核实" in shown(Client().get(f"/matters/{version.matter.slug}/"))
