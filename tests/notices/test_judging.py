"""What lay unsent for hours or days is judged again before it goes out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.accounts.models import User
from tongban.notices.judging import Drop, Send, Wait, judged
from tongban.notices.models import Notice, Outage
from tongban.notices.pace import allowance, turns

from .conftest import owed_email, written

# Half past ten in the morning in Chongqing and Chengdu, and three at night.
NOON = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def asked(user: User, key: str, *, at: datetime = NOON - HOUR, **more: object) -> Notice:
    """ "Please supplement by …", written at that moment."""
    owed = owed_email(user, event_key=key, subject_kind="none", topic="todo", **more)
    return written(owed, created_at=at, next_attempt_at=at)


def test_what_helps_still_goes_out(citizen: User) -> None:
    notice = asked(citizen, "case:1:2", useful_until=NOON + HOUR)
    assert judged(notice, now=NOON) == Send()


def test_what_is_past_is_dropped_and_says_why(citizen: User) -> None:
    notice = asked(citizen, "case:1:2", useful_until=NOON)
    assert judged(notice, now=NOON) == Drop("已过有用时间（2026年11月23日 10:30），不再发送")


def test_a_later_word_of_the_same_topic_takes_its_place(citizen: User, neighbour: User) -> None:
    first = asked(citizen, "case:1:2")
    asked(neighbour, "case:1:8")
    asked(citizen, "case:1:3", subject_key="2")
    assert judged(first, now=NOON) == Send()

    second = asked(citizen, "case:1:5", at=NOON - HOUR / 2)
    assert judged(first, now=NOON) == Drop("已有同一事项的较新通知", superseded_by="case:1:5")
    assert judged(second, now=NOON) == Send()


def test_of_two_owed_at_the_same_moment_the_later_row_stands(citizen: User) -> None:
    first, second = asked(citizen, "case:1:2"), asked(citizen, "case:1:3")
    assert judged(first, now=NOON) == Drop("已有同一事项的较新通知", superseded_by="case:1:3")
    assert judged(second, now=NOON) == Send()


def test_without_a_topic_nothing_is_asked(citizen: User) -> None:
    notice = written(owed_email(citizen), created_at=NOON)
    with CaptureQueriesContext(
        connection,
    ) as asked_for:
        assert judged(notice, now=NOON) == Send()
    assert not asked_for.captured_queries


@pytest.mark.parametrize("ended_at", [None, NIGHT - HOUR])
def test_the_arrears_of_an_outage_wait_for_the_day(
    citizen: User, ended_at: datetime | None
) -> None:
    notice = written(owed_email(citizen), created_at=NOON)
    assert judged(notice, now=NIGHT) == Send()

    Outage.objects.create(channel="email", since=NOON - HOUR, ended_at=ended_at)
    assert judged(notice, now=NIGHT) == Wait(MORNING, "夜间不打扰，天亮后发送")
    assert judged(notice, now=MORNING) == Send()


def test_a_letter_of_after_the_outage_or_due_before_dawn_waits_for_nothing(citizen: User) -> None:
    Outage.objects.create(channel="email", since=NOON - HOUR, ended_at=NOON)
    late = written(owed_email(citizen), created_at=NOON + HOUR)
    urgent = written(owed_email(citizen, useful_until=NIGHT + HOUR), created_at=NOON - HOUR)
    assert judged(late, now=NIGHT) == judged(urgent, now=NIGHT) == Send()


def test_no_more_go_out_in_a_minute_than_the_channel_takes(
    citizen: User, settings: pytest.FixtureRequest
) -> None:
    settings.NOTICES_A_MINUTE = {"email": 3}  # type: ignore[attr-defined]
    for seconds in (10, 50, 70):
        gone = NOON - timedelta(seconds=seconds)
        written(owed_email(citizen), state="delivered", delivered_at=gone)

    assert allowance("email", NOON) == 1
    written(owed_email(citizen), state="sending", claimed_until=NOON + HOUR)
    assert allowance("email", NOON) == 0
    assert allowance("webhook", NOON) is None


def test_deadlines_go_first_then_what_has_waited_longest(citizen: User) -> None:
    old = written(owed_email(citizen), next_attempt_at=NOON - 5 * HOUR)
    later = asked(citizen, "case:1:2", useful_until=NOON + 9 * HOUR)
    sooner = asked(citizen, "case:1:3", useful_until=NOON + HOUR)
    held = asked(citizen, "case:1:4", useful_until=NOON + HOUR)
    Notice.objects.filter(pk=held.pk).update(claimed_until=NOON + HOUR)

    dated, longest = turns("email", NOON)
    assert list(dated) == [sooner, later]
    assert longest.first() == old
