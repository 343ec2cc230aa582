"""An office's work at a glance: who has how much, what runs out when, what waits for its head."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection
from django.db.models import Q, Sum

from tongban.accounts.models import Posting, User
from tongban.accounts.personal import mask_name
from tongban.accounts.substitutions import DESK_ROLES
from tongban.offices.calendar import calendar_for
from workflows.cases.clocks import midnight
from workflows.cases.models import Case
from workflows.cases.opinion_steps import ABOUT

from ..models import PersonDay
from ..time_left import last_day

AHEAD = 10
MOST = 50
ONE_DAY = dt.timedelta(days=1)
NOBODY = 0


@dataclass(frozen=True)
class Load:
    """One person's share: what they have in hand, and what they did. user_id NOBODY: unclaimed."""

    user_id: int
    name: str
    in_hand: int
    red: int
    yellow: int
    today: int
    week: int
    works_here: bool


@dataclass(frozen=True)
class DueDay:
    """What runs out on one day. cases: open ones of the office."""

    day: dt.date
    cases: int
    is_working: bool


@dataclass(frozen=True)
class Waiting:
    """A question that waits for the head's word."""

    number: str
    matter: str
    applicant: str
    kind: str
    question: str
    light: str
    due_on: dt.date | None


# Three figures a person, by the index of the office's open cases.
IN_HAND = """
SELECT claimed_by_id, count(*), count(*) FILTER (WHERE due_at <= %(now)s),
    count(*) FILTER (WHERE due_at > %(now)s AND yellow_at <= %(now)s)
FROM cases_case WHERE holder_office_id = %(office)s AND closed_at IS NULL
GROUP BY claimed_by_id
"""
# The last day in time is that of the instant before the clock is red.
RUNNING_OUT = """
SELECT ((due_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*)
FROM cases_case
WHERE holder_office_id = %(office)s AND closed_at IS NULL AND due_at > %(now)s AND due_at <= %(end)s
GROUP BY day
"""


def loads_of(office_id: int, now: dt.datetime, today: dt.date) -> list[Load]:
    """Unclaimed first, then by name, colleagues without work too. Four statements."""
    with connection.cursor() as cursor:
        cursor.execute(IN_HAND, {"office": office_id, "now": now})
        held = {
            user or NOBODY: (all_, red, yellow) for user, all_, red, yellow in cursor.fetchall()
        }
    monday = today - dt.timedelta(days=today.weekday())
    days = PersonDay.objects.filter(office_id=office_id, day__gte=monday).values("user_id")
    figures = days.annotate(week=Sum("moved"), today=Sum("moved", filter=Q(day=today)))
    done = {
        user: (of_today or 0, week)
        for user, of_today, week in figures.values_list("user_id", "today", "week")
    }
    here = Posting.objects.in_force(today).filter(
        office=office_id, role__in=DESK_ROLES, user__is_active=True
    )
    working = set(here.values_list("user_id", flat=True))
    people = User.objects.filter(pk__in=working | (held.keys() - {NOBODY}))
    names = sorted(people.values_list("name", "pk"))
    return [
        Load(key, name, *held.get(key, (0, 0, 0)), *done.get(key, (0, 0)), key in working)
        for name, key in [("未领取", NOBODY), *names]
    ]


def due_days(office_id: int, region: str, now: dt.datetime, today: dt.date) -> list[DueDay]:
    """The next ten working days, and days between them on which something runs out. One statement."""
    calendar = calendar_for(region)
    working = list(islice(calendar.working_days_from(today), AHEAD))
    end = midnight(working[-1] + ONE_DAY)
    with connection.cursor() as cursor:
        cursor.execute(RUNNING_OUT, {"office": office_id, "now": now, "end": end})
        counted: dict[dt.date, int] = dict(cursor.fetchall())
    return [
        DueDay(day, counted.get(day, 0), calendar.is_working(day))
        for day in sorted({*working, *counted})
    ]


def waiting_for(user_id: int, office_id: int, now: dt.datetime) -> list[Waiting]:
    """What the office's open cases ask of this person (加签), due first. One statement."""
    asked = {"opinions": [{"user": user_id, "opinion": None}]}
    cases = Case.objects.filter(
        holder_office=office_id, closed_at=None, facts__has_key="opinions", facts__contains=asked
    ).select_related("matter")
    light = ("number", "flow", "applicant_name", "facts", "due_at", "yellow_at", "matter__name")
    return [
        Waiting(
            number=case.number,
            matter=case.matter.name,
            applicant=mask_name(case.applicant_name),
            kind=ABOUT.get(one.get("about", ""), ABOUT[""]),
            question=one["question"],
            light=case.light(now),
            due_on=last_day(case.due_at) if case.due_at else None,
        )
        for case in cases.only(*light).order_by("due_at", "id")[:MOST]
        for one in _owed(case, user_id)
    ]


def _owed(case: Case, user_id: int) -> Sequence[dict[str, str]]:
    opinions = case.facts.get("opinions", [])
    return [one for one in opinions if one["user"] == user_id and one["opinion"] is None]
