"""就医地协查: what the agency at the place of treatment says of an invoice and a stay; never a case of its own."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from workflows.cases.act import Act
from workflows.cases.declarations import SYSTEM, Seat, State, step
from workflows.cases.flow import Flow
from workflows.cases.forms import StepForm


class ConfirmForm(StepForm):
    """All that is asked is so; anything else is a difference."""

    invoice_true = forms.BooleanField(
        label="发票属实，金额相符", error_messages={"required": "不属实的，请登记有差异"}
    )
    stay_true = forms.BooleanField(
        label="就诊（住院）属实", error_messages={"required": "不属实的，请登记有差异"}
    )
    not_settled = forms.BooleanField(
        label="没有直接结算", error_messages={"required": "已直接结算的，请登记有差异"}
    )
    amount = forms.DecimalField(
        label="医院留存票据金额（元）",
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        error_messages={"required": "请填写金额", "invalid": "请填写金额，例如 1200.50"},
    )
    note = forms.CharField(label="说明", max_length=500, required=False)


class DifferForm(StepForm):
    kind = forms.ChoiceField(
        label="差异",
        choices=[
            ("invoice", "发票不属实或金额不符"),
            ("stay", "没有这次就诊（住院）"),
            ("settled", "已经直接结算"),
            ("third_party", "查到有第三人负担"),
            ("unclear", "查不清"),
        ],
        error_messages={"required": "请选择差异", "invalid_choice": "没有这种差异"},
    )
    reason = forms.CharField(
        label="情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明查到的情况"},
    )


class TreatmentInquiry(Flow):
    CODE = "treatment_inquiry"
    LABEL = "就医地协查"
    SEATS = (Seat("treatment", "就医地医保经办机构"),)
    OWNER_SEAT = "treatment"
    ONLY_AS_PART = True
    INITIAL = "asked"
    STATES = (
        State("asked", "待协查答复", "treatment"),
        State("confirmed", "核实无误", "", counts_as="concluded", closes=True),
        State("differing", "有差异", "", counts_as="concluded", closes=True),
        State("dropped", "已随报销申请终止", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        self.received_on = act.today

    @step("核实无误", source="asked", target="confirmed", by="treatment", form=ConfirmForm,
          decides=True, tone="primary", done="协查核实无误")  # fmt: skip
    def confirm_stay(self, act: Act) -> None:
        """The parent is owed a look. One statement."""
        act.outcome = "done"
        amount, note = str(act.data["amount"]), act.data["note"]
        said = f"发票、就诊属实，没有直接结算，票据金额 {amount} 元。{note}"
        self.facts = {**self.facts, "in_short": said}
        act.note(amount=amount, note=note)

    @step("登记有差异", source="asked", target="differing", by="treatment", form=DifferForm,
          decides=True, tone="warning", done="协查有差异")  # fmt: skip
    def report_differing(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        kind = dict(DifferForm.base_fields["kind"].choices)[act.data["kind"]]  # type: ignore[attr-defined]
        self.facts = {**self.facts, "in_short": f"{kind}：{act.data['reason']}"}
        act.note(kind=act.data["kind"], reason=act.data["reason"])

    @step("随报销申请终止", source="asked", target="dropped", by=SYSTEM)
    def end_with_claim(self, act: Act) -> None:
        """One statement."""
        act.outcome = "withdrawn"
