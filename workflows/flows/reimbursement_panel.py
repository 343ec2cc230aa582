"""What the page of a reimbursement shows besides: what speaks against it, the sum in its parts, payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.catalogue.forms import opened_data
from matters.medical.breakdown import AMOUNTS
from matters.medical.manual.deadline import in_words, last_day_to_claim
from matters.medical.manual.payments import payments_of
from matters.medical.models import ReimbursementPayment
from matters.medical.rules import rule_book
from workflows.cases.act import Situation
from workflows.cases.flow import Panel

from .reimbursement_sum_forms import FILINGS, LEVELS

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

FOR_OFFICES = "desk/_reimbursement.html"
FOR_PEOPLE = "portal/my/_reimbursement.html"
CERTAINTY = {
    "certain": ("", ""),
    "probable": ("待核实", "warn"),
    "uncertain": ("存疑", "bad"),
    "recall": ("凭记忆，待核实", "warn"),
}
# The person sees the sum once it has been rechecked, not while two clerks are at it.
SHOWN_TO_PEOPLE = frozenset({"approved", "paying", "pay_failed", "paid", "correcting",
                             "supplement_paying", "clawing_back"})  # fmt: skip
STATUS = {
    ReimbursementPayment.Status.ORDERED: "warn",
    ReimbursementPayment.Status.PAID: "good",
    ReimbursementPayment.Status.FAILED: "bad",
}
RETURNED = "已退回"
# The person has paid all of it at the hospital: how, is no matter of this sum.
BORNE, OWN_PART = "psn_part_amt", "您在医院付清的费用里，由您自己负担的部分。"
PAID_BEFORE = frozenset({"psn_cash_pay", "acct_pay", "acct_mulaid_pay"})


def panel_of(case: Flow, situation: Situation, *, for_party: bool) -> Panel | None:
    """One statement where something was ever paid or ordered; none before."""
    facts = case.facts
    paid = payments_of(case.number) if "payable" in facts else []
    sums = facts.get("calculation")
    if for_party:
        if case.state not in SHOWN_TO_PEOPLE:
            return None
        return Panel(FOR_PEOPLE, {"sums": _sums(sums), "payments": _payments(paid)})
    correction = facts.get("correction") or {}
    return Panel(
        FOR_OFFICES,
        {
            "findings": [
                {**found, "is_here": found.get("first_office") == case.office_of("owner")}
                for found in facts.get("findings", ())
            ],
            "is_checked": "findings" in facts,
            "deadline": _deadline(situation),
            "verified": facts.get("verified"),
            "inquiry": facts.get("inquiry"),
            "sums": _sums(sums),
            "correction": {**correction, "sums": _sums(correction["calculation"])}
            if correction
            else None,
            "payments": _payments(paid),
        },
    )


def _deadline(situation: Situation) -> str:
    answers = opened_data(situation.definition, situation.case.data)
    ended_on = answers.get("ended_on")
    if not isinstance(ended_on, dt.date):
        return ""
    last = last_day_to_claim(str(answers["insured_region"]), ended_on, book=rule_book())
    return in_words(last) if last else "未查到参保地公布的期限，请按本地规定核对"


def _sums(calculation: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not calculation:
        return None
    return {
        "payable": Decimal(calculation["payable"]),
        "note": calculation.get("note", ""),
        "level": dict(LEVELS).get(calculation.get("level", ""), ""),
        "filing": dict(FILINGS).get(calculation.get("filing", ""), ""),
        "parts": [_part(each) for each in calculation["parts"]],
    }


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    said = {line["amount_name"]: line["text"] for line in part["lines"]} | {BORNE: OWN_PART}
    # What is kept in a case has no order of its own: the ten steps give it back.
    rows = [
        {"label": label, "amount": amount, "text": said.get(name, "")}
        for name, label in AMOUNTS.items()
        if (amount := Decimal(part["amounts"][name])) and name not in PAID_BEFORE
    ]
    rules = [
        {**rule, "doubt": words, "kind": kind}
        for rule in part["rules"]
        for words, kind in [CERTAINTY.get(rule["certainty"], (rule["certainty"], "warn"))]
    ]
    return {
        "on": dt.date.fromisoformat(part["on"]),
        "rows": rows,
        "rules": rules,
        "doubts": [
            {
                "text": doubt["text"],
                "fund": Decimal(doubt["amounts"]["fund_pay_sumamt"])
                if "fund_pay_sumamt" in doubt["amounts"]
                else None,
            }
            for doubt in part["doubts"]
        ],
        "is_sure": not any(rule["doubt"] for rule in rules if rule["bears"]),
    }


def _payments(rows: list[ReimbursementPayment]) -> list[dict[str, Any]]:
    return [
        {
            "kind": row.get_kind_display(),
            "amount": abs(row.amount),
            "status": RETURNED
            if row.kind == row.Kind.CLAWBACK and row.status == row.Status.PAID
            else "待退回"
            if row.kind == row.Kind.CLAWBACK
            else row.get_status_display(),
            "tag": STATUS[row.Status(row.status)],
            "account": row.account_tail if row.kind != row.Kind.CLAWBACK else "",
            "at": row.ended_at or row.ordered_at,
            "voucher": row.voucher,
            "failure": row.failure,
        }
        for row in rows
    ]
