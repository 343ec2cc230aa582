"""How a register is reached: what is asked, what comes back, and which connector does it.

A connector answers `ask(question)` with an `Answer`, or raises `Unreachable` (try again later) or
`Refusal` (asking again would change nothing).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings

from .models import Resource

REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Question:
    """id: the look-up's, by which a platform knows a question that is asked twice."""

    id: uuid.UUID
    resource: str
    person_name: str
    id_number: str = field(repr=False)
    questions: tuple[str, ...]
    fields: tuple[str, ...]
    office: str
    item: str
    ground: str


@dataclass(frozen=True, slots=True)
class Answer:
    """found: the register knows the person. Every question that was asked has its yes or no."""

    found: bool
    questions: Mapping[str, bool] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


class Unreachable(Exception):
    """No answer that can be trusted: down, slow, garbled, or not signed by who should have signed."""


class NotConnected(Unreachable):
    """Nobody has connected this data yet. Says nothing about the connector: others go on."""


class Refusal(Exception):
    """The holder does not give this; the text is its reason, for people."""


class Connector(Protocol):
    def ask(self, question: Question) -> Answer: ...


def connector_code(resource: Resource) -> str:
    """Which connector reaches a resource: its own, its province's, or the register in the database."""
    known = settings.SHARING_CONNECTORS
    if resource.connector:
        return resource.connector
    province = resource.holder.province_id
    return province if province in known else REGISTER


def connector_for(code: str) -> Connector:
    """Raises NotConnected for a code that nobody has configured."""
    from .province import Platform, settings_of
    from .register import Register

    if code == REGISTER:
        return Register()
    if code not in settings.SHARING_CONNECTORS:
        raise NotConnected("该数据尚未接通")
    return Platform(settings_of(code))
