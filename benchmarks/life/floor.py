"""The floor: what one hand-written statement needs to do guard, update, event and outbox.

It knows nothing: its states, holders and moments are constants that a person worked out beforehand.
It writes the same tables under the same indexes, and moves the columns that the engine moves.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator

from django.db import connection
from django.utils import timezone

from workflows.cases.models import Case

from .ground import Ground

# Step, clerk, state before, state and stage after, the seat that holds it then.
MOVES = (
    ("collect", "window", "submitted", "collected", "first_review", "collector"),
    ("forward", "window", "collected", "received", "first_review", "township"),
    ("accept", "township", "received", "reviewing", "first_review", "township"),
    ("approve", "township", "reviewing", "reviewing", "county_approval", "owner"),
    ("approve", "county", "reviewing", "decided", "county_approval", "owner"),
    ("feed_back", "county", "decided", "completed", "county_approval", ""),
)
MOVE = """
WITH moved AS (
    UPDATE cases_case AS c SET state = %(to)s, stage = %(stage)s, seq = c.seq + 1, holder = %(holder)s,
        holder_office_id = (c.seats -> %(holder)s ->> 'office')::bigint, entered_at = %(at)s,
        clocks = c.clocks || jsonb_build_object('hop', jsonb_build_object('started_at', %(at)s::text,
            'limit', '15G', 'extra', '[]'::jsonb, 'due_at', %(due)s::text, 'yellow_at', %(yellow)s::text,
            'is_provisional', false)),
        hop_due_at = %(due)s, due_at = %(due)s, yellow_at = %(yellow)s, next_alarm_at = %(yellow)s,
        concluded_at = CASE WHEN %(holder)s = '' THEN %(at)s END,
        closed_at = CASE WHEN %(holder)s = '' THEN %(at)s END,
        head = sha256(c.head || convert_to(c.number || %(step)s || c.seq::text, 'UTF8'))
    FROM cases_case AS was
    WHERE c.id = %(case)s AND was.id = c.id AND c.seq = %(seq)s AND c.state = %(from)s
        AND EXISTS (SELECT FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
            WHERE p.user_id = %(user)s AND u.is_active AND p.office_id = c.holder_office_id
            AND p.role IN ('clerk', 'head') AND p.valid_from <= current_date
            AND (p.valid_to IS NULL OR p.valid_to > current_date))
    RETURNING c.*, was.head AS prev, was.holder_office_id AS by_office
), told AS (
    INSERT INTO notices_notice (event_key, channel, recipient, user_id, template, context, subject_kind,
        subject_key, state, created_at, delivered_at)
    SELECT 'case:' || id || ':' || seq, 'inbox', 'user:' || %(citizen)s, %(citizen)s, 'case_step',
        jsonb_build_object('number', number, 'state', state, 'at', %(at)s::text, 'url', '/my/' || number),
        'case', number, 'delivered', %(at)s, %(at)s FROM moved
    ON CONFLICT DO NOTHING
)
INSERT INTO cases_event (case_id, seq, step, from_state, to_state, stage, actor_id, actor_kind, actor_name,
    seat, office_id, province, to_office_id, to_province, origin_province, owner_province, matter_id, mode,
    is_root, counts_as, outcome, data, at, recorded_at, prev, hash)
SELECT id, seq, %(step)s, %(from)s, state, stage, %(user)s, 'staff', '承办', %(holder)s, by_office, '510000',
    holder_office_id, '510000', origin_province, owner_province, matter_id, mode, true, '', '',
    jsonb_build_object('opinion', '材料齐全，同意。', 'due', jsonb_build_object('hop', %(due)s::text),
        'stay', jsonb_build_object('flow', flow, 'seconds', 5400)),
    %(at)s, %(at)s, prev, head FROM moved RETURNING id
"""


class Unguarded(AssertionError):
    """The statement moved nothing."""


def life(ground: Ground, case: Case) -> Iterator[Callable[[], object]]:
    """Six statements that carry a case, opened by the engine, through the same states."""
    for seq, (step, who, before, after, stage, holder) in enumerate(MOVES, start=1):
        yield lambda s=step, w=who, b=before, a=after, g=stage, h=holder, q=seq: _move(  # type: ignore[misc]
            ground, case, q, s, w, (b, a), g, h
        )


def _move(
    ground: Ground, case: Case, seq: int, step: str, who: str, states: tuple[str, str], stage: str, holder: str
) -> None:  # fmt: skip
    now = timezone.now()
    values = {
        "case": case.pk, "seq": seq, "step": step, "from": states[0], "to": states[1], "stage": stage,
        "holder": holder, "user": getattr(ground, who).pk, "citizen": ground.citizen.pk, "at": now,
        "due": None if not holder else now + dt.timedelta(days=20 - seq),
        "yellow": None if not holder else now + dt.timedelta(days=18 - seq),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MOVE, values)
        if cursor.rowcount != 1:
            raise Unguarded(json.dumps(values, default=str))
