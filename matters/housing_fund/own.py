"""What a person's own accounts bring to a quotation: the balance, the months, how many in a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from matters.housing_fund.lending import deposits_of
from matters.housing_fund.models import Account, DepositMonth
from tongban.offices.codes import pool_of


def own_accounts(id_number_index: str | None) -> list[Account]:
    """Accounts that are not closed, of whoever has this ID number; the fullest first. One statement."""
    if not id_number_index:
        return []
    rows = Account.objects.kept_here().filter(id_number_index=id_number_index)
    rows = rows.exclude(status=Account.Status.CLOSED).select_related("centre")
    return list(rows.order_by("-balance", "id"))


def depositor_of(account: Account, *, on: dt.date) -> dict[str, Any]:
    """The account as a quotation's depositor. Two statements.

    in_a_row counts what was deposited in any city 互认, up to now: who stopped long ago begins anew.
    """
    anywhere = DepositMonth.objects.filter(
        account__id_number_index=account.id_number_index, deposited__gt=0, month__lte=on
    )
    return deposits_of(account) | {
        "in_a_row": in_a_row(anywhere.values_list("month", flat=True), on),
        "deposited_at": pool_of(account.centre.region_id),
        "name": "本人",
    }


def in_a_row(months: Iterable[dt.date], on: dt.date) -> int:
    """Months without a gap up to this one, or to the one before: this one's deposit may be still to come."""
    numbers = {month.year * 12 + month.month for month in months}
    last = on.year * 12 + on.month
    last = last if last in numbers else last - 1
    count = 0
    while last - count in numbers:
        count += 1
    return count
