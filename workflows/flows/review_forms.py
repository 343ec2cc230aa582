"""Forms of the steps that review flows share."""

from __future__ import annotations

from typing import Any

from django import forms

from workflows.cases.act import Situation
from workflows.cases.forms import StepForm, choices_of
from workflows.cases.models import Material

from .special_procedures import in_words, procedures_at

MOST_ITEMS = 20
LONGEST_ITEM = 200  # it becomes the name of a paper on the case's list


class SupplementDemandForm(StepForm):
    """The one complete list of what is missing (一次性告知, 行政许可法 32(4))."""

    items = forms.CharField(
        label="需要补正的内容（每行一项，一次列全）",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请逐行列出需要补正的全部内容"},
    )
    reason = forms.CharField(
        label="补正理由及要求",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明补正理由"},
    )

    def clean_items(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if len(lines) > MOST_ITEMS:
            raise forms.ValidationError(f"最多列 {MOST_ITEMS} 项，请合并")
        if any(len(line) > LONGEST_ITEM for line in lines):
            raise forms.ValidationError(f"每项最多 {LONGEST_ITEM} 字，详细要求请写在理由里")
        return list(dict.fromkeys(lines))


class SupplementForm(StepForm):
    """What the applicant hands in: each item that was asked for, with a word to it if they like."""

    note = forms.CharField(
        label="补充说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        # One statement: the papers that the last demand added to the case's list.
        owed = Material.objects.filter(
            case_id=situation.case.pk, asked_by_supplement=True, status=Material.Status.OWED
        )
        self.fields["items"] = forms.ModelMultipleChoiceField(
            label="本次补交的材料",
            queryset=owed.order_by("id"),
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "请勾选本次补交的材料",
                "invalid_choice": "所选材料不在补正清单内",
            },
        )
        self.order_fields(["items", "note"])

    def clean_items(self) -> Any:
        chosen = self.cleaned_data["items"]
        field = self.fields["items"]
        owed = len(choices_of(field))
        if len(chosen) < owed:
            raise forms.ValidationError("请一次补齐告知书所列的全部材料")
        return chosen


class SpecialProcedureForm(StepForm):
    """Which of the matter's special procedures (行政许可法 45) stops the clock."""

    reason = forms.CharField(
        label="情况说明",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明启动特别程序的情况"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.fields["procedure"] = forms.ChoiceField(
            label="特别程序",
            choices=[(p.name, in_words(p)) for p in procedures_at(situation)],
            error_messages={
                "required": "请选择特别程序",
                "invalid_choice": "该事项没有这种特别程序",
            },
        )
        self.order_fields(["procedure", "reason"])


class DecisionForm(StepForm):
    opinion = forms.CharField(
        label="审查意见",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写审查意见"},
    )
