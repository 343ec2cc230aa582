"""暂停办理: what is not taken at the moment, until when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from matters.catalogue.models import Matter
from matters.catalogue.offering import Pause
from tongban.offices.models import Office

SHORT = {"500000": "重庆", "510000": "四川"}


class Paused(Exception):
    """Nothing is taken in for this matter there at the moment; `pause` says why and until when."""

    def __init__(self, pause: Pause) -> None:
        super().__init__(sentence_of(pause))
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Said:
    """A pause as pages show it."""

    sentence: str
    where: str
    until: dt.datetime | None
    holds_now: bool
    begins_at: dt.datetime


def holding(at: dt.datetime) -> QuerySet[Pause]:
    """Those that hold at that moment."""
    still = Q(ends_at=None) | Q(ends_at__gt=at)
    return Pause.objects.filter(still, ended_at=None, begins_at__lte=at)


def hindrance(
    *, matter_id: int, offices: Collection[int], provinces: Collection[str], at: dt.datetime
) -> Pause | None:
    """The pause, if any, that keeps these offices from taking the matter now. One statement.

    Of several the one that lasts longest.
    """
    found = holding(at).filter(
        Q(matter=None) | Q(matter_id=matter_id),
        Q(office=None) | Q(office_id__in=offices),
        Q(province="") | Q(province__in=provinces),
    )
    return max(found, key=_lasts, default=None)


def told_of(matter_ids: Iterable[int], at: dt.datetime, *, days: int = 14) -> dict[int, list[Said]]:
    """What is paused of these matters, now or within the next days, by matter. One statement.

    A pause of one office is left out: it is told beside that office, and before handing in.
    """
    soon = at + dt.timedelta(days=days)
    still = Q(ends_at=None) | Q(ends_at__gt=at)
    wanted = set(matter_ids)
    rows = Pause.objects.filter(
        still, Q(matter=None) | Q(matter_id__in=wanted), ended_at=None, office=None,
        begins_at__lte=soon,
    )  # fmt: skip
    told: dict[int, list[Said]] = {matter_id: [] for matter_id in wanted}
    for row in rows:
        for matter_id in wanted if row.matter_id is None else (row.matter_id,):
            told[matter_id].append(said(row, at))
    return told


def paused_offices(office_ids: Collection[int], matter_id: int, at: dt.datetime) -> dict[int, Said]:
    """The pauses of these offices for this matter, by office. One statement."""
    rows = holding(at).filter(Q(matter=None) | Q(matter_id=matter_id), office_id__in=office_ids)
    return {row.office_id: said(row, at) for row in rows if row.office_id is not None}


def said(pause: Pause, at: dt.datetime) -> Said:
    where = SHORT.get(pause.province, "")
    return Said(pause.sentence, where, pause.ends_at, pause.begins_at <= at, pause.begins_at)


def sentence_of(pause: Pause) -> str:
    """年度结息，2027年1月3日 08:00 恢复办理"""
    if pause.ends_at is None:
        return f"{pause.sentence}，恢复办理的时间待通知"
    ends = timezone.localtime(pause.ends_at)
    return f"{pause.sentence}，{ends.year}年{ends.month}月{ends.day}日 {ends:%H:%M} 恢复办理"


def pause(
    *,
    matter: Matter | None,
    office: Office | None,
    province: str,
    sentence: str,
    begins_at: dt.datetime,
    ends_at: dt.datetime | None,
    by_id: int,
) -> Pause:
    """Begin a pause. Raises ValueError for one of nothing, or that ends before it begins."""
    if matter is None and office is None and not province:
        raise ValueError("a pause is of a matter, an office or a province")
    if ends_at is not None and ends_at <= begins_at:
        raise ValueError("a pause ends after it begins")
    return Pause.objects.create(
        matter=matter,
        office=office,
        province=province,
        sentence=sentence,
        begins_at=begins_at,
        ends_at=ends_at,
        made_by_id=by_id,
        made_at=timezone.now(),
    )


def end(*, pauses: QuerySet[Pause], pause_id: int, by_id: int, at: dt.datetime) -> bool:
    """End one of `pauses` now, or call it off; False if it was over before or is none of them."""
    still = Q(ends_at=None) | Q(ends_at__gt=at)
    mine = pauses.filter(still, pk=pause_id, ended_at=None)
    return bool(mine.update(ended_at=at, ended_by_id=by_id))


def _lasts(pause: Pause) -> Any:
    return (pause.ends_at is None, pause.ends_at or pause.begins_at)
