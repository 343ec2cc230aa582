"""Whatever is down and for however long: none lost, none twice, and each dropped one says why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.accounts.models import User
from tongban.notices import outages
from tongban.notices.carriers import (
    HandOver,
    NoAnswer,
    Nowhere,
    Session,
    TryLater,
    Unreachable,
)
from tongban.notices.claims import CLAIM
from tongban.notices.delivering import BUDGET, deliver
from tongban.notices.models import Notice, NoticeState, Outage
from tongban.notices.outbox import owe

from .conftest import owed_email

# Ten in the morning in Chongqing and Chengdu.
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Killed(BaseException):
    """The worker's process is gone: nothing of it runs any more."""


class Road:
    """A channel with its server: up or down, and a worker that is killed at one of its points."""

    channel = "email"
    orphaned = NoticeState.UNSURE

    def __init__(self) -> None:
        self.weather = "fine"
        self.arrived: Counter[str] = Counter()

    def is_configured(self) -> bool:
        return True

    @contextmanager
    def session(self) -> Iterator[Session]:
        yield self

    def prepare(self, notices: Sequence[Notice]) -> None:
        """Nothing is read before."""

    def was_taken(self, notice: Notice, now: datetime) -> bool:  # noqa: ARG002
        return False

    def send(self, notice: Notice, now: datetime, *, hand_over: HandOver) -> None:  # noqa: ARG002
        match self.weather:
            case "down":
                raise Unreachable("connection refused")
            case "busy":
                raise TryLater("451 later")
            case "nowhere":
                raise Nowhere("收件人没有可用的电子邮箱")
            case "killed before":
                raise Killed
        hand_over()
        if self.weather == "killed between":
            raise Killed
        self.arrived[notice.event_key] += 1
        if self.weather == "killed after":
            raise Killed
        if self.weather == "silent":
            raise NoAnswer("timeout")


WEATHER = ("fine", "down", "busy", "killed before", "killed between", "killed after", "silent")
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("owe"), st.integers(0, 2)),
        st.tuples(st.just("drain"), st.sampled_from(WEATHER)),
        st.tuples(st.just("wait"), st.sampled_from([1, 5, 30, 60 * 9, 60 * 24 * 3])),
    ),
    min_size=1,
    max_size=10,
)


def drain(road: Road, weather: str, now: datetime) -> None:
    road.weather = weather
    with suppress(Killed):
        deliver(road, now=now, limit=20, budget=BUDGET)
    outages.watch(now)


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
def test_in_any_order_of_outages_kills_and_drains_each_is_sent_once_or_says_why(
    citizen: User, acts: list[tuple[str, Any]]
) -> None:
    with transaction.atomic():
        try:
            lived_through(citizen, acts)
        finally:
            transaction.set_rollback(True)


def lived_through(citizen: User, acts: list[tuple[str, Any]]) -> None:
    """The model: what was owed by key, and what must have become of it after a calm week."""
    road, now, owed = Road(), MORNING, dict[str, bool]()
    for what, how in acts:
        if what == "owe":
            key = f"case:1:{len(owed)}"
            kinds: list[dict[str, Any]] = [
                {},
                {"useful_until": now + 2 * HOUR, "topic": f"todo{len(owed)}"},
                {"topic": "same"},
            ]
            each = owed_email(citizen, event_key=key, subject_kind="none", **kinds[how])
            owe([each], now)
            owe([each], now)
            owed[key] = how == 0
        elif what == "drain":
            drain(road, how, now)
        else:
            now += how * MINUTE
    while waiting := Notice.objects.filter(state__in=["pending", "sending"]).first():
        # Straight to the moment at which this one can go on.
        now = max(now, waiting.next_attempt_at or now, waiting.claimed_until or now) + MINUTE
        drain(road, "fine", now)

    rows = {notice.event_key: notice for notice in Notice.objects.all()}
    # None lost: each is there, once, and nothing waits for ever.
    assert rows.keys() == owed.keys()
    for key, notice in rows.items():
        arrived, state = road.arrived[key], notice.state
        # None twice.
        assert arrived <= 1
        if state == NoticeState.DELIVERED:
            assert arrived == 1
        elif state == NoticeState.SKIPPED:
            assert (arrived, bool(notice.skip_reason), owed[key]) == (0, True, False)
        else:
            # Only what was in a killed worker's hands, or got no answer, is a person's affair.
            assert (state, bool(notice.last_error)) == (NoticeState.UNSURE, True)
    same = [n for n in rows.values() if n.topic == "same"]
    assert [n.state for n in same].count(NoticeState.SKIPPED) < max(len(same), 1)


def test_nothing_goes_out_at_night_nor_faster_than_the_channel_takes(
    citizen: User, settings: Any
) -> None:
    settings.NOTICES_A_MINUTE = {"email": 4}
    road, now = Road(), MORNING
    for number in range(10):
        owe([owed_email(citizen, event_key=f"case:1:{number}")], now)
    now += 11 * MINUTE
    drain(road, "down", now)
    outage = Outage.objects.get()
    assert (outage.since, outage.declared_by) == (MORNING, None)

    # The server comes back at two at night: the arrears wait for the morning.
    night = MORNING + 16 * HOUR
    drain(road, "fine", night)
    assert not road.arrived
    held = Notice.objects.values_list("next_attempt_at", "attempts")
    assert set(held) == {(MORNING + 22 * HOUR, 0)}
    dawn = MORNING + 22 * HOUR
    counts = []
    for minutes in range(4):
        drain(road, "fine", dawn + minutes * (MINUTE + timedelta(seconds=1)))
        counts.append(road.arrived.total())
    assert counts == [4, 8, 10, 10]
    outage.refresh_from_db()
    assert outage.ended_at == dawn


def test_one_message_alone_shows_an_outage_and_the_quiet_of_the_night_none(citizen: User) -> None:
    road = Road()
    owe([owed_email(citizen)], MORNING)
    for minutes in range(0, 12, 2):
        drain(road, "down", MORNING + minutes * MINUTE)
    assert Outage.objects.get().since == MORNING

    Outage.objects.all().delete()
    Notice.objects.update(
        next_attempt_at=MORNING + 22 * HOUR, attempts=0, last_error="夜间不打扰，天亮后发送"
    )
    outages.watch(MORNING + 22 * HOUR - 30 * timedelta(seconds=1))
    assert not Outage.objects.exists()


def test_a_worker_killed_with_many_in_hand_loses_none(citizen: User) -> None:
    road, now = Road(), MORNING
    for number in range(5):
        owe([owed_email(citizen, event_key=f"case:1:{number}")], now)
    drain(road, "killed after", now)
    for _ in range(8):
        now += CLAIM + timedelta(seconds=1)
        drain(road, "fine", now)
    assert set(road.arrived.values()) == {1}
    states = Counter(Notice.objects.values_list("state", flat=True))
    assert states == {"delivered": 4, "unsure": 1}
