"""The demonstration centre: a housing-fund centre's system that takes its steps of transfers by the API.

It knows the site by HTTP and keeps, like any centre, its own depositors' numbers and the letters it
wrote. What it does follows from what it reads and a seed: now and then the bank sends money back, or a
note carries another letter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .caller import Caller, Refused

# One in so many; drawn anew at each step of a case.
BOUNCES, STRAYS = 8, 10
# At a time; what is sent to and fro is looked at again the next time.
MOST_STEPS = 6
DONE_BY_PEOPLE = (403, 409)
FLOW = "fund_transfer"
ENDED = ("objected", "completed", "disapproved", "refused", "withdrawn")
OBJECTIONS = (("贷款", "live_loan"), ("封存", "not_sealed"), ("没有这名职工", "no_account"))


@dataclass(frozen=True)
class Centre(Caller):
    """depositors: ID numbers by account number. letters: numbers of the cases whose money is to come."""

    seed: int = 1
    depositors: Mapping[str, str] = field(default_factory=dict)
    letters: set[str] = field(default_factory=set)

    def answer_all(self) -> int:
        """Take every transfer on as far as it goes; how many steps. Raises OSError where the site is down."""
        numbers = [row["number"] for row in self.waiting() if row["matter"].endswith("转移接续")]
        return sum(self._as_far_as_it_goes(each) for each in {*numbers, *self.letters})

    def _as_far_as_it_goes(self, number: str) -> int:
        steps = 0
        while steps < MOST_STEPS and self.move_on(number):
            steps += 1
        return steps

    def move_on(self, number: str) -> bool:
        """One step, if there is one of ours; False where people came before, or it is left to them."""
        case = self.call("GET", f"/cases/{number}")
        if case["state"] in ENDED:
            self.letters.discard(number)
        decided = self.decide(number, case)
        if decided is None or decided[0] not in {each["step"] for each in case["steps"]}:
            return False
        step, data = decided
        if not self._take(number, case["seq"], step, data):
            return False
        if step in ("accept", "send_letter_again"):
            self.letters.add(number)
        return True

    def decide(self, number: str, case: dict[str, Any]) -> tuple[str, dict[str, str]] | None:
        """The step and what is filled in, by the case's state; None where it is left to people."""
        luck = self._luck(number, case["seq"])
        match case["state"]:
            case "accepting":
                return "accept", {"checked": "on"}
            case "checking":
                return "confirm", {"released": "on"}
            case "objected":
                return "disapprove", {"reason": "转出地不能转出，请按告知的办法处理（示范）"}
            case "frozen":
                return "send_sheet", _sheet(case, luck)
            case "info_sent" | "money_returned":
                total = case["facts"]["sheet"]["total"]
                return "send_money", {"amount": total, "voucher": f"LS{luck % 10**10:010d}"}
            case "money_sent":
                return self._on_the_way(number, case, luck)
            case "mismatched":
                return "match_by_hand", {"reason": "经核对确系该职工资金（示范）"}
            case "investigating":
                return "explain", {"reason": "附言录入有误，确系本联系函资金（示范）"}
            case "booked":
                return "conclude", {}
        return None

    def _on_the_way(
        self, number: str, case: dict[str, Any], luck: int
    ) -> tuple[str, dict[str, str]] | None:
        """The sender's bank refuses now and then; whoever receives sees the note of its own bank."""
        if number not in self.letters:
            reason = {"reason": "收款账户户名不符，银行退票（示范）"}
            return ("bank_refuses", reason) if luck % BOUNCES == 0 else None
        account = {row["field"]: row["value"] for row in case["answers"]}.get("receiving_account")
        identity = self.depositors.get(str(account))
        if identity is None:
            return None
        strays = luck % STRAYS == 0
        return "money_arrives", {
            "letter_number": "LXH0" if strays else case["facts"]["letter"],
            "id_number": identity,
            "amount": case["facts"]["sent"],
            "voucher": f"DZ{luck % 10**10:010d}",
        }

    def _take(self, number: str, seq: int, step: str, data: dict[str, str]) -> bool:
        """What the rules forbid is said with the site's own reason: refused here, objected to there."""
        path = f"/cases/{number}/steps/"
        # Sent again after a lost answer it is the same key: done once.
        key = f"{self.office}:{number}:{seq}:{step}"
        try:
            self.call("POST", path + step, {"token": seq, "data": data}, key)
        except Refused as refused:
            if refused.status in DONE_BY_PEOPLE:
                return False
            instead = _instead(step, refused)
            if instead is None:
                return False
            return self._take(number, seq, *instead)
        return True

    def _luck(self, number: str, seq: int) -> int:
        drawn = hashlib.sha256(f"{self.seed}:{self.office}:{number}:{seq}".encode())
        return int(drawn.hexdigest(), 16)


def _instead(step: str, refused: Refused) -> tuple[str, dict[str, str]] | None:
    errors = refused.problem.get("errors", {})
    said = "；".join(text for texts in errors.values() for text in texts)
    if refused.status not in (400, 422) or not said:
        return None
    if step == "accept":
        return "refuse", {"reason": said[:900]}
    if step == "confirm":
        # What nobody published the centre decides for its people: they may go.
        if set(errors) == {"decision"}:
            return "confirm", {"released": "on", "decision": "本中心准予转出（示范）"}
        code = next((code for words, code in OBJECTIONS if words in said), "other")
        return "object_to_transfer", {"code": code, "reason": said[:900]}
    return None


def _sheet(case: dict[str, Any], luck: int) -> dict[str, str]:
    """Only what the register does not fill in by itself."""
    asked = [each["fields"] for each in case["steps"] if each["step"] == "send_sheet"]
    figures = {
        "principal": str(Decimal(80000 + luck % 6000000) / 100),
        "interest": str(Decimal(luck % 20000) / 100),
        "months": str(6 + luck % 120),
        "loan_uses": "0",
    }
    names = [each["name"] for fields in asked for each in fields]
    return {name: figures[name] for name in names if name in figures}
