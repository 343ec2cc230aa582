"""Forms of 住房公积金异地转移接续: the letter 联系函, the account sheet 账户信息表, the money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from workflows.cases.act import Situation
from workflows.cases.forms import ReasonForm, StepForm

from .transfer_objections import EVERY

FEN = Decimal("0.01")


class YuanField(forms.DecimalField):
    """Always two decimals, however it was typed: 12000 and 1.2E4 are 12000.00."""

    def clean(self, value: Any) -> Decimal | None:
        amount: Decimal | None = super().clean(value)
        return None if amount is None else amount.quantize(FEN)


def money_field(label: str) -> forms.DecimalField:
    """Yuan with two decimals, from one fen up."""
    return YuanField(
        label=label,
        max_digits=12,
        decimal_places=2,
        min_value=FEN,
        error_messages={
            "required": f"请填写{label}",
            "invalid": f"{label}应为数字，如 12345.67",
            "min_value": f"{label}应大于零",
            "max_decimal_places": f"{label}最多两位小数",
            "max_digits": f"{label}过大",
            "max_whole_digits": f"{label}过大",
        },
    )


class ObjectionForm(StepForm):
    """Why the 转出地 cannot let go: one of the flow's own reasons."""

    code = forms.ChoiceField(
        label="异议原因", choices=EVERY, error_messages={"required": "请选择异议原因"}
    )
    reason = forms.CharField(
        label="具体情况和解决办法",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明具体情况，告诉本人怎么解决"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        own = self.fields["code"]
        if isinstance(own, forms.ChoiceField):
            own.choices = getattr(situation.case, "OBJECTIONS", EVERY)


class CorrectionForm(ReasonForm):
    """更正: what the sending centre owes besides, or sent too much of."""

    difference = YuanField(
        label="更正差额（元，少入账的填正数，多入账的填负数）",
        max_digits=12,
        decimal_places=2,
        error_messages={"required": "请填写更正差额", "invalid": "差额应为数字，如 -12.30"},
    )

    def clean_difference(self) -> Decimal:
        difference: Decimal = self.cleaned_data["difference"]
        if not difference:
            raise forms.ValidationError("差额为零，不用更正")
        return difference


class SurplusForm(StepForm):
    """退回多到的资金: the bank's voucher of the way back."""

    voucher = forms.CharField(
        label="退回的银行流水号", max_length=40, error_messages={"required": "请填写银行流水号"}
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        surplus = situation.case.facts.get("surplus", "")
        self.fields["voucher"].help_text = f"多到 {surplus} 元，挂账中，原路退回。"


class SendMoneyForm(StepForm):
    amount = money_field("划转金额（元）")
    voucher = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="银行流水号",
        error_messages={
            "required": "请填写银行流水号",
            "invalid": "流水号应为 4 至 40 位字母、数字或短横线",
        },
    )

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        due = Decimal(self.situation.case.facts["sheet"]["total"])
        if amount != due:
            raise forms.ValidationError(f"划转金额应等于账户信息表合计 {due} 元")
        return amount


class ArrivalForm(StepForm):
    """The three keys as the bank's credit note carries them."""

    letter_number = forms.CharField(
        label="联系函编号（附言）", max_length=40, error_messages={"required": "请填写联系函编号"}
    )
    id_number = forms.CharField(
        label="职工身份证号（附言）",
        max_length=18,
        error_messages={"required": "请填写附言中的身份证号"},
    )
    amount = money_field("到账金额（元）")
    voucher = forms.CharField(
        label="银行流水号", max_length=40, error_messages={"required": "请填写银行流水号"}
    )

    def clean_id_number(self) -> Any:
        return self.cleaned_data["id_number"].strip().upper()
