"""Names of offices for pages and notices, remembered for a while: they are read far more than they change."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from tongban.offices.models import Office

KEPT_SECONDS = 600


@dataclass(frozen=True)
class OfficeCard:
    """What pages show of an office."""

    id: int
    name: str
    region: str
    address: str
    phone: str
    kind: str


_cards: dict[int, tuple[float, OfficeCard]] = {}


def office_cards(office_ids: Iterable[int]) -> dict[int, OfficeCard]:
    """Cards by office id. At most one statement, none for offices seen in the last ten minutes."""
    wanted, now = set(office_ids), time.monotonic()
    missing = [i for i in wanted if i not in _cards or _cards[i][0] < now]
    if missing:
        for office in Office.objects.filter(pk__in=missing):
            card = OfficeCard(
                office.pk,
                office.name,
                office.region_id,
                office.address,
                office.phone,
                office.kind,
            )
            _cards[office.pk] = (now + KEPT_SECONDS, card)
    return {i: _cards[i][1] for i in wanted if i in _cards}


def office_name(office_id: int | None) -> str:
    """The office's name, '' for None or an unknown id."""
    if office_id is None:
        return ""
    card = office_cards([office_id]).get(office_id)
    return card.name if card else ""


def forget_offices() -> None:
    """Empty the memory: for tests, and after offices have been loaded anew."""
    _cards.clear()
