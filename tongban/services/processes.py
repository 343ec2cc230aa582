"""Processes that an earlier, killed run has left behind: how they are known, and how they end."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

# Set for every child of `up` to the state folder that it works on.
MARK = "TONGBAN_UP"


def marked(state: Path) -> list[int]:
    """Those that an `up` over this state folder has started, whatever their parents have become."""
    mark = os.fsencode(f"{MARK}={state}")
    return [pid for pid in _others() if mark in _environment(pid)]


def at_home_in(folder: Path, program: str) -> list[int]:
    """Those of this program that work inside this folder: both servers change into their data."""
    return [
        pid
        for pid in _others()
        if _link(pid, "cwd") == str(folder)
        # After an update of the environment the kernel says "…/postgres (deleted)".
        and Path(_link(pid, "exe").removesuffix(" (deleted)")).name == program
    ]


def end(pids: Iterable[int], first: signal.Signals, *, seconds: float) -> None:
    """Asks with `first`, waits until all are gone, and kills what is left after `seconds`."""
    left = [pid for pid in pids if _sent(pid, first)]
    if not wait_until(lambda: not any(map(is_alive, left)), seconds=seconds):
        for pid in left:
            _sent(pid, signal.SIGKILL)
        wait_until(lambda: not any(map(is_alive, left)), seconds=5)


def is_alive(pid: int) -> bool:
    try:
        state = (
            Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
        )
    except (OSError, IndexError):
        return False
    return state not in "ZX"


def wait_until(holds: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it came to hold within that time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _others() -> Iterator[int]:
    proc = Path("/proc")
    pids = (
        (int(entry.name) for entry in proc.iterdir() if entry.name.isdigit())
        if proc.is_dir()
        else ()
    )
    return (pid for pid in pids if pid != os.getpid())


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:  # gone meanwhile, or somebody else's
        return []


def _link(pid: int, name: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        return ""


def _sent(pid: int, sign: signal.Signals) -> bool:
    try:
        os.kill(pid, sign)
    except (ProcessLookupError, PermissionError):
        return False
    return True
