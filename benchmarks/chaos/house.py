"""The run itself, once the settings are those of this house."""

from __future__ import annotations

import argparse
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tongban.services.valkey import Valkey

from .ground import ground
from .load import Writer
from .parts import House
from .proof import SHOWN, is_drained, prove
from .receivers import HOST, Hooks, MailServer

# Claims of workers that died run out after two minutes; a mail server that was away is asked again
# after one; the sweep comes twice a minute.
SECONDS_TO_DRAIN = 420.0


def tormented(
    args: argparse.Namespace,
    state: Path,
    valkey: Valkey,
    port: int,
    mail: MailServer,
    hooks: Hooks,
) -> dict[str, Any]:
    """Load and kills for so many minutes, then quiet, then the proof."""
    call_command("migrate", verbosity=0)
    place = ground(hooks.url, hooks.secret)
    luck, stop = Random(args.seed), threading.Event()  # noqa: S311
    house = House(state, valkey, port, luck)
    writers = [
        Writer(place, f"http://{HOST}:{port}", Random(args.seed + number), args.pause, stop)  # noqa: S311
        for number in range(1, args.writers + 1)
    ]
    threads = [threading.Thread(target=writer.work, daemon=True) for writer in writers]
    house.start()
    began = time.monotonic()
    try:
        for thread in threads:
            thread.start()
        house.torment(until=began + args.minutes * 60)
        stop.set()
        for thread in threads:
            thread.join(180)
        loaded = time.monotonic() - began
        drained = _drained()
    finally:
        stop.set()
        house.end()
    proof = prove(place, [writer.books for writer in writers], mail, hooks)
    if drained is None:
        proof.misses.append(f"not drained within {SECONDS_TO_DRAIN:.0f} s")
    return {
        "minutes": args.minutes,
        "seconds of load": round(loaded),
        "kills": dict(sorted(house.kills.items())),
        "kills in all": house.kills.total(),
        "seconds to drain": drained and round(drained),
        **proof.counted,
        "misses": len(proof.misses),
        "first misses": proof.misses[:SHOWN],
    }


def _drained() -> float | None:
    """Seconds until nothing was left; None: something still is."""
    began = time.monotonic()
    while time.monotonic() - began < SECONDS_TO_DRAIN:
        if is_drained(timezone.now()):
            return time.monotonic() - began
        connection.close()
        time.sleep(2)
    return None
