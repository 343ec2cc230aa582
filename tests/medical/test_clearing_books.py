"""The two books of the clearing: what differs is found, named and settled; disputes hold lines back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum

from matters.medical.clearing import gathering, statements
from matters.medical.clearing.differences import NotThisWay, open_differences, settle_difference
from matters.medical.clearing.disputes import (
    NotDisputable,
    decide,
    give_evidence,
    open_disputes,
    raise_dispute,
)
from matters.medical.clearing.reconciliation import (
    Totals,
    compare_details,
    compare_totals,
    note_message,
)
from matters.medical.clearing.tracing import adds_up, books_differ
from matters.medical.models import (
    ClearingLine,
    ClearingMonth,
    DailyCheck,
    LineDispute,
    MoneyEntry,
    Settlement,
    TreatmentEntry,
)
from tests.medical.books import places
from tests.medical.clearing_lines import (
    LATER,
    ZERO,
    clinic,
    month_row,
    noon,
    planted,
    reported,
    settled,
    stated,
    sums,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 10)


@pytest.fixture(autouse=True)
def _places(db: None) -> None:
    places()


# ---- reconciliation ----


def totals(**more: object) -> Totals:
    fields = {"visit": "inpatient", "count": 1, "medfee_sumamt": Decimal("1000.00"),
              "fund_pay_sumamt": Decimal("1000.00"), "acct_pay": ZERO}  # fmt: skip
    return Totals(**fields | more)  # type: ignore[arg-type]


def test_totals_that_agree_make_the_days_lines_the_treated_sides_own() -> None:
    settled()
    answer = compare_totals(institution=clinic(), day=DAY, said=[totals()], at=noon(DAY))
    assert answer.agrees
    assert TreatmentEntry.objects.get().source == "totals"
    assert DailyCheck.objects.get().agrees


@pytest.mark.parametrize("said", [[totals(count=2)], [totals(acct_pay=Decimal("0.01"))], []])
def test_totals_that_differ_ask_for_the_lines(said: list[Totals]) -> None:
    settled()
    answer = compare_totals(institution=clinic(), day=DAY, said=said, at=noon(DAY))
    assert (answer.agrees, answer.differing) == (False, ("inpatient",))
    assert not TreatmentEntry.objects.exists()


def test_the_three_kinds_of_difference_are_found_once_and_named_in_the_books() -> None:
    month, found = month_row(), planted()
    assert set(found) == {"only_hospital", "only_agency", "amounts"}
    gathering.gather(month.pk)
    assert sorted(n.code for n in books_differ(month)) == [
        "amounts",
        "only_insured",
        "only_treated",
    ]
    assert {n.code: n.amount for n in books_differ(month)}["amounts"] == Decimal("0.01")
    lines = [reported(s) for s in Settlement.objects.all()]
    assert compare_details(institution=clinic(), day=DAY, lines=lines, at=noon(DAY)) == []
    assert not open_differences(month).exists()
    assert not books_differ(month)


def test_a_difference_is_accepted_with_the_amounts_of_the_place_of_insurance() -> None:
    month, found = month_row(), planted()
    for kind in ("only_agency", "amounts"):
        done = settle_difference(difference=found[kind], resolution="accept", note="认", at=LATER)
        assert (done.state, done.resolution) == ("settled", "accept")
    gathering.gather(month.pk)
    assert [n.code for n in books_differ(month)] == ["only_treated"]
    with pytest.raises(NotThisWay):
        settle_difference(
            difference=found["only_hospital"], resolution="accept", note="认", at=LATER
        )
    gone = settle_difference(
        difference=found["only_hospital"], resolution="reverse", note="撤", at=LATER
    )
    assert gone.state == "settled"
    assert not books_differ(month)


def test_sent_again_waits_for_the_hospital_and_closes_when_it_has() -> None:
    found = planted()["only_agency"]
    waiting = settle_difference(difference=found, resolution="resend", note="重传", at=LATER)
    assert waiting.state == "waiting"
    entry = Settlement.objects.get(setl_id=found.setl_id)
    note_message(institution=clinic(), line=reported(entry), day=DAY, at=LATER)
    compare_details(
        institution=clinic(), day=DAY, at=LATER,
        lines=[reported(s) for s in Settlement.objects.all()],
    )  # fmt: skip
    waiting.refresh_from_db()
    assert (waiting.state, waiting.resolution) == ("settled", "resend")


def test_what_differs_is_carried_over_and_the_rest_declared() -> None:
    october, november = month_row(), month_row("2026-11")
    planted()
    gathering.cut_off(october.pk, LATER)
    assert statements.declare(october, LATER) == (1, 2)
    assert set(november.lines.values_list("carried", "born_month")) == {(1, "2026-10")}
    assert sums()[0] == sums()[1]


# ---- disputes ----


def disputed(amount: str = "1000.00") -> tuple[ClearingMonth, LineDispute]:
    month = month_row()
    entry = settled(amount)
    gathering.cut_off(month.pk, LATER)
    line = ClearingLine.objects.get(settlement=entry)
    return month, raise_dispute(line=line, month=month, side="insured", reason="重复收费", at=LATER)


def held_back() -> Decimal:
    rows = MoneyEntry.objects.filter(account="in_dispute", side="treated")
    return rows.aggregate(s=Sum("amount"))["s"] or ZERO


def test_a_dispute_that_is_upheld_takes_off_what_was_agreed_and_the_rest_is_paid() -> None:
    month, dispute = disputed()
    assert held_back() == 1000
    give_evidence(dispute=dispute, evidence="病历在此")
    decide(dispute=dispute, upheld=True, decision="剔除部分", at=LATER, excluded=Decimal("300.00"))
    assert held_back() == 0
    assert open_disputes(month).count() == 0
    statement = stated(month)
    assert statement.gross == 700
    assert adds_up(statement)
    assert sums()[0] == sums()[1]
    with pytest.raises(NotDisputable):
        decide(dispute=dispute, upheld=False, decision="再来", at=LATER)


def test_a_dispute_that_is_dismissed_pays_the_line_whole() -> None:
    month, dispute = disputed()
    decide(dispute=dispute, upheld=False, decision="不成立", at=LATER)
    assert stated(month).gross == 1000


def test_more_than_the_line_cannot_be_taken_off_it() -> None:
    _, dispute = disputed("10.00")
    with pytest.raises(NotDisputable):
        decide(dispute=dispute, upheld=True, decision="多", at=LATER, excluded=Decimal("10.01"))


def test_an_undecided_dispute_goes_with_its_line_into_the_next_month() -> None:
    october, dispute = disputed()
    november = month_row("2026-11")
    assert stated(october).gross == 0
    assert dispute.line.month_id == october.pk
    dispute.refresh_from_db()
    assert ClearingLine.objects.get().month == november
    in_dispute = MoneyEntry.objects.filter(account="in_dispute", side="insured")
    assert dict(in_dispute.values_list("month").annotate(s=Sum("amount"))) == {
        october.pk: 0, november.pk: 1000,
    }  # fmt: skip
    decide(dispute=dispute, upheld=True, decision="成立", at=LATER)
    assert stated(november).gross == 0
    assert held_back() == 0
    assert sums()[0] == sums()[1] == 1000


def test_a_line_has_one_open_dispute_and_a_declared_one_none() -> None:
    month, dispute = disputed()
    with pytest.raises(NotDisputable):
        raise_dispute(line=dispute.line, month=month, side="treated", reason="再", at=LATER)
