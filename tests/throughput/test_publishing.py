"""固化: what was published stays, and what came later stands beside it with its reason."""

from __future__ import annotations

import datetime as dt

from tests import journeys
from tests.throughput.conftest import SignedIn, row, text_of
from tests.throughput.days import DAY, NOON, figure
from tests.world import World, at
from workflows.throughput.counting import count_today, recount, recount_last
from workflows.throughput.models import Correction, CountedDay, Published
from workflows.throughput.publishing import note_corrections, publish_due, sums_in

MONDAY = f"{DAY} 09:00"
NIGHT = "2026-09-22 02:30"


def night(world: World, when: str) -> None:
    """What the worker does after two."""
    found = recount_last(3, now=at(when))
    note_corrections(found, at=found.finished_at)
    publish_due(now=at(when))


def test_a_day_is_published_in_the_night_after_it_and_today_is_not(world: World) -> None:
    world.open(at=at(MONDAY))
    count_today(at(f"{DAY} 23:00"))
    publish_due(now=at(f"{DAY} 23:30"))
    assert not Published.objects.filter(first=DAY).exists()
    night(world, NIGHT)
    assert sums_in(Published.objects.get(first=DAY))["received"] == 1
    assert not Published.objects.filter(first__gt=DAY).exists()
    assert publish_due(now=at(NIGHT)) == []


def test_a_day_that_was_counted_before_it_was_over_waits(world: World) -> None:
    count_today(at(f"{DAY} 23:00"))
    publish_due(now=at(NIGHT))
    assert not Published.objects.filter(first=DAY).exists()


def test_what_came_late_stands_beside_what_was_published(world: World, looking: SignedIn) -> None:
    journeys.begin(world, when=MONDAY)
    night(world, NIGHT)
    Published.objects.update(published_at=at(NIGHT))
    world.open(at=at(f"{DAY} 20:00"))
    night(world, "2026-09-23 02:30")
    kept = Published.objects.get(first=DAY)
    assert (sums_in(kept)["received"], figure("received")) == (1, 2)
    correction = Correction.objects.get(published=kept)
    assert correction.changes["received"] == [1, 2]
    night(world, "2026-09-24 02:30")
    assert Correction.objects.count() == 1
    page = looking("supervisor_cq").get("/throughput/published/")
    line = row(page, "2026年9月21日")
    assert (line["收件（固化）"], line["收件（现在）"]) == ("1", "2")
    assert "收件 1→2" in line["更正"]
    assert "已固化，有更正" in text_of(looking("supervisor_cq").get("/throughput/"))


def test_a_month_is_published_on_the_fifth_with_its_offices_and_matters(world: World) -> None:
    journeys.completed(world, when="2026-09-07 09:00")
    over = at("2026-10-01 00:20")
    CountedDay.objects.bulk_create(
        CountedDay(day=dt.date(2026, 9, nth), counted_at=over, events=0) for nth in range(1, 31)
    )
    recount(dt.date(2026, 9, 7), at=over)
    publish_due(now=at("2026-10-04 02:30"))
    assert not Published.objects.filter(kind="month").exists()
    publish_due(now=at("2026-10-05 02:30"))
    month = Published.objects.get(kind="month")
    assert (month.first, month.last) == (dt.date(2026, 9, 1), dt.date(2026, 9, 30))
    assert sums_in(month)["concluded"] == 1
    assert len(month.figures["matters"]) == 1
    assert {province for _, province, _ in month.figures["offices"]} == {"500000", "510000"}


def test_the_page_says_that_nothing_is_published_yet(world: World, looking: SignedIn) -> None:
    count_today(NOON)
    assert CountedDay.objects.exists()
    assert "还没有固化的日子" in text_of(looking("supervisor_cq").get("/throughput/"))
