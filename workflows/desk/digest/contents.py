"""What a clerk's day holds: red, due today, yellow, supplements that came back, enquiries."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from tongban.accounts.actors import Actor
from tongban.notices.rendering import last_moment
from tongban.templatetags.formats import zh_date
from workflows.cases.claims import claimed_for
from workflows.cases.models import Case, Event
from workflows.cases.parties import SUPPLEMENT
from workflows.cases.registry import flows

from ..queue.tabs import OFFICE, all_of, open_enquiries

SHOWN, MOST = 5, 99


@dataclass(frozen=True)
class Line:
    number: str
    matter: str
    due: str


@dataclass(frozen=True)
class Group:
    """count: as text, "99+" where there are more."""

    title: str
    count: str
    lines: list[Line]


def digest_of(actor: Actor, now: dt.datetime) -> list[Group]:
    """The groups that have something in them. Five statements, each reading a hundred rows at most."""
    if not actor.desks:
        return []
    mine = all_of(OFFICE, actor).filter(claimed_for(actor) | Q(claimed_by=None))
    midnight = _midnight_after(now)
    is_yellow = Q(due_at__gt=midnight, yellow_at__lte=now)
    enquiries = open_enquiries(actor).order_by("due_at", "id")
    groups = [
        _group("已超时限（红灯）", mine.filter(due_at__lte=now)),
        _group("今天到期", mine.filter(due_at__gt=now, due_at__lte=midnight)),
        _group("临近时限（黄灯）", mine.filter(is_yellow)),
        _group("补正材料已交回", mine.filter(_supplement_is_back())),
        _rows(
            "待答复的咨询、催办、督办",
            enquiries.values_list("case__number", "case__matter__name", "due_at"),
        ),
    ]
    return [group for group in groups if group.lines]


def context_of(groups: list[Group], now: dt.datetime) -> dict[str, Any]:
    """For the e-mail: numbers and matters, nobody's name."""
    return {
        "day": zh_date(now),
        "groups": [asdict(group) for group in groups],
        "url": "/desk/",
    }


def _group(title: str, cases: QuerySet[Case]) -> Group:
    ordered = cases.order_by("due_at", "id")
    return _rows(title, ordered.values_list("number", "matter__name", "due_at"))


def _rows(title: str, rows: Any) -> Group:
    found = list(rows[: MOST + 1])
    count = f"{MOST}+" if len(found) > MOST else str(len(found))
    lines = [Line(number, matter, last_moment(due)) for number, matter, due in found[:SHOWN]]
    return Group(title, count, lines)


def _supplement_is_back() -> Q:
    """The last thing that happened: the applicant handed in what was missing.

    Only where something was once asked for: an index knows those few.
    """
    last = Event.objects.filter(case=OuterRef("pk"), seq=OuterRef("seq"))
    return Q(Exists(last.filter(step__in=_supplementing())), facts__has_key="supplements")


@cache
def _supplementing() -> frozenset[str]:
    return frozenset(
        step.code for flow in flows() for step in flow.STEPS.values() if step.right == SUPPLEMENT
    )


def _midnight_after(now: dt.datetime) -> dt.datetime:
    here = timezone.localtime(now)
    return (here + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
