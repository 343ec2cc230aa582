"""Words of the clearing's pages."""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist

from matters.medical.models import ClearingLine, Insured, Settlement

from ..words import PROVINCE_SHORT

ACCOUNT = "account"
# The advance's lamp: its words and the kind of their tag.
LAMPS = {
    "none": ("没有预付金", ""),
    "green": ("正常", "good"),
    "yellow": ("黄色预警", "warn"),
    "red": ("红色预警，应紧急追加", "bad"),
}
KINDS = {
    ClearingLine.Status.OPEN: "info",
    ClearingLine.Status.DISPUTED: "warn",
    ClearingLine.Status.DECLARED: "good",
}


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


def pair_word(treated: str, insured: str) -> str:
    """'川就医 → 渝参保'."""
    return (
        f"{PROVINCE_SHORT.get(treated, treated)}就医 → {PROVINCE_SHORT.get(insured, insured)}参保"
    )
