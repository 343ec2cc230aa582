"""What a notice of a case still says when it goes out late."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, at
from tongban.notices.judging import Drop, Send, judged
from tongban.notices.models import Notice
from workflows.cases.lapsed import deadline_topic
from workflows.cases.models import Case

LATER = at("2026-05-13 10:00")
OVER = Drop("办件已进入下一步，不必再办")


@pytest.fixture(autouse=True)
def mail(settings: pytest.FixtureRequest) -> None:
    settings.EMAIL_HOST = "mail.test"  # type: ignore[attr-defined]


def demanded(world: World) -> tuple[journeys.Journey, Notice]:
    """Asked on 11 May for a paper; the letter of it was never sent."""
    journey = journeys.supplementing(world, when="2026-05-11 09:00")
    rows = Notice.objects.filter(template="supplement_required", channel="email")
    return journey, rows.get(recipient=f"user:{world.citizen.pk}")


def test_the_letter_goes_out_late_while_the_papers_are_still_missing(world: World) -> None:
    journey, letter = demanded(world)
    assert letter.topic == f"case:{journey.case.pk}:todo"
    assert judged(letter, now=LATER) == Send()


def test_who_has_handed_the_papers_in_is_not_asked_for_them(world: World) -> None:
    journey, letter = demanded(world)
    owed = journeys.owed_papers(journey.case)
    journey.take("supplement", "citizen", "2026-05-12 09:00", items=owed)
    assert judged(letter, now=LATER) == OVER

    thanks = Notice.objects.filter(template="supplemented", channel="email").first()
    assert thanks is not None
    assert judged(thanks, now=LATER) == Send()


def test_a_second_demand_takes_the_place_of_the_first(world: World) -> None:
    journey, letter = demanded(world)
    owed = journeys.owed_papers(journey.case)
    journey.take("supplement", "citizen", "2026-05-12 09:00", items=owed)
    journey.take(
        "require_supplement", "clerk_sc", "2026-05-12 15:00", items="户口簿", reason="仍缺"
    )
    key = f"case:{journey.case.pk}:{journey.case.seq}"
    assert judged(letter, now=LATER) == Drop("已有同一事项的较新通知", superseded_by=key)


def test_a_decision_is_told_however_late(world: World) -> None:
    journey, _ = demanded(world)
    journey.take("withdraw", "citizen", "2026-05-12 09:00", reason="不办了")
    gone = Notice.objects.filter(template="withdrawn", channel="email").first()
    assert gone is not None
    assert (gone.topic, gone.useful_until) == ("", None)
    assert judged(gone, now=LATER) == Send()


def test_a_colour_is_over_when_its_clock_has_stopped(world: World) -> None:
    journey = journeys.begin(world, when="2026-05-11 09:00")
    case = journey.case
    colour = Notice.objects.create(
        event_key="colour",
        next_attempt_at=LATER,
        channel="webhook",
        subject_kind="case",
        subject_key=case.number,
        topic=deadline_topic(case.pk, "promise"),
        recipient="x",
        created_at=at("2026-05-11 12:00"),
    )
    kept = dict(case.clocks)
    assert judged(colour, now=LATER) == (
        Send() if "promise" in kept else Drop("所说的时限已经结束")
    )
    kept["promise"] = {"due_at": LATER.isoformat(), "started_at": LATER.isoformat()}
    Case.objects.filter(pk=case.pk).update(clocks=kept)
    assert judged(colour, now=LATER) == Send()
    kept["promise"]["stopped_at"] = LATER.isoformat()
    Case.objects.filter(pk=case.pk).update(clocks=kept)
    assert judged(colour, now=LATER) == Drop("所说的时限已经结束")
