"""Late and about to be late; and the page that sends a 督办."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from tongban.templatetags.formats import zh_date
from workflows.cases.common_steps import answer_owed
from workflows.cases.flow import Flow
from workflows.cases.models import Enquiry
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale
from workflows.cases.places import office_name
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import Verdict, verdict

from ..behind import Place, lines_of
from ..filters import ScopeForm
from ..late import (
    INSTANT,
    LIGHTS,
    OVERDUE,
    SENT,
    Standings,
    by_office,
    counts,
    page_of,
    sent_page,
    standings,
    urged_of,
)
from ..measures import STOCKS
from ..scope import Scope
from ..urging import STEP, case_to_urge, open_enquiries, urge
from ..viewers import Viewer, for_viewers

PATH = "/throughput/late/"
NO_TOKEN = -1


class LateForm(ScopeForm):
    """What is late now has no period."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("period", "since", "until"):
            self.fields[name].widget = forms.HiddenInput()


@for_viewers
@require_safe
def late(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """`light`: red, yellow, delivering_red, or sent (督办 that were sent), sent_overdue (unanswered)."""
    now = timezone.now()
    form = LateForm(request.GET, viewer=viewer, today=timezone.localdate(now))
    scope = form.scope
    light = request.GET.get("light", "red")
    light = light if light in (*LIGHTS, SENT, OVERDUE) else "red"
    after = Place.parse(request.GET.get("after", ""))
    stocks = standings(viewer, scope, now)
    context = {
        "form": form,
        "now": now,
        "light": light,
        "viewer": viewer,
        "tabs": _tabs(scope, light, counts(viewer, scope, stocks, now)),
        "definition": STOCKS[light].definition if light in STOCKS else "",
        "office": office_name(scope.office_id),
        "all_offices": _address(scope.but(office_id=None), light),
        "first": _address(scope, light) if after else None,
        "dashboard": scope.but(office_id=None).address("/throughput/"),
    }
    if light in (SENT, OVERDUE):
        overdue = light == OVERDUE
        context["sent"], place = sent_page(viewer, scope, now=now, after=after, overdue=overdue)
    else:
        page = page_of(viewer, scope, light, now=now, after=after)
        context["lines"], place = page.lines, page.next
        context["offices"] = _offices(viewer, scope, stocks, now) if after is None else []
    context["next"] = _address(scope, light, str(place)) if place else None
    return render(request, "throughput/late.html", context)


@for_viewers
@require_http_methods(["GET", "HEAD", "POST"])
def urge_case(request: HttpRequest, viewer: Viewer, number: str) -> HttpResponse:
    """GET shows the case and the form; POST sends the 督办 and goes back to the list."""
    case = case_to_urge(viewer, number)
    if request.method != "POST":
        return _asked(request, viewer, case)
    try:
        done = urge(
            viewer=viewer,
            case=case,
            text=request.POST.get("text", ""),
            token=_token(request.POST.get("token", "")),
        )
    except CaseGone:
        raise Http404 from None
    except Stale as stale:
        return _asked(request, viewer, case_to_urge(viewer, number), trouble=str(stale), status=409)
    except NotAllowed as refused:
        return _asked(request, viewer, case, refused=refused.verdict, status=403)
    except InvalidData as wrong:
        return _asked(request, viewer, case, form=wrong.form, status=422)
    made = Enquiry.objects.get(pk=done.event.data["enquiry"])
    messages.success(
        request,
        f"已向{office_name(made.office_id)}发出督办（{case.number}），"
        f"最迟应在 {zh_date(made.due_at - INSTANT)} 答复。",
    )
    return HttpResponseRedirect(f"{PATH}?light={SENT}")


def _asked(
    request: HttpRequest,
    viewer: Viewer,
    case: Flow,
    *,
    form: forms.Form | None = None,
    trouble: str = "",
    refused: Verdict | None = None,
    status: int = 200,
) -> HttpResponse:
    situation = situation_for(case, viewer.actor)
    step = case.STEPS[STEP]
    answer = refused or verdict(situation, step)
    if form is None and step.form is not None:
        typed = {"text": request.POST.get("text", "")}
        form = step.form(initial=typed, situation=situation)  # type: ignore[call-arg]
    now = timezone.now()
    office_id, moments = answer_owed(case, Enquiry.Kind.SUPERVISION, now)
    context = {
        "case": case,
        "line": lines_of([case], now)[0],
        "form": form,
        "answer": answer,
        "trouble": trouble,
        "waiting": urged_of(open_enquiries(case), now),
        "office": office_name(office_id),
        "due_on": moments.due_on,
        "back": PATH,
    }
    return render(request, "throughput/urge.html", context, status=status)


def _tabs(scope: Scope, light: str, counted: dict[str, int]) -> list[dict[str, object]]:
    names = {**{code: STOCKS[code].label for code in LIGHTS}, SENT: "督办（待答复）"}
    names[OVERDUE] = "督办逾期未答复"
    return [
        {
            "href": _address(scope, code),
            "text": label,
            "count": counted[code],
            "current": code == light,
        }
        for code, label in names.items()
    ]


def _offices(
    viewer: Viewer, scope: Scope, stocks: Standings | None, now: dt.datetime
) -> list[dict[str, object]]:
    """Own offices with anything red or yellow, each leading to its own list."""
    return [
        {
            "name": named,
            "red": reds,
            "red_href": _address(scope.but(office_id=office), "red"),
            "yellow": yellows,
            "yellow_href": _address(scope.but(office_id=office), "yellow"),
        }
        for office, named, reds, yellows in by_office(viewer, scope, stocks, now)
    ]


def _address(scope: Scope, light: str, after: str = "") -> str:
    return scope.address(PATH, {"light": light, "after": after})


def _token(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else NO_TOKEN
