"""What the dispatcher asks of a channel, and the ways in which a message can fail to go out.

A channel is a carrier: it opens a session, and the session hands over one claimed notice after
the other. Everything else (claims, judgement, quiet hours, back-off, what is written on the row)
is the dispatcher's and the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from .models import Notice, NoticeState

HandOver = Callable[[], None]


class NotSent(Exception):
    """The message didn't get through; the text is for the person who looks into it."""


class Unreachable(NotSent):
    """Nobody there to take any message: the channel's trouble, not this message's."""


class TryLater(NotSent):
    """This message was not taken, for now."""


class RefusedForGood(NotSent):
    """This message will never be taken."""


class NoAnswer(NotSent):
    """It went out and no answer came: it may or may not have arrived, and nobody can be asked."""


class AskLater(NotSent):
    """It went out and no answer came, but whoever may have it can be asked later.

    counts: it did go out in this try, which is one of those that a message has.
    """

    def __init__(self, text: str, *, counts: bool = False) -> None:
        super().__init__(text)
        self.counts = counts


class Nowhere(NotSent):
    """There is no address to send it to; the text is the reason for the row."""


class Session(Protocol):
    """One run's connection; nothing of it is open before the first message."""

    def prepare(self, notices: Sequence[Notice]) -> None:
        """Read at once what a batch needs."""

    def was_taken(self, notice: Notice, now: datetime) -> bool:
        """Whether an earlier try, whose answer did not come, went through after all.

        Asked before anything else. Raises AskLater, NoAnswer.
        """

    def send(self, notice: Notice, now: datetime, *, hand_over: HandOver) -> None:
        """Send it, or raise one of NotSent (CannotRender too).

        `hand_over` comes before the first byte after which it can't be undone; what it raises
        comes out of here, and then nothing was sent.
        """


class Carrier(Protocol):
    """A channel. `orphaned`: what a row becomes whose worker fell silent after the hand-over."""

    channel: str
    orphaned: NoticeState

    def is_configured(self) -> bool: ...

    def session(self) -> AbstractContextManager[Session]: ...


class NothingBefore:
    """For channels that never leave a try open."""

    def prepare(self, _notices: Sequence[Notice]) -> None:
        return

    def was_taken(self, _notice: Notice, _now: datetime) -> bool:
        return False
