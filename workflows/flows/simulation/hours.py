"""When things happen: offices work on working days from nine to five, citizens at all hours."""

from __future__ import annotations

import datetime as dt
from random import Random

from tongban.offices.calendar import calendar_for
from workflows.cases.clocks import SHANGHAI, local_day

OPENS, CLOSES = 9, 17
# One stay in twenty lasts far longer than it should, so that the lights have something to show.
SLOW_SHARE, SLOW_FACTOR = 0.05, 7.0


def office_moment(after: dt.datetime, region: str, mean_hours: float, luck: Random) -> dt.datetime:
    """A moment in office hours, some working hours after `after` (exponential, mean as given)."""
    slow = SLOW_FACTOR if luck.random() < SLOW_SHARE else 1.0
    left = luck.expovariate(1 / mean_hours) * slow
    calendar = calendar_for(region)
    day, hour = local_day(after), _hour(after)
    if hour >= CLOSES or not calendar.is_working(day):
        day, hour = day + dt.timedelta(days=1), OPENS
    while True:
        if calendar.is_working(day):
            hour = max(hour, OPENS)
            if hour + left < CLOSES:
                return _moment(day, hour + left)
            left -= CLOSES - hour
        day, hour = day + dt.timedelta(days=1), OPENS


def citizen_moment(after: dt.datetime, mean_hours: float, luck: Random) -> dt.datetime:
    """A moment between eight in the morning and ten at night."""
    moment = after + dt.timedelta(hours=luck.expovariate(1 / mean_hours))
    day = local_day(moment)
    return max(after + dt.timedelta(minutes=5), _moment(day, min(max(_hour(moment), 8), 21.9)))


def _hour(moment: dt.datetime) -> float:
    local = moment.astimezone(SHANGHAI)
    return local.hour + local.minute / 60


def _moment(day: dt.date, hour: float) -> dt.datetime:
    minutes = int(hour * 60)
    return dt.datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=SHANGHAI)
