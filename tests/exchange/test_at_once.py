"""One key of idempotency, two requests in the same moment: it is done once."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest

from tests.cases.threads import at_once
from tongban.accounts.models import User
from workflows.exchange.kept import Answer, once
from workflows.exchange.models import KeptAnswer

pytestmark = pytest.mark.django_db(transaction=True)


class Work:
    """What is asked for. It lingers a moment, so that a second request could come in between."""

    def __init__(self) -> None:
        self.times = 0
        self.both_here = threading.Barrier(2)

    def __call__(self) -> dict[str, Any]:
        self.times += 1
        with suppress(threading.BrokenBarrierError):
            self.both_here.wait(timeout=0.5)
        return {"times": self.times}


def test_it_is_done_once_and_both_get_the_same_answer() -> None:
    user, work = User.objects.create_user(username="system-x", name="系统"), Work()
    answers = at_once(*[lambda: once(user.pk, "key", "request", work)] * 2)
    assert work.times == 1
    assert [a.body for a in answers if isinstance(a, Answer)] == [{"times": 1}] * 2
    assert sorted(a.again for a in answers if isinstance(a, Answer)) == [False, True]


def test_without_the_row_before_the_work_it_would_be_done_twice() -> None:
    """The twin: look first, then work, then write down."""
    user, work = User.objects.create_user(username="system-x", name="系统"), Work()

    def unguarded() -> None:
        if not KeptAnswer.objects.filter(user=user, key="key").exists():
            work()

    at_once(unguarded, unguarded)
    assert work.times == 2
