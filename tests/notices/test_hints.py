"""A hint to the dispatcher: after the commit, best effort, and never at the person's expense."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site
from django.db import transaction
from django.utils import timezone
from redis import Redis

from tongban.accounts.models import User
from tongban.celery import app
from tongban.notices import hints
from tongban.notices.models import Notice
from tongban.notices.outbox import owe

from .conftest import PATIENCE, closed_port, owed_email, owed_message

NOW = timezone.now()
A_SECOND = 1.0


@pytest.fixture
def broker_at(settings: Any, redis_prefix: str) -> Iterator[Any]:
    """Points the hints at another broker."""

    def point(url: str) -> None:
        settings.CELERY_BROKER_URL = url
        hints.broker.cache_clear()

    yield point
    hints.broker.cache_clear()


def seconds_of_a_knock() -> float:
    began = time.monotonic()
    hints.knock()
    return time.monotonic() - began


def waiting_messages(prefix: str) -> int:
    with Redis.from_url(site.REDIS_URL) as redis:
        return int(redis.llen(f"{prefix}notices"))


def test_a_hint_puts_one_message_into_the_queue_of_the_dispatcher(redis_prefix: str) -> None:
    hints.knock()

    assert waiting_messages(redis_prefix) == 1
    assert not hints.circuit.is_open()


@pytest.mark.django_db(transaction=True)
def test_the_hint_comes_after_the_commit_and_only_for_what_a_dispatcher_delivers(
    citizen: User, redis_prefix: str
) -> None:
    with transaction.atomic():
        owe([owed_email(citizen)], NOW)
        assert waiting_messages(redis_prefix) == 0
    assert waiting_messages(redis_prefix) == 1

    owe([owed_message(citizen)], NOW)
    with transaction.atomic():
        owe([owed_email(citizen)], NOW)
        transaction.set_rollback(True)
    assert waiting_messages(redis_prefix) == 1


def test_a_closed_port_costs_less_than_a_second_and_then_nothing_for_a_while(
    broker_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker_at(f"redis://127.0.0.1:{closed_port()}/0")

    assert seconds_of_a_knock() < A_SECOND
    assert hints.circuit.is_open()

    with monkeypatch.context() as patch:
        patch.setattr(hints, "broker", pytest.fail)
        hints.knock()


def test_a_broker_that_accepts_and_says_nothing_costs_less_than_a_second(broker_at: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker_at(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")

        assert seconds_of_a_knock() < A_SECOND

    assert hints.circuit.is_open()


def test_a_silent_broker_behind_a_socket_file_costs_less_than_a_second(
    broker_at: Any, tmp_path: Path
) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()
        broker_at(f"redis+socket://{path}")

        assert seconds_of_a_knock() < A_SECOND


def test_a_connection_that_broke_since_the_last_hint_is_swallowed_too(broker_at: Any) -> None:
    """Redis was restarted: the error of the kept connection comes out of another layer."""
    with Door() as door:
        broker_at(f"redis://127.0.0.1:{door.port}/0")
        hints.knock()
        assert not hints.circuit.is_open()
        door.shut()

        assert seconds_of_a_knock() < A_SECOND

    assert hints.circuit.is_open()


@pytest.mark.django_db(transaction=True)
def test_what_is_owed_is_written_though_the_broker_is_down(citizen: User, broker_at: Any) -> None:
    broker_at(f"redis://127.0.0.1:{closed_port()}/0")

    owe([owed_email(citizen)], NOW)

    assert Notice.objects.get().state == "pending"


def test_after_the_pause_hints_are_tried_again(redis_prefix: str) -> None:
    circuit = hints.Circuit(pause_seconds=0.0)

    circuit.trip()

    assert not circuit.is_open()


def test_a_fault_of_our_own_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch, redis_prefix: str
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise TypeError("a programming error")

    monkeypatch.setattr(app.tasks["notices.deliver"], "apply_async", broken)

    with pytest.raises(TypeError):
        hints.knock()


class Door:
    """A TCP port in front of the real broker; once shut, nobody gets in and those inside are out."""

    def __init__(self) -> None:
        self.port = 0
        self.open = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)

    def __enter__(self) -> "Door":
        self.thread.start()
        assert self.open.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()

    def shut(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.closing.set)
            self.thread.join(PATIENCE)

    async def serve(self) -> None:
        self.loop, self.closing = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self.let_in, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.open.set()
        await self.closing.wait()
        server.close()

    async def let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = urlsplit(site.REDIS_URL)
        if to.scheme == "unix":
            inside = await asyncio.open_unix_connection(to.path)
        else:
            inside = await asyncio.open_connection(to.hostname, to.port)
        await asyncio.gather(carry(reader, inside[1]), carry(inside[0], writer))


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


@pytest.mark.django_db(transaction=True)
def test_weeks_that_are_played_in_seconds_knock_nowhere(citizen: User, redis_prefix: str) -> None:
    with hints.unhinted():
        owe([owed_email(citizen)], NOW)

    assert waiting_messages(redis_prefix) == 0
    assert Notice.objects.get().state == "pending"
