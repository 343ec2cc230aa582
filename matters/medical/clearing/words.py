"""What funds and kinds of insurance are called on papers and pages of the clearing."""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist

from matters.medical.models import Insured, Settlement

ACCOUNT = "account"


def fund_word(code: str) -> str:
    """A fund by its name in the national interface: 基本医疗保险统筹基金."""
    if code == ACCOUNT:
        return "个人账户"
    try:
        word = str(Settlement._meta.get_field(code).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return code
    return word.removesuffix("支出")


def type_word(insured_type: str) -> str:
    return str(dict(Insured.Type.choices).get(insured_type, insured_type))
