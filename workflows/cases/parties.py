"""Who may do what in a case as a party 当事人."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from .models import Party

SIGN, SUPPLEMENT, WITHDRAW, SEE = "sign", "supplement", "withdraw", "see"
ALL_RIGHTS = frozenset({SIGN, SUPPLEMENT, WITHDRAW, SEE})

# An agent has what the authority says (`Party.scope`), and may always see what they act in.
RIGHTS: dict[str, frozenset[str]] = {
    Party.Role.APPLICANT: ALL_RIGHTS,
    Party.Role.GUARDIAN: ALL_RIGHTS,
    Party.Role.CO_APPLICANT: frozenset({SIGN, SEE}),
    Party.Role.BENEFICIARY: frozenset({SEE}),
    Party.Role.CONTACT: frozenset(),
}

RIGHT_NAMES = {SIGN: "签署", SUPPLEMENT: "补正材料", WITHDRAW: "撤回申请", SEE: "查看办件"}


def rights_of(party: Party, on: dt.date) -> frozenset[str]:
    """What this party may do on that day; nothing once an authority has run out."""
    if not party.is_in_force(on):
        return frozenset()
    if party.role == Party.Role.AGENT:
        return (ALL_RIGHTS & frozenset(party.scope)) | {SEE}
    return RIGHTS[party.role]


def rights_of_user(parties: Iterable[Party], user_id: int | None, on: dt.date) -> frozenset[str]:
    """All that a person may do in a case, over every part they have in it."""
    mine = [rights_of(p, on) for p in parties if user_id is not None and p.user_id == user_id]
    return frozenset().union(*mine)
