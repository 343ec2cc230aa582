"""Why the ledger does not book: nothing has changed when one of these is raised.

None holds a name or a number of a person, so that they may be logged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matters.medical.models import Settlement


class NotBooked(Exception):
    """`code` is stable; `sentence` is Chinese, for whoever asked."""

    code = "NOT_BOOKED"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class AmountsDiffer(NotBooked):
    """What is computed now is not what was agreed: `differences` = {amount: (agreed, now)}."""

    code = "AMOUNTS_DIFFER"

    def __init__(self, differences: Mapping[str, tuple[Decimal, Decimal]]) -> None:
        said = "、".join(f"{name} {was}→{now}" for name, (was, now) in differences.items())
        super().__init__(f"结算金额与预结算不一致，请重新预结算：{said}")
        self.differences = dict(differences)


class AlreadySettled(NotBooked):
    """The visit has a live settlement in this calendar year: `settlement`."""

    code = "ALREADY_SETTLED"

    def __init__(self, settlement: Settlement) -> None:
        super().__init__(f"该就诊已经结算（结算编号 {settlement.setl_id}），不能重复结算。")
        self.settlement = settlement


class KeyTaken(NotBooked):
    """The key stands for another order, person or act."""

    code = "KEY_TAKEN"

    def __init__(self) -> None:
        super().__init__("该报文号已用于另一笔业务，请更换报文号。")


class OutOfOrder(NotBooked):
    """A day that cannot be: discharge before admission, or a stay whose earlier part is missing."""

    code = "OUT_OF_ORDER"


class NotTheLast(NotBooked):
    """Later settlements rest on this one: `first` are those to reverse before it, in that order."""

    code = "NOT_THE_LAST"

    def __init__(self, first: Sequence[Settlement]) -> None:
        said = "、".join(later.setl_id for later in first)
        super().__init__(f"该人其后的结算以这一笔为基础，请先依次撤销：{said}")
        self.first = tuple(first)


class AlreadyReversed(NotBooked):
    """A negative entry took it back before: `reversal`."""

    code = "ALREADY_REVERSED"

    def __init__(self, reversal: Settlement) -> None:
        super().__init__(f"该笔结算已经撤销（负记录 {reversal.setl_id}）。")
        self.reversal = reversal


class MonthDeclared(NotBooked):
    """Its clearing month is declared: it is no longer reversed but refunded (`refund_after_declaration`)."""

    code = "MONTH_DECLARED"

    def __init__(self, month: str) -> None:
        super().__init__(f"{month} 清算月份已申报，不能撤销结算；请按清算后退费办理。")
        self.month = month


class MonthNotDeclared(NotBooked):
    """Its clearing month is still open: it is reversed, not refunded."""

    code = "MONTH_NOT_DECLARED"

    def __init__(self) -> None:
        super().__init__("该笔结算尚未申报清算，请直接撤销结算。")


class NotReversible(NotBooked):
    """A negative entry is not taken back itself: settle anew."""

    code = "NOT_REVERSIBLE"

    def __init__(self) -> None:
        super().__init__("负记录不能再撤销；需要时请重新结算。")
