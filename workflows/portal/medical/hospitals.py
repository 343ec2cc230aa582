"""定点医院名录: hospitals and pharmacies where people from elsewhere settle directly."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.regions import POOL, region_choices
from matters.medical.models import Institution, VisitKind
from matters.medical.rules.words import LEVELS

A_PAGE = 20
PROVINCE_WIDE = "0000"


class DirectoryForm(forms.Form):
    """Everything may be left out; what is there narrows."""

    q = forms.CharField(label="名称", max_length=40, required=False)
    place = forms.ChoiceField(
        label="地方", required=False, error_messages={"invalid_choice": "请从列表中选择地方"}
    )
    visit = forms.ChoiceField(
        label="看什么",
        required=False,
        choices=[("", "不限"), *VisitKind.choices],
        error_messages={"invalid_choice": "请从列表中选择"},
    )
    level = forms.ChoiceField(
        label="级别",
        required=False,
        choices=[("", "不限"), *LEVELS.items()],
        error_messages={"invalid_choice": "请从列表中选择级别"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "不限"), *region_choices(POOL)]


@dataclass(frozen=True)
class Row:
    name: str
    level: str
    where: str
    address: str
    phone: str
    visits: str


@require_safe
def hospitals(request: HttpRequest) -> HttpResponse:
    """One statement, and one a minute for the places."""
    form = DirectoryForm(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    shown: list[Institution] = []
    if not form.errors:
        rows = after(found(asked, timezone.localdate()), request.GET.get("after", ""))
        shown = list(rows.select_related("region").order_by("name", "id")[: A_PAGE + 1])
    more = len(shown) > A_PAGE
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "crumbs": [("/", "首页"), ("/medical/", "去外地看病")],
        "form": form,
        "rows": [_row(row) for row in shown[:A_PAGE]],
        "is_filtered": bool(kept),
        "next": f"?{urlencode(kept | {'after': key_of(shown[A_PAGE - 1])})}" if more else None,
        "previous": f"?{urlencode(kept)}" if request.GET.get("after") else None,
    }
    return render(request, "portal/medical/hospitals.html", context)


def found(asked: dict[str, Any], on: dt.date) -> QuerySet[Institution]:
    """Those open for somebody from elsewhere; closed ones are not shown at all."""
    rows = Institution.objects.in_force(on).exclude(open_visits=[])
    if asked.get("visit"):
        rows = rows.filter(open_visits__contains=[asked["visit"]])
    if asked.get("level"):
        rows = rows.filter(level=asked["level"])
    if asked.get("place"):
        rows = rows.filter(region__code__startswith=_prefix(asked["place"]))
    for word in (asked.get("q") or "").split():
        rows = rows.filter(name__icontains=word)
    return rows


def after(rows: QuerySet[Institution], key: str) -> QuerySet[Institution]:
    """What comes after the last one of the page before; a key that is none begins anew."""
    number, _, name = key.partition("-")
    if not number.isascii() or not number.isdigit() or len(number) > 18 or "\x00" in name:
        return rows
    return rows.filter(Q(name__gt=name) | Q(name=name, id__gt=int(number)))


def key_of(row: Institution) -> str:
    return f"{row.pk}-{row.name}"


def _prefix(place: str) -> str:
    """500000 is all of 重庆, 511700 all of 达州."""
    return place[:2] if place.endswith(PROVINCE_WIDE) else place[:4]


def _row(row: Institution) -> Row:
    level = LEVELS.get(row.level, row.level)
    return Row(
        name=row.name,
        level=f"{level}（中医）" if row.is_tcm else level,
        where=row.region.full_name,
        address=row.address,
        phone=row.phone,
        visits="、".join(VisitKind(code).label for code in row.open_visits),
    )
