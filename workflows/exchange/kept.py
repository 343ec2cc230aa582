"""Idempotency: a request that comes again with its key is answered as it was, and done once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from tongban.running.budget import IsOver, never

from .models import KeptAnswer
from .problems import Problem

KEPT_DAYS = 30
AT_ONCE = 1000
LONGEST_KEY = 80
# In the place of a request's digest: whatever comes with this key later is refused.
VOID = "void"


@dataclass(frozen=True)
class Answer:
    """status and JSON body; again: it had been given before."""

    status: int
    body: dict[str, Any]
    again: bool = False


def once(user_id: int, key: str, request: str, do: Callable[[], dict[str, Any]]) -> Answer:
    """Do it and keep the answer, or give the one that is kept. A refusal is kept as well.

    request: what was asked, as text; the same key for something else raises Problem. The row is
    written first: a second request with the same key waits for the first one's end.
    """
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Problem(400, "no_key", "请在 Idempotency-Key 里给出 1 至 80 个字符的标识")
    digest = hashlib.sha256(request.encode()).hexdigest()
    with transaction.atomic():
        mine = KeptAnswer(user_id=user_id, key=key, request=digest, made_at=timezone.now())
        KeptAnswer.objects.bulk_create([mine], ignore_conflicts=True)
        kept = KeptAnswer.objects.select_for_update().get(user_id=user_id, key=key)
        if kept.request not in (digest, VOID):
            raise Problem(422, "key_reused", "这个 Idempotency-Key 已用于另一个请求")
        if kept.status:
            return Answer(kept.status, kept.body, again=True)
        answer = _done(do)
        kept.status, kept.body = answer.status, answer.body
        kept.save(update_fields=["status", "body"])
        return answer


def void(user_id: int, key: str, body: dict[str, Any]) -> KeptAnswer | None:
    """A request that was undone before it came: from now on it is answered with `body`, a problem.

    Gives the row of one that came already, and changes nothing then.
    """
    with transaction.atomic():
        mine = KeptAnswer(
            user_id=user_id, key=key, request=VOID, status=409, body=body, made_at=timezone.now()
        )
        KeptAnswer.objects.bulk_create([mine], ignore_conflicts=True)
        kept = KeptAnswer.objects.select_for_update().get(user_id=user_id, key=key)
        return None if kept.request == VOID else kept


def _done(do: Callable[[], dict[str, Any]]) -> Answer:
    try:
        with transaction.atomic():
            body = do()
    except Problem as problem:
        return Answer(problem.status, problem.body)
    return Answer(200, json.loads(json.dumps(body, default=_as_text)))


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def forget_old(*, now: dt.datetime | None = None, is_over: IsOver = never) -> int:
    """Answers are kept for thirty days; how many of the older ones are gone. One statement for 1,000."""
    before = (now or timezone.now()) - dt.timedelta(days=KEPT_DAYS)
    some = KeptAnswer.objects.filter(made_at__lt=before).values("pk")[:AT_ONCE]
    gone = 0
    while count := KeptAnswer.objects.filter(pk__in=some).delete()[0]:
        gone += count
        if is_over():
            break
    return gone
