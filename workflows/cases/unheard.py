"""Which cases' people don't know of a paper or a deadline, because a channel was out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongban.notices.models import Channel, Notice, NoticeState, Outage

from .declarations import APPLICANT
from .models import Case
from .telling import todo_topic

UNSENT = (NoticeState.PENDING, NoticeState.FAILED, NoticeState.UNSURE, NoticeState.SKIPPED)


@dataclass(frozen=True)
class Unheard:
    """A word of weight that missed its person: when it was owed, and when it reached them after all.

    reached_at: opened on the site, or arrived by any channel; None: not yet.
    """

    notice: Notice
    reached_at: dt.datetime | None


def unheard_in(cases: Iterable[Case], outages: Sequence[Outage]) -> dict[str, list[Unheard]]:
    """By case number, what the outages kept from the people of these open cases. One statement.

    A paper that waits for its 送达, or what the case asks of its people since it came to them. What
    a later word or a call made void (`superseded_by`) is missed by nobody.
    """
    by_number = {case.number: case for case in cases}
    if not by_number or not outages:
        return {}
    rows = Notice.objects.filter(
        subject_kind="case",
        subject_key__in=list(by_number),
        created_at__gte=min(outage.since for outage in outages),
        user__isnull=False,
    ).exclude(channel=Channel.WEBHOOK)
    words: dict[tuple[str, str], list[Notice]] = {}
    for notice in rows.order_by("id"):
        words.setdefault((notice.event_key, notice.recipient), []).append(notice)
    missed: dict[str, list[Unheard]] = {}
    for ways in words.values():
        case = by_number[ways[0].subject_key]
        kept = [way for way in ways if _was_kept(way, case, outages)]
        if kept:
            reached = [moment for moment in map(_reached_at, ways) if moment]
            missed.setdefault(case.number, []).append(Unheard(kept[0], min(reached, default=None)))
    return missed


def _reached_at(notice: Notice) -> dt.datetime | None:
    if notice.channel == Channel.INBOX:
        return notice.read_at
    return notice.delivered_at if notice.state == NoticeState.DELIVERED else None


def _was_kept(notice: Notice, case: Case, outages: Sequence[Outage]) -> bool:
    late = any(
        notice.channel == outage.channel
        and outage.since <= notice.created_at
        and (outage.ended_at is None or notice.created_at <= outage.ended_at)
        for outage in outages
    )
    if not late or notice.superseded_by:
        return False
    paper = notice.document_id in case.facts.get("unserved", [])
    asks = notice.topic == todo_topic(case.pk) and case.holder == APPLICANT
    return paper or (asks and notice.created_at >= case.entered_at)
