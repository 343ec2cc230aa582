"""Two people at one case at once. Each guard has a twin without it that must fail."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import IntegrityError, connection
from django.db.models import DateTimeField, Value

from tests import journeys
from tests.cases.threads import at_once
from tests.world import SUBSIDY, World
from workflows.cases import perform as door
from workflows.cases.ledger_writing import LostCase
from workflows.cases.models import Case, Event
from workflows.cases.perform import NotAllowed, Stale, perform

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clerks_accept_the_same_case_and_one_is_told(two_provinces: World) -> None:
    case = journeys.arrived(two_provinces).case
    first, second = two_provinces.actor("clerk_sc"), two_provinces.actor("clerk_sc_2")
    results = at_once(
        lambda: perform(case.pk, "accept", actor=first, token=case.seq),
        lambda: perform(case.pk, "accept", actor=second, token=case.seq),
    )
    assert sorted(isinstance(r, Stale) for r in results) == [False, True]
    assert Event.objects.filter(case=case, step="accept").count() == 1


def test_without_the_row_lock_both_would_believe_they_had_accepted(
    two_provinces: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: read without a lock, and the second writer runs into the ledger instead of being told."""
    case = journeys.arrived(two_provinces).case
    both_have_read = threading.Barrier(2)

    def unlocked(case_id: int) -> Case:
        never = Value(None, output_field=DateTimeField())
        found = Case.objects.select_related("matter").annotate(last_at=never).get(pk=case_id)
        both_have_read.wait(timeout=10)
        return found

    monkeypatch.setattr(door, "locked_case", unlocked)
    first, second = two_provinces.actor("clerk_sc"), two_provinces.actor("clerk_sc_2")
    results = at_once(
        lambda: perform(case.pk, "accept", actor=first, token=case.seq),
        lambda: perform(case.pk, "accept", actor=second, token=case.seq),
    )
    # Neither was refused by the token: the guard that the first test rests on is the lock.
    assert not any(isinstance(r, Stale) for r in results)
    assert sorted(isinstance(r, LostCase | IntegrityError) for r in results) == [False, True]


def test_a_double_click_hands_in_once(two_provinces: World) -> None:
    draft = uuid.uuid4()
    two_provinces.matter(SUBSIDY)
    results = at_once(*[lambda: two_provinces.open(SUBSIDY, draft_key=draft) for _ in range(4)])
    assert {getattr(r, "pk", r) for r in results} == {Case.objects.get().pk}


def test_without_the_unique_draft_key_a_double_click_would_open_two_cases(
    two_provinces: World,
) -> None:
    two_provinces.matter(SUBSIDY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'cases_case'::regclass"
            " AND contype = 'u' AND conname LIKE '%%draft_key%%'"
        )
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE cases_case DROP CONSTRAINT "{name}"')
    try:
        draft = uuid.uuid4()
        results = at_once(*[lambda: two_provinces.open(SUBSIDY, draft_key=draft) for _ in range(4)])
        assert len({getattr(r, "pk", None) for r in results}) > 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE cases_case CASCADE")
            cursor.execute(f'ALTER TABLE cases_case ADD CONSTRAINT "{name}" UNIQUE (draft_key)')


def test_withdrawing_and_accepting_at_once_leaves_one_truth(two_provinces: World) -> None:
    case = journeys.arrived(two_provinces).case
    citizen, clerk = two_provinces.actor("citizen"), two_provinces.actor("clerk_sc")
    results = at_once(
        lambda: perform(
            case.pk, "withdraw", actor=citizen, data={"reason": "不办了"}, token=case.seq
        ),
        lambda: perform(case.pk, "accept", actor=clerk, token=case.seq),
    )
    assert sum(isinstance(r, Stale | NotAllowed) for r in results) == 1
    steps = list(Event.objects.filter(case=case, seq__gt=case.seq).values_list("step", flat=True))
    assert len(steps) == 1
