"""全程网办 approval: stages of the matter's own, special procedures, extension, silence."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import journeys
from tests.world import World, at
from workflows.cases.models import Document, Event, Suspension
from workflows.cases.perform import NotAllowed
from workflows.cases.sweep import sweep_deadlines

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"
TRANSPORT = "道路运输从业资格证换发"
START = "2026-05-11 09:00"


@pytest.fixture
def licence(world: World) -> journeys.Journey:
    """A 重庆 firm asks 通川区 for a licence that 通川's 人社局 decides in two stages."""
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    world.post("hr_sc_2", "通人社二", "511702", "human_resources", "clerk")
    world.post("hr_head", "通人社局长", "511702", "human_resources", "head")
    return journeys.begin(world, LICENCE, START)


def test_two_stages_are_decided_by_two_people(licence: journeys.Journey) -> None:
    licence.take("accept", "hr_sc").take("approve", "hr_sc", opinion="材料齐全")
    assert (licence.case.state, licence.case.stage) == ("reviewing", "decide")
    with pytest.raises(NotAllowed) as same:
        licence.take("approve", "hr_sc", opinion="我再批")
    assert [r.code for r in same.value.verdict.reasons] == ["decided_before"]
    licence.take("approve", "hr_sc_2", opinion="同意")
    case = licence.case
    assert (case.state, case.outcome) == ("delivering", "done")
    assert case.hop_due_at == at("2026-05-26 00:00")
    case = licence.take("deliver", "hr_sc", way="counter", receiver="林晓梅").case
    assert case.closed_at is not None


def test_silence_for_five_working_days_means_accepted_where_the_law_says_so(
    licence: journeys.Journey,
) -> None:
    """行政许可法 32(4): not told within five days, accepted from the day of receipt."""
    assert sweep_deadlines(now=at("2026-05-18 23:59")).timers == 0
    assert sweep_deadlines(now=at("2026-05-19 08:00")).timers == 1
    case = licence.case
    assert (case.state, case.accepted_on) == ("reviewing", dt.date(2026, 5, 11))
    event = Event.objects.get(case=case, step="deem_accepted")
    assert (event.actor_kind, event.at) == ("system", at("2026-05-19 00:00"))
    assert event.data["basis"] == "行政许可法第三十二条第一款第四项"
    assert sweep_deadlines(now=at("2026-05-19 08:00")).timers == 0


def test_silence_means_nothing_where_no_law_is_cited(world: World) -> None:
    journey = journeys.begin(world, TRANSPORT, START)
    sweep_deadlines(now=at("2026-07-01 08:00"))
    assert journey.case.state == "received"


def test_a_special_procedure_stops_every_clock_and_is_told_in_writing(
    licence: journeys.Journey,
) -> None:
    licence.take("accept", "hr_sc", "2026-05-11 10:00")
    assert licence.case.statutory_due_at == at("2026-06-09 00:00")
    licence.take(
        "start_special", "hr_sc", "2026-05-12 10:00", procedure="专家评审", reason="需评审"
    )
    case = licence.case
    assert (case.state, case.suspended_as, case.due_at) == ("reviewing", "special", None)
    with pytest.raises(NotAllowed) as suspended:
        licence.take("approve", "hr_sc", opinion="同意")
    assert [r.code for r in suspended.value.verdict.reasons] == ["suspended"]
    assert Document.objects.filter(kind="special").exists()
    licence.take("end_special", "hr_sc", "2026-05-26 10:00", reason="评审通过")
    # Ten working days, 13 to 26 May, are left out.
    assert licence.case.statutory_due_at == at("2026-06-23 00:00")
    assert Suspension.objects.get().basis


def test_only_the_head_extends_once_and_before_the_time_is_over(
    licence: journeys.Journey,
) -> None:
    """行政许可法 42: ten working days more, by the head of the office, the reason told."""
    licence.take("accept", "hr_sc", "2026-05-11 10:00")
    with pytest.raises(NotAllowed) as clerk:
        licence.take("extend", "hr_sc", reason="情况复杂")
    assert [r.code for r in clerk.value.verdict.reasons] == ["head_only"]
    licence.take("extend", "hr_head", "2026-05-12 10:00", reason="情况复杂")
    assert licence.case.statutory_due_at == at("2026-06-23 00:00")
    with pytest.raises(NotAllowed) as twice:
        licence.take("extend", "hr_head", reason="还是复杂")
    assert [r.code for r in twice.value.verdict.reasons] == ["extended_once"]


def test_after_the_time_is_over_nothing_is_extended(licence: journeys.Journey) -> None:
    licence.take("accept", "hr_sc", "2026-05-11 10:00")
    with pytest.raises(NotAllowed) as late:
        licence.take("extend", "hr_head", "2026-06-10 10:00", reason="忘了")
    assert [r.code for r in late.value.verdict.reasons] == ["before_expiry"]


def test_a_matter_whose_law_knows_no_extension_has_none(world: World) -> None:
    journey = journeys.begin(world, TRANSPORT, START).take("accept", "transport_sc")
    with pytest.raises(NotAllowed) as none:
        journey.take("extend", "transport_head", reason="情况复杂")
    assert "may_extend" in [r.code for r in none.value.verdict.reasons]


def test_the_promise_is_kept_or_broken_on_the_record(world: World) -> None:
    """Two working days are promised: concluded on the third, it is late, and the event says so."""
    journey = journeys.begin(world, TRANSPORT, START).take("accept", "transport_sc")
    journey.take("approve", "transport_sc", "2026-05-12 10:00", opinion="好")
    journey.take("approve", "transport_sc_2", "2026-05-14 10:00", opinion="好")
    event = Event.objects.get(step="approve", counts_as="concluded")
    assert (event.is_late, event.working_days, event.outcome) == (True, 3, "done")


def test_what_nobody_published_has_no_clock(world: World) -> None:
    journey = journeys.begin(world, "电子社会保障卡签发", START)
    case = journey.case
    assert case.clocks == {}
    assert case.light(at("2027-05-11 09:00")) == "none"


def test_a_claim_ends_with_its_stage_so_that_a_colleague_can_go_on(
    licence: journeys.Journey,
) -> None:
    licence.take("accept", "hr_sc").take("claim", "hr_sc").take("approve", "hr_sc", opinion="好")
    assert licence.case.claimed_by_id is None
    assert licence.take("approve", "hr_sc_2", opinion="同意").case.outcome == "done"
