"""登记缴存情况: the deposit city's books are not on this site, so its clerk enters what they say.

A centre whose books are here has the answer: whoever is not in them has no account there.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from matters.housing_fund.entered import Entered, EnteringRefused, enter_account
from matters.housing_fund.models import Account
from workflows.cases.act import Act
from workflows.cases.declarations import Guard
from workflows.cases.forms import StepForm

from .cross_city_loan_forms import day_field, not_after
from .fund_transfer_forms import YuanField, money_field
from .loan_people import DEPOSIT, answers_of, index_of
from .sent_back import sent_back

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

SOURCES = [("own", "本中心业务系统"), ("shared", "共享数据查询")]
STATUSES = [(each.value, each.label) for each in (
    Account.Status.NORMAL, Account.Status.SEALED, Account.Status.HELD
)]  # fmt: skip
books_elsewhere = Guard(
    "books_elsewhere",
    "本中心的账册在本站，以账册为准",
    lambda s: bool(s.case.facts.get("books_elsewhere")),
)


class EnterAccountForm(StepForm):
    """What the centre's own system, or the shared query, says of the depositor today."""

    source = forms.ChoiceField(
        label="数据来源", choices=SOURCES, error_messages={"required": "请选择数据来源"}
    )
    reference = forms.CharField(
        label="查询编号", max_length=60, error_messages={"required": "请填写查询编号，以便复核"}
    )
    number = forms.CharField(
        label="个人公积金账号", max_length=30, error_messages={"required": "请填写个人公积金账号"}
    )
    status = forms.ChoiceField(
        label="账户状态", choices=STATUSES, error_messages={"required": "请选择账户状态"}
    )
    balance = YuanField(
        label="账户余额（元）", max_digits=12, decimal_places=2, min_value=Decimal(0),
        error_messages={"required": "请填写账户余额，没有填 0", "min_value": "余额不能为负"},
    )  # fmt: skip
    last_month = day_field("最近一次缴存的日期")
    months = forms.IntegerField(
        label="到那个月连续缴存的月数", min_value=1, max_value=720,
        error_messages={"required": "请填写连续缴存的月数"},
    )  # fmt: skip
    monthly = money_field("月缴存额（元）")
    loans_used = forms.IntegerField(
        label="使用公积金贷款次数", min_value=0, max_value=9,
        error_messages={"required": "请填写贷款次数，没有填 0"},
    )  # fmt: skip
    live_loan = forms.BooleanField(label="有未结清的公积金贷款", required=False)

    def clean_last_month(self) -> dt.date:
        return not_after(self.cleaned_data["last_month"], self.situation.today).replace(day=1)


def enter(case: Flow, act: Act) -> Account:
    """The depositor's account, as it was read. Nine statements at most."""
    given = act.data
    number = str(answers_of(case, act.definition)["id_number"])
    entered = Entered(
        **{name: given[name] for name in Entered.__dataclass_fields__}  # the form's own names
    )
    try:
        return enter_account(
            centre_id=case.office_of(DEPOSIT) or 0,
            name=_name_of(act, number),
            id_number=number,
            entered=entered,
            at=act.at,
            key=f"entered:{case.pk}:{act.seq}",
        )
    except EnteringRefused as refused:
        raise sent_back(act, str(refused)) from None


def _name_of(act: Act, number: str) -> str:
    """Of whoever of the case has that number."""
    index: Any = index_of(number)
    parties = act.situation.parties
    names = [party.name for party in parties if index_of(party.id_number or "") == index]
    return names[0] if names else parties[0].name
