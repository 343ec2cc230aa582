"""替班安排 (AB岗): a head says who acts for whom while somebody is away."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tongban.accounts.actors import Actor
from tongban.accounts.models import Substitution
from tongban.accounts.substitutions import (
    LONGEST_REASON,
    ONE_DAY,
    AlreadyOver,
    NotAppointed,
    NotHead,
    appoint,
    end,
)
from tongban.forms import DayInput
from tongban.templatetags.formats import zh_date
from workflows.cases.places import office_cards

from .absences import Choices, colleagues_at, rows_of
from .door import Page, for_staff

# The verb speaks of half-open spans; people say the first and the last day.
ASKED_AS = {"valid_from": "first_on", "valid_to": "last_on"}
CHECK_YEAR = "一次最长安排一年，请检查年份"


class AppointForm(forms.Form):
    """Who is away, who stands in, from which day to which, and why."""

    absent = forms.TypedChoiceField(label="不在岗的同事", coerce=int)
    substitute = forms.TypedChoiceField(label="替班的同事", coerce=int)
    first_on = forms.DateField(label="从哪一天", widget=DayInput)
    last_on = forms.DateField(label="到哪一天", widget=DayInput, help_text="含当天")
    reason = forms.CharField(
        label="缘由",
        max_length=LONGEST_REASON,
        help_text="写类别即可，如年休假、公出、培训；不写病情等个人私事",
        error_messages={
            "required": "请写明缘由",
            "max_length": f"缘由最多{LONGEST_REASON}个字符",
        },
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, missing in (("absent", "请选择谁不在岗"), ("substitute", "请选择由谁替班")):
            field = self.fields[name]
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [("", "请选择"), *colleagues]
            field.error_messages |= {"required": missing, "invalid_choice": "此人不在本单位任职"}
        for name, missing in (("first_on", "请填写开始日期"), ("last_on", "请填写结束日期")):
            wrong = "请填写日期，例如 2026-12-31"
            self.fields[name].error_messages |= {"required": missing, "invalid": wrong}

    def clean_last_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["last_on"]
        # The day after the last day of the calendar is no day.
        if day == dt.date.max:
            raise forms.ValidationError(CHECK_YEAR)
        return day


def for_heads(page: Page) -> Page:
    """`page(request, actor, …)` for heads of an office; for others there is no such page."""

    @for_staff
    @functools.wraps(page)
    def opened(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponse:
        if not actor.heads:
            raise Http404
        return page(request, actor, *args, **kwargs)

    return opened


@for_heads
@require_http_methods(["GET", "HEAD", "POST"])
def substitutes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is arranged at my offices, and the form for one more. Two statements besides the frame's."""
    office_id = _office_asked_for(request, actor)
    today = timezone.localdate()
    colleagues = colleagues_at(office_id, today)
    form = AppointForm(
        request.POST if request.method == "POST" else None,
        colleagues=colleagues,
        initial={"first_on": today},
    )
    if request.method == "POST" and form.is_valid():
        made = _appointed(form, office_id, actor)
        if made is not None:
            messages.success(request, f"已安排{_in_words(made, dict(colleagues))}。")
            return HttpResponseRedirect(_address(office_id))
    context = {
        "form": form,
        "rows": rows_of(actor, today),
        "offices": _offices(actor, office_id),
        "office": office_cards([office_id])[office_id].name,
        "action": _address(office_id),
        "too_few": len(colleagues) < 2,
    }
    return render(request, "desk/substitutes/list.html", context)


@for_heads
@require_POST
def end_substitution(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """Ends it now, or calls it off before it begins. 404 for the heads of other offices."""
    try:
        ended = end(substitution_id=key, actor=actor)
    except (Substitution.DoesNotExist, NotHead):
        raise Http404 from None
    except AlreadyOver:
        messages.warning(request, "这项替班安排先前已经结束，没有改动。")
        return redirect("desk:substitutes")
    messages.success(request, "替班安排已结束。领取的件仍在原来的同事名下，不用交接。")
    return HttpResponseRedirect(_address(ended.office_id))


def _appointed(form: AppointForm, office_id: int, actor: Actor) -> Substitution | None:
    """What was arranged; None where it wasn't, and the form says why."""
    asked = form.cleaned_data
    try:
        return appoint(
            office_id=office_id,
            absent_id=asked["absent"],
            substitute_id=asked["substitute"],
            valid_from=asked["first_on"],
            valid_to=asked["last_on"] + ONE_DAY,
            reason=asked["reason"],
            actor=actor,
        )
    except NotHead:
        raise Http404 from None
    except NotAppointed as refused:
        for problem in refused.problems:
            form.add_error(ASKED_AS.get(problem.field, problem.field), problem.text)
        return None


def _in_words(made: Substitution, names: Mapping[str, str]) -> str:
    """通同事替通承办的班，2026年12月1日至2026年12月5日"""
    absent, substitute = (names[str(key)] for key in (made.absent_id, made.substitute_id))
    days = f"{zh_date(made.valid_from)}至{zh_date(made.valid_to - ONE_DAY)}"
    return f"{substitute}替{absent}的班，{days}"


def _office_asked_for(request: HttpRequest, actor: Actor) -> int:
    """`?office=`, else the first. Http404 for one that somebody else heads."""
    asked = request.GET.get("office")
    if asked is None:
        return min(actor.heads)
    found = next((office for office in actor.heads if str(office) == asked), None)
    if found is None:
        raise Http404
    return found


def _offices(actor: Actor, chosen: int) -> list[dict[str, Any]]:
    """The offices to choose from, where there is more than one."""
    cards = office_cards(actor.heads)
    return [
        {"href": _address(office), "text": cards[office].name, "current": office == chosen}
        for office in sorted(actor.heads)
        if len(actor.heads) > 1
    ]


def _address(office_id: int) -> str:
    return f"{reverse('desk:substitutes')}?office={office_id}"
