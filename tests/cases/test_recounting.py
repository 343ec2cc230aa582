"""When the calendar changes, every open clock is derived anew, and it is said which moved."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import journeys
from tests.world import World, at
from tongban.accounts.actors import SYSTEM
from tongban.notices.models import Notice
from tongban.offices.calendar import forget_calendars
from tongban.offices.calendar_change import change_days
from tongban.offices.calendar_sources import DayFact
from workflows.cases import recounting
from workflows.cases.models import Case
from workflows.cases.perform import perform
from workflows.cases.recounting import rederive_open
from workflows.cases.sweep import sweep_deadlines
from workflows.cases.tasks import check_clocks

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


def holiday(day: dt.date, region: str | None = None) -> None:
    """The government gives a day off at short notice."""
    fact = DayFact(
        day=day, region=region, kind="holiday", name="临时放假", source="测试", announced=True
    )
    change_days(wanted=[fact], going=[], source="测试", at=at("2026-05-11 12:00"))
    forget_calendars()


def test_where_nothing_changed_nothing_differs(world: World) -> None:
    journeys.collected(world, when="2026-05-11 09:00")
    journeys.supplementing(world, waybill="EMS0000000011", when="2026-05-11 09:00")
    journeys.completed(world, waybill="EMS0000000012", when="2026-05-11 09:00")
    assert list(rederive_open(write=False)) == []


def test_a_day_off_moves_the_clocks_that_rest_on_it_and_the_ledger_says_so(world: World) -> None:
    case = journeys.collected(world, when="2026-05-11 09:00").case
    holiday(dt.date(2026, 5, 13))
    (found,) = rederive_open(write=True)
    assert (found.number, found.is_written) == (case.number, True)
    moved = {m.clock: (m.was_due_at, m.due_at) for m in found.moved}
    assert moved["hop"] == (at("2026-05-15 00:00"), at("2026-05-16 00:00"))
    case = Case.objects.get(pk=case.pk)
    assert case.hop_due_at == case.due_at == at("2026-05-16 00:00")
    event = case.events.get(step="recount")
    assert event.actor_kind == "system"
    assert dt.datetime.fromisoformat(event.data["moved"]["hop"]["due"]) == case.hop_due_at
    assert list(rederive_open(write=False)) == []


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    case = journeys.collected(world, when="2026-05-11 09:00").case
    holiday(dt.date(2026, 5, 13))
    out = StringIO()
    call_command("rederive_clocks", "--dry-run", stdout=out)
    assert f"{case.number} 环节时限：2026-05-14 → 2026-05-15" in out.getvalue()
    assert "时限有变 1 件\n" in out.getvalue()
    assert Case.objects.get(pk=case.pk).seq == case.seq
    out = StringIO()
    call_command("rederive_clocks", stdout=out)
    assert "时限有变 1 件，已重算 1 件\n" in out.getvalue()


def test_a_region_that_rests_alone_moves_only_its_own(world: World) -> None:
    """The window in 万州 counts its stay by 重庆's days, the promise by those of 达州."""
    case = journeys.collected(world, when="2026-05-11 09:00").case
    holiday(dt.date(2026, 5, 13), region="511700")
    (found,) = rederive_open(write=True)
    assert [m.clock for m in found.moved] == ["promise"]
    assert Case.objects.get(pk=case.pk).hop_due_at == at("2026-05-15 00:00")


def test_the_timer_moves_too(world: World) -> None:
    case = journeys.begin(world, LICENCE, "2026-05-11 09:00").case
    holiday(dt.date(2026, 5, 13))
    (found,) = rederive_open(write=True)
    assert "timer" in [m.clock for m in found.moved]
    assert sweep_deadlines(now=at("2026-05-19 08:00")).timers == 0
    assert sweep_deadlines(now=at("2026-05-20 00:00")).timers == 1
    assert Case.objects.get(pk=case.pk).state == "reviewing"


def test_what_is_due_at_once_by_the_new_calendar_is_told(world: World) -> None:
    """A Saturday becomes a working day: the case turns red while nobody looks ahead."""
    case = journeys.collected(world, when="2026-05-13 09:00").case
    assert case.hop_due_at == at("2026-05-19 00:00")
    fact = DayFact(
        day=dt.date(2026, 5, 16), region=None, kind="make_up", name="调休", source="测试",
        announced=True,
    )  # fmt: skip
    change_days(wanted=[fact], going=[], source="测试", at=at("2026-05-11 12:00"))
    forget_calendars()
    perform(case.pk, "recount", actor=SYSTEM, token=case.seq, at=at("2026-05-18 10:00"))
    assert Case.objects.get(pk=case.pk).hop_due_at == at("2026-05-17 00:00")
    sweep_deadlines(now=at("2026-05-18 10:01"))
    assert Notice.objects.filter(template="deadline_red").count() == 3


def test_paused_clocks_stay_paused(world: World) -> None:
    case = journeys.supplementing(world, when="2026-05-11 09:00").case
    holiday(dt.date(2026, 5, 13))
    assert list(rederive_open(write=True)) == []
    assert Case.objects.get(pk=case.pk).due_at is None


def test_one_bad_row_stops_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = journeys.collected(world, when="2026-05-11 09:00").case
    sound = journeys.collected(world, when="2026-05-11 09:00").case
    Case.objects.filter(pk=broken.pk).update(clocks={"hop": {"limit": "3 Tage"}})
    holiday(dt.date(2026, 5, 13))
    assert [found.number for found in rederive_open(write=True)] == [sound.number]


def test_a_case_that_moves_meanwhile_is_left_for_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = journeys.collected(world, when="2026-05-11 09:00")
    holiday(dt.date(2026, 5, 13))

    def after_somebody(case_id: int, *args: object, **more: object) -> object:
        journey.take("remark", "clerk_cq", text="刚好")
        return perform(case_id, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(recounting, "perform", after_somebody)
    (found,) = rederive_open(write=True)
    assert not found.is_written


def test_the_nightly_check_reports_and_changes_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    case = journeys.collected(world, when="2026-05-11 09:00").case
    holiday(dt.date(2026, 5, 13))
    check_clocks()
    assert case.number in caplog.text
    assert Case.objects.get(pk=case.pk).hop_due_at == at("2026-05-15 00:00")


def test_five_hundred_cases_cost_a_handful_of_statements(world: World) -> None:
    for _ in range(5):
        journeys.supplementing(world, when="2026-05-11 09:00", waybill="EMS0000000099")
    with CaptureQueriesContext(connection) as captured:
        list(rederive_open(write=False))
    assert len(captured) <= 5
