"""A person's messages on the site."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from tongban.notices.models import Channel, Notice

PAGE_SIZE = 20


@dataclass(frozen=True)
class Place:
    """Where a page of the inbox begins: after this message, in order of time."""

    created_at: datetime
    notice_id: int

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """From what ``str`` gives; None for anything else, as addresses get mangled."""
        moment, _, key = text.rpartition("~")
        try:
            created_at = parse_datetime(moment)
            notice_id = int(key)
        except ValueError:
            return None
        if created_at is None or created_at.tzinfo is None or not 0 < notice_id < 2**63:
            return None
        return cls(created_at, notice_id)

    def __str__(self) -> str:
        return f"{self.created_at.isoformat()}~{self.notice_id}"


@dataclass(frozen=True)
class Page:
    notices: list[Notice]
    next: Place | None


def messages_of(user_id: int) -> QuerySet[Notice]:
    """Everything in the person's inbox, newest first."""
    return Notice.objects.filter(user_id=user_id, channel=Channel.INBOX).order_by(
        "-created_at", "-id"
    )


def unread_count(user_id: int) -> int:
    return messages_of(user_id).filter(read_at=None).count()


def page_of(user_id: int, *, after: Place | None = None, unread_only: bool = False) -> Page:
    """One page, by keyset: as quick on the hundredth page as on the first. One statement."""
    rows = messages_of(user_id)
    if unread_only:
        rows = rows.filter(read_at=None)
    if after is not None:
        rows = rows.filter(
            Q(created_at__lt=after.created_at)
            | Q(created_at=after.created_at, id__lt=after.notice_id)
        )
    found = list(rows[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return Page(found, None)
    last = found[PAGE_SIZE - 1]
    return Page(found[:PAGE_SIZE], Place(last.created_at, last.pk))


def mark_read(*, notice: Notice, at: datetime) -> None:
    """The person opened it; the first time counts."""
    if notice.read_at is None:
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at)
        notice.read_at = at


def mark_document_read(*, user_id: int, document_id: int, at: datetime) -> bool:
    """The person opened the paper itself: what told them of it is read too. One statement.

    False where nothing was sent to this person about it: then nobody has been served.
    """
    told = messages_of(user_id).filter(document_id=document_id)
    return bool(told.order_by().update(read_at=Coalesce(F("read_at"), at)))
