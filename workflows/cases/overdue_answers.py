"""督办 without an answer: who asked and the head of the office are told, once, when its time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import structlog
from django.db import transaction

from tongban.accounts.models import Posting
from tongban.notices.models import Channel
from tongban.notices.outbox import Owed, owe, recipient_of

from .clocks import SHANGHAI, local_day
from .models import Enquiry
from .places import office_name
from .timekeeping import INSTANT

log = structlog.get_logger(__name__)
BATCH = 300


def tell_overdue_answers(
    moment: dt.datetime, *, is_over: Callable[[], bool] = lambda: False
) -> int:
    """How many 督办 somebody was told of. Three statements a batch; safe to run twice, anywhere.

    An answer that comes this moment and a word about its absence cannot both be: the row is locked.
    """
    told = 0
    while not is_over():
        with transaction.atomic():
            overdue = _claimed(moment)
            owe(_owed(overdue, local_day(moment)), moment)
            ids = [enquiry.pk for enquiry in overdue]
            Enquiry.objects.filter(pk__in=ids).update(overdue_told_at=moment)
        told += len(overdue)
        if len(overdue) < BATCH:
            break
    return told


def _claimed(moment: dt.datetime) -> list[Enquiry]:
    waiting = Enquiry.objects.filter(
        kind=Enquiry.Kind.SUPERVISION, answered_at=None, overdue_told_at=None, due_at__lte=moment
    )
    locked = waiting.select_for_update(skip_locked=True, of=("self",))
    light = locked.select_related("case__matter").defer("case__data", "case__facts")
    return list(light.order_by("due_at", "id")[:BATCH])


def _owed(overdue: Sequence[Enquiry], on: dt.date) -> Iterator[Owed]:
    heads = heads_of({enquiry.office_id for enquiry in overdue}, on) if overdue else {}
    for enquiry in overdue:
        told = set(heads.get(enquiry.office_id, ()))
        if enquiry.asked_by_id is not None:
            told.add(enquiry.asked_by_id)
        for user_id in sorted(told):
            yield Owed(
                template="supervision_overdue",
                channel=Channel.INBOX,
                recipient=recipient_of(user_id),
                user_id=user_id,
                context=_said(enquiry),
                event_key=f"enquiry:{enquiry.pk}:overdue",
                subject_kind="case",
                subject_key=enquiry.case.number,
            )


def heads_of(offices: set[int], on: dt.date) -> dict[int, set[int]]:
    """Who heads each office that day, by user id. One statement."""
    posted = Posting.objects.in_force(on).filter(
        office_id__in=offices, role=Posting.Role.HEAD, user__is_active=True
    )
    heads: dict[int, set[int]] = {}
    for office_id, user_id in posted.values_list("office_id", "user_id"):
        heads.setdefault(office_id, set()).add(user_id)
    return heads


def _said(enquiry: Enquiry) -> dict[str, str]:
    return {
        "number": enquiry.case.number,
        "matter": enquiry.case.matter.name,
        "office": office_name(enquiry.office_id),
        "asked_on": f"{enquiry.asked_at.astimezone(SHANGHAI):%Y年%m月%d日}",
        # An office's words about a case, as when it was sent.
        "reason": enquiry.text,
        "due_text": in_words(enquiry.due_at),
        "url": f"/desk/{enquiry.case.number}/",
    }


def in_words(due_at: dt.datetime) -> str:
    """'2026年09月25日': the last day in time."""
    return f"{(due_at - INSTANT).astimezone(SHANGHAI):%Y年%m月%d日}"
