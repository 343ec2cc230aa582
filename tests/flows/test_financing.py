"""跨省融资: one demand, several banks, each with its own answer that no other bank sees."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from tests.world import World, answers_for, at
from tongban.notices.models import Notice
from workflows.cases.access import visible_to
from workflows.cases.models import Case, Party
from workflows.cases.opening import Application, NotInForce, PartyInput, open_case
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.cases.sweep import sweep_deadlines
from workflows.cases.waking import take_wakes
from workflows.flows.financing_banks import consent_of, offers_of

DEMAND = "跨省融资对接（渝快融/兴川贷）"
BEGUN = "2026-05-11 09:00"  # a Monday
OFFER = {"amount": "500000.00", "rate": "3.85", "months": "24", "note": "需提供保证"}


class Demand:
    """林晓梅's firm in 通川 asks the banks of 重庆, 四川 and 达州."""

    def __init__(self, world: World) -> None:
        self.world = world
        version = world.matter(DEMAND)
        world.parts(version)
        self.id = self.another()
        self.banks = [world.office(region, "bank") for region in ("500000", "510000", "511700")]
        for bank in self.banks:
            for role in ("clerk", "head"):
                world.post(f"{role}_{bank.region_id}", role, bank.region_id, "bank", role)

    def another(self) -> int:
        """One more demand of the same firm; its id."""
        version = self.world.matter(DEMAND)
        return self.world.open(version, at=at(BEGUN), data=answers_for(version)).pk

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.id)

    def at_bank(self, region: str) -> Case:
        office = self.world.office(region, "bank").pk
        return Case.objects.get(parent_id=self.id, seats__bank__office=office)

    def send_out(self) -> Demand:
        banks = [bank.pk for bank in self.banks]
        data = {"banks": banks, "resources": ["tax", "credit"], "agreed": "on"}
        self.world.take(self.case, "send_out", "citizen", data, at=at("2026-05-11 10:00"))
        return self

    def answer(
        self, region: str, step: str = "offer", when: str = "2026-05-12 09:00", **more: Any
    ) -> None:
        declined = {"kind": "debt", "reason": "现有负债率偏高"}
        data = {**OFFER, **more} if step == "offer" else declined
        self.world.take(self.at_bank(region), step, f"clerk_{region}", data, at=at(when))


@pytest.fixture
def demand(world: World) -> Demand:
    return Demand(world)


def test_the_enterprise_consents_and_every_bank_gets_the_demand(demand: Demand) -> None:
    assert (demand.case.state, demand.case.holder) == ("consenting", "applicant")
    demand.send_out()
    assert demand.case.state == "asking"
    assert demand.case.children.count() == 3
    consent = consent_of(demand.case)
    assert consent is not None
    assert consent.covers(demand.banks[0].pk, "tax")
    assert not consent.covers(demand.banks[0].pk, "real_estate")
    kept = demand.case.events.get(step="send_out").data["consent"]
    assert kept["data"] == ["tax", "credit"]
    read = demand.at_bank("511700").data
    assert read["purpose"] == "示范说明"
    assert read["consented"] == "纳税信用等级和纳税情况、公共信用信息"


@pytest.mark.parametrize(
    "missing",
    [{"banks": []}, {"resources": []}, {"agreed": ""}, {"banks": [1]}, {"resources": ["diary"]}],
)
def test_without_consent_nobody_is_asked(demand: Demand, missing: dict[str, Any]) -> None:
    whole = {"banks": [demand.banks[0].pk], "resources": ["tax"], "agreed": "on"}
    with pytest.raises(InvalidData):
        demand.world.take(demand.case, "send_out", "citizen", whole | missing)
    assert demand.case.children.count() == 0


def test_no_bank_sees_the_demand_or_what_another_bank_does(demand: Demand) -> None:
    demand.send_out().answer("510000")
    seen = visible_to(demand.world.actor("clerk_500000"))
    assert list(seen) == [demand.at_bank("500000")]


def test_the_enterprise_chooses_one_offer_and_the_rest_is_let_go(demand: Demand) -> None:
    demand.send_out()
    demand.answer("510000")
    demand.answer("511700", rate="3.65")
    assert [str(offer.rate) for offer in offers_of(demand.case)] == ["3.65", "3.85"]  # type: ignore[arg-type]
    best = demand.at_bank("511700").pk
    demand.world.take(
        demand.case, "choose_offer", "citizen", {"offer": str(best)}, at=at("2026-05-13 09:00")
    )
    states = {region: demand.at_bank(region).state for region in ("500000", "510000", "511700")}
    assert states == {"500000": "released", "510000": "released", "511700": "chosen"}
    assert (demand.case.state, demand.case.outcome) == ("calling_back", "done")
    assert consent_of(demand.case) is None
    assert take_wakes() == 0


def test_an_offer_that_is_gone_cannot_be_chosen(demand: Demand) -> None:
    demand.send_out()
    with pytest.raises(NotAllowed, match="还没有银行给出方案"):
        demand.world.take(demand.case, "choose_offer", "citizen", {"offer": "1"})
    demand.answer("510000")
    other = {"offer": str(demand.at_bank("500000").pk)}
    with pytest.raises(InvalidData):
        demand.world.take(demand.case, "choose_offer", "citizen", other)


def test_what_the_choice_does_at_the_banks_nobody_does_by_hand(demand: Demand) -> None:
    demand.send_out().answer("510000")
    for who in ("citizen", "clerk_510000", "head_510000"):
        with pytest.raises(NotAllowed):
            demand.world.take(demand.at_bank("510000"), "be_chosen", who)


def test_a_bank_that_declines_says_why(demand: Demand) -> None:
    demand.send_out()
    part = demand.at_bank("510000")
    for silent in ({}, {"kind": "debt"}, {"kind": "debt", "reason": "不"}):
        with pytest.raises(InvalidData):
            demand.world.take(part, "decline", "clerk_510000", silent)
    demand.answer("510000", "decline")
    assert (
        part.events.model.objects.get(case=part, step="decline").data["reason"] == "现有负债率偏高"
    )


def test_where_all_banks_decline_the_platform_still_calls_back(demand: Demand) -> None:
    demand.send_out()
    for region in ("500000", "510000", "511700"):
        demand.answer(region, "decline")
    assert take_wakes() == 1
    assert (demand.case.state, demand.case.outcome) == ("calling_back", "no_offer")
    call = {"reached": "yes"}
    with pytest.raises(InvalidData):
        demand.world.take(demand.case, "call_back", "desk_sc", call)
    demand.world.take(demand.case, "call_back", "desk_sc", call | {"satisfaction": "bad"})
    assert demand.case.state == "completed"
    assert demand.case.facts["call_back"]["satisfaction"] == "bad"


def test_who_cannot_be_reached_is_called_three_times(demand: Demand) -> None:
    demand.send_out().answer("510000")
    only = {"offer": str(demand.at_bank("510000").pk)}
    demand.world.take(demand.case, "choose_offer", "citizen", only, at=at("2026-05-13 09:00"))
    for state in ("calling_back", "calling_back", "completed"):
        demand.world.take(demand.case, "call_back", "desk_sc", {"reached": "no"})
        assert demand.case.state == state


def test_a_slow_bank_is_reminded_of_in_three_steps_and_its_limit_runs_on(demand: Demand) -> None:
    """Ten working days from Monday the 11th of May end with Monday the 25th."""
    demand.send_out()
    slow = demand.at_bank("510000")
    due = slow.hop_due_at
    assert due == at("2026-05-26 00:00")
    for day, state, people in (
        ("2026-05-19 00:00", "handler_reminded", {"clerk_510000"}),
        ("2026-05-22 00:00", "head_reminded", {"head_510000"}),
        ("2026-05-26 00:00", "supervised", {"supervisor_sc"}),
    ):
        sweep_deadlines(now=at(day) - dt.timedelta(seconds=1))
        before = demand.at_bank("510000").state
        sweep_deadlines(now=at(day))
        slow = demand.at_bank("510000")
        assert (before != state, slow.state, slow.hop_due_at) == (True, state, due)
        told = Notice.objects.filter(template="urged", event_key=f"case:{slow.pk}:{slow.seq}")
        names = {n.user for n in told}
        assert {demand.world.people[name] for name in people} <= names
        assert demand.world.people["clerk_500000"] not in names


def test_withdrawing_ends_the_consent_and_every_bank_s_part(demand: Demand) -> None:
    demand.send_out().answer("510000")
    demand.world.take(
        demand.case, "withdraw", "citizen", {"reason": "已自筹"}, at=at("2026-05-13 09:00")
    )
    assert set(demand.case.children.values_list("state", flat=True)) == {"withdrawn"}
    assert consent_of(demand.case) is None


def test_a_bank_s_part_is_nobody_s_application_of_its_own(world: World) -> None:
    version = world.matter("银行审核融资需求")
    application = Application(
        draft_key=uuid.uuid4(),
        version=version,
        origin_region="500101",
        parties=[PartyInput(role=Party.Role.APPLICANT, name="林晓梅", user=world.citizen)],
        data=answers_for(version),
    )
    with pytest.raises(NotInForce):
        open_case(application, actor=world.actor("citizen"))
