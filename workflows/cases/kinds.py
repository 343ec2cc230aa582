"""What a case is: an application 办件, a query 查询, an appointment 预约 or work between offices;
they are never summed.

The words under which the events of one are counted are no words of another, so that no sum over
applications can take the others in.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from . import registry

APPLICATION: Final = "application"
QUERY: Final = "query"
APPOINTMENT: Final = "appointment"
OFFICE_WORK: Final = "office_work"

# What an event counts as, by kind, and the word that it has for an application.
_WORDS: dict[str, dict[str, str]] = {
    QUERY: {"received": "asked", "accepted": "", "concluded": "answered", "rate": "rated"},
    APPOINTMENT: {"received": "booked", "accepted": "", "concluded": "confirmed", "rate": "rated"},
    OFFICE_WORK: {"received": "begun", "accepted": "", "concluded": "ended", "rate": "rated"},
}


def counted_as(kind: str, step: str, word: str) -> str:
    """The word for an event of a case of that kind; `rate` counts by its step."""
    words = _WORDS.get(kind)
    return word if words is None else words.get(word or step, "")


def applications() -> Q:
    """The cases that are applications. By what they are not: the others are few flows."""
    others = [flow.CODE for flow in registry.flows() if flow.KIND != APPLICATION]
    return ~Q(flow__in=others)
