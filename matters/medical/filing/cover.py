"""Benefit standing 待遇状态: whether somebody's cover pays on a day, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matters.medical.models import Freeze, Insured
from tongban.templatetags.formats import zh_date

Cover = Literal["ok", "frozen", "not_insured"]


@dataclass(frozen=True)
class Benefit:
    """What the register says of a day. `freeze` is the row that stands in the way, if one does.

    `may_claim_by_hand`: fees of a frozen day that was paid back and covered go to 手工报销.
    """

    status: Cover
    sentence: str
    freeze: Freeze | None = None

    @property
    def is_ok(self) -> bool:
        return self.status == "ok"

    @property
    def may_claim_by_hand(self) -> bool:
        return self.is_ok or (self.freeze is not None and self.freeze.is_covered)


def benefit_standing(*, insured: Insured, on: date) -> Benefit:
    """Whether the person's benefits stand on that day. One statement.

    A freeze 待遇封锁 counts from its first day until the day before it ends; direct settlement stays
    refused for its days even when they are paid back later.
    """
    if insured.valid_from > on or (insured.valid_to is not None and insured.valid_to <= on):
        return Benefit("not_insured", _not_insured(insured, on))
    if insured.pk is None:
        return Benefit("ok", "未核对参保状态。")
    freezes = Freeze.objects.filter(insured=insured, from_on__lte=on).order_by("-from_on")
    for freeze in freezes:
        if freeze.to_on is None or on < freeze.to_on:
            return Benefit("frozen", _frozen(freeze), freeze)
    return Benefit("ok", "参保状态正常。")


def _not_insured(insured: Insured, on: date) -> str:
    if insured.valid_from > on:
        return f"{zh_date(on)}还没有参保：这项参保从{zh_date(insured.valid_from)}起。"
    ended = insured.valid_to or on
    return f"{zh_date(on)}不在参保期内：这项参保已于{zh_date(ended)}终止。"


def _frozen(freeze: Freeze) -> str:
    until = f"至{zh_date(freeze.to_on)}前" if freeze.to_on else "尚未解除"
    if freeze.is_covered:
        after = "已补缴，这段时间的费用不能直接结算，可以申请手工报销。"
    else:
        after = "其间不能直接结算；补缴后能否报销，以参保地经办机构的认定为准。"
    return f"待遇自{zh_date(freeze.from_on)}起暂停，{until}（{freeze.reason}）；{after}"
