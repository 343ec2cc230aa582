"""Which provinces' platforms this site may ask, from the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

NEEDED = ("url", "key_id", "secret")
OPTIONAL = ("algorithm", "ca", "pin", "connect_seconds", "read_seconds", "tries")


def connectors_from(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """`SHARING_CONNECTORS`: JSON, `{"510000": {"url": "https://…", "key_id": …, "secret": …}}`.

    The keys are provinces' codes, or names that a resource's `connector` gives. Raises ValueError,
    which never quotes a secret, for one that cannot work: better at the start than before a person.
    """
    text = environ.get("SHARING_CONNECTORS", "").strip()
    given = json.loads(text) if text else {}
    if not isinstance(given, dict):
        raise ValueError("SHARING_CONNECTORS must be a JSON object")
    for code, entry in given.items():
        _check(code, entry)
    return given


def _check(code: str, entry: Any) -> None:
    if not isinstance(entry, dict):
        raise ValueError(f"SHARING_CONNECTORS: {code} is no object")
    if missing := [name for name in NEEDED if not isinstance(entry.get(name), str)]:
        raise ValueError(f"SHARING_CONNECTORS: {code} lacks {', '.join(missing)}")
    if unknown := sorted(set(entry) - {*NEEDED, *OPTIONAL}):
        raise ValueError(f"SHARING_CONNECTORS: {code} has unknown {', '.join(unknown)}")
    if not entry["url"].startswith("https://"):
        raise ValueError(f"SHARING_CONNECTORS: {code} must be asked over https://")
    if entry.get("algorithm", "HMAC-SHA256") not in ("HMAC-SHA256", "HMAC-SM3"):
        raise ValueError(f"SHARING_CONNECTORS: {code} signs by HMAC-SHA256 or HMAC-SM3")
