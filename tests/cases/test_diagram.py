"""The picture of a flow and the table beside it say what the declarations say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from django.template import engines

from matters.catalogue.definition import Definition
from tests.world import ORPHAN, planned_matters
from workflows.cases.diagram import diagram_rows, diagram_svg
from workflows.cases.flow import Flow
from workflows.cases.graph import graph_of
from workflows.cases.lanes import BOX_WIDTH, Box, Link, Sheet, lay_out
from workflows.cases.picture import DOT
from workflows.cases.registry import flow_class, flows
from workflows.cases.rights import whole_definition

ONLINE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  our own picture


def every_picture() -> Iterator[tuple[type[Flow], Definition | None]]:
    """Each flow alone, with a made-up matter, and with each differing real one."""
    for flow in flows():
        yield flow, None
        yield flow, whole_definition(flow)
        real = [p.definition for p in planned_matters() if p.flow == flow.CODE]
        yield from {
            repr((d.stages, sorted(d.hops), d.deemed_acceptance)): (flow, d) for d in real
        }.values()


def definition_named(name: str) -> Definition:
    return next(p.definition for p in planned_matters() if p.fact.name == name)


def test_every_state_and_every_main_step_is_in_the_picture_and_in_the_table() -> None:
    for flow, definition in every_picture():
        svg = str(diagram_svg(flow, definition))
        rows = diagram_rows(flow, definition)
        assert {row.state for row in rows} == {state.code for state in flow.STATES}
        ways = {way.label for row in rows for way in row.ways}
        main = {
            step.label
            for step in flow.STEPS.values()
            if (not step.is_aside or step.target)
            and (step.after is None or definition is None or step.after(definition))
        }
        assert ways == main, flow.CODE
        moving = {step.label for step in flow.STEPS.values() if step.target and step.label in main}
        drawn = " ".join(re.findall(r'class="edge-text"[^>]*>([^<]*)<', svg))
        assert all(label in drawn for label in moving), flow.CODE


def test_stages_stand_in_the_lane_of_the_seat_that_has_them() -> None:
    """The orphan's case: 乡镇初审 by the township, 县级审批 by the county, never the other way round."""
    rows = diagram_rows(flow_class("collect_forward"), definition_named(ORPHAN))
    reviews = [(row.name, row.holder, row.limit) for row in rows if row.state == "reviewing"]
    assert reviews == [
        ("乡镇初审", "属地乡镇（街道）", "15个工作日"),
        ("县级审批", "属地主管部门", "15个工作日"),
    ]
    assert [row.holder for row in rows if row.state == "received"] == ["属地乡镇（街道）"]
    first = next(row for row in rows if row.name == "乡镇初审")
    onward = {way.label: way.to for way in first.ways}
    assert (onward["审查通过"], onward["要求补正"]) == ("县级审批", "待补正")


def test_without_a_matter_a_flow_is_drawn_as_it_is_declared() -> None:
    rows = diagram_rows(flow_class("collect_forward"), None)
    assert [row.state for row in rows] == [s.code for s in flow_class("collect_forward").STATES]


def test_silence_is_shown_only_where_the_matter_cites_the_law() -> None:
    flow = flow_class("online_approval")
    cited, silent = definition_named(ONLINE), definition_named("道路运输从业资格证换发")
    assert "视为受理" in diagram_svg(flow, cited)
    assert "视为受理" not in diagram_svg(flow, silent)


def test_the_present_state_is_marked_once_and_at_its_stage() -> None:
    flow, definition = flow_class("collect_forward"), definition_named(ORPHAN)
    svg = diagram_svg(flow, definition, now="reviewing", stage="county_approval")
    assert svg.count("node-now") == 1
    (now,) = [r for r in diagram_rows(flow, definition, now="reviewing", stage="county_approval")
              if r.is_now]  # fmt: skip
    assert now.name == "县级审批"
    assert "node-now" not in diagram_svg(flow, definition)


def test_the_picture_obeys_the_content_policy_and_can_be_read_aloud() -> None:
    for flow, definition in every_picture():
        svg = str(diagram_svg(flow, definition))
        assert not re.search(r"style|<script|on\w+=|href", svg)
        root = parsed(svg)
        assert root.get("role") == "img"
        named = (root.get("aria-labelledby") or "").split()
        spoken = [root.find(f".//*[@id='{name}']") for name in named]
        assert all(found is not None and found.text for found in spoken)


def test_what_a_matter_calls_its_stages_cannot_break_out_of_the_picture() -> None:
    definition = definition_named(ORPHAN).model_dump(mode="json")
    definition["stages"][0]["name"] = '<script>alert("初审")</script>'
    svg = diagram_svg(flow_class("collect_forward"), Definition.model_validate(definition))
    assert "<script" not in svg
    parsed(svg)


def boxes_of(svg: str) -> list[tuple[int, int, int, int]]:
    shapes = parsed(svg).iter("rect")
    return [
        (int(r.get("x", 0)), int(r.get("y", 0)), int(r.get("width", 0)), int(r.get("height", 0)))
        for r in shapes
        if "node" in r.get("class", "")
    ]


def lines_of(svg: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for path in parsed(svg).iter("path"):
        numbers = [int(n) for n in re.findall(r"\d+", path.get("d", ""))]
        yield from pairwise(list(zip(numbers[::2], numbers[1::2], strict=True)))


def test_no_line_runs_through_a_state_and_no_state_over_another() -> None:
    for flow, definition in every_picture():
        svg = str(diagram_svg(flow, definition))
        boxes = boxes_of(svg)
        for (x, y, w, h), (x2, y2, w2, h2) in combinations(boxes, 2):
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y, flow.CODE
        for (x1, y1), (x2, y2) in lines_of(svg):
            assert x1 == x2 or y1 == y2
            for x, y, w, h in boxes:
                outside = (
                    max(x1, x2) <= x or min(x1, x2) >= x + w
                    or max(y1, y2) <= y or min(y1, y2) >= y + h
                )  # fmt: skip
                assert outside, (flow.CODE, (x1, y1, x2, y2), (x, y, w, h))


def test_everything_stands_on_the_sheet() -> None:
    for flow, definition in every_picture():
        root = parsed(str(diagram_svg(flow, definition)))
        width, height = int(root.get("width", 0)), int(root.get("height", 0))
        for text in root.iter("text"):
            assert 0 < int(text.get("x", -1)) < width
            assert 0 < int(text.get("y", -1)) < height
        assert width <= 1100, flow.CODE


def laid(boxes: list[Box], links: list[Link]) -> Sheet:
    return lay_out([DOT, *boxes], links, 3)


def test_links_to_one_end_share_a_line_and_others_keep_apart() -> None:
    sheet = laid(
        [Box(1, 1, 1), Box(1, 2, 1), Box(2, 1, 1), Box(2, 2, 1)],
        [Link(1, 3, "甲"), Link(2, 3, "乙"), Link(2, 4, "丙")],
    )
    first, second, other = (wire.points[-2][0] for wire in sheet.wires)
    assert first == second != other


def test_a_label_is_never_longer_than_the_room_that_is_kept_for_it() -> None:
    """Two long words at one box: each on a track of its own."""
    sheet = laid(
        [Box(1, 1, 1), Box(1, 2, 1)], [Link(1, 2, "很长的步骤名称"), Link(1, 2, "另一个很长的名称")]
    )
    assert len({wire.label_at[1] for wire in sheet.wires}) == 2
    assert all(x < BOX_WIDTH * 3 for x, _ in sheet.boxes)


@pytest.mark.parametrize("now", ["", "reviewing"])
def test_pages_include_both_by_one_tag(now: str) -> None:
    page = engines["django"].from_string(
        "{% load flow_pictures %}{% flow_lanes flow definition now %}"
    )
    context = {"flow": "collect_forward", "definition": definition_named(ORPHAN), "now": now}
    html = page.render(context)
    assert html.count("<svg") == 1
    assert html.count(">现在<") == bool(now)
    assert html.count('<th scope="row"') == len(
        graph_of(flow_class("collect_forward"), context["definition"]).nodes  # type: ignore[arg-type]
    )
