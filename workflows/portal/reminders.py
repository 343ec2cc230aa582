"""到时提醒我: a notice that is owed on the day from which something can be done, once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from matters.catalogue.models import Matter
from tongban.accounts.models import User
from tongban.notices.outbox import Owed, channels_for, owe, recipient_of
from tongban.running.budget import IsOver, never

from .models import Reminder

# Nobody is woken: the day's reminders go out in the morning.
HOUR = dt.time(8)
AT_ONCE = 200


def remind(*, user: User, matter: Matter, on: dt.date) -> Reminder:
    """Owe the person a notice on that day; asked twice it is owed once. One statement."""
    due_at = timezone.make_aware(dt.datetime.combine(on, HOUR))
    kept, _ = Reminder.objects.get_or_create(
        user=user, matter=matter, due_at=due_at, defaults={"made_at": timezone.now()}
    )
    return kept


def forget(*, user: User, matter: Matter, on: dt.date) -> None:
    """Take it back, if it has not been sent."""
    due_at = timezone.make_aware(dt.datetime.combine(on, HOUR))
    Reminder.objects.filter(user=user, matter=matter, due_at=due_at, sent_at=None).delete()


def is_asked_for(*, user: User, matter: Matter, on: dt.date) -> bool:
    due_at = timezone.make_aware(dt.datetime.combine(on, HOUR))
    return Reminder.objects.filter(user=user, matter=matter, due_at=due_at).exists()


def send_reminders(*, now: dt.datetime, limit: int = AT_ONCE, is_over: IsOver = never) -> int:
    """Write the notices whose day has come; how many. Safe to run twice at once.

    The notice and the mark that it was written are one transaction, and the notice's key is the
    reminder's: however often this runs, the person is told once.
    """
    sent = 0
    while True:
        count = _send_some(now, limit)
        sent += count
        if count < limit or is_over():
            return sent


def _send_some(now: dt.datetime, limit: int) -> int:
    with transaction.atomic():
        due = Reminder.objects.filter(sent_at=None, due_at__lte=now).select_related(
            "user", "matter"
        )
        some = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:limit])
        owe([each for reminder in some for each in _owed(reminder)], now)
        Reminder.objects.filter(pk__in=[each.pk for each in some]).update(sent_at=now)
    return len(some)


def _owed(reminder: Reminder) -> list[Owed]:
    user, matter = reminder.user, reminder.matter
    if not user.is_active:
        return []
    return [
        Owed(
            template="can_be_done",
            channel=channel,
            recipient=recipient_of(user.pk),
            user_id=user.pk,
            context={"matter": matter.name, "url": f"/matters/{matter.slug}/"},
            event_key=f"reminder:{reminder.pk}",
            subject_kind="matter",
            subject_key=matter.slug,
        )
        for channel in channels_for(user, "can_be_done")
    ]
