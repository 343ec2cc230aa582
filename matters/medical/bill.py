"""What is asked to be settled, and what the calendar year had counted before. Pure: no SQL, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

FEN = Decimal("0.01")
ZERO = Decimal("0.00")


def to_fen(amount: Decimal) -> Decimal:
    """Half up to the fen, as the sources print; a negative amount mirrors its positive one."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


class BillRefused(Exception):
    """A bill that cannot be settled as it stands. code: for machines; sentence: Chinese, for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True)
class Item:
    """One fee line. fee_class: 甲, 乙, 丙, or a class that the pool's rules name; amounts in yuan.

    over_limit 超限价: comes off first; preself_ratio 先行自付比例 is of what is left (丙: all of it is own pay).
    """

    name: str
    fee_class: str
    amount: Decimal
    over_limit: Decimal = ZERO
    preself_ratio: Decimal = ZERO

    @property
    def ownpay(self) -> Decimal:
        return self.amount if self.fee_class == "丙" else ZERO

    @property
    def overlmt(self) -> Decimal:
        return ZERO if self.fee_class == "丙" else self.over_limit

    @property
    def gross(self) -> Decimal:
        """What the class pays on, before 先行自付."""
        return self.amount - self.ownpay - self.overlmt

    @property
    def preself(self) -> Decimal:
        return to_fen(self.gross * self.preself_ratio)


@dataclass(frozen=True)
class Bill:
    """One visit's fees, split by the catalogue of the place of treatment (docs/medical.md, step 1).

    pool: region code of the 统筹区 that insures. person_class: a class of that pool's file; more facts
    are joined by '+' (`tier_1+minor`). on: day of discharge (inpatient) or of service; by it rules
    are looked up. age None: not told. treated_at: region code; "" counts as outside the pool unless
    the filing is `home`. items may be left out; where they are given they make the four sums.
    plans: supplementary insurances that the person has, by the names of their rules.
    stay_dedc: what an earlier settlement of the same stay bore of its deductible (a stay across the
    year's end is settled at 12-31; one deductible); then this is no further admission of the year.
    None: the stay's first settlement.
    """

    pool: str
    insured_type: str
    person_class: str
    level: str
    visit: str
    on: dt.date
    filing: str
    medfee_sumamt: Decimal
    fulamt_ownpay_amt: Decimal = ZERO
    overlmt_selfpay: Decimal = ZERO
    preselfpay_amt: Decimal = ZERO
    age: int | None = None
    is_tcm: bool = False
    admission_no: int = 1
    treated_at: str = ""
    disease: str = ""
    account_balance: Decimal = ZERO
    family_balance: Decimal = ZERO
    hosp_part_amt: Decimal = ZERO
    items: tuple[Item, ...] = ()
    plans: tuple[str, ...] = ()
    stay_dedc: Decimal | None = None

    @property
    def inscp_scp_amt(self) -> Decimal:
        return (
            self.medfee_sumamt - self.fulamt_ownpay_amt - self.overlmt_selfpay - self.preselfpay_amt
        )

    @property
    def is_inside(self) -> bool:
        """Treated in the pool that insures. 重庆 is one pool; a 四川 city is one with its counties."""
        if not self.treated_at:
            return self.filing == "home"
        width = 2 if self.pool.endswith("0000") else 4
        return self.treated_at[:width] == self.pool[:width]

    def with_items(self, items: Iterable[Item]) -> Bill:
        """The same bill with these lines and the four sums that they make."""
        lines = tuple(items)
        return replace(
            self,
            items=lines,
            fulamt_ownpay_amt=sum((line.ownpay for line in lines), ZERO),
            overlmt_selfpay=sum((line.overlmt for line in lines), ZERO),
            preselfpay_amt=sum((line.preself for line in lines), ZERO),
        )


@dataclass(frozen=True)
class YearToDate:
    """What a person's calendar year has counted so far; what decides the next settlement.

    admissions: inpatient stays settled. act_pay_dedc: deductibles borne for them (for information).
    outpatient_dedc, chronic_dedc: of the year's deductible already borne. hifp_pay: paid by the fund
    against its year's cap (inpatient and chronic); outpatient_hifp_pay: against the outpatient cap.
    inscp_scp_amt: inside the policy's scope (inpatient and chronic); over_cap: of it, beyond the fund's
    cap. hifob_pay, hifmi_pay: paid by 大额/互助 and 大病. scope_selfpay: borne by the person inside the
    scope (inpatient and chronic), before 大病, which looks at it.
    """

    admissions: int = 0
    act_pay_dedc: Decimal = ZERO
    outpatient_dedc: Decimal = ZERO
    chronic_dedc: Decimal = ZERO
    inscp_scp_amt: Decimal = ZERO
    hifp_pay: Decimal = ZERO
    over_cap: Decimal = ZERO
    outpatient_hifp_pay: Decimal = ZERO
    hifob_pay: Decimal = ZERO
    hifmi_pay: Decimal = ZERO
    scope_selfpay: Decimal = ZERO

    def as_json(self) -> dict[str, Any]:
        """Amounts as text, to the fen."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> YearToDate:
        """Raises KeyError for a name that is none of ours, ValueError for what is no amount ≥ 0."""
        known = {each.name for each in fields(cls)}
        strange = sorted(set(read) - known)
        if strange:
            raise KeyError(strange[0])
        values: dict[str, Any] = {
            name: int(value) if name == "admissions" else Decimal(str(value))
            for name, value in read.items()
        }
        year = cls(**values)
        if year.below_zero:
            raise ValueError(year.below_zero)
        return year

    @property
    def below_zero(self) -> str:
        """The first counter that is below zero; "" where all is well. A difference may have some."""
        return next((each.name for each in fields(self) if getattr(self, each.name) < 0), "")

    def __add__(self, other: YearToDate) -> YearToDate:
        return self._with(other, 1)

    def __sub__(self, other: YearToDate) -> YearToDate:
        """The difference: what one settlement added, if `other` was before it."""
        return self._with(other, -1)

    def _with(self, other: YearToDate, sign: int) -> YearToDate:
        return YearToDate(
            **{
                each.name: getattr(self, each.name) + sign * getattr(other, each.name)
                for each in fields(self)
            }
        )


def _plain(value: int | Decimal) -> int | str:
    return value if isinstance(value, int) else str(to_fen(value))
