"""Counting a day from its events: what counts, for whom, on which day, and how it heals."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.management import call_command
from django.db import connection

from tests import journeys
from tests.throughput.days import DAY, figure, moment
from tests.world import World, at, build_world
from workflows.cases.models import Event
from workflows.throughput.counting import count_today, recount, recount_last
from workflows.throughput.models import (
    NO_OFFICE,
    CountedDay,
    DayDirection,
    DayMatter,
    DayOffice,
    DayStay,
    Difference,
)
from workflows.throughput.tasks import count_today as count_today_task

TOMORROW = DAY + dt.timedelta(days=1)
MONDAY = f"{DAY} 09:00"


def test_the_last_second_of_a_day_and_the_first_of_the_next_are_counted_apart(
    world: World,
) -> None:
    """Midnight is Shanghai's: both are 21 September in London."""
    world.open(at=moment("2026-09-21 23:59:59"))
    world.open(at=moment("2026-09-22 00:00:00"))
    world.open(at=moment("2026-09-22 00:00:01"))
    recount(DAY)
    recount(TOMORROW)
    assert figure("received") == 1
    assert figure("received", TOMORROW) == 2


def test_a_case_counts_for_its_direction_its_matter_and_the_office_it_came_to(
    world: World,
) -> None:
    case = world.open(at=at(MONDAY))
    recount(DAY)
    assert figure("received", origin_province="500000", owner_province="510000") == 1
    assert figure("received", table=DayMatter, matter_id=case.matter_id) == 1
    window = world.office("500101", "service_center")
    assert figure("received", table=DayOffice, office_id=window.pk, province="500000") == 1
    assert figure("received", table=DayOffice) == 1
    assert figure("online") == 1


def test_each_office_has_its_own_part_in_a_case_that_crosses_the_border(world: World) -> None:
    journeys.completed(world, when=MONDAY)
    recount(DAY)
    window = world.office("500101", "service_center").pk
    bureau = world.office("511702", "civil_affairs").pk

    def of(office: int, *names: str) -> list[int]:
        return [figure(name, table=DayOffice, office_id=office) for name in names]

    assert of(window, "received", "accepted", "concluded", "steps") == [1, 0, 0, 4]
    assert of(bureau, "received", "accepted", "concluded", "steps") == [0, 1, 1, 4]
    assert [figure(name) for name in ("received", "accepted", "concluded")] == [1, 1, 1]


def test_in_time_and_too_late_are_told_apart_by_the_promise(world: World) -> None:
    """Sixteen working days from the window: in on 21 September, in time up to 13 October."""
    early = journeys.decided(world, when=MONDAY)
    early.take("feed_back", "clerk_sc", "2026-09-23 10:00", way="electronic")
    in_time = journeys.decided(world, when=MONDAY, waybill="EMS0000000003")
    in_time.take("feed_back", "clerk_sc", "2026-10-13 23:59", way="electronic")
    late = journeys.decided(world, when=MONDAY, waybill="EMS0000000004")
    late.take("feed_back", "clerk_sc", "2026-10-14 00:00", way="electronic")
    names = ("concluded", "timed", "late", "early", "working_days")
    for day, expected in [
        (dt.date(2026, 9, 23), [1, 1, 0, 1, 2]),
        (dt.date(2026, 10, 13), [1, 1, 0, 0, 16]),
        (dt.date(2026, 10, 14), [1, 1, 1, 0, 17]),
    ]:
        recount(day)
        assert [figure(name, day) for name in names] == expected, day


def test_what_was_withdrawn_is_concluded_but_neither_granted_nor_in_time(world: World) -> None:
    journeys.begin(world, when=MONDAY).take("withdraw", "citizen", reason="不办了")
    recount(DAY)
    names = ("concluded", "withdrawn", "granted", "timed", "late", "early", "measured")
    assert [figure(name) for name in names] == [1, 1, 0, 0, 0, 0, 0]
    # No office ended it.
    assert figure("withdrawn", table=DayOffice, office_id=NO_OFFICE, province="") == 1


def test_every_way_to_end_has_a_figure_of_its_own(world: World) -> None:
    journeys.begin(world, when=MONDAY).take("turn_back", "clerk_cq", reason="缺身份证明")
    journeys.arrived(world, when=MONDAY).take("refuse", "clerk_sc", reason="不属于本机关职权")
    refused = journeys.reviewing(world, when=MONDAY, waybill="EMS0000000003")
    refused.take("disapprove", "clerk_sc", reason="不符合条件")
    refused.take("feed_back", "clerk_sc", way="electronic")
    journeys.completed(world, when=MONDAY, waybill="EMS0000000004")
    recount(DAY)
    names = ("granted", "disapproved", "refused", "returned", "withdrawn", "concluded")
    assert [figure(name) for name in names] == [1, 1, 1, 1, 0, 4]


def test_a_part_of_a_joint_case_is_an_offices_work_but_no_case_of_its_own(world: World) -> None:
    whole = world.open(at=at(MONDAY))
    part = world.open(at=at(MONDAY), parent_id=whole.pk, relation="part", awaited_as="check")
    world.take(part, "turn_back", "clerk_cq", {"reason": "材料有误"}, at=at(f"{DAY} 10:00"))
    recount(DAY)
    assert [figure(name) for name in ("received", "concluded", "returned")] == [1, 0, 0]
    assert [figure(name, table=DayOffice) for name in ("steps", "parts")] == [1, 1]


def test_a_rating_counts_on_the_day_it_was_given(world: World) -> None:
    journey = journeys.completed(world, when=MONDAY)
    journey.take("rate", "citizen", f"{TOMORROW} 20:00", level="2")
    recount(DAY)
    recount(TOMORROW)
    assert figure("rated") == 0
    assert [figure(name, TOMORROW) for name in ("rated", "rated_2", "rated_5")] == [1, 1, 0]


def test_a_stay_counts_its_hours_on_the_day_it_ends(world: World) -> None:
    journey = journeys.begin(world, when=MONDAY)
    journey.take("remark", "clerk_cq", f"{DAY} 11:00", text="已电话联系")
    papers = journeys.papers_of(journey.case)
    journey.take("collect", "clerk_cq", "2026-09-22 15:00", identity_checked="on", papers=papers)
    recount(DAY)
    recount(TOMORROW)
    assert not DayStay.objects.filter(day=DAY).exists()
    stay = DayStay.objects.get(day=TOMORROW)
    assert (stay.flow, stay.state, stay.stays) == ("collect_forward", "submitted", 1)
    assert stay.seconds == 30 * 3600


def test_counting_again_changes_nothing(world: World) -> None:
    journeys.completed(world, when=MONDAY)
    first, second = recount(DAY), recount(DAY)
    assert first.events == second.events == 9
    assert first.changes
    assert second.changes == ()


def test_a_day_without_cases_is_counted_too(world: World) -> None:
    assert recount(DAY).events == 0
    assert CountedDay.objects.get().day == DAY
    assert not DayDirection.objects.exists()


def test_a_wrong_row_is_healed_at_night_and_the_difference_is_kept(world: World) -> None:
    journeys.completed(world, when=MONDAY)
    count_today(at("2026-09-22 00:10"))
    DayDirection.objects.update(received=7)
    DayMatter.objects.all().delete()

    night = recount_last(now=at("2026-09-23 02:10"))

    assert figure("received") == 1
    found = {d.table: d for d in Difference.objects.filter(recount=night)}
    assert (found["DayDirection"].stood, found["DayDirection"].counted) == (
        {"received": 7},
        {"received": 1},
    )
    assert found["DayMatter"].stood is None
    assert found["DayMatter"].counted is not None
    assert found["DayMatter"].counted["received"] == 1
    assert recount_last(now=at("2026-09-23 02:20")).differences == 0


def test_a_row_that_no_event_speaks_for_is_taken_away(world: World) -> None:
    world.open(at=at(MONDAY))
    recount(DAY)
    row = DayOffice.objects.get()
    row.office_id += 1
    row.save(force_insert=True)
    gone = [change for change in recount(DAY).changes if change.counted is None]
    assert [change.key["office_id"] for change in gone] == [row.office_id]
    assert DayOffice.objects.count() == 1


def test_an_event_that_comes_late_moves_its_own_day_and_is_shown(world: World) -> None:
    """A timer is taken when a worker comes by, as of the moment when time ran out."""
    count_today(at("2026-09-22 00:10"))
    world.open(at=at(MONDAY))
    night = recount_last(now=at("2026-09-22 02:10"))
    # By matter, direction, office and route.
    assert night.differences == 4
    assert figure("received") == 1


@pytest.mark.parametrize(("clock", "counted"), [("00:09", 2), ("00:10", 2), ("00:11", 1)])
def test_yesterday_is_counted_once_more_when_ten_minutes_have_gone_by(
    world: World, clock: str, counted: int
) -> None:
    count_today(at("2026-09-21 12:00"))
    count_today(at("2026-09-22 00:00"))
    if clock == "00:11":
        count_today(at("2026-09-22 00:10"))
    days = count_today(at(f"2026-09-22 {clock}"))
    assert [day.day for day in days] == [DAY, TOMORROW][-counted:]


def test_days_that_the_workers_missed_are_counted_when_they_are_back(world: World) -> None:
    world.open(at=at(MONDAY))
    count_today(at("2026-09-20 12:00"))
    days = count_today(at("2026-09-24 08:00"))
    assert [day.day.day for day in days] == [20, 21, 22, 23, 24]
    assert figure("received") == 1


def test_the_first_night_has_nothing_to_differ_from(world: World) -> None:
    world.open(at=at(MONDAY))
    night = recount_last(now=at("2026-09-23 02:10"))
    assert night.differences == 0
    assert figure("received") == 1


def test_an_event_says_early_late_and_how_long_the_stay_was(world: World) -> None:
    """What is counted is copied into the event when it happens, so that counting joins nothing."""
    journeys.decided(world, when=MONDAY).take("feed_back", "clerk_sc", way="electronic")
    concluding = Event.objects.get(counts_as="concluded")
    assert (concluding.is_late, concluding.data["is_early"]) == (False, True)
    assert concluding.data["stay"] == {"flow": "collect_forward", "seconds": 3600}
    assert "stay" not in Event.objects.get(step="open").data


def test_without_a_broker_a_command_counts_every_day_since_the_first_case(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.open(at=at(MONDAY))
    call_command("count_days")
    assert figure("received") == 1
    assert "流转记录 1 条" in capsys.readouterr().out


def test_the_task_counts_as_the_command_does(world: World) -> None:
    world.open()
    count_today_task()
    assert DayDirection.objects.get().received == 1


@pytest.mark.django_db(transaction=True)
def test_two_counts_at_once_agree(transactional_db: None) -> None:
    world = build_world()
    for _ in range(3):
        world.open(at=at(MONDAY))
    wrong: list[BaseException] = []

    def count() -> None:
        try:
            recount(DAY)
        except BaseException as problem:  # noqa: BLE001  the test looks at it
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert wrong == []
    assert figure("received") == 3
