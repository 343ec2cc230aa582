"""The world outside: a mail server and a system that hears of events; both keep what they took."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


class MailServer:
    """A real SMTP server. `taken`: how often each Message-ID was accepted."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.port = free_port()

    def start(self) -> None:
        self.controller = Controller(self, hostname=HOST, port=self.port)
        self.controller.start()

    def stop(self) -> None:
        self.controller.stop()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.original_content or b"")
        self.taken[str(message["Message-ID"])] += 1
        return "250 OK"


class Hooks:
    """A receiver that does as the documentation says: checks the signature, drops what it had."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.on_the_wire: Counter[str] = Counter()
        self.forged = 0
        self.url = ""

    def start(self) -> None:
        self.server = ThreadingHTTPServer((HOST, 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://{HOST}:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                from tongban.notices.webhooks import Forged, verify

                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    header = self.headers["X-Tongban-Signature"]
                    verify(receiver.secret, body, header, now=timezone.now())
                except Forged:
                    receiver.forged += 1
                with lock:
                    receiver.on_the_wire[self.headers["X-Tongban-Delivery"]] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        return Handler
