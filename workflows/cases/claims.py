"""Whose work a claimed case is: the claimer's, and that of who stands in for them (AB岗)."""

from __future__ import annotations

from django.db.models import Q

from tongban.accounts.actors import Actor

from .models import Case


def claimed_for(actor: Actor) -> Q:
    """Cases claimed by the actor, or by a colleague away from the office that holds them."""
    theirs = Q(claimed_by=actor.user_id)
    for absent in actor.absent:
        theirs |= Q(claimed_by=absent.user_id, holder_office=absent.office_id)
    return theirs


def is_claimed_for(actor: Actor, case: Case) -> bool:
    """The same of one case. No SQL."""
    return case.claimed_by_id is not None and (
        case.claimed_by_id == actor.user_id or stands_in(actor, case)
    )


def stands_in(actor: Actor, case: Case) -> bool:
    """A colleague has claimed it who is away, and the actor stands in for them. No SQL."""
    return actor.absent_at(case.holder_office_id, case.claimed_by_id) is not None
