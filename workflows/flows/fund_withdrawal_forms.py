"""Forms of a withdrawal: settling its amount, the bank's voucher, handing over the result."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from workflows.cases.forms import StepForm

from .fund_withdrawal_facts import Examined, examined

ASK = "没有查到依据的事项由中心核定，请写明依据"


class SettleForm(StepForm):
    """The amount by rules and registers; the centre may grant less, and says why; more it may not."""

    checked = forms.BooleanField(
        label="已核对身份、账户和申请材料", error_messages={"required": "请先核对"}
    )
    amount = forms.DecimalField(
        label="核定金额（元）",
        help_text="不填就按测算的金额；可以少，不能多。",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        error_messages={
            **dict.fromkeys(
                ("invalid", "max_digits", "max_whole_digits"), "请填写金额，例如 1200.50"
            ),
            "min_value": "金额应大于 0",
            "max_decimal_places": "金额最多两位小数",
        },
    )
    basis = forms.CharField(
        label="核定依据",
        help_text="少于测算金额的，或者有没查到的规则的，必须写明。",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """Eight statements at most."""
        given: dict[str, Any] = super().clean() or {}
        found = given["examined"] = examined(self.situation)
        for _, sentence in found.reckoned.refused:
            self.add_error(None, sentence)
        if found.reckoned.open and not given.get("basis"):
            self.add_error("basis", f"{ASK}：{'；'.join(found.reckoned.open)}")
        if "amount" not in self.errors:
            self._settle(given, found)
        return given

    def _settle(self, given: dict[str, Any], found: Examined) -> None:
        wanted, most = given.get("amount"), found.most
        if wanted is None:
            if most is None or found.reckoned.open:
                self.add_error("amount", "规则没有查全，请填写核定的金额")
            given["amount"] = most
        elif most is not None and wanted > most:
            lowest = found.reckoned.lowest
            self.add_error("amount", f"不能超过{most}元：{lowest.text if lowest else ''}")
        elif most is not None and wanted < most and not given.get("basis"):
            self.add_error("basis", f"少于测算的{most}元，请写明依据")


class ReceivedForm(StepForm):
    """The window hands over the result."""

    receiver = forms.CharField(
        label="领取人", max_length=100, error_messages={"required": "请填写领取人姓名"}
    )
