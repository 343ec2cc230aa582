"""A month's lines by key, one line down to its settlement, and all of them as a file."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from matters.catalogue.regions import region_choices, region_name
from matters.medical.clearing.months import month_name
from matters.medical.clearing.tracing import where_is
from matters.medical.models import (
    ClearingAmount,
    ClearingLine,
    ClearingMonth,
    Insured,
    TreatmentEntry,
)
from tongban.accounts.actors import Actor
from workflows.throughput.csv_files import csv_response

from ..door import for_staff
from .door import month_seen
from .words import KINDS, fund_word, pair_word, type_word

PAGE_SIZE = 50
HEADER = (
    "清算月", "产生月", "结算编号", "正负", "状态", "统筹区代码", "统筹区", "四川统筹区", "险种", "就诊类别",
    "医药机构编号", "医药机构", "结算日期", "医疗费总额", "基金", "应清算", "剔除", "计入",
)  # fmt: skip


class LinesFilter(forms.Form):
    """What stays in the address. Anything it does not know counts as no choice."""

    insured_type = forms.ChoiceField(
        label="险种", required=False, choices=[("", "全部"), *Insured.Type.choices]
    )
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *ClearingLine.Status.choices]
    )
    late = forms.BooleanField(label="只看结转、迟到的", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pool"] = forms.ChoiceField(
            label="参保统筹区", required=False, choices=[("", "全部"), *region_choices("pool")]
        )
        self.order_fields(["pool"])

    def chosen(self, rows: QuerySet[ClearingLine]) -> QuerySet[ClearingLine]:
        kept = self.cleaned_data if self.is_valid() else {}
        for name in ("pool", "insured_type", "status"):
            if kept.get(name):
                rows = rows.filter(**{name: kept[name]})
        return rows.exclude(born_month=F("month__month")) if kept.get("late") else rows


@dataclass(frozen=True)
class Row:
    id: int
    setl_id: str
    sign: int
    on: Any
    pool: str
    insured_type: str
    visit: str
    institution: str
    claimed: Decimal
    excluded: Decimal
    counted: Decimal
    born: str
    is_late: bool
    status: str
    kind: str


@for_staff
@require_safe
def lines(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One page, as quick at the end as at the beginning. Four statements besides the frame's."""
    case, month = month_seen(actor, number)
    form = LinesFilter(request.GET)
    rows = form.chosen(_lines(month)).order_by("id")
    after = request.GET.get("after", "")
    if after.isascii() and after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__gt=int(after))
    region_choices("pool")
    found = list(rows[: PAGE_SIZE + 1])
    query = request.GET.copy()
    query["after"] = str(found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else ""
    context = {
        "case": case,
        "name": month_name(month.month),
        "pair": pair_word(*month.pair),
        "form": form,
        "rows": [_row(line, month) for line in found[:PAGE_SIZE]],
        "next": f"?{query.urlencode()}" if query["after"] else None,
    }
    return render(request, "desk/clearing/lines.html", context)


@for_staff
@require_safe
def line(request: HttpRequest, actor: Actor, number: str, key: int) -> HttpResponse:
    """One line: what the ledger has, by fund, what the hospital reported, and where it stands."""
    case, month = month_seen(actor, number)
    found = get_object_or_404(_lines(month), pk=key)
    where = where_is(found.settlement)
    reported = TreatmentEntry.objects.filter(
        setl_id=found.origin.setl_id, sign=found.sign, voided_at=None
    ).first()
    amounts = ClearingAmount.objects.filter(line=found).order_by("id")
    context = {
        "case": case,
        "name": month_name(month.month),
        "line": found,
        "row": _row(found, month),
        "statement": where.statement,
        "reported": reported,
        "agrees": reported is not None and _agrees(found, reported),
        "funds": [(fund_word(a.fund_pay_type), a.amount, a.excluded) for a in amounts],
        "disputes": found.disputes.select_related("raised_in").order_by("id"),
    }
    return render(request, "desk/clearing/line.html", context)


@for_staff
@require_safe
def lines_csv(_request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Every line of a month by fund: what the statement sums, to be summed again elsewhere."""
    _, month = month_seen(actor, number)
    region_choices("pool")
    amounts = (
        ClearingAmount.objects.filter(line__month=month)
        .select_related("line__origin", "line__institution")
        .order_by("line_id", "id")
    )
    name = f"{month_name(month.month)}清算明细_{month.treated_province}_{month.insured_province}"
    return csv_response(name, HEADER, (_cells(amount, month) for amount in amounts.iterator()))


def _lines(month: ClearingMonth) -> QuerySet[ClearingLine]:
    return ClearingLine.objects.filter(month=month).select_related(
        "origin", "settlement", "institution"
    )


def _agrees(found: ClearingLine, reported: TreatmentEntry) -> bool:
    return (
        reported.medfee_sumamt == found.medfee
        and reported.fund_pay_sumamt + reported.acct_pay == found.claimed
    )


def _row(found: ClearingLine, month: ClearingMonth) -> Row:
    return Row(
        id=found.pk,
        setl_id=found.origin.setl_id,
        sign=found.sign,
        on=found.on,
        pool=region_name(found.pool),
        insured_type=type_word(found.insured_type),
        visit=found.get_visit_display(),
        institution=found.institution.name if found.institution else "",
        claimed=found.claimed,
        excluded=found.excluded,
        counted=found.counted,
        born=month_name(found.born_month),
        is_late=found.born_month != month.month,
        status=found.get_status_display(),
        kind=KINDS[ClearingLine.Status(found.status)],
    )


def _cells(amount: ClearingAmount, month: ClearingMonth) -> list[Any]:
    """Amounts stay Decimals: they are written with both decimals and can be summed as they are."""
    found = amount.line
    place = found.institution
    return [
        month.month,
        found.born_month,
        found.origin.setl_id,
        found.sign,
        found.get_status_display(),
        found.pool,
        region_name(found.pool),
        found.city,
        type_word(found.insured_type),
        found.get_visit_display(),
        place.code if place else "",
        place.name if place else "",
        found.on.isoformat(),
        found.medfee,
        fund_word(amount.fund_pay_type),
        amount.amount,
        amount.excluded,
        amount.amount - amount.excluded,
    ]
