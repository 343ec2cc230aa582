"""The long-running parts of the site as children of one process, their lines in one terminal."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from tongban.services.narration import say

SECONDS_TO_FINISH = 12.0


@dataclass(frozen=True, slots=True)
class Ended:
    title: str
    code: int


class Children:
    """Each in a session of its own: a Ctrl-C in the terminal reaches only who stops them."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._readers: list[threading.Thread] = []
        self._ends: queue.SimpleQueue[Ended] = queue.SimpleQueue()

    def start(self, title: str, command: Sequence[str]) -> None:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._processes.append(process)
        assert process.stdout is not None  # noqa: S101 - asked for above
        reader = threading.Thread(target=_relay, args=(title, process.stdout), daemon=True)
        reader.start()
        self._readers.append(reader)
        self.watch(title, process)

    def watch(self, title: str, process: subprocess.Popen[bytes]) -> None:
        """Reports the end of a process that somebody else stops."""

        def wait() -> None:
            self._ends.put(Ended(title, process.wait()))

        threading.Thread(target=wait, daemon=True).start()

    def first_end(self, *, seconds: float | None = None) -> Ended | None:
        """Blocks until one of them ends, or until the time is over."""
        try:
            return self._ends.get(timeout=seconds)
        except queue.Empty:
            return None

    def stop(self) -> None:
        """Asks all at once, then kills what is left of their sessions."""
        for process in self._processes:
            _signal_session(process, signal.SIGTERM, leader_only=True)
        deadline = time.monotonic() + SECONDS_TO_FINISH
        for process in self._processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue
        self.kill()
        for reader in self._readers:
            reader.join(2)

    def kill(self) -> None:
        for process in self._processes:
            _signal_session(process, signal.SIGKILL, leader_only=False)


def _signal_session(
    process: subprocess.Popen[bytes], sign: signal.Signals, *, leader_only: bool
) -> None:
    try:
        if leader_only:
            process.send_signal(sign)
        else:
            os.killpg(process.pid, sign)
    except (ProcessLookupError, PermissionError):
        return


def _relay(title: str, output: IO[bytes]) -> None:
    """Every line as it comes, with the part's name before it."""
    with output:
        for line in output:
            # A terminal that has gone must not make the part wait on its pipe.
            with contextlib.suppress(OSError, ValueError):
                say(f"{title} │ {line.decode('utf-8', 'replace').rstrip()}")
