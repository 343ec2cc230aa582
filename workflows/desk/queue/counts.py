"""How many there are in each tab: exact up to a thousand, and said to be more beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from tongban.accounts.actors import Actor
from tongban.accounts.models import User

from .tabs import ENQUIRIES, TABS, all_of, open_enquiries

MOST = 999


@dataclass(frozen=True)
class Count:
    """`number` is exact unless `more`: then there are at least one more than that."""

    number: int
    more: bool

    def __str__(self) -> str:
        return f"{self.number}+" if self.more else str(self.number)


class CappedCount(Subquery):
    """Counts the rows of a sliced queryset: it stops reading where the slice ends."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()
    empty_result_set_value = 0


def counts_of(actor: Actor) -> dict[str, Count]:
    """Count by tab. One statement; it reads at most a thousand rows a tab."""
    counted = [CappedCount(_some(tab, actor)) for tab in TABS]
    numbers = User.objects.filter(pk=actor.user_id or 0).values_list(*counted).get()
    return {
        tab: Count(min(number, MOST), number > MOST)
        for tab, number in zip(TABS, numbers, strict=True)
    }


def _some(tab: str, actor: Actor) -> QuerySet[Any, Any]:
    rows: QuerySet[Any] = open_enquiries(actor) if tab == ENQUIRIES else all_of(tab, actor)
    return rows.order_by().values("pk")[: MOST + 1]
