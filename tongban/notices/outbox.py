"""What is owed: written in the transaction of what it tells of, delivered later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings

from tongban.notices.hints import hint_dispatcher
from tongban.notices.models import Channel, Notice, NoticeState
from tongban.notices.sms.gateways import sms_is_configured
from tongban.notices.sms.templates import has_sms


class Reachable(Protocol):
    """A person as far as channels go: an account has all of it."""

    pk: Any
    email: str
    phone_index: str | None


@dataclass(frozen=True)
class Owed:
    """One message; each (event_key, channel, recipient) is owed once.

    ``event_key`` names what happened ("case:<id>:<seq>"), ``template`` a file in
    ``templates/notices``, ``context`` is JSON without personal data beyond a masked name.
    ``address`` is for somebody without an account; it is stored sealed. ``useful_until`` is the
    moment after which it helps nobody, ``topic`` (within the subject) what a later notice of the
    same topic makes void while it is unsent; see `judging`.
    """

    template: str
    channel: str
    recipient: str
    user_id: int | None
    context: Mapping[str, Any]
    event_key: str
    subject_kind: str = ""
    subject_key: str = ""
    document_id: int | None = None
    address: str | None = None
    useful_until: datetime | None = None
    topic: str = ""


def email_is_configured() -> bool:
    return bool(settings.EMAIL_HOST)


def channels_for(user: Reachable, template: str = "") -> tuple[str, ...]:
    """How to reach this person: on the site always, else where both sides have what it takes.

    What the person has switched off is decided when it would go out (`preferences`), so that no
    step of a case asks for it. Without a template: no text message. No SQL, no phone is unsealed.
    """
    channels = [Channel.INBOX.value]
    if email_is_configured() and user.email:
        channels.append(Channel.EMAIL.value)
    if sms_is_configured() and user.phone_index and has_sms(template):
        channels.append(Channel.SMS.value)
    return tuple(channels)


def recipient_of(user_id: int) -> str:
    return f"user:{user_id}"


def notice_of(owed: Owed, at: datetime) -> Notice:
    """The row for it, unsaved. What goes to the inbox is delivered by being written."""
    at_once = owed.channel == Channel.INBOX
    return Notice(
        event_key=owed.event_key,
        channel=owed.channel,
        recipient=owed.recipient,
        user_id=owed.user_id,
        address=owed.address,
        template=owed.template,
        context=dict(owed.context),
        subject_kind=owed.subject_kind,
        subject_key=owed.subject_key,
        document_id=owed.document_id,
        state=NoticeState.DELIVERED if at_once else NoticeState.PENDING,
        created_at=at,
        delivered_at=at if at_once else None,
        next_attempt_at=None if at_once else at,
        useful_until=owed.useful_until,
        topic=owed.topic,
    )


def owe(owed: Iterable[Owed], at: datetime) -> None:
    """Write down what is owed, inside the caller's transaction; what is owed already stays."""
    rows = [notice_of(each, at) for each in owed]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.state == NoticeState.PENDING for row in rows):
        hint_dispatcher()
