"""Forms of 社会保险关系转移接续: the letter 联系函, the record sheet 信息表, the money that follows."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from workflows.cases.forms import StepForm

from .fund_transfer_forms import YuanField, money_field

# The first three are remembered, not read in a source.
OBJECTIONS = [
    ("several_relations", "同时存在多重保险关系，须先清退其中一个"),
    ("arrears", "有欠缴的保险费"),
    ("temporary_account", "临时基本养老保险缴费账户，不符合转移条件"),
    ("identity", "身份信息不一致"),
    ("other", "其他"),
]
FUNDS = [
    ("to_settle", "基金按两地约定的周期清算，随后到账"),
    ("none", "只转关系，没有基金"),
]


class LetterForm(StepForm):
    opinion = forms.CharField(
        label="审核意见",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写审核意见"},
    )


class RecordSheetForm(StepForm):
    """信息表: what the person has there, and whether money follows it."""

    months = forms.IntegerField(
        label="累计缴费月数",
        min_value=0,
        max_value=720,
        error_messages={"required": "请填写累计缴费月数", "max_value": "月数过大"},
    )
    balance = YuanField(
        label="应转基金（元）",
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        error_messages={"required": "请填写应转基金，没有填 0", "min_value": "金额不能为负"},
    )
    funds = forms.ChoiceField(
        label="基金转移",
        choices=FUNDS,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择基金怎样转移"},
    )

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        if {"balance", "funds"} - data.keys():
            return data
        if bool(data["balance"]) != (data["funds"] == "to_settle"):
            self.add_error("funds", "有应转基金的选“随后到账”，没有的选“只转关系”")
        return data


class RelationObjectionForm(StepForm):
    code = forms.ChoiceField(
        label="原因", choices=OBJECTIONS, error_messages={"required": "请选择原因"}
    )
    reason = forms.CharField(
        label="具体情况和解决办法",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明具体情况，告诉本人怎么解决"},
    )


class JoinForm(StepForm):
    months_here = forms.IntegerField(
        label="本地已有缴费月数",
        min_value=0,
        max_value=720,
        error_messages={"required": "请填写本地缴费月数，没有填 0", "max_value": "月数过大"},
    )


class FundsForm(StepForm):
    amount = money_field("到账金额（元）")
    voucher = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="清算批次或银行流水号",
        error_messages={
            "required": "请填写清算批次或银行流水号",
            "invalid": "应为 4 至 40 位字母、数字或短横线",
        },
    )

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        due = Decimal(self.situation.case.facts["sheet"]["balance"])
        if amount != due:
            raise forms.ValidationError(f"到账金额与信息表的应转基金 {due} 元不符，请与转出地核对")
        return amount
