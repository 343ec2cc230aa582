"""Handing a message to a mail server, with the moment known after which it can't be undone."""

import re
import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Any, NoReturn

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from tongban.notices.carriers import HandOver, NoAnswer, RefusedForGood, TryLater, Unreachable

# Servers scan a text for viruses before they answer, and giving up on the answer costs a person's
# work (RFC 5321 §4.5.3.2.6 even asks for ten minutes), so that it gets more than the usual timeout.
PATIENCE_FOR_THE_ANSWER = 2.5


class TellsHandover:
    """An smtplib client that says when the server asks for the text, before any of it is sent.

    Until then a broken connection means that nothing was sent (RFC 5321 §4.2.5); from then on
    only the server's answer tells.
    """

    before_text: HandOver
    handed_over: bool = False

    def data(self: Any, msg: Any) -> tuple[int, bytes]:
        code, reply = self.docmd("data")
        if code != 354:
            raise smtplib.SMTPDataError(code, reply)
        self.before_text()
        self.handed_over = True
        self.send(re.sub(rb"(?m)^\.", b"..", msg).removesuffix(b"\r\n") + b"\r\n.\r\n")
        if self.timeout:
            self.sock.settimeout(self.timeout * PATIENCE_FOR_THE_ANSWER)
        answer: tuple[int, bytes] = self.getreply()
        self.sock.settimeout(self.timeout)
        return answer


class PlainClient(TellsHandover, smtplib.SMTP):
    pass


class TlsClient(TellsHandover, smtplib.SMTP_SSL):
    pass


class HandoverBackend(EmailBackend):
    """Django's SMTP backend over those clients."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return TlsClient if self.use_ssl else PlainClient


class MailSession:
    """One connection to the mail server, opened for the first message and kept for the next."""

    def __init__(self) -> None:
        self.backend: HandoverBackend | None = None

    def __enter__(self) -> "MailSession":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.backend is not None:
            quit_politely(self.backend)

    def send(self, message: EmailMessage, *, before_text: HandOver) -> None:
        """Send to one recipient, or raise one of ``NotSent``.

        ``before_text`` runs once the server is ready for the text; if it raises, nothing is sent
        and its exception comes out of here.
        """
        backend = self.connected()
        client: Any = backend.connection
        client.before_text, client.handed_over = before_text, False
        sent = False
        try:
            backend.send_messages([message])
            sent = True
        except (smtplib.SMTPException, OSError) as error:
            explain(error, handed_over=client.handed_over)
        except ValueError as error:
            # Django or the email package can't put the address or the subject into a message.
            raise RefusedForGood(sentence(error)) from error
        finally:
            if not sent:
                # Cut, not quit: in the middle of DATA a parting word would be read as text.
                client.close()
                self.backend = None

    def connected(self) -> HandoverBackend:
        if self.backend is None:
            backend = HandoverBackend()
            try:
                backend.open()
            except (smtplib.SMTPException, OSError) as error:
                quit_politely(backend)
                raise Unreachable(sentence(error)) from error
            self.backend = backend
        return self.backend


def quit_politely(backend: HandoverBackend) -> None:
    """Say QUIT. Every message had its answer before, so that a failure here changes nothing."""
    with suppress(smtplib.SMTPException, OSError):
        backend.close()


def explain(error: smtplib.SMTPException | OSError, *, handed_over: bool) -> NoReturn:
    """Raise what smtplib's exception means for the message."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code = max(code for code, _ in error.recipients.values())
        case smtplib.SMTPDataError():
            code = error.smtp_code
        case _ if handed_over:
            raise NoAnswer(sentence(error)) from error
        case _:
            # A refused sender lands here too: it is our setting that is wrong, and put right the
            # message can go out, so that a 5xx to it isn't for good.
            raise TryLater(sentence(error)) from error
    if 500 <= code <= 599:
        raise RefusedForGood(sentence(error)) from error
    if 400 <= code <= 499 or not handed_over:
        raise TryLater(sentence(error)) from error
    raise NoAnswer(sentence(error)) from error


def sentence(error: Exception) -> str:
    """The error in one line. What a server says may repeat the address; ``delivering`` scrubs it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {text!r}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {error.smtp_error!r}"
    return f"{type(error).__name__}: {error}"
