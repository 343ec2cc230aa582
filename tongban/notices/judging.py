"""Whether a notice still says anything that helps, asked again right before it would be sent.

A notice can lie for hours or days: no worker, no broker, no mail server, no gateway. What it says
may be past by then (``useful_until``), said anew by a later notice of its topic, or about a state
that the case has left. Such a notice is dropped, with the reason kept on it for everybody to see;
its words stand in the person's inbox on the site anyway. What still helps waits for the day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from tongban.notices.models import Channel, Notice, Outage
from tongban.notices.preferences import end_of_quiet


@dataclass(frozen=True)
class Send:
    """It goes out now."""


@dataclass(frozen=True)
class Drop:
    """It goes out no more: ``skip_reason`` and ``superseded_by`` for the row."""

    reason: str
    superseded_by: str = ""


@dataclass(frozen=True)
class Wait:
    """It goes out later: ``next_attempt_at`` for the row; no try is used up."""

    until: datetime
    reason: str


Judgement = Send | Drop | Wait

NIGHT = "夜间不打扰，天亮后发送"
QUIET = "免打扰时段，到时再发"
# Why a row waits though its channel works: never the sign of an outage.
HELD_BACK = (NIGHT, QUIET)

# Asked whether what a notice speaks of is over: the reason in words, or '' while it is not.
Question = Callable[[Notice], str]
_questions: dict[str, Question] = {}


def ask_about(subject_kind: str, question: Question) -> None:
    """Whoever knows a kind of subject says when a notice with a topic about it is out of date."""
    _questions[subject_kind] = question


def judged(notice: Notice, *, now: datetime) -> Judgement:
    """What is to become of a claimed notice of any channel but the inbox. Nothing is written.

    Statements: for a topic one, and one more where somebody answers for the subject; at night, by
    e-mail, one. The quiet hours that a person chose are the dispatcher's (`preferences`): it reads
    them for a whole batch.
    """
    if notice.useful_until is not None and notice.useful_until <= now:
        return Drop(f"已过有用时间（{_said(notice.useful_until)}），不再发送")
    if notice.topic:
        later = _later_of_topic(notice)
        if later:
            return Drop("已有同一事项的较新通知", superseded_by=later)
        over = _questions.get(notice.subject_kind, _goes_on)(notice)
        if over:
            return Drop(over)
    until = _end_of_night(notice, now)
    return Wait(until, NIGHT) if until else Send()


def _end_of_night(notice: Notice, now: datetime) -> datetime | None:
    """When an outage's arrears may go out, though a mail sent in time may come at night.

    Hundreds of late letters before dawn are an alarm, and nobody answers who calls back.
    """
    morning = end_of_quiet(None, now) if notice.channel == Channel.EMAIL else None
    if morning is None or (notice.useful_until and notice.useful_until <= morning):
        return None
    missed = Outage.objects.filter(channel=notice.channel, since__lte=now).exclude(
        ended_at__lt=notice.created_at
    )
    return morning if missed.exists() else None


def _goes_on(_notice: Notice) -> str:
    return ""


def _later_of_topic(notice: Notice) -> str:
    """The event key of the latest notice that says it anew, or ''. One statement."""
    later = Q(created_at__gt=notice.created_at) | Q(created_at=notice.created_at, pk__gt=notice.pk)
    rows = Notice.objects.filter(
        later,
        subject_kind=notice.subject_kind,
        subject_key=notice.subject_key,
        topic=notice.topic,
        recipient=notice.recipient,
        channel=notice.channel,
    )
    keys = rows.order_by("-created_at", "-id").values_list("event_key", flat=True)
    return keys.first() or ""


def _said(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y年%m月%d日 %H:%M}"
