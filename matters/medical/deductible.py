"""The deductible 起付线: what is due of it on this bill, by level, admission, year and reduction."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .bill import ZERO, Bill, YearToDate, to_fen
from .reading import Reading
from .rules.shapes import PER

ONE = Decimal(1)


@dataclass(frozen=True)
class Deductible:
    """standard: of the hospital's level; stepped: after repeat admissions; amount: after the reduction;
    borne: of it borne before (this year, or this stay); due: what is still due."""

    standard: Decimal
    stepped: Decimal
    amount: Decimal
    borne: Decimal
    per: str
    level: str

    @property
    def due(self) -> Decimal:
        return max(self.amount - self.borne, ZERO)


def deductible_of(
    bill: Bill, year: YearToDate, kind: str, reduction: dict[str, Any], look: Reading
) -> Deductible:
    """Level first (a TCM hospital may count as a lower one), then the step for repeat admissions, then
    what treatment away from home adds to it or puts in its place."""
    level = bill.level
    if bill.is_tcm:
        row = look.maybe(f"{kind}.deductible.tcm")
        level = look.of(row).get(level, level) if row else level
    row = look.one(f"{kind}.deductible", level=level)
    standard = _standard(look.of(row), level, look)
    per = PER[row.unit]
    again = per == "visit" and kind == "inpatient" and bill.admission_no > 1
    stepped = repeated(standard, bill.admission_no, kind, level, look) if again else standard
    amount = _reduced(stepped, reduction.get("deductible"))
    return Deductible(standard, stepped, amount, _borne(bill, year, kind, per), per, level)


def _standard(value: Any, level: str, look: Reading) -> Decimal:
    if isinstance(value, Decimal):
        return to_fen(value)
    if "same_as" in value:
        return _standard(look.value(f"{value['same_as']}.deductible", level=level), level, look)
    return to_fen(value["share"] * value["of"])


def repeated(standard: Decimal, nth: int, kind: str, level: str, look: Reading) -> Decimal:
    """The deductible of the nth admission in the year, in the shape that the pool's rule has."""
    if standard == 0:
        return standard
    rule = look.value(f"{kind}.deductible.repeat", level=level)
    times = nth - 1
    match rule["shape"]:
        case "none":
            return standard
        case "waived":
            return ZERO if nth >= rule["from"] else standard
        case "shares":
            return to_fen(standard * rule["shares"][min(times, len(rule["shares"]) - 1)])
        case "linear":
            lower = standard * max(ONE - rule["step"] * times, ZERO)
        case "compound":
            lower = standard * (ONE - rule["step"]) ** times
        case _:
            lower = max(standard - rule["less"] * times, ZERO)
    floor = look.value(f"{kind}.deductible.floor", level=level)
    least = floor if isinstance(floor, Decimal) else ZERO
    # A floor above the standard itself (a file's mistake) never raises it.
    return to_fen(max(lower, min(least, standard)))


def _reduced(amount: Decimal, how: dict[str, Decimal] | None) -> Decimal:
    if not how:
        return amount
    if "replace" in how:
        return to_fen(how["replace"])
    if "add" in how:
        return to_fen(amount + how["add"])
    return to_fen(amount * (ONE + how["percent"]))


def _borne(bill: Bill, year: YearToDate, kind: str, per: str) -> Decimal:
    if per == "visit":
        return bill.stay_dedc or ZERO
    counters = {
        "inpatient": year.act_pay_dedc,
        "outpatient": year.outpatient_dedc,
        "chronic": year.chronic_dedc,
    }
    return counters[kind]
