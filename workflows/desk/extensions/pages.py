"""Proposals, the dry run of one, and what became of each case."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from tongban.accounts.actors import Actor
from tongban.notices.rendering import last_moment
from tongban.running.budget import lasting
from workflows.cases import bulk
from workflows.cases.extending import (
    NotProposed,
    affected_by,
    decide,
    deciding_office,
    may_decide,
    propose,
)
from workflows.cases.models import BulkResult, ExtensionPlan

from ..door import for_staff
from .forms import AskForm, DecisionForm, ProposalForm

SHOWN = 30
# What the press itself waits for; the rest is done in the background.
AT_ONCE_SECONDS = 3


def plans_of(actor: Actor) -> QuerySet[ExtensionPlan]:
    """Those they proposed, may decide or look after. Http404 for whoever has no part in any."""
    if not (actor.heads or actor.operator or actor.supervises):
        raise Http404
    plans = ExtensionPlan.objects.select_related("office", "outage", "proposed_by", "decided_by")
    if actor.operator:
        return plans
    theirs = Q(office__in=sorted(actor.heads)) | Q(proposed_by=actor.user_id)
    for province in actor.supervises:
        theirs |= Q(office__region__code__startswith=province[:2])
    return plans.filter(theirs)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def extensions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The plans, and for heads and operators the dry run that the address asks for."""
    plans = list(plans_of(actor).order_by("-proposed_at")[:SHOWN])
    may_ask = bool(actor.heads or actor.operator)
    context: dict[str, Any] = {"plans": plans, "may_ask": may_ask}
    if request.method == "POST":
        if not may_ask:
            raise Http404
        form = ProposalForm(request.POST, actor=actor, offices=_offices(actor, request.POST))
        if form.is_valid() and (made := _proposed(request, form, actor)):
            return redirect("desk:extension", made.key)
        context |= {"form": form, "asked": form} | _tried(form)
    elif may_ask:
        given = request.GET if "days" in request.GET else None
        asked = AskForm(
            given,
            actor=actor,
            offices=_offices(actor, request.GET),
            initial={"outage": request.GET.get("outage"), "days": 5},
        )
        context["asked"] = asked
        if given is not None and asked.is_valid():
            context |= _tried(asked)
            context["form"] = ProposalForm(
                initial=asked.cleaned_data, actor=actor, offices=_offices(actor, request.GET)
            )
    return render(request, "desk/extensions/list.html", context)


def _offices(actor: Actor, given: Any) -> set[int]:
    """For an operator: the offices with a case that the chosen outage cost some time."""
    if not actor.operator:
        return set()
    number = given.get("outage") or ""
    outages = AskForm(actor=actor, offices=None).fields["outage"].queryset  # type: ignore[attr-defined]
    known = number.isascii() and number.isdecimal() and len(number) < 19
    outage = outages.filter(pk=int(number)).first() if known else outages.first()
    if outage is None:
        return set()
    found = (deciding_office(each.case) for each in affected_by(outage, days=1))
    return {office for office in found if office is not None}


def _tried(form: AskForm) -> dict[str, Any]:
    if not {"outage", "office", "days"} <= form.cleaned_data.keys():
        return {}
    given = form.cleaned_data
    found = affected_by(
        given["outage"],
        days=given["days"],
        office_id=given["office"].pk,
        matter=given.get("matter") or "",
    )
    return {"found": found, "tried": True}


def _proposed(request: HttpRequest, form: ProposalForm, actor: Actor) -> ExtensionPlan | None:
    given = form.cleaned_data
    try:
        made = propose(
            outage=given["outage"],
            office=given["office"],
            days=given["days"],
            reason=given["reason"],
            matter=given["matter"],
            actor=actor,
        )
    except NotProposed as problem:
        form.add_error(None, str(problem))
        return None
    messages.success(request, f"已提出 {len(made.cases)} 件，等待另一位负责人或督办人员审批。")
    return made


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def extension(request: HttpRequest, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """One plan: its cases before and after; the decision; then a result for each."""
    plan = get_object_or_404(plans_of(actor), pk=key)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _decided(request, plan, form, actor)
    results = {}
    if plan.run_id is not None:
        rows = BulkResult.objects.filter(run=plan.run_id)
        results = {row.number: row for row in rows}
    context = {
        "plan": plan,
        "run": plan.run,
        "form": form,
        "may_decide": plan.decided_at is None and may_decide(actor, plan),
        "lines": [
            {
                "number": line["number"],
                "was": last_moment(parse_datetime(line["was"])),
                "then": last_moment(parse_datetime(line["then"] or "")),
                "result": results.get(line["number"]),
            }
            for line in plan.cases
        ],
    }
    return render(request, "desk/extensions/plan.html", context)


def _decided(
    request: HttpRequest, plan: ExtensionPlan, form: DecisionForm, actor: Actor
) -> HttpResponse:
    given = form.cleaned_data
    try:
        decide(plan, actor=actor, approve=given["do"] == "approve", because=given["because"])
    except NotProposed as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "已同意，正在逐件延长。" if plan.run_id else "已退回提出人。")
        if plan.run_id is not None:
            bulk.go_on(plan.run_id, is_over=lasting(AT_ONCE_SECONDS))
    return HttpResponseRedirect(reverse("desk:extension", args=[plan.key]))
