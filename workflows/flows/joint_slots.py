"""Slots of 虚拟综窗: an office's hours, cut into sessions on days that both sides work, less what is booked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from tongban.offices.calendar import WorkingCalendar, calendar_for
from workflows.cases.clocks import SHANGHAI, local_day
from workflows.cases.models import JointHours, JointSession

# How many working days ahead somebody may book.
DAYS_AHEAD = 10


@dataclass(frozen=True)
class Slot:
    """A session that can still be booked; its time is of the two provinces' zone."""

    starts_at: dt.datetime
    minutes: int
    clerk_id: int
    clerk: str
    video_url: str

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)

    @property
    def code(self) -> str:
        return f"{self.clerk_id}-{int(self.starts_at.timestamp())}"

    @property
    def text(self) -> str:
        """09:00—09:30 通承办"""
        return f"{self.starts_at:%H:%M}—{self.ends_at:%H:%M} {self.clerk}"


def free_slots(office_id: int, regions: Iterable[str], now: dt.datetime) -> list[Slot]:
    """What can be booked at the office, the earliest first; one that is running may be joined.

    regions: of both sides, whose calendars must both say that the day is worked. Two statements.
    """
    hours = list(
        JointHours.objects.filter(office=office_id, clerk__is_active=True).select_related("clerk")
    )
    taken: dict[int, list[JointSession]] = {}
    booked = JointSession.objects.filter(
        clerk__in=[each.clerk_id for each in hours], starts_at__gt=now - dt.timedelta(days=1)
    ).exclude(status=JointSession.Status.CANCELLED)
    for session in booked:
        taken.setdefault(session.clerk_id, []).append(session)
    calendars = [calendar_for(region) for region in regions]
    found = [
        slot
        for day in islice(_days(local_day(now), calendars), DAYS_AHEAD)
        for each in hours
        if each.weekday == day.weekday()
        for slot in _cut(each, day)
        if slot.ends_at > now and not _overlaps(slot, taken.get(slot.clerk_id, []))
    ]
    return sorted(found, key=lambda slot: (slot.starts_at, slot.clerk_id))


def _days(first: dt.date, calendars: list[WorkingCalendar]) -> Iterator[dt.date]:
    """Days that all of the calendars work, without end."""
    return (
        day
        for day in calendars[0].working_days_from(first)
        if all(calendar.is_working(day) for calendar in calendars)
    )


def _cut(hours: JointHours, day: dt.date) -> Iterator[Slot]:
    zone, length = SHANGHAI, dt.timedelta(minutes=hours.minutes)
    starts = dt.datetime.combine(day, hours.opens_at, zone)
    closes = dt.datetime.combine(day, hours.closes_at, zone)
    while starts + length <= closes:
        yield Slot(starts, hours.minutes, hours.clerk_id, hours.clerk.name, hours.video_url)
        starts += length


def _overlaps(slot: Slot, sessions: list[JointSession]) -> bool:
    """Hours may have been set anew since: a session keeps the time that it was booked for."""
    return any(s.starts_at < slot.ends_at and slot.starts_at < s.ends_at for s in sessions)
