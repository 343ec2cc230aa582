"""The calendar's pages: a year, the import with its trial, and what a version moved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from tongban.offices.calendar import calendar_alarm, newest_version
from tongban.offices.models import CalendarVersion
from tongban.offices.notice_import import Proposed, import_notice, propose_notice
from tongban.offices.tables import BadData
from tongban.running.budget import lasting
from workflows.cases.following_calendar import COUNTED, following, moved_by, share_followed
from workflows.cases.models import ClockDifference

from ..door import actor_of_request, for_operators
from .moved import PAGE_SIZE, clock_name, day_text, lines_of, number_or_zero
from .notice_form import NoticeForm
from .trial import tried_on_clocks
from .year import NATION, regions_with_days, year_shown, years_known

# A page may not keep its worker for long; what it could not try in this time it says.
TRIAL_SECONDS = 8.0
LAST_VERSIONS = 20
# How the address calls what waits.
OPEN = "open"
BIGGEST_VERSION = 2**31


@require_safe
@for_operators
def year(request: HttpRequest) -> HttpResponse:
    """The days of a year, of the nation or of a region that has days of its own."""
    today, known, regions = timezone.localdate(), years_known(), regions_with_days()
    wanted = number_or_zero(request.GET.get("year"))
    number = wanted if wanted in known else today.year
    region = request.GET.get("region", NATION)
    region = region if region in {each.pk for each in regions} else NATION
    context = {
        "year": year_shown(number, region),
        "alarm": calendar_alarm(today),
        "years": [
            {"href": _address(each, region), "text": f"{each}年", "current": each == number}
            for each in known
        ],
        "regions": [
            {"href": _address(number, code), "text": name, "current": code == region}
            for code, name in [(NATION, "全国"), *((each.pk, each.name) for each in regions)]
        ],
        "versions": CalendarVersion.objects.select_related("region").order_by("-number")[
            :LAST_VERSIONS
        ],
        "counted": COUNTED,
        "waiting": ClockDifference.objects.filter(settled_at=None)[:COUNTED].count(),
    }
    return render(request, "operator/calendar/year.html", context)


def _address(number: int, region: str) -> str:
    return f"?year={number}" + (f"&region={region}" if region else "")


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def notice(request: HttpRequest) -> HttpResponse:
    """GET asks for the notice; POST tries it; `do` edits it once more or takes in what has been tried."""
    if request.method != "POST":
        return render(request, "operator/calendar/notice.html", {"form": NoticeForm()})
    form = NoticeForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "operator/calendar/notice.html", {"form": form}, status=422)
    text = form.cleaned_data["text"]
    if request.POST.get("do") == "edit":
        context = {"form": NoticeForm(initial={"text": text})}
        return render(request, "operator/calendar/notice.html", context)
    try:
        proposed = propose_notice(text)
    except BadData as bad:
        found = {"form": NoticeForm(initial={"text": text}), "problems": bad.problems}
        return render(request, "operator/calendar/notice.html", found, status=422)
    if request.POST.get("do") == "import":
        if number_or_zero(request.POST.get("base")) == newest_version():
            return _imported(request, text)
        messages.warning(
            request, "日历在您试算之后又有变动，没有导入。下面是按现在的日历重新试算的结果。"
        )
    return render(request, "operator/calendar/trial.html", _tried(text, proposed))


def _tried(text: str, proposed: Proposed) -> dict[str, Any]:
    trial = tried_on_clocks(proposed, is_over=lasting(TRIAL_SECONDS))
    return {
        "text": text,
        "proposed": proposed,
        "trial": trial,
        "examples": [
            {
                "number": example.number,
                "clock": clock_name(example.moved.clock),
                "stood": day_text(example.moved.was_due_at),
                "derived": day_text(example.moved.due_at),
                "is_provisional": example.moved.is_provisional,
            }
            for example in trial.examples
        ],
    }


def _imported(request: HttpRequest, text: str) -> HttpResponse:
    actor = actor_of_request(request)
    changed = import_notice(text=text, at=timezone.now(), by=actor.name)
    if changed.version is None:
        messages.info(request, "与已有的日历完全一样，没有改动。")
        return redirect("operator:calendar")
    messages.success(
        request, f"已导入，成为日历第 {changed.version} 版。在办件的时限正在逐件重算。"
    )
    return redirect("operator:calendar_version", changed.version)


@require_safe
@for_operators
def version(request: HttpRequest, number: int) -> HttpResponse:
    """How far the open clocks have followed a version of the calendar, and which moved."""
    if number >= BIGGEST_VERSION:
        raise Http404
    shown = get_object_or_404(CalendarVersion.objects.select_related("region"), pk=number)
    progress, counts = following(number), moved_by(number)
    rows = ClockDifference.objects.filter(calendar=number, pk__gt=_after(request)).order_by("pk")
    wanted = request.GET.get("settled", "")
    shown_as = {code or OPEN: (code, count) for code, count in counts.items()}
    if wanted in shown_as:
        rows = rows.filter(settled=shown_as[wanted][0])
    found = list(rows.select_related("case__matter")[: PAGE_SIZE + 1])
    kept = f"&settled={wanted}" if wanted in shown_as else ""
    context = {
        "version": shown,
        "is_newest": number == newest_version(),
        "progress": progress,
        "share": share_followed(progress),
        "moved": counts[ClockDifference.Settled.RECOUNTED],
        "counted": COUNTED,
        "lines": lines_of(found[:PAGE_SIZE]),
        "next": f"?after={found[PAGE_SIZE - 1].pk}{kept}" if len(found) > PAGE_SIZE else None,
        "tabs": [
            {"href": "?", "text": "全部", "current": wanted not in shown_as},
            *(
                {
                    "href": f"?settled={name}",
                    "text": ClockDifference.Settled(code).label,
                    "count": count,
                    "more": count == COUNTED,
                    "current": name == wanted,
                }
                for name, (code, count) in shown_as.items()
            ),
        ],
    }
    return render(request, "operator/calendar/version.html", context)


def _after(request: HttpRequest) -> int:
    return number_or_zero(request.GET.get("after"))
