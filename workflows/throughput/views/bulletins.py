"""Bulletins and weekly reports: those that were made, making another, and their files."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from urllib.parse import quote

import structlog
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ..board import Board
from ..periods import DEFAULT, period_of
from ..reports.frozen import months, week_of, weeks
from ..reports.making import Kind, NotPublished, made, reports_for
from ..scope import Scope
from ..viewers import Viewer, for_viewers
from ..xlsx_files import KIND as XLSX
from .boards import tabs

PATH = "/throughput/bulletins/"
# As many as two years of months and weeks in each province.
SHOWN = 120
TYPES = {
    Kind.MONTH: "application/pdf",
    Kind.WEEK: XLSX.replace("spreadsheetml.sheet", "wordprocessingml.document"),
}
log = structlog.get_logger(__name__)


class ReportForm(forms.Form):
    """Which month or week: those that were published. Two statements."""

    of = forms.ChoiceField(
        label="制作哪一份",
        error_messages={
            "required": "请选择月份或周",
            "invalid_choice": "这个月份或这一周的数字还没有固化",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_month = [
            (f"month:{day}", f"{day.year}年{day.month}月情况通报（PDF）") for day in months()
        ]
        by_week = [(f"week:{day}", f"{week_of(day).days}每周情况（DOCX）") for day in weeks()]
        choices = [("每月", by_month), ("每周", by_week)]
        field = self.fields["of"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (told to mypy)
        field.choices = [group for group in choices if group[1]]

    def clean_of(self) -> tuple[str, dt.date]:
        kind, _, first = self.cleaned_data["of"].partition(":")
        return kind, dt.date.fromisoformat(first)


@for_viewers
@require_http_methods(["GET", "HEAD", "POST"])
def bulletins(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list, and the form that makes another; POST makes it and comes back."""
    now = timezone.now()
    form = ReportForm(request.POST) if request.method == "POST" else ReportForm()
    status = 200
    if request.method == "POST" and form.is_valid():
        kind, first = form.cleaned_data["of"]
        try:
            report, is_new = made(
                kind, first, viewer=viewer, by=cast(int, request.user.pk), now=now
            )
        except NotPublished:
            form.add_error("of", "这个月份或这一周的数字还没有固化")
        else:
            said = "已制作" if is_new else "数字没有变化，没有另作一版："
            messages.success(request, f"{said}{report.title} {report.number}")
            return HttpResponseRedirect(PATH)
    if form.is_bound:
        status = 422
    board = Board(viewer, Scope(period_of(DEFAULT, timezone.localdate(now))), now)
    context = {
        "form": form,
        "tabs": tabs(board, "bulletins"),
        "reports": reports_for(viewer)[:SHOWN],
        "can_make": bool(form.fields["of"].choices),  # type: ignore[attr-defined]
    }
    return render(request, "throughput/bulletins.html", context, status=status)


@for_viewers
@require_safe
def download(request: HttpRequest, viewer: Viewer, report_id: int) -> HttpResponse:  # noqa: ARG001
    """The file as it was made. A file that is no longer that one is not given out."""
    report = reports_for(viewer).defer(None).filter(pk=report_id).first()
    if report is None:
        raise Http404
    if not report.is_sealed:
        log.error("report differs from its digest", report=report.pk)
        return HttpResponse(
            "这份文件与制作时封存的摘要不符，不予提供；请联系运行维护人员。",
            status=409,
            content_type="text/plain; charset=utf-8",
        )
    answer = HttpResponse(bytes(report.file), content_type=TYPES[Kind(report.kind)])
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(report.file_name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
