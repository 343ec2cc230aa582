"""What may be withdrawn by the rules of a day: ages until they moved, and limits to the yuan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from matters.housing_fund.withdrawing import PURCHASE, RENT, RETIREMENT, Ask, Used, reckon
from matters.housing_fund.words import rule_book

BORN = dt.date(1964, 6, 1)


def codes(ask: Ask) -> list[str]:
    return [code for code, _ in reckon(ask, book=rule_book()).refused]


@pytest.mark.parametrize(
    ("on", "is_woman", "proof", "refused"),
    [
        (dt.date(2024, 5, 31), False, "", ["too_young"]),
        (dt.date(2024, 6, 1), False, "", []),
        (dt.date(2024, 5, 31), False, "TX-1", []),
        (dt.date(2019, 6, 1), True, "", []),
        # From 2025 on the age alone says nothing any more.
        (dt.date(2025, 1, 1), False, "", ["proof_missing"]),
        (dt.date(2025, 1, 1), False, "TX-1", []),
    ],
)
def test_who_retires_is_old_enough_or_shows_a_proof(
    on: dt.date, is_woman: bool, proof: str, refused: list[str]
) -> None:
    ask = Ask(RETIREMENT, "500000", on, "sealed", "封存", Decimal(1), born_on=BORN,
              is_woman=is_woman, proof=proof)  # fmt: skip
    assert codes(ask) == refused


def test_before_the_rule_began_nothing_is_taken_for_it() -> None:
    ask = Ask(RETIREMENT, "500000", dt.date(2022, 5, 8), "normal", "正常缴存", Decimal(1))
    found = reckon(ask, book=rule_book())
    assert (found.refused, found.rules) == ([], [])
    assert "退休提取的条件" in found.open[0]


@pytest.mark.parametrize(("used", "most"), [("0", "43200"), ("43199.99", "0.01"), ("43200", "0")])
def test_a_year_s_rent_is_used_up_to_the_last_fen(used: str, most: str) -> None:
    ask = Ask(RENT, "500000", dt.date(2026, 9, 21), "normal", balance=Decimal(90000), people=2,
              area="central", rent=Decimal(5000), used=Used(rent=Decimal(used)))  # fmt: skip
    found = reckon(ask, book=rule_book())
    assert found.amount == Decimal(most)
    assert [code for code, _ in found.refused] == ([] if Decimal(most) else ["nothing_left"])


@pytest.mark.parametrize(
    ("homes", "city", "refused"),
    [
        (("2021-09-22", "2026-01-01"), "510100", ["too_many_homes"]),
        # Five years to the day ago is five years ago.
        (("2021-09-21", "2026-01-01"), "510100", []),
        (("2025-01-01", "2026-01-01"), "500000", []),
    ],
)
def test_a_third_home_in_five_years_is_refused_where_that_is_the_rule(
    homes: tuple[str, ...], city: str, refused: list[str]
) -> None:
    used = Used(homes=tuple(map(dt.date.fromisoformat, homes)))
    ask = Ask(PURCHASE, city, dt.date(2026, 9, 21), "normal", balance=Decimal(90000),
              paid=Decimal(50000), used=used)  # fmt: skip
    assert codes(ask) == refused


def test_whoever_retires_has_nothing_under_way_where_that_is_the_rule() -> None:
    used = Used(business=("有在办的异地贷款申请",))
    ask = Ask(RETIREMENT, "500000", dt.date(2026, 9, 21), "sealed", "封存", Decimal(1), used,
              proof="TX-1")  # fmt: skip
    assert codes(ask) == ["open_business"]


def test_a_home_is_withdrawn_for_up_to_what_was_paid_less_what_others_took() -> None:
    ask = Ask(PURCHASE, "510100", dt.date(2026, 9, 21), "normal", balance=Decimal(90000),
              paid=Decimal(50000), used=Used(home=Decimal(30000)))  # fmt: skip
    found = reckon(ask, book=rule_book())
    assert found.amount == Decimal(20000)
    assert "购房提取" in found.open[0]
