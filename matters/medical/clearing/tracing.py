"""Every fen there and back: from a statement to settlements, and what the two books differ in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from matters.medical.models import (
    ClearingAmount,
    ClearingLine,
    ClearingMonth,
    Difference,
    MoneyEntry,
    Settlement,
    Side,
    Statement,
    TreatmentEntry,
)

from .money import OWED, outstanding
from .months import ends_at
from .statements import digest_of, in_force, lines_digest

ZERO = Decimal(0)
CLAIM = F("fund_pay_sumamt") + F("acct_pay") + F("acct_mulaid_pay")


@dataclass(frozen=True)
class Where:
    """Where a ledger entry stands in the clearing. line None: not taken in (yet)."""

    settlement: Settlement
    line: ClearingLine | None
    statement: Statement | None


@dataclass(frozen=True)
class Named:
    """One difference between the books, with its name. amount: what 就医地 has more than 参保地."""

    code: str
    text: str
    setl_id: str = ""
    sign: int = 1
    amount: Decimal = ZERO

    @property
    def gap(self) -> str:
        """'多 0.01 元': what 就医地 has more, or less, than 参保地."""
        return f"{'多' if self.amount >= 0 else '少'} {abs(self.amount):,.2f} 元"


def where_is(settlement: Settlement) -> Where:
    """From a settlement (or its reversal) to its line, month and statement. Two statements."""
    line = (
        ClearingLine.objects.filter(settlement=settlement)
        .select_related("month", "institution")
        .first()
    )
    statement = None
    if line is not None and line.status == ClearingLine.Status.DECLARED:
        statement = in_force(line.month)
    return Where(settlement, line, statement)


def lines_of(statement: Statement) -> QuerySet[ClearingLine]:
    """From a statement in force to the lines that it sums, each with its settlement."""
    return ClearingLine.objects.filter(
        month=statement.month, status=ClearingLine.Status.DECLARED
    ).select_related("settlement", "origin")


def adds_up(statement: Statement) -> bool:
    """Its lines give its sums to the fen, and neither they nor its content changed since. Four statements."""
    lines = lines_of(statement)
    counted = lines.aggregate(
        lines=Coalesce(Sum(F("claimed") - F("excluded")), ZERO),
    )["lines"]
    funds = ClearingAmount.objects.filter(line__in=lines).aggregate(
        total=Coalesce(Sum(F("amount") - F("excluded")), ZERO)
    )["total"]
    entries = Settlement.objects.filter(clearing_line__in=lines).aggregate(
        total=Coalesce(Sum(CLAIM), ZERO), excluded=Coalesce(Sum("clearing_line__excluded"), ZERO)
    )
    return (
        counted == statement.gross == funds == entries["total"] - entries["excluded"]
        and digest_of(statement.content) == statement.digest
        and lines_digest(lines) == statement.content["lines_digest"]
    )


def books_differ(month: ClearingMonth) -> list[Named]:
    """What the two provinces' books of a month do not have alike, each difference with its name.

    参保地's book is the ledger, 就医地's what its hospitals and platform reported. Seven statements.
    """
    lines = ClearingLine.objects.filter(month=month)
    return [
        *_lines_differ(lines),
        *_lines_wrong(lines),
        *_not_taken(month),
        *_only_treated(month),
        *_money_differs(month),
    ]


def _lines_differ(lines: QuerySet[ClearingLine]) -> Iterator[Named]:
    theirs = TreatmentEntry.objects.filter(
        setl_id=OuterRef("origin__setl_id"), sign=OuterRef("sign"), voided_at=None
    )
    same = theirs.filter(
        medfee_sumamt=OuterRef("medfee"),
        fund_pay_sumamt=OuterRef("settlement__fund_pay_sumamt"),
        acct_pay=OuterRef("settlement__acct_pay") + OuterRef("settlement__acct_mulaid_pay"),
    )
    rows = lines.filter(~Exists(same)).select_related("origin").order_by("id")
    held = {
        (entry.setl_id, entry.sign): entry
        for entry in TreatmentEntry.objects.filter(
            setl_id__in=rows.values("origin__setl_id"), voided_at=None
        )
    }
    for line in rows:
        key = line.origin.setl_id, line.sign
        entry = held.get(key)
        if entry is None:
            yield Named("only_insured", "参保地已记账，就医地没有", *key, -line.claimed)
        else:
            more = entry.fund_pay_sumamt + entry.acct_pay - line.claimed
            yield Named("amounts", "两地金额不一致", *key, more)


def _lines_wrong(lines: QuerySet[ClearingLine]) -> Iterator[Named]:
    """A line that is not what the ledger says, or whose funds do not sum to it."""
    claim = F("settlement__fund_pay_sumamt") + F("settlement__acct_pay") + F(
        "settlement__acct_mulaid_pay"
    )  # fmt: skip
    wrong = lines.annotate(funds=Coalesce(Sum("amounts__amount"), ZERO)).filter(
        ~Q(claimed=claim) | ~Q(claimed=F("funds"))
    )
    for line in wrong.select_related("origin"):
        text = "清算明细与结算账或基金分项不符"
        yield Named("line", text, line.origin.setl_id, line.sign, line.claimed)


def _not_taken(month: ClearingMonth) -> Iterator[Named]:
    """Booked before a month's end that has been cut off, and in no month at all."""
    if month.cut_off_at is None:
        return
    later = ClearingMonth.objects.filter(
        treated_province=month.treated_province,
        insured_province=month.insured_province,
        month__gt=month.month,
        cut_off_at=None,
    )
    if later.exists():
        # It is the next month's: taken in with its late lines.
        return
    rows = Settlement.objects.filter(
        kind=Settlement.Kind.DIRECT,
        treated_province=month.treated_province,
        pool__startswith=month.insured_province[:2],
        booked_at__lt=ends_at(month.month),
        clearing_line=None,
    )
    for row in rows.order_by("id"):
        yield Named("nowhere", "参保地已记账，不在任何清算月", row.setl_id, row.sign)


def _only_treated(month: ClearingMonth) -> Iterator[Named]:
    rows = Difference.objects.filter(
        treated_province=month.treated_province,
        insured_province=month.insured_province,
        kind=Difference.Kind.ONLY_HOSPITAL,
        day__lt=ends_at(month.month).date(),
    ).exclude(state=Difference.State.SETTLED)
    for row in rows.order_by("id"):
        amount = Decimal(row.hospital["fund_pay_sumamt"]) + Decimal(row.hospital["acct_pay"])
        yield Named("only_treated", "就医地有，参保地没有", row.setl_id, row.sign, amount)


def _money_differs(month: ClearingMonth) -> Iterator[Named]:
    """What one side still claims against what the other still owes."""
    accounts = [*OWED.values(), MoneyEntry.Account.DEDUCTED]
    if not MoneyEntry.objects.filter(month=month, account__in=accounts).exists():
        return
    claims, owes = (outstanding(month, side) for side in (Side.TREATED_SIDE, Side.INSURED_SIDE))
    if claims != owes:
        yield Named("money", "应收与应付余额不一致（划拨与到账不符）", amount=claims - owes)
