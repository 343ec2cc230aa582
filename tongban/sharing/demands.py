"""Supply and demand 供需对接: making a demand, and what its holder may say to it, each a turn.

Due in ten working days of the holder's calendar: a house rule (the longest that provincial rules
on sharing were found to give; 政务数据共享条例 itself was not read to its articles).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tongban.accounts.actors import Actor
from tongban.offices.calendar import calendar_for
from tongban.offices.models import Office

from .models import Demand, Holder, Resource, Responsibility, Turn
from .telling import people_at, tell

WORKING_DAYS = 10
State, Kind = Demand.State, Turn.Kind


class NotTheirs(Exception):
    """This person has no desk on the side whose turn it is; the text is for them."""


class Moved(Exception):
    """Somebody answered meanwhile; nothing was changed."""


def demands_of(actor: Actor) -> QuerySet[Demand]:
    """Those of the actor's offices, on either side; of a supervisor's provinces; all for an operator."""
    found = Demand.objects.select_related("office__region", "holder__office", "resource")
    if actor.operator:
        return found
    theirs = Q(office__in=actor.desks) | Q(holder__office__in=actor.desks)
    provinces = Q(office__region__province__in=actor.supervises)
    return found.filter(theirs | provinces | Q(holder__province__in=actor.supervises))


def is_overdue(demand: Demand, on: dt.date) -> bool:
    return demand.state == State.OPEN and demand.due_on < on


def may_answer(demand: Demand, actor: Actor) -> bool:
    return demand.state == State.OPEN and demand.holder.office_id in actor.desks


def may_explain(demand: Demand, actor: Actor) -> bool:
    return demand.state == State.ASKED_BACK and demand.office_id in actor.desks


def make(
    *,
    actor: Actor,
    office: Office,
    holder: Holder,
    title: str,
    need: str,
    ground: str,
    fields_wanted: str,
    item_key: str = "",
    at: dt.datetime,
) -> Demand:
    """An office asks. Raises NotTheirs for a desk that is not one's own."""
    if office.pk not in actor.desks or actor.user_id is None:
        raise NotTheirs("只能为自己所在的机构提出需求")
    with transaction.atomic():
        demand = Demand.objects.create(
            office=office,
            holder=holder,
            title=title,
            need=need,
            ground=ground,
            fields_wanted=fields_wanted,
            item_key=item_key,
            made_by_id=actor.user_id,
            made_at=at,
            due_on=last_day(holder, at, WORKING_DAYS),
        )
        _say(demand, Kind.MADE, need, actor, office.pk, at)
        _tell(demand, holder.office_id, "demand_made", at)
    return demand


def accept(
    *,
    demand_id: int,
    actor: Actor,
    turn: int,
    resource: Resource | None,
    new_name: str = "",
    text: str = "",
    at: dt.datetime,
) -> Demand:
    """The holder gives it: from a resource that it has, or a new one named here.

    Where the demand names a matter, the responsibility list gets its line from that day on; what may be
    asked is yes or no only, until the holder allows fields by name.
    """
    with _answering(demand_id, actor, turn) as demand:
        given = resource or _new_resource(demand, new_name, at)
        demand.resource, demand.state, demand.answered_at = given, State.ACCEPTED, at
        if demand.item_key:
            _list(demand, given, at)
        said = "；".join(part for part in (f"资源：{given.name}", text) if part)
        _say(demand, Kind.ACCEPTED, said, actor, demand.holder.office_id, at)
        _tell(demand, demand.office_id, "demand_answered", at)
    return demand


def refuse(*, demand_id: int, actor: Actor, turn: int, reason: str, at: dt.datetime) -> Demand:
    with _answering(demand_id, actor, turn) as demand:
        demand.state, demand.answered_at = State.REFUSED, at
        _say(demand, Kind.REFUSED, reason, actor, demand.holder.office_id, at)
        _tell(demand, demand.office_id, "demand_answered", at)
    return demand


def ask_back(*, demand_id: int, actor: Actor, turn: int, question: str, at: dt.datetime) -> Demand:
    """What the holder must know first. Its time stands still until the office has explained."""
    with _answering(demand_id, actor, turn) as demand:
        demand.state, demand.days_left = State.ASKED_BACK, _days_left(demand, at)
        _say(demand, Kind.ASKED_BACK, question, actor, demand.holder.office_id, at)
        _tell(demand, demand.office_id, "demand_asked_back", at)
    return demand


def explain(*, demand_id: int, actor: Actor, turn: int, text: str, at: dt.datetime) -> Demand:
    """The office explains, and the holder goes on with the working days that it had left."""
    with _locked(demand_id, turn) as demand:
        if not may_explain(demand, actor):
            raise NotTheirs("现在不需要您补充说明")
        demand.state = State.OPEN
        demand.due_on = last_day(demand.holder, at, demand.days_left or 0)
        demand.days_left = None
        _say(demand, Kind.EXPLAINED, text, actor, demand.office_id, at)
        _tell(demand, demand.holder.office_id, "demand_explained", at)
    return demand


def mark_overdue(*, now: dt.datetime) -> int:
    """Tell both sides, once for each due day, of demands whose time has run out. How many there are."""
    today = timezone.localdate(now)
    late = Demand.objects.filter(state=State.OPEN, due_on__lt=today).select_related(
        "holder", "office"
    )
    for demand in late:
        with transaction.atomic():
            for office_id in (demand.holder.office_id, demand.office_id):
                _tell(demand, office_id, "demand_overdue", now, key=f"overdue:{demand.due_on}")
    return len(late)


def last_day(holder: Holder, at: dt.datetime, days: int) -> dt.date:
    """The last of so many working days after the day of `at`; with none left, that day's next one."""
    tomorrow = timezone.localdate(at) + dt.timedelta(days=1)
    working = calendar_for(holder.region_code).working_days_from(tomorrow)
    return next(islice(working, max(days, 1) - 1, None))


def _days_left(demand: Demand, at: dt.datetime) -> int:
    calendar, today = calendar_for(demand.holder.region_code), timezone.localdate(at)
    span = range(1, (demand.due_on - today).days + 1)
    return sum(calendar.is_working(today + dt.timedelta(days=n)) for n in span)


@contextmanager
def _locked(demand_id: int, turn: int) -> Iterator[Demand]:
    """The demand, saved at the end. Raises Moved if it is not as the page showed it."""
    with transaction.atomic():
        rows = Demand.objects.select_for_update(of=("self",)).select_related("holder", "office")
        demand = rows.get(pk=demand_id)
        if demand.turn != turn:
            raise Moved
        yield demand
        demand.save()


@contextmanager
def _answering(demand_id: int, actor: Actor, turn: int) -> Iterator[Demand]:
    with _locked(demand_id, turn) as demand:
        if not may_answer(demand, actor):
            raise NotTheirs("这项需求现在不由您答复")
        yield demand


def _say(
    demand: Demand, kind: Turn.Kind, text: str, actor: Actor, office_id: int | None, at: dt.datetime
) -> None:
    if actor.user_id is None or office_id is None:
        raise NotTheirs("只有机构的工作人员可以答复")
    demand.turn += 1
    Turn.objects.create(
        demand=demand,
        number=demand.turn,
        kind=kind,
        text=text,
        by_id=actor.user_id,
        office_id=office_id,
        at=at,
    )
    if kind == Kind.MADE:
        demand.save(update_fields=["turn"])


def _tell(
    demand: Demand, office_id: int | None, template: str, at: dt.datetime, key: str = ""
) -> None:
    context = {
        "title": demand.title,
        "office": demand.office.name,
        "holder": demand.holder.name,
        "outcome": demand.get_state_display(),
        "due": f"{demand.due_on:%Y}年{demand.due_on.month}月{demand.due_on.day}日",
        "at": at.isoformat(),
        "url": f"/sharing/demands/{demand.pk}/",
    }
    tell(
        people_at(office_id, timezone.localdate(at)),
        template,
        context,
        event_key=f"demand:{demand.pk}:{key or demand.turn}",
        subject=("demand", str(demand.pk)),
        at=at,
    )


def _new_resource(demand: Demand, name: str, at: dt.datetime) -> Resource:
    mark = hashlib.sha256(f"{demand.pk} {name}".encode()).hexdigest()[:10]
    return Resource.objects.create(
        code=f"{demand.holder_id}-{mark}",
        name=name,
        holder=demand.holder,
        questions=[{"code": "holds", "text": f"登记在册：{demand.title}"}],
        certainty=Resource.Certainty.STATED,
        is_demonstration=demand.holder.is_demonstration,
        valid_from=timezone.localdate(at),
    )


def _list(demand: Demand, resource: Resource, at: dt.datetime) -> None:
    Responsibility.objects.get_or_create(
        item_key=demand.item_key,
        resource=resource,
        valid_to=None,
        defaults={
            "item_name": demand.title,
            "office_kinds": [demand.office.kind],
            "ground": demand.ground,
            "questions": [q["code"] for q in resource.questions],
            "valid_from": timezone.localdate(at),
        },
    )
