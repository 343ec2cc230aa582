"""Two dispatchers, two gateways, receipts and an operator in each other's way: once or a reason."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongban.accounts.models import User
from tongban.notices import claims, decisions, delivering
from tongban.notices.carriers import AskLater, HandOver, NoAnswer, Session, TryLater, Unreachable
from tongban.notices.claims import CLAIM
from tongban.notices.delivering import deliver
from tongban.notices.models import Notice, NoticeState, Preference, SmsHandover
from tongban.notices.outbox import owe
from tongban.notices.sms import receipts
from tongban.notices.sms.carrier import SmsSession
from tongban.notices.sms.gateways import Found, Message

from .conftest import owed_email, owed_sms

pytestmark = pytest.mark.django_db

# Ten in the morning in Chongqing and Chengdu.
MORNING = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
# Past every claim.
LATER = CLAIM + 5 * MINUTE


class Killed(BaseException):
    """The worker's process is gone: nothing of it runs any more."""


@dataclass
class Town:
    """The moment, what arrived at a person, and what happens in the midst of a handing over."""

    now: dt.datetime = MORNING
    arrived: Counter[str] = field(default_factory=Counter)
    # At a named point: whatever is in it happens there, once.
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)

    def at(self, point: str) -> None:
        if happens := self.meanwhile.pop(point, None):
            happens()


class MailRoad:
    """E-mail: nobody can be asked about it afterwards."""

    channel = "email"
    orphaned = NoticeState.UNSURE

    def __init__(self, town: Town) -> None:
        self.town = town

    def is_configured(self) -> bool:
        return True

    @contextmanager
    def session(self) -> Iterator[Session]:
        yield self

    def prepare(self, notices: Sequence[Notice]) -> None:
        """Nothing is read before."""

    def was_taken(self, _notice: Notice, _now: dt.datetime) -> bool:
        return False

    def send(self, notice: Notice, _now: dt.datetime, *, hand_over: HandOver) -> None:
        self.town.at("before")
        hand_over()
        self.town.at("between")
        self.town.arrived[str(notice.pk)] += 1
        self.town.at("after")


@dataclass
class Desk:
    """A gateway: what it is given twice, it keeps twice, as the real ones do."""

    town: Town
    code: str
    books: dict[str, str] = field(default_factory=dict)
    is_up: bool = True

    def send(self, message: Message) -> str:
        if not self.is_up:
            raise Unreachable(f"{self.code}: refused")
        self.town.at("between")
        self.town.arrived[message.out_id] += 1
        self.books[message.out_id] = "1"
        self.town.at("after")
        return "1"

    def find(self, *, out_id: str, phone: str, on: dt.date, reference: str = "") -> Found | None:
        assert phone
        assert on
        if not self.is_up:
            raise Unreachable(f"{self.code}: refused")
        return Found(reference or "1", has_arrived=True) if out_id in self.books else None


class SmsRoad:
    """Text messages as the site carries them, over two gateways of the test's."""

    channel = "sms"
    orphaned = NoticeState.PENDING

    def __init__(self, town: Town) -> None:
        self.town, self.desks = town, [Desk(town, "first"), Desk(town, "second")]

    def is_configured(self) -> bool:
        return True

    @contextmanager
    def session(self) -> Iterator[Session]:
        town = self.town

        class Watched(SmsSession):
            def send(self, notice: Notice, now: dt.datetime, *, hand_over: HandOver) -> None:
                town.at("before")
                super().send(notice, now, hand_over=hand_over)
                town.at("taken")

        yield Watched(self.desks)


Road = MailRoad | SmsRoad
POINTS = ("before", "between", "after", "taken")
EVENTS = (
    *("killed", "silent", "overtaken", "late", "ahead", "receipts", "retried", "first is down"),
)


def can_be(road: type[MailRoad] | type[SmsRoad], where: str, how: str) -> bool:
    """A server that has taken it doesn't say no. And who stands still for minutes between the row and
    the request, and then sends, can't be helped: the gateways have no key that tells twins.
    """
    if how == "late":
        return where in ("before", "between")
    return (road, where, how) != (SmsRoad, "between", "overtaken")


ACTS = st.lists(
    st.one_of(
        st.just(("owe", "", "")),
        st.tuples(st.just("drain"), st.sampled_from(POINTS), st.sampled_from(EVENTS)),
        st.just(("drain", "", "")),
        st.tuples(st.just("wait"), st.sampled_from(["1", "5", "600"]), st.just("")),
        st.just(("receipts", "", "")),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(autouse=True)
def people(citizen: User, caller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Preference.objects.create(user=caller, quiet_from=dt.time(0), quiet_until=dt.time(0))


def run(road: Road, now: dt.datetime) -> None:
    with suppress(Killed):
        deliver(road, now=now, limit=20)


def fetch(road: Road, now: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    if isinstance(road, SmsRoad):
        with monkeypatch.context() as patched:
            patched.setattr(receipts, "gateways", lambda: road.desks)
            receipts.fetch_receipts(now=now)


def happening(road: Road, what: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    town = road.town

    def killed() -> None:
        raise Killed

    def silent() -> None:
        raise NoAnswer("?") if isinstance(road, MailRoad) else AskLater("?", counts=True)

    def overtaken() -> None:
        """This one hangs until its claim has run out, and another worker comes by."""
        town.now += LATER
        run(road, town.now)

    def late() -> None:
        """The same, and then its server says: not now."""
        overtaken()
        raise TryLater("451 later")

    def retried() -> None:
        """An operator presses "send again" wherever that is offered, this very moment."""
        for notice in decisions.needing_a_person():
            decisions.retry(notice.pk, now=town.now)
            town.arrived[str(notice.pk)] -= 1

    def first_is_down() -> None:
        if isinstance(road, SmsRoad):
            road.desks[0].is_up = False

    return {
        "killed": killed,
        "silent": silent,
        "overtaken": overtaken,
        "late": late,
        "ahead": lambda: run(road, town.now + MINUTE),
        "receipts": lambda: fetch(road, town.now + LATER, monkeypatch),
        "retried": retried,
        "first is down": first_is_down,
    }[what]


def lived_through(
    road: Road, owed: Callable[[str], Any], acts: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> list[Notice]:  # fmt: skip
    """All of it, and then calm; what has become of each notice."""
    town = road.town
    for what, where, how in [("owe", "", ""), *acts]:
        if what == "owe":
            owe([owed(f"case:1:{Notice.objects.count()}")], town.now)
        elif what == "wait":
            town.now += int(where) * MINUTE
        elif what == "receipts":
            fetch(road, town.now, monkeypatch)
        else:
            town.meanwhile = {}
            if where and can_be(type(road), where, how):
                town.meanwhile[where] = happening(road, how, monkeypatch)
            run(road, town.now)
            town.meanwhile = {}
            if isinstance(road, SmsRoad):
                road.desks[0].is_up = True
    for _ in range(40):
        town.now += LATER
        # The receipts' task and the dispatcher's come in no order.
        fetch(road, town.now, monkeypatch)
        run(road, town.now)
        if not Notice.objects.filter(state__in=["pending", "sending"]).exists():
            break
    return list(Notice.objects.order_by("pk"))


def as_it_should_be(road: Road, rows: list[Notice]) -> None:
    for notice in rows:
        arrived = road.town.arrived[str(notice.pk)]
        # None twice.
        assert arrived <= 1, (notice.state, arrived)
        if notice.state == NoticeState.DELIVERED:
            assert arrived == 1
            # Whose receipt can be asked for.
            given = SmsHandover.objects.filter(pk=notice.pk, accepted_at__isnull=False)
            assert given.exists() is isinstance(road, SmsRoad)
        else:
            # Only what may have arrived, and nobody can be asked about.
            assert (notice.state, bool(notice.last_error)) == (NoticeState.UNSURE, True)
            assert isinstance(road, MailRoad)


PROPERTY = settings(
    max_examples=8,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def tried(
    make: Callable[[Town], Road], owed: Callable[[str], Any], acts: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with transaction.atomic():
        try:
            road = make(Town())
            as_it_should_be(road, lived_through(road, owed, acts, monkeypatch))
        finally:
            transaction.set_rollback(True)


@PROPERTY
@given(acts=ACTS)
def test_a_text_message_arrives_once_whoever_is_killed_overtaken_or_asked(
    caller: User, monkeypatch: pytest.MonkeyPatch, acts: list[tuple[str, str, str]]
) -> None:
    tried(SmsRoad, lambda key: owed_sms(caller, event_key=key), acts, monkeypatch)


@PROPERTY
@given(acts=ACTS)
def test_an_email_arrives_once_or_a_person_is_asked(
    citizen: User, monkeypatch: pytest.MonkeyPatch, acts: list[tuple[str, str, str]]
) -> None:
    tried(MailRoad, lambda key: owed_email(citizen, event_key=key), acts, monkeypatch)


@pytest.mark.parametrize("make", [MailRoad, SmsRoad])
def test_each_trouble_at_each_point(
    citizen: User, caller: User, monkeypatch: pytest.MonkeyPatch, make: type[MailRoad | SmsRoad]
) -> None:
    """Every one of them alone and with another message on the way: none is left to chance."""

    def owed(key: str) -> Any:
        is_mail = make is MailRoad
        return owed_email(citizen, event_key=key) if is_mail else owed_sms(caller, event_key=key)

    for where in POINTS:
        for how in EVENTS:
            acts = [("owe", "", ""), ("drain", where, how), ("wait", "1", "")]
            tried(make, owed, acts, monkeypatch)


def test_twins_each_guard_that_is_taken_away_lets_something_go_out_twice(
    citizen: User, caller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the properties above would find, each by the shortest way to it."""

    mail = (MailRoad, lambda key: owed_email(citizen, event_key=key))
    text = (SmsRoad, lambda key: owed_sms(caller, event_key=key))
    overtaken = [("drain", "before", "overtaken")]
    late = [("drain", "before", "late")]

    def unguarded(notice: Notice, **changes: Any) -> None:
        changes["claimed_until"] = None
        Notice.objects.filter(pk=notice.pk).update(**changes)

    twins: list[tuple[Any, str, object, Any, list[tuple[str, str, str]]]] = [
        (delivering, "hand_over", lambda _: None, mail, overtaken),
        (delivering, "hand_over", lambda _: None, text, overtaken),
        (delivering, "settle", unguarded, mail, late),
        (SmsSession, "was_taken", lambda *_: False, text, [("drain", "after", "silent")]),
        (MailRoad, "orphaned", NoticeState.PENDING, mail, [("drain", "after", "killed")]),
    ]
    for place, name, broken, (make, owed), acts in twins:
        tried(make, owed, acts, monkeypatch)
        with monkeypatch.context() as patched:
            patched.setattr(place, name, broken)
            with pytest.raises(AssertionError):
                tried(make, owed, acts, monkeypatch)


def test_a_receipt_that_comes_before_the_dispatcher_is_no_reason_to_send_again(
    caller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies with the gateway's answer in hand; an hour later the receipt is first."""
    acts = [("drain", "taken", "killed"), ("wait", "600", ""), ("receipts", "", "")]
    tried(SmsRoad, lambda key: owed_sms(caller, event_key=key), acts, monkeypatch)


def test_a_worker_whose_clock_is_ahead_takes_nobodys_claim(
    citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = MailRoad(Town())
    owe([owed_email(citizen)], timezone.now())
    taken = claims.claim("email", timezone.now())
    ahead = timezone.now() + 60 * MINUTE
    monkeypatch.setattr("django.utils.timezone.now", lambda: ahead)

    deliver(road)

    assert len(taken) == 1
    assert not road.town.arrived
