"""The supervisor's page: who comes in, what the numbers say, and that each opens what it counts."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matters.catalogue.pinned import forget_definitions
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
from tests.throughput.days import NOON, moment
from tests.world import ORPHAN, SUBSIDY, World, at
from tongban.offices.calendar import forget_calendars
from workflows.cases.models import Case
from workflows.cases.places import forget_offices
from workflows.throughput.counting import count_today, recount_last
from workflows.throughput.models import DayDirection

PAGE = "/throughput/"
TODAY = "2026-09-22 09:00"
YESTERDAY = "2026-09-21 09:00"
WITHIN_SC = "511703"


def busy_days(world: World) -> None:
    """Yesterday and today in both provinces: every way to end, one case inside 四川, one rating."""
    journeys.completed(world, when=YESTERDAY).take("rate", "citizen", level="5")
    journeys.begin(world, when=YESTERDAY).take("turn_back", "clerk_cq", reason="缺身份证明")
    journeys.arrived(world, when=TODAY, waybill="EMS0000000003").take(
        "refuse", "clerk_sc", reason="不属于本机关职权"
    )
    refused = journeys.reviewing(world, when=YESTERDAY, waybill="EMS0000000004")
    refused.take("disapprove", "clerk_sc", reason="不符合条件")
    refused.take("feed_back", "clerk_sc", way="electronic")
    journeys.delivering(world, when=YESTERDAY, waybill="EMS0000000005")
    journeys.begin(world, when=TODAY).take("withdraw", "citizen", reason="不办了")
    journeys.supplementing(world, when=TODAY, waybill="EMS0000000006")
    journeys.begin(world, when=TODAY)
    world.open(SUBSIDY, at=at(TODAY), origin_region=WITHIN_SC)
    world.open(ORPHAN, at=at(TODAY))
    late = journeys.reviewing(world, when="2026-08-03 09:00", waybill="EMS0000000007")
    assert late.case.light(NOON) == "red"
    count_today(NOON)


def test_whoever_is_not_signed_in_is_asked_to(client: Client, db: None) -> None:
    assert client.get(PAGE)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("path", ["", "tables/offices/", "cases/?measure=received", "late/"])
@pytest.mark.parametrize("who", ["citizen", "clerk_cq", "head_sc"])
def test_for_anybody_but_supervisors_and_operators_there_is_no_such_page(
    looking: SignedIn, who: str, path: str
) -> None:
    assert looking(who).get(PAGE + path).status_code == 404


def test_the_cards_say_what_came_and_went_today_and_how_things_stand(
    world: World, looking: SignedIn
) -> None:
    busy_days(world)
    page = looking("supervisor_cq").get(PAGE)
    assert card(page, "今天收件").startswith("今天收件 6")
    assert "昨天全天 4 件" in card(page, "今天收件")
    assert card(page, "今天办结").startswith("今天办结 2")
    assert card(page, "在办").startswith("在办 5")
    assert card(page, "超期").startswith("超期 1")
    assert card(page, "待送达").startswith("待送达 1")


def test_every_number_opens_a_list_of_exactly_as_many_cases(
    world: World, looking: SignedIn
) -> None:
    """Cards, directions, days, outcomes, offices, matters, stays, ratings: all of them."""
    busy_days(world)
    client = looking("supervisor_cq")
    numbers = linked_on(client.get(PAGE))
    assert len(numbers) > 60
    for number in set(numbers):
        listed = client.get(number.href)
        assert total_of(listed) == number.value, number
        hidden = re.search(r"有 (\d+) 件的收件地", text_of(listed))
        shown = len(numbers_on(listed))
        assert shown + (int(hidden[1]) if hidden else 0) == number.value, number


def test_the_directions_add_up(world: World, looking: SignedIn) -> None:
    busy_days(world)
    page = looking("supervisor_sc").get(PAGE)
    assert row(page, "渝→川")["今天收件"] == "5"
    assert row(page, "四川省内")["今天收件"] == "1"
    assert row(page, "川→渝")["今天收件"] == "0"
    assert row(page, "合计")["今天收件"] == "6"


def test_a_withdrawn_case_is_not_granted(world: World, looking: SignedIn) -> None:
    busy_days(world)
    page = looking("supervisor_cq").get(PAGE)
    granted, withdrawn = row(page, "准予"), row(page, "撤回")
    assert (granted["件数"], withdrawn["件数"]) == ("2", "1")
    assert row(page, "办结合计")["件数"] == "6"
    # The three with a clock were in time; withdrawn and turned back without one are in no rate.
    assert card(page, "按时办结率").startswith("按时办结率 100.0%")


def test_a_supervisor_sees_their_own_offices_and_the_other_provinces_total(
    world: World, looking: SignedIn
) -> None:
    busy_days(world)
    cq, sc = looking("supervisor_cq").get(PAGE), looking("supervisor_sc").get(PAGE)
    assert row(cq, "万州区政务服务中心")["收件"] == "9"
    assert "通川区民政局" not in text_of(cq)
    assert row(cq, "四川省各机构合计")["办结"] == "4"
    assert row(sc, "通川区民政局")["办结"] == "4"
    assert "万州区政务服务中心" not in text_of(sc)
    assert row(sc, "重庆市各机构合计")["收件"] == "9"
    # What nobody at an office did is told apart, so that the sum is that of the card.
    assert row(cq, "不属任何机构")["办结"] == "1"


def test_an_operator_sees_all_numbers_and_no_case(world: World, looking: SignedIn) -> None:
    world.post("operator", "运维员", "500000", "supervision", "operator")
    busy_days(world)
    client = looking("operator")
    page = client.get(PAGE)
    assert row(page, "通川区民政局")["办结"] == "4"
    listed = client.get("/throughput/cases/?measure=received&period=30")
    assert total_of(listed) == 10
    assert "data-row" not in listed.content.decode()
    assert "您只看数字" in text_of(listed)


def test_another_provinces_office_cannot_be_asked_for(world: World, looking: SignedIn) -> None:
    busy_days(world)
    office = world.office("511702", "civil_affairs").pk
    page = looking("supervisor_cq").get(f"/throughput/cases/?measure=concluded&office={office}")
    assert "只能按本省市的机构查看" in text_of(page)
    assert "通川区民政局 ·" not in text_of(page)
    assert total_of(page) == 6


def test_a_period_is_compared_with_as_many_days_before(world: World, looking: SignedIn) -> None:
    for when in ["2026-09-14 09:00", "2026-09-15 09:00", "2026-09-20 09:00"]:
        world.open(at=at(when))
    for _ in range(2):
        world.open(at=at(TODAY))
    count_today(NOON)
    page = looking("supervisor_cq").get(f"{PAGE}?period=7")
    assert "上期 2 件，环比 ↑ 多 1 件（+50.0%）" in card(page, "收件")
    today = looking("supervisor_cq").get(f"{PAGE}?period=1")
    assert "今天还没有结束" in card(today, "收件")
    first = looking("supervisor_cq").get(f"{PAGE}?period=90")
    assert "上期没有数据" in card(first, "收件")


def test_the_page_says_of_when_its_numbers_are(world: World, looking: SignedIn) -> None:
    client = looking("supervisor_cq")
    assert "今天还没有统计" in text_of(client.get(PAGE))
    count_today(NOON - dt.timedelta(seconds=20))
    assert "数据截至 2026年9月22日 14:59:40" in text_of(client.get(PAGE))
    count_today(NOON - dt.timedelta(hours=3))
    assert "统计停住了 今天的数字截至 2026年9月22日 12:00" in text_of(client.get(PAGE))


def test_what_the_night_found_stands_on_the_page(world: World, looking: SignedIn) -> None:
    client = looking("supervisor_cq")
    assert "还没有复核过" in text_of(client.get(PAGE))
    world.open(at=at(YESTERDAY))
    count_today(at("2026-09-22 00:10"))
    recount_last(now=at("2026-09-22 02:10"))
    assert "与流转记录一致" in text_of(client.get(PAGE))
    DayDirection.objects.update(received=9)
    recount_last(now=at("2026-09-22 02:20"))
    found = row(client.get(PAGE), "2026年9月21日")
    assert row(client.get(PAGE), "2026年9月21日 周一")["收件"] == "1"
    assert "近十天的更正" in text_of(client.get(PAGE))
    assert re.search(r"按方向 渝→川 · 异地代收代办 收件 9 1", text_of(client.get(PAGE))), found


def test_a_filter_narrows_everything_and_stays_in_the_links(
    world: World, looking: SignedIn
) -> None:
    busy_days(world)
    client = looking("supervisor_cq")
    orphan = world.matter(ORPHAN).matter_id
    page = client.get(f"{PAGE}?matter={orphan}")
    assert card(page, "今天收件").startswith("今天收件 1")
    assert card(page, "在办").startswith("在办 1")
    assert "按机构只列此刻的在办" in text_of(page)
    assert row(page, "万州区政务服务中心") == {
        "机构": "万州区政务服务中心", "在办": "1", "即将到期": "0", "超期": "0"
    }  # fmt: skip
    for number in linked_on(page):
        assert total_of(client.get(number.href)) == number.value
    inside = client.get(f"{PAGE}?direction=sc")
    assert card(inside, "今天收件").startswith("今天收件 1")
    nothing = client.get(f"{PAGE}?mode=online")
    assert card(nothing, "今天收件").startswith("今天收件 0")
    own = client.get(f"{PAGE}?province=500000")
    assert card(own, "今天收件").startswith("今天收件 5")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=ages", "没有这个选项"),
        ("since=2026-13-01&until=2026-09-01", "请按 2026-11-21 的样子填写日期"),
        ("since=2026-09-10&until=2026-09-01", "结束日期不能早于开始日期"),
        ("since=2020-01-01&until=2026-09-01", "一次最多查看 366 天"),
        ("since=2026-09-10", "请填写结束日期"),
        ("matter=abc", "没有这个选项"),
        ("matter=99999999999999999999", "没有这个选项"),
        ("department=%00", "没有这个选项"),
        ("direction=%27--", "没有这个选项"),
        ("office=99999999999999999999", "只能按本省市的机构查看"),
        ("period=7&since=2026-09-10", "没有按所填日期查看"),
    ],
)
def test_a_wrong_filter_says_so_and_the_page_stands(
    world: World, looking: SignedIn, query: str, said: str
) -> None:
    page = looking("supervisor_cq").get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert said in text_of(page)
    assert "今天收件" in text_of(page)


def test_before_the_first_case_every_part_says_what_it_will_hold(
    world: World, looking: SignedIn
) -> None:
    count_today(NOON)
    page = looking("supervisor_cq").get(PAGE)
    assert card(page, "今天收件").startswith("今天收件 0")
    assert card(page, "按时办结率").startswith("按时办结率 —")
    assert text_of(page).count("这段时间没有数据") == 3
    assert linked_on(page) == []


def test_every_figure_carries_its_definition(world: World, looking: SignedIn) -> None:
    page = looking("supervisor_cq").get(PAGE)
    html = page.content.decode()
    cards = html.count('class="stat-label"')
    assert html.count('class="meaning"') == cards == 16
    assert "从不与办件相加" in card(page, "今天收件")


def test_each_day_of_the_line_opens_its_cases(world: World, looking: SignedIn) -> None:
    busy_days(world)
    html = looking("supervisor_cq").get(PAGE).content.decode()
    svg = html[
        html.index('<svg class="chart daily"') : html.index("</svg>", html.index("daily-text"))
    ]
    assert "<title id=" in svg
    assert "<desc id=" in svg
    assert 'aria-label="9月22日收件 6 件"' in svg
    assert "measure=concluded" in svg
    assert "since=2026-09-22" in svg


def test_a_whole_table_has_its_own_page_and_goes_on(
    world: World, looking: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workflows.throughput.views import dashboard

    busy_days(world)
    monkeypatch.setattr(dashboard, "LONG", 2)
    client = looking("supervisor_sc")
    page = client.get("/throughput/tables/stays/")
    seen = re.findall(r'<th scope="row"[^>]*>\s*(.*?)\s*</th>', page.content.decode(), re.S)
    pages = 1
    while match := re.search(r'rel="next"[^>]*href="([^"]+)"', page.content.decode()):
        page = client.get(match[1].replace("&amp;", "&"))
        seen += re.findall(r'<th scope="row"[^>]*>\s*(.*?)\s*</th>', page.content.decode(), re.S)
        pages += 1
    assert pages > 2
    assert len(seen) == len(set(seen))
    assert client.get("/throughput/tables/nothing/").status_code == 404


def statements(client: Client, path: str) -> int:
    """How many statements a page takes; nothing that this process remembers helps."""
    forget_offices()
    forget_definitions()
    forget_calendars()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


PINNED = {
    PAGE: 20,
    "/throughput/tables/offices/": 11,
    "/throughput/tables/matters/": 10,
    "/throughput/cases/?measure=received": 11,
    "/throughput/cases/?measure=in_hand": 11,
    "/throughput/late/?light=red": 13,
    "/throughput/late/?light=sent": 11,
}


def test_every_page_takes_as_many_statements_at_thirty_rows_as_at_one(
    world: World, looking: SignedIn
) -> None:
    client = looking("supervisor_cq")
    _overdue(world, ORPHAN)
    count_today(NOON)
    assert {path: statements(client, path) for path in PINNED} == PINNED
    for nth in range(29):
        _overdue(world, SUBSIDY if nth % 2 else ORPHAN)
    count_today(NOON)
    assert {path: statements(client, path) for path in PINNED} == PINNED


def _overdue(world: World, matter: str) -> None:
    """A case in 万州's hands that is late, with a 督办 about it."""
    case = world.open(matter, at=moment("2026-09-22 08:00:00"))
    world.take(case, "urge", "supervisor_cq", {"text": "请尽快收件"})
    # After the step: a step derives the columns anew from clocks that this case has not begun.
    Case.objects.filter(pk=case.pk).update(due_at=moment("2026-09-22 12:00:00"))
