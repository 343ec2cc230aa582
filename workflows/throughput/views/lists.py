"""The cases behind a number."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tongban.templatetags.formats import zh_datetime
from workflows.cases.places import office_name

from ..behind import FILE_AT_MOST, Line, Place, Question, all_lines, found
from ..csv_files import csv_response
from ..filters import ListForm
from ..measures import FLOWS, STAY
from ..routes import route_label
from ..times import BUCKETS
from ..totals import totals_of
from ..viewers import Viewer, for_viewers
from ..xlsx_files import xlsx_response

HEADER = (
    "办件编号", "事项", "申请人", "方向", "状态", "现在由谁办理", "灯", "到期", "发生时刻", "说明",
    "超期办结",
)  # fmt: skip
LIGHT_WORDS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯", "paused": "中止", "none": "无时限"}


@for_viewers
@require_safe
def cases(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """`measure` names the number; `after` is where the page begins; `format=csv` or `xlsx` gives a file."""
    now = timezone.now()
    form = ListForm(request.GET, viewer=viewer, today=timezone.localdate(now))
    question = _question(form)
    if (kind := request.GET.get("format")) in ("csv", "xlsx"):
        return _file(question, all_lines(question, viewer, now=now), kind)
    after = Place.parse(request.GET.get("after", ""))
    page = found(question, viewer, now=now, after=after)
    return render(
        request,
        "throughput/cases.html",
        {
            "form": form,
            "question": question,
            "office": office_name(question.scope.office_id),
            "route": route_label(question.route),
            "page": page,
            "totals": totals_of(question, viewer, now),
            "file_at_most": FILE_AT_MOST,
            "now": now,
            "viewer": viewer,
            "csv_href": _address(question, format="csv"),
            "xlsx_href": _address(question, format="xlsx"),
            "first": _address(question) if after else None,
            "next": _address(question, after=str(page.next)) if page.next else None,
            "back": question.scope.but(office_id=None).address("/throughput/"),
            "all_offices": _address(question, office=None),
        },
    )


def _question(form: ListForm) -> Question:
    """What was asked for; without a known figure, what was received."""
    scope, given = form.scope, form.cleaned_data
    measure = given.get("measure") or "received"
    if measure == STAY.code:
        return Question(measure, scope, given.get("flow", ""), given.get("state", ""))
    route = given.get("route", "").strip("-") and given["route"]
    if measure == "measured":
        return Question(measure, scope, route=route, days=BUCKETS.get(given.get("days", "")))
    return Question(measure, scope, route=route if measure in FLOWS else "")


def _address(question: Question, **more: str | None) -> str:
    """This list with the same filters; `office=None` lets all offices in."""
    scope = question.scope.but(office_id=None) if "office" in more else question.scope
    asked = {
        "measure": question.measure,
        "flow": question.flow,
        "state": question.state,
        "route": question.route,
        "days": question.days.code if question.days else "",
    }
    wanted = {k: v for k, v in (asked | more).items() if v}
    return scope.address("/throughput/cases/", wanted)


def _file(question: Question, lines: list[Line], kind: str) -> HttpResponse:
    days = "此刻" if question.is_stock else question.scope.period.days
    rows = (
        (
            line.number,
            line.matter,
            line.applicant,
            line.direction,
            line.state,
            line.holder,
            LIGHT_WORDS.get(line.light, ""),
            line.due,
            zh_datetime(line.at),
            line.about,
            "是" if line.is_late else "",
        )
        for line in lines
    )
    called = f"{question.label}_{days}"
    if kind == "csv":
        return csv_response(called, HEADER, rows)
    said = [(question.label, question.definition)]
    return xlsx_response(called, HEADER, rows, definitions=said)
