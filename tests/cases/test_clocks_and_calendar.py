"""Limits over the real calendar: an independent oracle, and weeks that were counted by hand."""

from __future__ import annotations

import datetime as dt

import holidays
import pytest

from matters.catalogue.definition import Limit
from tongban.offices.calendar import WorkingCalendar
from workflows.cases.clocks import Due, Pause, Reading, due, explain, midnight

Calendars = dict[str, WorkingCalendar]


def ends(calendar: WorkingCalendar, start: str, limit: str, *pauses: Pause) -> Due:
    day = dt.date.fromisoformat(start)
    found = due(Reading(midnight(day), (Limit.parse(limit),), pauses, calendar))
    assert found is not None
    return found


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_working_days_agree_with_an_independent_calendar_on_every_day(
    calendars: Calendars, year: int
) -> None:
    china = holidays.country_holidays("CN", years=[year, year + 1])
    day, wrong = dt.date(year, 1, 1), []
    while day.year == year:
        for amount in (1, 3, 5, 10, 20):
            expected = china.get_nth_working_day(day, amount)
            found = ends(calendars["500101"], day.isoformat(), f"{amount}G")
            # The year after the last announced one is nobody's oracle.
            if expected.year <= 2026 and found.due_on != expected:
                wrong.append((day, amount, found.due_on, expected))
        day += dt.timedelta(days=1)
    assert wrong == []


# 2026: 1 to 7 October off, 10 October (a Saturday) worked for it.
BY_HAND = [
    ("2026-09-28", "1G", "2026-09-29"),
    ("2026-09-28", "2G", "2026-09-30"),
    ("2026-09-28", "3G", "2026-10-08"),
    ("2026-09-28", "4G", "2026-10-09"),
    ("2026-09-28", "5G", "2026-10-10"),
    ("2026-09-28", "6G", "2026-10-12"),
    ("2026-09-30", "1G", "2026-10-08"),
    ("2026-10-03", "3G", "2026-10-10"),
    ("2026-10-09", "1G", "2026-10-10"),
    ("2026-10-10", "1G", "2026-10-12"),
    ("2026-09-28", "10Z", "2026-10-08"),
]


@pytest.mark.parametrize(("start", "limit", "last"), BY_HAND)
def test_the_week_of_the_national_day_as_counted_by_hand(
    calendars: Calendars, start: str, limit: str, last: str
) -> None:
    assert ends(calendars["511702"], start, limit).due_on == dt.date.fromisoformat(last)


def test_the_same_week_line_by_line(calendars: Calendars) -> None:
    start = midnight(dt.date(2026, 9, 28))
    lines = explain(Reading(start, (Limit.parse("5G"),), (), calendars["511702"]))
    assert [(line.day.day, line.nth, line.why) for line in lines] == [
        (29, 1, "周二"), (30, 2, "周三"),
        *[(day, 0, "国庆节") for day in range(1, 8)],
        (8, 3, "周四"), (9, 4, "周五"), (10, 5, "调休上班"),
    ]  # fmt: skip


def test_a_supplement_over_the_holidays_takes_only_the_days_that_were_worked(
    calendars: Calendars,
) -> None:
    """Asked on 29 September, there on 9 October: 30 September, 8 and 9 October are left out."""
    asked, there = midnight(dt.date(2026, 9, 29)), midnight(dt.date(2026, 10, 9))
    found = ends(calendars["511702"], "2026-09-28", "5G", Pause(asked, there))
    # 29 September; then 10, 12, 13, 14 October.
    assert found.due_on == dt.date(2026, 10, 14)


def test_liangshan_keeps_the_yi_new_year_and_dazhou_works(calendars: Calendars) -> None:
    """20 to 26 November 2025 off in 凉山, its Sunday 16 and Saturday 29 worked for it."""
    assert ends(calendars["511702"], "2025-11-19", "3G").due_on == dt.date(2025, 11, 24)
    assert ends(calendars["513401"], "2025-11-19", "3G").due_on == dt.date(2025, 11, 29)
    assert ends(calendars["513401"], "2025-11-14", "1G").due_on == dt.date(2025, 11, 16)
    assert ends(calendars["511702"], "2025-11-14", "1G").due_on == dt.date(2025, 11, 17)


def test_what_rests_on_2027_is_provisional(calendars: Calendars) -> None:
    assert not ends(calendars["511702"], "2026-12-21", "5G").is_provisional
    over_new_year = ends(calendars["511702"], "2026-12-21", "20G")
    assert over_new_year.is_provisional
    assert over_new_year.due_on.year == 2027
    # Natural days need no calendar.
    assert not ends(calendars["511702"], "2026-12-21", "60Z").is_provisional
