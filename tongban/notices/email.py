"""A notice as an e-mail."""

from email.headerregistry import Address
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from tongban.notices.models import Notice
from tongban.notices.rendering import render_email

# What mail servers keep: by this header a message is found again in a server's log or a mailbox.
NOTICE_HEADER = "X-Tongban-Notice"


def address_of(notice: Notice) -> str:
    """Where it goes as of now, as an account's e-mail may have changed; "" when nowhere."""
    if notice.address:
        return str(notice.address)
    if notice.user is not None and notice.user.is_active:
        return notice.user.email
    return ""


def email_of(notice: Notice, address: str) -> EmailMessage:
    """The message, the same Message-ID however often it is made; raises CannotRender."""
    rendered = render_email(notice)
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
