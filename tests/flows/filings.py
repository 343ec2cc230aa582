"""The ways of a filing that is reviewed, and what each step costs."""

from __future__ import annotations

from typing import Any

from tests.flows.taken import SUPPLEMENT, Taken, owed, reason
from tests.medical.cover import insure
from tests.world import ZHOU_ID, World

DAZHOU = "511700"


def prepare(world: World) -> dict[str, Any]:
    """The one it is for is insured in 达州 and was referred to a hospital of 重庆."""
    father = world.people["father"]
    father.id_number = ZHOU_ID
    father.save()
    insure(DAZHOU)
    return {"filing_kind": "referral"}


FILINGS: tuple[tuple[Taken, ...], ...] = (
    (
        Taken("require_supplement", "owner", 3, SUPPLEMENT),
        Taken("supplement", "applicant", 5, owed),
        Taken("confirm_filing", "owner", 16, {"opinion": "材料属实"}),
        reason("cancel_filing", "applicant", 8),
    ),
    (reason("turn_down", "owner", 1),),
    (Taken("require_supplement", "owner", 3, SUPPLEMENT), reason("withdraw", "applicant")),
    (
        Taken("require_supplement", "owner", 3, SUPPLEMENT),
        Taken(
            "record_service", "owner", 2, {"way": "phone", "succeeded": "yes", "receiver": "林晓梅"}
        ),
        reason("give_up", "owner"),
    ),
)
# Taken by `begun` alone: they are part of what handing in costs.
AT_THE_OPENING = {
    ("medical_filing", step) for step in ("file_at_once", "send_to_review", "turn_down_at_once")
}
