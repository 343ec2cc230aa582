"""月供 and 租房提取: two small sums by the same rules, answered while typed. Nothing is kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.housing_fund.rent import areas_of
from matters.housing_fund.words import AREAS, HOMES, rule_book

from .answers import Answer, answered
from .fields import CHOOSE, CityField, amount, choice, number
from .loan import CRUMBS, tabs

METHODS = {"equal_payment": "等额本息（每月一样多）", "equal_principal": "等额本金（越还越少）"}
SHOWN_MONTHS = 12


class RepaymentForm(forms.Form):
    city = CityField("在哪里贷款？")
    principal = amount("借多少（元）")
    months = number("分几个月还？", 1, 360, help_text="30 年是 360 个月。")
    home = choice("第几套房？", HOMES.items(), initial="first")
    method = choice("怎么还？", METHODS.items(), initial="equal_payment")
    rate = forms.DecimalField(
        label="年利率（%）",
        required=False,
        help_text="贷款中心告诉您的利率，例如 2.6。不填就按查到的规则。",
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "w-4"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places"),
            "请填写 0 到 100 之间的数，例如 2.6",
        ),
    )

    def clean_principal(self) -> Decimal:
        principal: Decimal = self.cleaned_data["principal"]
        if principal <= 0:
            raise forms.ValidationError("请填写大于 0 的金额")
        return principal

    def asked(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return {"kind": "repayment", "on": timezone.localdate().isoformat(), **given}


class RentForm(forms.Form):
    city = CityField("在哪里租房？")
    area = forms.ChoiceField(
        label="房子在哪一片？",
        help_text="重庆分中心城区和其他区县；成都分中心城区、郊区新城和没有备案的租赁。",
        choices=[("", "请选择"), *AREAS.items()],
        error_messages=CHOOSE,
    )
    people = choice("几个人一起提？", [("1", "一个人"), ("2", "夫妻两人")], initial="1")
    children = number("有几个子女？", 0, 20, required=False, help_text="没有可以不填。")
    rent = amount("每月房租（元）", required=False)
    balance = amount("账户余额（元）", required=False)

    def clean(self) -> dict[str, Any]:
        """An area that the city's limits do not have is a slip, and no missing rule."""
        given: dict[str, Any] = super().clean() or {}
        known = areas_of(given.get("city", ""), book=rule_book())
        if known and given.get("area") and given["area"] not in known:
            words = "、".join(word for code, word in AREAS.items() if code in known)
            self.add_error("area", f"这座城市分的是：{words}，请选其中一项")
        return given

    def asked(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        given["people"] = int(given["people"])
        return {"kind": "rent", "on": timezone.localdate().isoformat(), **given}


@require_safe
def repayment(request: HttpRequest) -> HttpResponse:
    """One statement a minute, for the cities."""
    form = RepaymentForm(request.GET or None)
    context = _context(form, "repayment", "公积金贷款月供多少？", "算一算")
    if found := context.get("answer"):
        context |= _plan(found, form)
    return render(request, "portal/housing_fund/sum.html", context)


@require_safe
def rent(request: HttpRequest) -> HttpResponse:
    """One statement a minute, for the cities."""
    context = _context(RentForm(request.GET or None), "rent", "租房一年能提多少公积金？", "算一算")
    return render(request, "portal/housing_fund/sum.html", context)


def _context(form: RepaymentForm | RentForm, kind: str, title: str, submit: str) -> dict[str, Any]:
    context: dict[str, Any] = {
        "crumbs": CRUMBS,
        "form": form,
        "kind": kind,
        "heading": title,
        "submit": submit,
        "tabs": tabs(kind),
    }
    if form.is_bound and form.is_valid():
        context["answer"] = answered(form.asked())
    return context


def _plan(found: Answer, form: RepaymentForm) -> dict[str, Any]:
    """The first year month by month, and the last month."""
    if not found.ok:
        return {}
    plan = [
        {name: Decimal(value) if name != "number" else value for name, value in each.items()}
        for each in found.raw["plan"]
    ]
    shown = plan[:SHOWN_MONTHS]
    return {
        "plan": shown + (plan[-1:] if len(plan) > SHOWN_MONTHS else []),
        "months": len(plan),
        "rate": found.raw["rate"],
        "interest": Decimal(found.raw["interest"]),
        "falls": form.cleaned_data["method"] == "equal_principal",
    }
