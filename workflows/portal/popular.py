"""What is applied for most: counted once a day in each process, not on every visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone

from matters.catalogue.models import MatterVersion
from matters.catalogue.scope import scope_of_version
from matters.catalogue.search import in_force
from workflows.cases.models import Case

SHOWN = 8
COUNTED_DAYS = 30

_counted: dict[dt.date, list[int]] = {}


def popular(zones: Iterable[str] = (), on: dt.date | None = None) -> list[MatterVersion]:
    """Versions in force of the matters with most cases of the last 30 days, the first one first.

    zones: where the person is; matters of neighbouring areas are for those inside.

    Where there are none yet: matters whose limits are published. One statement, two once a day.
    """
    day = on or timezone.localdate()
    ids = _counted.get(day) or _count(day)
    if not ids:
        published = in_force(day).exclude(definition__promise=None)[:SHOWN]
        return [version for version in published if _is_open_in(version, zones)]
    found = {version.matter_id: version for version in in_force(day).filter(matter__in=ids)}
    shown = (found[matter_id] for matter_id in ids if matter_id in found)
    return [version for version in shown if _is_open_in(version, zones)]


def _is_open_in(version: MatterVersion, zones: Iterable[str]) -> bool:
    return scope_of_version(version).is_open_in(zones)


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
