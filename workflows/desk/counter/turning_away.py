"""不予收件登记: somebody is turned away, in writing, and told where to go."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from tongban.accounts.personal import mask_id_number, mask_name
from workflows.cases.models import TurnedAway

from .forms import WordsField, asked
from .matters import version_named
from .visits import visit_of
from .windows import Window, at_window

REASONS = (
    "不属于川渝通办（跨省通办）事项范围",
    "必要材料不齐，当场不能补齐",
    "人证不一致，或未带身份证件原件",
    "代办人没有委托书或监护证明，或授权已过期",
    "证件已过有效期",
    "须由本人到属地机构办理",
    "同一事项正在办理中，不能重复申请",
)
ADVICE = (
    "补齐材料后，可到任一收件窗口重新申请",
    "请向属地主管部门申请，地址和电话见办事指南",
    "可登录“川渝通办”网上申请，不必再到窗口",
    "请拨打政务服务便民热线 12345 咨询",
)
MOST_SHOWN = 200


class TurnAwayForm(forms.Form):
    """A stock phrase, words of one's own, or both."""

    stock = forms.MultipleChoiceField(
        label="不予收件的理由",
        choices=[(text, text) for text in REASONS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从列出的理由中选择，或写在下面"},
    )
    reason = WordsField(
        label="其他理由或补充说明",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": "最多500个字符"},
    )
    ways = forms.MultipleChoiceField(
        label="告知的办理途径",
        choices=[(text, text) for text in ADVICE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从列出的途径中选择，或写在下面"},
    )
    advice = WordsField(
        label="其他途径",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": "最多500个字符"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = "可以不填，单据上留空由来人自填"
        self.fields["person_name"] = asked(
            "person_name", "来人姓名", "name", required=False, hint=hint
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not (data.get("stock") or data.get("reason", "").strip()):
            self.add_error("stock", "请选择或写明不予收件的理由")
        return data

    def texts(self) -> dict[str, str]:
        """Reason and advice as they are stored: the stock phrases first."""
        typed = self.cleaned_data
        return {
            "reason": "；".join([*typed["stock"], *filter(None, [typed["reason"].strip()])]),
            "advice": "；".join([*typed["ways"], *filter(None, [typed["advice"].strip()])]),
        }


@at_window
@require_http_methods(["GET", "POST"])
def turn_away(request: HttpRequest, window: Window) -> HttpResponse:
    """Write down that somebody is turned away. `?visit=` and `?matter=` say who and with what.

    The same form sent twice is one entry.
    """
    visit = visit_of(request.session, window.actor, _key(request.GET.get("visit", "")))
    version = version_named(request.GET.get("matter", ""))
    once = _key(request.POST.get("once", "")) if request.method == "POST" else uuid.uuid4()
    form = TurnAwayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        office_id = visit.office_id if visit else window.office.pk
        entry, _ = TurnedAway.objects.get_or_create(
            form_key=once,
            defaults={
                "office_id": office_id,
                "clerk": window.user,
                "matter": version.matter if version else None,
                "person_name": form.cleaned_data["person_name"],
                "id_number": visit.id_number if visit else "",
                "at": timezone.now(),
                **form.texts(),
            },
        )
        return redirect("desk:turned_away_slip", entry.pk)
    context = {
        "window": window,
        "form": form,
        "once": once,
        "visit": visit,
        "person": mask_id_number(visit.id_number) if visit else "",
        "matter": version.matter if version else None,
    }
    return render(request, "desk/counter/turn_away.html", context)


@at_window
@require_safe
def turned_away(request: HttpRequest, window: Window) -> HttpResponse:
    """Who was turned away at one's window today, the last first. Six statements."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = TurnedAway.objects.filter(office_id=window.office.pk, at__gte=midnight)
    entries = [
        {"entry": entry, "person": mask_name(entry.person_name)}
        for entry in rows.select_related("matter", "clerk")[:MOST_SHOWN]
    ]
    return render(request, "desk/counter/turned_away.html", {"window": window, "entries": entries})


@at_window
@require_safe
def slip(request: HttpRequest, window: Window, entry: int) -> HttpResponse:
    """The slip to hand over; only at the office that turned them away."""
    mine = TurnedAway.objects.filter(office__in=[office.pk for office in window.offices])
    found = get_object_or_404(mine.select_related("office", "matter"), pk=entry)
    context = {"window": window, "entry": found, "id_number": mask_id_number(found.id_number)}
    return render(request, "desk/counter/slip.html", context)


def _key(text: str) -> uuid.UUID:
    """A key from an address or a form; one that is nobody's where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
