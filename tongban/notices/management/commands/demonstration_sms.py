import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from tongban.notices.sms.demonstration.gateway import HOST, Books, DemonstrationGateway
from tongban.notices.sms.demonstration.place import KEY_ID, SECRET_NAME
from tongban.notices.sms.templates import SmsTemplate, registered
from tongban.notices.wording.editing import approved_as


def approved_later(code: str) -> SmsTemplate | None:
    """In a thread of one request, which leaves no connection behind."""
    try:
        return approved_as(code)
    finally:
        connections.close_all()


class Command(BaseCommand):
    help = "Run the demonstration's SMS gateway: it keeps what it takes and sends nothing on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8026, help="default %(default)s")
        parser.add_argument("--file", type=Path, help="default: sms.jsonl among the site's files")

    def handle(self, *_: Any, port: int, file: Path | None, **__: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("只在演示环境运行")
        secret = os.environ.get(SECRET_NAME)
        if not secret:
            raise CommandError(f"请在 {SECRET_NAME} 里给出密钥")
        connections.close_all()
        books = Books(file or Path(settings.VAR_DIR) / "sms.jsonl")
        try:
            gateway = DemonstrationGateway(
                port=port, key_id=KEY_ID, secret=secret, templates=registered(), books=books,
                approved_later=approved_later,
            )  # fmt: skip
        except OSError as error:
            raise CommandError(f"Port {port} can't be used: {error.strerror}") from error
        for asked in (signal.SIGTERM, signal.SIGINT):
            # Shutting down waits for the loop that the signal has interrupted.
            signal.signal(asked, lambda *_: threading.Thread(target=gateway.shutdown).start())
        self.stdout.write(f"SMS gateway on {HOST}:{port}")
        self.stdout.flush()
        with gateway:
            gateway.serve_forever()
