"""Forms of what is taken in at one place, decided at another and made where the person is."""

from __future__ import annotations

from typing import Any

from django import forms

from workflows.cases.act import Situation
from workflows.cases.forms import StepForm


class TakeInForm(StepForm):
    """The person stands there: identity, what is taken of them, and the fee where there is one."""

    identity_checked = forms.BooleanField(
        label="已核验本人（监护人）身份，人证一致",
        error_messages={"required": "须先核验身份；无法确认身份的不予受理"},
    )
    originals_seen = forms.BooleanField(
        label="已按事项要求采集信息（人像、指纹）并核对材料原件",
        error_messages={"required": "须先采集信息、核对原件"},
    )
    remark = forms.CharField(label="受理备注", max_length=500, required=False)

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        fee = situation.definition.fee
        if fee:
            self.fields["fee_paid"] = forms.BooleanField(
                label=f"已收取工本费 {fee}",
                error_messages={"required": f"须先收取工本费 {fee}"},
            )
            self.order_fields(["identity_checked", "originals_seen", "fee_paid", "remark"])


class MadeForm(StepForm):
    batch = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="制作批次或证件编号",
        error_messages={
            "required": "请填写制作批次或证件编号",
            "invalid": "编号应为 4 至 40 位字母、数字或短横线",
        },
    )


class HandOutForm(StepForm):
    way = forms.ChoiceField(
        label="发放方式",
        choices=[("counter", "窗口凭回执领取"), ("post", "邮寄，领取后到窗口核验")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择发放方式"},
    )
    receiver = forms.CharField(
        label="领取人", max_length=100, error_messages={"required": "请填写领取人姓名"}
    )
    waybill = forms.CharField(label="运单号", max_length=20, required=False)
    old_one = forms.ChoiceField(
        label="原证件",
        choices=[("returned", "已交回"), ("none", "没有或已遗失")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择原证件是否交回"},
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("way") == "post" and not data.get("waybill"):
            self.add_error("waybill", "邮寄须填写运单号")
        return data


class PrintForm(StepForm):
    """The licence is printed on behalf of the office that granted it."""

    confirmed = forms.BooleanField(
        label="已在系统中确认登记信息，与申请人核对一致",
        error_messages={"required": "须先确认登记信息；不一致的请退回审批地更正"},
    )
    number = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="执照副本编号",
        error_messages={
            "required": "请填写执照副本编号",
            "invalid": "编号应为 4 至 40 位字母、数字或短横线",
        },
    )
