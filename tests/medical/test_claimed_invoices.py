"""An invoice is claimed once in both provinces, also when two agencies do it in one moment."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from matters.medical.manual import invoices
from matters.medical.manual.deadline import months_after
from matters.medical.manual.invoices import Invoice, claim, normalised
from matters.medical.manual.refusals import GROUNDS, REFUSALS
from matters.medical.models import ClaimedInvoice, ReimbursementPayment
from tests.cases.threads import at_once
from tests.medical.books import places
from tests.world import at
from tongban.offices.models import Department, Office

NOW = at("2026-05-11 09:00")
ONE, TWO = Invoice("51060126", "0001", Decimal(10)), Invoice("51060126", "0002", Decimal(20))


@pytest.fixture
def agency(request: pytest.FixtureRequest) -> int:
    """重庆's, in the kind of database that the test asks for."""
    if request.node.get_closest_marker("django_db") is None:
        request.getfixturevalue("db")
    places()
    Department.objects.create(code="general", name="综合")
    return Office.objects.create(
        code="cq",
        name="重庆市医疗保障局",
        region_id="500000",
        department_id="general",
        kind="medical_insurance",
    ).pk


def claimed_by(case: str, office_id: int, *of: Invoice) -> list[str]:
    """The cases that have one of them already."""
    found = claim(of, case_number=case, office_id=office_id, at=NOW)
    return [row.case_number for row in found]


def test_the_same_invoice_is_known_however_it_is_typed() -> None:
    assert normalised("５１-０６ ０１ab") == "510601AB"


def test_the_second_claim_learns_of_the_first(agency: int) -> None:
    assert claimed_by("A", agency, ONE, TWO) == []
    assert claimed_by("A", agency, ONE) == []
    assert claimed_by("B", agency, Invoice("5106-0126", " 0001", Decimal(10))) == ["A"]
    row = ClaimedInvoice.objects.get(case_number="A", tail="0001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoice_number FROM medical_claimedinvoice WHERE id = %s", [row.pk])
        assert "0001" not in cursor.fetchone()[0][:20]
    invoices.release(case_number="A", at=NOW, reason="撤回")
    assert claimed_by("B", agency, ONE) == []


def test_a_payment_ends_once_and_only_one_is_open(agency: int) -> None:
    del agency
    order = {"case_number": "A", "kind": "payment", "amount": 1, "ordered_at": NOW}
    ReimbursementPayment.objects.create(nth=1, **order)
    for wrong in (
        {"nth": 2},
        {"nth": 2, "kind": "clawback", "case_number": "B"},
        {"nth": 1, "case_number": "C", "status": "paid"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReimbursementPayment.objects.create(**(order | wrong))


def test_every_code_of_the_business_has_words_and_a_handling() -> None:
    assert len(GROUNDS) == 10
    assert len(REFUSALS) == 7
    assert all(ground.name and ground.advice for ground in GROUNDS.values())


def test_a_month_without_the_day_ends_it() -> None:
    assert months_after(at("2025-11-30 00:00").date(), 3).isoformat() == "2026-02-28"


@pytest.mark.django_db(transaction=True)
def test_of_two_agencies_at_once_one_has_the_invoice(agency: int) -> None:
    results = at_once(
        lambda: claimed_by("A", agency, ONE, TWO), lambda: claimed_by("B", agency, TWO, ONE)
    )
    assert sorted(map(bool, results)) == [False, True]
    assert ClaimedInvoice.objects.filter(released_at=None).count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_unique_index_both_would_have_it(agency: int) -> None:
    """The twin: who only looks first, and writes then, sees nobody."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX invoice_claimed_once")
    both_have_looked = threading.Barrier(2)

    def look_and_claim(case: str) -> list[str]:
        found = [r.case_number for r in invoices.claimed_elsewhere([ONE], case_number=case)]
        both_have_looked.wait(timeout=10)
        claim([ONE], case_number=case, office_id=agency, at=NOW)
        return found

    try:
        assert at_once(lambda: look_and_claim("A"), lambda: look_and_claim("B")) == [[], []]
        assert ClaimedInvoice.objects.filter(released_at=None).count() == 2
    finally:
        ClaimedInvoice.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX invoice_claimed_once ON medical_claimedinvoice"
                " (invoice_number_index) WHERE released_at IS NULL"
            )
