"""People who are owed messages, and a real SMTP server that a test can make difficult."""

import asyncio
import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as email_policy
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings as site
from django.utils import timezone
from redis import Redis

from tongban.accounts.models import User
from tongban.notices import hints
from tongban.notices.models import Channel, Notice
from tongban.notices.outbox import Owed, notice_of
from tongban.notices.sms.demonstration.gateway import DemonstrationGateway
from tongban.notices.sms.templates import registered

# How long a test waits for another process before it is declared dead.
PATIENCE = 30


class Mailbox:
    """A mail server's inside: what arrived, and what it says at each point of the dialogue."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[EmailMessage] = queue.Queue()
        self.recipients: list[str] = []
        # Asked for each address ("250 OK" takes it) and for each message.
        self.answer_to_recipient: Callable[[str], str] = lambda _: "250 OK"
        self.answer_to_text: Callable[[EmailMessage], str] = lambda _: "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = await asyncio.to_thread(self.answer_to_recipient, address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            self.recipients.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.original_content or b"", policy=email_policy)
        assert isinstance(message, EmailMessage)
        # In a thread, which goes on when the client is gone: what a server has, it has.
        return await asyncio.to_thread(self.take, message)

    def take(self, message: EmailMessage) -> str:
        answer = self.answer_to_text(message)
        if answer.startswith("250"):
            self.arrived.put(message)
        return answer

    def messages(self) -> list[EmailMessage]:
        with self.arrived.mutex:
            return list(self.arrived.queue)


class Stall:
    """An answer that the server gives only when the test lets it go on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, _: object) -> str:
        self.reached.set()
        self.go_on.wait(PATIENCE)
        return "250 OK"


class MailServer:
    """A real SMTP server in a thread; started again after a stop it has the same port."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.port = 0
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve(ready)), daemon=True)
        self.thread.start()
        assert ready.wait(PATIENCE)

    def stop(self) -> None:
        if self.thread is not None:
            self.loop.call_soon_threadsafe(self.stopped.set)
            self.thread.join(PATIENCE)
            self.thread = None

    async def serve(self, ready: threading.Event) -> None:
        self.loop, self.stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await self.loop.create_server(
            lambda: SMTP(self.mailbox, hostname="mail.test"), "127.0.0.1", self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self.stopped.wait()
        server.close()


@pytest.fixture
def stall() -> Iterator[Stall]:
    stall = Stall()
    yield stall
    stall.go_on.set()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_server(mailbox: Mailbox, settings: Any) -> Iterator[MailServer]:
    """A running mail server, and a site that is set up to use it."""
    server = MailServer(mailbox)
    server.start()
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    settings.EMAIL_TIMEOUT = 5
    yield server
    server.stop()


@pytest.fixture
def citizen(db: None) -> User:
    """张小明, who lives in 万州 and reads e-mail."""
    return User.objects.create_user(
        username="zhang", name="张小明", kind="citizen", email="zhang@example.com"
    )


@pytest.fixture
def neighbour(db: None) -> User:
    """李梅, who lives in 达州 and has no e-mail."""
    return User.objects.create_user(username="li", name="李梅", kind="citizen")


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def owed_email(user: User, **changes: Any) -> Owed:
    values: dict[str, Any] = {
        "template": "accepted",
        "channel": Channel.EMAIL,
        "recipient": f"user:{user.pk}",
        "user_id": user.pk,
        "context": {
            "number": "CY512026112100001",
            "matter": "残疾人两项补贴",
            "office": "达州市通川区残疾人联合会",
            "url": "/my/cases/1/",
        },
        "event_key": f"case:1:{uuid4().hex[:8]}",
        "subject_kind": "case",
        "subject_key": "1",
        **changes,
    }
    return Owed(**values)


def owed_message(user: User, **changes: Any) -> Owed:
    return owed_email(user, **{"channel": Channel.INBOX, **changes})


def written(owed: Owed, **changes: Any) -> Notice:
    """The row, as the engine would have written it an hour ago."""
    notice = notice_of(owed, timezone.now() - timedelta(hours=1))
    for name, value in changes.items():
        setattr(notice, name, value)
    notice.save()
    return notice


@pytest.fixture
def redis_prefix(settings: Any) -> Iterator[str]:
    """Keys of this test's own on the real Redis, forgotten afterwards."""
    prefix = f"test-{uuid4().hex}:"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        **site.CELERY_BROKER_TRANSPORT_OPTIONS,
        "global_keyprefix": prefix,
    }
    hints.broker.cache_clear()
    hints.circuit.reset()
    yield prefix
    with Redis.from_url(site.REDIS_URL) as redis:
        for key in redis.scan_iter(f"{prefix}*"):
            redis.delete(key)
    hints.broker.cache_clear()
    hints.circuit.reset()


@pytest.fixture
def site_environment(redis_prefix: str) -> Callable[[], dict[str, str]]:
    """The environment in which another process works on this test's database, broker and mail."""

    def environment() -> dict[str, str]:
        database = site.DATABASES["default"]
        server = {
            "host": database["HOST"] or database["OPTIONS"].get("host", ""),
            "port": database["PORT"] or database["OPTIONS"].get("port", ""),
            "password": database["PASSWORD"],
        }
        options = urlencode({name: value for name, value in server.items() if value})
        return {
            **os.environ,
            "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?{options}",
            "REDIS_KEY_PREFIX": redis_prefix,
            "EMAIL_HOST": site.EMAIL_HOST,
            "EMAIL_PORT": str(site.EMAIL_PORT),
            "EMAIL_URL": "",
        }

    return environment


class SmsGateway(DemonstrationGateway):
    """The demonstration's gateway, running in a thread, that a test can make difficult."""

    def __init__(self, code: str, port: int = 0) -> None:
        super().__init__(port=port, key_id="key", secret="s" * 40, templates=registered())
        self.code = code
        self.asked: list[str] = []
        # Before and after the work itself; what it raises or how long it takes is up to the test.
        self.before: Callable[[str], object] = lambda _: None
        self.after: Callable[[str], object] = lambda _: None

    def answer(self, action: str, given: dict[str, str]) -> dict[str, Any]:
        self.asked.append(action)
        self.before(action)
        said = super().answer(action, given)
        self.after(action)
        return said

    @property
    def entry(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "url": f"http://127.0.0.1:{self.server_address[1]}",
            "key_id": self.key_id,
            "secret": self.secret,
            "read_seconds": 0.3,
        }

    @property
    def took(self) -> list[str]:
        """The notices that it has taken, by id, as often as it took them."""
        return [kept.out_id for kept in self.books.kept]

    def texts(self) -> list[str]:
        return [kept.text for kept in self.books.kept]

    def handle_error(self, *_: object) -> None:
        """A client that did not wait for the answer is no news here."""


@pytest.fixture
def start_gateway() -> Iterator[Callable[..., SmsGateway]]:
    running: list[SmsGateway] = []

    def start(code: str) -> SmsGateway:
        gateway = SmsGateway(code)
        threading.Thread(
            target=gateway.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        running.append(gateway)
        return gateway

    yield start
    for gateway in running:
        gateway.shutdown()
        gateway.server_close()


@pytest.fixture
def first_gateway(start_gateway: Callable[..., SmsGateway], settings: Any) -> SmsGateway:
    """The only gateway of the site, until a test adds another."""
    gateway = start_gateway("first")
    settings.DEMONSTRATION = True
    settings.SMS_GATEWAYS = [gateway.entry]
    return gateway


@pytest.fixture
def second_gateway(
    first_gateway: SmsGateway, start_gateway: Callable[..., SmsGateway], settings: Any
) -> SmsGateway:
    gateway = start_gateway("second")
    settings.SMS_GATEWAYS = [first_gateway.entry, gateway.entry]
    return gateway


@pytest.fixture
def caller(db: None) -> User:
    """王芳, who has a phone and no e-mail."""
    return User.objects.create_user(
        username="wang", name="王芳", kind="citizen", phone="13800001234"
    )


def owed_sms(user: User, **changes: Any) -> Owed:
    return owed_email(user, **{"channel": Channel.SMS, **changes})
