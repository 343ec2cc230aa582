"""The parts of the site as processes that can be killed -9 at any moment, and come back."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random

from tongban.celery import beat_command, worker_command
from tongban.services.parts import web_command
from tongban.services.trouble import Trouble
from tongban.services.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parent.parent.parent


class Part:
    """One process in a session of its own; a killed one leaves orphans, as in life."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name, self.command, self.log = name, command, log
        self.process: subprocess.Popen[bytes] | None = None
        self.groups: list[int] = []

    def ensure(self) -> None:
        if self.process is None or self.process.poll() is not None:
            with self.log.open("ab") as output:
                self.process = subprocess.Popen(  # noqa: S603
                    self.command, cwd=CHECKOUT, start_new_session=True,
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                )  # fmt: skip
            self.groups.append(self.process.pid)

    def kill(self, luck: Random) -> str:
        """The main process alone, one of its children alone, or all at once. Says which."""
        if self.process is None or self.process.poll() is not None:
            return ""
        pid, how = self.process.pid, luck.choice(("main", "child", "all"))
        children = _children(pid)
        with contextlib.suppress(ProcessLookupError):
            if how == "all":
                os.killpg(pid, signal.SIGKILL)
            elif how == "child" and children:
                os.kill(luck.choice(children), signal.SIGKILL)
            else:
                how = "main"
                os.kill(pid, signal.SIGKILL)
        return f"{self.name}, {how}"

    def end(self) -> None:
        """It and all that its earlier lives have left."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)


class Broker:
    """Valkey, which keeps nothing over its death."""

    name = "broker"

    def __init__(self, valkey: Valkey) -> None:
        self.valkey = valkey

    def ensure(self) -> None:
        process = self.valkey.process
        if process is None or process.poll() is not None:
            self.valkey.start()

    def kill(self, _luck: Random) -> str:
        process = self.valkey.process
        if process is None or process.poll() is not None:
            return ""
        process.kill()
        process.wait()
        return self.name


class House:
    """All parts: kept alive by one thread, killed by another; quiet in between kills."""

    def __init__(self, state: Path, valkey: Valkey, port: int, luck: Random) -> None:
        logs = state / "log"
        self.parts: list[Part | Broker] = [
            Broker(valkey),
            Part("web", web_command(port), logs / "web.log"),
            *(
                Part(name, worker_command(name=name), logs / f"{name}.log")
                for name in ("worker-1", "worker-2")
            ),
            Part("beat", beat_command(), logs / "beat.log"),
        ]
        self.luck, self.kills = luck, Counter[str]()
        self.done = threading.Event()
        self.keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        for part in self.parts:
            part.ensure()
        self.keeper.start()

    def torment(self, *, until: float) -> None:
        """Every few seconds another part dies."""
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, self.luck.uniform(1.5, 5.0)))
            if time.monotonic() < until and (
                killed := self.luck.choice(self.parts).kill(self.luck)
            ):
                self.kills[killed] += 1

    def end(self) -> None:
        self.done.set()
        self.keeper.join(60)
        for part in self.parts:
            if isinstance(part, Part):
                part.end()

    def _keep(self) -> None:
        while not self.done.wait(self.luck.uniform(0.3, 2.0)):
            for part in self.parts:
                # One that was killed while it came up is started again in a moment.
                with contextlib.suppress(Trouble):
                    part.ensure()


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
