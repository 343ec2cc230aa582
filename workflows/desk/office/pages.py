"""The pages of 本单位: for its head, for whoever was away, and for the phrases of everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.accounts.actors import Actor
from tongban.accounts.models import Posting, User
from tongban.forms import DayInput
from workflows.cases.models import Case
from workflows.cases.places import OfficeCard, office_cards

from ..absences import rows_of as absences_of
from ..door import for_staff
from ..queue.batch import MOST
from ..queue.keyset import page_of
from ..queue.rows import rows_of
from ..substitutes import for_heads
from . import away as behind
from .load import NOBODY, due_days, loads_of, waiting_for
from .phrases import PhraseForm, TooMany, drop, keep, phrases_for

LONGEST_SPAN = dt.timedelta(days=366)


@for_heads
@require_safe
def office(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Load, what runs out, what waits for me, who is away. Seven statements besides the frame's."""
    card, now = _office(request, actor), timezone.now()
    today = timezone.localdate(now)
    loads = loads_of(card.id, now, today)
    context = {
        "office": card,
        "offices": _offices(actor, card, reverse("desk:office")),
        "loads": loads,
        "most_in_hand": max((load.in_hand for load in loads), default=0) or 1,
        "days": (days := due_days(card.id, card.region, now, today)),
        "most_due": max((day.cases for day in days), default=0) or 1,
        "overdue": sum(load.red for load in loads),
        "waiting": waiting_for(actor.user_id or 0, card.id, now),
        "absences": [row for row in absences_of(actor, today) if row.office == card.name],
    }
    return render(request, "desk/office/office.html", context)


@for_heads
@require_safe
def person(request: HttpRequest, actor: Actor, user_id: int) -> HttpResponse:
    """One colleague's open cases at my office, or the unclaimed ones, to be passed on to others."""
    card, now = _office(request, actor), timezone.now()
    name = "未领取"
    if user_id >= 2**62:
        raise Http404
    if user_id != NOBODY:
        found = User.objects.filter(pk=user_id, kind="staff").values_list("name", flat=True).first()
        if found is None:
            raise Http404
        name = found
    cases = Case.objects.filter(holder_office=card.id, closed_at=None, claimed_by=user_id or None)
    ids = page_of([cases], size=MOST).ids
    if not ids and user_id != NOBODY and not _works_at(user_id, card.id):
        raise Http404
    context = {
        "office": card,
        "name": name,
        "tab_name": name,
        "rows": rows_of(ids, actor, now),
        "can_tick_any": True,
        "here": request.get_full_path(),
        "back": f"{reverse('desk:office')}?office={card.id}",
    }
    return render(request, "desk/office/person.html", context)


def _works_at(user_id: int, office_id: int) -> bool:
    return Posting.objects.filter(user=user_id, office=office_id).exists()


class SpanForm(forms.Form):
    """From which day to which; the bounds of a look back."""

    first_on = forms.DateField(
        label="从", widget=DayInput, error_messages={"invalid": "请填写日期"}
    )
    last_on = forms.DateField(label="到", widget=DayInput, error_messages={"invalid": "请填写日期"})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first_on"), data.get("last_on")
        if first and last and not dt.timedelta() <= last - first <= LONGEST_SPAN:
            self.add_error("last_on", "结束日期不早于开始日期，最长一年")
        elif last == dt.date.max:
            self.add_error("last_on", "请检查年份")
        return data


@for_staff
@require_safe
def away(request: HttpRequest, actor: Actor) -> HttpResponse:
    """While I was away. Four statements besides the frame's."""
    now = timezone.now()
    today = timezone.localdate(now)
    absence = behind.last_absence(actor.user_id or 0, today)
    usual = absence or behind.lately(today)
    days = {"first_on": usual.first_on, "last_on": usual.last_on}
    asked = "first_on" in request.GET or "last_on" in request.GET
    form = SpanForm(request.GET if asked else days, auto_id="span_%s")
    context: dict[str, Any] = {"span_form": form, "form": form, "absence": absence}
    if form.is_valid():
        by = usual.by if form.cleaned_data == days else ""
        span = behind.Span(form.cleaned_data["first_on"], form.cleaned_data["last_on"], by)
        context |= {
            "span": span,
            "in_my_name": behind.done_in_my_name(actor, span),
            "back": behind.come_back(actor, span),
            "ran_out": behind.ran_out(actor, span, now),
        }
    return render(request, "desk/office/away.html", context)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def phrases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """My phrases and my offices', and the form for one more. Two statements besides the frame's."""
    cards = office_cards(actor.heads)
    offices = [(str(key), cards[key].name) for key in sorted(actor.heads)]
    form = PhraseForm(request.POST if request.method == "POST" else None, offices=offices)
    if request.method == "POST" and form.is_valid():
        place = form.cleaned_data["place"]
        try:
            office_id = None if place == "mine" else int(place)
            keep(text=form.cleaned_data["text"], office_id=office_id, actor=actor)
        except TooMany:
            form.add_error("text", "已经存满，请先删去不用的")
        else:
            messages.success(request, "已保存。")
            return redirect("desk:phrases")
    found = phrases_for(actor)
    context = {
        "form": form,
        "mine": [each for each in found if each.office_id is None],
        "offices": [each for each in found if each.office_id is not None],
        "heads": actor.heads,
    }
    return render(request, "desk/office/phrases.html", context)


@for_staff
@require_POST
def drop_phrase(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """404 for another's, and for one of an office that somebody else heads."""
    if key >= 2**62 or not drop(key, actor=actor):
        raise Http404
    messages.success(request, "已删除。")
    return redirect("desk:phrases")


def _office(request: HttpRequest, actor: Actor) -> OfficeCard:
    """`?office=`, else the first. Http404 for one that somebody else heads."""
    asked = request.GET.get("office")
    keys = [key for key in sorted(actor.heads) if asked is None or str(key) == asked]
    if not keys:
        raise Http404
    return office_cards(keys[:1])[keys[0]]


def _offices(actor: Actor, chosen: OfficeCard, path: str) -> list[dict[str, Any]]:
    """The offices to choose from, where there is more than one."""
    cards = office_cards(actor.heads)
    return [
        {"href": f"{path}?office={key}", "text": cards[key].name, "current": key == chosen.id}
        for key in sorted(actor.heads)
        if len(actor.heads) > 1
    ]
