"""The clearing's flows in the small world: two agencies, a month with lines, and what each step costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from matters.medical.clearing.advance import post
from matters.medical.clearing.gathering import gather
from matters.medical.clearing.reconciliation import compare_details
from matters.medical.clearing.statements import digest_of
from matters.medical.models import ClearingMonth, Difference, LineDispute, Settlement, Statement
from tests.flows.taken import Taken, reason
from tests.medical.clearing_lines import LATER, clinic, reported, settled
from tests.world import World
from tongban.accounts.actors import actor_of
from tongban.accounts.models import Posting, User
from workflows.cases.models import Case
from workflows.cases.perform import perform

MONTH = "2026-04"
DAY = dt.date(2026, 4, 10)
SICHUAN, CHONGQING = ("510000", "medical_insurance"), ("500000", "medical_insurance")
CONTENT = {"month": MONTH}


def agencies(world: World) -> dict[str, Any]:
    """Somebody at 四川's agency who opens it; the matters that the month needs are published."""
    if "clearing_clerk" not in world.people:
        world.post("clearing_clerk", "川清算", *SICHUAN, "clerk")
        world.matter("签署异地就医清算单")
    return {"month": MONTH}


def signing(world: World) -> dict[str, Any]:
    return agencies(world) | {"side": "treated", "statement": "QS", "digest": digest_of(CONTENT)}


def advance(world: World) -> dict[str, Any]:
    agencies(world)
    return {"year": "2026"}


def a_line(case: Case) -> Mapping[str, Any]:
    """A line of this month that nobody disputes yet."""
    month = ClearingMonth.objects.get(pk=case.facts["month_id"])
    line = month.lines.filter(status="open").order_by("id")[0]
    return {"setl_id": line.origin.setl_id, "sign": "1", "reason": "重复收费"}


def a_dispute(_case: Case) -> Mapping[str, Any]:
    dispute = LineDispute.objects.filter(state__in=("raised", "evidence")).get()
    return {"dispute": dispute.pk, "evidence": "病历", "decision": "经核实"}


def a_difference(_case: Case) -> Mapping[str, Any]:
    found = Difference.objects.exclude(state="settled")[0]
    return {"difference": found.pk, "resolution": "accept", "note": "按参保地金额"}


def with_lines(_case: Case) -> Mapping[str, Any]:
    """Three settlements of April that the hospital has not reported."""
    for fund in ("100.00", "200.00", "300.00"):
        settled(fund, on=f"{DAY} 10:00")
    compare_details(institution=clinic(), day=DAY, lines=[], at=LATER)
    return {}


def all_signed(case: Case) -> Mapping[str, Any]:
    """Both heads have signed what waits."""
    for nth, child in enumerate(Case.objects.filter(parent=case, closed_at=None).order_by("id")):
        who = User.objects.create(username=f"signs-{child.pk}", name=f"签{nth}", kind="staff")
        Posting.objects.create(
            user=who, office_id=child.holder_office_id or 0, role="head",
            valid_from=dt.date(2020, 1, 1),
        )  # fmt: skip
        perform(child.pk, "sign_statement", actor=actor_of(who.pk), data={"read": "on"},
                token=child.seq, at=case.entered_at)  # fmt: skip
    return {}


def owed(case: Case) -> Mapping[str, Any]:
    return {"amount": case.facts["payable"], "voucher": "PZ0001"}


def all_agreed(_case: Case) -> Mapping[str, Any]:
    """The hospital has the same lines after all."""
    lines = [reported(s) for s in Settlement.objects.all()]
    compare_details(institution=clinic(), day=DAY, lines=lines, at=LATER)
    return {}


def agreed(case: Case) -> Mapping[str, Any]:
    all_agreed(case)
    return {"agreed": "on"}


def to_sign(case: Case) -> Mapping[str, Any]:
    zero = Decimal(0)
    Statement.objects.create(
        month_id=case.facts["month_id"], version=1, line_count=0, gross=zero, deducted=zero,
        payable=zero, content=CONTENT, digest=digest_of(CONTENT), issued_at=LATER,
    )  # fmt: skip
    return {"read": "on"}


def a_hospital(_case: Case) -> Mapping[str, Any]:
    return {"institution": clinic().code, "amount": "50.00", "reason": "串换项目"}


def due(case: Case) -> Mapping[str, Any]:
    return {"amount": case.facts["due"].lstrip("-"), "voucher": "PZ0002"}


def lamp_on(case: Case) -> Mapping[str, Any]:
    """A yuan is held, and nothing of it is left."""
    pair = ("510000", "500000")
    post(pair, "treated", Decimal("1.00"), voucher="x", key=f"lamp:{case.pk}", at=LATER)
    month = ClearingMonth.objects.create(
        treated_province=pair[0], insured_province=pair[1], month=MONTH, opened_at=LATER
    )
    settled("100.00", on=f"{DAY} 10:00")
    gather(month.pk)
    return {}


TO_FINANCE = {"reference": "财社〔2026〕1号"}
WAYS: dict[str, tuple[tuple[Taken, ...], ...]] = {
    "clearing_month": (
        (
            Taken("close_intake", "system", 9, with_lines),
            Taken("begin_reconciling", "treated", 2),
            Taken("work_difference", "treated", 15, a_difference),
            Taken("note_deduction", "treated", 3, a_hospital),
            Taken("hold_line", "insured", 7, a_line),
            Taken("tell_evidence", "treated", 5, a_dispute),
            Taken("take_off_line", "treated", 12, a_dispute),
            Taken("hold_line", "insured", 7, a_line),
            Taken("pay_line", "insured", 10, a_dispute),
            Taken("declare_month", "treated", 7, agreed),
            Taken("state_month", "system", 30),
            reason("contest_statement", "insured", 19),
            Taken("resume_reconciling", "treated", 2),
            Taken("declare_month", "treated", 7, agreed),
            Taken("state_month", "system", 29),
            Taken("child_closed", "system", 4, all_signed),
            Taken("apply_to_finance", "insured", 0, TO_FINANCE),
            Taken("pass_audit", "insured", 0),
            Taken("transfer_money", "insured", 4, owed),
            Taken("confirm_arrival", "treated", 4, owed),
            Taken("close_month", "treated", 23),
        ),
    ),
    "clearing_signing": (
        (Taken("sign_statement", "head of signer", 4, to_sign),),
        (Taken("be_voided", "system", 1),),
    ),
    "clearing_advance": (
        (
            Taken("notify_payment", "treated", 2),
            Taken("ask_top_up", "treated", 8, lamp_on),
            Taken("ask_finance", "insured", 0, TO_FINANCE),
            Taken("pay_advance", "insured", 3, due),
            Taken("confirm_advance", "treated", 1, due),
            Taken("hand_to_next_year", "system", 1),
        ),
    ),
}
