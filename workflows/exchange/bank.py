"""The demonstration bank: a system of its own that knows this site only by its API, over HTTP.

It decides by what it reads and by a seed, so that the same demand gets the same answer: every third
is declined, small demands get more of what they ask for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .caller import Caller, Refused

__all__ = ["Bank", "Decision", "Refused"]


@dataclass(frozen=True)
class Decision:
    """The step that the bank takes, and what it fills in."""

    step: str
    data: dict[str, str]


@dataclass(frozen=True)
class Bank(Caller):
    """office: the code of its branch."""

    seed: int = 1

    def answer_all(self) -> int:
        """Answer every demand that waits; how many. Raises OSError where the site is down."""
        return sum(self.reply_to(row["number"]) for row in self.waiting())

    def reply_to(self, number: str) -> bool:
        """Decide one demand; False where it needs no answer of ours, or somebody came before us."""
        case = self.call("GET", f"/cases/{number}")
        if "offer" not in {each["step"] for each in case["steps"]}:
            return False
        decided = self.decide(number, case)
        body = {"token": case["seq"], "data": decided.data}
        # Sent again after a lost answer it is the same key: done once.
        key = f"{self.office}:{number}:{case['seq']}"
        try:
            self.call("POST", f"/cases/{number}/steps/{decided.step}", body, key)
        except Refused as refused:
            if refused.status not in (403, 409):
                raise
            return False
        return True

    def decide(self, number: str, case: dict[str, Any]) -> Decision:
        luck = int(hashlib.sha256(f"{self.seed}:{self.office}:{number}".encode()).hexdigest(), 16)
        if luck % 3 == 0:
            return Decision(
                "decline", {"kind": "debt", "reason": "现有负债与经营收入不相称（示范）"}
            )
        answers = {row["field"]: row["value"] for row in case["answers"]}
        asked = Decimal(answers["amount"].removesuffix("元").replace(",", "") or 0)
        share = Decimal(70 + luck % 31) / 100
        rate = Decimal("3.00") + Decimal(luck % 150) / 100
        amount = max((asked * share).quantize(Decimal("0.01")), Decimal("0.01"))
        terms = {"amount": str(amount), "rate": str(rate), "months": str(12 + luck % 25)}
        return Decision("offer", terms | {"note": "示范方案，不构成真实授信"})
