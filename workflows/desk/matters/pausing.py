"""暂停办理 (/desk/matters/pauses/): heads pause their own office, operators whatever is meant."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from matters.catalogue import pauses as verbs
from matters.catalogue.models import Pause
from tongban.accounts.actors import Actor

from ..door import for_staff
from .forms import PauseForm

MOST_SHOWN = 100


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def pauses(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is paused, was and will be, with who did it; and the form for one more."""
    _require(actor)
    now = timezone.now()
    form = PauseForm(
        request.POST if request.method == "POST" else None,
        offices=set(actor.heads),
        is_operator=actor.operator,
        initial={"begins_at": timezone.localtime(now)},
    )
    if request.method == "POST" and form.is_valid():
        names = ("matter", "office", "province", "sentence", "begins_at", "ends_at")
        verbs.pause(**{n: form.cleaned_data[n] for n in names}, by_id=actor.user_id or 0)
        messages.success(request, "已设置暂停办理。期间不能提交新的申请，在办的件照常办理。")
        return redirect("desk:pauses")
    related = _mine(actor).select_related("matter", "office", "made_by", "ended_by")
    context = {
        "form": form,
        "rows": [_row(each, now) for each in related[:MOST_SHOWN]],
        "is_operator": actor.operator,
    }
    return render(request, "desk/matters/pauses.html", context)


@for_staff
@require_POST
def end_pause(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """Ends one now, or calls it off. 404 for what the person may not pause."""
    _require(actor)
    mine = _mine(actor)
    if not mine.filter(pk=key).exists():
        raise Http404
    if verbs.end(pauses=mine, pause_id=key, by_id=actor.user_id or 0, at=timezone.now()):
        messages.success(request, "已恢复办理。")
    else:
        messages.warning(request, "这项暂停先前已经结束，没有改动。")
    return redirect("desk:pauses")


def _require(actor: Actor) -> None:
    if not (actor.heads or actor.operator):
        raise Http404


def _mine(actor: Actor) -> QuerySet[Pause]:
    """All for an operator; a head's are those of the offices that they head."""
    mine = Q() if actor.operator else Q(office_id__in=actor.heads)
    return Pause.objects.filter(mine).order_by("-begins_at", "-id")


def _row(pause: Pause, now: dt.datetime) -> dict[str, Any]:
    if pause.ended_at is not None:
        state, kind = "已提前结束", ""
    elif pause.ends_at is not None and pause.ends_at <= now:
        state, kind = "已结束", ""
    elif pause.begins_at > now:
        state, kind = "未开始", "info"
    else:
        state, kind = "暂停中", "warn"
    return {
        "pause": pause,
        "what": pause.matter.name if pause.matter else "全部事项",
        "where": pause.office.name if pause.office else verbs.SHORT.get(pause.province, "两省市"),
        "state": state,
        "kind": kind,
        "can_end": kind != "",
    }
