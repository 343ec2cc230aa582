"""One settlement as its person reads it: every amount with its sentence, and the rules that made it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matters.catalogue.regions import region_name
from matters.medical.breakdown import AMOUNTS
from matters.medical.filing.exemptions import CERTAINTY_WORDS
from matters.medical.models import Settlement, VisitKind
from matters.medical.rules.words import name_of_key
from tongban.accounts.models import User
from tongban.accounts.personal import mask_name

from .mine import settlements_of
from .people import indexes_open_to


@require_safe
@never_cache
@login_required
def settlement(request: HttpRequest, setl_id: str) -> HttpResponse:
    """404 for anybody whose it is not, and who does not act for them. Four statements at most."""
    user = cast(User, request.user)
    open_to = settlements_of(indexes_open_to(user, timezone.localdate()))
    row = open_to.select_related("reverses", "reversal").filter(setl_id=setl_id).first()
    if row is None:
        raise Http404
    is_mine = row.insured.id_number_index == user.id_number_index
    context = {
        "crumbs": [("/", "首页"), ("/medical/", "去外地看病"), ("/medical/mine/", "我的医保")],
        "settlement": row,
        "facts": _facts(row, name="" if is_mine else mask_name(row.insured.name)),
        "lines": [
            line | {"amount": Decimal(line["amount"])}
            for line in row.breakdown.get("explanation", [])
        ],
        "amounts": _amounts(row),
        "rules": [_rule(each) for each in row.rules],
        "doubts": row.breakdown.get("doubts", []),
        "reversal": getattr(row, "reversal", None),
    }
    return render(request, "portal/medical/settlement.html", context)


def _facts(row: Settlement, *, name: str) -> list[dict[str, str]]:
    place = row.institution.name if row.institution else region_name(row.treated_at)
    rows = [
        ("就医人", name),
        ("医院", place),
        ("就医方式", f"{VisitKind(row.visit).label}，{Settlement.Kind(row.kind).label}"),
        ("结算日期", f"{row.on.year}年{row.on.month}月{row.on.day}日"),
        ("参保地", region_name(row.pool)),
        ("结算编号", row.setl_id),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _amounts(row: Settlement) -> list[dict[str, Any]]:
    """Amounts that no sentence explains, if they are not nothing."""
    told = {line["amount_name"] for line in row.breakdown.get("explanation", [])}
    return [
        {"label": label, "amount": getattr(row, name)}
        for name, label in AMOUNTS.items()
        if name not in told and getattr(row, name)
    ]


def _rule(kept: dict[str, Any]) -> dict[str, Any]:
    sources = [each for each in kept.get("source", "").split(" ; ") if each]
    certainty = kept.get("certainty", "")
    return kept | {
        "label": kept.get("label") or name_of_key(kept.get("key", "")),
        "certainty_words": CERTAINTY_WORDS.get(certainty, certainty),
        "is_certain": certainty == "certain",
        "links": [each for each in sources if each.startswith(("http://", "https://"))],
    }
