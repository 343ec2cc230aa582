"""Throw-away servers for a test run: beside a running `make up`, and gone with the run."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tongban import keyring
from tongban.services import processes
from tongban.services.leftovers import end_all, end_parts
from tongban.services.places import CHECKOUT, Places, places_of
from tongban.services.postgres import FLEETING
from tongban.services.servers import own_servers, running

PREFIX = f"tongban-test-{os.getuid()}-"
# Not TMPDIR, which may be too long for sockets. Each run makes a folder of its own in it.
FOLDER = Path("/tmp")  # noqa: S108
SECONDS_TO_LOCK = 10  # a folder younger than this may be about to be locked


@contextmanager
def rehearsal(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The environment of the commands to run; servers that the person named stay theirs."""
    _sweep()
    state = Path(tempfile.mkdtemp(prefix=PREFIX, dir=FOLDER))
    state.chmod(0o711)
    places = _places(state)
    with ExitStack() as stack:
        stack.enter_context(_locked(state, fcntl.LOCK_EX))
        stack.callback(shutil.rmtree, state, ignore_errors=True)
        stack.callback(end_parts, places)
        for server in own_servers(places, environ=environ, tuning=FLEETING):
            stack.enter_context(running(server))
        yield {
            "DATABASE_URL": places.database_url,
            "REDIS_URL": places.redis_url,
            **keyring.fresh(),
            **{name: value for name, value in environ.items() if value},
            "TONGBAN_VAR": str(state),
            processes.MARK: str(state),
        }


@contextmanager
def _locked(folder: Path, operation: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, operation)
        yield
    finally:
        os.close(descriptor)


def _places(state: Path) -> Places:
    return places_of(CHECKOUT, uid=os.getuid(), environ={"TONGBAN_VAR": str(state)})


def _sweep() -> None:
    """Removes what killed test runs have left: their folders are no longer locked."""
    for state in FOLDER.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), _locked(state, fcntl.LOCK_EX | fcntl.LOCK_NB):
            if time.time() - state.stat().st_mtime > SECONDS_TO_LOCK:
                end_all(_places(state))
                shutil.rmtree(state, ignore_errors=True)
