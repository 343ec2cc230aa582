"""Valkey (it speaks Redis) on a Unix socket of this installation.

Nothing is kept over a restart: what is owed lies in PostgreSQL, the broker only carries hints.
"""

import contextlib
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tongban.services import processes
from tongban.services.account import Account
from tongban.services.places import Places
from tongban.services.postgres import ENVIRONMENT
from tongban.services.trouble import Trouble


@dataclass(slots=True)
class Valkey:
    places: Places
    account: Account
    program: Path
    process: subprocess.Popen[bytes] | None = None

    title = "Valkey"

    def start(self) -> None:
        self.clear_leftovers()
        self.account.private_folder(self.places.broker)
        self.account.private_folder(self.places.sockets)
        self.places.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = self.places.logs / "valkey.log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    *(self.program, "--port", "0", "--unixsocket", self.places.broker_socket),
                    *("--unixsocketperm", "700", "--dir", self.places.broker),
                    *("--save", "", "--appendonly", "no", "--daemonize", "no"),
                ],
                **self.account.lent(),
                cwd=self.places.broker,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        process = self.process
        processes.wait_until(lambda: process.poll() is not None or self._answers(), seconds=20)
        if process.poll() is not None or not self._answers():
            self.stop()
            raise Trouble(f"Valkey 没有启动，原因在 {log} 的末尾。")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def clear_leftovers(self) -> None:
        left = processes.at_home_in(self.places.broker, "valkey-server")
        processes.end(left, signal.SIGTERM, seconds=5)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
            connection.settimeout(1)
            connection.connect(str(self.places.broker_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False
