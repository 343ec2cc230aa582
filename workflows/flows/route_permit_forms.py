"""Forms of 跨省超限运输许可: the way, who is on it, the permit."""

from __future__ import annotations

from typing import Any

from django import forms

from tongban.offices.models import Office
from workflows.cases.act import Situation
from workflows.cases.forms import StepForm

MOST_ALONG = 20


class RouteForm(StepForm):
    """The way and all whose roads it takes. One statement for the choice."""

    route = forms.CharField(
        label="运输路线",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明经过的公路和区县",
        error_messages={"required": "请写明运输路线"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        along = Office.objects.filter(kind="transport", valid_to=None)
        mine = situation.case.office_of("owner") or 0
        self.fields["offices"] = forms.ModelMultipleChoiceField(
            label="沿线交通运输主管部门",
            queryset=along.exclude(pk=mine).order_by("region_id"),
            help_text="按住 Ctrl 键可选多个",
            error_messages={
                "required": "请选择沿线的部门",
                "invalid_choice": "所选机构不是交通运输主管部门",
            },
        )

    def clean_offices(self) -> Any:
        chosen = self.cleaned_data["offices"]
        if len(chosen) > MOST_ALONG:
            raise forms.ValidationError(f"一次最多征求 {MOST_ALONG} 个部门的意见")
        return chosen


class PermitForm(StepForm):
    number = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="超限运输车辆通行证编号",
        error_messages={
            "required": "请填写通行证编号",
            "invalid": "编号应为 4 至 40 位字母、数字或短横线",
        },
    )
    opinion = forms.CharField(
        label="许可意见", max_length=1000, error_messages={"required": "请填写许可意见"}
    )
