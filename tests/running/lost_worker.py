"""The site's Celery app with one task more: it says that it has begun, and waits to be let go on."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tongban.celery import app

__all__ = ["app"]

# In earnest as long as a task may live, and half as much again.
app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "visibility_timeout": 2,
    "unacked_restore_interval": 1,
}


@app.task(name="cases.held_up")
def held_up(folder: str) -> None:
    """Once a file `go` is there it writes `done`; each worker that begins it leaves its number."""
    place = Path(folder)
    (place / f"begun-{os.getpid()}").touch()
    while not (place / "go").exists():
        time.sleep(0.05)
    (place / "done").touch()
