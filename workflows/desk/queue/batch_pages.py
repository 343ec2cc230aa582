"""Pages of many at once: what is asked for all, how far a run is, and going on with it."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.forms import Form
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST, require_safe

from tongban.accounts.actors import Actor
from workflows.cases.bulk import NotForMany, Pick, begin, label_in, steps_for_many
from workflows.cases.models import BulkRun

from ..door import cases_at_desk, for_staff
from ..office.phrases import boxes_of, phrases_for, with_phrases
from .batch import (
    MOST,
    NOT_BY_LIST,
    answers_in,
    form_for_all,
    key_in,
    picks_among,
    picks_of,
    take_one,
    work_on,
)
from .filters import QueueFilters, matter_choices
from .keyset import page_of
from .tabs import MINE, TABS, queues_of


@for_staff
@require_POST
def batch(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One step for the cases that were picked, or for the one whose button was pressed.

    A step with a form asks once for all; the press on that page begins the run.
    """
    single = request.POST.get("claim")
    if single:
        return _claimed(request, actor, single)
    step = request.POST.get("step", "")
    if step not in steps_for_many() - NOT_BY_LIST:
        return HttpResponseBadRequest()
    everything = "all" in request.POST
    picks = _matching(request, actor) if everything else picks_of(request.POST.getlist("case"))
    if not picks:
        messages.warning(request, "请先勾选办件。")
        return HttpResponseRedirect(back_to(request))
    asked = "asked" in request.POST
    posted = with_phrases(request.POST, actor)
    form = form_for_all(picks, step, actor, posted if asked else None)
    if not asked and (form is not None or everything):
        return _asked(request, actor, step, picks, form)
    if form is not None and not form.is_valid():
        return _asked(request, actor, step, picks, form)
    return _begun(request, actor, step, picks, posted)


def _claimed(request: HttpRequest, actor: Actor, single: str) -> HttpResponse:
    for pick in picks_of([single]):
        result = take_one(pick, "claim", actor=actor)
        tell = messages.success if result.done else messages.error
        tell(request, f"{result.number}：{result.text}")
    return HttpResponseRedirect(back_to(request))


def _asked(
    request: HttpRequest, actor: Actor, step: str, picks: list[Pick], form: Form | None
) -> HttpResponse:
    chosen = cases_at_desk(actor).filter(number__in=[pick.number for pick in picks])
    boxes = boxes_of(form) if form is not None else []
    context = {
        "form": form,
        "boxes": boxes,
        "phrases": phrases_for(actor) if boxes else [],
        "step": step,
        "label": label_in(step, chosen.values_list("flow", flat=True).distinct()),
        "picks": picks,
        "run_key": key_in(request.POST),
        "is_full": len(picks) == MOST,
        "back": back_to(request),
    }
    return render(request, "desk/batch_ask.html", context)


def _begun(
    request: HttpRequest, actor: Actor, step: str, picks: list[Pick], posted: QueryDict
) -> HttpResponse:
    try:
        run = begin(
            actor=actor,
            step=step,
            picks=picks,
            data=answers_in(posted),
            key=key_in(request.POST),
        )
    except NotForMany:
        return HttpResponseBadRequest()
    work_on(run)
    return HttpResponseRedirect(_address(run, back_to(request)))


def _matching(request: HttpRequest, actor: Actor) -> list[Pick]:
    """All that the list shows under its filters, on whatever page, due first; some hundreds at most."""
    query = QueryDict(urlsplit(back_to(request)).query)
    tab = query.get("view", MINE)
    filters = QueueFilters(query, tab=tab, matters=matter_choices(tab, actor))
    if tab not in TABS or not filters.is_valid() or not actor.desks:
        return []
    now = timezone.now()
    queues = [filters.narrowed(q, actor=actor, now=now) for q in queues_of(tab, actor)]
    return picks_among(page_of(queues, size=MOST).ids, actor)


@for_staff
@require_safe
def run(request: HttpRequest, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """How far a run of mine is, and what became of each case. Two statements besides the frame's."""
    return _shown(request, _of(actor, key))


@for_staff
@require_POST
def go_on_with(request: HttpRequest, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """Work on what still waits; where script runs, the page asks for it by itself."""
    found = work_on(_of(actor, key))
    if request.htmx:  # type: ignore[attr-defined]
        return _shown(request, found, "desk/_run.html")
    return HttpResponseRedirect(_address(found, back_to(request)))


def _of(actor: Actor, key: uuid.UUID) -> BulkRun:
    found = BulkRun.objects.filter(key=key, actor_id=actor.user_id).first()
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, found: BulkRun, page: str = "desk/batch_run.html") -> HttpResponse:
    rows = list(found.results.order_by("id"))
    context: dict[str, Any] = {
        "run": found,
        "refused": [row for row in rows if row.state == "refused"],
        "taken": [row for row in rows if row.state == "done"],
        "waiting": [row for row in rows if row.state == "waiting"],
        "worked_on": found.done + found.refused,
        "back": back_to(request),
    }
    return render(request, page, context)


def _address(found: BulkRun, back: str) -> str:
    return f"{reverse('desk:batch_run', args=[found.key])}?{urlencode({'next': back})}"


def back_to(request: HttpRequest) -> str:
    """Where the list was, as the page says; never another site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("desk:queue")
