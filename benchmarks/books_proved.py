"""Whether the books are right after all that: counts, sums on either side, caps, accounts, every figure again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from matters.medical.breakdown import FUNDS
from matters.medical.ledger.checking import differences
from matters.medical.models import FundLine, Insured, Settlement, YearEntry
from matters.medical.rules import rule_book

from .settling_at_once import MONTH, OPENING, YEAR, Done

ZERO = Decimal(0)
_SUMS = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay")


def proved(done: Done, *, people: Sequence[Insured]) -> Iterator[tuple[str, bool]]:
    """Each proof in words, and whether it holds."""
    for failure in done.failures[:5]:
        yield failure, False
    counts = Settlement.objects.aggregate(
        settled=Count("pk", filter=Q(sign=1)), taken_back=Count("pk", filter=Q(sign=-1))
    )
    yield (
        f"every order once: {counts['settled']} settlements, {counts['taken_back']} reversals",
        (counts["settled"], counts["taken_back"]) == (done.settled, done.reversed),
    )
    yield "fee = funds + accounts + cash, over all entries", _fee_is_paid()
    yield "each fund: its lines sum to its column", _funds_agree()
    yield "accounts hold what they opened with, less what was drawn", _accounts_agree(people)
    yield "nobody's fund is over the year's cap", _caps_hold()
    wrong = [str(each) for person in people for each in differences(insured_id=person.pk)]
    yield (
        f"years derived anew, every settlement computed again: {len(wrong)} differences",
        not wrong,
    )


def sums() -> Iterator[str]:
    """The books by place of treatment and pool, as the clearing will find them: fen by fen, net of reversals."""
    rows: Any = (
        Settlement.objects.values("treated_province", "pool", "insured_type")
        .annotate(entries=Count("pk"), **{name: Sum(name) for name in _SUMS})
        .order_by("treated_province", "pool")
    )
    yield f"{'treated':8} {'pool':7}{'entries':>8}" + "".join(f"{name:>18}" for name in _SUMS)
    for row in rows:
        amounts = "".join(f"{row[name]:>18,.2f}" for name in _SUMS)
        yield f"{row['treated_province']:8} {row['pool']:7}{row['entries']:>8}{amounts}"


def _fee_is_paid() -> bool:
    found = Settlement.objects.aggregate(**{name: Sum(name) for name in _SUMS})
    return bool(found["medfee_sumamt"] == sum(found[name] for name in _SUMS[1:]))


def _funds_agree() -> bool:
    lines = dict(
        FundLine.objects.values_list("fund_pay_type").annotate(paid=Sum("fund_payamt")).order_by()
    )
    columns = Settlement.objects.aggregate(**{name: Sum(name) for name in FUNDS})
    return all(lines.get(name, ZERO) == columns[name] for name in FUNDS)


def _accounts_agree(people: Sequence[Insured]) -> bool:
    held = Insured.objects.aggregate(held=Sum("account_balance"))["held"]
    drawn = Settlement.objects.aggregate(drawn=Sum("acct_pay") + Sum("acct_mulaid_pay"))["drawn"]
    return bool(held == len(people) * OPENING - drawn)


def _caps_hold() -> bool:
    """重庆's: 成都's cap is not known."""
    day = Settlement.objects.filter(year=YEAR, on__month=MONTH).values_list("on", flat=True)[0]
    cap = rule_book().value("fund.cap", "500000", day, insured_type="employee").value
    totals = YearEntry.objects.filter(insured__pool_id="500000").values_list("after", flat=True)
    return all(Decimal(after["hifp_pay"]) <= cap for after in totals)
