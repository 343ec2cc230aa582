"""The list of enquiries that my offices still have to answer, the one due first on top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.http import urlencode

from tongban.accounts.actors import Actor
from workflows.cases.models import Enquiry

from .keyset import PAGE_SIZE, Place, row_is_beyond
from .rows import enquiry_rows
from .tabs import ENQUIRIES, open_enquiries


def enquiries_page(actor: Actor, query: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """Context of the list. One statement."""
    place = Place.parse(query.get("after", ""))
    waiting = open_enquiries(actor).select_related("case__matter").order_by("due_at", "id")
    waiting = waiting.defer("case__data", "case__head", "case__matter__search_text")
    if place is not None and place.due_at is not None:
        waiting = waiting.filter(row_is_beyond(place, False))
    found: list[Enquiry] = list(waiting[: PAGE_SIZE + 1])
    page, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    after = Place(page[-1].due_at, page[-1].pk) if more else None
    return {
        "enquiries": enquiry_rows(page, now),
        "next": f"?{urlencode({'view': ENQUIRIES, 'after': str(after)})}" if after else None,
        "first": f"?{urlencode({'view': ENQUIRIES})}" if place else None,
    }
