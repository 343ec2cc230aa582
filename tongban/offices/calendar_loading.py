"""Loading the calendar that the project itself knows, as often as one likes."""

from datetime import datetime

from django.db import transaction

from .calendar_change import Changed, change_days, kept_days, lock_calendar
from .calendar_sources import DayFact, all_days
from .models import CalendarVersion, Region
from .tables import BadData

SOURCE = "随系统载入的日历"


@transaction.atomic
def load_calendar(*, at: datetime) -> Changed:
    """Bring all days in line with the project's data; a second time changes nothing.

    A year whose arrangement an operator has imported stays as imported. Raises BadData.
    """
    facts = all_days()
    _need_regions(facts)
    lock_calendar()
    notices = CalendarVersion.objects.exclude(year=None)
    years = set(notices.values_list("region_id", "year"))
    sources = set(notices.values_list("source", flat=True))
    kept = kept_days()
    # A notice can reach into the December before its year, so its rows are known by their source.
    imported = {key for key, fact in kept.items() if fact.source in sources}
    wanted = [
        fact
        for fact in facts
        if (fact.region, fact.day.year) not in years and (fact.region, fact.day) not in imported
    ]
    going = [fact for key, fact in kept.items() if key not in imported]
    return change_days(wanted=wanted, going=going, source=SOURCE, at=at)


def _need_regions(facts: list[DayFact]) -> None:
    wanted = {fact.region for fact in facts if fact.region}
    missing = wanted - set(Region.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing:
        raise BadData([f"没有区划 {code}，请先运行 load_offices" for code in sorted(missing)])
