"""The list of months, the advance with its lamp, and the way from a settlement's number to its line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.pinned import definition_of
from matters.medical.clearing.advance import Lamp, lamp
from matters.medical.clearing.months import PAIRS, month_name
from matters.medical.clearing.terms import known_terms
from matters.medical.models import Advance, ClearingLine, ClearingMonth
from matters.rules import RuleMissing
from tongban.accounts.actors import Actor
from workflows.cases.access import visible_to
from workflows.cases.flow import Flow
from workflows.cases.models import Case
from workflows.cases.places import office_cards

from ..door import for_staff
from ..time_left import last_day
from ..words import light_shown
from .door import months_seen, require_agency
from .words import LAMPS, pair_word

PAGE_SIZE = 30


@dataclass(frozen=True)
class Row:
    """A month in the list."""

    number: str
    name: str
    pair: str
    state: str
    light: str
    due_on: dt.date | None
    holder: str
    payable: Decimal | None
    is_closed: bool


@dataclass(frozen=True)
class LampRow:
    """The advance of one pair. href: its case, "" where none is open or it may not be seen."""

    pair: str
    lamp: Lamp
    word: tuple[str, str]
    href: str
    size: Decimal | None


class TraceForm(forms.Form):
    setl_id = forms.CharField(
        label="结算编号", max_length=30, error_messages={"required": "请填写结算编号"}
    )


@for_staff
@require_safe
def months(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One page of months. Statements do not grow with them."""
    require_agency(actor)
    found = months_seen(actor)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdecimal() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    cases = list(found[: PAGE_SIZE + 1])
    context = {
        "rows": _rows(cases[:PAGE_SIZE]),
        "next": f"?after={cases[PAGE_SIZE - 1].pk}" if len(cases) > PAGE_SIZE else None,
        "lamps": _lamps(actor),
        "terms": known_terms(timezone.localdate()),
        "trace_form": TraceForm(),
    }
    return render(request, "desk/clearing/list.html", context)


@for_staff
@require_safe
def trace(request: HttpRequest, actor: Actor) -> HttpResponse:
    """From a settlement's number to its line, if it is in a month that this actor may see."""
    require_agency(actor)
    form = TraceForm(request.GET or None)
    if form.is_valid():
        line = _line_of(actor, form.cleaned_data["setl_id"])
        if line is not None:
            return redirect("desk:clearing_line", line.month.case_number, line.pk)
        form.add_error("setl_id", "没有这笔结算，或它不在您能查看的清算月里（可能尚未归集）")
    return render(request, "desk/clearing/trace.html", {"form": form})


def _line_of(actor: Actor, setl_id: str) -> ClearingLine | None:
    """By the number of the entry itself or of the settlement that it takes back."""
    numbers = months_seen(actor).values("number")
    return (
        ClearingLine.objects.filter(settlement__setl_id=setl_id, month__case_number__in=numbers)
        .select_related("month")
        .first()
    )


def _rows(cases: list[Case]) -> list[Row]:
    by_number = {m.case_number: m for m in ClearingMonth.objects.filter(
        case_number__in=[case.number for case in cases])}  # fmt: skip
    cards = office_cards(i for case in cases if (i := case.holder_office_id))
    now, rows = timezone.now(), []
    for case in cases:
        month = by_number.get(case.number)
        if month is None:
            continue
        holder = cards.get(case.holder_office_id or 0)
        payable = case.facts.get("payable")
        rows.append(
            Row(
                number=case.number,
                name=month_name(month.month),
                pair=pair_word(*month.pair),
                state=cast("Flow", case).state_label(definition_of(case.version_id)),
                light=light_shown(case, case.light(now)),
                due_on=last_day(case.due_at) if case.due_at else None,
                holder=holder.name if holder else "",
                payable=Decimal(payable) if payable is not None else None,
                is_closed=case.closed_at is not None,
            )
        )
    return rows


def _lamps(actor: Actor) -> list[LampRow]:
    """One a pair. Six statements and two for the cases behind them."""
    today = timezone.localdate()
    latest = {each.pair: each for each in Advance.objects.order_by("year")}
    numbers = [each.case_number for each in latest.values()]
    seen = set(visible_to(actor).filter(number__in=numbers).values_list("number", flat=True))
    rows = []
    for pair in PAIRS:
        try:
            shown = lamp(pair, today)
        except RuleMissing:
            continue
        kept = latest.get(pair)
        number = kept.case_number if kept is not None else ""
        rows.append(
            LampRow(
                pair=pair_word(*pair),
                lamp=shown,
                word=LAMPS[shown.colour],
                href=f"/desk/{number}/" if number in seen else "",
                size=kept.size if kept is not None else None,
            )
        )
    return rows
