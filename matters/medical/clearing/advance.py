"""预付金: how much a pair's insured side gives in advance, how much of it is used, and the lamp."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from matters.medical.models import (
    Advance,
    ClearingLine,
    MoneyEntry,
    Side,
    Statement,
)

from .money import OWED
from .terms import Term, term

ZERO = Decimal(0)
FEN = Decimal("0.01")
QUARTER = 3
Pair = tuple[str, str]


@dataclass(frozen=True)
class Size:
    """`base`: the last quarter's statements; `size` = factor × base / 3. months: those with a statement."""

    base: Decimal
    size: Decimal
    months: tuple[str, ...]
    rule: Term


@dataclass(frozen=True)
class Lamp:
    """colour: none (nothing held), green, yellow or red. used: what is owed and has not arrived."""

    held: Decimal
    used: Decimal
    colour: str
    yellow: Term
    red: Term

    @property
    def share(self) -> Decimal | None:
        return self.used / self.held if self.held > 0 else None

    @property
    def top_up(self) -> Decimal:
        """What brings the share back under the yellow mark; 0 where nothing is wanted."""
        wanted = (self.used / self.yellow.figure("share")).quantize(FEN, ROUND_HALF_UP)
        return max(wanted - self.held, ZERO) if self.colour in ("yellow", "red") else ZERO


def size_for(pair: Pair, year: int, on: dt.date) -> Size:
    """The advance of a year from the statements of the last quarter before it. One statement."""
    quarter = [f"{year - 1}-{month}" for month in (10, 11, 12)]
    rows = dict(
        Statement.objects.filter(
            month__treated_province=pair[0],
            month__insured_province=pair[1],
            month__month__in=quarter,
            voided_at=None,
        ).values_list("month__month", "gross")
    )
    rule = term("clearing.advance.size", on)
    base = sum(rows.values(), ZERO)
    size = (rule.figure("times") * base / QUARTER).quantize(FEN, ROUND_HALF_UP)
    return Size(base, size, tuple(sorted(rows)), rule)


def held(pair: Pair, side: str = Side.TREATED_SIDE) -> Decimal:
    """The advance as one side's book has it. One statement."""
    rows = MoneyEntry.objects.filter(
        treated_province=pair[0],
        insured_province=pair[1],
        side=side,
        account=MoneyEntry.Account.ADVANCE,
    )
    total: Decimal = rows.aggregate(total=Coalesce(Sum("amount"), ZERO))["total"]
    return total


def used(pair: Pair) -> Decimal:
    """What 就医地 has laid out and not got back: lines not on a statement yet, and what is still owed.

    Two statements.
    """
    mine = {"treated_province": pair[0], "insured_province": pair[1]}
    issued = Statement.objects.filter(voided_at=None).values("month_id")
    not_issued = ~Q(status=ClearingLine.Status.DECLARED) | ~Q(month__in=issued)
    open_lines: Decimal = ClearingLine.objects.filter(not_issued, **mine).aggregate(
        total=Coalesce(Sum(F("claimed") - F("excluded")), ZERO)
    )["total"]
    owed: Decimal = MoneyEntry.objects.filter(
        **mine,
        side=Side.TREATED_SIDE,
        account__in=(OWED[Side.TREATED_SIDE], MoneyEntry.Account.DEDUCTED),
    ).aggregate(total=Coalesce(Sum("amount"), ZERO))["total"]
    return max(open_lines + owed, ZERO)


def lamp(pair: Pair, on: dt.date) -> Lamp:
    """Usage of the advance against the rule's marks. Three statements. Raises RuleMissing."""
    yellow, red = (term(f"clearing.advance.alert_{c}", on) for c in ("yellow", "red"))
    holds, uses = held(pair), used(pair)
    if holds <= 0:
        return Lamp(holds, uses, "none", yellow, red)
    share = uses / holds
    marks = ((red, "red"), (yellow, "yellow"))
    colour = next((c for mark, c in marks if share >= mark.figure("share")), "green")
    return Lamp(holds, uses, colour, yellow, red)


def keep_size(pair: Pair, year: int, *, at: dt.datetime, on: dt.date) -> Advance:
    """Keep the year's advance with the rule that made it; a year is calculated once."""
    found = size_for(pair, year, on)
    kept, _ = Advance.objects.get_or_create(
        treated_province=pair[0],
        insured_province=pair[1],
        year=year,
        defaults={
            "base": found.base,
            "size": found.size,
            "calculated_at": at,
            "rules": {
                "key": found.rule.key,
                "value": found.rule.text,
                "certainty": found.rule.certainty,
                "source": found.rule.source,
                "months": list(found.months),
            },
        },
    )
    return kept


def post(
    pair: Pair, side: str, amount: Decimal, *, voucher: str, key: str, at: dt.datetime
) -> None:
    """Money of the advance in one side's book: below zero it goes back."""
    MoneyEntry.objects.bulk_create(
        [
            MoneyEntry(
                treated_province=pair[0],
                insured_province=pair[1],
                side=side,
                account=MoneyEntry.Account.ADVANCE,
                amount=amount,
                key=f"{side}:advance:{key}",
                voucher=voucher,
                at=at,
            )
        ]
    )
