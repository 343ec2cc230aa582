"""Systems hear of what happens in their offices' cases: signed, once, and again until it is taken."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from tests.world import SUBSIDY, World
from tongban.notices import webhooks
from tongban.notices.models import Endpoint, Notice
from tongban.notices.webhooks import (
    Forged,
    UnfitAddress,
    deliver_webhooks,
    require_fit,
    signature,
    verify,
)

SECRET = "s" * 43


class Receiver(HTTPServer):
    """A bank's computer that keeps what it gets and answers as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.got: list[tuple[str, str, bytes]] = []
        self.answer = 204


class Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        delivery = self.headers["X-Tongban-Delivery"]
        server.got.append((delivery, self.headers["X-Tongban-Signature"], body))
        self.send_response(server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.DEMONSTRATION = True
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def endpoint(world: World, receiver: Receiver) -> Endpoint:
    return Endpoint.objects.create(
        name="属地业务系统",
        url=f"http://127.0.0.1:{receiver.server_port}/events",
        secret=SECRET,
        office_ids=[world.office("511702", "civil_affairs").pk],
    )


def owed() -> list[Notice]:
    return list(Notice.objects.filter(channel="webhook").order_by("id"))


def test_an_event_reaches_the_system_once_and_signed(
    world: World, endpoint: Endpoint, receiver: Receiver
) -> None:
    case = world.open(SUBSIDY)
    assert deliver_webhooks().sent == 1
    assert deliver_webhooks().sent == 0
    delivery, header, body = receiver.got[0]
    verify(SECRET, body, header, now=timezone.now())
    told = json.loads(body)
    assert (told["id"], told["number"], told["step"], told["seq"]) == (
        int(delivery), case.number, "open", 1,
    )  # fmt: skip
    assert set(told) == {"id", "event", "number", "step", "state", "seq", "at"}


def test_what_is_owed_is_owed_once_however_often_it_is_written(
    world: World, endpoint: Endpoint
) -> None:
    world.open(SUBSIDY)
    row = owed()[0]
    row.pk = None
    assert Notice.objects.bulk_create([row], ignore_conflicts=True)
    assert len(owed()) == 1


def test_systems_of_other_offices_hear_nothing(world: World, endpoint: Endpoint) -> None:
    Endpoint.objects.update(office_ids=[world.office("500103", "civil_affairs").pk])
    world.open(SUBSIDY)
    assert owed() == []


def test_a_receiver_that_is_down_gets_it_later_under_the_same_id(
    world: World, endpoint: Endpoint, receiver: Receiver
) -> None:
    world.open(SUBSIDY)
    receiver.answer = 503
    now = timezone.now()
    assert deliver_webhooks(now=now).postponed == 1
    waiting = owed()[0]
    assert (waiting.state, waiting.last_error) == ("pending", "HTTP 503")
    assert deliver_webhooks(now=now).postponed == 0
    receiver.answer = 200
    assert deliver_webhooks(now=now + dt.timedelta(minutes=1)).sent == 1
    assert len({delivery for delivery, _, _ in receiver.got}) == 1


def test_after_eight_tries_a_person_is_asked(
    world: World, endpoint: Endpoint, receiver: Receiver
) -> None:
    world.open(SUBSIDY)
    receiver.answer = 302  # nobody is led elsewhere
    now = timezone.now()
    for _ in range(8):
        deliver_webhooks(now=now)
        now += dt.timedelta(days=60)
    assert owed()[0].state == "failed"
    assert len(receiver.got) == 8


def test_nobody_there_is_no_crash(world: World, endpoint: Endpoint, receiver: Receiver) -> None:
    Endpoint.objects.update(url="http://127.0.0.1:9/events")
    world.open(SUBSIDY)
    assert deliver_webhooks().postponed == 1


def test_a_system_that_hangs_takes_no_time_from_the_others(
    world: World, endpoint: Endpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten seconds for each of its events would fill every run; one knock is enough for one."""
    dead = Endpoint.objects.create(
        name="不回应的系统",
        url="http://127.0.0.1:9/",
        secret=SECRET,
        office_ids=endpoint.office_ids,
    )
    for _ in range(3):
        world.open(SUBSIDY)
    knocked: list[str] = []
    ask = webhooks._post

    def counted(to: Endpoint, *rest: Any) -> int:
        knocked.append(to.name)
        return ask(to, *rest)

    monkeypatch.setattr(webhooks, "_post", counted)
    now = timezone.now()
    done = deliver_webhooks(now=now)

    assert (done.sent, done.postponed, len(receiver.got)) == (3, 3, 3)
    assert knocked.count(dead.name) == 1
    theirs = Notice.objects.filter(recipient=f"endpoint:{dead.pk}")
    # No try is used up by an event that was not offered.
    assert sorted(theirs.values_list("attempts", flat=True)) == [0, 0, 1]
    dead.url = endpoint.url
    dead.save()
    for minutes in (2, 4):
        deliver_webhooks(now=now + dt.timedelta(minutes=minutes))
    assert set(theirs.values_list("state", flat=True)) == {"delivered"}


def test_an_address_that_was_switched_off_gets_nothing_any_more(
    world: World, endpoint: Endpoint, receiver: Receiver
) -> None:
    world.open(SUBSIDY)
    Endpoint.objects.update(is_active=False)
    assert deliver_webhooks().skipped == 1
    world.open(SUBSIDY)
    assert len(owed()) == 1
    assert receiver.got == []


@pytest.mark.parametrize("header", ["", "t=x,v1=y", "v1=00", "t=²,v1=00", "t=99999999999999,v1=00"])
def test_a_forged_or_old_body_is_not_believed(header: str) -> None:
    now = timezone.now()
    with pytest.raises(Forged):
        verify(SECRET, b"{}", header, now=now)
    good = signature(SECRET, b"{}", now)
    verify(SECRET, b"{}", good, now=now)
    for body, secret, later in ((b"[]", SECRET, 0), (b"{}", "other", 0), (b"{}", SECRET, 600)):
        with pytest.raises(Forged):
            verify(secret, body, good, now=now + dt.timedelta(seconds=later))


@pytest.mark.parametrize(
    "url", ["http://bank.example/", "ftp://bank.example/", "https://u:p@bank.example/", "//x", "x"]
)
def test_events_leave_over_https_only(url: str, settings: Settings) -> None:
    settings.DEMONSTRATION = True
    with pytest.raises(UnfitAddress):
        require_fit(url)
    settings.DEMONSTRATION = False
    with pytest.raises(UnfitAddress):
        require_fit("http://127.0.0.1/")
    require_fit("https://bank.example/events")


def test_the_command_registers_an_address(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://bank.example/events"
    call_command("add_webhook", url, "--name", "银行", "--office", "510000-bank")
    kept = Endpoint.objects.get()
    assert kept.secret == capsys.readouterr().out.strip()
    with pytest.raises(CommandError, match="https"):
        call_command("add_webhook", "http://bank.example/", "--name", "银行", "--office", "x")
