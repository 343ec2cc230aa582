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
    *, since: datetime | None = None, until: datetime | None = None
) -> "QuerySet[WithAnnotations[Notice, Served]]":
    """Notices that carry a document and reached the person, each with ``served_at``, oldest first.

    An e-mail has reached the person when their mail server took it (民事诉讼法 第九十条: the day on
    which it arrives in the recipient's system), a message on the site when they opened it. A row
    committed late may carry an earlier ``served_at`` than one already seen, so ask again from some
    minutes back and leave out what is recorded, or leave ``since`` away and exclude by id. Between two
    moments it is answered by two indexes, `notice_paper_read` and `notice_sent`.
    """
    served_at = Case(
        When(channel=Channel.INBOX, then=F("read_at")),
        default=F("delivered_at"),
        output_field=DateTimeField(),
    )
    opened = Q(channel=Channel.INBOX, read_at__isnull=False)
    arrived = Q(channel=Channel.EMAIL, state=NoticeState.DELIVERED) & ~Q(channel=Channel.INBOX)
    # Of each the column itself, which has an index, and not the choice between the two.
    if since is not None:
        opened, arrived = opened & Q(read_at__gte=since), arrived & Q(delivered_at__gte=since)
    if until is not None:
        opened, arrived = opened & Q(read_at__lt=until), arrived & Q(delivered_at__lt=until)
    return (
        Notice.objects.filter(opened | arrived, document_id__isnull=False)
        .annotate(served_at=served_at)
        .order_by("served_at", "id")
    )
