"""How a person wants to be told: which channels, and when a phone stays silent.

The inbox is always on. Only a text message disturbs: e-mail waits silently in its box.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from .models import Channel, Notice, Preference
from .sms.gateways import sms_is_configured
from .sms.templates import has_sms

QUIET_FROM, QUIET_UNTIL = time(21), time(8)


def preferences_of(user_ids: Iterable[int]) -> dict[int, Preference]:
    """What these people have chosen, by user; who chose nothing is not in it. One statement."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    return {chosen.user_id: chosen for chosen in Preference.objects.filter(pk__in=wanted)}


def preference_of(user_id: int) -> Preference:
    """What this person has chosen, or the defaults, unsaved. One statement."""
    return preferences_of([user_id]).get(user_id) or Preference(user_id=user_id)


def may_disturb(user_id: int | None, channel: str, at: datetime) -> datetime | None:
    """None: now; else the next moment outside the person's quiet hours.

    For somebody without an account the usual ones hold, 21:00 to 08:00. At most one statement.
    """
    if channel != Channel.SMS:
        return None
    return end_of_quiet(preference_of(user_id) if user_id is not None else None, at)


def end_of_quiet(chosen: Preference | None, at: datetime) -> datetime | None:
    """When the quiet hours in which `at` lies end; None outside them."""
    begins = chosen.quiet_from if chosen else QUIET_FROM
    ends = chosen.quiet_until if chosen else QUIET_UNTIL
    here = timezone.localtime(at)
    if not _is_quiet(here.time(), begins, ends):
        return None
    end = here.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return end if end > here else end + timedelta(days=1)


# Somebody has just asked for these and waits for them, phone in hand.
ASKED_FOR = frozenset({"progress_code"})


def end_of_quiet_for(notice: Notice, chosen: Preference | None, at: datetime) -> datetime | None:
    """When this notice may disturb its recipient; None: now."""
    if notice.channel != Channel.SMS or notice.template in ASKED_FOR:
        return None
    return end_of_quiet(chosen, at)


def _is_quiet(moment: time, begins: time, ends: time) -> bool:
    if begins <= ends:
        return begins <= moment < ends
    return moment >= begins or moment < ends


DIGEST = "digest"
# What tells of a paper or of a deadline that runs against the person.
WEIGHTY = frozenset(
    {"supplement_required", "refused", "disapproved", "deemed_accepted", "suspended", "extended"}
)


def is_weighty(notice: Notice) -> bool:
    """Whether it carries a paper or a deadline: nobody can switch that off on every way at once."""
    return notice.document_id is not None or notice.template in WEIGHTY


def goes_to_phone(notice: Notice) -> bool:
    """Whether these words can reach the person's phone: it has them, we know it, a gateway is there."""
    has_phone = notice.user is not None and bool(notice.user.phone_index)
    return has_phone and sms_is_configured() and has_sms(notice.template)


def refusal_of(notice: Notice, chosen: Preference | None) -> str:
    """Why the person does not get this notice by this channel, '' if they do.

    With e-mail and text messages both off, what is weighty still goes by one of them: to the
    phone, or by e-mail where there is none.
    """
    if notice.template == DIGEST:
        # Asked for apart from the rest, and so kept apart.
        return "" if chosen is not None and chosen.digest else "本人已关闭每日摘要"
    if chosen is None or notice.channel not in (Channel.EMAIL, Channel.SMS):
        return ""
    by_sms = notice.channel == Channel.SMS
    if chosen.by_sms if by_sms else chosen.by_email:
        return ""
    by_phone = goes_to_phone(notice)
    everything_off = not chosen.by_email and not (chosen.by_sms and by_phone)
    if everything_off and is_weighty(notice) and by_sms == by_phone:
        return ""
    return "本人已关闭短信通知" if by_sms else "本人已关闭电子邮件通知"
