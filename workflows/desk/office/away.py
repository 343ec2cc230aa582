"""While I was away: what a substitute did in my name, what came back, what ran out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tongban.accounts.actors import Actor
from tongban.accounts.models import Substitution
from tongban.accounts.personal import mask_name
from workflows.cases.clocks import midnight
from workflows.cases.event_words import step_of
from workflows.cases.models import Case

from ..time_left import last_day

MOST = 200
ONE_DAY = dt.timedelta(days=1)
DEFAULT_DAYS = 7


@dataclass(frozen=True)
class Span:
    """From the first day to the last, both included. by: who stood in, where it was an absence."""

    first_on: dt.date
    last_on: dt.date
    by: str = ""

    @property
    def begin(self) -> dt.datetime:
        return midnight(self.first_on)

    @property
    def end(self) -> dt.datetime:
        return midnight(self.last_on + ONE_DAY)


@dataclass(frozen=True)
class Happened:
    """One line: in which case, what, by whom, when."""

    number: str
    matter: str
    applicant: str
    what: str
    who: str
    at: dt.datetime | None
    due_on: dt.date | None


# By the index of what was done in somebody's name.
IN_MY_NAME = """
SELECT c.number, m.name, c.applicant_name, c.flow, e.step, e.actor_name, e.at
FROM cases_event e JOIN cases_case c ON c.id = e.case_id JOIN catalogue_matter m ON m.id = c.matter_id
WHERE jsonb_exists(e.data, 'acting_for') AND (e.data -> 'acting_for' ->> 'user')::bigint = %(me)s
    AND e.at >= %(begin)s AND e.at < %(end)s AND e.office_id = ANY(%(offices)s)
ORDER BY e.at DESC LIMIT %(most)s
"""
# Open cases of my offices that came back in that time, where it was I who had asked. Each case's
# events lie together by (case, seq).
CAME_BACK = """
SELECT c.number, m.name, c.applicant_name, back.actor_name, back.at, c.due_at
FROM cases_case c
JOIN catalogue_matter m ON m.id = c.matter_id
CROSS JOIN LATERAL (
    SELECT e.actor_name, e.at FROM cases_event e
    WHERE e.case_id = c.id AND e.step = 'supplement' AND e.at >= %(begin)s AND e.at < %(end)s
    ORDER BY e.seq DESC LIMIT 1
) back
WHERE c.holder_office_id = ANY(%(offices)s) AND c.closed_at IS NULL
    AND c.facts ? 'supplements'
    AND EXISTS (SELECT FROM cases_event asked WHERE asked.case_id = c.id
        AND asked.step = 'require_supplement' AND asked.actor_id = %(me)s)
ORDER BY c.due_at, c.id LIMIT %(most)s
"""


def last_absence(user_id: int, today: dt.date) -> Span | None:
    """My last absence that has begun; until today while it lasts. One statement."""
    found = (
        Substitution.objects.filter(absent=user_id, valid_from__lte=today)
        .select_related("substitute")
        .only("valid_from", "valid_to", "ended_at", "substitute__name")
        .order_by("-valid_from", "-id")
        .first()
    )
    if found is None:
        return None
    last = min(found.valid_to - ONE_DAY, today)
    if found.ended_at is not None:
        last = min(last, found.ended_at.date())
    return Span(found.valid_from, max(last, found.valid_from), found.substitute.name)


def lately(today: dt.date) -> Span:
    """For somebody who has not been away: the last seven days."""
    return Span(today - (DEFAULT_DAYS - 1) * ONE_DAY, today)


def done_in_my_name(actor: Actor, span: Span) -> list[Happened]:
    """At the offices that I still work at, the newest first. One statement."""
    values = _values(actor, span)
    with connection.cursor() as cursor:
        cursor.execute(IN_MY_NAME, values)
        rows = cursor.fetchall()
    return [
        Happened(number, matter, mask_name(applicant), _done(flow, step), who, at, None)
        for number, matter, applicant, flow, step, who, at in rows
    ]


def come_back(actor: Actor, span: Span) -> list[Happened]:
    """补正 that I had asked for and that came in meanwhile, due first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(CAME_BACK, _values(actor, span))
        rows = cursor.fetchall()
    return [
        Happened(number, matter, mask_name(applicant), "已补正", who, at, _last(due_at))
        for number, matter, applicant, who, at, due_at in rows
    ]


def ran_out(actor: Actor, span: Span, now: dt.datetime) -> list[Happened]:
    """My open cases that became overdue meanwhile and still are, the longest first. One statement."""
    mine: QuerySet[Case] = Case.objects.filter(
        claimed_by=actor.user_id, closed_at=None, due_at__gt=span.begin,
        due_at__lte=min(span.end, now),
    )  # fmt: skip
    rows = mine.order_by("due_at", "id").values_list(
        "number", "matter__name", "applicant_name", "due_at"
    )
    return [
        Happened(number, matter, mask_name(applicant), "已超期", "", due_at, _last(due_at))
        for number, matter, applicant, due_at in rows[:MOST]
    ]


def _values(actor: Actor, span: Span) -> dict[str, Any]:
    offices = sorted(actor.desks)
    return {
        "me": actor.user_id, "offices": offices, "begin": span.begin, "end": span.end, "most": MOST,
    }  # fmt: skip


def _done(flow: str, code: str) -> str:
    step = step_of(flow, code)
    return step.done if step else code


def _last(due_at: dt.datetime | None) -> dt.date | None:
    return last_day(due_at) if due_at else None
