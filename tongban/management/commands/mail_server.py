"""The demonstration's own mail server: takes every message and keeps it as a file."""

import asyncio
import signal
from datetime import UTC, datetime
from email.policy import SMTP as WIRE
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

HOST = "127.0.0.1"


class Mailbox:
    """Keeps each message as one .eml file, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid4().hex[:12]}"
        growing = self.folder / f".{name}"
        growing.write_bytes(received_header(envelope) + (envelope.original_content or b""))
        growing.rename(self.folder / f"{name}.eml")
        return "250 kept"


def received_header(envelope: Envelope) -> bytes:
    """Whom it went to, as the message itself may not say."""
    return f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}{WIRE.linesep}".encode()


class Command(BaseCommand):
    help = "Take e-mail on this machine and keep it under var/mail; nothing is sent on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8025, help="default %(default)s")
        parser.add_argument("--folder", type=Path, help="default: mail among the site's files")

    def handle(self, *_: Any, port: int, folder: Path | None, **__: Any) -> None:
        folder = folder or Path(settings.VAR_DIR) / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            asyncio.run(self.serve(folder, port))
        except OSError as error:
            raise CommandError(f"Port {port} can't be used: {error.strerror}") from error

    async def serve(self, folder: Path, port: int) -> None:
        """Until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(asked, stop.set)
        box = Mailbox(folder)
        server = await loop.create_server(lambda: SMTP(box, hostname="tongban"), HOST, port)
        self.stdout.write(f"mail server on {HOST}:{port}, messages in {folder}")
        self.stdout.flush()
        await stop.wait()
        # Not waited for: a client that keeps its connection open would keep us up.
        server.close()
