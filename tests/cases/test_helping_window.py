"""帮办: a window hands in for somebody a case in which it has no part of its own."""

from __future__ import annotations

import pytest

from tests.world import World
from workflows.cases.access import visible_to
from workflows.cases.models import Document, Event
from workflows.cases.perform import NotAllowed
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import why_not

CARD = "道路运输从业资格证补发"


def test_a_window_that_helped_sees_the_case_and_takes_no_step_in_it(world: World) -> None:
    window = world.office("500101", "service_center")
    case = world.open(CARD, channel="window", office_id=window.pk)
    clerk = world.actor("clerk_cq")

    assert window.pk not in {place["office"] for place in case.seats.values()}
    assert visible_to(clerk).filter(pk=case.pk).exists()
    assert not any(v.allowed for v in why_not(situation_for(case, clerk)) if v.step.by)
    with pytest.raises(NotAllowed):
        world.take(case, "accept", "clerk_cq")


def test_what_was_handed_in_there_counts_there_and_the_receipt_is_the_windows(world: World) -> None:
    window = world.office("500101", "service_center")
    case = world.open(CARD, channel="window", office_id=window.pk)
    opening = Event.objects.get(case=case, seq=1)
    assert (opening.seat, opening.office_id, opening.province) == ("applicant", window.pk, "500000")
    assert Document.objects.get(case=case, kind="receipt").office_id == window.pk


def test_a_window_that_had_no_part_in_it_sees_nothing(world: World) -> None:
    case = world.open(CARD)
    assert not visible_to(world.actor("clerk_cq")).filter(pk=case.pk).exists()
