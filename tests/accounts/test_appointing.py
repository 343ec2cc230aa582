"""替班 (AB岗): who may arrange it, what stands against it, and how it ends."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.accounts.away import appoint, stored, today
from tests.cases.threads import at_once
from tests.world import World, build_world
from tongban.accounts import substitutions
from tongban.accounts.actors import actor_of
from tongban.accounts.models import Posting, Substitution, User
from tongban.accounts.substitutions import AlreadyOver, NotAppointed, NotHead, in_force


def problems(caught: pytest.ExceptionInfo[NotAppointed]) -> list[str]:
    return [problem.field for problem in caught.value.problems]


# Who may appoint, and what stands against it


@pytest.mark.parametrize("by", ["clerk_sc", "head_cq", "supervisor_sc", "citizen"])
def test_only_the_head_of_that_office_appoints(world: World, by: str) -> None:
    with pytest.raises(NotHead):
        appoint(world, by=by)
    assert not Substitution.objects.exists()


def test_a_head_of_yesterday_appoints_nobody_today(world: World) -> None:
    """The actor of a page that has been open since is asked for afresh."""
    actor = world.actor("head_sc")
    Posting.objects.filter(user=world.head_sc).update(valid_to=today())
    with pytest.raises(NotHead):
        substitutions.appoint(
            office_id=world.office("511702", "civil_affairs").pk,
            absent_id=world.clerk_sc.pk,
            substitute_id=world.clerk_sc_2.pk,
            valid_from=today(),
            valid_to=today(7),
            reason="年休假",
            actor=actor,
        )


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"substitute": "clerk_sc"}, "substitute"),
        ({"start": -1}, "valid_from"),
        ({"start": 367}, "valid_from"),
        ({"days": 0}, "valid_to"),
        ({"days": -3}, "valid_to"),
        ({"days": 367}, "valid_to"),
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 201}, "reason"),
        ({"absent": "clerk_elsewhere"}, "absent"),
        ({"substitute": "clerk_elsewhere"}, "substitute"),
        ({"substitute": "supervisor_sc"}, "substitute"),
        ({"substitute": "citizen"}, "substitute"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_with_its_field(
    world: World, change: dict[str, Any], about: str
) -> None:
    with pytest.raises(NotAppointed) as caught:
        appoint(world, **change)
    assert problems(caught) == [about]
    assert not Substitution.objects.exists()


def test_both_must_work_there_on_every_day_of_it(world: World) -> None:
    Posting.objects.filter(user=world.clerk_sc_2).update(valid_to=today(5))
    with pytest.raises(NotAppointed) as leaves:
        appoint(world, days=6)
    assert problems(leaves) == ["substitute"]
    # From clerk to head without a day between is no gap; one day between is.
    promotion = Posting.objects.create(
        user=world.clerk_sc_2,
        office=world.office("511702", "civil_affairs"),
        role="head",
        valid_from=today(6),
    )
    with pytest.raises(NotAppointed):
        appoint(world, days=7)
    Posting.objects.filter(pk=promotion.pk).update(valid_from=today(5))
    appoint(world, days=7)


def test_a_closed_account_stands_in_for_nobody(world: World) -> None:
    User.objects.filter(pk=world.clerk_sc_2.pk).update(is_active=False)
    with pytest.raises(NotAppointed) as closed:
        appoint(world)
    assert problems(closed) == ["substitute"]


def test_one_absence_has_one_substitute_at_a_time(world: World) -> None:
    world.post("clerk_sc_3", "通同事三", "511702", "civil_affairs", "clerk")
    appoint(world, start=3, days=4)
    for start, days in ((0, 4), (3, 4), (4, 1), (6, 5), (0, 30)):
        with pytest.raises(NotAppointed) as twice:
            appoint(world, substitute="clerk_sc_3", start=start, days=days)
        assert problems(twice) == ["absent"]
        assert "已由通同事替班" in str(twice.value)
    # Half-open: the day on which one ends is free for the next.
    appoint(world, substitute="clerk_sc_3", start=7, days=1)
    appoint(world, substitute="clerk_sc_3", start=0, days=3)


def test_who_is_away_stands_in_for_nobody(world: World) -> None:
    appoint(world)
    with pytest.raises(NotAppointed) as away:
        appoint(world, "head_sc", "clerk_sc")
    assert problems(away) == ["substitute"]
    assert "自己不在岗" in str(away.value)


def test_one_person_may_stand_in_for_two(world: World) -> None:
    appoint(world)
    appoint(world, absent="head_sc")
    assert world.actor("clerk_sc_2").stands_in_for == {world.clerk_sc.pk, world.head_sc.pk}


def test_the_database_itself_refuses_what_the_verb_never_writes(world: World) -> None:
    stored(world, 0, 7)
    for start, days in ((6, 3), (9, 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            stored(world, start, days)
    with pytest.raises(IntegrityError), transaction.atomic():
        Substitution.objects.update(substitute=world.clerk_sc)
    with pytest.raises(IntegrityError), transaction.atomic():
        Substitution.objects.update(ended_at=timezone.now())
    # Another person, another office or what has been ended is in nobody's way.
    stored(world, 6, 3, ended_at=timezone.now(), ended_by=world.head_sc)


# Ending


def test_ended_early_it_opens_nothing_from_that_moment_on(world: World) -> None:
    made = appoint(world)
    office = made.office_id
    assert list(in_force([office])) == [made]
    ended = substitutions.end(substitution_id=made.pk, actor=world.actor("head_sc"))
    assert (ended.ended_at is not None, ended.ended_by_id) == (True, world.head_sc.pk)
    assert not in_force([office]).exists()
    assert not world.actor("clerk_sc_2").absent
    appoint(world)


def test_what_was_in_force_stays_on_record_for_its_days(world: World) -> None:
    made = stored(world, -7, 14, ended_at=timezone.now(), ended_by=world.head_sc)
    for day, holds in ((today(-1), True), (today(), False)):
        assert in_force([made.office_id], day).exists() is holds
        assert bool(actor_of(world.clerk_sc_2.pk, on=day).absent) is holds


def test_only_the_head_of_that_office_ends_it_and_only_once(world: World) -> None:
    made = appoint(world)
    for by in ("clerk_sc", "clerk_sc_2", "head_cq"):
        with pytest.raises(NotHead):
            substitutions.end(substitution_id=made.pk, actor=world.actor(by))
    head = world.actor("head_sc")
    substitutions.end(substitution_id=made.pk, actor=head)
    run_out = stored(world, -7, 7)
    for over in (made, run_out):
        with pytest.raises(AlreadyOver):
            substitutions.end(substitution_id=over.pk, actor=head)
    with pytest.raises(Substitution.DoesNotExist):
        substitutions.end(substitution_id=0, actor=head)


def test_one_that_is_still_to_come_can_be_called_off(world: World) -> None:
    made = appoint(world, start=3)
    substitutions.end(substitution_id=made.pk, actor=world.actor("head_sc"))
    assert not in_force([made.office_id], today(3)).exists()


def test_what_each_verb_costs(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(8):  # the helper's actor, five, and the transaction's two
        made = appoint(world)
    actor = world.actor("head_sc")
    with django_assert_num_queries(5):
        substitutions.end(substitution_id=made.pk, actor=actor)


# Two heads at once


@pytest.mark.django_db(transaction=True)
def test_two_heads_appoint_overlapping_ones_and_one_is_told(two_provinces: World) -> None:
    one, other = two_heads(two_provinces)
    results = at_once(one, other)
    assert sorted(isinstance(r, NotAppointed) for r in results) == [False, True]
    assert Substitution.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_runs_into_the_database_instead_of_being_told(
    two_provinces: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two_heads(two_provinces)
    let_both_ask_first(monkeypatch)
    results = at_once(one, other)
    assert sorted(isinstance(r, IntegrityError) for r in results) == [False, True]
    assert Substitution.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_lock_and_constraint_one_absence_would_have_two_substitutes(
    two_provinces: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two_heads(two_provinces)
    let_both_ask_first(monkeypatch)
    rule = next(c for c in Substitution._meta.constraints if c.name == "substitution_one_at_a_time")
    with connection.schema_editor() as schema:
        schema.remove_constraint(Substitution, rule)
    try:
        at_once(one, other)
        assert Substitution.objects.count() == 2
    finally:
        Substitution.objects.all().delete()
        with connection.schema_editor() as schema:
            schema.add_constraint(Substitution, rule)


def two_heads(world: World) -> Any:
    """The same absence, two substitutes, two heads: both calls are ready to go."""
    world.post("head_sc_2", "通副局长", "511702", "civil_affairs", "head")
    world.post("clerk_sc_3", "通同事三", "511702", "civil_affairs", "clerk")
    return (
        lambda: appoint(world, start=1),
        lambda: appoint(world, substitute="clerk_sc_3", by="head_sc_2", start=3),
    )


def let_both_ask_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard removed: nobody waits for anybody, and both ask before either writes."""
    both_have_asked = threading.Barrier(2)
    asked = substitutions._in_the_way

    def unlocked(row: Substitution) -> list[substitutions.Problem]:
        found = asked(row)
        both_have_asked.wait(timeout=10)
        return found

    monkeypatch.setattr(substitutions, "_lock", lambda _office_id: None)
    monkeypatch.setattr(substitutions, "_in_the_way", unlocked)


@pytest.fixture
def two_provinces(transactional_db: None) -> World:
    """The world where threads meet: committed, not inside the test's transaction."""
    return build_world()
