"""Writing a settlement and its negative entry: the entry, its fund lines, the year, the accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from matters.medical.bill import YearToDate
from matters.medical.breakdown import AMOUNTS
from matters.medical.models import FundLine, Settlement

from . import accounts
from .bills import bill_json
from .order import Order
from .reckoning import Reckoned
from .year import Head

# Taken over by a negative entry as they stand in the settlement that it takes back.
_SAME = (
    "insured_id",
    "pool",
    "insured_type",
    "institution_id",
    "treated_at",
    "treated_province",
    "kind",
    "visit",
    "mdtrt_id",
    "began_on",
    "on",
    "bill",
    "rules",
    "rule_book_id",
)


def write_settlement(
    found: Reckoned, *, order: Order, key: str, at: dt.datetime, rule_book: str
) -> Settlement:
    """Three statements, and one if an account pays. `rule_book`: digest of the kept book."""
    person, breakdown = found.people.insured, found.breakdown
    said = breakdown.as_json()
    rules = said.pop("rules")
    settlement = Settlement(
        cause=Settlement.Cause.SETTLED,
        sign=1,
        key=key,
        insured_id=person.pk,
        pool=person.pool_id,
        insured_type=person.insured_type,
        institution=order.institution,
        treated_at=order.treated_at,
        treated_province=f"{order.treated_at[:2]}0000",
        kind=order.kind,
        visit=order.visit,
        mdtrt_id=order.mdtrt_id,
        began_on=order.began_on,
        on=order.on,
        booked_at=at,
        bill=bill_json(found.bill),
        breakdown=said,
        rules=rules,
        rule_book_id=rule_book,
        **breakdown.amounts,
    )
    draws = found.people.draws(own=breakdown.acct_pay, family=breakdown.acct_mulaid_pay)
    return _write(settlement, found.head, breakdown.year_after, draws)


def write_negative(
    taken: Settlement,
    *,
    cause: str,
    head: Head,
    totals: YearToDate,
    gives_back: Mapping[int, Decimal],
    key: str,
    at: dt.datetime,
    reason: str,
) -> Settlement:
    """Every amount with the other sign, the year at `totals`, the accounts as they were."""
    negative = Settlement(
        cause=cause,
        sign=-1,
        reverses=taken,
        reason=reason,
        key=key,
        booked_at=at,
        breakdown=negated(taken.breakdown, totals),
        **{name: getattr(taken, name) for name in _SAME},
        **{name: -getattr(taken, name) for name in AMOUNTS},
    )
    return _write(negative, head, totals, gives_back)


def negated(breakdown: Mapping[str, Any], totals: YearToDate) -> dict[str, Any]:
    """The JSON of `Breakdown.negated()`, made from the JSON that was kept."""
    minus = {name: _minus(breakdown[name]) for name in (*AMOUNTS, "base")}
    lines = [
        line | {name: _minus(line[name]) for name in ("fund_payamt", "inscp_scp_amt")}
        for line in breakdown["setldetail"]
    ]
    explanation = [
        line | {"amount": _minus(line["amount"]), "text": "冲回：" + line["text"]}
        for line in breakdown["explanation"]
    ]
    return {
        **breakdown,
        **minus,
        "setldetail": lines,
        "explanation": explanation,
        "doubts": [],
        "ytd": totals.as_json(),
    }


def setl_id_of(settlement: Settlement) -> str:
    """Pool, year, person and place in the year: no counter that everybody would wait for."""
    return f"{settlement.pool}{settlement.year}{settlement.insured_id:09d}{settlement.seq:04d}"


def _write(
    settlement: Settlement, head: Head, totals: YearToDate, moves: Mapping[int, Decimal]
) -> Settlement:
    settlement.year, settlement.seq = head.year, head.seq + 1
    settlement.setl_id = setl_id_of(settlement)
    settlement.save(force_insert=True)
    lines = settlement.breakdown["setldetail"]
    FundLine.objects.bulk_create(
        [FundLine(settlement=settlement, number=n, **line) for n, line in enumerate(lines, 1)]
    )
    entry = head.next(totals, key=settlement.key, at=settlement.booked_at)
    entry.settlement = settlement
    entry.save(force_insert=True)
    accounts.move(
        amounts=moves,
        key=settlement.key,
        at=settlement.booked_at,
        settlement_id=settlement.pk,
        reason=settlement.get_cause_display(),
    )
    return settlement


def _minus(amount: str) -> str:
    return str(-Decimal(amount))
