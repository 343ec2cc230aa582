"""The ledger 流转记录: each case's events chained by hash; `ledger_writing` writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NoReturn

from tongban.prepared import MicrosecondEncoder

from .models import Event

# What the hash covers. A column that Event gets later goes into LATER and is hashed only where it
# is filled: the events of before keep the hashes they have.
HASHED = (
    "case_id", "seq", "step", "from_state", "to_state", "stage",
    "actor_id", "actor_kind", "actor_name", "seat", "office_id", "province",
    "to_office_id", "to_province", "origin_province", "owner_province", "matter_id", "mode",
    "is_root", "counts_as", "outcome", "is_late", "working_days", "data", "at", "recorded_at",
)  # fmt: skip
LATER: tuple[str, ...] = ()


def fingerprint(event: Event) -> bytes:
    """sha256(prev ‖ canonical JSON of the event without its id and hash); 32 bytes."""
    content = {name: getattr(event, name) for name in HASHED}
    content |= {name: value for name in LATER if (value := getattr(event, name)) not in (None, "")}
    canonical = json.dumps(
        content, cls=MicrosecondEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(bytes(event.prev) + canonical.encode()).digest()


def as_kept(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as jsonb gives them back, so that their hash is the same before and after.

    Moments, days and Decimals become text. Raises TypeError for a float: jsonb rewrites 1e16, and
    money and days are counted exactly.
    """
    text = json.dumps(facts, cls=MicrosecondEncoder, allow_nan=False)
    kept: dict[str, Any] = json.loads(text, parse_float=_refuse_float)
    return kept


def _refuse_float(digits: str) -> NoReturn:
    raise TypeError(f"{digits}: no float stands in an event, write a Decimal or a text")


def first_break(events: Sequence[Event]) -> Event | None:
    """The first event of one case (in order) that does not follow from the one before, or None."""
    prev, seq = b"", 0
    for event in events:
        intact = bytes(event.prev) == prev and event.seq == seq + 1
        if not intact or fingerprint(event) != bytes(event.hash):
            return event
        prev, seq = bytes(event.hash), event.seq
    return None
