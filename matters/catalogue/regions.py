"""The counties of both provinces, for the region picker: read often, changed a few times a year."""

import time
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from tongban.offices.models import Region

KEPT_SECONDS = 60
POOL = "pool"
# 重庆 is one pool for all its districts; in 四川 each city has its own.
_POOLS = Q(level=Region.Level.CITY) | Q(level=Region.Level.PROVINCE, pk="500000")

# As django.forms wants grouped choices: (group, ((value, label), …)).
Grouped = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    choices: Grouped
    names: dict[str, str]


_kept: dict[str, _Kept] = {}


def region_choices(level: str = "county") -> Grouped:
    """Regions of `level` in force today, grouped by what they belong to. One statement a minute.

    level: county, township, or pool: the 统筹区 of 医保, which are 重庆 whole and the cities of 四川.
    """
    return _read(level).choices


def region_name(code: str) -> str:
    """The full name of any region, abolished ones too; the code itself if there is none such."""
    for kept in _kept.values():
        if code in kept.names:
            return kept.names[code]
    named = Region.objects.filter(pk=code).values_list("full_name", flat=True).first()
    return named or code


def forget_regions() -> None:
    """Empty the cache of this process, after regions have been loaded anew and in tests."""
    _kept.clear()


def _read(level: str) -> _Kept:
    kept = _kept.get(level)
    if kept is None or kept.until < time.monotonic():
        kept = _kept[level] = _fresh(level)
    return kept


def _fresh(level: str) -> _Kept:
    rows = (
        Region.objects.in_force(timezone.localdate())
        .filter(_POOLS if level == POOL else Q(level=level))
        .order_by("code")
        .values_list("code", "name", "full_name", "parent__full_name")
    )
    choices: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    for code, name, full_name, parent in rows:
        choices.setdefault(parent or full_name, []).append((code, name))
        names[code] = full_name
    return _Kept(time.monotonic() + KEPT_SECONDS, list(choices.items()), names)
