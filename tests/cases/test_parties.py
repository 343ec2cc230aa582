"""One person in several parts: all their rights, and one message."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import journeys
from tests.world import LIN_ID, World, at
from tongban.notices.models import Notice
from workflows.cases.access import visible_to
from workflows.cases.opening import PartyInput
from workflows.cases.perform import NotAllowed

OPENED = "2026-05-11 09:00"


def case_of(world: World, *more: PartyInput) -> journeys.Journey:
    applicant = PartyInput(role="applicant", name="周德福", id_number=LIN_ID)
    case = world.open(by="daughter", at=at(OPENED), parties=[applicant, *more])
    return journeys.Journey(world, case, at(OPENED))


def agent(world: World, *scope: str, until: dt.date | None = None) -> PartyInput:
    return PartyInput(
        role="agent", name="周晓燕", user=world.daughter, scope=scope, expires_on=until
    )


def test_who_has_two_parts_has_the_rights_of_both_and_is_told_once(world: World) -> None:
    """A daughter who may sign as her father's agent, and who is his guardian besides."""
    guardian = PartyInput(role="guardian", name="周晓燕", user=world.daughter)
    journey = case_of(world, agent(world, "sign"), guardian)
    assert Notice.objects.filter(template="submitted").count() == 1
    assert visible_to(world.actor("daughter")).count() == 1
    assert journey.take("withdraw", "daughter", reason="不办了").case.state == "withdrawn"


def test_an_authority_that_ran_out_takes_nothing_from_the_other_part(world: World) -> None:
    beneficiary = PartyInput(role="beneficiary", name="周晓燕", user=world.daughter)
    yesterday = dt.date(2026, 5, 10)
    journey = case_of(world, agent(world, "sign", "withdraw", until=yesterday), beneficiary)
    with pytest.raises(NotAllowed) as refused:
        journey.take("withdraw", "daughter", reason="不办了")
    assert [r.code for r in refused.value.verdict.reasons] == ["no_right"]
    journey.take("ask", "daughter", kind="question", text="到哪里了")
    assert visible_to(world.actor("daughter")).count() == 1


def test_an_authority_that_ran_out_shows_nothing_any_more(world: World) -> None:
    case_of(world, agent(world, "sign", until=dt.date(2026, 5, 31)))
    daughter = world.actor("daughter")
    assert visible_to(daughter, on=dt.date(2026, 5, 31)).count() == 1
    assert visible_to(daughter, on=dt.date(2026, 6, 1)).count() == 0


def test_a_contact_hears_and_sees_nothing(world: World) -> None:
    contact = PartyInput(role="contact", name="路人甲", user=world.outsider)
    case_of(world, contact)
    assert not visible_to(world.actor("outsider")).exists()
    assert not Notice.objects.filter(user=world.outsider).exists()
