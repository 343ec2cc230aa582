"""What holds of every limit, whatever its start, its days and its pauses."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matters.catalogue.definition import Limit
from tongban.offices.calendar import WorkingCalendar
from workflows.cases.clocks import (
    SHANGHAI,
    Due,
    Pause,
    Reading,
    days_left_out,
    days_used,
    due,
    explain,
    local_day,
    midnight,
)

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2027, 6, 30)
moments = st.datetimes(
    dt.datetime.combine(FIRST, dt.time()), dt.datetime.combine(LAST, dt.time())
).map(lambda naive: naive.replace(tzinfo=SHANGHAI))
places = st.sampled_from(["511702", "513401"])
day_limits = st.builds(lambda n, unit: Limit(amount=n, unit=unit), st.integers(1, 60),
                       st.sampled_from(["G", "Z"]))  # fmt: skip
any_limits = day_limits | st.builds(lambda n: Limit(amount=n, unit="H"), st.integers(1, 200))


@st.composite
def pauses(draw: st.DrawFn, start: dt.datetime, most: int = 3) -> tuple[Pause, ...]:
    """Closed pauses, one after the other, some before the clock begins."""
    cuts = draw(st.lists(st.integers(-400, 2000), unique=True, max_size=2 * most))
    edges = [start + dt.timedelta(hours=cut) for cut in sorted(cuts[: len(cuts) // 2 * 2])]
    return tuple(Pause(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))


@st.composite
def readings(draw: st.DrawFn, limits: st.SearchStrategy[Limit] = any_limits) -> tuple[str, Reading]:
    """A clock without its calendar, and the place whose calendar it is to have."""
    start = draw(moments)
    reading = Reading(
        started_at=start,
        limits=(draw(limits),),
        pauses=draw(pauses(start)),
        calendar=None,  # type: ignore[arg-type]  # each test puts a real one in
        yellow_percent=draw(st.integers(1, 100)),
        red_percent=draw(st.integers(1, 100)),
    )
    return draw(places), reading


def moment_of(reading: Reading) -> Due:
    found = due(reading)
    assert found is not None
    return found


Calendars = dict[str, WorkingCalendar]


def real(calendars: Calendars, drawn: tuple[str, Reading]) -> Reading:
    place, reading = drawn
    return replace(reading, calendar=calendars[place])


@given(drawn=readings(), later=st.integers(0, 2000))
def test_who_begins_later_is_not_due_earlier(
    calendars: Calendars, drawn: tuple[str, Reading], later: int
) -> None:
    reading = real(calendars, drawn)
    moved = replace(reading, started_at=reading.started_at + dt.timedelta(hours=later))
    assert moment_of(moved).due_at >= moment_of(reading).due_at


@given(drawn=readings(), more=st.integers(1, 40))
def test_a_longer_limit_is_not_due_earlier(
    calendars: Calendars, drawn: tuple[str, Reading], more: int
) -> None:
    reading = real(calendars, drawn)
    longer = replace(reading, limits=(*reading.limits, Limit(amount=more, unit=reading.unit)))
    assert moment_of(longer).due_at > moment_of(reading).due_at


@given(drawn=readings(day_limits), more=st.integers(1, 40))
def test_a_limit_and_its_extension_are_one_limit_and_go_on_where_the_first_ended(
    calendars: Calendars, drawn: tuple[str, Reading], more: int
) -> None:
    reading = real(calendars, drawn)
    extension = Limit(amount=more, unit=reading.unit)
    extended = moment_of(replace(reading, limits=(*reading.limits, extension)))
    whole = Limit(amount=reading.amount + more, unit=reading.unit)
    assert extended == moment_of(replace(reading, limits=(whole,)))
    first = moment_of(reading)
    rest = replace(reading, started_at=midnight(first.due_on), limits=(extension,))
    assert moment_of(rest).due_at == extended.due_at


@given(drawn=readings(day_limits), hour=st.floats(0, 23.99))
def test_the_hour_at_which_a_limit_of_days_begins_does_not_matter(
    calendars: Calendars, drawn: tuple[str, Reading], hour: float
) -> None:
    reading = real(calendars, drawn)
    other = midnight(local_day(reading.started_at)) + dt.timedelta(hours=hour)
    assert due(replace(reading, started_at=other)) == due(reading)


@given(drawn=readings(), pause=st.data())
def test_a_pause_never_brings_a_due_moment_nearer(
    calendars: Calendars, drawn: tuple[str, Reading], pause: st.DataObject
) -> None:
    reading = real(calendars, drawn)
    without = moment_of(replace(reading, pauses=()))
    assert moment_of(reading).due_at >= without.due_at
    for kept, more in pairwise([reading.pauses[:n] for n in range(len(reading.pauses) + 1)]):
        fewer, all_of_them = (moment_of(replace(reading, pauses=p)) for p in (kept, more))
        assert all_of_them.due_at >= fewer.due_at


@given(drawn=readings(st.builds(lambda n: Limit(amount=n, unit="G"), st.integers(1, 30))),
       nth=st.integers(1, 60))  # fmt: skip
def test_a_pause_over_a_day_off_moves_nothing(
    calendars: Calendars, drawn: tuple[str, Reading], nth: int
) -> None:
    reading = replace(real(calendars, drawn), pauses=())
    day = local_day(reading.started_at) + dt.timedelta(days=nth)
    over = Pause(midnight(day - dt.timedelta(days=1)), midnight(day) + dt.timedelta(hours=12))
    paused = moment_of(replace(reading, pauses=(over,)))
    if not reading.calendar.is_working(day) or day > moment_of(reading).due_on:
        assert paused.due_at == moment_of(reading).due_at
    else:
        assert paused.due_at > moment_of(reading).due_at


@given(drawn=readings(day_limits))
def test_the_explanation_counts_to_the_limit_and_ends_on_the_last_day(
    calendars: Calendars, drawn: tuple[str, Reading]
) -> None:
    reading = real(calendars, drawn)
    lines = list(explain(reading))
    assert [line.nth for line in lines if line.counts] == list(range(1, reading.amount + 1))
    assert all(b.day - a.day == dt.timedelta(days=1) for a, b in pairwise(lines))
    assert lines[0].day == local_day(reading.started_at) + dt.timedelta(days=1)
    found = moment_of(reading)
    assert lines[-1].day == found.due_on
    assert found.is_provisional == any(line.is_provisional for line in lines)
    assert days_used(reading, found.due_at - dt.timedelta(seconds=1)) == reading.amount
    assert all(line.why for line in lines)


@given(drawn=readings(), begun=st.integers(0, 900), first=st.integers(0, 400),
       second=st.integers(0, 400))  # fmt: skip
def test_two_pauses_that_meet_are_one(
    calendars: Calendars, drawn: tuple[str, Reading], begun: int, first: int, second: int
) -> None:
    reading = real(calendars, drawn)
    start, met, end = (
        reading.started_at + dt.timedelta(hours=hours)
        for hours in (begun, begun + first, begun + first + second)
    )
    split = replace(reading, pauses=(Pause(start, met), Pause(met, end)))
    assert due(split) == due(replace(reading, pauses=(Pause(start, end),)))


@settings(max_examples=40)
@given(drawn=readings(day_limits), begun=st.integers(0, 900), lasted=st.integers(0, 900))
def test_a_pause_is_counted_in_the_unit_of_the_clock_that_it_stops(
    calendars: Calendars, drawn: tuple[str, Reading], begun: int, lasted: int
) -> None:
    """What it left out, in working days or in days, is what the limit would have to be longer by."""
    reading = replace(real(calendars, drawn), pauses=())
    start = reading.started_at + dt.timedelta(hours=begun)
    pause = Pause(start, start + dt.timedelta(hours=lasted))
    paused = moment_of(replace(reading, pauses=(pause,)))
    left_out = days_left_out(reading, pause, paused.due_at - dt.timedelta(seconds=1))
    longer = Limit(amount=reading.amount + left_out, unit=reading.unit)
    assert moment_of(replace(reading, limits=(longer,))).due_at == paused.due_at
    assert left_out <= (local_day(start + dt.timedelta(hours=lasted)) - local_day(start)).days


@given(drawn=readings(st.builds(lambda n: Limit(amount=n, unit="H"), st.integers(1, 200))),
       begun=st.integers(0, 100), lasted=st.integers(0, 900))  # fmt: skip
def test_a_pause_of_a_clock_of_hours_is_counted_in_hours(
    calendars: Calendars, drawn: tuple[str, Reading], begun: int, lasted: int
) -> None:
    reading = replace(real(calendars, drawn), pauses=())
    start = reading.started_at + dt.timedelta(hours=begun)
    paused = replace(reading, pauses=(Pause(start, start + dt.timedelta(hours=lasted)),))
    moved = moment_of(paused).due_at - moment_of(reading).due_at
    assert moved == dt.timedelta(hours=lasted if begun < reading.amount else 0)


@given(drawn=readings())
def test_yellow_comes_before_red_and_red_no_later_than_late(
    calendars: Calendars, drawn: tuple[str, Reading]
) -> None:
    reading = real(calendars, drawn)
    found = moment_of(reading)
    assert reading.started_at < found.yellow_at <= found.red_at <= found.due_at
    if reading.unit != "H":
        # The last counted day at the latest is yellow from its first minute.
        assert found.yellow_at <= midnight(found.due_on)
    past_due = moment_of(replace(reading, red_percent=100))
    assert past_due.red_at == past_due.due_at == found.due_at


@given(drawn=readings(day_limits))
def test_yellow_comes_when_its_share_is_used_or_on_the_last_day_that_is_worked(
    calendars: Calendars, drawn: tuple[str, Reading]
) -> None:
    reading = replace(real(calendars, drawn), red_percent=100)
    found = moment_of(reading)
    used = days_used(reading, found.yellow_at - dt.timedelta(seconds=1))
    share = reading.amount * reading.yellow_percent
    assert used * 100 <= share
    if used + 1 < reading.amount and (used + 1) * 100 <= share:
        # Sooner than its share says: after this day nobody is there who could do anything.
        later = [line for line in explain(reading) if line.day > local_day(found.yellow_at)]
        assert not any(line.counts and reading.calendar.is_working(line.day) for line in later)
        assert reading.calendar.is_working(local_day(found.yellow_at))


@given(drawn=readings(day_limits))
def test_red_comes_when_its_share_is_used(calendars: Calendars, drawn: tuple[str, Reading]) -> None:
    reading = real(calendars, drawn)
    used = days_used(reading, moment_of(reading).red_at - dt.timedelta(seconds=1))
    share = reading.amount * reading.red_percent
    assert used * 100 <= share < (used + 1) * 100


@given(drawn=readings(), until=st.integers(0, 300))
def test_an_open_pause_stops_every_clock_that_has_not_ended(
    calendars: Calendars, drawn: tuple[str, Reading], until: int
) -> None:
    reading = replace(real(calendars, drawn), pauses=())
    ended = moment_of(reading)
    opened = reading.started_at + dt.timedelta(hours=until)
    found = due(replace(reading, pauses=(Pause(opened, None),)))
    last_day = reading.unit != "H" and local_day(opened) >= ended.due_on
    assert found == (ended if last_day or opened >= ended.due_at else None)


def test_hours_have_no_days_to_explain(calendars: Calendars) -> None:
    reading = Reading(midnight(FIRST), (Limit.parse("4H"),), (), calendars["511702"])
    assert list(explain(reading)) == []
    assert moment_of(reading).due_at == midnight(FIRST) + dt.timedelta(hours=4)


LAST_WORKED = [
    # Begun on Monday 1 January 2024: (limit, yellow on that day of January, due on that one).
    ("1G", 2, 2), ("9G", 12, 12), ("10G", 15, 15), ("19G", 25, 26), ("20G", 26, 29),
    ("3Z", 4, 4), ("4Z", 5, 5), ("10Z", 11, 11), ("19Z", 19, 20),
    # A Saturday and a Sunday: the Friday before is the last on which anybody is there.
    ("5Z", 5, 6), ("6Z", 5, 7), ("20Z", 19, 21),
    ("4H", 1, 1), ("72H", 3, 3), ("144H", 5, 6),
]  # fmt: skip


@pytest.mark.parametrize(("limit", "yellow", "last"), LAST_WORKED)
def test_yellow_at_ninety_per_cent_or_on_the_last_working_day(
    calendars: Calendars, limit: str, yellow: int, last: int
) -> None:
    reading = Reading(midnight(FIRST), (Limit.parse(limit),), (), calendars["511702"])
    found = moment_of(reading)
    assert (local_day(found.yellow_at).day, found.due_on.day) == (yellow, last)
