"""待遇资格认证: certified at once, due again in a year, and reminded a month before."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import journeys
from tests.world import LIN_ID, World, answers_for, at
from tongban.accounts.actors import SYSTEM
from tongban.notices.models import Notice
from workflows.cases.models import Case, Document
from workflows.cases.opening import PartyInput
from workflows.cases.perform import NotAllowed, perform
from workflows.cases.sweep import sweep_deadlines
from workflows.flows.qualification import a_year_after
from workflows.throughput.stocks import stocks_now

CHECK = "养老金领取人员生存认证"


def asked(world: World, when: str = "2026-05-11 09:00", **more: object) -> journeys.Journey:
    """A pensioner of 通川 (四川) who lives in 万州 (重庆)."""
    version = world.matter(CHECK)
    data = answers_for(version, owner_region="511702", living_in="500101")
    return journeys.begin(world, version, when, data=data, **more)


def test_who_applies_in_person_is_certified_in_the_same_moment(world: World) -> None:
    case = asked(world).case
    assert (case.state, case.outcome, case.holder) == ("confirmed", "done", "applicant")
    assert case.concluded_at == at("2026-05-11 09:00")
    assert (case.facts["way"], case.facts["next_on"]) == ("自助认证", "2027-05-11")
    assert Document.objects.get(kind="conclusion").content["next_on"] == "2027-05-11"
    now = stocks_now(now=at("2026-06-01 09:00")).total
    assert (now.in_hand, now.delivering) == (0, 0)


def test_a_month_before_the_year_is_over_the_reminder_goes_out_once(world: World) -> None:
    case = asked(world).case
    sweep_deadlines(now=at("2027-04-10 09:00"))
    assert Case.objects.get(pk=case.pk).state == "confirmed"
    for _ in range(2):
        sweep_deadlines(now=at("2027-04-11 09:00"))
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.hop_due_at) == ("due", at("2027-05-12 00:00"))
    assert Notice.objects.filter(user=world.citizen, context__step="已提醒再次认证").count() == 1
    sweep_deadlines(now=at("2027-05-20 09:00"))
    assert Case.objects.get(pk=case.pk).state == "lapsed"


def test_the_next_certificate_settles_the_one_before(world: World) -> None:
    first = asked(world).case
    second = asked(world, "2027-03-01 09:00").case
    assert Case.objects.get(pk=first.pk).state == "renewed"
    assert second.facts["next_on"] == "2028-03-01"


def test_what_somebody_else_asks_for_is_settled_by_a_visit(world: World) -> None:
    world.post("hr_sc", "通社保", "511702", "human_resources", "clerk")
    parties = [
        PartyInput(role="applicant", name="周德福", id_number=LIN_ID),
        PartyInput(role="agent", name="周晓燕", user=world.daughter, relation="女儿",
                   authority="授权委托书", scope=("sign",)),
    ]  # fmt: skip
    journey = asked(world, by="daughter", parties=parties)
    assert (journey.case.state, journey.case.holder) == ("asked", "owner")
    journey.take("confirm", "hr_sc", "2026-05-20 10:00", way="visit", note="卧床，上门核实")
    assert (journey.case.state, journey.case.facts["way"]) == ("confirmed", "上门服务")
    journey.take("doubt", "hr_sc", reason="举报").take("deny", "hr_sc", reason="已不符合领取条件")
    case = journey.case
    assert (case.state, case.closed_at is None) == ("unconfirmed", False)


def test_the_twenty_ninth_of_february_comes_round_as_the_twenty_eighth() -> None:
    assert a_year_after(dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)


def test_a_reminder_before_its_time_is_refused(world: World) -> None:
    case = asked(world).case
    with pytest.raises(NotAllowed):
        perform(case.pk, "remind", actor=SYSTEM, token=case.seq, at=at("2026-06-01 09:00"))
