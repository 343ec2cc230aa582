"""Forms of 住房公积金异地转移接续 that read the registers: acceptance, refusal, release, the account sheet.

Where a centre's accounts are on this site, what the register holds goes before what is typed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from matters.catalogue.forms import opened_data
from matters.housing_fund.leaving import Months, live_loans_of, may_leave, months_here
from matters.housing_fund.models import Account
from workflows.cases.act import Situation
from workflows.cases.forms import ReasonForm, StepForm

from .fund_accounts import Found, account_at, kept_account, pool_at, sheet_of
from .fund_transfer_forms import YuanField, money_field

FIGURES = ("principal", "months", "loan_uses")


class AcceptForm(StepForm):
    """The receiving side: an account of the person stands open there, with the months it asks for."""

    checked = forms.BooleanField(
        label="已核验职工身份，本地账户已开立且缴存正常",
        error_messages={"required": "须先核验身份和本地账户"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        # Three statements at most.
        self.found, self.months = received_at(situation)
        if self.found.account is not None and self.months is not None:
            account = self.found.account
            status = account.get_status_display()
            self.fields[
                "checked"
            ].help_text = f"账册：账户 {account.number}，{status}，{self.months.sentence}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        account = self.found.account
        if self.found.is_missing:
            self.add_error(
                None, "转入地账册里没有这名职工的账户：开户缴存后才能转入，请不予受理并告知本人"
            )
        elif account is not None and account.status != Account.Status.NORMAL:
            status = account.get_status_display()
            self.add_error(
                None, f"转入地账户 {account.number} {status}，没有正常缴存，请不予受理并告知本人"
            )
        if self.months is not None and not self.months.are_enough:
            self.add_error(None, f"{self.months.sentence}；请不予受理，把这一天告诉本人")
        if account is not None and self._typed_number() not in ("", account.number):
            self.add_error(
                None, f"申请填写的转入地账号与账册不符（账册：{account.number}），请核对"
            )
        return data | {"account": account}

    def _typed_number(self) -> str:
        known: dict[str, Any] = opened_data(self.situation.definition, self.situation.case.data)
        return str(known.get("receiving_account") or "").strip()


class RefuseForm(ReasonForm):
    """Where months are lacking, the reason is there already, and the day goes with it."""

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        # Three statements at most.
        self.months = received_at(situation)[1]
        if self.months is not None and not self.months.are_enough:
            self.fields["reason"].initial = f"{self.months.sentence}。"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lacking = self.months is not None and not self.months.are_enough
        return data | {"months": self.months if lacking else None}


class ConfirmForm(StepForm):
    """The sending centre's own release rules (housing-fund.md §2.2): its register and its rule rows."""

    released = forms.BooleanField(
        label="账户已封存，无未结清贷款和担保，未冻结、未销户、无在途业务",
        error_messages={"required": "不符合转出条件的，请提出异议"},
    )
    decision = forms.CharField(
        label="准予转出的理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "转出地规定没有查到，准予转出须写明理由"},
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        # Five statements at most.
        self.found = account_at(situation, "sending")
        account, case = self.found.account, situation.case
        self.leave = None
        if account is not None:
            self.leave = may_leave(
                account,
                live_loans=live_loans_of(account),
                pool=pool_at(case, "sending"),
                on=situation.today,
            )
            released = self.fields["released"]
            released.help_text = f"账册：账户 {account.number}，{self.leave.sentence}"
            if self.leave.may is None:
                released.label = "已核查账户，无担保，未冻结、未销户、无在途业务"
        if self.leave is None or self.leave.may is not None:
            del self.fields["decision"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.found.is_missing:
            self.add_error(None, "转出地账册里没有这名职工的账户，请提出异议")
        elif self.leave is not None and self.leave.may is False:
            ways = f"。可以：{'；'.join(self.leave.ways)}" if self.leave.ways else ""
            self.add_error(None, f"{self.leave.sentence}，请提出异议{ways}")
        return data | {"account": self.found.account}


class AccountSheetForm(StepForm):
    """账户信息表: interest up to the day of transfer is in the sum. The register's figures are not typed."""

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

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.kept: dict[str, Any] | None = None
        account_id = kept_account(situation.case, "sending")
        if account_id is None:
            return
        # Four statements.
        account = Account.objects.get(pk=account_id)
        self.kept = sheet_of(account)
        for name in FIGURES:
            del self.fields[name]
        self.fields["interest"].help_text = (
            f"账册：余额 {account.balance} 元，累计缴存 {self.kept['months']} 个月，"
            f"使用公积金贷款 {account.loans_used} 次；结息至划款当日"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.kept is not None and "interest" in data:
            data |= self.kept
            if not data["principal"] + data["interest"]:
                self.add_error(None, "账户没有余额，没有资金可以划转，请提出异议，由本人销户即可")
        return data


def received_at(situation: Situation) -> tuple[Found, Months | None]:
    """The person at the receiving centre, and the months deposited there. Three statements at most."""
    found = account_at(situation, "receiving")
    if found.account is None:
        return found, None
    pool = pool_at(situation.case, "receiving")
    return found, months_here(found.account, pool=pool, on=situation.today)
