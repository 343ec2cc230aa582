"""为什么是这一天: every day counted or not, and the last line is the due day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import HttpResponse

from tests import journeys
from tests.portal.conftest import signed_in
from tests.portal.mine import Mine, on, words
from tests.world import World, at
from tongban.offices.calendar import forget_calendars
from tongban.offices.calendar_loading import load_calendar
from workflows.cases.clocks import midnight
from workflows.cases.models import Case

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


@pytest.fixture(autouse=True)
def calendar(world: World) -> None:
    """The year 2026 as the State Council announced it."""
    load_calendar(at=at("2026-01-01 00:00"))
    forget_calendars()


def days_of(answer: HttpResponse) -> list[Any]:
    return list(answer.context["days"])  # type: ignore[attr-defined]


def due_of(case: Case, clock: str) -> dt.datetime:
    return dt.datetime.fromisoformat(case.clocks[clock]["due_at"])


def agrees(case: Case, clock: str, answer: HttpResponse) -> None:
    """The last line is counted, is marked, and is the day that the case keeps."""
    days = days_of(answer)
    assert days[-1].is_last
    assert days[-1].count.startswith("第")
    assert midnight(days[-1].day + dt.timedelta(days=1)) == due_of(case, clock)
    counted = [day for day in days if day.count != "不计"]
    limit = case.clocks[clock]["limit"]
    extra = sum(int(more[:-1]) for more in case.clocks[clock]["extra"])
    assert len(counted) == int(limit[:-1]) + extra


def test_over_the_national_holiday_each_day_says_its_reason(world: World) -> None:
    """Handed in on 18 September: 中秋, 国庆 and their make-up days lie on the way."""
    journey = journeys.collected(world, when="2026-09-18 09:00")
    answer = Mine(world, "citizen", journey.case).get("clock/promise/")
    agrees(journey.case, "promise", answer)
    why = {day.day: (day.count, day.why) for day in days_of(answer)}
    assert why[dt.date(2026, 9, 20)] == ("第 1 个工作日", "调休上班")
    assert why[dt.date(2026, 9, 19)] == ("不计", "周六")
    assert why[dt.date(2026, 9, 25)] == ("不计", "中秋节")
    assert why[dt.date(2026, 10, 1)][0] == "不计"
    assert "国庆节" in why[dt.date(2026, 10, 1)][1]
    assert why[dt.date(2026, 9, 21)] == ("第 2 个工作日", "工作日")
    page = words(answer)
    assert "2026年9月18日（已收件）起算，当天不计" in page
    assert "日历以四川省达州市通川区为准" in page


def test_a_pause_is_named_with_its_days(world: World) -> None:
    journey = journeys.reviewing(world)
    journey.take("require_supplement", "clerk_sc", "2026-04-08 10:00", items="证明", reason="缺")
    journey.take(
        "supplement", "citizen", "2026-04-10 10:00", items=journeys.owed_papers(journey.case)
    )
    answer = Mine(world, "citizen", journey.case).get("clock/promise/")
    agrees(journey.case, "promise", answer)
    why = {day.day: (day.count, day.why) for day in days_of(answer)}
    assert why[dt.date(2026, 4, 9)] == why[dt.date(2026, 4, 10)] == ("不计", "补正期间")
    assert why[dt.date(2026, 4, 8)][0].startswith("第")
    assert "中止 补正 2026年4月8日 至 2026年4月10日" in words(answer)


def test_while_a_pause_is_open_it_says_how_much_is_used(world: World) -> None:
    journey = journeys.reviewing(world)
    journey.take("require_supplement", "clerk_sc", "2026-04-08 10:00", items="证明", reason="缺")
    answer = Mine(world, "citizen", journey.case).get("clock/promise/")
    page = words(answer)
    assert "为什么现在没有日期？" in page
    assert "2026年4月8日起中止（补正）" in page
    assert not days_of(answer)[-1].is_last
    assert "到期日" not in page
    assert f"已用 {sum(d.count != '不计' for d in days_of(answer))} 个工作日" in page


def test_an_extension_stands_with_its_reason(world: World) -> None:
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    world.post("hr_head", "通人社局长", "511702", "human_resources", "head")
    journey = journeys.begin(world, LICENCE, "2026-05-11 09:00").take("accept", "hr_sc")
    journey.take("extend", "hr_head", reason="需要核实场所")
    for clock in ("hop", "promise", "statutory"):
        if clock not in journey.case.clocks:
            continue
        answer = Mine(world, "citizen", journey.case).get(f"clock/{clock}/")
        agrees(journey.case, clock, answer)
        if journey.case.clocks[clock]["extra"]:
            assert "需要核实场所（2026年5月11日）" in words(answer)
            assert days_of(answer)[-1].why.endswith("延长期内")


def test_natural_days_count_weekends_and_holidays(world: World) -> None:
    matter = world.matter("困难残疾人生活补贴", promise="10Z")
    journey = journeys.collected(world, matter=matter, when="2026-09-28 09:00")
    answer = Mine(world, "citizen", journey.case).get("clock/promise/")
    agrees(journey.case, "promise", answer)
    assert {day.why for day in days_of(answer)} == {"自然日都计算"}
    assert len(days_of(answer)) == 10


def test_hours_are_said_in_a_sentence(world: World) -> None:
    matter = world.matter("困难残疾人生活补贴", promise="4H")
    journey = journeys.collected(world, matter=matter)
    page = Mine(world, "citizen", journey.case).page("clock/promise/")
    assert "按小时连续计算，到期时间是 2026年3月31日 14:00" in page
    assert "逐日计算" not in page


def test_the_applicants_own_time_runs_from_the_service_of_the_notice(world: World) -> None:
    matter = world.matter("困难残疾人生活补贴", supplement="10G")
    journey = journeys.supplementing(world, matter=matter)
    mine = Mine(world, "citizen", journey.case)
    assert "10个工作日，从文书送达（您打开文书、通知或补正页面）的次日起算" in mine.page()
    assert mine.get("clock/hop/").status_code == 404
    document = journey.case.documents.get(kind="supplement")
    data = {"document": document.pk, "way": "phone", "succeeded": "yes", "receiver": "林晓梅"}
    world.take(journey.case, "record_service", "clerk_sc", data, at=at("2026-04-02 10:00"))
    answer = mine.get("clock/hop/")
    agrees(mine.case, "hop", answer)
    assert "您补正的期限" in words(answer)
    assert words(answer).count("2026年4月2日") == 1


def test_a_day_that_is_not_announced_yet_is_marked(world: World) -> None:
    journey = journeys.collected(world, when="2026-12-28 09:00")
    answer = Mine(world, "citizen", journey.case).get("clock/promise/")
    agrees(journey.case, "promise", answer)
    marked = [day for day in days_of(answer) if day.is_provisional]
    assert marked
    assert {day.day.year for day in marked} == {2027}
    assert "标“暂定”的日子" in words(answer)


def test_a_calendar_loaded_meanwhile_is_said(world: World) -> None:
    journey = journeys.collected(world)
    kept = journey.case
    kept.clocks["promise"]["due_at"] = "2026-04-30T00:00:00+08:00"
    Case.objects.filter(pk=kept.pk).update(clocks=kept.clocks)
    assert "正在重新计算" in Mine(world, "citizen", kept).page("clock/promise/")


def test_today_is_marked(world: World) -> None:
    with on("2026-04-03 15:00"):
        journey = journeys.collected(world)
        answer = Mine(world, "citizen", journey.case).get("clock/promise/")
    assert [day.day for day in days_of(answer) if day.is_today] == [dt.date(2026, 4, 3)]


@pytest.mark.parametrize("clock", ["statutory", "timer", "pauses", "interrupted", "x"])
def test_a_clock_that_the_case_does_not_have_is_not_found(world: World, clock: str) -> None:
    case = journeys.begin(world).case
    assert Mine(world, "citizen", case).get(f"clock/{clock}/").status_code == 404


def test_only_for_the_people_of_the_case(world: World) -> None:
    case = journeys.collected(world).case
    path = f"/my/{case.number}/clock/promise/"
    assert signed_in(world.outsider).get(path).status_code == 404
    assert signed_in(world.clerk_cq).get(path)["Location"] == f"/desk/{case.number}/"


def test_few_statements_however_long_the_limit(
    world: World, django_assert_num_queries: object
) -> None:
    journey = journeys.reviewing(world, matter=world.matter("困难残疾人生活补贴", promise="400G"))
    mine = Mine(world, "citizen", journey.case)
    mine.get("clock/promise/")
    # session, account, actor; case, parties; ledger; unread messages in the frame.
    with django_assert_num_queries(7):  # type: ignore[operator]
        mine.get("clock/promise/")
