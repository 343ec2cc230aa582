"""The simulator's one page: begin, take a step as anybody at any time, see where that leads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matters.catalogue.answers import sealed_data, typed_again
from matters.catalogue.definition import Definition
from matters.catalogue.forms import form_for
from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from workflows.cases.flow import Flow
from workflows.cases.perform import InvalidData
from workflows.cases.registry import flow_class
from workflows.cases.situations import situation_for

from ..door import for_operators
from ..versions.pages import version_or_404
from .forms import CHONGQING, BeginForm, MomentForm, at_moment, samples
from .moves import OPEN, Move, Rehearsed, TooMuch, forget, keep, load
from .people import APPLICANT
from .places import form_of, offered, sent_by
from .playing import Refused, Stage, play, rehearse
from .seen import chosen, clocks_at, moves_seen, roles_at

TOO_MUCH = "这次演练的步骤或内容太多了，请撤销几步或重新开始。"


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def play_page(request: HttpRequest, version_id: int) -> HttpResponse:
    version = version_or_404(version_id)
    rehearsed = load(request.session, version_id)
    if request.method == "POST":
        return _posted(request, version, rehearsed)
    if not rehearsed.moves:
        return _begin_page(request, version, *_first_forms(definition_of(version.pk)))
    return rehearse(version, rehearsed, lambda stage: _page(request, version, rehearsed, stage))


def _posted(request: HttpRequest, version: MatterVersion, rehearsed: Rehearsed) -> HttpResponse:
    match request.POST.get("do"):
        case "again":
            forget(request.session, version.pk)
        case "undo":
            keep(request.session, version.pk, rehearsed.first(len(rehearsed.moves) - 1))
        case "cut":
            place = request.POST.get("place", "")
            kept = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else 0
            keep(request.session, version.pk, rehearsed.first(kept))
        case "step" if rehearsed.moves:
            return rehearse(
                version, rehearsed, lambda stage: _step(request, version, rehearsed, stage)
            )
        case _:
            return _begin(request, version)
    return _back(version)


def _first_forms(definition: Definition) -> tuple[BeginForm, forms.Form]:
    now = timezone.now()
    begin = BeginForm(initial={"origin": CHONGQING, **at_moment(now)})
    return begin, form_for(definition, samples(definition, timezone.localdate(now)))


def _begin_page(
    request: HttpRequest, version: MatterVersion, begin: forms.Form, asked: forms.Form
) -> HttpResponse:
    if not begin.is_bound:
        # The invented answers are filled in, not handed in: their mistakes are nobody's yet.
        asked._errors = forms.utils.ErrorDict()  # type: ignore[attr-defined]
    context = {"version": version, "begin": begin, "asked": asked, "form": [begin, asked]}
    return render(request, "operator/rehearsal_begin.html", context)


def _begin(request: HttpRequest, version: MatterVersion) -> HttpResponse:
    definition = definition_of(version.pk)
    begin, asked = BeginForm(request.POST), form_for(definition, request.POST)
    if not (begin.is_valid() & asked.is_valid()):
        return _begin_page(request, version, begin, asked)
    kept = typed_again(definition, sealed_data(definition, asked.cleaned_data))
    first = Move(role=APPLICANT, step=OPEN, at=begin.moment, data=kept)
    try:
        rehearsed = Rehearsed(origin=begin.cleaned_data["origin"]).with_move(first)
    except TooMuch:
        messages.error(request, TOO_MUCH)
        return _begin_page(request, version, begin, asked)
    if trouble := rehearse(version, rehearsed, lambda stage: stage.broken):
        messages.error(request, f"这样不能提交：{trouble[1]}")
        return _begin_page(request, version, begin, asked)
    keep(request.session, version.pk, rehearsed)
    return _back(version)


def _step(
    request: HttpRequest, version: MatterVersion, rehearsed: Rehearsed, stage: Stage
) -> HttpResponse:
    """Try one more move; what was typed stays where it is wrong."""
    role, code, when = (
        request.POST.get("role", ""),
        request.POST.get("step", ""),
        _when(request.POST),
    )
    case = stage.case
    if stage.broken or case is None or code not in case.STEPS or not when.is_valid():
        messages.error(request, "没有办理：请核对步骤和时间。")
        return _back(version)
    if rehearsed.last_at is not None and when.moment < rehearsed.last_at:
        messages.error(request, "没有办理：时间不能早于上一步。")
        return _back(version, role=role, step=code, moment=rehearsed.last_at)
    asks = case.STEPS[code].form
    sent = sent_by(request.POST, _shape(stage, role, code, when.moment)) if asks else {}
    move = Move(role=role, step=code, at=when.moment, data=sent)
    try:
        longer = rehearsed.with_move(move)
        play(stage, rehearsed.origin, move)
    except TooMuch:
        messages.error(request, TOO_MUCH)
    except Refused as refused:
        messages.error(request, f"没有办理：{refused}")
        if isinstance(refused.cause, InvalidData):
            form = refused.cause.form
            form.data = _as_sent(sent)
            return _page(request, version, rehearsed, stage, wanted=(role, code), form=form)
    else:
        keep(request.session, version.pk, longer)
        return _back(version, moment=when.moment)
    return _back(version, role=role, moment=when.moment)


def _shape(stage: Stage, role: str, code: str, at: dt.datetime) -> forms.Form:
    """The step's form as it stands now, to know which names it sends."""
    case = stage.case
    if case is None:
        return forms.Form()
    actor = stage.people.actor(role if _plays(case, role) else APPLICANT, case)
    return form_of(case.STEPS[code], situation_for(case, actor, at)) or forms.Form()


def _plays(case: Flow, role: str) -> bool:
    kind, _, where = role.partition(":")
    return kind in ("clerk", "colleague", "head") and where in case.seats


def _as_sent(sent: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in sent.items():
        data.setlist(name, values)
    return data


def _page(
    request: HttpRequest,
    version: MatterVersion,
    rehearsed: Rehearsed,
    stage: Stage,
    *,
    wanted: tuple[str, str] | None = None,
    form: forms.Form | None = None,
) -> HttpResponse:
    case = stage.case
    context: dict[str, Any] = {"version": version, "broken": stage.broken, "form": form}
    if case is None:
        return render(request, "operator/rehearsal.html", context)
    when = _when(request.POST if wanted else request.GET)
    at = when.moment if when.is_bound and when.is_valid() else rehearsed.last_at or case.opened_at
    definition = definition_of(stage.version.pk)
    role_code, code = wanted or (request.GET.get("role", ""), request.GET.get("step", ""))
    roles = roles_at(case, stage.people, at)
    role = chosen(roles, role_code, case)
    step = next((s for s in role.allowed if s.code == code), None)
    if step is not None and form is None:
        actor = stage.people.actor(role.code, case)
        form = form_of(step, situation_for(case, actor, at))
    if form is not None:
        offered(form)
    context |= {
        "case": case,
        "flow": flow_class(version.flow).LABEL,
        "state": case.state_label(definition),
        "holder": _holder(case),
        "at": at,
        "when": when if when.is_bound else MomentForm(initial=at_moment(at)),
        "moment": at_moment(at),
        "clocks": list(clocks_at(case, definition, at)),
        "roles": roles,
        "role": role,
        "step": step,
        "form": form,
        "moves": moves_seen(rehearsed, case),
    }
    return render(request, "operator/rehearsal.html", context)


def _holder(case: Flow) -> str:
    if not case.holder:
        return "已结束"
    return "申请人" if case.holder == APPLICANT else case.seat_named(case.holder).name


def _when(data: QueryDict) -> MomentForm:
    return MomentForm(data) if "day" in data else MomentForm()


def _back(
    version: MatterVersion, *, role: str = "", step: str = "", moment: dt.datetime | None = None
) -> HttpResponseRedirect:
    query = QueryDict(mutable=True)
    query.update({k: v for k, v in (("role", role), ("step", step)) if v})
    if moment is not None:
        query.update(at_moment(moment))
    address = reverse("operator:play", args=[version.pk])
    return HttpResponseRedirect(f"{address}?{query.urlencode()}" if query else address)
