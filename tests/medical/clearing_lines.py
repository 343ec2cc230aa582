"""Entries of the settlement ledger as the clearing finds them, written straight: no arithmetic."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from matters.medical.clearing import gathering, statements
from matters.medical.clearing.months import SHANGHAI
from matters.medical.clearing.reconciliation import Reported, agency_lines, compare_details
from matters.medical.models import (
    ClearingLine,
    ClearingMonth,
    Difference,
    FundLine,
    Institution,
    Insured,
    KeptRules,
    Settlement,
    Statement,
)
from tests.medical.books import hospital, worker
from tests.world import at
from tongban.offices.models import Region

CHONGQING, CHENGDU, DAZHOU = "500000", "510100", "511700"
# Treated in 四川 (达州), insured in 重庆.
TO_CHONGQING = ("510000", "500000")
LATER = at("2026-11-20 10:00")
ZERO = Decimal(0)
_serial = itertools.count(1)
NOTHING = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "act_pay_dedc")


def clinic() -> Institution:
    """The one hospital of 达州."""
    Region.objects.get_or_create(
        code="511702",
        defaults={"name": "通川区", "full_name": "四川省达州市通川区", "level": "county",
                  "province_id": "510000"},
    )  # fmt: skip
    return Institution.objects.filter(code="H-CLEARING").first() or hospital(code="H-CLEARING")


def patient() -> Insured:
    return Insured.objects.filter(psn_no="P-CLEARING").first() or worker(psn_no="P-CLEARING")


@transaction.atomic
def settled(
    fund: str = "1000.00", account: str = "0.00", *, on: str = "2026-10-10 10:00", **more: Any
) -> Settlement:
    """A direct settlement in 达州 of somebody insured in 重庆, booked at that moment."""
    number = next(_serial)
    pays, draws = Decimal(fund), Decimal(account)
    moment = at(on)
    entry = Settlement.objects.create(
        **{
            "setl_id": f"S{number:08}",
            "key": f"clearing-{number}",
            "cause": "settled",
            "sign": 1,
            "insured": patient(),
            "year": moment.year,
            "seq": number,
            "pool": CHONGQING,
            "insured_type": "employee",
            "institution": clinic(),
            "treated_at": "511702",
            "treated_province": "510000",
            "kind": "direct",
            "visit": "inpatient",
            "mdtrt_id": f"V{number}",
            "began_on": moment.date(),
            "on": moment.date(),
            "booked_at": moment,
            "medfee_sumamt": pays + draws,
            "inscp_scp_amt": pays + draws,
            "hifp_pay": pays,
            "fund_pay_sumamt": pays,
            "psn_part_amt": draws,
            "acct_pay": draws,
            "psn_cash_pay": Decimal(0),
            "bill": {},
            "breakdown": {},
            "rules": [],
            "rule_book": _book(),
            **dict.fromkeys(NOTHING, Decimal(0)),
            **more,
        }
    )
    _funds(entry)
    return entry


@transaction.atomic
def taken_back(
    entry: Settlement, *, on: str = "2026-10-11 10:00", cause: str = "reversed"
) -> Settlement:
    """The negative entry of a settlement."""
    kept = {f.attname: getattr(entry, f.attname) for f in entry._meta.concrete_fields}
    for name in ("id", "setl_id", "key", "seq", "clearing_month"):
        kept.pop(name)
    amounts = {n: -v for n, v in kept.items() if isinstance(v, Decimal)}
    number = next(_serial)
    back = Settlement.objects.create(
        **kept
        | amounts
        | {
            "setl_id": f"S{number:08}",
            "key": f"clearing-{number}",
            "seq": number,
            "sign": -1,
            "cause": cause,
            "reverses_id": entry.pk,
            "booked_at": at(on),
        }
    )
    _funds(back)
    return back


def month_row(month: str = "2026-10", pair: tuple[str, str] = TO_CHONGQING) -> ClearingMonth:
    """A month without its case."""
    return ClearingMonth.objects.create(
        treated_province=pair[0],
        insured_province=pair[1],
        month=month,
        opened_at=at(f"{month[:7]}-01 00:05") if month[5:] != "13" else at("2027-01-01 00:05"),
    )


def hospital_agrees(day: str = "2026-10-10") -> None:
    """The hospital reports the day's lines as the agency has them."""
    when = dt.date.fromisoformat(day)
    lines = agency_lines(clinic(), when)
    compare_details(institution=clinic(), day=when, lines=lines, at=noon(when))


def reported(entry: Settlement, **more: Any) -> Reported:
    """A line of 3202 as the agency has it, but for `more`."""
    origin = entry.reverses or entry
    fields: dict[str, Any] = {
        "setl_id": origin.setl_id,
        "sign": entry.sign,
        "visit": entry.visit,
        "pool": entry.pool,
        "medfee_sumamt": entry.medfee_sumamt,
        "fund_pay_sumamt": entry.fund_pay_sumamt,
        "acct_pay": entry.acct_pay + entry.acct_mulaid_pay,
    }
    return Reported(**fields | more)


def planted(on: str = "2026-10-10") -> dict[str, Difference]:
    """One difference of each kind, by kind."""
    day, when = dt.date.fromisoformat(on), f"{on} 10:00"
    missed, wrong, right = (settled(each, on=when) for each in ("10.00", "20.00", "30.00"))
    lines = [
        reported(wrong, fund_pay_sumamt=Decimal("20.01")),
        reported(right),
        reported(right, setl_id="GHOST"),
    ]
    found = compare_details(institution=clinic(), day=day, lines=lines, at=noon(day))
    assert {d.setl_id for d in found} == {missed.setl_id, wrong.setl_id, "GHOST"}
    return {d.kind: d for d in found}


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(23), SHANGHAI)


def stated(month: ClearingMonth, when: dt.datetime = LATER) -> Statement:
    """Cut off, declared and stated at once."""
    gathering.cut_off(month.pk, when)
    statements.declare(month, when)
    return statements.issue(month, at=when, number=f"N-{month.pk}-{month.statements.count()}")


def sums() -> tuple[Decimal, Decimal]:
    """What the ledger says is cleared, and what months, open lines and exclusions say."""
    claim = F("fund_pay_sumamt") + F("acct_pay") + F("acct_mulaid_pay")
    ledger = Settlement.objects.filter(kind="direct").aggregate(s=Sum(claim))["s"] or ZERO
    stated_ = Statement.objects.filter(voided_at=None).aggregate(s=Sum("gross"))["s"] or ZERO
    issued = Statement.objects.filter(voided_at=None).values("month")
    open_ = ClearingLine.objects.exclude(month__in=issued, status="declared")
    waiting = open_.aggregate(s=Sum(F("claimed") - F("excluded")))["s"] or ZERO
    excluded = ClearingLine.objects.aggregate(s=Sum("excluded"))["s"] or ZERO
    taken = ClearingLine.objects.values("settlement")
    not_yet = Settlement.objects.filter(kind="direct").exclude(pk__in=taken)
    loose = not_yet.aggregate(s=Sum(claim))["s"] or ZERO
    return ledger, stated_ + waiting + excluded + loose


def _funds(entry: Settlement) -> None:
    FundLine.objects.bulk_create(
        [
            FundLine(
                settlement=entry,
                number=1,
                fund_pay_type="310100",
                fund_payamt=entry.fund_pay_sumamt,
                inscp_scp_amt=entry.inscp_scp_amt,
            )
        ]
    )


def _book() -> KeptRules:
    return KeptRules.objects.get_or_create(digest="clearing", defaults={"content": {}})[0]
