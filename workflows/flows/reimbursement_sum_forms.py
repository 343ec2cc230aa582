"""The form in which a clerk splits the fees: by the four sums, or by the classes of the list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from matters.medical.bill import to_fen
from matters.medical.filing import standing
from matters.medical.models import Chronic, Filing
from tongban.templatetags.formats import zh_date
from workflows.cases.act import Situation
from workflows.cases.forms import StepForm

from .reimbursement_claim import claim_of, insured_of_case
from .reimbursement_sums import (
    ENTERED,
    CannotReckon,
    Part,
    days_settled,
    institution_level,
    kept,
    orders_for,
    reckon,
)

ZERO = Decimal("0.00")
LEVELS = [
    ("tier_3", "三级"),
    ("tier_2", "二级"),
    ("tier_1", "一级"),
    ("community_2", "二级社区"),
    ("community", "一级社区（乡镇）"),
    ("pharmacy", "药店"),
]
FILINGS = [
    ("home", "参保地就医"),
    ("exempt", "免备案"),
    *Filing.Kind.choices,
    ("unfiled", "未备案"),
]
LABELS = {
    "medfee_sumamt": "医疗费总额（元）",
    "fulamt_ownpay_amt": "全自费（元）",
    "overlmt_selfpay": "超限价自费（元）",
    "preselfpay_amt": "先行自付（元）",
}
CLASSES = {
    "class_a": "甲类合计（元）",
    "class_b": "乙类合计（元）",
    "class_b_percent": "乙类先行自付比例（%）",
    "class_c": "丙类（目录外）合计（元）",
}


def money(label: str, *, required: bool, initial: Any = None) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        initial=initial,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "w-8", "inputmode": "decimal"}),
        error_messages={
            "required": f"请填写{label.removesuffix('（元）')}",
            "invalid": "请填写金额，例如 1200.50",
            "min_value": "金额不能小于零",
        },
    )


class CalculateForm(StepForm):
    """Reckons what was entered; `cleaned_data["calculation"]` is what the case keeps.

    The split follows the catalogue that the pool applies. The form's own statements: the claim, the
    standing at the place, and what the ledger reads.
    """

    level = forms.ChoiceField(
        label="医院级别", choices=LEVELS, error_messages={"required": "请选择医院级别"}
    )
    filing = forms.ChoiceField(
        label="备案情况", choices=FILINGS, error_messages={"required": "请选择备案情况"}
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.claim = claim_of(situation)
        self.days = days_settled(self.claim)
        self.insured = insured_of_case(self.claim)
        if self.claim.visit == "chronic":
            self.fields["disease"] = self._diseases()
        for nth, day in enumerate(self.days):
            self._ask(nth, f"{zh_date(day)}及以前：" if len(self.days) > 1 else "")
        self.initial = {**self._proposed(), **self.initial}

    def _ask(self, nth: int, before: str) -> None:
        whole = self.claim.list_total if len(self.days) == 1 else None
        self.fields |= {
            f"{name}_{nth}": money(
                before + label,
                required=name == "medfee_sumamt",
                initial=whole if name == "medfee_sumamt" else None,
            )
            for name, label in LABELS.items()
        }
        self.fields |= {
            f"{name}_{nth}": money(before + label, required=False)
            for name, label in CLASSES.items()
        }
        self.fields[
            f"class_a_{nth}"
        ].help_text = (
            "有按类合计的清单时填写甲、乙、丙类，全自费和先行自付由此算出；已填上面三项的不用填"
        )

    def _diseases(self) -> forms.ChoiceField:
        held = Chronic.objects.in_force(self.claim.ended_on).filter(insured=self.insured)
        names = list(held.values_list("disease", flat=True))
        return forms.ChoiceField(
            label="门诊慢特病病种",
            choices=[(name, name) for name in names],
            error_messages={
                "required": "参保地没有认定的病种，不能按门诊慢特病核算",
                "invalid_choice": "参保地没有认定这个病种",
            },
        )

    def _proposed(self) -> dict[str, Any]:
        """What the registers say of the hospital and the filing; the clerk may know better."""
        calculation = self.situation.case.facts.get("calculation", {})
        proposed = {"level": institution_level(self.claim.institution)}
        if self.insured is not None:
            where = standing(
                insured=self.insured,
                destination=self.claim.treated_at,
                visit=self.claim.visit,
                on=self.claim.ended_on,
                is_emergency=self.claim.is_emergency,
                open_since=self.claim.began_on,
            )
            said = " ".join([where.sentence, *where.doubts]).strip()
            self.fields["filing"].help_text = said
            proposed["filing"] = where.filing
        for nth, part in enumerate(calculation.get("parts", ())):
            proposed |= {f"{name}_{nth}": part["amounts"][name] for name in ENTERED}
        return proposed | {k: calculation[k] for k in ("level", "filing") if k in calculation}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        parts = [Part(day, self._split(nth, cleaned)) for nth, day in enumerate(self.days)]
        if self.errors:
            return cleaned
        total = sum((part.amounts["medfee_sumamt"] for part in parts), ZERO)
        if total != self.claim.list_total:
            self.add_error(
                None,
                f"AMOUNT_MISMATCH 医疗费总额 {total} 元与核对过的清单合计"
                f" {self.claim.list_total} 元不一致；确实不一致的，请退回补正",
            )
            return cleaned
        cleaned["calculation"] = self._reckoned(parts, cleaned)
        return cleaned

    def _split(self, nth: int, cleaned: dict[str, Any]) -> dict[str, Decimal]:
        """The four sums of one period, out of the classes where these were entered."""
        amounts = {name: cleaned[f"{name}_{nth}"] or ZERO for name in ENTERED}
        given = {name: cleaned[f"{name}_{nth}"] for name in CLASSES}
        if any(given[name] is not None for name in ("class_a", "class_b", "class_c")):
            a, b, c = (given[name] or ZERO for name in ("class_a", "class_b", "class_c"))
            percent = given["class_b_percent"]
            if b and percent is None:
                self.add_error(f"class_b_percent_{nth}", "请填写乙类先行自付比例")
            elif percent is not None and percent > 100:
                self.add_error(f"class_b_percent_{nth}", "比例不能大于 100")
            if a + b + c != amounts["medfee_sumamt"]:
                self.add_error(f"class_a_{nth}", "甲、乙、丙类合计应等于医疗费总额")
            if amounts["fulamt_ownpay_amt"] or amounts["preselfpay_amt"]:
                self.add_error(f"class_a_{nth}", "全自费和先行自付已直接填写，请只用一种办法")
            amounts["fulamt_ownpay_amt"] = c
            amounts["preselfpay_amt"] = to_fen(b * (percent or ZERO) / 100)
        beyond = sum((amounts[name] for name in ENTERED[1:]), ZERO)
        if beyond > amounts["medfee_sumamt"]:
            self.add_error(f"medfee_sumamt_{nth}", "全自费、超限价、先行自付合计大于医疗费总额")
        return amounts

    def _reckoned(self, parts: list[Part], cleaned: dict[str, Any]) -> dict[str, Any]:
        level, filing = cleaned["level"], cleaned["filing"]
        disease = cleaned.get("disease", "")
        orders = orders_for(self.claim, parts, level=level, filing=filing, disease=disease)
        try:
            breakdowns = self.reckon(orders)
        except CannotReckon as stopped:
            for sentence in stopped.sentences:
                self.add_error(None, sentence)
            return {}
        return kept(orders, breakdowns, level=level, filing=filing)

    def reckon(self, orders: list[Any]) -> list[Any]:
        return reckon(self.claim, orders, at=self.situation.at)


class EnteredSumForm(StepForm):
    """What the 医保 core system has reckoned, for matters whose rules are kept there only."""

    payable = money("核定支付金额（元）", required=True)
    note = forms.CharField(
        label="核算说明",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明核算依据，申请人会看到"},
    )
