"""The next case 下一件: mine, the one due first; then what nobody at my offices has claimed."""

from __future__ import annotations

from django.db.models import QuerySet

from tongban.accounts.actors import Actor
from workflows.cases.claims import is_claimed_for
from workflows.cases.models import Case

from ..door import cases_at_desk
from .keyset import Place, page_of
from .tabs import MINE, OFFICE, queues_of

Queues = list[QuerySet[Case]]


def next_case(actor: Actor, *, current: str = "") -> Case | None:
    """What to open after the case numbered `current`; None where nothing is left to do.

    It goes on after the current one and begins again at the front, so that asking again and again
    comes past every case. At most five statements.
    """
    here = cases_at_desk(actor).filter(number=current).first() if current else None
    for queues, after in _ahead(actor, here):
        ids = [i for i in page_of(queues, after=after, size=2).ids if here is None or i != here.pk]
        if ids:
            return cases_at_desk(actor).get(pk=ids[0])
    return None


def _ahead(actor: Actor, here: Case | None) -> list[tuple[Queues, Place | None]]:
    mine = queues_of(MINE, actor)
    unclaimed = [queue.filter(claimed_by=None) for queue in queues_of(OFFICE, actor)]
    if here is None or here.holder_office_id not in actor.desks:
        return [(mine, None), (unclaimed, None)]
    place = Place(here.due_at, here.pk)
    if is_claimed_for(actor, here):
        return [(mine, place), (unclaimed, None), (mine, None)]
    if here.claimed_by_id is None:
        return [(unclaimed, place), (mine, None), (unclaimed, None)]
    return [(mine, None), (unclaimed, None)]
