"""Dates, times and numbers as they stand on a page."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template

from tongban.templatetags.formats import (
    when,
    zh_date,
    zh_datetime,
    zh_money,
    zh_number,
    zh_percent,
    zh_short,
    zh_time,
    zh_weekday,
)

# The evening of the 20th in UTC is the morning of the 21st in both provinces.
INSTANT = dt.datetime(2026, 11, 20, 22, 5, tzinfo=dt.UTC)


def test_an_instant_is_shown_in_shanghai_time() -> None:
    assert zh_date(INSTANT) == "2026年11月21日"
    assert zh_datetime(INSTANT) == "2026年11月21日 06:05"
    assert zh_short(INSTANT) == "11月21日 06:05"
    assert zh_time(INSTANT) == "06:05"
    assert zh_weekday(INSTANT) == "周六"


def test_a_day_is_shown_as_it_is() -> None:
    day = dt.date(2026, 1, 5)
    assert (zh_date(day), zh_short(day), zh_weekday(day)) == ("2026年1月5日", "1月5日", "周一")


def test_nothing_is_shown_for_nothing() -> None:
    for shown in (zh_date, zh_datetime, zh_short, zh_time, zh_weekday, when):
        assert shown(None) == ""
    assert {zh_number(None), zh_percent(None), zh_money(None)} == {"—"}


def test_a_time_element_carries_the_machine_readable_time() -> None:
    assert when(INSTANT) == (
        '<time datetime="2026-11-21T06:05:00+08:00">2026年11月21日 06:05</time>'
    )
    assert when(dt.date(2026, 1, 5)) == '<time datetime="2026-01-05">2026年1月5日</time>'


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (1286, "1,286"), (Decimal("4.60"), "4.60")]
)
def test_a_number_has_its_thousands_apart(number: int | Decimal, shown: str) -> None:
    assert zh_number(number) == shown


def test_shares_and_amounts() -> None:
    assert zh_percent(Decimal("0.9921")) == "99.2%"
    assert zh_percent(0, 0) == "0%"
    assert zh_money(Decimal("1234.5")) == "1,234.50元"


def test_the_filters_need_no_loading() -> None:
    assert Template("{{ at|zh_date }}").render(Context({"at": INSTANT})) == "2026年11月21日"
