"""差评 not put right in time: the head of the office and the province's supervisors are told, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from django.db import transaction

from tongban.notices.models import Channel
from tongban.notices.outbox import Owed, owe, recipient_of

from .clocks import local_day
from .models import RatingReview
from .overdue_answers import heads_of, in_words
from .places import office_name
from .rating_steps import supervisors_of

BATCH = 300
DUE = (RatingReview.Stage.VERIFY, RatingReview.Stage.FIX)


def tell_overdue_reviews(
    moment: dt.datetime, *, is_over: Callable[[], bool] = lambda: False
) -> int:
    """How many reviews somebody was told of. Five statements a batch; safe to run twice, anywhere."""
    told = 0
    while not is_over():
        with transaction.atomic():
            overdue = _claimed(moment)
            owe(_owed(overdue, local_day(moment)), moment)
            ids = [review.pk for review in overdue]
            RatingReview.objects.filter(pk__in=ids).update(overdue_told_at=moment)
        told += len(overdue)
        if len(overdue) < BATCH:
            break
    return told


def _claimed(moment: dt.datetime) -> list[RatingReview]:
    """Locked, so that a step of this moment and a word about its absence cannot both be."""
    waiting = RatingReview.objects.filter(stage__in=DUE, overdue_told_at=None, due_at__lte=moment)
    locked = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("matter")
    light = locked.select_related("case").defer("case__data", "case__facts")
    return list(light.order_by("due_at", "id")[:BATCH])


def _owed(overdue: Sequence[RatingReview], on: dt.date) -> Iterator[Owed]:
    if not overdue:
        return
    heads = heads_of({review.office_id for review in overdue if review.office_id}, on)
    supervisors = supervisors_of({review.owner_province for review in overdue}, on)
    for review in overdue:
        told = heads.get(review.office_id or 0, set()) | supervisors.get(
            review.owner_province, set()
        )
        for user_id in sorted(told):
            yield Owed(
                template="rating_overdue",
                channel=Channel.INBOX,
                recipient=recipient_of(user_id),
                user_id=user_id,
                context=_said(review),
                event_key=f"review:{review.pk}:overdue",
                subject_kind="case",
                subject_key=review.case.number,
            )


def _said(review: RatingReview) -> dict[str, str]:
    return {
        "number": review.case.number,
        "matter": review.matter.name,
        "office": office_name(review.office_id),
        "level": review.get_level_display(),
        "state": review.get_stage_display(),
        "due_text": in_words(review.due_at),
        "url": f"/desk/{review.case.number}/",
    }
