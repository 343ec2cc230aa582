"""Two centres and the accounts of two people who move between them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from matters.housing_fund.ledger import open_account
from matters.housing_fund.models import Account
from tests.world import World, at
from tongban.offices.models import Office

Opens = Callable[..., Account]
NOON = at("2026-09-21 12:00")
_serial = itertools.count(1)


@pytest.fixture
def chongqing(world: World) -> Office:
    return world.office("500000", "housing_fund")


@pytest.fixture
def dazhou(world: World) -> Office:
    return world.office("511700", "housing_fund")


def opened(centre: Office, opening: str = "0", **fields: Any) -> Account:
    number = f"{centre.region_id}{next(_serial):08d}"
    return open_account(
        opening=Decimal(opening),
        at=NOON,
        key=f"opening:{number}",
        **{"number": number, "centre": centre, "name": "周晓燕", "opened_on": dt.date(2020, 1, 1)}
        | fields,
    )
