"""The ten steps of docs/medical.md, one function each, over the rules as one bill reads them.

Rounded half up to the fen are, and only are: each 先行自付 amount, the deductible after its steps, each
fund's payment. Classes and bands are added unrounded before a fund's payment is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .above import Above, above
from .bill import ZERO, Bill, BillRefused, YearToDate, to_fen
from .deductible import Deductible, deductible_of
from .ratios import Ratio, ratio_of
from .reading import Reading
from .rules.words import VISITS

ONE = Decimal(1)


@dataclass(frozen=True)
class Scope:
    """Step 1: what is inside the policy's scope, after own pay, over-limit and 先行自付.

    parts: (class, amount after the deductible) where classes are paid differently, else empty.
    """

    preself: Decimal
    off_top: Decimal
    scope: Decimal
    dedc: Decimal
    parts: tuple[tuple[str, Decimal], ...] = ()

    @property
    def base(self) -> Decimal:
        return self.scope - self.dedc


@dataclass(frozen=True)
class Sums:
    """What the steps came to; `explanation` puts words to it."""

    bill: Bill
    kind: str
    scope: Scope
    deductible: Deductible
    ratio: Ratio
    entitled: Decimal
    cap: Decimal | None
    cap_left: Decimal | None
    hifp: Decimal
    above: Above
    psn_part: Decimal
    acct: Decimal
    mulaid: Decimal
    year: YearToDate
    year_after: YearToDate

    @property
    def fund(self) -> Decimal:
        return self.hifp + self.above.hifob + self.above.hifmi

    @property
    def cash(self) -> Decimal:
        return self.psn_part - self.acct - self.mulaid

    @property
    def amounts(self) -> dict[str, Decimal]:
        """What differs between outcomes: who pays how much."""
        return {
            "preselfpay_amt": self.scope.preself,
            "inscp_scp_amt": self.scope.scope,
            "act_pay_dedc": self.scope.dedc,
            "hifp_pay": self.hifp,
            "hifob_pay": self.above.hifob,
            "hifmi_pay": self.above.hifmi,
            "fund_pay_sumamt": self.fund,
            "psn_part_amt": self.psn_part,
            "psn_cash_pay": self.cash,
        }


def reckon(bill: Bill, year: YearToDate, look: Reading) -> Sums:
    """All ten steps. Raises RuleMissing and BillRefused."""
    kind = "outpatient" if bill.visit == "pharmacy" else bill.visit
    reduction = _reduction(bill, kind, look)
    deductible = deductible_of(bill, year, kind, reduction, look)
    scope = _scope(bill, deductible.due, reduction, look)
    ratio = ratio_of(bill, year, kind, scope, reduction, look)
    entitled = to_fen(ratio.paid)
    cap, left = _cap(year, kind, look)
    hifp = entitled if left is None else min(entitled, left)
    beyond = above(bill, year, kind, scope, ratio.paid, hifp, reduction, look)
    psn_part = bill.medfee_sumamt - hifp - beyond.hifob - beyond.hifmi - bill.hosp_part_amt
    if psn_part < 0:
        raise BillRefused("hosp_part", "医院负担的金额超过了基金支付以后剩下的费用。")
    acct = min(psn_part, bill.account_balance)
    mulaid = min(psn_part - acct, bill.family_balance)
    return Sums(
        bill, kind, scope, deductible, ratio, entitled, cap, left, hifp, beyond, psn_part, acct,
        mulaid, year, _counted(bill, year, kind, scope, hifp, beyond),
    )  # fmt: skip


def _reduction(bill: Bill, kind: str, look: Reading) -> dict[str, Any]:
    """What treatment away from home costs; {} where nothing is lowered. `home` is never lowered."""
    if bill.filing == "home":
        return {}
    value = look.value(f"{kind}.reduction")
    return {} if value == "none" else value


def _scope(bill: Bill, due: Decimal, reduction: dict[str, Any], look: Reading) -> Scope:
    """Steps 1 to 3, in the order that the pool's rule says."""
    order = look.value("settlement.order")
    shape, given = next(iter(order.items())) if isinstance(order, dict) else (order, [])
    listed = sum((item.amount for item in bill.items), ZERO)
    if bill.items and listed != bill.medfee_sumamt and given != "apart":
        raise BillRefused(
            "items", f"明细合计 {listed:.2f} 元，与医疗费总额 {bill.medfee_sumamt:.2f} 元不一致。"
        )
    if shape == "interface":
        found = _interface(bill, due, reduction)
    elif not bill.items:
        raise BillRefused("items_needed", "这里按药品类别分别计算，需要逐项费用明细（items）。")
    elif shape == "gross_class":
        found = _off_gross(bill, due, given)
    else:
        found = _by_class(bill, due, given)
    if shape != "interface" and "off_top" in reduction:
        raise BillRefused("order", "先自付一定比例的降低方式，不能和按类别计算的顺序同时使用。")
    return found


def _interface(bill: Bill, due: Decimal, reduction: dict[str, Any]) -> Scope:
    """先行自付 off first, the deductible off what is inside the scope."""
    scope = bill.inscp_scp_amt
    off = to_fen(scope * reduction["off_top"]["share"]) if "off_top" in reduction else ZERO
    return Scope(bill.preselfpay_amt + off, off, scope - off, min(scope - off, due))


def _gross(bill: Bill) -> dict[str, Decimal]:
    """Class → what it pays on before 先行自付; 丙 pays on nothing."""
    found: dict[str, Decimal] = {}
    for item in bill.items:
        if item.fee_class != "丙":
            found[item.fee_class] = found.get(item.fee_class, ZERO) + item.gross
    return found


def _off_gross(bill: Bill, due: Decimal, classes: list[str]) -> Scope:
    """JZ-01: the deductible comes off the gross class amounts, 先行自付 off what is left of them."""
    left, preself = due, ZERO
    order = {name: nth for nth, name in enumerate(classes)}
    for item in sorted(bill.items, key=lambda each: order.get(each.fee_class, len(order))):
        if item.fee_class == "丙":
            continue
        taken = min(item.gross, left) if item.fee_class in order else ZERO
        left -= taken
        preself += to_fen((item.gross - taken) * item.preself_ratio)
    whole = bill.medfee_sumamt - bill.fulamt_ownpay_amt - bill.overlmt_selfpay
    return Scope(preself, ZERO, whole - preself, due - left)


def _by_class(bill: Bill, due: Decimal, given: Any) -> Scope:
    """WH-01: each class is paid at its own ratio. `apart`: the classes are told without the deductible,
    which is what the total has beyond them; else it comes off the classes in the order given."""
    gross = _gross(bill)
    parts = {
        name: amount - sum((i.preself for i in bill.items if i.fee_class == name), ZERO)
        for name, amount in gross.items()
    }
    scope = bill.inscp_scp_amt
    if given == "apart":
        told_apart = scope - sum(parts.values(), ZERO)
        if told_apart != min(scope, due):
            raise BillRefused(
                "apart", f"总额与各类费用之差 {told_apart} 元，应等于起付线 {min(scope, due)} 元。"
            )
        return Scope(bill.preselfpay_amt, ZERO, scope, told_apart, tuple(parts.items()))
    left = due
    for name in given or sorted(parts):
        taken = min(parts.get(name, ZERO), left)
        parts[name] = parts.get(name, ZERO) - taken
        left -= taken
    return Scope(bill.preselfpay_amt, ZERO, scope, due - left, tuple(parts.items()))


def _cap(year: YearToDate, kind: str, look: Reading) -> tuple[Decimal | None, Decimal | None]:
    """Step 4: the fund's cap of the year and what is left of it; None where there is or is known none."""
    cap = look.value("outpatient.cap" if kind == "outpatient" else "fund.cap")
    if not isinstance(cap, Decimal):
        return None, None
    used = year.outpatient_hifp_pay if kind == "outpatient" else year.hifp_pay
    return cap, max(cap - used, ZERO)


def _counted(
    bill: Bill, year: YearToDate, kind: str, scope: Scope, hifp: Decimal, beyond: Above
) -> YearToDate:
    if kind == "outpatient":
        return replace(
            year,
            outpatient_dedc=year.outpatient_dedc + scope.dedc,
            outpatient_hifp_pay=year.outpatient_hifp_pay + hifp,
        )
    after = replace(
        year,
        inscp_scp_amt=year.inscp_scp_amt + scope.scope,
        hifp_pay=year.hifp_pay + hifp,
        over_cap=year.over_cap + beyond.over,
        hifob_pay=year.hifob_pay + beyond.hifob,
        hifmi_pay=year.hifmi_pay + beyond.hifmi,
        scope_selfpay=year.scope_selfpay + beyond.selfpay,
    )
    if kind == "chronic":
        return replace(after, chronic_dedc=year.chronic_dedc + scope.dedc)
    # The second part of a stay across the year's end is no further admission.
    stays = year.admissions + (bill.stay_dedc is None)
    return replace(after, admissions=stays, act_pay_dedc=year.act_pay_dedc + scope.dedc)


def refuse_contradictions(bill: Bill, year: YearToDate) -> None:
    """Raises BillRefused where the bill or the year cannot be as they are told."""
    named = {
        "medfee_sumamt": bill.medfee_sumamt, "fulamt_ownpay_amt": bill.fulamt_ownpay_amt,
        "overlmt_selfpay": bill.overlmt_selfpay, "preselfpay_amt": bill.preselfpay_amt,
        "account_balance": bill.account_balance, "family_balance": bill.family_balance,
        "hosp_part_amt": bill.hosp_part_amt, "stay_dedc": bill.stay_dedc or ZERO,
    }  # fmt: skip
    for name, amount in named.items():
        if not amount.is_finite() or amount < 0:
            raise BillRefused("amount", f"{name} 应为不小于零的金额。")
        if amount != to_fen(amount):
            raise BillRefused("fen", f"{name} 应精确到分，不能有更小的数。")
    if bill.visit not in VISITS:
        raise BillRefused("visit", f"不认识的就医类别：{bill.visit}。")
    if bill.inscp_scp_amt < 0:
        raise BillRefused("split", "全自费、超限价和先行自付加起来超过了医疗费总额。")
    if bill.admission_no < 1:
        raise BillRefused("admission_no", "住院次数应从 1 开始。")
    if bill.filing == "home" and not bill.is_inside:
        raise BillRefused("filing", "在参保地以外就医，不能按本地就医结算。")
    if year.below_zero:
        raise BillRefused("year", f"年度累计 {year.below_zero} 不能小于零。")
