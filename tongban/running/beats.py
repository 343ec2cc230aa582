"""Who is alive, and how far behind each queue is."""

import datetime as dt
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from tongban.celery import BROKER_OPTIONS, QUEUES

from .models import Heartbeat

# A process beats as often; who was silent for longer than the second is taken for dead.
EVERY_SECONDS = 5.0
SILENT_SECONDS = 30.0
FORGOTTEN = dt.timedelta(hours=1)
# In each message's headers: the second since 1970 at which it was sent.
SENT_AT = "sent_at"

_BEAT = """
INSERT INTO running_heartbeat (name, kind, queues, began_at, at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (name) DO UPDATE SET at = excluded.at, queues = excluded.queues
"""


class BrokerGone(Exception):
    """Redis does not answer."""


@dataclass(frozen=True)
class Lag:
    """Messages that nobody has taken yet, and the age of the oldest; None: it does not say, or none."""

    waiting: int
    oldest_seconds: float | None


def beat(name: str, kind: str, *, queues: Iterable[str] = (), now: dt.datetime) -> None:
    """Write that this process is alive. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, (name, kind, sorted(queues), now, now))


def leave(name: str, *, now: dt.datetime) -> None:
    """The process ends as it should; those that never said so are forgotten after an hour."""
    Heartbeat.objects.filter(name=name).delete()
    Heartbeat.objects.filter(at__lt=now - FORGOTTEN).delete()


def heartbeats() -> list[Heartbeat]:
    """Workers and beats of the last hour, the liveliest first. One statement, a handful of rows."""
    return list(Heartbeat.objects.filter(at__gte=timezone.now() - FORGOTTEN).order_by("-at"))


def silence(
    found: Sequence[Heartbeat], kind: str, *, queue: str = "", now: dt.datetime
) -> float | None:
    """Seconds since one of this kind (which reads this queue) last beat; None: there is none."""
    ats = [each.at for each in found if each.kind == kind and (not queue or queue in each.queues)]
    return max(0.0, (now - max(ats)).total_seconds()) if ats else None


def queue_lags() -> dict[str, Lag]:
    """By queue. One round trip; raises BrokerGone."""
    options = {**BROKER_OPTIONS, **settings.CELERY_BROKER_TRANSPORT_OPTIONS}
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2
        ) as redis:
            asked = redis.pipeline(transaction=False)
            for queue in QUEUES:
                key = f"{options['global_keyprefix']}{queue}"
                # Messages come in on the left: the oldest is the last one.
                asked.llen(key).lindex(key, -1)
            answers = asked.execute()
    except (RedisError, OSError) as error:
        raise BrokerGone(type(error).__name__) from error
    pairs = zip(answers[::2], answers[1::2], strict=True)
    return {
        queue: Lag(waiting, _age(oldest))
        for queue, (waiting, oldest) in zip(QUEUES, pairs, strict=True)
    }


def _age(message: Any) -> float | None:
    if not message:
        return None
    try:
        sent_at = json.loads(message)["headers"].get(SENT_AT)
    except (ValueError, KeyError, AttributeError):
        return None
    return max(0.0, time.time() - float(sent_at)) if sent_at else None
