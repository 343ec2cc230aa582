"""Who may do what under a version: every state, step and seat, before or after it is published."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.catalogue.pinned import definition_of
from workflows.cases.registry import flow_class
from workflows.cases.rights_table import Row, rows_of

from ..door import for_operators
from .pages import version_or_404

HEADINGS = (
    "状态（环节）",
    "持有方",
    "步骤",
    "去向",
    "谁可以办",
    "中止期间谁仍可办",
    "还须成立的条件",
)


@require_safe
@for_operators
def rights(request: HttpRequest, version_id: int) -> HttpResponse:
    shown = version_or_404(version_id)
    rows = rows_of(flow_class(shown.flow), definition_of(shown.pk))
    if request.GET.get("as") == "csv":
        return _as_csv(rows, f"rights-{shown.matter.slug}-v{shown.number}.csv")
    steps = [row for row in rows if not row.is_aside]
    asides = [row for row in rows if row.is_aside]
    context = {"version": shown, "headings": HEADINGS, "steps": steps, "asides": asides}
    return render(request, "operator/rights.html", context)


def _as_csv(rows: list[Row], name: str) -> HttpResponse:
    """With a byte order mark, so that a spreadsheet takes it for what it is."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    writer.writerow(HEADINGS)
    writer.writerows(_cells(row) for row in rows)
    return answer


def _cells(row: Row) -> list[str]:
    return [
        row.place, row.holder, row.step, row.leads_to, row.takers, row.while_suspended,
        row.conditions,
    ]  # fmt: skip
