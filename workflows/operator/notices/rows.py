"""The list of notices: filters as they stand in the address, and rows without anybody's address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.db.models import Q, QuerySet

from tongban.accounts.personal import mask_name, mask_phone
from tongban.notices.inbox import Place
from tongban.notices.models import Channel, Endpoint, Notice, NoticeState
from tongban.notices.rendering import CannotRender, render

from .figures import OUTSIDE

PAGE_SIZE = 50
PERSON = "needs_person"
STATES = {
    PERSON: (NoticeState.FAILED, NoticeState.UNSURE),
    "failed": (NoticeState.FAILED,),
    "unsure": (NoticeState.UNSURE,),
    "skipped": (NoticeState.SKIPPED,),
    "pending": (NoticeState.PENDING,),
}


class NoticeFilters(forms.Form):
    """GET form. What waits is read along its channel's own index, so it is listed by channel."""

    VIEWS: ClassVar[list[tuple[str, str]]] = [
        (PERSON, "要人处理的"),
        ("failed", "发送失败"),
        ("unsure", "结果不明"),
        ("skipped", "不再发送"),
        ("pending", "待发送"),
    ]
    view = forms.ChoiceField(label="状态", choices=VIEWS, required=False)
    channel = forms.ChoiceField(
        label="渠道", choices=[("", "全部"), *((c.value, c.label) for c in OUTSIDE)], required=False
    )

    @property
    def chosen(self) -> dict[str, str]:
        """What the address says, without what was left open."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def clean(self) -> dict[str, str]:
        given: dict[str, str] = super().clean() or {}
        if given.get("view") == "pending" and not given.get("channel"):
            self.add_error("channel", "看待发送的通知请先选一个渠道")
        return given


@dataclass(frozen=True)
class Row:
    """One notice as the operator reads it: `who` is masked, `why` says what became of it."""

    id: int
    subject: str
    about: str
    channel: str
    state: str
    state_name: str
    who: str
    attempts: int
    created_at: dt.datetime
    next_at: dt.datetime | None
    useful_until: dt.datetime | None
    why: str


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next: Place | None


def page_of(chosen: dict[str, str], after: Place | None) -> Page:
    """One page by keyset: the latest first, or for what waits the one due first. Two statements."""
    view = chosen.get("view") or PERSON
    rows = Notice.objects.filter(state__in=STATES[view]).exclude(channel=Channel.INBOX)
    if "channel" in chosen:
        rows = rows.filter(channel=chosen["channel"])
    by = "next_attempt_at" if view == "pending" else "created_at"
    found = list(_beyond(rows, by, after).select_related("user")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return Page(_rows(shown), Place(getattr(last, by), last.pk) if last else None)


def _beyond(rows: QuerySet[Notice], by: str, after: Place | None) -> QuerySet[Notice]:
    forwards = by == "next_attempt_at"
    side = "gt" if forwards else "lt"
    if after is not None:
        rows = rows.filter(
            Q(**{f"{by}__{side}": after.created_at})
            | Q(**{by: after.created_at, f"id__{side}": after.notice_id})
        )
    return rows.order_by(by, "id") if forwards else rows.order_by(f"-{by}", "-id")


def _rows(notices: Sequence[Notice]) -> list[Row]:
    systems = {n.recipient for n in notices if n.channel == Channel.WEBHOOK}
    ids = [int(r.removeprefix("endpoint:")) for r in systems if r[9:].isdecimal()]
    names = dict(Endpoint.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return [
        Row(
            id=notice.pk,
            subject=_subject(notice),
            about=notice.subject_key,
            channel=notice.get_channel_display(),
            state=notice.state,
            state_name=notice.get_state_display(),
            who=who(notice, names),
            attempts=notice.attempts,
            created_at=notice.created_at,
            next_at=notice.next_attempt_at if notice.state == NoticeState.PENDING else None,
            useful_until=notice.useful_until,
            why=_why(notice),
        )
        for notice in notices
    ]


def who(notice: Notice, systems: dict[int, str]) -> str:
    """The addressee, masked; a system goes by its name."""
    if notice.channel == Channel.WEBHOOK:
        number = notice.recipient.removeprefix("endpoint:")
        return systems.get(int(number), notice.recipient) if number.isdecimal() else "—"
    if notice.user is not None:
        return mask_name(notice.user.name)
    address = str(notice.address or "")
    return mask_email(address) if "@" in address else mask_phone(address) if address else "—"


def mask_email(address: str) -> str:
    """z***@example.com"""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"


def _subject(notice: Notice) -> str:
    if notice.channel == Channel.WEBHOOK:
        return "办件进展"
    try:
        return render(notice).subject
    except CannotRender:
        return "（内容无法显示）"


def _why(notice: Notice) -> str:
    said = notice.skip_reason if notice.state == NoticeState.SKIPPED else notice.last_error
    if notice.superseded_by:
        return f"{said}（{notice.superseded_by}）"
    return said
