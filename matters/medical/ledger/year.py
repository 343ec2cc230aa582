"""The year to date: the totals after the last entry of a person's calendar year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from matters.medical.bill import YearToDate
from matters.medical.models import YearEntry


@dataclass(frozen=True, slots=True)
class Head:
    """Where a person's year stands: the last entry's place (0: none yet) and the totals after it."""

    insured_id: int
    year: int
    seq: int
    totals: YearToDate

    def next(self, totals: YearToDate, *, key: str, at: dt.datetime) -> YearEntry:
        """The entry that brings the year to these totals; not written yet."""
        return YearEntry(
            insured_id=self.insured_id,
            year=self.year,
            seq=self.seq + 1,
            key=key,
            delta=(totals - self.totals).as_json(),
            after=totals.as_json(),
            at=at,
        )


def head(*, insured_id: int, year: int) -> Head:
    """One statement. Under the person's lock, and only after it has been got: a statement sees what was
    committed when it began, so that reading along with the lock would read the year before the wait."""
    last = (
        YearEntry.objects.filter(insured_id=insured_id, year=year)
        .order_by("-seq")
        .values_list("seq", "after")
        .first()
    )
    if last is None:
        return Head(insured_id, year, 0, YearToDate())
    return Head(insured_id, year, last[0], YearToDate.from_json(last[1]))


def counted(delta: Mapping[str, int | str]) -> YearToDate:
    """What an entry changed; unlike a year to date it may be below zero."""
    return YearToDate(
        **{
            name: value if isinstance(value, int) else Decimal(value)  # type: ignore[arg-type]
            for name, value in delta.items()
        }
    )
