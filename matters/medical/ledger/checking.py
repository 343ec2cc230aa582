"""Are the books right? A person's years derived anew from the entries, each settlement computed again.

Everything that is not as it should be is named; nothing is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache

from matters.medical.bill import BillRefused, YearToDate
from matters.medical.breakdown import AMOUNTS
from matters.medical.models import AccountEntry, Insured, KeptRules, Settlement, YearEntry
from matters.medical.rules import RuleBook
from matters.medical.settlement import settle
from matters.rules import RuleMissing

from .bills import bill_read
from .kept_rules import book_of
from .year import counted

Rows = Mapping[int, Settlement]

_INVARIANTS = (
    ("medfee_sumamt", ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")),
    ("medfee_sumamt", ("fund_pay_sumamt", "psn_part_amt", "hosp_part_amt")),
    ("psn_part_amt", ("acct_pay", "acct_mulaid_pay", "psn_cash_pay")),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be. `where`: a setl_id, or the person's id and year."""

    where: str
    what: str
    kept: str
    should_be: str

    def __str__(self) -> str:
        return f"{self.where}：{self.what} 记为 {self.kept}，应为 {self.should_be}"


def differences(*, insured_id: int, year: int | None = None) -> Iterator[Difference]:
    """Of a person's year, or all their years and their account. Six statements, and one a rule book."""
    entries = YearEntry.objects.filter(insured=insured_id).order_by("year", "seq")
    settled = Settlement.objects.filter(insured=insured_id).select_related("year_entry")
    if year is not None:
        entries, settled = entries.filter(year=year), settled.filter(year=year)
    years: dict[int, list[YearEntry]] = defaultdict(list)
    for entry in entries:
        years[entry.year].append(entry)
    rows = {row.pk: row for row in settled.prefetch_related("lines", "account_entries")}
    for number, chain in years.items():
        yield from _of_the_chain(f"{insured_id}/{number}", chain)
        yield from _of_the_order(chain, rows)
    entry_of = {entry.settlement_id: entry for chain in years.values() for entry in chain}
    for row in rows.values():
        yield from _of_a_settlement(row, entry_of.get(row.pk), rows)
    if year is None:
        yield from _of_the_account(insured_id)


def _of_the_chain(where: str, chain: Sequence[YearEntry]) -> Iterator[Difference]:
    """Entries count from one, and each total is the one before with the change."""
    totals = YearToDate()
    for place, entry in enumerate(chain, start=1):
        if entry.seq != place:
            yield Difference(where, "分录序号", str(entry.seq), str(place))
        totals += counted(entry.delta)
        yield from _year_differs(f"{where}#{entry.seq}", totals, counted(entry.after))
        if totals.below_zero:
            yield Difference(
                where, totals.below_zero, str(getattr(totals, totals.below_zero)), "≥0"
            )
        totals = counted(entry.after)


def _of_the_order(chain: Sequence[YearEntry], rows: Rows) -> Iterator[Difference]:
    """Last in, first out: a negative entry takes back the last one that stands."""
    standing: list[int] = []
    for entry in chain:
        row = rows.get(entry.settlement_id or 0)
        if row is None:
            continue
        if row.sign > 0:
            standing.append(row.pk)
            continue
        last = standing[-1] if standing else None
        if row.reverses_id != last:
            yield Difference(
                row.setl_id, "所撤销的结算", _name(row.reverses_id, rows), _name(last, rows)
            )
        if row.reverses_id in standing:
            standing.remove(row.reverses_id)


def _of_a_settlement(row: Settlement, entry: YearEntry | None, rows: Rows) -> Iterator[Difference]:
    yield from _of_the_sums(row)
    if entry is None:
        yield Difference(row.setl_id, "年度分录", "无", "有")
    elif row.sign > 0:
        yield from _computed_again(row, entry)
    elif (taken := rows.get(row.reverses_id or 0)) is None:
        yield Difference(row.setl_id, "所撤销的结算", "无", "有")
    else:
        for name in AMOUNTS:
            yield from _differs(row.setl_id, name, getattr(row, name), -getattr(taken, name))
        if hasattr(taken, "year_entry"):
            given = YearToDate() - counted(taken.year_entry.delta)
            yield from _year_differs(row.setl_id, given, counted(entry.delta))


def _of_the_sums(row: Settlement) -> Iterator[Difference]:
    """The four invariants (medical.md §4), the JSON beside the columns, and what the accounts gave."""
    for whole, parts in _INVARIANTS:
        should_be = sum((getattr(row, part) for part in parts), Decimal(0))
        yield from _differs(row.setl_id, whole, getattr(row, whole), should_be)
    lines = sum((line.fund_payamt for line in row.lines.all()), Decimal(0))
    yield from _differs(row.setl_id, "setldetail 合计", lines, row.fund_pay_sumamt)
    for name in AMOUNTS:
        kept = Decimal(row.breakdown.get(name, "NaN"))
        yield from _differs(row.setl_id, f"breakdown.{name}", kept, getattr(row, name))
    drawn = sum((entry.amount for entry in row.account_entries.all()), Decimal(0))
    yield from _differs(
        row.setl_id, "个人账户分录合计", drawn, -(row.acct_pay + row.acct_mulaid_pay)
    )


def _computed_again(row: Settlement, entry: YearEntry) -> Iterator[Difference]:
    """By the rule book that was kept, over the year as it was before."""
    before = counted(entry.after) - counted(entry.delta)
    try:
        now = settle(bill_read(row.bill), before, book=_kept_book(row.rule_book_id))
    except (RuleMissing, BillRefused) as refusal:
        yield Difference(row.setl_id, "重新计算", "已结算", str(refusal))
        return
    for name, amount in now.amounts.items():
        yield from _differs(row.setl_id, name, getattr(row, name), amount)
    yield from _year_differs(row.setl_id, now.year_after, counted(entry.after))


def _of_the_account(insured_id: int) -> Iterator[Difference]:
    """Each balance is the one before with the movement, and the last is what the account holds."""
    balance: Decimal | None = None
    where = str(insured_id)
    for entry in AccountEntry.objects.filter(insured=insured_id).order_by("pk"):
        if balance is not None:
            yield from _differs(where, "个人账户余额", entry.after, balance + entry.amount)
        balance = entry.after
    if balance is not None:
        held = Insured.objects.values_list("account_balance", flat=True).get(pk=insured_id)
        yield from _differs(where, "个人账户余额", held, balance)


def _year_differs(where: str, should_be: YearToDate, kept: YearToDate) -> Iterator[Difference]:
    for each in fields(YearToDate):
        was, now = getattr(kept, each.name), getattr(should_be, each.name)
        yield from _differs(where, f"年度累计 {each.name}", was, now)


def _differs(where: str, what: str, kept: Decimal, should_be: Decimal) -> Iterator[Difference]:
    if kept != should_be:
        yield Difference(where, what, str(kept), str(should_be))


def _name(settlement_id: int | None, rows: Rows) -> str:
    row = rows.get(settlement_id or 0)
    return row.setl_id if row else "无"


@cache
def _kept_book(digest: str) -> RuleBook:
    return book_of(KeptRules.objects.get(pk=digest))
