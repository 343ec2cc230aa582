"""Then the month is cleared: hospitals report, lines are gathered, both directions declared and stated."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import F, Sum

from matters.medical.clearing import gathering, statements
from matters.medical.clearing.money import outstanding, post_payment
from matters.medical.clearing.months import PAIRS, SHANGHAI, ends_at, following
from matters.medical.clearing.reconciliation import agency_lines, compare_details
from matters.medical.clearing.tracing import adds_up, books_differ
from matters.medical.models import (
    ClearingMonth,
    Difference,
    Institution,
    Settlement,
    Side,
    Statement,
)

from .settling_at_once import MONTH, YEAR

CLAIM = F("fund_pay_sumamt") + F("acct_pay") + F("acct_mulaid_pay")
ZERO = Decimal(0)


def cleared() -> Iterator[tuple[str, bool]]:
    """Each proof in words, and whether it holds. The month is that of `settling_at_once`."""
    name = f"{YEAR}-{MONTH:02d}"
    at = ends_at(name) + dt.timedelta(minutes=5)
    begun = time.perf_counter()
    reported = sum(_reported(clinic, at) for clinic in Institution.objects.all())
    yield f"{reported} lines reported by the hospitals (3202), none differs", _none_open()
    months = [_opened(pair, name, at) for pair in PAIRS]
    for pair in PAIRS:
        _opened(pair, following(name), at)
    taken = sum(gathering.cut_off(month.pk, at) for month in months)
    stated = []
    for month in months:
        statements.declare(month, at)
        stated.append(statements.issue(month, at=at, number=f"{month}"))
    spent = time.perf_counter() - begun
    yield f"{taken} lines gathered, declared and stated in {spent:.1f} s", taken == reported
    ledger = Settlement.objects.aggregate(s=Sum(CLAIM))["s"]
    gross = sum((each.gross for each in stated), ZERO)
    yield f"the two statements sum to the ledger: {gross:,.2f}", gross == ledger
    yield "every statement's fen lead to settlements and back", all(map(adds_up, stated))
    named = [each for month in months for each in books_differ(month)]
    yield f"the two provinces' books agree: {len(named)} differences", not named
    for statement in stated:
        _paid(statement, at)
    left = [outstanding(month, side) for month in months for side in Side]
    ClearingMonth.objects.filter(pk__in=[month.pk for month in months]).update(closed_at=at)
    yield "paid and received to the fen, and closed", not any(left)
    still = [each for month in months for each in books_differ(month)]
    yield "closed months agree and have not changed", not still and all(map(adds_up, stated))


def _reported(clinic: Institution, at: dt.datetime) -> int:
    """3202 for each day on which something was booked there."""
    moments = Settlement.objects.filter(institution=clinic).values_list("booked_at", flat=True)
    count = 0
    for day in sorted({moment.astimezone(SHANGHAI).date() for moment in moments}):
        lines = agency_lines(clinic, day)
        compare_details(institution=clinic, day=day, lines=lines, at=at)
        count += len(lines)
    return count


def _none_open() -> bool:
    return not Difference.objects.exists()


def _opened(pair: tuple[str, str], name: str, at: dt.datetime) -> ClearingMonth:
    return ClearingMonth.objects.create(
        treated_province=pair[0], insured_province=pair[1], month=name, opened_at=at
    )


def _paid(statement: Statement, at: dt.datetime) -> None:
    for side in Side:
        post_payment(
            statement.month, side, statement.payable, voucher="B", key=f"paid:{statement.pk}", at=at
        )
