"""Forms of 流动人员人事档案转递: how the file travels, and what it lacks."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from workflows.cases.forms import StepForm

from .collect_forward_forms import check_road
from .review_forms import SupplementDemandForm


class ArchiveForm(StepForm):
    """By 机要 or 专人 only: the person never carries their own file, and no courier does."""

    WAYS: ClassVar = [("confidential", "机要通信"), ("officer", "专人送取")]
    ROAD: ClassVar = ("keeping", "receiving")

    way = forms.ChoiceField(
        label="转递方式",
        choices=WAYS,
        widget=forms.RadioSelect,
        help_text="不得由本人自带，不得通过快递寄送",
        error_messages={"required": "请选择转递方式"},
    )
    waybill = forms.RegexField(
        r"^[A-Za-z0-9-]{4,20}$",
        label="机要号或介绍信编号",
        error_messages={
            "required": "请填写机要号或介绍信编号",
            "invalid": "编号应为 4 至 20 位字母、数字或短横线",
        },
    )
    sheets = forms.IntegerField(
        label="材料份数",
        min_value=1,
        max_value=2000,
        help_text="按档案目录清点，密封后加盖骑缝章",
        error_messages={"required": "请填写材料份数", "min_value": "至少一份"},
    )

    def clean_waybill(self) -> str:
        waybill: str = self.cleaned_data["waybill"]
        sender, receiver = self.ROAD
        check_road(self, waybill, sender=sender, receiver=receiver)
        return waybill


class SendBackForm(ArchiveForm):
    ROAD: ClassVar = ("receiving", "keeping")

    reason = forms.CharField(
        label="退回理由", max_length=500, error_messages={"required": "请写明退回理由"}
    )


class ListOfMissingForm(SupplementDemandForm):
    """What the file lacks, one line each."""
