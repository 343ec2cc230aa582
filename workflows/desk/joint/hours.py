"""核验时间: a head says when somebody of the office sits at the video, and in which meeting room."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.core.validators import URLValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tongban.accounts.actors import Actor
from workflows.cases.models import JointHours
from workflows.cases.places import office_cards

from ..absences import Choices, colleagues_at
from ..substitutes import for_heads

LENGTHS = (15, 20, 30, 45, 60)
WRONG_TIME = "请填写时间，例如 09:00"


class TimeInput(forms.TimeInput):
    input_type = "time"


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=TimeInput(format="%H:%M"),
        error_messages={"required": WRONG_TIME, "invalid": WRONG_TIME},
    )


class HoursForm(forms.Form):
    """Who sits there on which weekday, from when to when, how long a session is, and where."""

    clerk = forms.TypedChoiceField(label="由谁核验", coerce=int)
    weekday = forms.TypedChoiceField(
        label="星期几",
        coerce=int,
        choices=JointHours.Weekday.choices,
        help_text="按双方工作日历，节假日不开放",
        error_messages={"required": "请选择星期", "invalid_choice": "没有这个选项"},
    )
    opens_at = _time("从几点")
    closes_at = _time("到几点")
    minutes = forms.TypedChoiceField(
        label="每场时长",
        coerce=int,
        choices=[(each, f"{each} 分钟") for each in LENGTHS],
        initial=30,
        error_messages={"required": "请选择时长", "invalid_choice": "没有这个选项"},
    )
    video_url = forms.URLField(
        label="视频会议链接",
        max_length=300,
        assume_scheme="https",
        help_text="填写完整的会议室网址；双方到时各自打开",
        widget=forms.URLInput({"autocomplete": "off"}),
        validators=[URLValidator(schemes=["https"])],
        error_messages={
            "required": "请填写视频会议链接",
            "invalid": "请填写以 https:// 开头的完整网址",
        },
    )

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["clerk"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", "请选择"), *colleagues]
        field.error_messages |= {"required": "请选择同事", "invalid_choice": "此人不在本单位任职"}

    def clean_video_url(self) -> str:
        url: str = self.cleaned_data["video_url"]
        if urlsplit(url).username is not None:
            raise forms.ValidationError("链接里不能带账号和密码")
        return url

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        opens, closes, minutes = (data.get(k) for k in ("opens_at", "closes_at", "minutes"))
        if isinstance(opens, dt.time) and isinstance(closes, dt.time) and minutes:
            lasts = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
            if lasts < minutes:
                self.add_error("closes_at", "时间不够一场，请检查起止时间")
        return data


@for_heads
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is arranged at one of my offices, and the form for more. Two statements besides the frame's."""
    office_id = _office_asked_for(request, actor)
    colleagues = colleagues_at(office_id, timezone.localdate())
    form = HoursForm(request.POST if request.method == "POST" else None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        if _set(form, office_id, actor):
            messages.success(request, "核验时间已设定，收件窗口现在可以预约。")
            return HttpResponseRedirect(_address(office_id))
        form.add_error("clerk", "这位同事当天已在另一单位核验")
    context = {
        "form": form,
        "rows": JointHours.objects.filter(office=office_id).select_related("clerk"),
        "office": office_cards([office_id])[office_id].name,
        "offices": _offices(actor, office_id),
        "action": _address(office_id),
    }
    return render(request, "desk/joint/hours.html", context)


@for_heads
@require_POST
def end_hours(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """No more bookings in them; what is booked stays. 404 for the heads of other offices."""
    found = JointHours.objects.filter(pk=key, office__in=actor.heads).first()
    if found is None:
        raise Http404
    found.delete()
    messages.success(request, "这段时间不再接受预约；已约的照常进行，不能进行的请逐场取消。")
    return HttpResponseRedirect(_address(found.office_id))


def _set(form: HoursForm, office_id: int, actor: Actor) -> bool:
    """One stretch a weekday for each clerk: set anew it replaces the old. False where it is another office's."""
    said = dict(form.cleaned_data)
    of_whom = {"clerk_id": said.pop("clerk"), "weekday": said.pop("weekday")}
    if JointHours.objects.filter(**of_whom).exclude(office=office_id).exists():
        return False
    JointHours.objects.update_or_create(
        **of_whom, defaults={**said, "office_id": office_id, "set_by_id": actor.user_id or 0}
    )
    return True


def _office_asked_for(request: HttpRequest, actor: Actor) -> int:
    """`?office=`, else the first. Http404 for one that somebody else heads."""
    asked = request.GET.get("office", str(min(actor.heads)))
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
    return f"{reverse('desk:joint_hours')}?office={office_id}"
