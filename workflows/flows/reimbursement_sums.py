"""What a reimbursement comes to: reckoned by the ledger's rules, booked there, taken back there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from matters.medical.bill import BillRefused, to_fen
from matters.medical.breakdown import AMOUNTS, Breakdown
from matters.medical.filing.contacts import whom_to_call
from matters.medical.ledger import NotBooked, Order, book, preview, reverse
from matters.medical.models import Institution, Settlement
from matters.medical.rules import rule_book
from matters.rules import MissingRule, RuleMissing

from .reimbursement_claim import crosses_year, insured_of_case

if TYPE_CHECKING:
    from matters.medical.manual.checks import Claim
    from matters.medical.models import Insured
    from workflows.cases.act import Act
    from workflows.cases.flow import Flow

# The amounts that a clerk enters, by national names.
ENTERED = ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt")
# "split": 跨年住院按 12-31 分段结算，只付一次起付线. A row of the pool's rules; the ledger reads it too.
ACROSS_YEAR = "inpatient.across_year"


class CannotReckon(ValueError):
    """The sum stops: each sentence says why, and who can be asked."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("；".join(sentences))
        self.sentences = tuple(sentences)


@dataclass(frozen=True)
class Part:
    """The fees of one calendar year of the visit, settled by the rules of `on`."""

    on: dt.date
    amounts: Mapping[str, Decimal]


def days_settled(claimed: Claim) -> list[dt.date]:
    """The days by whose rules the visit is settled: its last; before it each 31 December it lay over,
    where the pool's rules settle a stay at the year's end."""
    if not crosses_year(claimed):
        return [claimed.ended_on]
    try:
        row = rule_book().value(ACROSS_YEAR, claimed.pool, claimed.ended_on)
    except RuleMissing:
        return [claimed.ended_on]
    if row.value != "split":
        return [claimed.ended_on]
    years = range(claimed.began_on.year, claimed.ended_on.year)
    return [*(dt.date(year, 12, 31) for year in years), claimed.ended_on]


def orders_for(
    claimed: Claim, parts: Iterable[Part], *, level: str, filing: str, disease: str = ""
) -> list[Order]:
    institution = claimed.institution
    return [
        Order(
            institution=institution,
            level=level,
            visit=claimed.visit,
            began_on=claimed.began_on,
            on=part.on,
            filing=filing,
            treated_at=treated_at(claimed),
            mdtrt_id=claimed.visit_number or claimed.case_number,
            disease=disease,
            kind="manual",
            # The fees were paid at the hospital: what comes back is the funds' part only.
            use_account=False,
            **part.amounts,
        )
        for part in parts
    ]


def treated_at(claimed: Claim) -> str:
    return claimed.institution.region_id if claimed.institution else claimed.treated_at


def reckon(claimed: Claim, orders: Sequence[Order], *, at: dt.datetime) -> list[Breakdown]:
    """What each order comes to at this moment; books nothing. Raises CannotReckon."""
    insured = insured_of_case(claimed)
    if insured is None:
        raise CannotReckon(["没有查到参保登记，不能核算。"])
    try:
        return _in_turn(insured, orders, at)
    except RuleMissing as stopped:
        raise CannotReckon(_missing(claimed, stopped.missing)) from None
    except (BillRefused, NotBooked) as refused:
        raise CannotReckon([f"{refused.code} {refused.sentence}"]) from None


def _in_turn(insured: Insured, orders: Sequence[Order], at: dt.datetime) -> list[Breakdown]:
    """A later part of a stay rests on what the earlier one bore: it is booked, and unbooked at once."""
    *earlier, last = orders
    if not earlier:
        return [preview(insured=insured, order=last)]
    with transaction.atomic():
        found = []
        for order in earlier:
            found.append(preview(insured=insured, order=order))
            key = f"trial:{order.mdtrt_id}:{order.on.year}"
            book(insured_id=insured.pk, order=order, key=key, at=at, agreed=found[-1])
        found.append(preview(insured=insured, order=last))
        transaction.set_rollback(True)
    return found


def kept(
    orders: Sequence[Order], breakdowns: Sequence[Breakdown], *, level: str, filing: str
) -> dict[str, Any]:
    """The calculation as the case keeps it and its pages show it: JSON-ready."""
    parts = [
        {"on": order.on.isoformat(), **_shown(breakdown)}
        for order, breakdown in zip(orders, breakdowns, strict=True)
    ]
    payable = sum((each.fund_pay_sumamt for each in breakdowns), Decimal(0))
    return {
        "level": level,
        "filing": filing,
        "disease": orders[0].disease,
        "parts": parts,
        "payable": str(to_fen(payable)),
    }


def orders_again(claimed: Claim, calculation: Mapping[str, Any]) -> list[Order]:
    """The orders that a kept calculation was made of."""
    parts = [
        Part(
            dt.date.fromisoformat(each["on"]),
            {name: Decimal(each["amounts"][name]) for name in ENTERED},
        )
        for each in calculation["parts"]
    ]
    return orders_for(
        claimed,
        parts,
        level=calculation["level"],
        filing=calculation["filing"],
        disease=calculation["disease"],
    )


def is_as_kept(breakdowns: Sequence[Breakdown], calculation: Mapping[str, Any]) -> bool:
    """Whether what comes out now is what somebody saw and agreed to."""
    now = [_amounts(each) for each in breakdowns]
    return now == [part["amounts"] for part in calculation["parts"]]


def book_all(case: Flow, act: Act, insured: Insured, orders: Sequence[Order],
         agreed: Sequence[Breakdown]) -> list[Settlement]:  # fmt: skip
    """Book what was agreed, under keys of this step: taken twice it is booked once."""
    return [
        book(
            insured_id=insured.pk,
            order=order,
            key=f"reimbursement:{case.number}:{act.seq}:{order.on.year}",
            at=act.at,
            agreed=breakdown,
        )
        for order, breakdown in zip(orders, agreed, strict=True)
    ]


def take_back(setl_ids: Sequence[str], *, case_number: str, seq: int, at: dt.datetime,
              reason: str) -> None:  # fmt: skip
    """Reverse a reimbursement's settlements, the last first. Raises NotBooked."""
    rows = Settlement.objects.filter(setl_id__in=setl_ids).order_by("-year", "-seq")
    for row in rows:
        key = f"reimbursement:{case_number}:{seq}:back:{row.setl_id}"
        reverse(settlement_id=row.pk, key=key, at=at, reason=reason)


def _shown(breakdown: Breakdown) -> dict[str, Any]:
    whole = breakdown.as_json()
    return {
        "amounts": _amounts(breakdown),
        "lines": whole["explanation"],
        "rules": whole["rules"],
        "doubts": whole["doubts"],
    }


def _amounts(breakdown: Breakdown) -> dict[str, str]:
    return {name: str(to_fen(getattr(breakdown, name))) for name in AMOUNTS}


def _missing(claimed: Claim, missing: Iterable[MissingRule]) -> list[str]:
    call = whom_to_call(claimed.pool, claimed.treated_at, claimed.ended_on)
    return [f"缺少规则，不能核算：{each.sentence.rstrip('。')}。请{call}核实。" for each in missing]


def institution_level(institution: Institution | None) -> str:
    return institution.level if institution else ""
