"""The desk's lists of cases: mine, my office's, waiting for others, not placed yet."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import BooleanField, F, Func, QuerySet

from tongban.accounts.actors import Actor
from workflows.cases.claims import claimed_for
from workflows.cases.models import Case, Enquiry
from workflows.cases.unguessed import keys

MINE, OFFICE, WAITING, UNPLACED, ENQUIRIES = "mine", "office", "waiting", "unplaced", "enquiries"
TABS = {
    MINE: "我的",
    OFFICE: "本单位",
    WAITING: "待对方",
    UNPLACED: "待分办",
    ENQUIRIES: "待答复",
}


def queues_of(tab: str, actor: Actor) -> list[QuerySet[Case]]:
    """The cases of a tab as querysets that `keyset.page_of` can walk: each the front of an index.

    All of them are cases in which an office of the actor's has a part.
    """
    if tab in (OFFICE, UNPLACED):
        return [_cases(tab, actor, [desk]) for desk in sorted(actor.desks)]
    return [all_of(tab, actor)]


def all_of(tab: str, actor: Actor) -> QuerySet[Case]:
    """The same cases as one queryset, for counting and for the choices of a filter."""
    return _cases(tab, actor, sorted(actor.desks))


def open_enquiries(actor: Actor) -> QuerySet[Enquiry]:
    """What the actor's offices still owe an answer to."""
    return Enquiry.objects.filter(office__in=sorted(actor.desks), answered_at=None)


def _cases(tab: str, actor: Actor, desks: Sequence[int]) -> QuerySet[Case]:
    cases = Case.objects.filter(closed_at=None)
    if tab == WAITING:
        # A tenth of all open cases or none: an estimate of it would walk all that are open.
        return cases.filter(office_ids__overlap=keys(desks)).exclude(holder_office__in=desks)
    held = cases.filter(holder_office=desks[0]) if len(desks) == 1 else cases.filter(
        holder_office__in=desks
    )  # fmt: skip
    if tab == MINE:
        return held.filter(claimed_for(actor))
    return held.filter(is_unplaced=True).filter(_unplaced_here()) if tab == UNPLACED else held


def _unplaced_here() -> Func:
    """It is the holder's own seat that nobody could place; another's is not ours to give away."""
    return Func(
        F("facts__unplaced"), F("holder"), function="jsonb_exists", output_field=BooleanField()
    )
