"""What an operator decides about notices, one or many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms
from django.utils import timezone

from tongban.notices.decisions import MAX_REASON, NotWaitingForAPerson, confirm, retry, skip
from tongban.notices.models import Channel, Notice, NoticeState

from .rows import PAGE_SIZE, PERSON, STATES

# As many as one press sends again without their being ticked one by one.
AT_ONCE = 500
RETRY, RETRY_ALL, SKIP, CONFIRM = "retry", "retry_all", "skip", "confirm"


class DecisionForm(forms.Form):
    """What to do, and what it takes: a reason to drop, a moment to confirm."""

    do = forms.ChoiceField(choices=[(code, code) for code in (RETRY, RETRY_ALL, SKIP, CONFIRM)])
    reason = forms.CharField(
        label="不再发送的原因",
        max_length=MAX_REASON,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    delivered_at = forms.DateTimeField(
        label="实际送达时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="在邮件服务器或短信平台的记录里查到的时间",
        error_messages={"invalid": "请填写日期和时间"},
    )

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        if given.get("do") == SKIP and not str(given.get("reason") or "").strip():
            self.add_error("reason", "不再发送，请写明原因")
        arrived = given.get("delivered_at")
        if given.get("do") == CONFIRM and "delivered_at" in given:
            if not isinstance(arrived, dt.datetime):
                self.add_error("delivered_at", "确认送达，请填写实际送达时间")
            elif arrived > timezone.now():
                self.add_error("delivered_at", "送达时间不能晚于现在")
        return given


@dataclass(frozen=True)
class Decided:
    done: int
    left: int


def ticked(values: Iterable[str]) -> list[int]:
    """The ids of a page's ticked rows."""
    good = (v for v in values if v.isascii() and v.isdecimal() and len(v) < 19)
    return [int(value) for value in dict.fromkeys(good)][:PAGE_SIZE]


def matching(chosen: dict[str, str]) -> list[int]:
    """What the list's filter finds and can be sent again, the latest first, `AT_ONCE` at most.

    What may have arrived goes out twice by that: not without being ticked, or asked for by name.
    """
    view = chosen.get("view") or PERSON
    if view == "pending":
        return []
    states = (NoticeState.FAILED,) if view == PERSON else STATES[view]
    rows = Notice.objects.filter(state__in=states).exclude(channel=Channel.INBOX)
    if "channel" in chosen:
        rows = rows.filter(channel=chosen["channel"])
    return list(rows.order_by("-created_at", "-id").values_list("pk", flat=True)[:AT_ONCE])


def decide_all(ids: Sequence[int], form: DecisionForm, *, by: int | None) -> Decided:
    """Decide each for itself; whatever is no longer in a fitting state is left. Two statements each."""
    done = sum(_decided(notice_id, form.cleaned_data, by) for notice_id in ids)
    return Decided(done, len(ids) - done)


def _decided(notice_id: int, given: dict[str, object], by: int | None) -> bool:
    try:
        if given["do"] == SKIP:
            skip(notice_id, str(given["reason"]), by=by)
        elif given["do"] == CONFIRM and isinstance(arrived := given["delivered_at"], dt.datetime):
            confirm(notice_id, delivered_at=arrived, by=by)
        else:
            retry(notice_id, by=by)
    except NotWaitingForAPerson:
        return False
    return True
