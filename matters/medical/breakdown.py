"""What a settlement answers: amounts by their national names, the rules behind them, the words for them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from matters.rules import CERTAINTIES

from .bill import ZERO, YearToDate, to_fen

# The parts of fund_pay_sumamt, in the order in which they are reckoned.
FUNDS = {
    "hifp_pay": "基本医保统筹基金",
    "cvlserv_pay": "公务员医疗补助",
    "hifob_pay": "大额医疗费用补助（互助）",
    "hifmi_pay": "大病保险",
    "hifes_pay": "企业补充医疗保险",
    "maf_pay": "医疗救助",
    "oth_pay": "其他基金",
}
# All amounts of a breakdown by their national names, in the order of the ten steps.
AMOUNTS = {
    "medfee_sumamt": "医疗费总额",
    "fulamt_ownpay_amt": "全自费",
    "overlmt_selfpay": "超限价自费",
    "preselfpay_amt": "先行自付",
    "inscp_scp_amt": "符合政策范围",
    "act_pay_dedc": "起付线",
    **FUNDS,
    "fund_pay_sumamt": "基金支付合计",
    "hosp_part_amt": "医院负担",
    "psn_part_amt": "个人负担",
    "acct_pay": "个人账户支付",
    "acct_mulaid_pay": "家庭共济账户支付",
    "psn_cash_pay": "个人现金支付",
}


@dataclass(frozen=True)
class Line:
    """One amount explained: its national name, its label, yuan, and a sentence for the patient."""

    amount_name: str
    label: str
    amount: Decimal
    text: str


@dataclass(frozen=True)
class FundLine:
    """One row of setldetail. fund_pay_type: the amount's name; crt_payb_lmt_amt: what the fund could
    still pay before this settlement, None where no limit is known."""

    fund_pay_type: str
    fund_payamt: Decimal
    inscp_scp_amt: Decimal
    crt_payb_lmt_amt: Decimal | None
    setl_proc_info: str


@dataclass(frozen=True)
class UsedRule:
    """One rule row as it was used: enough to explain the figure years later.

    certainty: certain | probable | uncertain | recall; bears: False where every claimed value
    gives the same amounts, so that the sum does not rest on it."""

    id: str
    key: str
    pool: str
    value: str
    label: str
    certainty: str
    source: str
    span: str
    bears: bool = True


@dataclass(frozen=True)
class Doubt:
    """Something that may be otherwise. amounts: what would be paid then ({} where nobody can say)."""

    key: str
    text: str
    amounts: dict[str, Decimal]


@dataclass(frozen=True)
class Breakdown:
    """One settlement's amounts, yuan to the fen. `negated()` is its reversal: every amount minus.

    base: inscp_scp_amt less the deductible; ratio: the fund's share of it, after bonus and reduction.
    """

    medfee_sumamt: Decimal
    fulamt_ownpay_amt: Decimal
    overlmt_selfpay: Decimal
    preselfpay_amt: Decimal
    inscp_scp_amt: Decimal
    act_pay_dedc: Decimal
    base: Decimal
    ratio: Decimal
    hifp_pay: Decimal
    hifob_pay: Decimal
    hifmi_pay: Decimal
    fund_pay_sumamt: Decimal
    hosp_part_amt: Decimal
    psn_part_amt: Decimal
    acct_pay: Decimal
    acct_mulaid_pay: Decimal
    psn_cash_pay: Decimal
    year_before: YearToDate
    year_after: YearToDate
    cvlserv_pay: Decimal = ZERO
    hifes_pay: Decimal = ZERO
    maf_pay: Decimal = ZERO
    oth_pay: Decimal = ZERO
    fund_lines: tuple[FundLine, ...] = ()
    explanation: tuple[Line, ...] = ()
    rules: tuple[UsedRule, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    sign: int = 1

    @property
    def amounts(self) -> dict[str, Decimal]:
        """All amounts by national name, in the order of the ten steps."""
        return {name: getattr(self, name) for name in AMOUNTS}

    @property
    def counted(self) -> YearToDate:
        """What this settlement adds to the year; a reversal takes the same away."""
        return self.year_after - self.year_before

    def broken_invariant(self) -> str:
        """The first of the four invariants (docs/medical.md) that does not hold; "" where all do."""
        parts = self.fulamt_ownpay_amt + self.overlmt_selfpay + self.preselfpay_amt
        lines = sum((line.fund_payamt for line in self.fund_lines), ZERO)
        funds = sum((getattr(self, name) for name in FUNDS), ZERO)
        borne = self.fund_pay_sumamt + self.psn_part_amt + self.hosp_part_amt
        paid = self.acct_pay + self.acct_mulaid_pay + self.psn_cash_pay
        held = {
            "medfee = ownpay + overlmt + preselfpay + inscp": (
                self.medfee_sumamt == parts + self.inscp_scp_amt
            ),
            "medfee = fund + person + hospital": self.medfee_sumamt == borne,
            "person = account + family + cash": self.psn_part_amt == paid,
            "lines = fund": lines == funds == self.fund_pay_sumamt,
        }
        return next((name for name, holds in held.items() if not holds), "")

    def negated(self) -> Breakdown:
        """The reversal: the same rules, every amount with the other sign, the year as it was before."""
        minus = {name: -amount for name, amount in self.amounts.items()}
        return replace(
            self,
            **minus,  # type: ignore[arg-type]
            base=-self.base,
            year_before=self.year_after,
            year_after=self.year_before,
            fund_lines=tuple(
                replace(line, fund_payamt=-line.fund_payamt, inscp_scp_amt=-line.inscp_scp_amt)
                for line in self.fund_lines
            ),
            explanation=tuple(
                replace(line, amount=-line.amount, text="冲回：" + line.text)
                for line in self.explanation
            ),
            doubts=(),
            sign=-self.sign,
        )

    def as_json(self) -> dict[str, Any]:
        """JSON-ready: amounts as text to the fen, by national names at the top."""
        named = {name: _text(amount) for name, amount in self.amounts.items()}
        return named | {
            "base": _text(self.base),
            "ratio": str(self.ratio),
            "setldetail": [_line(line) for line in self.fund_lines],
            "explanation": [_line(line) for line in self.explanation],
            "rules": [
                _line(rule) | {"certainty_text": CERTAINTIES[rule.certainty]} for rule in self.rules
            ],
            "doubts": [doubt_json(doubt) for doubt in self.doubts],
            "ytd": self.year_after.as_json(),
        }


def doubt_json(doubt: Doubt) -> dict[str, Any]:
    amounts = {name: _text(amount) for name, amount in doubt.amounts.items()}
    return {"key": doubt.key, "text": doubt.text, "amounts": amounts}


def _line(line: FundLine | Line | UsedRule) -> dict[str, Any]:
    return {each.name: _plain(getattr(line, each.name)) for each in fields(line)}


def _plain(value: Any) -> Any:
    return _text(value) if isinstance(value, Decimal) else value


def _text(amount: Decimal) -> str:
    return str(to_fen(amount))
