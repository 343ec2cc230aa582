"""A gateway for text messages, whichever it is: it takes a message, and can be asked about one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Message:
    """out_id: the notice's id, by which a gateway's books are searched for it."""

    out_id: str
    phone: str = field(repr=False)
    sign: str
    code: str
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a gateway's books say. has_arrived: the phone has it; None: no receipt yet."""

    reference: str
    has_arrived: bool | None = None
    code: str = ""
    at: dt.datetime | None = None


class Gateway(Protocol):
    """Every method may raise `carriers.Unreachable`: certainly nobody took anything."""

    @property
    def code(self) -> str: ...

    def send(self, message: Message) -> str:
        """The gateway's own number for it. Raises TryLater, RefusedForGood, AskLater too."""

    def find(self, *, out_id: str, phone: str, on: dt.date, reference: str = "") -> Found | None:
        """The message with this out_id, handed over on that day; None: it never had it."""


def gateways() -> list[Gateway]:
    """Those of the settings, in their order."""
    from .aliyun import Aliyun

    return [Aliyun.of(entry) for entry in settings.SMS_GATEWAYS]


def sms_is_configured() -> bool:
    return bool(settings.SMS_GATEWAYS)


def seconds_of(entry: Mapping[str, Any]) -> tuple[float, float]:
    """Connecting and reading: short, for while one hangs the next could take the message."""
    return float(entry.get("connect_seconds", 3)), float(entry.get("read_seconds", 8))
