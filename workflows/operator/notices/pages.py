"""The outbox, page by page: how it stands, outages, and looks for what is missing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.notices import outages
from tongban.notices.inbox import Place
from tongban.notices.models import Channel, Outage, Replay

from ..door import actor_of_request, for_operators
from .deciding import AT_ONCE, RETRY_ALL, DecisionForm, decide_all, matching, ticked
from .figures import channel_figures
from .forms import OutageForm, ReplayForm
from .replays import ask_for
from .rows import PERSON, NoticeFilters, page_of

SHOWN = 20


@require_safe
@for_operators
def notices(request: HttpRequest) -> HttpResponse:
    """Each channel's figures, and the notices that the filter in the address finds. Nine statements."""
    return _listed(request, request.GET)


def _listed(
    request: HttpRequest, asked: QueryDict, form: DecisionForm | None = None
) -> HttpResponse:
    filters = NoticeFilters(asked)
    after = Place.parse(asked.get("after", ""))
    page = page_of(filters.chosen, after) if filters.is_valid() else None
    chosen = filters.chosen if page else {}
    context = {
        "filters": filters,
        "clear": reverse("operator:notices") if chosen else None,
        "figures": channel_figures(timezone.now()),
        "rows": page.rows if page else [],
        "first": _address(chosen) if after else None,
        "next": _address({**chosen, "after": str(page.next)}) if page and page.next else None,
        "query": urlencode(chosen),
        "decision": form or DecisionForm(auto_id="decision-%s"),
        "can_decide": chosen.get("view") != "pending",
        "at_once": AT_ONCE,
        "spares_unsure": chosen.get("view", PERSON) == PERSON,
    }
    if form is not None:
        context["form"] = form
    return render(request, "operator/notices/list.html", context)


def _address(chosen: dict[str, str]) -> str:
    return f"?{urlencode(chosen)}"


@require_POST
@for_operators
def decide(request: HttpRequest) -> HttpResponse:
    """Send again, drop or confirm what was ticked; then the list as it was filtered."""
    asked = QueryDict(request.POST.get("query", ""))
    filters = NoticeFilters(asked)
    chosen = filters.chosen if filters.is_valid() else {}
    form = DecisionForm(request.POST, auto_id="decision-%s")
    if not form.is_valid():
        return _listed(request, asked, form)
    everything = form.cleaned_data["do"] == RETRY_ALL
    ids = matching(chosen) if everything else ticked(request.POST.getlist("notice"))
    if ids:
        decided = decide_all(ids, form, by=actor_of_request(request).user_id)
        left = f"；{decided.left} 条已不在可以这样处理的状态，没有改动" if decided.left else ""
        messages.success(request, f"已处理 {decided.done} 条通知{left}。")
    else:
        messages.error(request, "请先勾选要处理的通知。")
    return HttpResponseRedirect(reverse("operator:notices") + _address(chosen))


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def channel_outages(request: HttpRequest) -> HttpResponse:
    """Outages, the latest first; by POST one is declared."""
    form = OutageForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _declared(request, form):
        return redirect("operator:outages")
    rows = Outage.objects.select_related("declared_by", "ended_by").order_by("-since", "-id")
    shown = list(rows[:SHOWN])
    labels = dict(Channel.choices)
    context: dict[str, Any] = {
        "form": form,
        "rows": [(row, labels.get(row.channel, row.channel)) for row in shown],
    }
    return render(request, "operator/notices/outages.html", context)


def _declared(request: HttpRequest, form: OutageForm) -> bool:
    given = form.cleaned_data
    try:
        outages.declare(
            channel=given["channel"],
            since=given["since"] or timezone.now(),
            by=actor_of_request(request).user_id,
            reason=given["reason"],
        )
    except outages.AlreadyOut:
        form.add_error("channel", "这个渠道已经登记为中断")
        return False
    messages.success(request, "已登记，各页面开始提示。")
    return True


@require_POST
@for_operators
def end_outage(request: HttpRequest, outage_id: int) -> HttpResponse:
    known = 0 < outage_id < 2**63
    by = actor_of_request(request).user_id
    if known and outages.end(outage_id, at=timezone.now(), by=by):
        messages.success(request, "已解除。积压的通知会逐条重新判断，按限定的速度补发，夜间不发。")
    else:
        messages.error(request, "这次中断已经解除，没有改动。")
    return redirect("operator:outages")


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def replays(request: HttpRequest) -> HttpResponse:
    """What was looked for and what was missing; by POST a period is looked through."""
    form = ReplayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        ask_for(
            since=form.since,
            until=form.until,
            channels=given["channels"],
            by=actor_of_request(request).user_id,
            is_check=given["only_check"],
            now=timezone.now(),
        )
        messages.success(request, "已经开始，在后台分批进行；结果显示在下面。")
        return redirect("operator:replays")
    labels = dict(Channel.choices)
    rows = Replay.objects.select_related("by").order_by("-id")[:SHOWN]
    context = {
        "form": form,
        "rows": [(row, "、".join(str(labels.get(c, c)) for c in row.channels)) for row in rows],
    }
    return render(request, "operator/notices/replays.html", context)
