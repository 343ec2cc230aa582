"""Forms of a financing demand: consent, the banks' answers, the choice, the call-back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from workflows.cases.act import Situation
from workflows.cases.forms import StepForm

from .financing_banks import DATA, banks_to_ask, offers_of

MOST_BANKS = 5
REASONS = (
    ("collateral", "担保或抵质押不足"),
    ("operations", "经营状况不符合准入条件"),
    ("debt", "负债或对外担保过高"),
    ("credit", "信用记录不符合要求"),
    ("purpose", "用途不符合贷款规定"),
    ("other", "其他"),
)


class BanksField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        marked = obj.is_demonstration and "示范" not in obj.name
        return f"{obj.name}（示范）" if marked else str(obj.name)


class ConsentForm(StepForm):
    """Which banks, and what they may ask about the enterprise. One statement for the banks."""

    resources = forms.MultipleChoiceField(
        label="授权查询哪些数据",
        help_text="只授权给下面选中的银行；撤回或办结后授权即终止，查询会留下记录。",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少授权一项数据", "invalid_choice": "没有这项数据"},
    )
    agreed = forms.BooleanField(
        label="我有权代表企业作出上述授权，知道银行依授权查询数据并自行决定是否支持",
        error_messages={"required": "请先阅读并勾选授权"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        resources = self.fields["resources"]
        if isinstance(resources, forms.MultipleChoiceField):
            resources.choices = list(DATA)
        self.fields["banks"] = BanksField(
            label=f"向哪些银行征询（最多 {MOST_BANKS} 家）",
            queryset=banks_to_ask(),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "请至少选择一家银行", "invalid_choice": "没有这家银行"},
        )
        self.order_fields(["banks", "resources", "agreed"])

    def clean_banks(self) -> list[Any]:
        chosen = list(self.cleaned_data["banks"])
        if len(chosen) > MOST_BANKS:
            raise forms.ValidationError(f"最多选择 {MOST_BANKS} 家银行")
        return chosen


class OfferForm(StepForm):
    amount = forms.DecimalField(
        label="可贷金额（元）",
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={"required": "请填写可贷金额", "invalid": "请填写金额，例如 500000.00"},
    )
    rate = forms.DecimalField(
        label="年利率（%）",
        max_digits=5,
        decimal_places=3,
        min_value=Decimal(0),
        max_value=Decimal(24),
        error_messages={"required": "请填写年利率", "invalid": "请填写年利率，例如 3.85"},
    )
    months = forms.IntegerField(
        label="期限（月）",
        min_value=1,
        max_value=360,
        error_messages={"required": "请填写期限", "invalid": "请填写月数"},
    )
    note = forms.CharField(label="条件和说明", max_length=500, required=False)


class DeclineForm(StepForm):
    """A refusal without a reason is none."""

    kind = forms.ChoiceField(
        label="原因",
        choices=REASONS,
        error_messages={"required": "请选择原因", "invalid_choice": "没有这个原因"},
    )
    reason = forms.CharField(
        label="具体理由",
        max_length=500,
        min_length=4,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "不予支持须写明理由", "min_length": "请把理由写具体"},
    )


class ChooseForm(StepForm):
    """The offers that can be chosen now. Cleans `offer` to an Offer. One statement."""

    offer = forms.ChoiceField(
        label="选定哪家银行的方案",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一个方案", "invalid_choice": "这个方案已不能选择"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.offers = {str(offer.case_id): offer for offer in offers_of(situation.case)}
        field = self.fields["offer"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(key, offer.words) for key, offer in self.offers.items()]

    def clean_offer(self) -> Any:
        return self.offers[self.cleaned_data["offer"]]


class CallBackForm(StepForm):
    reached = forms.ChoiceField(
        label="是否接通",
        choices=[("yes", "已接通"), ("no", "未接通")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否接通"},
    )
    disbursed = forms.ChoiceField(
        label="是否放款",
        choices=[("", "请选择"), ("yes", "已放款"), ("pending", "待放款"), ("no", "未放款")],
        required=False,
    )
    satisfaction = forms.ChoiceField(
        label="企业是否满意",
        choices=[("", "请选择"), ("good", "满意"), ("fair", "基本满意"), ("bad", "不满意")],
        required=False,
    )
    text = forms.CharField(label="企业的意见", max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reached") == "yes" and not cleaned.get("satisfaction"):
            self.add_error("satisfaction", "已接通的，请记下企业是否满意")
        return cleaned
