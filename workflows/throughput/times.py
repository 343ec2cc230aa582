"""How many working days cases took: the distribution, its median and percentiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from .figures import within
from .models import LONGEST_DAYS, DayTime, DayTimeOffice
from .periods import Period
from .scope import Scope
from .settled import summed


@dataclass(frozen=True)
class Bucket:
    """A run of working days, both ends counted."""

    code: str
    label: str
    first: int
    last: int

    @property
    def days(self) -> list[int]:
        return list(range(self.first, self.last + 1))


BUCKETS: Final = {
    bucket.code: bucket
    for bucket in [
        *(Bucket(str(n), f"{n} 个工作日", n, n) for n in range(11)),
        Bucket("11-15", "11–15 个工作日", 11, 15),
        Bucket("16-20", "16–20 个工作日", 16, 20),
        # Days in the table stop at one number that stands for all beyond; events know the rest.
        Bucket("more", "20 个工作日以上", LONGEST_DAYS, 400),
    ]
}
PERCENTILES: Final = ((50, "中位数"), (80, "80% 的件不超过"), (95, "95% 的件不超过"))


@dataclass
class Times:
    """Cases by working days; LONGEST_DAYS stands for that many and more."""

    cases: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        return sum(self.cases.values())

    def within(self, bucket: Bucket) -> int:
        return sum(n for days, n in self.cases.items() if bucket.first <= days <= bucket.last)

    def percentile(self, share: int) -> int | None:
        """The fewest working days in which `share` % of the cases were done; None without cases."""
        seen, needed = 0, self.total * share
        for days in sorted(self.cases):
            seen += self.cases[days] * 100
            if seen >= needed:
                return days
        return None


def in_words(days: int | None) -> str:
    """'3', '20 以上', or a dash."""
    return "—" if days is None else "20 以上" if days >= LONGEST_DAYS else str(days)


def by_matter(scope: Scope) -> dict[int, Times]:
    """The period's distributions by matter. One statement."""
    rows = within(DayTime, scope, scope.period.first, scope.period.last).filter(scope.matters())
    found: dict[int, Times] = defaultdict(Times)
    for row in summed(rows, ("matter_id", "days"), ("cases",)):
        found[row["matter_id"]].cases[row["days"]] += row["n_cases"]
    return dict(found)


def of_period(scope: Scope, period: Period) -> Times:
    """One distribution over all matters. One statement."""
    rows = within(DayTime, scope, period.first, period.last).filter(scope.matters())
    found = Times()
    for row in summed(rows, ("days",), ("cases",)):
        found.cases[row["days"]] += row["n_cases"]
    return found


def by_office(scope: Scope) -> dict[tuple[int, str], Times]:
    """The period's distributions by (office, its province); matters don't pick. One statement."""
    rows = within(DayTimeOffice, scope, scope.period.first, scope.period.last)
    found: dict[tuple[int, str], Times] = defaultdict(Times)
    for row in summed(rows, ("office_id", "province", "days"), ("cases",)):
        found[row["office_id"], row["province"]].cases[row["days"]] += row["n_cases"]
    return dict(found)


def together(parts: Iterable[Times]) -> Times:
    """The sum of several distributions."""
    whole = Times()
    for part in parts:
        for days, n in part.cases.items():
            whole.cases[days] += n
    return whole
