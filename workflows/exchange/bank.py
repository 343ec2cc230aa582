"""The demonstration bank: a system of its own that knows this site only by its API, over HTTP.

It decides by what it reads and by a seed, so that the same demand gets the same answer: every third
is declined, small demands get more of what they ask for.
"""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

SECONDS = 20
PAGE = 50


class Refused(Exception):
    """The API said no: `problem` is what it answered, problem+json."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')} {problem.get('detail', '')}")
        self.status = status
        self.problem = problem


@dataclass(frozen=True)
class Decision:
    """The step that the bank takes, and what it fills in."""

    step: str
    data: dict[str, str]


@dataclass(frozen=True)
class Bank:
    """site: where the API is; key: its own; office: the code of its branch."""

    site: str
    key: str
    office: str
    seed: int = 1

    def answer_all(self) -> int:
        """Answer every demand that waits; how many. Raises OSError where the site is down."""
        return sum(self.reply_to(row["number"]) for row in self.waiting())

    def waiting(self) -> Iterator[dict[str, Any]]:
        """The branch's work, page by page."""
        after = 0
        while True:
            query = urllib.parse.urlencode({"office": self.office, "after": after, "limit": PAGE})
            page = self._ask("GET", f"/cases?{query}")
            yield from page["cases"]
            if page["next"] is None:
                return
            after = page["next"]

    def reply_to(self, number: str) -> bool:
        """Decide one demand; False where it needs no answer of ours, or somebody came before us."""
        case = self._ask("GET", f"/cases/{number}")
        if "offer" not in {each["step"] for each in case["steps"]}:
            return False
        decided = self.decide(number, case)
        body = {"token": case["seq"], "data": decided.data}
        # Sent again after a lost answer it is the same key: done once.
        key = f"{self.office}:{number}:{case['seq']}"
        try:
            self._ask("POST", f"/cases/{number}/steps/{decided.step}", body, key)
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

    def _ask(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the site's own address
            f"{self.site}/api{path}", data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, _problem(error.read())) from None


def _problem(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
