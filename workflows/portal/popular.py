"""What is applied for most: counted once a day in each process, not on every visit."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.utils import timezone

from matters.catalogue.models import MatterVersion
from matters.catalogue.search import in_force
from workflows.cases.models import Case

SHOWN = 8
COUNTED_DAYS = 30

_counted: dict[dt.date, list[int]] = {}


def popular(on: dt.date | None = None) -> list[MatterVersion]:
    """Versions in force of the matters with most cases of the last 30 days, the first one first.

    Where there are none yet: matters whose limits are published. One statement, two once a day.
    """
    day = on or timezone.localdate()
    ids = _counted.get(day) or _count(day)
    if not ids:
        return list(in_force(day).exclude(definition__promise=None)[:SHOWN])
    found = {version.matter_id: version for version in in_force(day).filter(matter__in=ids)}
    return [found[matter_id] for matter_id in ids if matter_id in found]


def forget_popular() -> None:
    """For tests."""
    _counted.clear()


def _count(day: dt.date) -> list[int]:
    since = timezone.now() - dt.timedelta(days=COUNTED_DAYS)
    recent = Case.objects.filter(opened_at__gte=since, parent=None)
    counted = recent.values("matter_id").annotate(n=Count("id")).order_by("-n", "matter_id")
    ids = [row["matter_id"] for row in counted[:SHOWN]]
    _counted.clear()
    # An empty site is asked again, so that its first cases show the same day.
    if ids:
        _counted[day] = ids
    return ids
