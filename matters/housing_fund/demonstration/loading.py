"""Brings the invented depositors into the database, as often as one likes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from matters.housing_fund.ledger import open_accounts
from matters.housing_fund.models import Account, Borrower, DepositMonth, Loan, Mark
from tongban.offices.models import Office, Region

from .people import Sketch, back, everybody

# Loans that live: of whose left-behind accounts, how many, and the lending centre.
LOANS = (("510100", 2, "510100"), ("510700", 1, "500000"), ("511700", 1, "511700"))
RATE = Decimal("3.1000")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many accounts and loans the demonstration has, and how many accounts are new."""

    accounts: int
    loans: int
    new: int


@transaction.atomic
def load_housing_fund(*, at: dt.datetime) -> Loaded:
    """Who is there already stays as they are. `at`: deposits end with the month before."""
    centres = {
        office.region_id: office
        for office in Office.objects.in_force(timezone.localdate(at)).filter(kind="housing_fund")
    }
    there = set(Account.objects.filter(is_demonstration=True).values_list("number", flat=True))
    sketches = [each for each in everybody(_counties(centres)) if each.number not in there]
    last = back(timezone.localdate(at).replace(day=1), 1)
    opened = open_accounts([_account(each, centres[each.pool], last) for each in sketches], at=at)
    DepositMonth.objects.bulk_create(
        [
            DepositMonth(
                account=account, month=month, deposited=each.monthly, deposited_at=account.centre
            )
            for each, account in zip(sketches, opened, strict=True)
            for month in each.months_until(last)
        ],
        batch_size=2000,
    )
    _lend(opened, centres, at)
    mine = Account.objects.filter(is_demonstration=True).count()
    return Loaded(mine, Loan.objects.filter(is_demonstration=True).count(), len(opened))


def _counties(centres: dict[str, Office]) -> dict[str, str]:
    """Of each centre's place its first county: where its invented people are registered."""
    rows = Region.objects.filter(level="county", parent__in=centres, valid_to=None)
    found: dict[str, str] = {}
    for code, parent in rows.order_by("code").values_list("code", "parent_id"):
        found.setdefault(parent, code)
    return found


def _account(sketch: Sketch, centre: Office, last: dt.date) -> Account:
    months = sketch.months_until(last)
    employer, code = sketch.employer
    sealed = sketch.is_left_behind
    return Account(
        number=sketch.number,
        centre=centre,
        name=sketch.person.name,
        id_number=sketch.person.id_number,
        employer=employer,
        employer_code=code,
        status=sketch.status,
        balance=sketch.monthly * len(months),
        loans_used=sketch.loans_used,
        opened_on=months[0],
        sealed_on=back(months[-1], -1) if sealed else None,
        is_demonstration=True,
    )


def _lend(opened: Sequence[Account], centres: dict[str, Office], at: dt.datetime) -> None:
    """Some of the new left-behind accounts secure a loan; one of another city, and bears its mark."""
    for pool, wanted, lender in LOANS:
        if lender not in centres or pool not in centres:
            continue
        theirs = [
            account
            for account in opened
            if account.centre_id == centres[pool].pk and account.status == Account.Status.SEALED
        ]
        # The last ones: those who sign in come first and may all move.
        for account in theirs[-wanted:]:
            _loan(account, centres[lender], at)


def _loan(account: Account, lender: Office, at: dt.datetime) -> None:
    loan = Loan.objects.create(
        number=f"示范借字{account.number}",
        centre=lender,
        amount=Decimal(300000),
        rate=RATE,
        months=240,
        plan=Loan.Plan.EQUAL_PAYMENT,
        released_on=account.opened_on,
        is_demonstration=True,
    )
    Borrower.objects.create(loan=loan, account=account)
    account.loans_used = max(account.loans_used, 1)
    account.save(update_fields=["loans_used"])
    if lender.pk != account.centre_id:
        Mark.objects.create(account=account, loan_key=loan.number, loan_centre=lender, marked_at=at)
