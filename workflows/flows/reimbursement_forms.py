"""Forms of 手工报销: what a clerk verifies, refuses, pays; the account that a person corrects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import Q

from matters.catalogue.forms import opened_data
from matters.medical.manual.checks import Claim
from matters.medical.manual.invoices import Invoice, normalised
from matters.medical.manual.refusals import GROUNDS, REFUSALS
from matters.medical.models import Institution
from workflows.cases.act import Situation
from workflows.cases.forms import StepForm

from .reimbursement_claim import claim_of, findings_now, institutions_at

LONGEST_INVOICE = 30
OTHER = "OTHER"


class AcceptForm(StepForm):
    """What was verified on the invoices and the list. Whatever still speaks against the claim is said.

    Nine statements at most: the claim, the institution, what the registers say.
    """

    invoices = forms.CharField(
        label="发票",
        help_text="每行一张：票据代码 票据号码 金额；旧式纸质票据没有代码的，代码写 0",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        error_messages={"required": "请逐行填写核对过的发票"},
    )
    total = forms.DecimalField(
        label="费用清单合计（元）",
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "w-8", "inputmode": "decimal"}),
        error_messages={"required": "请填写费用清单合计", "invalid": "请填写金额，例如 1200.50"},
    )
    institution = forms.CharField(label="定点医药机构", max_length=128, required=False)
    emergency = forms.BooleanField(label="急诊抢救（已看到急诊病历或诊断证明）", required=False)
    late_reason = forms.CharField(
        label="逾期申报的特殊原因（认定时填写）",
        max_length=200,
        required=False,
        help_text="没有逾期的不用填写",
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.claim = claim_of(situation)
        self.answers = opened_data(situation.definition, situation.case.data)
        typed = self.answers.get("hospital_name") or "未填写"
        self.fields[
            "institution"
        ].help_text = f"填写编号或全称；不是定点的留空。申请人填写：{typed}"
        self.order_fields(["invoices", "total", "institution", "emergency", "late_reason"])
        self.initial = {
            "invoices": "\n".join(_typed(self.claim.invoices)),
            "total": self.claim.list_total,
            "institution": self.claim.institution.code if self.claim.institution else "",
            "emergency": self.claim.is_emergency,
            **self.initial,
        }

    def clean_invoices(self) -> tuple[Invoice, ...]:
        lines = [line for line in self.cleaned_data["invoices"].splitlines() if line.strip()]
        invoices = tuple(_read(line) for line in lines)
        if len({invoice.identity for invoice in invoices}) < len(invoices):
            raise forms.ValidationError("同一张发票填写了两次")
        return invoices

    def clean_institution(self) -> Institution | None:
        """By its number or its whole name, at the place of treatment on the last day."""
        typed = self.cleaned_data["institution"].strip()
        if not typed:
            return None
        here = institutions_at(self.answers)
        found = here.filter(Q(code=typed) | Q(name=typed)).first()
        if found is None:
            raise forms.ValidationError("就医地没有这家定点医药机构，请核对编号或全称")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self.claim = self._verified(cleaned)
            for found in findings_now(self.situation, self.claim):
                self.add_error(None, said(found))
        return cleaned

    def _verified(self, cleaned: dict[str, Any]) -> Claim:
        return replace(
            self.claim,
            invoices=cleaned["invoices"],
            list_total=cleaned["total"],
            institution=cleaned["institution"],
            is_emergency=cleaned["emergency"],
            late_reason=cleaned["late_reason"],
        )


def typed_again(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was accepted of the form, as somebody types it."""
    institution = given["institution"]
    return {
        **given,
        "invoices": "\n".join(_typed(given["invoices"])),
        "institution": institution.code if institution else "",
    }


def said(found: dict[str, Any]) -> str:
    """A finding as a form says it: code, sentence, what is done about it."""
    return f"{found['code']} {found['name']}：{found['sentence']}{found['advice']}"


def _typed(invoices: tuple[Invoice, ...]) -> Iterator[str]:
    return (f"{each.code} {each.number} {each.amount}".strip() for each in invoices)


def _read(line: str) -> Invoice:
    """'51060120 0001234567 1200.50'; a paper invoice of old without a code has 0 in its place."""
    *names, amount = line.split()
    try:
        yuan = Decimal(amount)
    except InvalidOperation:
        raise forms.ValidationError(f"“{line.strip()}”最后应是金额，例如 1200.50") from None
    right = len(names) == 2 and all(0 < len(normalised(each)) <= LONGEST_INVOICE for each in names)
    if not right or not 0 < yuan < 10**9 or yuan != yuan.quantize(Decimal("0.01")):
        raise forms.ValidationError(f"“{line.strip()}”应为：票据代码 票据号码 金额")
    return Invoice(names[0], names[1], yuan)


class RefuseForm(StepForm):
    """One of the codes, and the reason in words: it stands in the decision."""

    code = forms.ChoiceField(
        label="不予支付的情形",
        choices=[(code, f"{GROUNDS[code].name}（{code}）") for code in REFUSALS]
        + [(OTHER, "其他")],
        error_messages={"required": "请选择情形", "invalid_choice": "没有这种情形"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        first = next(
            (f for f in situation.case.facts.get("findings", ()) if f["handling"] == "refuse"), None
        )
        if first:
            self.initial = {"code": first["code"], "reason": first["sentence"], **self.initial}


class AskPlaceForm(StepForm):
    """What the place of treatment is asked to confirm."""

    question = forms.CharField(
        label="请就医地核实",
        max_length=500,
        initial="请核实发票真伪，以及就诊（住院）是否属实、是否已直接结算。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明需要核实的内容"},
    )


class PaidForm(StepForm):
    voucher = forms.RegexField(
        r"^[0-9A-Za-z-]{4,40}$",
        label="银行凭证号",
        strip=True,
        error_messages={
            "required": "请填写银行凭证号",
            "invalid": "凭证号应为 4 至 40 位字母、数字或短横线",
        },
    )


class AccountForm(StepForm):
    """The account to pay to, typed anew after the bank refused the old one."""

    account_name = forms.CharField(
        label="开户人姓名", max_length=50, error_messages={"required": "请填写开户人姓名"}
    )
    bank_name = forms.CharField(
        label="开户银行", max_length=60, error_messages={"required": "请填写开户银行"}
    )
    bank_card = forms.RegexField(
        r"^[0-9]{12,19}$",
        label="银行卡号",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填写银行卡号", "invalid": "银行卡号应为 12 至 19 位数字"},
    )
