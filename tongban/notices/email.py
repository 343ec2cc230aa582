"""E-mail: a notice as a message, and the carrier that hands it to the mail server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from tongban.notices.carriers import HandOver, NothingBefore, Nowhere
from tongban.notices.models import Channel, Notice, NoticeState
from tongban.notices.outbox import email_is_configured
from tongban.notices.rendering import Edited, edited_texts, render_email
from tongban.notices.smtp import MailSession

# What mail servers keep: by this header a message is found again in a server's log or a mailbox.
NOTICE_HEADER = "X-Tongban-Notice"


def address_of(notice: Notice) -> str:
    """Where it goes as of now, as an account's e-mail may have changed; "" when nowhere."""
    if notice.address:
        return str(notice.address)
    if notice.user is not None and notice.user.is_active:
        return notice.user.email
    return ""


def email_of(notice: Notice, address: str, *, edited: Edited | None = None) -> EmailMessage:
    """The message, the same Message-ID however often it is made; raises CannotRender."""
    rendered = render_email(notice, edited=edited)
    return EmailMessage(
        subject=f"【川渝通办】{rendered.subject}",
        body=rendered.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={
            "Message-ID": f"<notice-{notice.pk}@{sender_domain()}>",
            NOTICE_HEADER: str(notice.pk),
            # RFC 3834: no out-of-office reply comes back to us.
            "Auto-Submitted": "auto-generated",
        },
    )


def sender_domain() -> str:
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Address(addr_spec=address).domain or "localhost"


class EmailSession(NothingBefore):
    """One connection to the mail server for the whole run."""

    def __init__(self, server: MailSession) -> None:
        self.server = server
        self.edited: Edited = {}

    def prepare(self, _notices: Sequence[Notice]) -> None:
        self.edited = edited_texts("message")

    def send(self, notice: Notice, _now: datetime, *, hand_over: HandOver) -> None:
        address = address_of(notice)
        if not address:
            raise Nowhere("收件人没有可用的电子邮箱")
        self.server.send(email_of(notice, address, edited=self.edited), before_text=hand_over)


class EmailCarrier:
    channel = Channel.EMAIL.value
    # A mail server can't be asked whether it has a message.
    orphaned = NoticeState.UNSURE

    def is_configured(self) -> bool:
        return email_is_configured()

    @contextmanager
    def session(self) -> Iterator[EmailSession]:
        with MailSession() as server:
            yield EmailSession(server)
