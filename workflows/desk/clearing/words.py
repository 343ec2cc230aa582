"""Words of the clearing's pages."""

from __future__ import annotations

from matters.medical.clearing.words import fund_word, type_word
from matters.medical.models import ClearingLine

from ..words import PROVINCE_SHORT

# The advance's lamp: its words and the kind of their tag.
LAMPS = {
    "none": ("没有预付金", ""),
    "green": ("正常", "good"),
    "yellow": ("黄色预警", "warn"),
    "red": ("红色预警，应紧急追加", "bad"),
}
__all__ = ["KINDS", "LAMPS", "fund_word", "pair_word", "type_word"]

KINDS = {
    ClearingLine.Status.OPEN: "info",
    ClearingLine.Status.DISPUTED: "warn",
    ClearingLine.Status.DECLARED: "good",
}


def pair_word(treated: str, insured: str) -> str:
    """'川就医 → 渝参保'."""
    return (
        f"{PROVINCE_SHORT.get(treated, treated)}就医 → {PROVINCE_SHORT.get(insured, insured)}参保"
    )
