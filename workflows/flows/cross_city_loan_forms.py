"""Forms of 异地贷款: valuation, the sum, the decision, the contract, registrations, the money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from matters.housing_fund.models import Loan
from matters.housing_fund.reader import Reader
from matters.housing_fund.repayment import term_of
from matters.housing_fund.words import rule_book
from matters.rules import RuleMissing
from tongban.forms import DayInput
from workflows.cases.act import Situation
from workflows.cases.forms import ReasonForm, StepForm

from .cross_city_loan_guards import loan_of
from .fund_transfer_forms import money_field
from .loan_people import answers_of

NATION = "000000"
REFUSALS = [
    ("credit", "征信不符合贷款条件"),
    ("months", "缴存月数不足"),
    ("amount", "可贷额度不足以支付"),
    ("home", "所购住房不符合贷款条件"),
    ("papers", "材料不真实"),
    ("other", "其他"),
]


def day_field(label: str, **more: Any) -> forms.DateField:
    missing = {"required": f"请填写{label}", "invalid": f"请填写{label}"}
    return forms.DateField(label=label, widget=DayInput, error_messages=missing, **more)


def not_after(day: dt.date, today: dt.date) -> dt.date:
    if day > today:
        raise forms.ValidationError("日期不能晚于今天")
    return day


class ValuationForm(StepForm):
    """What a second-hand home is worth: the lower of price and valuation counts."""

    value = money_field("评估价（元）")
    agency = forms.CharField(
        label="评估机构", max_length=100, error_messages={"required": "请填写评估机构"}
    )
    number = forms.CharField(
        label="评估报告编号", max_length=60, error_messages={"required": "请填写评估报告编号"}
    )


class ReckonForm(StepForm):
    """What the loan city's centre knows besides: the credit report, and what can be repaid."""

    consecutive = forms.IntegerField(
        label="两年内最长连续逾期期数", min_value=0, max_value=99,
        error_messages={"required": "请按征信报告填写"},
    )  # fmt: skip
    total = forms.IntegerField(
        label="两年内累计逾期期数", min_value=0, max_value=99,
        error_messages={"required": "请按征信报告填写"},
    )  # fmt: skip
    overdue_now = forms.BooleanField(label="当前有逾期", required=False)
    dishonest = forms.BooleanField(label="被列为失信被执行人", required=False)
    repayment_limit = forms.DecimalField(
        label="本中心核定的还款能力（元）", max_digits=12, decimal_places=2, min_value=Decimal(1),
        required=False, help_text="月供占收入的上限没有公布；已核定的填写，没有的不填。",
    )  # fmt: skip


class ApproveForm(StepForm):
    """Not above the reckoned sum; where a rule is not known the reviewer decides and says why."""

    amount = money_field("批准金额（元）")
    opinion = forms.CharField(
        label="审查意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="有规则没有查到时必须写明依据。",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        amount = given.get("amount")
        if amount is None:
            return given
        quote = self.situation.case.facts.get("quote", {})
        wanted = answers_of(self.situation.case, self.situation.definition)["amount"]
        if amount > wanted:
            self.add_error("amount", f"不能多于申请的金额 {wanted:,.2f} 元")
        if quote.get("ok") and amount > Decimal(quote["amount"]):
            self.add_error("amount", f"超过核算的额度 {Decimal(quote['amount']):,.2f} 元")
        if (not quote.get("ok") or quote.get("missing")) and not given.get("opinion"):
            self.add_error("opinion", "有规则没有查到，请写明批准的依据")
        return given


class RejectForm(ReasonForm):
    code = forms.ChoiceField(
        label="不予贷款的原因", choices=REFUSALS, error_messages={"required": "请选择原因"}
    )
    field_order = ("code", "reason")


class ContractForm(StepForm):
    """The loan contract, signed by both."""

    number = forms.CharField(
        label="借款合同编号", max_length=40, error_messages={"required": "请填写借款合同编号"}
    )
    rate = forms.DecimalField(
        label="年利率（%）", max_digits=6, decimal_places=4, min_value=Decimal("0.0001"),
        max_value=Decimal(24), error_messages={"required": "请填写年利率"},
    )  # fmt: skip
    plan = forms.ChoiceField(
        label="还款方式", choices=Loan.Plan.choices, error_messages={"required": "请选择还款方式"}
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.fields["rate"].help_text = rate_in_words(situation)

    def clean_number(self) -> str:
        """One statement: a contract is of one loan."""
        number = str(self.cleaned_data["number"]).strip()
        if Loan.objects.filter(number=number).exists():
            raise forms.ValidationError("这个合同编号已有一笔贷款")
        return number


def rate_in_words(situation: Situation) -> str:
    """The fund's rate of that day for this term, or that it is not known."""
    answers = answers_of(situation.case, situation.definition)
    reader = Reader(rule_book(), situation.today)
    try:
        rate = reader.value(
            "loan.rate", NATION, home=answers["home"], term=term_of(int(answers["months"]))
        )
    except RuleMissing as unknown:
        return f"{unknown}，按合同填写。"
    return f"公积金贷款利率：{rate}%。"


class RegistrationForm(StepForm):
    """过户（新房为预告登记）or 抵押: the registry's number."""

    number = forms.CharField(
        label="登记编号", max_length=60, error_messages={"required": "请填写登记编号"}
    )
    on = day_field("登记日期")

    def clean_on(self) -> dt.date:
        return not_after(self.cleaned_data["on"], self.situation.today)


class ReleaseForm(StepForm):
    voucher = forms.CharField(
        label="放款凭证号", max_length=40, error_messages={"required": "请填写放款凭证号"}
    )


class OverdueForm(StepForm):
    """What is overdue, and since when."""

    since = day_field("从哪一天起逾期")
    arrears = money_field("逾期未还金额（元）")
    terms = forms.IntegerField(
        label="逾期期数", min_value=1, max_value=360, error_messages={"required": "请填写逾期期数"}
    )

    def clean_since(self) -> dt.date:
        return not_after(self.cleaned_data["since"], self.situation.today)


class SettleForm(StepForm):
    """Paid off: from here the mark is lifted."""

    on = day_field("结清日期")
    voucher = forms.CharField(
        label="最后一笔还款凭证号", max_length=40, error_messages={"required": "请填写凭证号"}
    )

    def clean_on(self) -> dt.date:
        """One statement: never before it was paid out."""
        day = not_after(self.cleaned_data["on"], self.situation.today)
        if day < loan_of(self.situation.case).released_on:
            raise forms.ValidationError("结清日期不能早于放款日期")
        return day
