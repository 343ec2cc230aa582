"""Who asks for a loan, and what they have deposited where: data of the place of deposit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Month:
    """One month of an account, yuan: what was deposited, and withdrawn (of it for rent)."""

    month: str
    deposit: Decimal = ZERO
    withdrawn: Decimal = ZERO
    for_rent: Decimal = ZERO


@dataclass(frozen=True)
class Depositor:
    """One person's account. months: oldest first, the last one is the latest booked.

    balance: today's, yuan; None: nobody gave it, it is then what the months come to. deposited_at: the
    city's code, "" for the loan city. in_a_row: months of deposit without a gap, as the deposit
    centre counts them; None: the months given that have a deposit.
    """

    months: tuple[Month, ...] = ()
    balance: Decimal | None = None
    product: str = "employee"
    deposited_at: str = ""
    in_a_row: int | None = None
    name: str = ""

    @property
    def count(self) -> int:
        if self.in_a_row is not None:
            return self.in_a_row
        return sum(month.deposit > 0 for month in self.months)

    @property
    def net(self) -> Decimal:
        return sum((month.deposit - month.withdrawn for month in self.months), ZERO)

    @property
    def today(self) -> Decimal:
        """The balance: as given, else what the months come to."""
        return self.net if self.balance is None else self.balance


@dataclass(frozen=True)
class Credit:
    """Overdue payments in the last two years, as a credit report counts them."""

    consecutive: int = 0
    total: int = 0
    overdue_now: bool = False
    dishonest: bool = False


@dataclass(frozen=True)
class LoanRequest:
    """What is asked: loan city's rules, deposit city's data, and the cap's city as a third.

    city: whose rules fix the amount. cap_of: whose highest amount holds. children: how many. home:
    first | second. housing: affordable | ordinary. repayment_limit: what the centre finds somebody can
    repay, yuan; income: a month's, yuan.
    """

    city: str
    on: dt.date
    household: tuple[Depositor, ...]
    cap_of: str
    price: Decimal | None = None
    down_payment: Decimal | None = None
    children: int = 0
    home: str = "first"
    housing: str = "ordinary"
    area: str = ""
    credit: Credit | None = None
    repayment_limit: Decimal | None = None
    income: Decimal | None = None

    @property
    def family(self) -> str:
        return "family" if len(self.household) > 1 else "single"
