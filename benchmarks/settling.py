"""How long a settlement's arithmetic takes: `python -m benchmarks.settling [--seconds 3]`.

Pure: no database, no site. For several kinds of bill it takes the best of many rounds of `settle()`,
which looks up dated rules, explains each amount and reckons what rival claims would give, and of the
same Decimal operations written out by hand with the figures in place: the floor. The ratio of the two
in one run differs little from machine to machine; microseconds do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from matters.medical.bill import Bill, YearToDate
from matters.medical.reading import Reading
from matters.medical.reckoning import reckon
from matters.medical.rules import rule_book
from matters.medical.settlement import settle

FEN = Decimal("0.01")
# What the books of two provinces take; the arithmetic may not be what they wait for.
SETTLEMENTS_A_SECOND_AT_LEAST = 200


@dataclass(frozen=True)
class Asked:
    """A bill, the year before it, and its arithmetic by hand: what the funds pay."""

    name: str
    bill: Bill
    year: YearToDate
    by_hand: Callable[[Bill, YearToDate], Decimal]


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def _employee(bill: Bill, year: YearToDate) -> Decimal:
    """重庆 职工 三级 在职, the third admission; beyond 47,000 大额 pays all."""
    scope = bill.medfee_sumamt - bill.fulamt_ownpay_amt - bill.overlmt_selfpay - bill.preselfpay_amt
    lower = Decimal(880) * (1 - Decimal("0.10")) ** (bill.admission_no - 1)
    dedc = min(scope, _fen(max(lower, Decimal(620))))
    base = scope - dedc
    raw = base * Decimal("0.85")
    hifp = min(_fen(raw), max(Decimal(47000) - year.hifp_pay, Decimal(0)))
    over = _fen(base * (raw - hifp) / raw) if _fen(raw) > hifp else Decimal(0)
    large = min(over, Decimal(500000) - year.hifob_pay)
    return _paid(bill, hifp + large)


def _resident(bill: Bill, year: YearToDate) -> Decimal:
    """重庆 居民 一档 三级 with 大病 of 2025."""
    scope = bill.medfee_sumamt - bill.fulamt_ownpay_amt - bill.overlmt_selfpay - bill.preselfpay_amt
    dedc = min(scope, Decimal(800))
    raw = (scope - dedc) * Decimal("0.50")
    hifp = min(_fen(raw), max(Decimal(80000) - year.hifp_pay, Decimal(0)))
    own, edge = scope - hifp, Decimal(18797)
    after = _fen(max(year.scope_selfpay + own - edge, Decimal(0)) * Decimal("0.60"))
    before = _fen(max(year.scope_selfpay - edge, Decimal(0)) * Decimal("0.60"))
    return _paid(bill, hifp + min(after - before, Decimal(200000) - year.hifmi_pay))


def _paid(bill: Bill, fund: Decimal) -> Decimal:
    person = bill.medfee_sumamt - fund - bill.hosp_part_amt
    account = min(person, bill.account_balance)
    family = min(person - account, bill.family_balance)
    cash = person - account - family
    if fund + account + family + cash + bill.hosp_part_amt != bill.medfee_sumamt:
        raise ArithmeticError(bill)
    return fund


STAY = Bill(
    pool="500000", insured_type="employee", person_class="active", level="tier_3",
    visit="inpatient", on=dt.date(2025, 6, 1), filing="home", medfee_sumamt=Decimal("23456.78"),
    fulamt_ownpay_amt=Decimal("1234.56"), preselfpay_amt=Decimal("987.65"),
    account_balance=Decimal("1500.00"),
)  # fmt: skip
RESIDENT = replace(STAY, insured_type="resident", person_class="tier_1", account_balance=Decimal(0))
ASKED = (
    Asked("employee, first stay", STAY, YearToDate(), _employee),
    Asked("employee, third stay (a rival rule)", replace(STAY, admission_no=3), YearToDate(), _employee),
    Asked(
        "employee, beyond the cap (a rival cap)", STAY, YearToDate(hifp_pay=Decimal(40000)), _employee
    ),
    Asked(
        "resident, with 大病", RESIDENT, YearToDate(scope_selfpay=Decimal("15000.00")), _resident
    ),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="how long to measure in all")
    seconds = parser.parse_args(arguments).seconds
    share = seconds * 1_000_000 // (3 * len(ASKED))
    book = rule_book()
    _say(f"{os.cpu_count()} cpus; microseconds, the best round of each, in one run")
    _say(
        f"{'bill':40}{'settle':>9}{'one sum':>9}{'floor':>8}{'settle / floor':>16}{'a second':>10}"
    )
    slowest = 0
    for asked in ASKED:
        bill, year = asked.bill, asked.year
        if settle(bill, year, book=book).fund_pay_sumamt != asked.by_hand(bill, year):
            raise ArithmeticError(asked.name)
        whole = _nanoseconds(lambda b=bill, y=year: settle(b, y, book=book), share)  # type: ignore[misc]
        sums = _nanoseconds(lambda b=bill, y=year: reckon(b, y, Reading(b, book)), share)  # type: ignore[misc]
        floor = _nanoseconds(lambda a=asked, b=bill, y=year: a.by_hand(b, y), share)  # type: ignore[misc]
        _say(
            f"{asked.name:40}{whole / 1000:>9.1f}{sums / 1000:>9.1f}{floor / 1000:>8.1f}"
            f"{whole / floor:>16.1f}{1_000_000_000 // whole:>10}"
        )
        slowest = max(slowest, whole)
    if 1_000_000_000 // slowest < SETTLEMENTS_A_SECOND_AT_LEAST:
        _say(f"  ! fewer than {SETTLEMENTS_A_SECOND_AT_LEAST} a second")
        return 1
    return 0


def _nanoseconds(work: Callable[[], object], microseconds: int) -> int:
    """The best round of ten calls, per call."""
    work()
    best, until = 0, time.perf_counter_ns() + microseconds * 1000
    while not best or time.perf_counter_ns() < until:
        begun = time.perf_counter_ns()
        for _ in range(10):
            work()
        taken = (time.perf_counter_ns() - begun) // 10
        best = min(best or taken, taken)
    return best


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
