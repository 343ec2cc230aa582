"""Forms of 住房公积金异地转移接续: the letter 联系函, the account sheet 账户信息表, the money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from workflows.cases.act import Situation
from workflows.cases.forms import StepForm

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


class AcceptForm(StepForm):
    checked = forms.BooleanField(
        label="已核验职工身份，本地账户已开立且缴存正常",
        error_messages={"required": "须先核验身份和本地账户"},
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


class ConfirmForm(StepForm):
    """The sending centre's own release rules (housing-fund.md §2.2)."""

    released = forms.BooleanField(
        label="账户已封存，无未结清贷款和担保，未冻结、未销户、无在途业务",
        error_messages={"required": "不符合转出条件的，请提出异议"},
    )


class AccountSheetForm(StepForm):
    """账户信息表: interest up to the day of transfer is in the sum."""

    principal = money_field("本金（元）")
    interest = YuanField(
        label="结息（元）",
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        error_messages={"required": "请填写结息，没有填 0", "min_value": "结息不能为负"},
    )
    months = forms.IntegerField(
        label="累计缴存月数",
        min_value=0,
        max_value=720,
        error_messages={"required": "请填写累计缴存月数", "max_value": "月数过大"},
    )
    loan_uses = forms.IntegerField(
        label="使用公积金贷款次数",
        min_value=0,
        max_value=9,
        error_messages={"required": "请填写贷款次数，没有填 0"},
    )


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
