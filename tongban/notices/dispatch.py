"""Delivering what is owed: claim, send, mark.

E-mail has no provider that would recognise a message it already has, and a worker can be killed
at any point, so "sent twice" and "lost" can't both be ruled out by trying again. What rules both
out is knowing where a message was when its worker fell silent:

1. ``claim`` (one short transaction): the row stays ``pending``, ``claimed_until`` says whose it is.
2. The SMTP dialogue up to the server's "354, go ahead": no transaction is open, nothing is sent.
   Killed here, the claim runs out and the message is sent afresh: certainly the first time.
3. ``hand_over`` (one statement, only while the claim is ours): the row becomes ``sending``.
   Only now the text goes out.
4. ``settle`` (one statement) with the server's answer: ``delivered``, ``failed``, or ``pending``
   again with a later ``next_attempt_at``.

A row left in ``sending`` (killed between 3 and 4, or no answer came) may have arrived. It becomes
``unsure`` and no machine touches it again: a person looks the Message-ID up in the mail server's
log and calls ``confirm`` or ``retry``. Leaving it costs little, for the same words stand in the
person's inbox on the site, which is written with the case itself; sending a statutory paper twice
would raise the question which of the two starts the time limit.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from tongban.logs import scrub
from tongban.notices.email import address_of, email_of
from tongban.notices.models import Channel, Notice, NoticeState
from tongban.notices.outbox import email_is_configured
from tongban.notices.rendering import CannotRender
from tongban.notices.smtp import MailSession, NoAnswer, RefusedForGood, TryLater, Unreachable

logger = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
MAX_ATTEMPTS = 8
BUDGET = timedelta(seconds=30)
# A server that is down says nothing about a message: no try is used up, and no long wait earned.
OUTAGE_PAUSE = timedelta(minutes=1)

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


def backoff(attempts: int) -> timedelta:
    """The wait after so many tries: 1, 5, 25, 125… minutes."""
    return timedelta(minutes=5 ** (attempts - 1))


def deliver_due(
    *, limit: int | None = 100, now: datetime | None = None, budget: timedelta = BUDGET
) -> Delivered:
    """Deliver what is due, until none is left, ``limit`` were tried or the budget is spent.

    Any number of these may run at once. ``now`` stands still for the whole run when given. Without
    a mail server in the settings nothing is touched: it stays owed.
    """
    if not email_is_configured():
        return Delivered()
    clock: Clock = timezone.now if now is None else lambda: now
    settle_abandoned(clock())
    stop_at = time.monotonic() + budget.total_seconds()
    tally: Counter[Outcome] = Counter()
    with MailSession() as session:
        while (limit is None or tally.total() < limit) and time.monotonic() < stop_at:
            notice = claim(clock())
            if notice is None:
                break
            outcome = attempt(notice, session, clock)
            tally[outcome] += 1
            if outcome is Outcome.UNREACHABLE:
                break
    return Delivered(
        sent=tally[Outcome.SENT],
        failed=tally[Outcome.FAILED],
        skipped=tally[Outcome.SKIPPED],
        postponed=tally[Outcome.POSTPONED] + tally[Outcome.UNREACHABLE],
        unsure=tally[Outcome.UNSURE],
    )


def settle_abandoned(now: datetime) -> None:
    """Rows whose worker fell silent: in doubt once the text was out, else free for a new try."""
    unsure = Notice.objects.filter(state=NoticeState.SENDING, claimed_until__lte=now).update(
        state=NoticeState.UNSURE, last_error="发送时中断，邮件服务器可能已收到"
    )
    failed = Notice.objects.filter(
        state=NoticeState.PENDING, claimed_until__lte=now, attempts__gte=MAX_ATTEMPTS
    ).update(state=NoticeState.FAILED, claimed_until=None, last_error="发送进程每次都中断")
    if unsure or failed:
        logger.warning("abandoned notices", unsure=unsure, failed=failed)


@transaction.atomic
def claim(now: datetime, channel: str = Channel.EMAIL) -> Notice | None:
    """The notice of a channel that has been due longest, ours for two minutes; None when nothing is due."""
    notice = (
        Notice.objects.select_for_update(skip_locked=True)
        .filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
        .filter(state=NoticeState.PENDING, channel=channel, next_attempt_at__lte=now)
        .order_by("next_attempt_at", "id")
        .first()
    )
    if notice is not None:
        notice.claimed_until = now + CLAIM
        notice.attempts += 1
        notice.save(update_fields=["claimed_until", "attempts"])
    return notice


def attempt(notice: Notice, session: MailSession, clock: Clock) -> Outcome:
    """Send one claimed notice and write down what became of it."""
    address = address_of(notice)
    if not address:
        settle(notice, state=NoticeState.SKIPPED, skip_reason="收件人没有可用的电子邮箱")
        return Outcome.SKIPPED
    try:
        session.send(email_of(notice, address), before_text=lambda: hand_over(notice))
    except Unreachable as error:
        logger.warning("mail server unreachable", error=scrub(str(error)))
        postpone(notice, clock() + OUTAGE_PAUSE, error, attempts=F("attempts") - 1)
        return Outcome.UNREACHABLE
    except TryLater as error:
        return postpone_or_fail(notice, clock(), error)
    except (RefusedForGood, CannotRender) as error:
        return fail(notice, error)
    except NoAnswer as error:
        settle(notice, state=NoticeState.UNSURE, last_error=told(error))
        return Outcome.UNSURE
    except ClaimLost:
        return Outcome.POSTPONED
    settle(notice, state=NoticeState.DELIVERED, delivered_at=clock(), last_error="")
    return Outcome.SENT


def hand_over(notice: Notice) -> None:
    """Write down, before the text goes out, that it goes out; raises ClaimLost."""
    ours = Notice.objects.filter(
        pk=notice.pk, state=NoticeState.PENDING, claimed_until=notice.claimed_until
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


def postpone(notice: Notice, until: datetime, error: Exception, **changes: object) -> None:
    settle(
        notice,
        state=NoticeState.PENDING,
        next_attempt_at=until,
        last_error=told(error),
        **changes,
    )


def postpone_or_fail(notice: Notice, now: datetime, error: Exception) -> Outcome:
    if notice.attempts >= MAX_ATTEMPTS:
        return fail(notice, error)
    postpone(notice, now + backoff(notice.attempts), error)
    return Outcome.POSTPONED


def fail(notice: Notice, error: Exception) -> Outcome:
    logger.warning("notice failed", notice=notice.pk, error=scrub(str(error)))
    settle(notice, state=NoticeState.FAILED, last_error=told(error))
    return Outcome.FAILED


def told(error: Exception) -> str:
    """An error as kept on the row: without the address that servers like to repeat."""
    return str(scrub(str(error)))[:1000]
