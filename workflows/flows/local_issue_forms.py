"""Forms of 就近出具、属地协查: is the record there, what is asked, what the archive says."""

from __future__ import annotations

from typing import Any

from django import forms

from workflows.cases.forms import StepForm


def yes_no(label: str, *, yes: str, no: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", yes), ("no", no)],
        coerce=lambda v: v == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": f"请选择{label}"},
    )


class AcceptWithDataForm(StepForm):
    """The branch is chosen here, by whether the data are there."""

    found = yes_no("全国系统中的记录", yes="查到，可以直接出具", no="没有查到，请档案所在地协查")
    record = forms.CharField(
        label="记录编号或来源", max_length=200, required=False, help_text="查到的填写"
    )
    question = forms.CharField(
        label="请档案所在地查什么",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="没有查到的填写",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("found") is True and not data.get("record"):
            self.add_error("record", "请填写查到的记录编号或来源")
        if data.get("found") is False and not data.get("question"):
            self.add_error("question", "请写明请档案所在地查什么")
        return data


class LookUpForm(StepForm):
    question = forms.CharField(
        label="请档案所在地查什么",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明请档案所在地查什么"},
    )


class LookUpAnswerForm(StepForm):
    found = yes_no("查询结果", yes="查到记录", no="查无记录")
    record = forms.CharField(
        label="档案记载（无记录的写明查了哪些档案）",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明查询情况"},
    )


class IssueForm(StepForm):
    number = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="证明或证件编号",
        error_messages={
            "required": "请填写证明或证件编号",
            "invalid": "编号应为 4 至 40 位字母、数字或短横线",
        },
    )
    receiver = forms.CharField(
        label="领取人", max_length=100, error_messages={"required": "请填写领取人姓名"}
    )
