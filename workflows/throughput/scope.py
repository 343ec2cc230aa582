"""What a page is about: days, provinces, direction, line of work, matter, mode, office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Q

from matters.catalogue.models import Matter

from .directions import DIRECTIONS, Pair
from .periods import CUSTOM, Period


@dataclass(frozen=True)
class Scope:
    """The filters of a page; '' and None leave one open. They stay in the address."""

    period: Period
    province: str = ""
    direction: str = ""
    department: str = ""
    matter_id: int | None = None
    mode: str = ""
    office_id: int | None = None

    @property
    def picks_matters(self) -> bool:
        return bool(self.department) or self.matter_id is not None

    def cells(self) -> Q:
        """Direction and mode: columns that events, cases and all day tables share."""
        rows = Q()
        if self.province:
            rows &= Q(origin_province=self.province) | Q(owner_province=self.province)
        if self.direction:
            rows &= _of_pairs(DIRECTIONS[self.direction].pairs)
        if self.mode:
            rows &= Q(mode=self.mode)
        return rows

    def matters(self, key: str = "matter_id") -> Q:
        """Matters: for events, cases and the tables that are cut by matter; `pk` for matters themselves."""
        rows = Q()
        if self.matter_id is not None:
            rows &= Q(**{key: self.matter_id})
        if self.department:
            of_department = Matter.objects.filter(department_id=self.department)
            rows &= Q(**{f"{key}__in": of_department.values("pk")})
        return rows

    def but(self, **changes: object) -> Scope:
        return replace(self, **changes)  # type: ignore[arg-type]

    def address(self, path: str, more: Mapping[str, object] | None = None) -> str:
        """`path` with these filters, and what else is given, as a query."""
        query: dict[str, object] = {"period": self.period.code}
        if self.period.code == CUSTOM:
            query |= {"since": self.period.first, "until": self.period.last}
        query |= {
            "province": self.province,
            "direction": self.direction,
            "department": self.department,
            "matter": self.matter_id,
            "mode": self.mode,
            "office": self.office_id,
        }
        query |= more or {}
        return f"{path}?{urlencode({k: v for k, v in query.items() if v not in ('', None)})}"

    def behind(self, measure: str, **more: object) -> str:
        """The address of the list of cases that a figure counts, for fixed days."""
        fixed = self.but(period=replace(self.period, code=CUSTOM))
        return fixed.address("/throughput/cases/", {"measure": measure, **more})

    def behind_reviews(self, show: str) -> str:
        """The address of the list of 差评 that a figure counts, for fixed days."""
        fixed = self.but(period=replace(self.period, code=CUSTOM))
        return fixed.address("/throughput/ratings/", {"show": show})


def _of_pairs(pairs: tuple[Pair, ...]) -> Q:
    rows = Q()
    for origin, owner in pairs:
        rows |= Q(origin_province=origin, owner_province=owner)
    return rows
