"""The call list, to be worked through or printed, and the tick that somebody was told."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tongban.accounts.actors import Actor
from tongban.notices.models import Channel
from workflows.cases.happening import moved_by
from workflows.cases.perform import InvalidData, NotAllowed, Stale
from workflows.cases.places import office_cards

from ..door import case_seen, for_staff
from .calling import calls_for, recent_outages
from .telling import told_by_phone


class ToldForm(forms.Form):
    answered = forms.ChoiceField(choices=[("yes", "已告知"), ("no", "未接通")])
    note = forms.CharField(max_length=150, required=False)
    token = forms.IntegerField(min_value=0, max_value=2**31)


@for_staff
@require_safe
def calls(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Six statements while something is or was out; one otherwise."""
    if not actor.desks:
        raise Http404
    outages = recent_outages(timezone.now())
    labels = dict(Channel.choices)
    cards = office_cards(actor.desks)
    context = {
        "calls": calls_for(actor, outages),
        "outages": [(outage, labels.get(outage.channel, outage.channel)) for outage in outages],
        "office": "、".join(card.name for card in cards.values()),
        "printed_at": timezone.now(),
    }
    return render(request, "desk/calls/list.html", context)


@for_staff
@require_POST
def told(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The person was told, or nobody answered: recorded in the case in the clerk's name."""
    case_seen(actor, number)
    form = ToldForm(request.POST)
    outages = recent_outages(timezone.now())
    call = next(iter(calls_for(actor, outages, number=number)), None)
    if call is None:
        messages.error(request, "这一件已不在名单上，可能已由同事告知。")
        return redirect("desk:calls")
    if not form.is_valid():
        messages.error(request, "没有记录：说明最多 150 个字符。")
        return redirect("desk:calls")
    given = form.cleaned_data
    try:
        told_by_phone(
            call,
            actor=actor,
            succeeded=given["answered"] == "yes",
            note=given["note"],
            token=given["token"],
        )
    except Stale as stale:
        messages.error(request, f"{moved_by(stale.last)}，这次没有记录，请看过后再记。")
    except NotAllowed as refused:
        messages.error(request, f"没有记录：{refused}。")
    except InvalidData as invalid:
        messages.error(request, f"没有记录：{invalid}")
    else:
        messages.success(
            request,
            f"{number} 已登记电话告知。"
            if given["answered"] == "yes"
            else f"{number} 已记下未接通。",
        )
    return redirect("desk:calls")
