"""Which papers reached their people: what the cases record as service 送达."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, DateTimeField, F, Q, QuerySet, When

from tongban.notices.models import Channel, Notice, NoticeState

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Served(TypedDict):
    served_at: datetime


def delivered_documents(
    *, since: datetime | None = None
) -> "QuerySet[WithAnnotations[Notice, Served]]":
    """Notices that carry a document and reached the person, each with ``served_at``, oldest first.

    An e-mail has reached the person when their mail server took it (民事诉讼法 第九十条: the day on
    which it arrives in the recipient's system), a message on the site when they opened it. A row
    committed late may carry an earlier ``served_at`` than one already seen, so ask again from some
    minutes back and leave out what is recorded, or leave ``since`` away and exclude by id.
    """
    served_at = Case(
        When(channel=Channel.INBOX, then=F("read_at")),
        default=F("delivered_at"),
        output_field=DateTimeField(),
    )
    reached = Q(channel=Channel.INBOX, read_at__isnull=False) | Q(
        channel=Channel.EMAIL, state=NoticeState.DELIVERED
    )
    rows = (
        Notice.objects.filter(reached, document_id__isnull=False)
        .annotate(served_at=served_at)
        .order_by("served_at", "id")
    )
    return rows if since is None else rows.filter(served_at__gte=since)
