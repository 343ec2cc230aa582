"""Whether an account may leave one centre, and come to another: by dated rows, naming what nobody published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from matters.housing_fund import marks
from matters.housing_fund.business import open_business
from matters.housing_fund.models import Account, DepositMonth, Mark
from matters.housing_fund.words import rule_book
from matters.rules import Row

BLOCK, LEAST_MONTHS = "transfer.sender_block", "transfer.min_months"
# A live loan forbids leaving here; what the person may do instead (建金〔2015〕135号 leaves the loan where it is).
WAYS_ON = (
    "先结清公积金贷款，再申请转移",
    "不转移，账户在原地封存保留，缴存月数照样互认",
    "用账户余额提取偿还贷款",
)
Status = Account.Status


@dataclass(frozen=True)
class Leave:
    """may: None where the sending centre's rule is not known and its clerk decides, with a reason.

    code: one of the reasons of an objection. ways: what the person may do instead.
    """

    may: bool | None
    sentence: str
    code: str = ""
    ways: tuple[str, ...] = ()
    rule: Row | None = None


@dataclass(frozen=True)
class Months:
    """Months deposited without a gap at the receiving centre, against what it asks for.

    need: None where no rule of the place is known. from_on: the day from which there are surely enough.
    """

    have: int
    need: int | None
    from_on: dt.date | None = None
    rule: Row | None = None

    @property
    def are_enough(self) -> bool:
        return self.need is None or self.have >= self.need

    @property
    def sentence(self) -> str:
        if self.need is None:
            return f"已连续缴存 {self.have} 个月；转入地要求的月数没有查到，由转入地核定"
        if self.are_enough:
            return f"已连续缴存 {self.have} 个月，满足 {self.need} 个月的要求"
        return f"在转入地连续缴存 {self.have} 个月，不满 {self.need} 个月，{_day(self.from_on)}起可以转入"


def may_leave(account: Account, *, live_loans: int, pool: str, on: dt.date) -> Leave:
    """By the sending centre's row, and never with business under way. pool: its region code.

    Two statements.
    """
    if account.status not in (Status.NORMAL, Status.SEALED, Status.HELD):
        return Leave(False, f"账户{account.get_status_display()}，不能转出", "frozen")
    if business := open_business(account):
        return Leave(False, f"{'；'.join(business)}，办结以前不能转出", "frozen")
    row = rule_book().row_at(BLOCK, pool, on, {})
    if row is None or row.value is None or not row.is_sure_enough:
        return _unknown(account, live_loans, pool)
    if live_loans and row.value["live_loan"]:
        sentence = f"{row.pool_name}：有未结清公积金贷款的账户不转出"
        return Leave(False, sentence, "live_loan", WAYS_ON, row)
    if account.status not in row.value["account"]:
        wanted = "或".join(str(Status(each).label) for each in row.value["account"])
        sentence = f"{row.pool_name}：账户须先{wanted}，现在是{account.get_status_display()}"
        return Leave(False, sentence, "not_sealed", rule=row)
    return Leave(True, "符合转出条件", rule=row)


def _unknown(account: Account, live_loans: int, pool: str) -> Leave:
    """Nobody may guess: what would need a rule is named, and the clerk decides."""
    open_points = ["有未结清的公积金贷款"] if live_loans else []
    open_points += ["账户没有封存"] if account.status == Status.NORMAL else []
    if not open_points:
        return Leave(True, "账户已封存，没有未结清的公积金贷款")
    place = rule_book().name_of(pool).strip()
    sentence = f"{'、'.join(open_points)}；{place}是否允许转出没有查到，由转出地决定并写明理由"
    return Leave(None, sentence, ways=WAYS_ON if live_loans else ())


def live_loans_of(account: Account) -> int:
    """Loans of any city that the account secures, also those known by a mark only. Two statements."""
    numbers = set(marks.live_loans_of([account.pk]).values_list("number", flat=True))
    standing = Mark.objects.filter(account=account, lifted_at=None)
    return len(numbers | set(standing.values_list("loan_key", flat=True)))


def months_here(account: Account, *, pool: str, on: dt.date) -> Months:
    """One statement."""
    rows = DepositMonth.objects.filter(
        account=account, deposited_at_id=account.centre_id, deposited__gt=0
    )
    return months_against_rule(rows.values_list("month", flat=True), pool=pool, on=on)


def months_against_rule(months: Iterable[dt.date], *, pool: str, on: dt.date) -> Months:
    """months: the firsts of those deposited at the receiving centre. A gap begins the count anew."""
    last, have = _without_gap(set(months), on)
    row = rule_book().row_at(LEAST_MONTHS, pool, on, {})
    if row is None or row.value is None or not row.is_sure_enough:
        return Months(have, None)
    need = int(row.value)
    if have >= need:
        return Months(have, need, rule=row)
    # The last one lacking may be paid in on the last day of its month.
    return Months(have, need, _months_on(last, need - have + 1), row)


def _without_gap(months: set[dt.date], on: dt.date) -> tuple[dt.date, int]:
    """The month up to which it is counted (this one, or the one before), and how many in a row."""
    this = on.replace(day=1)
    last = this if this in months else _months_on(this, -1)
    have, month = 0, last
    while month in months:
        have, month = have + 1, _months_on(month, -1)
    return last, have


def _months_on(month: dt.date, more: int) -> dt.date:
    years, index = divmod(month.year * 12 + month.month - 1 + more, 12)
    return dt.date(years, index + 1, 1)


def months_before(day: dt.date, months: int) -> dt.date:
    """The first of the month so many months before."""
    return _months_on(day.replace(day=1), -months)


def _day(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
