"""我在那边能贷多少: answered while it is typed; without script by the button. Nothing is kept.

By oneself only: whose accounts these are is known from one's own ID number, and no address names one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matters.housing_fund.own import depositor_of, own_accounts
from tongban.accounts.models import User

from .answers import answered
from .loan_form import COUPLES, OWN, LoanForm

CRUMBS = [("/", "首页"), ("/matters/?theme=住房公积金", "公积金")]
LONGEST = 360


@require_safe
@never_cache
def loan(request: HttpRequest) -> HttpResponse:
    """One statement for the accounts of who has signed in, two for the months; one a minute for cities."""
    user, today = request.user, timezone.localdate()
    accounts = own_accounts(user.id_number_index) if isinstance(user, User) else []
    form = LoanForm(accounts, request.GET or None)
    context: dict[str, Any] = {
        "crumbs": CRUMBS,
        "form": form,
        "account": accounts[0] if accounts else None,
        "by_hand": [form[name] for name in ("product", "balance", "monthly", "count")],
        "of_spouse": [
            form[name]
            for name in ("spouse_product", "spouse_balance", "spouse_monthly", "spouse_count")
        ],
        "tabs": tabs("loan"),
    }
    if form.is_bound and form.is_valid():
        context["answer"] = found = answered(asked_of(form, today))
        context["assumed"] = _assumed(form)
        if found.ok and found.amount > 0:
            context["repayment_query"] = urlencode(
                {
                    "city": form.cleaned_data["city"],
                    "principal": f"{found.amount:f}",
                    "months": LONGEST,
                    "home": form.cleaned_data["home"],
                    "method": "equal_payment",
                }
            )
    return render(request, "portal/housing_fund/loan.html", context)


def asked_of(form: LoanForm, on: dt.date) -> dict[str, Any]:
    """The request of `matters.housing_fund.answering`. Two statements where an account is one's own."""
    given = form.cleaned_data
    account = form.account_chosen
    household = [depositor_of(account, on=on) if account else form.typed("")]
    if given["who"] in COUPLES:
        household.append(form.typed("spouse_"))
    asked = {
        "kind": "loan",
        "city": given["city"],
        "on": on.isoformat(),
        "household": household,
        "price": given["price"],
        "children": given["children"] or 0,
        "home": given["home"],
        "housing": given["housing"],
    }
    if given["down_payment"] is not None:
        asked["down_payment"] = given["down_payment"]
    return asked


def _assumed(form: LoanForm) -> list[str]:
    """What the sum rests on, in sentences."""
    said = ["没有查征信，也没有核定还款能力；有逾期、失信或收入不够的，会少借或不能借。"]
    if form.cleaned_data["who"] in OWN:
        said.append("您的账户按现在登记的余额和每月缴存计算；在其他城市缴存的月数合并计算。")
    if form.cleaned_data["who"] in COUPLES and form.cleaned_data["who"] in OWN:
        said.append("配偶的账户只能由配偶本人查看，这里按您填写的计算。")
    if form.is_less_than_months:
        said.append("填的余额少于每月缴存之和，少的部分按最近提取计算，按月加权的城市结果会偏高。")
    return said


def tabs(current: str) -> list[dict[str, Any]]:
    pages = {"loan": "能贷多少", "repayment": "月供多少", "rent": "租房能提多少"}
    return [
        {"href": f"/housing-fund/{code}/", "text": text, "current": code == current}
        for code, text in pages.items()
    ]
