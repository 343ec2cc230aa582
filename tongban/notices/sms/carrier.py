"""Text messages through the first gateway that is up; never through two.

Before a request goes out, the row `SmsHandover` says to which gateway. While that gateway's answer
is missing, no other may have the message: it is asked for it by the notice's id, and only if its
books don't have it, the message is free again. A connection that did not come about, or a plain
"no", leaves no doubt: then the next gateway is tried at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tongban.logs import scrub
from tongban.notices.carriers import (
    AskLater,
    HandOver,
    NoAnswer,
    Nowhere,
    RefusedForGood,
    TryLater,
    Unreachable,
)
from tongban.notices.models import Channel, Notice, NoticeState, SmsHandover
from tongban.notices.rendering import Edited, SmsText, edited_texts, render_sms
from tongban.sharing import breaker

from .codes import KIND, codes_of, forget_sealed
from .gateways import Gateway, Message, gateways, sms_is_configured

logger = structlog.get_logger(__name__)

# A gateway's books may lag behind what it took.
BOOKS_LAG = timedelta(minutes=1)
# Not to be asked for so long: a person decides.
GIVE_UP = timedelta(days=1)
FIRST_LOOK = timedelta(minutes=2)


def phone_of(notice: Notice) -> str:
    """Where it goes as of now, as an account's phone may have changed; "" when nowhere."""
    if notice.address:
        return str(notice.address)
    if notice.user is not None and notice.user.is_active:
        return notice.user.phone or ""
    return ""


class SmsSession:
    """The gateways of the settings, and what a batch needs to know of its messages."""

    def __init__(self, gateways: Sequence[Gateway]) -> None:
        self.gateways = gateways
        self.handovers: dict[int, SmsHandover] = {}
        self.keys: dict[int, str] = {}
        self.codes: dict[str, str] = {}
        self.edited: Edited = {}
        # Asked once a batch, until one fails: an answer clears a breaker once as well.
        self.admitted: set[str] = set()
        self.answered: set[str] = set()

    def prepare(self, notices: Sequence[Notice]) -> None:
        rows = SmsHandover.objects.filter(pk__in=[notice.pk for notice in notices])
        self.handovers = {row.notice_id: row for row in rows}
        self.keys = {n.pk: n.subject_key for n in notices if n.subject_kind == KIND}
        self.codes = codes_of(notices)
        self.edited = edited_texts("sms")
        self.admitted, self.answered = set(), set()

    def was_taken(self, notice: Notice, now: datetime) -> bool:
        handover = self.handovers.get(notice.pk)
        if handover is None:
            return False
        lost = handover.receipt == SmsHandover.Receipt.NOT_ARRIVED
        # Taken, though its worker did not live to write it on the notice; the receipt may be there.
        if handover.accepted_at is not None and not lost:
            return True
        if handover.accepted_at is None and handover.given_up_at is None:
            found = self._asked(handover, now)
            if found is not None:
                self._accepted(handover, found, now)
                return True
        # Its gateway doesn't have it, or a person sends anew what did not arrive.
        if not _forgotten(handover):
            raise AskLater("短信平台的答复刚到")
        del self.handovers[notice.pk]
        return False

    def _asked(self, handover: SmsHandover, now: datetime) -> str | None:
        """The reference in the gateway's books, None if it isn't there. Raises AskLater, NoAnswer."""
        if now < handover.handed_over_at + BOOKS_LAG:
            raise AskLater("短信平台没有答复，稍后查询")
        gateway = next((g for g in self.gateways if g.code == handover.gateway), None)
        try:
            if gateway is None:
                raise Unreachable(f"{handover.gateway}: 已不在设置中")
            on = timezone.localdate(handover.handed_over_at)
            found = gateway.find(out_id=str(handover.notice_id), phone=handover.phone, on=on)
        except Unreachable as error:
            if now < handover.handed_over_at + GIVE_UP:
                raise AskLater(f"短信平台没有答复，也查询不到：{error}") from error
            handover.given_up_at = now
            handover.save(update_fields=["given_up_at"])
            raise NoAnswer(f"一天内查询不到短信平台是否已接收：{error}") from error
        return found.reference if found is not None else None

    def send(self, notice: Notice, now: datetime, *, hand_over: HandOver) -> None:
        phone = phone_of(notice)
        if not phone:
            raise Nowhere("收件人没有可用的手机号码")
        text = render_sms(notice, edited=self.edited, code=self.codes.get(notice.subject_key, ""))
        message = Message(str(notice.pk), phone, text.sign, text.code, text.values)
        for gateway in self.gateways:
            if self._admits(gateway, now) and self._sent(
                gateway, notice, message, text, now, hand_over
            ):
                return
        raise Unreachable("短信平台都不可用")

    def _sent(
        self,
        gateway: Gateway,
        notice: Notice,
        message: Message,
        text: SmsText,
        now: datetime,
        hand_over: HandOver,
    ) -> bool:
        """Through this gateway. False: it was not there, and another may have the message."""
        with transaction.atomic():
            hand_over()
            handover = SmsHandover(
                notice_id=notice.pk,
                gateway=gateway.code,
                phone=message.phone,
                handed_over_at=now,
                parts=text.parts,
            )
            SmsHandover.objects.bulk_create(
                [handover],
                update_conflicts=True,
                unique_fields=["notice"],
                update_fields=["gateway", "phone", "handed_over_at", "parts"],
            )
        try:
            reference = gateway.send(message)
        except Unreachable as error:
            logger.warning("gateway down", gateway=gateway.code, error=scrub(str(error)))
            self._failed(gateway, error, now)
            _forgotten(handover)
            return False
        except AskLater as error:
            self._failed(gateway, error, now)
            raise AskLater(str(error), counts=True) from error
        except (TryLater, RefusedForGood):
            self._answered(gateway, now)
            _forgotten(handover)
            raise
        self._answered(gateway, now)
        self._accepted(handover, reference, now)
        return True

    def _admits(self, gateway: Gateway, now: datetime) -> bool:
        key = _key(gateway)
        if key not in self.admitted and breaker.admits(key, now):
            self.admitted.add(key)
        return key in self.admitted

    def _answered(self, gateway: Gateway, now: datetime) -> None:
        key = _key(gateway)
        if key not in self.answered:
            breaker.answered(key, now)
            self.answered.add(key)

    def _failed(self, gateway: Gateway, error: Exception, now: datetime) -> None:
        key = _key(gateway)
        breaker.failed(key, str(scrub(str(error))), now)
        self.admitted.discard(key)
        self.answered.discard(key)

    def _accepted(self, handover: SmsHandover, reference: str, now: datetime) -> None:
        kept = _as_it_was(handover).update(
            accepted_at=now, reference=reference, look_at=now + FIRST_LOOK
        )
        if not kept:
            # Another has it since our claim ran out; the answer to it is theirs to write down.
            logger.warning("late answer of a gateway", notice=handover.notice_id)
        if code_key := self.keys.get(handover.notice_id):
            forget_sealed(code_key)


def _as_it_was(handover: SmsHandover) -> QuerySet[SmsHandover]:
    """That handing over and no later one: who comes late must not touch another worker's."""
    return SmsHandover.objects.filter(
        pk=handover.pk, handed_over_at=handover.handed_over_at, accepted_at=handover.accepted_at
    )


def _forgotten(handover: SmsHandover) -> bool:
    """No gateway has it any more. False: meanwhile one has said that it does."""
    return _as_it_was(handover).delete()[0] > 0


class SmsCarrier:
    channel = Channel.SMS.value
    # A gateway can be asked what became of it.
    orphaned = NoticeState.PENDING

    def is_configured(self) -> bool:
        return sms_is_configured()

    @contextmanager
    def session(self) -> Iterator[SmsSession]:
        yield SmsSession(gateways())


def _key(gateway: Gateway) -> str:
    """Among the breakers of all connectors."""
    return f"sms:{gateway.code}"
