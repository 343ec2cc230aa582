"""What follows a question, each in one short transaction: put off, refused, or answered and kept."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction

from tongban.accounts.models import User
from tongban.accounts.personal import blind_index

from . import ledger, subjects
from .connectors import Answer
from .models import LookUp, Record
from .sealed_answers import PURPOSE, sealed
from .telling import tell_of_late_answer

FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=1), dt.timedelta(minutes=15)
FAILED = "failed"
State = LookUp.State


def put_off(
    look_up: LookUp, why: str, *, now: dt.datetime, by: User | None, was_asked: bool
) -> LookUp:
    """Still owed; the pause doubles with each try. Only a question that went out is in the ledger."""
    pause = min(FIRST_PAUSE * 2 ** min(look_up.attempts - 1, 10), LONGEST_PAUSE)
    with transaction.atomic():
        fresh = _still_ours(look_up)
        if fresh is None:
            return look_up
        fresh.was_late, fresh.reason = True, why[:200]
        fresh.claimed_until, fresh.next_attempt_at = None, now + pause
        fresh.save(update_fields=["was_late", "reason", "claimed_until", "next_attempt_at"])
        if was_asked:
            _record(fresh, FAILED, now, by)
    return fresh


def refused(look_up: LookUp, why: str, *, now: dt.datetime, by: User | None) -> LookUp:
    return _ended(look_up, State.REFUSED, {}, why, now, by)


def written(look_up: LookUp, found: Answer, *, now: dt.datetime, by: User | None) -> LookUp:
    """Keep what was asked and nothing else; personal values sealed."""
    if not found.found:
        return _ended(look_up, State.NOT_FOUND, {}, "", now, by)
    is_confirmed = all(found.questions[q["code"]] for q in look_up.questions)
    answer = {
        "questions": [{**q, "yes": found.questions[q["code"]]} for q in look_up.questions],
        "fields": [
            {**f, "value": sealed(value) if f.get("personal") else value}
            for f in look_up.fields
            if (value := found.fields.get(f["code"], ""))
        ],
    }
    look_up.value_hash = blind_index(
        json.dumps([dict(found.questions), dict(found.fields)], sort_keys=True), PURPOSE
    )
    return _ended(look_up, State.CONFIRMED if is_confirmed else State.DIFFERS, answer, "", now, by)


def _ended(
    look_up: LookUp,
    state: State,
    answer: dict[str, Any],
    why: str,
    now: dt.datetime,
    by: User | None,
) -> LookUp:
    with transaction.atomic():
        fresh = _still_ours(look_up)
        if fresh is None:
            return look_up
        fresh.state, fresh.answer, fresh.reason = state, answer, why[:200]
        fresh.value_hash = look_up.value_hash
        fresh.answered_at, fresh.id_number = now, None
        fresh.claimed_until = fresh.next_attempt_at = None
        fresh.save()
        _record(fresh, state, now, by)
        address = subjects.answered(fresh)
        if fresh.was_late:
            tell_of_late_answer(fresh, address, now)
    return fresh


def _still_ours(look_up: LookUp) -> LookUp | None:
    """The row, locked, if nobody dropped it and the claim is still this one."""
    rows = LookUp.objects.select_for_update(of=("self",)).select_related("resource__holder")
    fresh = rows.filter(pk=look_up.pk, state=State.OWED).first()
    return fresh if fresh is not None and fresh.claimed_until == look_up.claimed_until else None


def _record(look_up: LookUp, outcome: str, now: dt.datetime, by: User | None) -> None:
    ledger.write(
        look_up,
        act=Record.Act.ASKED,
        codes=[part["code"] for part in (*look_up.questions, *look_up.fields)],
        outcome=outcome,
        user_id=by.pk if by else None,
        user_name=by.name if by else "系统",
        office_id=look_up.office_id,
        at=now,
    )
