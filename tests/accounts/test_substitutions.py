"""替班 (AB岗): what somebody may do who stands in for a colleague who is away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import journeys
from tests.accounts.away import appoint, stored, today
from tests.world import LIN_ID, World
from tongban.accounts import substitutions
from tongban.accounts.actors import Absent
from tongban.accounts.models import Posting, Substitution
from tongban.accounts.substitutions import NotHead
from workflows.cases.models import Event
from workflows.cases.opening import PartyInput
from workflows.cases.perform import NotAllowed
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import why_not

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


def claimed(world: World) -> journeys.Journey:
    """A case that 通承办 has claimed and not yet accepted."""
    return journeys.arrived(world).take("claim", "clerk_sc")


def refusal(caught: pytest.ExceptionInfo[NotAllowed]) -> list[str]:
    return [reason.code for reason in caught.value.verdict.reasons]


# What a substitute may do


def test_a_substitute_acts_on_what_the_absent_colleague_has_claimed(world: World) -> None:
    journey = claimed(world)
    with pytest.raises(NotAllowed) as before:
        journey.take("accept", "clerk_sc_2")
    assert refusal(before) == ["claimed"]
    appoint(world)
    assert journey.take("accept", "clerk_sc_2").case.state == "reviewing"


def test_the_event_is_the_substitutes_own_and_says_for_whom(world: World) -> None:
    journey = claimed(world)
    appoint(world)
    journey.take("accept", "clerk_sc_2")
    event = Event.objects.get(case=journey.case, step="accept")
    assert (event.actor_id, event.actor_name) == (world.clerk_sc_2.pk, "通同事")
    assert event.data["acting_for"] == {"user": world.clerk_sc.pk, "name": "通承办"}


def test_the_claim_stays_with_the_absent_so_that_nothing_is_to_be_undone(world: World) -> None:
    journey = claimed(world)
    made = appoint(world)
    journey.take("accept", "clerk_sc_2")
    assert journey.case.claimed_by == world.clerk_sc
    substitutions.end(substitution_id=made.pk, actor=world.actor("head_sc"))
    with pytest.raises(NotAllowed) as over:
        journey.take("approve", "clerk_sc_2", opinion="符合")
    assert refusal(over) == ["claimed"]
    journey.take("approve", "clerk_sc", opinion="符合")
    assert "acting_for" not in Event.objects.get(case=journey.case, step="approve").data


def test_what_is_nobodys_or_their_own_is_done_for_nobody(world: World) -> None:
    appoint(world)
    unclaimed = journeys.arrived(world).take("accept", "clerk_sc_2")
    own = journeys.arrived(world, waybill="EMS0000000009").take("claim", "clerk_sc_2")
    own.take("accept", "clerk_sc_2")
    for journey in (unclaimed, own):
        assert "acting_for" not in Event.objects.get(case=journey.case, step="accept").data


def test_a_remark_needs_no_substitution_and_is_nobody_elses(world: World) -> None:
    journey = claimed(world)
    appoint(world)
    journey.take("remark", "clerk_sc_2", text="已电话联系")
    assert "acting_for" not in Event.objects.get(case=journey.case, step="remark").data


def test_a_head_who_stands_in_says_so_too(world: World) -> None:
    journey = claimed(world)
    appoint(world, substitute="head_sc")
    journey.take("accept", "head_sc")
    assert (
        Event.objects.get(case=journey.case, step="accept").data["acting_for"]["name"] == "通承办"
    )


def test_only_the_claimer_gives_a_claim_back(world: World) -> None:
    journey = claimed(world)
    appoint(world)
    with pytest.raises(NotAllowed) as release:
        journey.take("release", "clerk_sc_2")
    assert refusal(release) == ["claimed_by_me"]


def test_standing_in_for_a_head_makes_nobody_a_head(world: World) -> None:
    appoint(world, absent="head_sc", substitute="clerk_sc_2")
    journey = journeys.arrived(world).take("claim", "head_sc")
    assert journey.take("accept", "clerk_sc_2").case.state == "reviewing"
    with pytest.raises(NotAllowed) as only_head:
        journey.take("reassign", "clerk_sc_2", to=world.clerk_sc.pk)
    assert refusal(only_head) == ["head_only"]
    with pytest.raises(NotHead):
        appoint(world, by="clerk_sc_2")


def test_the_absent_may_still_act_themselves(world: World) -> None:
    """Back for an hour: the claim is theirs, and nobody has to be asked."""
    journey = claimed(world)
    appoint(world)
    assert journey.take("accept", "clerk_sc").case.state == "reviewing"


def test_nobody_stands_in_by_way_of_a_third(world: World) -> None:
    world.post("clerk_sc_3", "通同事三", "511702", "civil_affairs", "clerk")
    stored(world, 0, 7)
    Substitution.objects.create(
        office=world.office("511702", "civil_affairs"),
        absent=world.clerk_sc_2,
        substitute=world.clerk_sc_3,
        valid_from=today(),
        valid_to=today(7),
        reason="公出",
        made_by=world.head_sc,
        made_at=timezone.now(),
    )
    journey = claimed(world)
    with pytest.raises(NotAllowed) as third:
        journey.take("accept", "clerk_sc_3")
    assert refusal(third) == ["claimed"]


@pytest.mark.parametrize(("start", "days"), [(-7, 7), (1, 7)], ids=["expired", "future"])
def test_before_and_after_its_days_it_opens_nothing(world: World, start: int, days: int) -> None:
    stored(world, start, days)
    journey = claimed(world)
    with pytest.raises(NotAllowed) as outside:
        journey.take("accept", "clerk_sc_2")
    assert refusal(outside) == ["claimed"]


def test_it_opens_nothing_at_another_office_where_both_work(world: World) -> None:
    elsewhere = world.office("511702", "service_center")
    for name in ("clerk_sc", "clerk_sc_2"):
        Posting.objects.create(
            user=world.people[name], office=elsewhere, role="clerk", valid_from=dt.date(2020, 1, 1)
        )
    world.post("head_there", "通主任", "511702", "service_center", "head")
    journey = claimed(world)
    appoint(world, by="head_there", office=("511702", "service_center"))
    with pytest.raises(NotAllowed) as other:
        journey.take("accept", "clerk_sc_2")
    assert refusal(other) == ["claimed"]


def test_a_substitute_who_has_left_the_office_stands_in_there_no_more(world: World) -> None:
    appoint(world)
    Posting.objects.filter(user=world.clerk_sc_2).update(valid_to=today())
    actor = world.actor("clerk_sc_2")
    assert (actor.desks, actor.stands_in_for) == (frozenset(), frozenset())


# Nobody decides two stages: the rule is about the persons who decided, whoever they stood in for


@pytest.fixture
def licence(world: World) -> journeys.Journey:
    """A licence that 通川's 人社局 decides in two stages; 通人社 has claimed it and is away."""
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    world.post("hr_sc_2", "通人社二", "511702", "human_resources", "clerk")
    world.post("hr_head", "通人社局长", "511702", "human_resources", "head")
    journey = journeys.begin(world, LICENCE, "2026-05-11 09:00").take("claim", "hr_sc")
    return journey.take("accept", "hr_sc")


def away(world: World) -> None:
    appoint(world, "hr_sc", "hr_sc_2", by="hr_head", office=("511702", "human_resources"))


def test_who_decided_the_first_stage_as_a_substitute_does_not_decide_the_second(
    world: World, licence: journeys.Journey
) -> None:
    away(world)
    licence.take("approve", "hr_sc_2", opinion="材料齐全")
    assert licence.case.deciders == [world.hr_sc_2.pk]
    with pytest.raises(NotAllowed) as again:
        licence.take("approve", "hr_sc_2", opinion="我再批")
    assert refusal(again) == ["decided_before"]


def test_who_was_away_has_not_decided_what_the_substitute_did(
    world: World, licence: journeys.Journey
) -> None:
    away(world)
    licence.take("approve", "hr_sc_2", opinion="材料齐全")
    licence.take("approve", "hr_sc", opinion="同意")
    assert licence.case.deciders == [world.hr_sc_2.pk, world.hr_sc.pk]


def test_who_decided_before_going_away_is_bound_and_the_substitute_is_another_person(
    world: World, licence: journeys.Journey
) -> None:
    licence.take("approve", "hr_sc", opinion="材料齐全")
    away(world)
    with pytest.raises(NotAllowed) as same:
        licence.take("approve", "hr_sc", opinion="我再批")
    assert refusal(same) == ["decided_before"]
    licence.take("approve", "hr_sc_2", opinion="同意")
    assert licence.case.deciders == [world.hr_sc.pk, world.hr_sc_2.pk]


def test_a_substitute_who_is_a_party_leaves_the_decision_to_others(world: World) -> None:
    """回避 is about persons as well."""
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen, id_number=LIN_ID),
        PartyInput(role="agent", name="通同事", user=world.clerk_sc_2, scope=("sign",)),
    ]
    journey = journeys.arrived(world, parties=parties).take("claim", "clerk_sc")
    journey.take("accept", "clerk_sc")
    appoint(world)
    with pytest.raises(NotAllowed) as own:
        journey.take("approve", "clerk_sc_2", opinion="符合")
    assert refusal(own) == ["own_case"]


# What it costs


def test_an_actor_with_many_postings_and_substitutions_is_read_in_one_statement(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Postings and substitutions do not multiply: each office repeats its own only."""
    civil, centre = (world.office("511702", k) for k in ("civil_affairs", "service_center"))
    for office, role in ((civil, "head"), (centre, "clerk")):
        Posting.objects.create(
            user=world.clerk_sc_2, office=office, role=role, valid_from=dt.date(2020, 1, 1)
        )
    appoint(world)
    appoint(world, absent="head_sc")
    with django_assert_num_queries(1):
        actor = world.actor("clerk_sc_2")
    assert actor.desks == {civil.pk, centre.pk}
    assert actor.heads == {civil.pk}
    assert actor.absent == {
        Absent(civil.pk, world.clerk_sc.pk, "通承办"),
        Absent(civil.pk, world.head_sc.pk, "通局长"),
    }
    assert actor.stands_in_for == {world.clerk_sc.pk, world.head_sc.pk}
    assert actor.absent_at(centre.pk, world.clerk_sc.pk) is None
    assert actor.absent_at(civil.pk, None) is None


def test_a_verdict_costs_no_statement_more(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    appoint(world)
    journey = claimed(world)
    situation = situation_for(journey.case, world.actor("clerk_sc_2"))
    with django_assert_num_queries(0):
        verdicts = {v.step.code: v for v in why_not(situation)}
    assert verdicts["accept"].allowed
