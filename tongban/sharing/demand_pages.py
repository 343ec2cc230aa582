"""供需对接: what offices ask of each other, both sides' list, and each demand with its turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.accounts.actors import Actor
from tongban.offices.models import Office

from . import demands as verbs
from .demand_forms import AcceptForm, AskBackForm, DemandForm, ExplainForm, RefuseForm
from .door import for_staff
from .models import Demand

PAGE_SIZE = 50
SIDES = {"ours": "我们提出的", "theirs": "向我们提出的"}


@dataclass(frozen=True)
class Answer:
    """One thing that a side may say now: its address' last part, its words and its form."""

    act: str
    title: str
    button: str
    form: type[forms.Form]
    tone: str = "secondary"


ANSWERS = (
    Answer("accept", "同意提供", "同意提供", AcceptForm, "primary"),
    Answer("ask-back", "要求补充说明", "发送", AskBackForm),
    Answer("refuse", "不予提供", "不予提供", RefuseForm, "warning"),
)
EXPLAIN = Answer("explain", "补充说明", "提交说明", ExplainForm, "primary")


@require_safe
@for_staff
def demands(request: HttpRequest, actor: Actor) -> HttpResponse:
    """`?side=` ours or theirs, `?before=` where the page begins. One statement."""
    side, before = request.GET.get("side", ""), request.GET.get("before", "")
    found = verbs.demands_of(actor)
    if side == "ours":
        found = found.filter(office__in=actor.desks)
    if side == "theirs":
        found = found.filter(holder__office__in=actor.desks)
    if before.isascii() and before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    rows = list(found.order_by("-id")[: PAGE_SIZE + 1])
    today = timezone.localdate()
    asked = f"side={side}&" if side in SIDES else ""
    last = rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None
    context = {
        "rows": [(row, verbs.is_overdue(row, today)) for row in rows[:PAGE_SIZE]],
        "next": f"?{asked}before={last}" if last else None,
        "tabs": [
            {"href": f"?side={code}" if code else "?", "text": text, "current": code == side}
            for code, text in {"": "全部", **SIDES}.items()
        ],
        "may_demand": bool(actor.desks),
    }
    return render(request, "sharing/demands.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def new_demand(request: HttpRequest, actor: Actor) -> HttpResponse:
    """`?holder=` and `?office=` fill the boxes in. For who has a desk."""
    offices = list(Office.objects.filter(pk__in=actor.desks).order_by("pk"))
    if not offices:
        raise Http404
    chosen = {name: request.GET[name] for name in ("holder", "office") if name in request.GET}
    form = DemandForm(offices, request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        office = form.offices[asked.pop("office")]
        made = verbs.make(actor=actor, office=office, at=timezone.now(), **asked)
        messages.success(request, "需求已提出，对方已收到通知。")
        return redirect("sharing:demand", made.pk)
    return render(request, "sharing/new_demand.html", {"form": form})


@require_safe
@for_staff
def demand(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    return _shown(request, actor, _seen(actor, key))


@require_POST
@for_staff
def answer_demand(request: HttpRequest, actor: Actor, key: int, act: str) -> HttpResponse:
    """One side's word; nothing changes if the other was quicker."""
    seen = _seen(actor, key)
    answer = next((each for each in (*ANSWERS, EXPLAIN) if each.act == act), None)
    if answer is None:
        raise Http404
    form = answer.form(seen, request.POST)  # type: ignore[arg-type]
    if not form.is_valid():
        return _shown(request, actor, seen, {act: form})
    try:
        _SAY[act](seen, actor, _turn(request), form.cleaned_data)
    except verbs.Moved:
        messages.warning(request, "这项需求刚有新的进展，您的操作没有生效，请先看最新情况。")
    except verbs.NotTheirs as why:
        messages.error(request, f"{why}。")
    else:
        messages.success(request, "已提交，对方已收到通知。")
    return redirect("sharing:demand", key)


def _say_accept(seen: Demand, actor: Actor, turn: int, said: dict[str, Any]) -> None:
    verbs.accept(
        demand_id=seen.pk,
        actor=actor,
        turn=turn,
        resource=said["resource"],
        new_name=said["new_name"],
        text=said["text"],
        at=timezone.now(),
    )


_SAY: dict[str, Callable[[Demand, Actor, int, dict[str, Any]], object]] = {
    "accept": _say_accept,
    "refuse": lambda seen, actor, turn, said: verbs.refuse(
        demand_id=seen.pk, actor=actor, turn=turn, reason=said["text"], at=timezone.now()
    ),
    "ask-back": lambda seen, actor, turn, said: verbs.ask_back(
        demand_id=seen.pk, actor=actor, turn=turn, question=said["text"], at=timezone.now()
    ),
    "explain": lambda seen, actor, turn, said: verbs.explain(
        demand_id=seen.pk, actor=actor, turn=turn, text=said["text"], at=timezone.now()
    ),
}


def _seen(actor: Actor, key: int) -> Demand:
    found = verbs.demands_of(actor).filter(pk=key).first() if key < 2**63 else None
    if found is None:
        raise Http404
    return found


def _turn(request: HttpRequest) -> int:
    """The turn that the page showed; without a readable one nothing is taken."""
    text = request.POST.get("turn", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


def _shown(
    request: HttpRequest,
    actor: Actor,
    seen: Demand,
    sent: dict[str, forms.Form] | None = None,
) -> HttpResponse:
    """Two statements, one more for the form of who may accept. sent: forms with their errors."""
    may_answer, may_explain = verbs.may_answer(seen, actor), verbs.may_explain(seen, actor)
    open_now = ANSWERS if may_answer else (EXPLAIN,) if may_explain else ()
    sent = sent or {}
    context: dict[str, Any] = {
        "demand": seen,
        "overdue": verbs.is_overdue(seen, timezone.localdate()),
        "turns": list(seen.turns.select_related("by", "office")),
        "answers": [(each, sent.get(each.act) or each.form(seen)) for each in open_now],  # type: ignore[arg-type]
    }
    if sent:
        context["form"] = next(iter(sent.values()))
    return render(request, "sharing/demand.html", context)
