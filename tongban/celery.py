"""Background work: one Celery app, four queues, and the commands that consume all of them.

Nothing rests on the broker alone. What is owed lies in PostgreSQL, the beat comes by every few
seconds, and every periodic task may run twice or late without harm, so a message lost with the
broker costs seconds and no more. There are no ETA tasks: a due moment is a column.
"""

import logging.config
import os
import sys
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from celery import Celery
from celery.signals import setup_logging
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")

# `nightly` apart from the rest: its tasks take most of a minute, and a deadline does not wait.
QUEUES = ("notices", "sweeps", "counts", "nightly")
TIME_LIMIT = 60
SOFT_TIME_LIMIT = 50
BROKER_OPTIONS: dict[str, Any] = {
    # A broker that is gone is noticed at once; a consumer waits for it as long as it takes.
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # A message that was taken and not acknowledged for so long goes to another worker. No task
    # lives longer than a minute, so whoever still holds one after a minute and a half is dead.
    "visibility_timeout": TIME_LIMIT * 3 // 2,
    # Every worker looks for such messages every ten seconds; kombu's own pace is every hundred.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # One who dies while looking keeps the others from it for ten seconds, not for five minutes.
    "unacked_mutex_expire": 10,
}


def broker_url(redis_url: str) -> str:
    """The same Redis as Celery spells it: ``unix:///run/x.sock?db=1`` is ``redis+socket://…``.

    Redis libraries agree on ``unix://``, Celery's transport has a scheme and a name for the
    database number of its own. Any other URL is passed on as it is.
    """
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    options = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    query = {"virtual_host": options["db"]} if options.get("db") else {}
    user = f"{parts.netloc}" if "@" in parts.netloc else ""
    return f"redis+socket://{user}{quote(parts.path)}" + (f"?{urlencode(query)}" if query else "")


def queues() -> list[Queue]:
    return [Queue(name, Exchange(name, type="direct"), routing_key=name) for name in QUEUES]


def worker_command(*, concurrency: int = 1, name: str = "celery") -> list[str]:
    """The command that starts a worker on every queue; ``up`` and a test use this one.

    Two on one machine want a name each.
    """
    return [
        *(sys.executable, "-m", "celery", "--app", "tongban", "--quiet", "worker"),
        *("--queues", ",".join(QUEUES), "--concurrency", str(concurrency)),
        *("--hostname", f"{name}@%h"),
        *("--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
    ]


def beat_command() -> list[str]:
    """The command that starts the beat; it keeps no file, so it may run anywhere."""
    return [
        *(sys.executable, "-m", "celery", "--app", "tongban", "--quiet", "beat"),
        *("--scheduler", "tongban.running.scheduler:KnowingScheduler"),
        *("--pidfile", "", "--loglevel", "WARNING"),
    ]


app = Celery("tongban")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_the_sites_logging(**_: Any) -> None:
    """Keep Celery from replacing our handlers: its own would print personal data unscrubbed."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
