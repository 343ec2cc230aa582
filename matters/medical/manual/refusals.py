"""Why a claim is not paid, or not yet: the codes of medical.md §6, each with its words and its handling.

The codes go into events, documents and the API as they are; people read the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

# refuse: 不予受理 or 不予支付. return: 退回补正. correct: the applicant corrects the account.
# claw_back: after payment.
Handling = Literal["refuse", "return", "correct", "claw_back"]

DUP_INVOICE = "DUP_INVOICE"
ALREADY_SETTLED = "ALREADY_SETTLED"
BENEFIT_FROZEN = "BENEFIT_FROZEN"
NOT_INSURED_ON_DATE = "NOT_INSURED_ON_DATE"
LATE = "LATE"
THIRD_PARTY = "THIRD_PARTY"
NOT_DESIGNATED = "NOT_DESIGNATED"
AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
ACCOUNT_FAIL = "ACCOUNT_FAIL"
OVERPAID = "OVERPAID"


@dataclass(frozen=True)
class Ground:
    """One code: what it is called, what an office does about it, and what the person can do."""

    code: str
    name: str
    handling: Handling
    advice: str


ANOTHER_WAY = (
    "应由第三人负担的向责任方主张，工伤向工伤保险申请；责任方不支付或无法确定的，可以申请先行支付；"
    "困难人员可以申请医疗救助。"
)
GROUNDS: dict[str, Ground] = {
    ground.code: ground
    for ground in (
        Ground(DUP_INVOICE, "发票已申报", "refuse", "同一张发票在两省市只能申报一次，请按先申报的办件办理。"),
        Ground(ALREADY_SETTLED, "已直接结算", "refuse", "已经直接结算的费用不再报销；医院撤销直接结算后可以重新申报。"),
        Ground(BENEFIT_FROZEN, "待遇暂停期间", "refuse", "补缴并经参保地认定后，可以重新申报或申请复核。"),
        Ground(NOT_INSURED_ON_DATE, "就医时不在参保期", "refuse", "请核对参保地和参保时间；在别处参保的，向那里申报。"),
        Ground(LATE, "超过申报期限", "refuse", "有特殊原因的，请写明原因并附证明，由参保地认定。"),
        Ground(THIRD_PARTY, "不属于基本医保支付范围", "refuse", ANOTHER_WAY),
        Ground(NOT_DESIGNATED, "非定点机构且不是急诊", "refuse", "急诊抢救的，请交急诊病历或诊断证明。"),
        Ground(AMOUNT_MISMATCH, "清单与发票金额不一致", "return", "请医院核对后，一次交齐金额一致的费用清单和发票。"),
        Ground(ACCOUNT_FAIL, "银行账户退票", "correct", "请更正收款账户，更正后重新支付。"),
        Ground(OVERPAID, "多付", "claw_back", "请按追回通知退回多付的金额。"),
    )
}  # fmt: skip
REFUSALS = tuple(code for code, ground in GROUNDS.items() if ground.handling == "refuse")


@dataclass(frozen=True)
class Finding:
    """One ground that holds for one claim, with what it rests on.

    more: `first_case` and `first_office` of an invoice that was claimed before, `deadline`, `doubt`.
    """

    code: str
    sentence: str
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ground(self) -> Ground:
        return GROUNDS[self.code]

    def as_json(self) -> dict[str, Any]:
        ground = self.ground
        return {
            "code": self.code,
            "name": ground.name,
            "handling": ground.handling,
            "advice": ground.advice,
            "sentence": self.sentence,
            **self.more,
        }
