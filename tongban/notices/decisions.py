"""What a person decides about a notice that no machine will touch again."""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tongban.notices.hints import hint_dispatcher
from tongban.notices.models import Decision, Notice, NoticeState

logger = structlog.get_logger(__name__)

MAX_REASON = Notice._meta.get_field("skip_reason").max_length or 300


class NotWaitingForAPerson(Exception):
    """The notice isn't in a state that this decision is about; nothing was changed."""


def needing_a_person() -> QuerySet[Notice]:
    """Failed or in doubt, the latest first."""
    return Notice.objects.filter(
        state__in=[NoticeState.FAILED, NoticeState.UNSURE],
    ).order_by("-created_at", "-id")


def retry(notice_id: int, *, now: datetime | None = None, by: int | None = None) -> None:
    """Send it again, at once and with all its tries. Of one in doubt a second copy may arrive.

    by: the account that decides; None for a command. One that helps nobody any more is dropped
    again when its turn comes.
    """
    decide(
        notice_id,
        Decision.Kind.RETRY,
        {NoticeState.FAILED, NoticeState.UNSURE, NoticeState.SKIPPED},
        by=by,
        state=NoticeState.PENDING,
        attempts=0,
        next_attempt_at=now or timezone.now(),
        claimed_until=None,
        skip_reason="",
        superseded_by="",
    )
    hint_dispatcher()


def skip(notice_id: int, reason: str, *, by: int | None = None) -> None:
    """Don't send it any more, because of ``reason`` (kept with it)."""
    if not reason.strip():
        raise ValueError("To skip a notice takes a reason.")
    decide(
        notice_id,
        Decision.Kind.SKIP,
        {NoticeState.FAILED, NoticeState.UNSURE},
        by=by,
        reason=reason.strip()[:MAX_REASON],
        state=NoticeState.SKIPPED,
        claimed_until=None,
        skip_reason=reason.strip()[:MAX_REASON],
    )


def confirm(notice_id: int, *, delivered_at: datetime, by: int | None = None) -> None:
    """One in doubt did arrive, at that moment: somebody found it in the mail server's log."""
    decide(
        notice_id,
        Decision.Kind.CONFIRM,
        {NoticeState.UNSURE},
        by=by,
        state=NoticeState.DELIVERED,
        claimed_until=None,
        delivered_at=delivered_at,
    )


def supersede(
    *, by_key: str, reason: str, subject_key: str, document_id: int | None = None, topic: str = ""
) -> int:
    """What a person was told otherwise goes out no more; how many notices. One statement.

    Of the case's unsent notices outside the site: those of a paper, or of a topic. A worker that
    has one in hand loses it before the text goes out (`delivering.hand_over`).
    """
    rows = Notice.objects.filter(
        subject_kind="case",
        subject_key=subject_key,
        state__in=[NoticeState.PENDING, NoticeState.FAILED, NoticeState.UNSURE],
    )
    rows = rows.filter(topic=topic) if document_id is None else rows.filter(document_id=document_id)
    return rows.update(
        state=NoticeState.SKIPPED,
        skip_reason=reason[:MAX_REASON],
        superseded_by=by_key,
        claimed_until=None,
    )


@transaction.atomic
def decide(
    notice_id: int,
    kind: Decision.Kind,
    states: set[NoticeState],
    *,
    by: int | None,
    reason: str = "",
    **changes: object,
) -> None:
    """One statement, so that of two people deciding at once the second one is told; and who it was."""
    if not Notice.objects.filter(pk=notice_id, state__in=states).update(**changes):
        raise NotWaitingForAPerson(f"通知 {notice_id} 已不在可以这样处理的状态。")
    Decision.objects.create(
        notice_id=notice_id, kind=kind, reason=reason, by_id=by, at=timezone.now()
    )
    logger.info("notice decided", notice=notice_id, decision=kind.value, by=by)
