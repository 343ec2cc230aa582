"""A knock on the dispatcher's door after a commit; nothing rests on its being heard."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import structlog
from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.pools import producers

logger = structlog.get_logger(__name__)

# A person waits behind a hint: half a second to connect, less for each answer. After one failure
# this process doesn't try again for a while; the beat comes by every ten seconds anyway.
TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.4}
PAUSE_SECONDS = 30.0
# "Retry" turns every client library's error into kombu's own; no retry is made. Without the policy
# kombu would sleep and try again for six seconds while it connects.
ONCE = {"max_retries": 0}


class Circuit:
    """Open after a failure, for a while: nobody knocks meanwhile. One for each process."""

    def __init__(self, pause_seconds: float) -> None:
        self.pause_seconds = pause_seconds
        self.open_until = 0.0

    def is_open(self) -> bool:
        return time.monotonic() < self.open_until

    def trip(self) -> None:
        self.open_until = time.monotonic() + self.pause_seconds

    def reset(self) -> None:
        self.open_until = 0.0


circuit = Circuit(PAUSE_SECONDS)
_nobody_is_hinted = ContextVar("nobody_is_hinted", default=False)


@contextmanager
def unhinted() -> Iterator[None]:
    """What is owed meanwhile waits for the beat: for weeks that are played in seconds."""
    token = _nobody_is_hinted.set(True)
    try:
        yield
    finally:
        _nobody_is_hinted.reset(token)


def hint_dispatcher() -> None:
    """Once the transaction commits, tell a worker that something is owed.

    Never raises for a broker and takes less than a second even when Redis is down or hangs. One
    transaction knocks once, however much it owes.
    """
    if _nobody_is_hinted.get():
        return
    waiting = transaction.get_connection().run_on_commit
    if all(each is not knock for _, each, *_ in waiting):
        transaction.on_commit(knock)


def knock() -> None:
    from tongban.notices.tasks import deliver

    if circuit.is_open():
        return
    try:
        with producers[broker()].acquire(block=True, timeout=0.5) as producer:
            deliver.apply_async(producer=producer, retry=True, retry_policy=ONCE, expires=60)
    except OperationalError as error:
        circuit.trip()
        logger.warning("dispatcher not hinted", error=type(error).__name__)


@cache
def broker() -> Connection:
    """Apart from Celery's own connections, whose patience suits a worker and not a web page."""
    return Connection(
        settings.CELERY_BROKER_URL,
        transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **TIMEOUTS, **ONCE},
    )
