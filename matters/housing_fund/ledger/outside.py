"""Money to or from a centre whose accounts are not on this site: its side of the books is 外部.

nth: the try, counted by whoever moves the account. Each act once by its key.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from matters.housing_fund.models import Account, Journal

from .posting import OUTSIDE, SUSPENSE, Side, held, known, of_account, post
from .refusals import LedgerRefused

Kind, Status = Journal.Kind, Account.Status


def pay_over(
    *, letter: str, nth: int, account_id: int, interest: Decimal, at: dt.datetime
) -> Decimal:
    """All of a frozen account with its interest leaves for elsewhere. Yuan sent. Raises LedgerRefused."""
    with transaction.atomic():
        account = held(account_id)[account_id]
        if account.status != Status.MOVING:
            raise LedgerRefused("not_frozen", "账户没有冻结待转，不能划款。")
        if interest and known(f"{letter}:interest") is None:
            sides = [of_account(account, interest), Side(OUTSIDE, account.centre_id, -interest)]
            post(key=f"{letter}:interest", kind=Kind.INTEREST, at=at, sides=sides)
        if account.balance <= 0:
            raise LedgerRefused("empty", "账户没有余额，不用划款。")
        amount = account.balance
        sides = [of_account(account, -amount), Side(OUTSIDE, account.centre_id, amount)]
        post(key=f"{letter}:sent:{nth}", kind=Kind.SENT, at=at, sides=sides)
        return amount


def comes_back(
    *, letter: str, nth: int, account_id: int, amount: Decimal, at: dt.datetime, reason: str
) -> None:
    """Refused by the bank or sent back from elsewhere."""
    key = f"{letter}:refused:{nth}"
    with transaction.atomic():
        account = held(account_id)[account_id]
        if known(key) is None:
            sides = [of_account(account, amount), Side(OUTSIDE, account.centre_id, -amount)]
            post(key=key, kind=Kind.REFUSED, at=at, sides=sides, memo=reason[:200])


def close_moved(*, account_id: int, at: dt.datetime) -> None:
    """Elsewhere has booked it: the empty account is closed."""
    with transaction.atomic():
        account = held(account_id)[account_id]
        if account.status == Status.MOVING:
            account.status, account.closed_on = Status.CLOSED, timezone.localdate(at)
            account.save(update_fields=["status", "closed_on"])


def pay_in(*, letter: str, nth: int, account_id: int, amount: Decimal, at: dt.datetime) -> None:
    """From elsewhere, and all three keys agree."""
    with transaction.atomic():
        account = held(account_id)[account_id]
        if known(f"{letter}:arrived:{nth}") is None:
            sides = [of_account(account, amount), Side(OUTSIDE, account.centre_id, -amount)]
            post(key=f"{letter}:arrived:{nth}", kind=Kind.ARRIVED, at=at, sides=sides)


def hold_back(
    *, letter: str, nth: int, centre_id: int, amount: Decimal, at: dt.datetime, why: str
) -> None:
    """挂账: from elsewhere, and nobody knows yet whose it is."""
    key = f"{letter}:suspended:{nth}"
    with transaction.atomic():
        if known(key) is None:
            sides = [Side(SUSPENSE, centre_id, amount), Side(OUTSIDE, centre_id, -amount)]
            post(key=key, kind=Kind.SUSPENDED, at=at, sides=sides, memo=why[:200])


def surplus_goes_back(
    *, letter: str, nth: int, centre_id: int, amount: Decimal, at: dt.datetime, reason: str
) -> None:
    """What arrived besides what was sent, out of suspense to where it came from."""
    key = f"{letter}:surplus:{nth}"
    with transaction.atomic():
        if known(key) is None:
            sides = [Side(SUSPENSE, centre_id, -amount), Side(OUTSIDE, centre_id, amount)]
            post(key=key, kind=Kind.RETURNED, at=at, sides=sides, memo=reason[:200])


def out_of_suspense(
    *,
    letter: str,
    nth: int,
    account_id: int,
    amount: Decimal,
    is_theirs: bool,
    at: dt.datetime,
    reason: str,
) -> None:
    """Into the account where it is theirs, else back to where it came from."""
    kind = Kind.MATCHED if is_theirs else Kind.RETURNED
    key = f"{letter}:{kind}:{nth}"
    with transaction.atomic():
        account = held(account_id)[account_id]
        if known(key) is None:
            goes = (
                of_account(account, amount)
                if is_theirs
                else Side(OUTSIDE, account.centre_id, amount)
            )
            sides = [Side(SUSPENSE, account.centre_id, -amount), goes]
            post(key=key, kind=kind, at=at, sides=sides, memo=reason[:200])
