"""One `up` at a time over one state folder. The kernel drops the lock when its holder dies."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tongban.services.processes import wait_until
from tongban.services.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Holder:
    pid: int
    address: str


@contextmanager
def sole_run(lock: Path, *, address: str) -> Iterator[None]:
    """Raises Trouble, naming the other one, while another holds it."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Whoever looks up the holder takes the lock for a moment.
        if not wait_until(lambda: _locked(descriptor), seconds=0.3):
            other = holder(lock)
            where = f"（{other.address}，进程 {other.pid}）" if other else ""
            raise Trouble(f"本站已经在运行{where}：直接打开它，或先用 make stop 停止。")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(Holder(os.getpid(), address))).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(lock: Path) -> Holder | None:
    """Who holds it now, if anybody."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        if _locked(descriptor):
            return None
        return Holder(**json.loads(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):  # taken this very moment, not written yet
        return None
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
