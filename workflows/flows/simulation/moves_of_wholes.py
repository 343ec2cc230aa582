"""What usually happens in a whole of parts: the enterprise asks some banks, and the banks answer."""

from __future__ import annotations

from random import Random
from typing import Any

from .. import models as flows
from ..financing_banks import DATA, banks_to_ask
from .acts import Move, reason


def _consent(_case: Any, luck: Random) -> dict[str, Any]:
    banks = list(banks_to_ask().values_list("pk", flat=True))
    data = [code for code, _ in DATA]
    return {
        "banks": luck.sample(banks, min(3, len(banks))),
        "resources": luck.sample(data, 3),
        "agreed": "on",
    }


def _offer(_case: Any, luck: Random) -> dict[str, Any]:
    return {
        "amount": f"{luck.randrange(10, 300)}0000.00",
        "rate": f"{luck.randrange(300, 480) / 100:.2f}",
        "months": str(luck.choice([12, 24, 36])),
        "note": "示范方案，不构成真实授信",
    }


def _decline(_case: Any, luck: Random) -> dict[str, Any]:
    return {"kind": luck.choice(["debt", "operations"]), "reason": "现有负债与收入不相称（示范）"}


ANSWERS = (Move("offer", 65, _offer), Move("decline", 35, _decline))
OF_WHOLES: dict[tuple[str, str], tuple[Move, ...]] = {
    (flows.Financing.CODE, "consenting"): (Move("send_out", 1, _consent),),
    (flows.OneThing.CODE, "choosing"): (
        Move("settle", 50),
        Move("withdraw", 50, reason("其余事项暂不办理")),
    ),
    (flows.LoanOffer.CODE, "asked"): ANSWERS,
}
