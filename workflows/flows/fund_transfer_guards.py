"""What the steps of a fund transfer rest on once its money has arrived."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflows.cases.declarations import Guard

from .fund_accounts import kept_account

if TYPE_CHECKING:
    from workflows.cases.flow import Flow


def _yuan(case: Flow, fact: str) -> Decimal:
    return Decimal(str(case.facts.get(fact) or 0))


def surplus_of(case: Flow) -> Decimal:
    """What arrived above what was sent, and is still here."""
    return _yuan(case, "surplus")


def _both_kept(case: Any) -> bool:
    return bool(kept_account(case, "sending") and kept_account(case, "receiving"))


both_books = Guard(
    "both_books", "两地账册不都在本站，更正由两地各自的系统办理", lambda s: _both_kept(s.case)
)
not_corrected = Guard(
    "not_corrected",
    "金额更正过的不能再整笔冲正",
    lambda s: s.case.facts.get("arrived") == s.case.facts.get("sent"),
)
still_booked = Guard(
    "still_booked", "已冲正，资金已退回转出地", lambda s: s.case.facts.get("money") == "booked"
)
nothing_lacks = Guard(
    "nothing_lacks",
    "到账金额少于划转金额，只能退回资金，由转出地重新划转",
    lambda s: _yuan(s.case, "arrived") >= _yuan(s.case, "sent"),
)
surplus_lies = Guard("surplus_lies", "没有多到的资金", lambda s: surplus_of(s.case) > 0)
surplus_is_back = Guard(
    "surplus_is_back", "多到的资金还在挂账，请先退回", lambda s: not surplus_of(s.case)
)
