"""The counties of both provinces, for the region picker: read often, changed a few times a year."""

import time
from dataclasses import dataclass

from django.utils import timezone

from tongban.offices.models import Region

KEPT_SECONDS = 60

# As django.forms wants grouped choices: (group, ((value, label), …)).
Grouped = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    choices: Grouped
    names: dict[str, str]


_kept: dict[str, _Kept] = {}


def region_choices(level: str = "county") -> Grouped:
    """Regions of `level` in force today, grouped by what they belong to. One statement a minute."""
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
        .filter(level=level)
        .order_by("code")
        .values_list("code", "name", "full_name", "parent__full_name")
    )
    choices: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    for code, name, full_name, parent in rows:
        choices.setdefault(parent or "", []).append((code, name))
        names[code] = full_name
    return _Kept(time.monotonic() + KEPT_SECONDS, list(choices.items()), names)
