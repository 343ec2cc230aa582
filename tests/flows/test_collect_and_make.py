"""异地受理: taken in and made where the person is, decided where the household is."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for, at
from workflows.cases.models import Document
from workflows.cases.perform import InvalidData, NotAllowed

TAKEN_IN = {"identity_checked": "on", "originals_seen": "on"}
HANDED_OUT = {"way": "counter", "receiver": "林晓梅", "old_one": "returned"}


@pytest.fixture
def card(world: World) -> journeys.Journey:
    """Household in 通川 (四川), living in 万州 (重庆)."""
    version = world.matter("居民身份证换领")
    data = answers_for(version, accepting_region="500101", household_region="511702")
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


def test_here_for_fingerprints_there_for_the_signature_here_for_the_card(
    card: journeys.Journey,
) -> None:
    with pytest.raises(InvalidData) as unpaid:
        card.take("accept", "police_cq", **TAKEN_IN)
    assert unpaid.value.form.errors["fee_paid"] == ["须先收取工本费 20元"]
    card.take("accept", "police_cq", "2026-05-11 10:00", **TAKEN_IN, fee_paid="on")
    # Sixty natural days, from the acceptance to the card.
    assert card.case.statutory_due_at == at("2026-07-11 00:00")
    assert Document.objects.get(kind="acceptance").content["fee"] == "20元"
    with pytest.raises(NotAllowed):
        card.take("approve", "police_cq", opinion="同意")
    card.take("approve", "police_sc", opinion="同意签发")
    assert (card.case.state, card.case.holder) == ("making", "making")
    assert card.case.statutory_due_at == at("2026-07-11 00:00")
    card.take("finish_making", "police_cq", "2026-06-01 10:00", batch="ZZ-0601")
    assert card.case.outcome == "done"
    assert card.case.statutory_due_at is None
    with pytest.raises(InvalidData):
        card.take("hand_out", "police_cq", **(HANDED_OUT | {"way": "post"}))
    assert card.take("hand_out", "police_cq", **HANDED_OUT).case.state == "completed"


def test_who_cannot_be_recognised_is_refused_at_the_counter(card: journeys.Journey) -> None:
    case = card.take("refuse", "police_cq", reason="相貌变化大且无指纹信息，无法确认身份").case
    assert (case.state, case.outcome) == ("refused", "refused")
    assert case.statutory_due_at is None


def test_a_child_is_entered_there_and_the_page_made_here_or_not_entered(world: World) -> None:
    """新生儿入户: 入户, or 不予落户反馈 that the accepting place sees at once."""
    version = world.matter("新生儿入户(跨省)")
    regions = {"accepting_region": "500101", "settling_region": "511702"}
    data = answers_for(version, **regions)
    born = journeys.begin(world, version, "2026-05-11 09:00", data=data)
    born.take("accept", "police_cq", **TAKEN_IN).take("approve", "police_sc", opinion="准予入户")
    born.take("finish_making", "police_cq", batch="HK-0001").take(
        "hand_out", "police_cq", **HANDED_OUT
    )
    assert (born.case.state, born.case.outcome) == ("completed", "done")
    other = journeys.begin(world, version, "2026-05-11 09:00", data=data)
    other.take("accept", "police_cq", **TAKEN_IN)
    other.take("require_supplement", "police_sc", items="居住证", reason="已过期")
    other.take("supplement", "citizen", items=journeys.owed_papers(other.case))
    other.take("disapprove", "police_sc", reason="孩子已在他处登记户口")
    assert (other.case.state, other.case.outcome) == ("disapproved", "disapproved")
    assert world.office("500101", "police").pk in other.case.office_ids
