"""The catalogue: what is shared, who holds it, who may ask it for what, and whether it answers today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tongban.accounts.actors import Actor

from . import breaker
from .connectors import REGISTER, connector_code
from .door import for_staff
from .finding import FindForm, Place, found_by, page_of
from .kind_names import kind_names
from .models import Breaker, Holder, LookUp, Resource, Responsibility

LINES_SHOWN = 50
NAMES = {"500000": "重庆市平台", "510000": "四川省平台", REGISTER: "本站登记库"}


@require_safe
@for_staff
def resources(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """`?after=` is where the page begins. Three statements however many there are."""
    form = FindForm(request.GET)
    found = found_by(form)
    after = Place.parse(request.GET.get("after", ""))
    rows, following = page_of(found, after)
    asked = {k: v for k, v in request.GET.items() if k in form.fields and v}
    context = {
        "form": form,
        "rows": rows,
        "total": found.count(),
        "next": f"?{urlencode({**asked, 'after': str(following)})}" if following else None,
        "previous": f"?{urlencode(asked)}" if after else None,
        "clear": "?" if asked else None,
    }
    return render(request, "sharing/resources.html", context)


@require_safe
@for_staff
def resource(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Three statements."""
    known = Resource.objects.select_related("holder__department", "holder__office")
    shown = get_object_or_404(known, code=code)
    lines = list(
        Responsibility.objects.in_force(timezone.localdate())
        .filter(resource=shown)
        .order_by("id")[: LINES_SHOWN + 1]
    )
    labels = {part["code"]: part.get("text") or part["label"] for part in _parts(shown)}
    context = {
        "resource": shown,
        "lines": [_line(line, labels) for line in lines[:LINES_SHOWN]],
        "has_more": len(lines) > LINES_SHOWN,
        "is_paused": connector_code(shown) in breaker.open_connectors(),
        "may_demand": bool(actor.desks),
    }
    return render(request, "sharing/resource.html", context)


@require_safe
@for_staff
def holders(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Every department that holds data, with how many kinds. One statement."""
    counted = Holder.objects.select_related("department", "province").annotate(
        kinds=Count("resources"),
        named=Count("resources", filter=Q(resources__is_demonstration=False)),
    )
    rows = list(counted.order_by("is_demonstration", "code"))
    context = {"rows": rows, "kinds": sum(row.kinds for row in rows)}
    return render(request, "sharing/holders.html", context)


@require_safe
@for_staff
def connectors(request: HttpRequest, actor: Actor) -> HttpResponse:
    """For operators: how each way to a register is, and how much it owes. Two statements."""
    if not actor.operator:
        raise Http404
    known = {b.connector: b for b in Breaker.objects.all()}
    owed = LookUp.objects.filter(state=LookUp.State.OWED)
    waiting: dict[str, int] = {}
    for province, own, count in owed.values_list(
        "resource__holder__province", "resource__connector"
    ).annotate(count=Count("pk")):
        code = own or (province if province in settings.SHARING_CONNECTORS else REGISTER)
        waiting[code] = waiting.get(code, 0) + count
    codes = sorted({REGISTER, *settings.SHARING_CONNECTORS, *known, *waiting})
    rows = [_connector(code, known.get(code), waiting.get(code, 0)) for code in codes]
    return render(request, "sharing/connectors.html", {"rows": rows})


def _connector(code: str, known: Breaker | None, waiting: int) -> dict[str, Any]:
    given = settings.SHARING_CONNECTORS.get(code)
    return {
        "code": code,
        "name": NAMES.get(code, code),
        "url": given["url"] if given else "",
        "breaker": known,
        "waiting": waiting,
    }


def _parts(shown: Resource) -> list[dict[str, str]]:
    return [*shown.questions, *shown.fields]


def _line(line: Responsibility, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "line": line,
        "questions": [labels.get(code, code) for code in line.questions],
        "fields": [labels.get(code, code) for code in line.fields],
        "kinds": [kind_names().get(kind, kind) for kind in line.office_kinds],
    }
