"""Which gateways take text messages, in the order in which they are tried, from the environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

NEEDED = ("code", "url", "key_id", "secret")
OPTIONAL = ("kind", "codes", "connect_seconds", "read_seconds")
KINDS = ("aliyun",)
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def gateways_from(environ: Mapping[str, str], *, demonstration: bool) -> list[dict[str, Any]]:
    """`SMS_GATEWAYS`: JSON, `[{"code": "main", "url": "https://…", "key_id": …, "secret": …}]`.

    The first that is up takes a message. `codes` maps our template codes to a gateway's own.
    Raises ValueError, which never quotes a secret, for one that cannot work.
    """
    text = environ.get("SMS_GATEWAYS", "").strip()
    given = json.loads(text) if text else []
    if not isinstance(given, list):
        raise ValueError("SMS_GATEWAYS must be a JSON list")
    for place, entry in enumerate(given):
        _check(place, entry, demonstration)
    if len({entry["code"] for entry in given}) < len(given):
        raise ValueError("SMS_GATEWAYS: two entries have the same code")
    return given


def _check(place: int, entry: Any, demonstration: bool) -> None:
    if not isinstance(entry, dict):
        raise ValueError(f"SMS_GATEWAYS: entry {place} is no object")
    if missing := [name for name in NEEDED if not isinstance(entry.get(name), str)]:
        raise ValueError(f"SMS_GATEWAYS: entry {place} lacks {', '.join(missing)}")
    if unknown := sorted(set(entry) - {*NEEDED, *OPTIONAL}):
        raise ValueError(f"SMS_GATEWAYS: {entry['code']} has unknown {', '.join(unknown)}")
    if entry.get("kind", "aliyun") not in KINDS:
        raise ValueError(f"SMS_GATEWAYS: {entry['code']} is of no known kind")
    parts = urlsplit(entry["url"])
    here = demonstration and parts.scheme == "http" and parts.hostname in LOCAL
    if not (parts.hostname and (parts.scheme == "https" or here)):
        raise ValueError(f"SMS_GATEWAYS: {entry['code']} must be reached over https://")
