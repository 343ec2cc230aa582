"""The pages beside the overview: regions, time, ranking, queries, flags; whose each number is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests import journeys
from tests.throughput.conftest import (
    SignedIn,
    card,
    linked_on,
    numbers_on,
    row,
    text_of,
    total_of,
)
from tests.throughput.days import DAY, NOON, figure
from tests.throughput.test_dashboard import busy_days, statements
from tests.world import SUBSIDY, World, at
from workflows.cases.clocks import local_day
from workflows.cases.registry import flows
from workflows.throughput import ranking
from workflows.throughput.all_tables import SECTIONS
from workflows.throughput.bearers import bearer_of
from workflows.throughput.counting import count_today, recount, recount_last, reflag
from workflows.throughput.definitions import groups
from workflows.throughput.late import INSTANT
from workflows.throughput.measures import APPOINTMENTS
from workflows.throughput.models import DayFlag, DayRoute, DayTime, DayTimeOffice
from workflows.throughput.times import BUCKETS, Times

HOME = "/throughput/"
MONDAY = "2026-09-21 09:00"
WITHIN_SC = "511703"
PINNED = {
    "matrix/": 9, "time/": 16, "ranking/": 10, "others/": 9, "flags/": 10, "published/": 9,
    "wall/": 10, "definitions/": 4,
}  # fmt: skip


def test_the_matrix_tells_from_which_city_to_which_and_opens_each_cell(
    world: World, looking: SignedIn
) -> None:
    busy_days(world)
    client = looking("supervisor_cq")
    page = client.get(f"{HOME}matrix/?direction=cq-sc")
    assert figure("received", table=DayRoute, route="500101-511700") == 4
    matrix = row(page, "万州区")
    assert matrix["合计"] == matrix["达州市"]
    assert row(page, "重庆市收件")["四川省办理"] == matrix["合计"] == "9"
    for number in linked_on(page)[-5:]:
        assert total_of(client.get(number.href)) == number.value, number


def test_inside_the_other_province_only_its_total_is_told(world: World, looking: SignedIn) -> None:
    """Both ways: each supervisor sees the cities of their own province and not the other's."""
    for _ in range(2):
        world.open(SUBSIDY, at=at(MONDAY), origin_region=WITHIN_SC)
    count_today(NOON)
    cq = looking("supervisor_cq").get(f"{HOME}matrix/?direction=sc")
    assert row(cq, "四川省收件")["四川省办理"] == "2"
    assert "只看合计，不分市县" in text_of(cq)
    assert "达州市" not in text_of(cq)
    sc = looking("supervisor_sc").get(f"{HOME}matrix/?direction=sc")
    assert row(sc, "达州市")["达州市"] == "2"


def test_how_long_cases_took_is_told_by_days_matters_and_own_offices(
    world: World, looking: SignedIn
) -> None:
    busy_days(world)
    assert sum(DayTime.objects.values_list("cases", flat=True)) == 5
    assert sum(DayTimeOffice.objects.values_list("cases", flat=True)) == 5
    cq, sc = looking("supervisor_cq"), looking("supervisor_sc")
    page = cq.get(f"{HOME}time/")
    assert row(page, "0 个工作日")["件数"] == "5"
    assert "中位数 0 个工作日" in text_of(page)
    for number in linked_on(page)[:3]:
        assert total_of(cq.get(number.href)) == number.value, number
    # The bureau of 四川 is told to its own supervisor alone.
    assert "通川区民政局" not in text_of(page)
    assert row(page, "四川省各机构合计")["件数"] == "4"
    assert row(sc.get(f"{HOME}time/"), "通川区民政局")["件数"] == "4"


def test_percentiles_are_those_of_the_sorted_cases() -> None:
    taken = Times({0: 4, 3: 4, 8: 1, 21: 1})
    assert [taken.percentile(share) for share in (40, 41, 50, 80, 81, 95)] == [0, 3, 3, 3, 8, 21]
    assert Times({}).percentile(50) is None
    assert sum(taken.within(bucket) for bucket in BUCKETS.values()) == 10


def test_every_state_is_somebodys_time() -> None:
    assert bearer_of("collect_forward", "submitted") == "collector"
    assert bearer_of("collect_forward", "in_transit") == "road"
    assert bearer_of("collect_forward", "reviewing") == "owner"
    assert bearer_of("collect_forward", "supplementing") == "applicant"
    assert bearer_of("of_former_times", "x") == "owner"


def test_a_late_case_is_the_delay_of_whoever_went_past_their_own_limit(
    world: World, looking: SignedIn
) -> None:
    """Sixteen working days from the window: one lay at the office, one was on the road."""
    at_desk = journeys.decided(world, when="2026-08-03 09:00")
    at_desk.take("feed_back", "clerk_sc", MONDAY, way="electronic")
    on_road = journeys.in_transit(world, when="2026-08-03 09:00", waybill="EMS0000000009")
    papers = journeys.on_the_road(on_road.case)
    on_road.take("sign", "clerk_sc", "2026-09-18 09:00", arrived=papers)
    on_road.take("accept", "clerk_sc").take("approve", "clerk_sc", opinion="符合条件")
    on_road.take("feed_back", "clerk_sc", MONDAY, way="electronic")
    recount(DAY)
    reflag(DAY)
    kinds = dict(DayFlag.objects.values_list("case_id", "kind"))
    assert kinds == {at_desk.id: "late_owner", on_road.id: "late_road"}
    page = looking("supervisor_cq").get(f"{HOME}tables/delays/")
    assert row(page, "在途")["超期办结"] == "1"
    assert numbers_on(looking("supervisor_cq").get(f"{HOME}cases/?measure=late_road")) == [
        on_road.case.number
    ]


def test_only_offices_with_enough_cases_are_ranked_and_only_ones_own(
    world: World, looking: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_days(world)
    page = looking("supervisor_sc").get(f"{HOME}ranking/")
    assert row(page, "不参加排名")["机构"] == "通川区民政局"
    monkeypatch.setattr(ranking, "AT_LEAST", 4)
    ranked = row(looking("supervisor_sc").get(f"{HOME}ranking/"), "第 1")
    assert (ranked["机构"], ranked["办结"], ranked["满意率"]) == ("通川区民政局", "4", "100.0%")
    cq = looking("supervisor_cq").get(f"{HOME}ranking/")
    assert "通川区民政局" not in text_of(cq)
    assert "四川省各机构合计" in text_of(cq)


def test_flags_name_a_second_supplement_a_pause_on_the_last_day_and_what_came_back(
    world: World, looking: SignedIn
) -> None:
    twice = journeys.supplementing(world, when="2026-09-14 09:00")
    papers = journeys.owed_papers(twice.case)
    twice.take("supplement", "citizen", items=papers)
    twice.take("require_supplement", "clerk_sc", MONDAY, items="身份证复印件", reason="看不清")
    last_day = journeys.reviewing(world, when="2026-09-01 09:00", waybill="EMS0000000010")
    due_at = last_day.case.hop_due_at
    assert due_at is not None
    last_day.take(
        "require_supplement", "clerk_sc", f"{local_day(due_at - INSTANT)} 16:00",
        items="身份证复印件", reason="看不清",
    )  # fmt: skip
    back = journeys.begin(world, when="2026-09-10 09:00")
    back.take("turn_back", "clerk_cq", reason="缺身份证明")
    again = world.open(at=at(MONDAY))
    recount(DAY)
    reflag(DAY)
    found = {(f.kind, f.case_id) for f in DayFlag.objects.all()}
    assert found == {("second_supplement", twice.id), ("refiled", again.pk)}
    reflag(local_day(due_at - INSTANT))
    assert DayFlag.objects.get(kind="last_day_pause").case_id == last_day.id
    assert reflag(DAY) == ()
    sc, cq = looking("supervisor_sc"), looking("supervisor_cq")
    page = sc.get(f"{HOME}flags/")
    assert row(page, "二次补正")["件数"] == row(page, "通川区民政局")["二次补正"] == "1"
    assert "通川区民政局" not in text_of(cq.get(f"{HOME}flags/"))
    assert numbers_on(sc.get(f"{HOME}cases/?measure=second_supplement")) == [twice.case.number]


def test_only_appointments_have_the_state_that_visits_are_counted_from() -> None:
    ends = set(APPOINTMENTS) - {"booked"}
    states = {flow: {state.code for state in flow.STATES} for flow in flows()}
    counted = {flow.KIND for flow, codes in states.items() if "booked" in codes and codes & ends}
    assert counted == {"appointment"}


def test_queries_and_appointments_have_cards_of_their_own(world: World, looking: SignedIn) -> None:
    busy_days(world)
    page = looking("supervisor_cq").get(f"{HOME}others/")
    assert card(page, "查询提出").startswith("查询提出 0")
    assert card(page, "预约成功").startswith("预约成功 0")
    assert "从不相加" in text_of(page)


def test_a_table_as_xlsx_has_its_definitions_beside_it(world: World, looking: SignedIn) -> None:
    busy_days(world)
    client = looking("supervisor_cq")
    answer = client.get(f"{HOME}tables/directions/?format=xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    figures, meanings = book.worksheets
    assert [cell.value for cell in figures[1]][:2] == ["方向", "今天收件"]
    assert figures["B2"].value == 5
    assert "从不与办件相加" in " ".join(str(c.value) for r in meanings.iter_rows() for c in r)
    listed = client.get(f"{HOME}cases/?measure=received&format=xlsx")
    assert str(load_workbook(io.BytesIO(listed.content)).worksheets[0]["A2"].value).isdecimal()


def test_the_wall_screen_refreshes_itself_and_names_nobody(world: World, looking: SignedIn) -> None:
    busy_days(world)
    client = looking("supervisor_sc")
    page = client.get(f"{HOME}wall/")
    html = page.content.decode()
    assert '<meta http-equiv="refresh" content="30">' in html
    assert 'hx-trigger="every 30s"' in html
    assert "data-leave" in html
    assert "wall-dark" in html
    assert "林*梅" not in html
    assert not linked_on(page)
    part = client.get(f"{HOME}wall/?look=light", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "今天收件" in text_of(part)


def test_a_definition_that_changes_gets_a_new_version() -> None:
    """The file beside this test holds each text with its version; a changed text needs both."""
    said = "\n".join(
        f"{m.code} {m.version} {m.since} {m.text}" for _, meanings in groups() for m in meanings
    )
    known = Path(__file__).with_name("definitions.txt").read_text(encoding="utf-8")
    assert said == known.rstrip("\n")


def test_all_definitions_stand_on_one_page(looking: SignedIn) -> None:
    page = looking("supervisor_cq").get(f"{HOME}definitions/")
    assert page.content.decode().count("<tr id=") == sum(len(m) for _, m in groups())
    assert "第 1 版" in text_of(page)


def fewest(client: Client, path: str) -> int:
    """The fewer of two: what a process keeps for a while may run out in the middle of one."""
    return min(statements(client, HOME + path) for _ in range(2))


def test_each_page_takes_as_many_statements_at_thirty_rows_as_at_one(
    world: World, looking: SignedIn
) -> None:
    client = looking("supervisor_cq")
    busy_days(world)
    recount_last(1, now=NOON)
    assert {path: fewest(client, path) for path in PINNED} == PINNED
    for nth in range(29):
        world.open(SUBSIDY, at=at(f"2026-09-{20 + nth % 2:02} 09:00"))
    recount_last(2, now=NOON)
    count_today(NOON)
    assert {path: fewest(client, path) for path in PINNED} == PINNED


def test_before_the_first_case_every_page_stands(looking: SignedIn) -> None:
    client = looking("supervisor_cq")
    for code in SECTIONS:
        answer = client.get(f"{HOME}{code}/?period=1&direction=%00&of=nonsense")
        assert answer.status_code == 200, code
