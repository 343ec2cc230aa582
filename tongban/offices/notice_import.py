"""Importing a published arrangement: it replaces what was provisional in its year."""

from datetime import datetime

from django.db import transaction

from .calendar_change import Changed, change_days, kept_days, lock_calendar
from .models import CalendarVersion, Region
from .notice_file import read_notice
from .tables import BadData


@transaction.atomic
def import_notice(*, text: str, at: datetime) -> Changed:
    """Take in the text of a notice file, whole or not at all; the same file again changes nothing.

    Returns the new version and the days that have moved, from which clocks are derived anew.
    Raises BadData.
    """
    notice = read_notice(text)
    if notice.region and not Region.objects.filter(pk=notice.region).exists():
        raise BadData([f"没有区划 {notice.region}"])
    lock_calendar()
    earlier = CalendarVersion.objects.filter(year=notice.year, region=notice.region)
    earlier_sources = set(earlier.values_list("source", flat=True))
    # An earlier notice of the same year may have reached into the December before.
    going = [
        fact
        for fact in kept_days().values()
        if (fact.region, fact.day.year) == (notice.region, notice.year)
        or fact.source in earlier_sources
    ]
    return change_days(
        wanted=notice.days,
        going=going,
        source=notice.source,
        at=at,
        notice=(notice.year, notice.region),
    )
