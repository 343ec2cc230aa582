"""A real worker and a real beat on the real broker; what they run is in tests/running."""

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as site
from redis import Redis

from tongban.accounts.models import User
from tongban.celery import app, beat_command, broker_url, worker_command
from tongban.notices import hints
from tongban.notices.models import Notice

from .conftest import PATIENCE, Mailbox, MailServer, owed_email, written


def test_a_misspelt_queue_is_refused_where_the_task_is_sent() -> None:
    with pytest.raises(Exception, match="notises"):
        app.tasks["notices.deliver"].apply_async(queue="notises")


@pytest.mark.parametrize(
    ("redis", "celery"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("rediss://:secret@redis.example:6380/2", "rediss://:secret@redis.example:6380/2"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock?db=", "redis+socket:///run/valkey.sock"),
        ("unix://:secret@/run/v.sock", "redis+socket://:secret@/run/v.sock"),
    ],
)
def test_the_broker_is_the_redis_of_the_settings(redis: str, celery: str) -> None:
    assert broker_url(redis) == celery


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_on_the_real_broker_delivers_what_was_owed_while_it_was_down(
    citizen: User,
    mail_server: MailServer,
    mailbox: Mailbox,
    site_environment: Callable[[], dict[str, str]],
) -> None:
    for _ in range(3):
        written(owed_email(citizen))
        hints.knock()

    worker = subprocess.Popen(  # noqa: S603
        worker_command(), env=site_environment(), start_new_session=True
    )
    try:
        for _ in range(3):
            mailbox.arrived.get(timeout=PATIENCE)
    finally:
        worker.terminate()
        assert worker.wait(PATIENCE) == 0

    # A worker asked to stop finishes what it has begun.
    assert set(Notice.objects.values_list("state", flat=True)) == {"delivered"}
    assert mailbox.messages() == []


def test_a_real_beat_sends_the_dispatcher_its_message(
    site_environment: Callable[[], dict[str, str]], redis_prefix: str, db: None
) -> None:
    beat = subprocess.Popen(  # noqa: S603
        beat_command(), env=site_environment(), start_new_session=True
    )
    try:
        with Redis.from_url(site.REDIS_URL, socket_timeout=None) as redis:
            # Of the entries on this queue it is one of the first two.
            sent: list[Any] = [
                redis.blpop([f"{redis_prefix}notices"], timeout=PATIENCE) for _ in range(2)
            ]
    finally:
        # It is still sending: asked politely it might finish after our patience.
        beat.kill()
        beat.wait(PATIENCE)

    # At once: nobody has ever run it.
    assert any(b"notices.deliver" in message for _, message in sent)
