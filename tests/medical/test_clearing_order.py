"""Whatever the order of settlements, reversals, late lines, disputes and deductions, nothing is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from matters.medical.clearing import gathering, statements
from matters.medical.clearing.disputes import (
    decide,
    raise_dispute,
)
from matters.medical.clearing.money import outstanding
from matters.medical.clearing.months import first_day, following
from matters.medical.clearing.tracing import adds_up
from matters.medical.models import (
    ClearingLine,
    ClearingMonth,
    Deduction,
    LineDispute,
    Settlement,
    Statement,
)
from tests.medical.books import places
from tests.medical.clearing_lines import (
    LATER,
    clinic,
    month_row,
    settled,
    stated,
    sums,
    taken_back,
)
from tests.world import at

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 10)


@pytest.fixture(autouse=True)
def _places(db: None) -> None:
    places()


# ---- whatever the order ----

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["settle", "late", "reverse", "next", "dispute", "uphold", "dismiss", "deduct", "void"]
        ),
        st.integers(0, 99_999),
    ),
    min_size=4,
    max_size=14,
)


@tried(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_the_order_months_and_open_lines_are_the_ledger(
    acts: list[tuple[str, int]],
) -> None:
    with transaction.atomic():
        _play(acts)
        transaction.set_rollback(True)


def _play(acts: list[tuple[str, int]]) -> None:
    month, closed = month_row("2026-10"), {}
    for nth, (act, number) in enumerate(acts):
        _one(act, number, month)
        gathering.gather(month.pk)
        if act == "next":
            after = month_row(following(month.month))
            statement = stated(month, at("2028-01-01 00:00") + dt.timedelta(hours=nth))
            if number % 2:
                ClearingMonth.objects.filter(pk=month.pk).update(closed_at=LATER)
                closed[month.pk] = (statement.digest, statement.gross)
            month = after
        assert not Settlement.objects.filter(clearing_line=None).exists(), acts
        ledger, told = sums()
        assert ledger == told, acts
    for pk, (digest, gross) in closed.items():
        statement = Statement.objects.get(month=pk, voided_at=None)
        assert (statement.digest, statement.gross) == (digest, gross)
        assert adds_up(statement)
    for each in ClearingMonth.objects.all():
        stands = statements.in_force(each)
        owed = stands.payable if stands else Decimal(0)
        assert outstanding(each, "treated") == outstanding(each, "insured") == owed


def _one(act: str, number: int, month: ClearingMonth) -> None:
    day = first_day(month.month) + dt.timedelta(days=number % 28)
    amount = str(Decimal(number) / 100)
    if act == "settle":
        settled(amount, str(Decimal(number % 500) / 100), on=f"{day} 09:00")
    elif act == "late":
        born = first_day(following(month.month, -(number % 5)))
        settled(amount, on=f"{born} 09:00")
    elif act == "reverse":
        live = Settlement.objects.filter(sign=1, reversal=None).order_by("id")
        if entry := live[number % live.count()] if live else None:
            taken_back(entry, on=f"{day} 23:00")
    elif act == "dispute":
        line = ClearingLine.objects.filter(month=month, status="open").exclude(claimed=0).first()
        if line:
            raise_dispute(line=line, month=month, side="insured", reason="查", at=LATER)
    elif act in ("uphold", "dismiss"):
        dispute = LineDispute.objects.filter(state="raised").first()
        if dispute:
            decide(dispute=dispute, upheld=act == "uphold", decision="定", at=LATER)
    elif act == "deduct":
        Deduction.objects.create(
            treated_province="510000", insured_province="500000", institution=clinic(),
            amount=Decimal(number + 1) / 100, reason="违规", key=f"d{Deduction.objects.count()}",
            found_at=LATER,
        )  # fmt: skip
    elif act == "void":
        stood = Statement.objects.filter(voided_at=None, month__closed_at=None).last()
        if stood:
            statements.void(stood.month, reason="异议", at=LATER)
        if stood and number % 3:
            stated(stood.month, at("2029-01-01 00:00"))
