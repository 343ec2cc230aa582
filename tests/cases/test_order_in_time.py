"""Events of a case happen one after the other, whatever clock somebody brings along."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import journeys
from tests.world import World, at
from tongban.accounts.actors import Actor
from workflows.cases.models import Suspension
from workflows.cases.perform import perform

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


def test_no_step_happens_before_the_one_that_came_last(world: World) -> None:
    journey = journeys.begin(world, when="2026-05-11 09:00")
    journey.take("remark", "clerk_cq", "2026-05-12 15:00", text="已电话联系")
    journey.take("claim", "clerk_cq", "2026-05-12 14:00")
    moments = list(journey.case.events.order_by("seq").values_list("at", flat=True))
    assert moments == [at("2026-05-11 09:00"), at("2026-05-12 15:00"), at("2026-05-12 15:00")]


def test_a_pause_never_ends_before_it_began(world: World) -> None:
    """start_special leaves the state as it is, so the day of entering it says nothing."""
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    journey = journeys.begin(world, LICENCE, "2026-05-11 09:00").take("accept", "hr_sc")
    journey.take(
        "start_special", "hr_sc", "2026-05-14 10:00", procedure="专家评审", reason="需评审"
    )
    journey.take("end_special", "hr_sc", "2026-05-13 10:00", reason="评审通过")
    pause = Suspension.objects.get()
    assert pause.ended_at == pause.started_at == at("2026-05-14 10:00")


def test_nobody_becomes_the_system_by_having_no_account(world: World) -> None:
    case = journeys.begin(world).case
    nobody = Actor(user_id=None, kind="citizen", name="")
    with pytest.raises(Actor.Gone):
        perform(case.pk, "serve", actor=nobody, data={"way": "inbox"}, token=case.seq)


def test_what_is_recorded_late_keeps_the_clocks_of_both(world: World) -> None:
    """`at` is when it happened, `recorded_at` is the server's own clock."""
    event = journeys.begin(world, when="2026-05-11 09:00").case.events.get()
    assert event.at == at("2026-05-11 09:00")
    assert event.recorded_at - event.at > dt.timedelta(days=1)
