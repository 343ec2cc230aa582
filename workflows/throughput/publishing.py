"""Publishing 固化: a day's figures are kept as they were given out; what changes later stands beside.

A day is published in the night after it, when the recount has gone over it; a month on the 5th of
the next. Nothing here is ever written over: a correction is a row of its own.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from workflows.cases.clocks import local_day, midnight
from workflows.cases.models import Event
from workflows.cases.places import office_name

from .directions import DIRECTIONS, Pair
from .figures import FIGURES, Sums
from .models import (
    Correction,
    CountedDay,
    DayDirection,
    DayMatter,
    DayOffice,
    Published,
    Recount,
)
from .periods import ONE_DAY
from .scope import Scope

MONTH_ON_DAY: Final = 5
# Figures of so many days are looked at for publishing; older ones were published long ago.
LOOKS_BACK: Final = dt.timedelta(days=62)
REASONS_SHOWN: Final = 5
GRAIN = ("origin_province", "owner_province", "mode")


def publish_due(*, now: dt.datetime | None = None) -> list[Published]:
    """Publish every day that is over and settled, and last month from the 5th on; idempotent."""
    moment = now or timezone.now()
    today = local_day(moment)
    made = [_publish_day(day, moment) for day in _unpublished(today)]
    last = today.replace(day=1) - ONE_DAY
    if today.day >= MONTH_ON_DAY and _is_whole(last):
        month = _publish_month(last.replace(day=1), last, moment)
        made += [month] if month else []
    return made


def note_corrections(recount: Recount, *, at: dt.datetime) -> list[Correction]:
    """Keep what this recount moved in days that were published, with the events that came late."""
    made = []
    days = Published.objects.filter(
        kind=Published.Kind.DAY, first__gte=recount.first, first__lte=recount.last
    ).prefetch_related("corrections")
    for published in days:
        changes = changes_of(published)
        known = max(published.corrections.all(), key=lambda c: c.pk, default=None)
        if changes == (known.changes if known else {}):
            continue
        late = Event.objects.filter(
            at__gte=midnight(published.first),
            at__lt=midnight(published.first + ONE_DAY),
            recorded_at__gt=published.published_at,
        )
        made.append(
            Correction.objects.create(
                published=published,
                recount=recount,
                found_at=at,
                changes=changes,
                because=[_reason(event) for event in _first(late)],
                late_events=late.count(),
            )
        )
    return made


def changes_of(published: Published) -> dict[str, list[int]]:
    """{figure: [published, now]} of a day, over all directions; empty where nothing moved."""
    days = Q(day__gte=published.first, day__lte=published.last)
    found = DayDirection.objects.filter(days).aggregate(**{f"n_{f}": Sum(f) for f in FIGURES})
    now = {figure: found[f"n_{figure}"] or 0 for figure in FIGURES}
    was = sums_in(published)
    return {f: [was[f], now[f]] for f in FIGURES if was[f] != now[f]}


def sums_in(published: Published, scope: Scope | None = None) -> Sums:
    """What was published, over the directions and modes of a scope."""
    total = Sums()
    for origin, owner, mode, figures in published.figures["directions"]:
        if scope is None or _is_in(scope, (origin, owner), mode):
            total += Sums(figures)
    return total


def published_days(first: dt.date, last: dt.date) -> dict[dt.date, Published]:
    """The published days from first to last with their corrections. Two statements."""
    rows = Published.objects.filter(kind=Published.Kind.DAY, first__gte=first, first__lte=last)
    return {row.first: row for row in rows.prefetch_related("corrections")}


def _unpublished(today: dt.date) -> list[dt.date]:
    """Days that were counted when they were over, and have not been published; two statements."""
    since = today - LOOKS_BACK
    counted = CountedDay.objects.filter(day__gte=since, day__lt=today).values_list(
        "day", "counted_at"
    )
    known = Published.objects.filter(kind=Published.Kind.DAY, first__gte=since)
    published = set(known.values_list("first", flat=True))
    return sorted(
        day for day, at in counted if at >= midnight(day + ONE_DAY) and day not in published
    )


def _is_whole(last: dt.date) -> bool:
    """Whether every day of that month has been published that was counted at all."""
    first = last.replace(day=1)
    counted = CountedDay.objects.filter(day__gte=first, day__lte=last).count()
    known = Published.objects.filter(kind=Published.Kind.DAY, first__gte=first, first__lte=last)
    return 0 < counted == known.count()


def _publish_day(day: dt.date, at: dt.datetime) -> Published:
    figures = {"directions": _directions(day, day)}
    return _kept(Published.Kind.DAY, day, day, figures, at)


def _publish_month(first: dt.date, last: dt.date, at: dt.datetime) -> Published | None:
    if Published.objects.filter(kind=Published.Kind.MONTH, first=first).exists():
        return None
    days = Q(day__gte=first, day__lte=last)
    figures: dict[str, Any] = {
        "directions": _directions(first, last),
        "matters": _rows(DayMatter, days, ("matter_id",)),
        "offices": _rows(DayOffice, days, ("office_id", "province")),
    }
    return _kept(Published.Kind.MONTH, first, last, figures, at)


def _kept(
    kind: str, first: dt.date, last: dt.date, figures: dict[str, Any], at: dt.datetime
) -> Published:
    """Two at the same moment publish once."""
    with transaction.atomic():
        Published.objects.bulk_create(
            [Published(kind=kind, first=first, last=last, published_at=at, figures=figures)],
            ignore_conflicts=True,
        )
    return Published.objects.get(kind=kind, first=first)


def _directions(first: dt.date, last: dt.date) -> list[list[Any]]:
    return _rows(DayDirection, Q(day__gte=first, day__lte=last), GRAIN)


def _rows(table: Any, days: Q, cut_by: tuple[str, ...]) -> list[list[Any]]:
    """[[cut…, {figure: n}]…], figures that are 0 left out."""
    rows = table.objects.filter(days).order_by(*cut_by).values(*cut_by)
    summed = rows.annotate(**{f"n_{figure}": Sum(figure) for figure in FIGURES})
    return [
        [*(row[cut] for cut in cut_by), {f: row[f"n_{f}"] for f in FIGURES if row[f"n_{f}"]}]
        for row in summed
    ]


def _is_in(scope: Scope, pair: Pair, mode: str) -> bool:
    chosen = not scope.direction or pair in DIRECTIONS[scope.direction].pairs
    return chosen and (not scope.province or scope.province in pair) and scope.mode in ("", mode)


def _first(late: QuerySet[Event]) -> list[Event]:
    return list(late.select_related("case").order_by("recorded_at", "id")[:REASONS_SHOWN])


def _reason(event: Event) -> dict[str, Any]:
    step = event.case.STEPS.get(event.step)  # type: ignore[attr-defined]
    return {
        "number": event.case.number,
        "step": step.label if step else "提交申请",
        "office": office_name(event.office_id) or ("系统" if event.actor_kind == "system" else ""),
        "at": event.at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
    }
