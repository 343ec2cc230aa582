"""What is asked of a proposer, and of whoever declines."""

from __future__ import annotations

from typing import Any

from django import forms

from tongban.accounts.actors import Actor
from tongban.notices.models import Channel, Outage
from tongban.offices.models import Office
from tongban.templatetags.formats import zh_datetime

LABELS = dict(Channel.choices)
MOST_OUTAGES = 20


class OutageChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        ended = zh_datetime(obj.ended_at) if obj.ended_at else "现在"
        return f"{LABELS.get(obj.channel, obj.channel)}，{zh_datetime(obj.since)} 至 {ended}"


class AskForm(forms.Form):
    """GET form: which outage, which office's cases, how many days. Statements: two, for the choices."""

    outage = OutageChoice(
        label="哪次中断",
        queryset=Outage.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择中断", "invalid_choice": "没有这次中断"},
    )
    office = forms.ModelChoiceField(
        label="哪个单位的办件",
        queryset=Office.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择单位", "invalid_choice": "没有这个单位"},
    )
    days = forms.IntegerField(
        label="延长几天",
        min_value=1,
        max_value=60,
        initial=5,
        error_messages={
            "required": "请填写天数",
            "invalid": "请填写天数",
            "min_value": "至少一天",
            "max_value": "一次至多 60 天",
        },
    )
    matter = forms.CharField(label="事项名称含", required=False, max_length=100)

    def __init__(self, *args: Any, actor: Actor, offices: set[int] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outages, places = self.fields["outage"], self.fields["office"]
        if isinstance(outages, forms.ModelChoiceField):
            last = Outage.objects.order_by("-since").values("pk")[:MOST_OUTAGES]
            outages.queryset = Outage.objects.filter(pk__in=last)
        if isinstance(places, forms.ModelChoiceField):
            mine = set(actor.heads) | (offices or set() if actor.operator else set())
            places.queryset = Office.objects.filter(pk__in=mine).order_by("name")


class ProposalForm(AskForm):
    """The same, sent with the reason that the people will read."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        help_text="会写进流转记录，也会告知本人",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明理由"},
    )


class DecisionForm(forms.Form):
    do = forms.ChoiceField(choices=[("approve", "同意"), ("decline", "不同意")])
    because = forms.CharField(label="不同意的理由", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("do") == "decline" and not str(given.get("because") or "").strip():
            self.add_error("because", "不同意，请写明理由")
        return given
