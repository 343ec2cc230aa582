"""From which city of 四川 or district of 重庆 to which: the matrix of regions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from tongban.offices.models import Region

from .directions import DIRECTIONS, Direction
from .figures import within
from .models import DayRoute
from .scope import Scope
from .settled import summed


@dataclass
class Matrix:
    """Figures by (taken in at, decided at); names by code, what is known of them."""

    cells: dict[tuple[str, str], int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def origins(self) -> list[tuple[str, int]]:
        return _ranked((origin, n) for (origin, _), n in self.cells.items())

    @property
    def owners(self) -> list[tuple[str, int]]:
        return _ranked((owner, n) for (_, owner), n in self.cells.items())

    @property
    def total(self) -> int:
        return sum(self.cells.values())

    def name(self, area: str) -> str:
        return self.names.get(area, area)


def matrix(scope: Scope, direction: str, figure: str) -> Matrix:
    """One direction's cases of the period by region. Two statements, the second for the names."""
    one: Direction = DIRECTIONS[direction]
    rows = within(DayRoute, scope.but(direction=one.code), scope.period.first, scope.period.last)
    found = Matrix()
    for row in summed(rows, ("route",), (figure,)):
        origin, _, owner = row["route"].partition("-")
        if row[f"n_{figure}"]:
            found.cells[origin, owner] = row[f"n_{figure}"]
    areas_seen = {area for cell in found.cells for area in cell}
    if areas_seen:
        found.names = dict(Region.objects.filter(pk__in=areas_seen).values_list("pk", "name"))
    return found


def areas(column: str, route: str) -> Q:
    """Rows of a route: '511700-500101', or one end only: '511700-', '-500101'."""
    origin, _, owner = route.partition("-")
    if origin and owner:
        return Q(**{column: route})
    return (
        Q(**{f"{column}__startswith": f"{origin}-"})
        if origin
        else Q(**{f"{column}__endswith": f"-{owner}"})
    )


def route_label(route: str) -> str:
    """'成都市→渝中区', '成都市→各地'; '' without one. One statement."""
    if not route:
        return ""
    ends = route.partition("-")[::2]
    names = dict(Region.objects.filter(pk__in=[e for e in ends if e]).values_list("pk", "name"))
    return "→".join(names.get(end, end) or "各地" for end in ends)


def _ranked(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    sums: dict[str, int] = defaultdict(int)
    for area, n in pairs:
        sums[area] += n
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
