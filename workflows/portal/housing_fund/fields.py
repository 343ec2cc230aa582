"""Fields that the fund's forms share: amounts, small numbers, cities. Their mistakes say what to do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from matters.catalogue.form_fields import MoneyField
from matters.catalogue.regions import POOL, Grouped, region_choices
from matters.housing_fund.words import rule_book

# A centre of its own beside 成都's, at no city of its own.
PROVINCIAL = "510001"
CHOOSE = {"required": "请选择一项", "invalid_choice": "请从所列的选项中选一项"}


def amount(label: str, *, required: bool = True, help_text: str = "", **more: Any) -> MoneyField:
    words = "请填写金额，例如 1200.50"
    return MoneyField(
        label=label,
        help_text=help_text,
        required=required,
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "w-8"}),
        error_messages={
            "required": words,
            "invalid": words,
            "min_value": "金额不能小于 0",
            **dict.fromkeys(("max_digits", "max_whole_digits"), "金额过大"),
            "max_decimal_places": "金额最多两位小数",
        },
        **more,
    )


def number(
    label: str, least: int, most: int, *, required: bool = True, help_text: str = "", **more: Any
) -> forms.IntegerField:
    words = f"请填写 {least} 到 {most} 之间的整数"
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=least,
        max_value=most,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "w-4"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
        **more,
    )


def choice(label: str, choices: Any, *, help_text: str = "", **more: Any) -> forms.ChoiceField:
    """Side by side."""
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        help_text=help_text,
        widget=forms.RadioSelect({"class": "choices-inline"}),
        error_messages=CHOOSE,
        **more,
    )


class CityField(forms.ChoiceField):
    """A loan centre: 重庆, a city of 四川, or 四川省级."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label=label, error_messages=CHOOSE, choices=_cities, **more)


def _cities() -> list[Any]:
    """One statement a minute."""
    offered: Grouped = region_choices(POOL)
    name = rule_book().name_of(PROVINCIAL)
    return [("", "请选择"), *offered, ("其他公积金中心", [(PROVINCIAL, name)])]
