"""On the page of a withdrawal: the amount with each limit, what forbids it, the rules; for its people the amount."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.housing_fund.models import Withdrawal
from matters.housing_fund.words import rule_book
from matters.rules import CERTAINTIES
from workflows.cases.act import Situation
from workflows.cases.flow import Panel

from .fund_withdrawal_facts import Examined, examined, kind_of

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

TEMPLATE = "housing_fund/withdrawal.html"
LIVE = ("submitted", "collecting", "checking", "supplementing", "facts_requested", "settled")


@dataclass(frozen=True)
class WithdrawalShown:
    """amount: as settled, else as reckoned now. account, refused, open_points, rules: for 缴存地 only."""

    kind: str
    amount: Decimal | None
    is_settled: bool
    limits: list[str]
    basis: str = ""
    lender: dict[str, Any] | None = None
    account: str = ""
    balance: Decimal | None = None
    refused: list[str] = field(default_factory=list)
    open_points: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    rules: list[tuple[str, str, str, str]] = field(default_factory=list)


def panel_of(case: Flow, situation: Situation, *, for_party: bool) -> Panel | None:
    """To 缴存地 with what its books say; to others what was settled, if anything was."""
    actor = situation.actor
    is_owner = case.office_of("owner") in actor.desks | actor.heads
    if not for_party and is_owner and case.state in LIVE:
        return Panel(TEMPLATE, _in_full(case, examined(situation)))
    settled = _settled(case, situation)
    return Panel(TEMPLATE, settled) if settled else None


def _settled(case: Flow, situation: Situation) -> WithdrawalShown | None:
    known = case.facts.get("withdrawal")
    if not known:
        return None
    return WithdrawalShown(
        kind=Withdrawal.Kind(kind_of(situation.definition)).label,
        amount=Decimal(known["amount"]),
        is_settled=True,
        limits=known["limits"],
        basis=known["basis"],
    )


def _in_full(case: Flow, found: Examined) -> WithdrawalShown:
    known, reckoned = case.facts.get("withdrawal"), found.reckoned
    is_settled = case.state == "settled" and bool(known)
    account = found.account
    return WithdrawalShown(
        kind=Withdrawal.Kind(found.kind).label,
        amount=Decimal(known["amount"]) if is_settled else reckoned.amount,
        is_settled=is_settled,
        limits=[f"{limit.label}：{limit.text}" for limit in reckoned.limits],
        basis=known["basis"] if is_settled else "",
        lender=case.facts.get("lender"),
        account=f"{account.number}（{account.get_status_display()}）" if account else "",
        balance=account.balance if account else None,
        refused=[sentence for _, sentence in reckoned.refused],
        open_points=reckoned.open,
        doubts=reckoned.doubts,
        rules=[
            (
                rule_book().words.name_of(row.key),
                f"{row.pool_name} · {row.span}",
                CERTAINTIES[row.certainty],
                row.source,
            )
            for row in reckoned.rules
        ],
    )
