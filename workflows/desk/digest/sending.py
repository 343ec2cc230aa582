"""The digest of a day, owed once to each clerk who wants it, some at a time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from tongban.accounts.actors import Actor, actor_of
from tongban.accounts.models import User
from tongban.notices.models import Channel
from tongban.notices.outbox import Owed, email_is_configured, owe, recipient_of
from tongban.offices.calendar import calendar_for
from tongban.running.budget import IsOver
from tongban.running.slots import in_slices

from .contents import context_of, digest_of

NAME = "desk.digest"
BATCH = 20


def send_digests(now: dt.datetime) -> bool:
    """Owe today's digests; True once all are. On a working day only, and where e-mail is set up."""
    day = timezone.localdate(now)
    if not email_is_configured() or not calendar_for("").is_working(day):
        return True

    def some(cursor: Any, is_over: IsOver) -> Any:
        return _some(int(cursor or 0), now, is_over)

    return in_slices(NAME, day.isoformat(), some)


def _some(after: int, now: dt.datetime, is_over: IsOver) -> int | None:
    """The next of those who want one, by id; the last one's id, or None when there was none."""
    wanting = User.objects.filter(
        notice_preference__digest=True, is_active=True, kind=User.Kind.STAFF, pk__gt=after
    ).exclude(email="")
    done = None
    for user_id in wanting.order_by("pk").values_list("pk", flat=True)[:BATCH]:
        send_digest(user_id, now)
        done = user_id
        if is_over():
            break
    return done


def send_digest(user_id: int, now: dt.datetime) -> None:
    """One clerk's, once a day however often it is called."""
    try:
        actor = actor_of(user_id, on=timezone.localdate(now))
    except Actor.Gone:
        return
    if not actor.desks:
        return
    day = timezone.localdate(now)
    midnight = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    owed = Owed(
        template="digest",
        channel=Channel.EMAIL,
        recipient=recipient_of(user_id),
        user_id=user_id,
        context=context_of(digest_of(actor, now), now),
        event_key=f"digest:{day.isoformat()}",
        subject_kind="digest",
        subject_key=day.isoformat(),
        useful_until=midnight,
    )
    owe([owed], now)
