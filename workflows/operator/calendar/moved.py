"""Clocks that came out otherwise, as lines of a page, and the press that mends them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tongban.running.models import Slot
from tongban.templatetags.formats import zh_date, zh_datetime
from workflows.cases.clock_differences import mend
from workflows.cases.clocks import SHANGHAI, local_day, midnight
from workflows.cases.colours import CLOCK_NAMES
from workflows.cases.following_calendar import COUNTED
from workflows.cases.models import ClockDifference
from workflows.cases.timekeeping import INSTANT

from ..door import actor_of_request, for_operators

PAGE_SIZE = 100
CHECK = "cases.check_clocks"


@dataclass(frozen=True)
class Line:
    """A clock as it stood and as it is derived; `said` where the date itself is the same."""

    id: int
    number: str
    matter: str
    clock: str
    stood: str
    derived: str
    said: str
    is_provisional: bool
    found_at: dt.datetime
    settled: str
    settled_by: str
    settled_at: dt.datetime | None


def lines_of(rows: Iterable[ClockDifference]) -> list[Line]:
    """rows: with their case and its matter."""
    return [
        Line(
            id=row.pk,
            number=row.case.number,
            matter=row.case.matter.name,
            clock=clock_name(row.clock),
            stood=day_text(row.stood_due_at),
            derived=day_text(row.derived_due_at),
            said=_same_date(row),
            is_provisional=row.is_provisional,
            found_at=row.found_at,
            settled=row.get_settled_display(),
            settled_by=row.settled_by,
            settled_at=row.settled_at,
        )
        for row in rows
    ]


def clock_name(clock: str) -> str:
    return CLOCK_NAMES.get(clock, "自动办理")


def day_text(due_at: dt.datetime | None) -> str:
    """The last day in time, or the moment for a limit in hours; 中止 where a pause holds it."""
    if due_at is None:
        return "中止，没有日期"
    if due_at == midnight(local_day(due_at)):
        return zh_date((due_at - INSTANT).astimezone(SHANGHAI))
    return zh_datetime(due_at)


def _same_date(row: ClockDifference) -> str:
    if row.stood_due_at != row.derived_due_at:
        return ""
    if row.stood_yellow_at != row.derived_yellow_at:
        return f"到期日不变，黄灯改在{day_text_of_yellow(row.derived_yellow_at)}"
    return "日期不变，改为暂定" if row.is_provisional else "日期不变，不再是暂定"


def day_text_of_yellow(yellow_at: dt.datetime | None) -> str:
    """Yellow is shown from a day on: the day that begins with it."""
    return zh_date(yellow_at.astimezone(SHANGHAI)) if yellow_at else "（无）"


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def differences(request: HttpRequest) -> HttpResponse:
    """What the nightly check has found and nobody has mended; POST mends the ticked ones."""
    if request.method == "POST":
        _mend(request)
        return redirect("operator:clock_differences")
    after = number_or_zero(request.GET.get("after"))
    waiting = ClockDifference.objects.filter(settled_at=None)
    rows = waiting.filter(pk__gt=after).select_related("case__matter").order_by("pk")
    found = list(rows[: PAGE_SIZE + 1])
    context = {
        "lines": lines_of(found[:PAGE_SIZE]),
        "count": waiting[:COUNTED].count(),
        "counted": COUNTED,
        "checked": Slot.objects.filter(name=CHECK).order_by("-slot").first(),
        "next": f"?after={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else None,
    }
    return render(request, "operator/calendar/differences.html", context)


def _mend(request: HttpRequest) -> None:
    chosen = [number_or_zero(text) for text in request.POST.getlist("row")][:PAGE_SIZE]
    if not chosen:
        messages.error(request, "请先勾选要重算的办件。")
        return
    mended, left = mend(chosen, by=actor_of_request(request).name)
    if left:
        messages.warning(
            request, f"已重算 {mended} 件；{left} 件刚好有人在办理或已经结束，没有重算。"
        )
    else:
        messages.success(request, f"已重算 {mended} 件。")


def number_or_zero(text: str | None) -> int:
    """A row's id out of an address or a form; 0 for anything else."""
    given = text or ""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
