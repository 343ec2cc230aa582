"""Answers that may be right and look as if they were not: said once, and nothing is refused.

A bank card's last digit is a check digit (GB/T 15694.1), but pass-book accounts, which the same
benefits are paid to, and some banks' old cards have none. Refusing them would keep somebody from
their money, so a number that fails is only asked to be looked at again.
"""

from collections.abc import Mapping
from typing import Any

from stdnum import luhn

from matters.catalogue.definition import Definition


def doubts(definition: Definition, cleaned: Mapping[str, Any]) -> list[str]:
    """A sentence for every answer that deserves a second look."""
    return [
        f"“{field.label}”的最后一位校验不符，请再核对一遍；如果是存折账号或老卡，可以不管这条提示。"
        for field in definition.fields
        if field.kind == "bank_card" and (number := cleaned.get(field.code))
        if not luhn.is_valid(str(number))
    ]
