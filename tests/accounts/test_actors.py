from datetime import date

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from tongban.accounts.actors import SYSTEM, Actor, actor_of
from tongban.accounts.models import Posting, User
from tongban.offices.models import Office

DAY = date(2026, 11, 21)


def post(user: User, office: Office, role: str, start: date, end: date | None = None) -> None:
    Posting.objects.create(user=user, office=office, role=role, valid_from=start, valid_to=end)


def test_a_citizen_has_no_desk(liu: User) -> None:
    assert actor_of(liu.pk) == Actor(user_id=liu.pk, kind="citizen", name="刘雪梅")


def test_a_clerk_who_is_head_elsewhere_is_read_in_one_statement(
    clerk: User, offices: dict[str, Office], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    civil = offices["500101 civil_affairs"]
    post(clerk, civil, "head", date(2026, 3, 1))
    with django_assert_num_queries(1):
        actor = actor_of(clerk.pk, on=DAY)
    assert actor.desks == {offices["500101 service_center"].pk, civil.pk}
    assert actor.heads == {civil.pk}
    assert (actor.kind, actor.name) == ("staff", "何国强")
    assert not actor.supervises
    assert not actor.operator


def test_a_posting_holds_from_its_first_day_until_the_day_before_its_end(
    clerk: User, offices: dict[str, Office]
) -> None:
    desk = offices["500101 civil_affairs"]
    post(clerk, desk, "clerk", date(2026, 11, 1), date(2026, 11, 21))
    held = {day: desk.pk in actor_of(clerk.pk, on=date(2026, *day)).desks for day in DAYS}
    assert held == {(10, 31): False, (11, 1): True, (11, 20): True, (11, 21): False}
    in_force = Posting.objects.filter(office=desk).in_force(date(2026, 11, 20))
    assert in_force.exists()


DAYS = ((10, 31), (11, 1), (11, 20), (11, 21))


def test_only_a_provinces_supervision_office_makes_a_supervisor_of_that_province(
    clerk: User, offices: dict[str, Office]
) -> None:
    post(clerk, offices["500101 supervision"], "supervisor", date(2026, 1, 1))
    post(clerk, offices["511702 service_center"], "supervisor", date(2026, 1, 1))
    assert not actor_of(clerk.pk, on=DAY).supervises
    post(clerk, offices["510000 supervision"], "supervisor", date(2026, 1, 1))
    actor = actor_of(clerk.pk, on=DAY)
    assert actor.supervises == {"510000"}
    assert actor.desks == {offices["500101 service_center"].pk}


def test_an_operator_is_told_apart(clerk: User, offices: dict[str, Office]) -> None:
    post(clerk, offices["500000 supervision"], "operator", date(2026, 1, 1))
    assert actor_of(clerk.pk, on=DAY).operator


def test_a_closed_or_missing_account_cannot_act(liu: User) -> None:
    User.objects.filter(pk=liu.pk).update(is_active=False)
    for user_id in (liu.pk, 0):
        with pytest.raises(Actor.Gone):
            actor_of(user_id)


def test_the_system_is_nobody() -> None:
    assert (SYSTEM.user_id, SYSTEM.kind) == (None, "system")


def test_the_same_posting_twice_or_one_that_ends_before_it_begins_is_refused(
    clerk: User, offices: dict[str, Office]
) -> None:
    desk = offices["500101 service_center"]
    for start, end in ((date(2026, 1, 1), None), (date(2026, 5, 2), date(2026, 5, 1))):
        with pytest.raises(IntegrityError), transaction.atomic():
            post(clerk, desk, "clerk", start, end)
