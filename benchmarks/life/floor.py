"""The floor: what one hand-written statement needs to do guard, update, event and outbox.

It knows nothing: its states, holders and moments are constants that a person worked out beforehand.
It writes the same tables under the same indexes, moves the columns that the engine moves, and is
planned once a connection as the engine's own statements are.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator

from django.utils import timezone

from tongban.prepared import prepared
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
    UPDATE cases_case AS c SET state = %(to)s::text, stage = %(stage)s::text,
        seq = c.seq + 1, holder = %(holder)s::text,
        holder_office_id = (c.seats -> %(holder)s::text ->> 'office')::bigint, entered_at = %(at)s::timestamptz,
        clocks = c.clocks || jsonb_build_object('hop', jsonb_build_object('started_at', %(at)s::timestamptz::text,
            'limit', '15G', 'extra', '[]'::jsonb, 'due_at', %(due)s::timestamptz::text,
            'yellow_at', %(yellow)s::timestamptz::text,
            'is_provisional', false)),
        hop_due_at = %(due)s::timestamptz, due_at = %(due)s::timestamptz, yellow_at = %(yellow)s::timestamptz,
        next_alarm_at = %(yellow)s::timestamptz,
        concluded_at = CASE WHEN %(holder)s::text = '' THEN %(at)s::timestamptz END,
        closed_at = CASE WHEN %(holder)s::text = '' THEN %(at)s::timestamptz END,
        head = sha256(c.head || convert_to(c.number || %(step)s::text || c.seq::text, 'UTF8'))
    FROM cases_case AS was
    WHERE c.id = %(case)s::bigint AND was.id = c.id AND c.seq = %(seq)s::integer AND c.state = %(from)s::text
        AND EXISTS (SELECT FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
            WHERE p.user_id = %(user)s::bigint AND u.is_active AND p.office_id = c.holder_office_id
            AND p.role IN ('clerk', 'head') AND p.valid_from <= current_date
            AND (p.valid_to IS NULL OR p.valid_to > current_date))
    RETURNING c.*, was.head AS prev, was.holder_office_id AS by_office
), told AS (
    INSERT INTO notices_notice (event_key, channel, recipient, user_id, template, context, subject_kind,
        subject_key, state, created_at, delivered_at)
    SELECT 'case:' || id || ':' || seq, 'inbox', 'user:' || %(citizen)s::bigint, %(citizen)s::bigint, 'case_step',
        jsonb_build_object('number', number, 'state', state, 'at', %(at)s::timestamptz::text, 'url', '/my/' || number),
        'case', number, 'delivered', %(at)s::timestamptz, %(at)s::timestamptz FROM moved
    ON CONFLICT DO NOTHING
)
INSERT INTO cases_event (case_id, seq, step, from_state, to_state, stage, actor_id, actor_kind, actor_name,
    seat, office_id, province, to_office_id, to_province, origin_province, owner_province, matter_id, mode,
    is_root, counts_as, outcome, data, at, recorded_at, prev, hash)
SELECT id, seq, %(step)s::text, %(from)s::text, state, stage, %(user)s::bigint, 'staff', '承办',
    %(holder)s::text, by_office, '510000',
    holder_office_id, '510000', origin_province, owner_province, matter_id, mode, true, '', '',
    jsonb_build_object('opinion', '材料齐全，同意。', 'due', jsonb_build_object('hop', %(due)s::timestamptz::text),
        'stay', jsonb_build_object('flow', flow, 'seconds', 5400)),
    %(at)s::timestamptz, %(at)s::timestamptz, prev, head FROM moved RETURNING id
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
    with prepared() as cursor:
        cursor.execute(MOVE, values)
        if cursor.rowcount != 1:
            raise Unguarded(json.dumps(values, default=str))
