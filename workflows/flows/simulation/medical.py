"""What a played person answers about their medical cover, and what the agencies do with a filing."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from matters.medical.filing import insured_of
from tongban.accounts.models import User
from tongban.offices.models import Region

from .. import models as flows
from ..medical_filing_facts import AGREES, DESTINATION, POOL, VISIT, WAY
from .acts import SUPPLEMENT, Move, demand, opinion, reason

CHONGQING = "500000"
FILING: dict[str, tuple[Move, ...]] = {
    "reviewing": (
        Move("confirm_filing", 86, opinion),
        Move("require_supplement", 10, demand),
        Move(
            "turn_down", 4, reason("转诊单不是有转诊资格的医院开具的。", "材料与登记的情况不符。")
        ),
    ),
    "supplementing": SUPPLEMENT,
}
MEDICAL = {(flows.MedicalFiling.CODE, state): moves for state, moves in FILING.items()}


def filing_answers(flow: str, person: User, on: dt.date, luck: Random) -> dict[str, Any]:
    """Where the person is insured and where they go: from 重庆 to a 四川 city, else to 重庆 mostly.

    {} for any other flow, and for somebody without cover. Two statements.
    """
    insured = insured_of(person, on=on) if flow == flows.MedicalFiling.CODE else None
    if insured is None:
        return {}
    cities = Region.objects.filter(level=Region.Level.CITY).exclude(pk=insured.pool_id)
    others = sorted(cities.values_list("pk", flat=True))
    to_chongqing = insured.pool_id != CHONGQING and luck.random() < 0.85
    return {
        POOL: insured.pool_id,
        DESTINATION: CHONGQING if to_chongqing or not others else luck.choice(others),
        WAY: luck.choices(["promise", "proof"], weights=[3, 1])[0],
        AGREES: "yes",
        VISIT: f"JZ{luck.randrange(10**10):010d}",
    }
