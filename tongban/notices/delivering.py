"""Delivering what is owed by one channel: claim, judge, hand over, settle.

A worker can be killed at any point, so "sent twice" and "lost" can't both be ruled out by trying
again. What rules both out is knowing where a message was when its worker fell silent:

1. ``claim`` (one short transaction for a batch): the rows stay ``pending``, ``claimed_until`` says
   whose they are.
2. Each is judged: what helps nobody any more is dropped with the reason, what would disturb
   somebody's night waits for the morning.
3. The dialogue up to the point of no return (SMTP's "354, go ahead", the request to a gateway): no
   transaction is open, nothing is sent. Killed here, the claim runs out and the message is sent
   afresh: certainly the first time.
4. ``hand_over`` (one statement, only while the claim is ours): the row becomes ``sending``.
   Only now the text goes out.
5. ``settle`` (one statement) with the answer: ``delivered``, ``failed``, or ``pending`` again with
   a later ``next_attempt_at``.

A row left in ``sending`` (killed between 4 and 5, or no answer came) may have arrived. A gateway
for text messages can be asked about a message, so that such a row goes back to ``pending`` and
whoever has it next asks first. A mail server can't: the row becomes ``unsure`` and no machine
touches it again. A person looks the Message-ID up in the server's log and calls ``confirm`` or
``retry``. Leaving it costs little, for the same words stand in the person's inbox on the site,
which is written with the case itself; sending a statutory paper twice would raise the question
which of the two starts the time limit.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.db import connection
from django.db.models import F

from tongban.logs import scrub

from .carriers import (
    AskLater,
    Carrier,
    NoAnswer,
    Nowhere,
    RefusedForGood,
    Session,
    TryLater,
    Unreachable,
)
from .claims import BATCH, CLAIM, MAX_ATTEMPTS, claim, release, settle_abandoned
from .judging import QUIET, Drop, Wait, judged
from .models import Notice, NoticeState, Preference
from .pace import allowance
from .preferences import end_of_quiet_for, preferences_of, refusal_of
from .rendering import CannotRender

logger = structlog.get_logger(__name__)

BUDGET = timedelta(seconds=20)
# A channel that is down says nothing about a message: no try is used up, and no long wait earned.
OUTAGE_PAUSE = timedelta(minutes=1)
# A batch is worked at for half its claim's time, and what is left goes back.
PATIENCE = CLAIM.total_seconds() / 2

Clock = Callable[[], datetime]


class Outcome(StrEnum):
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    POSTPONED = "postponed"
    UNSURE = "unsure"
    UNREACHABLE = "unreachable"


class ClaimLost(Exception):
    """The claim ran out before the text went out, and another worker has the row."""


@dataclass(frozen=True)
class Delivered:
    """What one run did, in messages."""

    sent: int = 0
    failed: int = 0
    skipped: int = 0
    postponed: int = 0
    unsure: int = 0

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(
            self.sent + other.sent,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.postponed + other.postponed,
            self.unsure + other.unsure,
        )


def backoff(attempts: int) -> timedelta:
    """The wait after so many tries: 1, 5, 25, 125… minutes."""
    return timedelta(minutes=5 ** (attempts - 1))


def deliver(
    carrier: Carrier,
    *,
    limit: int | None = 100,
    now: datetime | None = None,
    budget: timedelta = BUDGET,
) -> Delivered:
    """Deliver what is due, until none is left, ``limit`` were tried or the budget is spent.

    Any number of these may run at once. ``now`` stands still for the whole run when given. What a
    channel owes that isn't set up stays owed, untouched.
    """
    if not carrier.is_configured():
        return Delivered()
    clock: Clock = database_clock() if now is None else lambda: now
    settle_abandoned(carrier.channel, carrier.orphaned, clock())
    run = _Run(carrier.channel, clock, time.monotonic() + budget.total_seconds(), limit)
    with carrier.session() as session:
        while most := run.room():
            batch = claim(carrier.channel, clock(), most=most)
            if not batch or not run.through(batch, session):
                break
    tally = run.tally
    return Delivered(
        sent=tally[Outcome.SENT],
        failed=tally[Outcome.FAILED],
        skipped=tally[Outcome.SKIPPED],
        postponed=tally[Outcome.POSTPONED] + tally[Outcome.UNREACHABLE],
        unsure=tally[Outcome.UNSURE],
    )


def database_clock() -> Clock:
    """The database's time, the same for all: whose own clock is ahead would take others' claims."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        then: datetime = cursor.fetchone()[0]
    began = time.monotonic()
    return lambda: then + timedelta(seconds=time.monotonic() - began)


class _Run:
    """One run's limits and what it has done so far."""

    def __init__(self, channel: str, clock: Clock, stop_at: float, limit: int | None) -> None:
        self.channel = channel
        self.clock, self.stop_at, self.limit = clock, stop_at, limit
        self.tally: Counter[Outcome] = Counter()

    def room(self) -> int:
        """How many more may be claimed; 0 when time, limit or the channel's pace is spent."""
        if time.monotonic() >= self.stop_at:
            return 0
        left = BATCH if self.limit is None else min(BATCH, self.limit - self.tally.total())
        allowed = allowance(self.channel, self.clock())
        return left if allowed is None else min(left, allowed)

    def through(self, batch: list[Notice], session: Session) -> bool:
        """One claimed batch. False when the channel is down: one knock is enough for a run."""
        stop_at = min(self.stop_at, time.monotonic() + PATIENCE)
        session.prepare(batch)
        chosen = preferences_of(notice.user_id for notice in batch if notice.user_id)
        for place, notice in enumerate(batch):
            if time.monotonic() >= stop_at:
                release(batch[place:])
                break
            outcome = attempt(notice, session, self.clock, chosen.get(notice.user_id or 0))
            self.tally[outcome] += 1
            if outcome is Outcome.UNREACHABLE:
                release(batch[place + 1 :])
                return False
        return True


def attempt(
    notice: Notice, session: Session, clock: Clock, chosen: Preference | None = None
) -> Outcome:
    """Judge and send one claimed notice, and write down what became of it."""
    now = clock()
    try:
        if not session.was_taken(notice, now):
            if kept := kept_back(notice, chosen, now):
                return kept
            session.send(notice, now, hand_over=lambda: hand_over(notice))
    except Unreachable as error:
        logger.warning("channel down", channel=notice.channel, error=scrub(str(error)))
        postpone(notice, clock() + OUTAGE_PAUSE, told(error), attempts=F("attempts") - 1)
        return Outcome.UNREACHABLE
    except Nowhere as error:
        settle(notice, state=NoticeState.SKIPPED, skip_reason=str(error))
        return Outcome.SKIPPED
    except TryLater as error:
        return postpone_or_fail(notice, clock(), error)
    except AskLater as error:
        return ask_later(notice, clock(), error)
    except (RefusedForGood, CannotRender) as error:
        return fail(notice, error)
    except NoAnswer as error:
        settle(notice, state=NoticeState.UNSURE, last_error=told(error))
        return Outcome.UNSURE
    except ClaimLost:
        return Outcome.POSTPONED
    settle(notice, state=NoticeState.DELIVERED, delivered_at=clock(), last_error="")
    return Outcome.SENT


def kept_back(notice: Notice, chosen: Preference | None, now: datetime) -> Outcome | None:
    """Drop it or let it wait, where there is a reason; None: it may go out."""
    judgement = judged(notice, now=now)
    if isinstance(judgement, Drop):
        settle(
            notice,
            state=NoticeState.SKIPPED,
            skip_reason=judgement.reason,
            superseded_by=judgement.superseded_by,
        )
        return Outcome.SKIPPED
    if isinstance(judgement, Wait):
        postpone(notice, judgement.until, judgement.reason, attempts=F("attempts") - 1)
        return Outcome.POSTPONED
    if refusal := refusal_of(notice, chosen):
        settle(notice, state=NoticeState.SKIPPED, skip_reason=refusal)
        return Outcome.SKIPPED
    if until := end_of_quiet_for(notice, chosen, now):
        postpone(notice, until, QUIET, attempts=F("attempts") - 1)
        return Outcome.POSTPONED
    return None


def hand_over(notice: Notice) -> None:
    """Write down, before the text goes out, that it goes out; raises ClaimLost."""
    ours = Notice.objects.filter(
        pk=notice.pk,
        # Given to a second gateway after the first was not there, it is `sending` already.
        state__in=[NoticeState.PENDING, NoticeState.SENDING],
        claimed_until=notice.claimed_until,
    )
    if not ours.update(state=NoticeState.SENDING):
        raise ClaimLost(notice.pk)


def settle(notice: Notice, **changes: object) -> None:
    """Write down the end of this try, unless the row has gone on without us.

    A late answer still settles a row that was put in doubt meanwhile: ``claimed_until`` is left
    on those and tells our try from a later one.
    """
    if changes["state"] != NoticeState.UNSURE:
        changes["claimed_until"] = None
    Notice.objects.filter(
        pk=notice.pk,
        claimed_until=notice.claimed_until,
        state__in=[NoticeState.PENDING, NoticeState.SENDING, NoticeState.UNSURE],
    ).update(**changes)


def postpone(notice: Notice, until: datetime, why: str, **changes: object) -> None:
    settle(notice, state=NoticeState.PENDING, next_attempt_at=until, last_error=why, **changes)


def postpone_or_fail(notice: Notice, now: datetime, error: Exception) -> Outcome:
    if notice.attempts >= MAX_ATTEMPTS:
        return fail(notice, error)
    postpone(notice, now + backoff(notice.attempts), told(error))
    return Outcome.POSTPONED


def ask_later(notice: Notice, now: datetime, error: AskLater) -> Outcome:
    if error.counts and notice.attempts >= MAX_ATTEMPTS:
        settle(notice, state=NoticeState.UNSURE, last_error=told(error))
        return Outcome.UNSURE
    tries = notice.attempts if error.counts else notice.attempts - 1
    postpone(notice, now + OUTAGE_PAUSE, told(error), attempts=tries)
    return Outcome.POSTPONED


def fail(notice: Notice, error: Exception) -> Outcome:
    logger.warning("notice failed", notice=notice.pk, error=scrub(str(error)))
    settle(notice, state=NoticeState.FAILED, last_error=told(error))
    return Outcome.FAILED


def told(error: Exception) -> str:
    """An error as kept on the row: without the address that servers like to repeat."""
    return str(scrub(str(error)))[:1000]
