"""What look-ups are for, made known from above: this package knows nothing of cases.

A kind of subject registers what follows when one of its look-ups has got its answer. It is called
inside the transaction that writes the answer, and says where the person goes on.
"""

from __future__ import annotations

from collections.abc import Callable

from .models import LookUp

# (look-up) → address of the page where the applicant goes on, "" for none
Answered = Callable[[LookUp], str]
_kinds: dict[str, Answered] = {}


def register(kind: str, *, answered: Answered) -> None:
    _kinds[kind] = answered


def answered(look_up: LookUp) -> str:
    """Let the subject take notice. A kind that nobody registered has nothing that follows."""
    take_notice = _kinds.get(look_up.subject_kind)
    return take_notice(look_up) if take_notice else ""
