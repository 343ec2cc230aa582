"""The register of withdrawals: what was taken out for what, at every centre, and paying one from the ledger.

Who claims or pays holds all accounts of the person first, so that two centres never grant the same at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from .business import pending_loans
from .ledger import LedgerRefused
from .ledger import withdraw as pay_out
from .ledger.posting import held
from .marks import withdrawal_refused
from .models import Account, DepositMonth, Withdrawal
from .models.withdrawals import LIVE
from .withdrawing import PURCHASE, RENT, REPAYMENT, Used

ZERO = Decimal(0)


@dataclass(frozen=True)
class Purpose:
    """What it is for. persons: the blind indexes of the household that shares a rent limit."""

    kind: str
    year: int
    case_number: str
    persons: tuple[str, ...]
    home: str = ""
    loan: str = ""


def held_accounts(persons: Iterable[str]) -> None:
    """Lock whatever accounts these people have, at any centre. Two statements."""
    rows = Account.objects.filter(id_number_index__in=list(persons))
    held(*rows.values_list("pk", flat=True))


def used_before(account: Account | None, purpose: Purpose) -> Used:
    """What was taken out, what speaks against taking out more, and what is under way. Five statements at most."""
    same = Q(person__in=purpose.persons)
    if purpose.home:
        same |= Q(home=purpose.home)
    if purpose.loan:
        same |= Q(loan=purpose.loan)
    rows = list(
        Withdrawal.objects.filter(same, state__in=LIVE)
        .exclude(case_number=purpose.case_number)
        .select_related("account__centre")
        .order_by("claimed_at", "pk")
    )
    forbids = [*_against(account, purpose, rows)]
    if account is not None:
        marked = withdrawal_refused(account.pk, kind=purpose.kind, loan_number=purpose.loan)
        forbids += [("marked", marked)] if marked else []
    return Used(
        rent=_rent(purpose, rows) if purpose.kind == RENT else ZERO,
        home=_sum(row for row in rows if purpose.home and row.home == purpose.home),
        loan=_sum(
            row
            for row in rows
            if purpose.loan and row.loan == purpose.loan and row.year == purpose.year
        ),
        forbids=tuple(forbids),
        homes=_other_homes(purpose, rows),
        business=tuple(pending_loans(account)) if account is not None else (),
    )


def _other_homes(purpose: Purpose, rows: list[Withdrawal]) -> tuple[dt.date, ...]:
    """When the person last withdrew for each home but this one, as far as these registers know."""
    last: dict[str, dt.date] = {}
    for row in rows:
        if row.kind == PURCHASE and row.person == purpose.persons[0] and row.home != purpose.home:
            last[row.home] = timezone.localdate(row.claimed_at)
    return tuple(last.values())


def _against(
    account: Account | None, purpose: Purpose, rows: list[Withdrawal]
) -> Iterable[tuple[str, str]]:
    person = purpose.persons[0]
    for row in (each for each in rows if each.person == person):
        where, number = row.account.centre.name, row.case_number
        if account is not None and row.account_id == account.pk and row.state == "claimed":
            yield "under_way", f"账户已有在途的{row.get_kind_display()}（{number}）"
        if purpose.kind == PURCHASE and row.home == purpose.home and row.kind == PURCHASE:
            yield "same_home", f"同一套住房已在{where}提取过（{number}），不能重复提取"
        if purpose.kind == REPAYMENT and (row.loan, row.year) == (purpose.loan, purpose.year):
            sentence = f"这笔贷款{row.year}年度已在{where}提取过（{number}），不能重复提取"
            yield "same_loan_year", sentence
        if {purpose.kind, row.kind} == {RENT, PURCHASE} and row.year == purpose.year:
            done = f"{row.year}年已在{where}办理{row.get_kind_display()}（{number}）"
            yield "rent_and_purchase", f"{done}，同一年不能既租房提取又购房提取"


def _rent(purpose: Purpose, rows: list[Withdrawal]) -> Decimal:
    """Of that calendar year, by the whole household at any centre: as the months have it, and under way."""
    taken = DepositMonth.objects.filter(
        account__id_number_index__in=purpose.persons, month__year=purpose.year
    ).aggregate(total=Sum("for_rent"))["total"]
    claimed = _sum(
        row
        for row in rows
        if row.kind == RENT
        and row.state == "claimed"
        and row.year == purpose.year
        and row.person in purpose.persons
    )
    return (taken or ZERO) + claimed


def _sum(rows: Iterable[Withdrawal]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)


def claim(*, account: Account, purpose: Purpose, amount: Decimal, at: dt.datetime) -> Withdrawal:
    """Settled: from now on it counts against others. The same case again takes the place of what it
    claimed before. Two statements."""
    row, _ = Withdrawal.objects.update_or_create(
        case_number=purpose.case_number,
        defaults={
            "account": account,
            "person": account.id_number_index or "",
            "kind": purpose.kind,
            "state": Withdrawal.State.CLAIMED,
            "amount": amount,
            "year": purpose.year,
            "home": purpose.home,
            "loan": purpose.loan,
            "claimed_at": at,
        },
    )
    return row


def let_go(*, case_number: str) -> None:
    """It ends without being paid. One statement."""
    claimed = Withdrawal.objects.filter(case_number=case_number, state=Withdrawal.State.CLAIMED)
    claimed.update(state=Withdrawal.State.RELEASED)


def pay(*, case_number: str, voucher: str, at: dt.datetime, on: dt.date) -> Withdrawal | None:
    """Out of the account, in the ledger. Twice is once. None where the books are not on this site.

    Raises LedgerRefused: the account can no longer pay, or a loan was marked meanwhile.
    """
    with transaction.atomic():
        row: Withdrawal | None = (
            Withdrawal.objects.select_for_update(no_key=True)
            .filter(case_number=case_number)
            .exclude(state=Withdrawal.State.RELEASED)
            .first()
        )
        if row is None or row.state == Withdrawal.State.PAID:
            return row
        held(row.account_id)
        marked = withdrawal_refused(row.account_id, kind=row.kind, loan_number=row.loan)
        if marked:
            raise LedgerRefused("marked", marked)
        pay_out(
            account_id=row.account_id,
            amount=row.amount,
            at=at,
            on=on,
            key=f"withdrawal:{case_number}",
            memo=row.get_kind_display(),
            is_rent=row.kind == RENT,
        )
        row.state, row.paid_at, row.voucher = Withdrawal.State.PAID, at, voucher
        row.save(update_fields=["state", "paid_at", "voucher"])
        return row
