"""Personal values inside an answer: sealed where they lie, masked where they are shown."""

from __future__ import annotations

from tongban.accounts.personal import is_sealed, seal, unseal

PURPOSE = "sharing.answer"
STARS = "＊＊＊"


def sealed(value: str) -> str:
    return seal(value, PURPOSE)


def opened(value: str) -> str:
    """In clear; a value that was not sealed stays. Raises UnreadablePersonalData."""
    return unseal(value, PURPOSE) if is_sealed(value) else value


def masked(value: str) -> str:
    """First character and stars: enough to see that there is something, too little to use."""
    clear = opened(value)
    return clear[:1] + STARS if len(clear) > 3 else STARS
