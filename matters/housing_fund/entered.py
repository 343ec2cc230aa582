"""Accounts whose books are elsewhere: what their centre's clerk read there, for a certificate and the loan on it.

Nothing moves their money here; entering them anew puts the figures right by another journal.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from tongban.accounts.personal import blind_index

from .leaving import months_before
from .ledger.posting import OUTSIDE, Side, held, known, of_account, post
from .models import Account, DepositMonth, Journal


class EnteringRefused(ValueError):
    """Nothing was written; the text is for people."""


@dataclass(frozen=True)
class Entered:
    """number: of the account. last_month: the first of the month last paid for; months: in a row up to it.
    monthly: yuan of each of them; balance: yuan on the day of reading."""

    number: str
    status: str
    balance: Decimal
    last_month: dt.date
    months: int
    monthly: Decimal
    loans_used: int


def has_books_here(centre_id: int | None) -> bool:
    """Whether a centre's accounts are kept on this site. One statement."""
    return Account.objects.kept_here().filter(centre_id=centre_id).exists()


def enter_account(
    *, centre_id: int, name: str, id_number: str, entered: Entered, at: dt.datetime, key: str
) -> Account:
    """Open it, or put right what was entered before. Twice under a key is once. Raises EnteringRefused.

    Nine statements at most.
    """
    index = blind_index(id_number.upper(), "id_number")
    with transaction.atomic():
        account = _row(centre_id, name, id_number, index, entered)
        if known(key) is not None:
            return account
        account.status, account.loans_used = entered.status, entered.loans_used
        account.save(update_fields=["status", "loans_used"])
        more = entered.balance - account.balance
        sides = [of_account(account, more), Side(OUTSIDE, centre_id, -more)]
        post(
            key=key, kind=Journal.Kind.OPENING, at=at, sides=sides, memo="账册不在本站，缴存地登记"
        )
        account.months.all().delete()
        DepositMonth.objects.bulk_create(
            DepositMonth(
                account=account,
                month=months_before(entered.last_month, nth),
                deposited=entered.monthly,
                deposited_at_id=centre_id,
            )
            for nth in range(entered.months)
        )
        return account


def _row(centre_id: int, name: str, id_number: str, index: str | None, told: Entered) -> Account:
    """Under lock. Three statements."""
    at_centre = Account.objects.filter(centre_id=centre_id)
    same = at_centre.filter(number=told.number).first()
    own = at_centre.filter(id_number_index=index).exclude(status=Account.Status.CLOSED).first()
    if own is not None and not own.is_entered:
        raise EnteringRefused("本中心的账册在本站，不能另行登记")
    if same is not None and same != own:
        raise EnteringRefused("这个账号已登记给另一名职工，请核对")
    if own is not None and own.number != told.number:
        raise EnteringRefused(f"这名职工已登记账号 {own.number}，请核对")
    if own is None:
        return Account.objects.create(
            number=told.number,
            centre_id=centre_id,
            name=name,
            id_number=id_number,
            opened_on=months_before(told.last_month, max(told.months - 1, 0)),
            is_entered=True,
        )
    return held(own.pk)[own.pk]
