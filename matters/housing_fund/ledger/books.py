"""Whether the books are right: every difference is named, none is written away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from matters.housing_fund.models import Account, Line, Remittance
from matters.money import MoneyField

ZERO = Decimal(0)


@dataclass(frozen=True)
class Difference:
    """what: account or letter; should and is: yuan; the sentence says which books differ."""

    what: str
    should: Decimal
    is_: Decimal
    sentence: str


def totals() -> dict[str, Decimal]:
    """The sum of each book over all centres; together they are nothing."""
    rows = Line.objects.values("book").annotate(total=Sum("amount"))
    return {row["book"]: row["total"] for row in rows}


def differences() -> list[Difference]:
    """Accounts whose balance is not the sum of their lines, and money under way that no letter explains.

    Three statements.
    """
    return [*_of_accounts(), *_of_letters(), *_of_the_whole()]


def _of_accounts() -> Iterator[Difference]:
    lines = Line.objects.filter(account=OuterRef("pk")).values("account")
    summed = Coalesce(
        Subquery(lines.annotate(s=Sum("amount")).values("s")), ZERO, output_field=MoneyField()
    )
    for row in Account.objects.annotate(summed=summed).exclude(balance=F("summed")):
        summed_up = row.summed
        sentence = f"账户 {row.number} 的余额{row.balance}元，明细合计{summed_up}元"
        yield Difference(row.number, summed_up, row.balance, sentence)


def _of_letters() -> Iterator[Difference]:
    """Under way and in suspense: what the lines say against what the letter's state says."""
    under_way = Sum("journals__lines__amount", filter=Q(journals__lines__book=Line.Book.TRANSIT))
    waiting = Sum("journals__lines__amount", filter=Q(journals__lines__book=Line.Book.SUSPENSE))
    rows = Remittance.objects.annotate(
        under_way=Coalesce(under_way, ZERO, output_field=MoneyField()),
        waiting=Coalesce(waiting, ZERO, output_field=MoneyField()),
    )
    for row in rows:
        should = row.amount if row.state == Remittance.State.SENT else ZERO
        if row.under_way != should:
            sentence = f"联系函 {row.letter}（{row.get_state_display()}）在途{row.under_way}元，应为{should}元"
            yield Difference(row.letter, should, row.under_way, sentence)
        lies = (row.arrived or ZERO) if row.state == Remittance.State.SUSPENSE else ZERO
        if row.waiting != lies:
            sentence = (
                f"联系函 {row.letter}（{row.get_state_display()}）挂账{row.waiting}元，应为{lies}元"
            )
            yield Difference(row.letter, lies, row.waiting, sentence)


def _of_the_whole() -> Iterator[Difference]:
    total = sum(totals().values(), ZERO)
    if total:
        yield Difference("", ZERO, total, f"全部账目合计{total}元，应为 0 元")
