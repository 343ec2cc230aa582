"""A booking that is still under way when its month is cut off lands in exactly one month."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from matters.medical.clearing import gathering
from matters.medical.clearing.months import first_day
from matters.medical.models import ClearingLine, ClearingMonth, Settlement
from tests.medical.books import places
from tests.medical.clearing_lines import clinic, month_row, patient, settled
from tests.world import at

pytestmark = pytest.mark.django_db(transaction=True)
CUT_OFF, AFTER = at("2026-11-01 00:05"), at("2026-12-01 00:05")


@pytest.fixture(autouse=True)
def _places(transactional_db: None) -> None:
    places()
    clinic(), patient()


def cut_off_while_booking(october: ClearingMonth) -> Settlement:
    """The settlement is written, October is cut off, and only then does the booking commit."""
    written, cut = threading.Event(), threading.Event()
    booked: list[Settlement] = []

    def book() -> None:
        try:
            with transaction.atomic():
                booked.append(settled("88.00", on="2026-10-31 23:59"))
                written.set()
                assert cut.wait(10)
        finally:
            connection.close()

    writer = threading.Thread(target=book)
    writer.start()
    assert written.wait(10)
    assert gathering.cut_off(october.pk, CUT_OFF) == 0
    cut.set()
    writer.join(10)
    return booked[0]


def months_of(entry: Settlement) -> list[str]:
    lines = ClearingLine.objects.filter(settlement=entry)
    return list(lines.values_list("month__month", flat=True))


def test_the_next_month_finds_what_the_cut_off_could_not_see() -> None:
    entry = cut_off_while_booking(month_row())
    november = month_row("2026-11")
    assert gathering.cut_off(november.pk, AFTER) == 1
    assert months_of(entry) == ["2026-11"]


def test_without_the_look_back_it_would_be_in_no_month(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = cut_off_while_booking(month_row())
    november = month_row("2026-11")
    begins = at(f"{first_day('2026-11')} 00:00")
    only_its_own = gathering.TAKE.replace("%(since)s", f"'{begins.isoformat()}'")
    monkeypatch.setattr(gathering, "TAKE", only_its_own)
    gathering.cut_off(november.pk, AFTER)
    assert months_of(entry) == []
