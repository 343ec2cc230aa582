"""An outage declared, and a period to be looked through for missing notices."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone

from tongban.forms import DayInput
from tongban.notices.models import Channel
from tongban.notices.outages import WATCHED
from workflows.cases.clocks import midnight

ONE_DAY = dt.timedelta(days=1)
LONGEST = 31
LABELS = {channel.value: channel.label for channel in Channel}


class OutageForm(forms.Form):
    channel = forms.ChoiceField(
        label="哪个渠道",
        choices=[(code, LABELS[code]) for code in WATCHED],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择渠道", "invalid_choice": "没有这个渠道"},
    )
    since = forms.DateTimeField(
        label="从什么时候开始",
        required=False,
        help_text="不填就是现在",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "请填写日期和时间"},
    )
    reason = forms.CharField(
        label="情况",
        max_length=300,
        help_text="如：短信平台检修。工作人员能看到",
        error_messages={"required": "请写明情况"},
    )

    def clean_since(self) -> dt.datetime | None:
        since: dt.datetime | None = self.cleaned_data["since"]
        if since is not None and since > timezone.now():
            raise forms.ValidationError("开始时间不能晚于现在")
        return since


class ReplayForm(forms.Form):
    first_on = forms.DateField(
        label="从哪一天",
        widget=DayInput,
        error_messages={"required": "请填写日期", "invalid": "请填写日期"},
    )
    last_on = forms.DateField(
        label="到哪一天",
        widget=DayInput,
        help_text="含当天",
        error_messages={"required": "请填写日期", "invalid": "请填写日期"},
    )
    channels = forms.MultipleChoiceField(
        label="补哪些渠道",
        choices=[(code, LABELS[code]) for code in (Channel.INBOX, *WATCHED)],
        initial=[Channel.INBOX.value],
        widget=forms.CheckboxSelectMultiple,
        help_text="邮件和短信按各人现在登记的联系方式；那时没有开通的渠道，请不要勾选",
        error_messages={"required": "请至少选一个渠道", "invalid_choice": "没有这个渠道"},
    )
    only_check = forms.BooleanField(label="只检查，不补", required=False)

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        first, last = given.get("first_on"), given.get("last_on")
        if isinstance(first, dt.date) and isinstance(last, dt.date):
            if last < first:
                self.add_error("last_on", "不能早于开始那天")
            elif (last - first).days >= LONGEST:
                self.add_error("last_on", f"一次至多 {LONGEST} 天")
            elif first > timezone.localdate():
                self.add_error("first_on", "那天还没到")
        return given

    @property
    def since(self) -> dt.datetime:
        return midnight(self.cleaned_data["first_on"])

    @property
    def until(self) -> dt.datetime:
        last: dt.date = self.cleaned_data["last_on"]
        return midnight(last + ONE_DAY)
