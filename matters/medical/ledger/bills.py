"""From an order to the bill that is settled, and the bill as it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from matters.medical.bill import Bill
from matters.medical.models import Settlement, VisitKind

from .accounts import People
from .order import Order
from .year import Head

# What a hospital or agency does not send: lines are split at the place of treatment (规程 art. 33-35).
_NOT_KEPT = frozenset({"items", "plans"})


def bill_of(order: Order, people: People, head: Head, earlier: Sequence[Settlement]) -> Bill:
    """The order with what the ledger knows. `earlier`: the same stay's parts in earlier years."""
    person = people.insured
    # Earlier parts give the stay its number among the admissions and have borne of its deductible.
    number = earlier[0].bill["admission_no"] if earlier else head.totals.admissions + 1
    borne = sum((part.act_pay_dedc for part in earlier), Decimal(0))
    return Bill(
        pool=person.pool_id,
        insured_type=person.insured_type,
        person_class=person.person_class,
        age=age_on(person.born_on, order.on),
        level=order.level,
        is_tcm=order.institution is not None and order.institution.is_tcm,
        visit=order.visit,
        on=order.on,
        filing=order.filing,
        treated_at=order.treated_at,
        disease=order.disease,
        medfee_sumamt=order.medfee_sumamt,
        fulamt_ownpay_amt=order.fulamt_ownpay_amt,
        overlmt_selfpay=order.overlmt_selfpay,
        preselfpay_amt=order.preselfpay_amt,
        account_balance=people.own if order.use_account else Decimal(0),
        family_balance=people.family if order.use_account else Decimal(0),
        admission_no=number if order.visit == VisitKind.INPATIENT else 1,
        stay_dedc=borne if earlier else None,
    )


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Full years of age 周岁."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def bill_json(bill: Bill) -> dict[str, Any]:
    """Every field by name: amounts and days as text."""
    return {
        each.name: _plain(getattr(bill, each.name))
        for each in fields(Bill)
        if each.name not in _NOT_KEPT
    }


def bill_read(kept: Mapping[str, Any]) -> Bill:
    """What `bill_json` wrote."""
    types = {each.name: str(each.type) for each in fields(Bill)}
    return Bill(**{name: _whole(types[name], value) for name, value in kept.items()})


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | dt.date) else value


def _whole(kind: str, value: Any) -> Any:
    if value is not None and kind.startswith("Decimal"):
        return Decimal(value)
    return dt.date.fromisoformat(value) if kind == "dt.date" else value
