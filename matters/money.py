"""Amounts of money in the ledgers: yuan to the fen, never floats."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Decimals = models.DecimalField[Decimal, Decimal]
else:
    _Decimals = models.DecimalField


class MoneyField(_Decimals):
    """Yuan with two decimals, up to 999,999,999,999.99."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"max_digits": 14, "decimal_places": 2} | kwargs))
