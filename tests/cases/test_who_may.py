"""Rules of right that no single flow owns."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import LIN_ID, ORPHAN, World, at
from tongban.accounts.actors import SYSTEM
from workflows.cases.models import Case
from workflows.cases.opening import PartyInput
from workflows.cases.perform import NotAllowed, perform
from workflows.cases.sweep import sweep_deadlines

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"
TRANSPORT = "道路运输从业资格证换发"


def refusal(caught: pytest.ExceptionInfo[NotAllowed]) -> list[str]:
    return [reason.code for reason in caught.value.verdict.reasons]


def test_a_timers_step_waits_for_its_moment_whoever_calls(world: World) -> None:
    case = journeys.begin(world, LICENCE, "2026-05-11 09:00").case
    with pytest.raises(NotAllowed) as early:
        perform(case.pk, "deem_accepted", actor=SYSTEM, token=1, at=at("2026-05-18 23:59"))
    assert refusal(early) == ["not_due"]
    done = perform(case.pk, "deem_accepted", actor=SYSTEM, token=1, at=at("2026-05-19 00:00"))
    assert done.case.state == "reviewing"


def test_what_has_happened_by_law_is_not_undone_because_the_sweep_is_late(world: World) -> None:
    """The sixth day, eight o'clock, no worker ran at midnight: accepted is accepted."""
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    journey = journeys.begin(world, LICENCE, "2026-05-11 09:00")
    late = "2026-05-19 08:00"
    for step in ("accept", "refuse", "require_supplement"):
        with pytest.raises(NotAllowed) as refused:
            journey.take(step, "hr_sc", late, reason="不属于本机关", items="营业执照")
        assert refusal(refused) == ["timer_due"]
    journey.take("remark", "hr_sc", late, text="已电话联系")
    assert sweep_deadlines(now=at("2026-05-19 08:01")).timers == 1
    assert journey.case.state == "reviewing"


def test_an_applicant_withdraws_whatever_the_offices_clock_says(world: World) -> None:
    journey = journeys.begin(world, LICENCE, "2026-05-11 09:00")
    journey.take("withdraw", "citizen", "2026-05-19 08:00", reason="不办了")
    assert journey.case.state == "withdrawn"


def test_silence_is_no_acceptance_where_the_matter_cites_no_law(world: World) -> None:
    case = journeys.begin(world, TRANSPORT, "2026-05-11 09:00").case
    with pytest.raises(NotAllowed) as never:
        perform(case.pk, "deem_accepted", actor=SYSTEM, token=1, at=at("2027-05-11 09:00"))
    assert refusal(never) == ["not_due"]


def test_a_parcel_is_signed_for_by_the_office_it_was_sent_to(world: World) -> None:
    """The county decides the orphan's case in the end, but the parcel went to the township."""
    journey = journeys.in_transit(world, matter=ORPHAN)
    items = journeys.on_the_road(journey.case)
    with pytest.raises(NotAllowed) as other:
        journey.take("sign", "clerk_sc", arrived=items)
    assert refusal(other) == ["not_yours"]
    assert other.value.verdict.who == "属地乡镇（街道）"
    assert journey.take("sign", "township_sc", arrived=items).case.state == "received"


def test_nobody_decides_a_case_of_their_own(world: World) -> None:
    """回避: a clerk who is the applicant's agent leaves the decision to a colleague."""
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen, id_number=LIN_ID),
        PartyInput(role="agent", name="通承办", user=world.clerk_sc, scope=("sign",)),
    ]
    journey = journeys.reviewing(world, by="clerk_sc_2", parties=parties)
    for step, data in (("approve", {"opinion": "符合"}), ("disapprove", {"reason": "不符"})):
        with pytest.raises(NotAllowed) as own:
            journey.take(step, "clerk_sc", **data)
        assert refusal(own) == ["own_case"]
    assert journey.take("approve", "clerk_sc_2", opinion="符合").case.state == "decided"


def test_a_later_step_names_who_will_hold_the_case_then(world: World) -> None:
    journey = journeys.begin(world)
    with pytest.raises(NotAllowed) as early:
        journey.take("approve", "clerk_sc", opinion="符合")
    assert refusal(early)[0] == "wrong_state"
    assert early.value.verdict.who == "属地主管部门"


def test_passing_on_one_seat_leaves_the_other_unplaced(world: World) -> None:
    journey = journeys.begin(world)
    window, police = world.office("500101", "service_center"), world.office("500101", "police")
    Case.objects.filter(pk=journey.id).update(is_unplaced=True, facts={"unplaced": ["owner"]})
    journey.take("pass_on", "clerk_cq", office=police.pk, reason="由派出所代收")
    assert (journey.case.is_unplaced, journey.case.facts["unplaced"]) == (True, ["owner"])
    Case.objects.filter(pk=journey.id).update(facts={"unplaced": ["collector"]})
    journey.take("pass_on", "police_cq", office=window.pk, reason="退回窗口")
    assert (journey.case.is_unplaced, journey.case.facts["unplaced"]) == (False, [])
