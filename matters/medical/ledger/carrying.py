"""What the year had counted before this ledger kept it: the core system's counters, carried in once."""

from __future__ import annotations

import datetime as dt

from matters.medical.bill import YearToDate
from matters.medical.models import Insured, YearEntry

from .accounts import locked, without_names
from .booking import one_transaction
from .refusals import KeyTaken, OutOfOrder
from .year import head


def carry_in(
    *, insured_id: int, year: int, totals: YearToDate, key: str, at: dt.datetime, reason: str
) -> YearEntry:
    """The first entry of a person's year, in place of settlements that were booked elsewhere.

    The same key gives the same entry. Raises OutOfOrder once anything is booked in that year, or for
    a counter below zero, and KeyTaken. Four statements.
    """
    if totals.below_zero:
        raise OutOfOrder(f"年度累计 {totals.below_zero} 不能小于零。")
    with one_transaction():
        locked(without_names(Insured.objects.filter(pk=insured_id))).get()
        if (before := YearEntry.objects.filter(key=key).first()) is not None:
            if (before.insured_id, before.year) != (insured_id, year):
                raise KeyTaken
            found: YearEntry = before
            return found
        last = head(insured_id=insured_id, year=year)
        if last.seq:
            raise OutOfOrder(f"{year}年已有结算，不能再转入年度累计。")
        entry = last.next(totals, key=key, at=at)
        entry.reason = reason
        entry.save(force_insert=True)
        return entry
