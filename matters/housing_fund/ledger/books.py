"""Whether the books are right: every difference is named, none is written away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from matters.housing_fund.models import Account, Line, Remittance
from matters.money import MoneyField

ZERO = Decimal(0)
AT_ONCE = 5000


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
    return [
        *_of_accounts(Account.objects.all()),
        *_of_letters(Remittance.objects.all()),
        *_of_the_whole(),
    ]


def some_differences(reached: list[Any] | None) -> tuple[list[Difference], list[Any] | None]:
    """The same bit by bit: those after `reached` (None: from the start), and how far it came (None: all).

    Accounts by their thousands, then letters, then the whole. Two statements.
    """
    part, after = reached or ["accounts", 0]
    if part == "whole":
        return list(_of_the_whole()), None
    rows = Account.objects.all() if part == "accounts" else Remittance.objects.all()
    last = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if not last:
        return [], ["letters", 0] if part == "accounts" else ["whole", 0]
    between = {"pk__gt": after, "pk__lte": last[-1]}
    if part == "accounts":
        found = list(_of_accounts(Account.objects.filter(**between)))
    else:
        found = list(_of_letters(Remittance.objects.filter(**between)))
    return found, [part, last[-1]]


def _of_accounts(accounts: QuerySet[Account]) -> Iterator[Difference]:
    lines = Line.objects.filter(account=OuterRef("pk")).values("account")
    summed = Coalesce(
        Subquery(lines.annotate(s=Sum("amount")).values("s")), ZERO, output_field=MoneyField()
    )
    for row in accounts.annotate(summed=summed).exclude(balance=F("summed")):
        summed_up = row.summed
        sentence = f"账户 {row.number} 的余额{row.balance}元，明细合计{summed_up}元"
        yield Difference(row.number, summed_up, row.balance, sentence)


def _of_letters(letters: QuerySet[Remittance]) -> Iterator[Difference]:
    """Under way and in suspense: what the lines say against what the letter's state says."""
    under_way = Sum("journals__lines__amount", filter=Q(journals__lines__book=Line.Book.TRANSIT))
    waiting = Sum("journals__lines__amount", filter=Q(journals__lines__book=Line.Book.SUSPENSE))
    rows = letters.annotate(
        under_way=Coalesce(under_way, ZERO, output_field=MoneyField()),
        waiting=Coalesce(waiting, ZERO, output_field=MoneyField()),
    )
    for row in rows:
        should = row.amount if row.state == Remittance.State.SENT else ZERO
        if row.under_way != should:
            sentence = f"联系函 {row.letter}（{row.get_state_display()}）在途{row.under_way}元，应为{should}元"
            yield Difference(row.letter, should, row.under_way, sentence)
        lies = row.lies
        if row.waiting != lies:
            sentence = (
                f"联系函 {row.letter}（{row.get_state_display()}）挂账{row.waiting}元，应为{lies}元"
            )
            yield Difference(row.letter, lies, row.waiting, sentence)


def _of_the_whole() -> Iterator[Difference]:
    total = sum(totals().values(), ZERO)
    if total:
        yield Difference("", ZERO, total, f"全部账目合计{total}元，应为 0 元")
