"""Whole journeys of a case, told once: tests start from any point on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.world import World, at
from workflows.cases.models import Case, Material, ParcelItem

START = "2026-03-31 09:00"


def papers_of(case: Case) -> list[int]:
    return list(Material.objects.filter(case=case).values_list("pk", flat=True))


def on_the_road(case: Case) -> list[int]:
    items = ParcelItem.objects.filter(case=case, signed_at=None)
    return list(items.values_list("pk", flat=True))


def owed_papers(case: Case) -> list[int]:
    rows = Material.objects.filter(case=case, asked_by_supplement=True, status="owed")
    return list(rows.values_list("pk", flat=True))


class Journey:
    """A case that walks; each verb takes one step, an hour after the one before unless told."""

    def __init__(self, world: World, case: Case, now: dt.datetime) -> None:
        self.world, self.id, self.now = world, case.pk, now

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.id)

    def take(self, step: str, by: str, when: str | None = None, **data: Any) -> Journey:
        self.now = at(when) if when else self.now + dt.timedelta(hours=1)
        self.world.take(self.case, step, by, data, at=self.now)
        return self


def begin(
    world: World, matter: Any = "困难残疾人生活补贴", when: str = START, **more: Any
) -> Journey:
    case = world.open(matter, at=at(when), **more)
    return Journey(world, case, at(when))


def collected(world: World, **more: Any) -> Journey:
    journey = begin(world, **more)
    papers = papers_of(journey.case)
    return journey.take("collect", "clerk_cq", identity_checked="on", papers=papers)


def in_transit(world: World, waybill: str = "EMS0000000001", **more: Any) -> Journey:
    return collected(world, **more).take("forward", "clerk_cq", way="post", waybill=waybill)


def arrived(world: World, by: str = "clerk_sc", **more: Any) -> Journey:
    journey = in_transit(world, **more)
    return journey.take("sign", by, arrived=on_the_road(journey.case))


def reviewing(world: World, by: str = "clerk_sc", **more: Any) -> Journey:
    return arrived(world, by=by, **more).take("accept", by)


def supplementing(world: World, **more: Any) -> Journey:
    return reviewing(world, **more).take(
        "require_supplement", "clerk_sc", items="残疾人证复印件", reason="复印件看不清"
    )


def decided(world: World, **more: Any) -> Journey:
    return reviewing(world, **more).take("approve", "clerk_sc", opinion="符合条件")


def delivering(world: World, **more: Any) -> Journey:
    journey = decided(world, **more)
    journey.take("feed_back", "clerk_sc", way="parcel", waybill="EMS0000000002")
    return journey.take("sign_result", "clerk_cq", arrived=on_the_road(journey.case))


def completed(world: World, **more: Any) -> Journey:
    return delivering(world, **more).take("hand_over", "clerk_cq", receiver="林晓梅")
