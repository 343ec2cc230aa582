"""Where the local data, keys, sockets and logs of this checkout lie. Only the standard library:
the settings read it before anything else is there."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parent.parent.parent

# A Unix socket's path is refused from 108 bytes on.
LONGEST_SOCKET_PATH = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders and files of one local installation; nothing here is created by asking for it."""

    state: Path
    sockets: Path

    @property
    def database(self) -> Path:
        return self.state / "postgresql"

    @property
    def broker(self) -> Path:
        return self.state / "valkey"

    @property
    def binaries(self) -> Path:
        return self.state / "binaries"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def keys(self) -> Path:
        return self.state / "keys.json"

    @property
    def lock(self) -> Path:
        return self.state / "up.lock"

    @property
    def broker_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        return f"postgres://tongban@{quote(str(self.sockets), safe='')}/tongban"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.broker_socket}"


def fits(folder: Path) -> bool:
    """Whether sockets in this folder stay within the 107 bytes that the kernel allows."""
    return len(os.fsencode(folder / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH


def fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def places_of(checkout: Path, *, uid: int, environ: Mapping[str, str]) -> Places:
    """`var/` of the checkout; for root `/var/lib/tongban-…`, where an unprivileged server can go.

    The answer depends on nothing that differs between two terminals of the same person, so that a
    command typed by hand finds the servers that `make up` has started.
    """
    if chosen := environ.get("TONGBAN_VAR"):
        state = Path(chosen).resolve()
    elif uid == 0:
        state = Path(f"/var/lib/tongban-{fingerprint(checkout)}")
    else:
        state = checkout / "var"
    sockets = state / "run"
    if not fits(sockets):
        sockets = Path(f"/tmp/tongban-{uid}-{fingerprint(state)}")  # noqa: S108 - owner and mode are checked
    return Places(state=state, sockets=sockets)


def local_places() -> Places:
    return places_of(CHECKOUT, uid=os.getuid(), environ=os.environ)
