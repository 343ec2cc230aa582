"""Daily reconciliation 日对账: totals (3201), then lines (3202), and the differences as work items.

The hospital's word becomes 就医地's own book; the agency's is the settlement ledger. 个账 is one amount
here: acct_pay + acct_mulaid_pay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from matters.medical.models import DailyCheck, Difference, Institution, Settlement, TreatmentEntry

from .months import SHANGHAI

Key = tuple[str, int]
AMOUNTS = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")


@dataclass(frozen=True)
class Totals:
    """3201: one hospital's day, by kind of visit. `count` is of entries, reversals among them."""

    visit: str
    count: int
    medfee_sumamt: Decimal
    fund_pay_sumamt: Decimal
    acct_pay: Decimal


@dataclass(frozen=True)
class Reported:
    """3202: one line. A reversal names the settlement that it takes back, with sign −1 and negative
    amounts. `pool`: the 统筹区 of the patient."""

    setl_id: str
    sign: int
    visit: str
    pool: str
    medfee_sumamt: Decimal
    fund_pay_sumamt: Decimal
    acct_pay: Decimal = Decimal(0)

    @property
    def key(self) -> Key:
        return self.setl_id, self.sign

    @property
    def amounts(self) -> dict[str, str]:
        return {name: f"{getattr(self, name):.2f}" for name in AMOUNTS}


@dataclass(frozen=True)
class TotalsAnswer:
    """What 3201 is answered. `found`: the agency's own totals; `differing`: kinds of visit that need 3202."""

    agrees: bool
    found: tuple[Totals, ...]
    differing: tuple[str, ...]


def compare_totals(
    *, institution: Institution, day: dt.date, said: Sequence[Totals], at: dt.datetime
) -> TotalsAnswer:
    """3201 对总账 of a hospital and a day. Where all agrees, 就医地 books the day's lines.

    A kind of visit that one side leaves out counts as nothing there. Four statements at most.
    """
    lines = agency_lines(institution, day)
    mine, theirs = _totals(lines), {each.visit: each for each in said}
    differing = tuple(
        visit
        for visit in sorted(mine.keys() | theirs.keys())
        if mine.get(visit, _nothing(visit)) != theirs.get(visit, _nothing(visit))
    )
    with transaction.atomic():
        DailyCheck.objects.create(
            institution=institution,
            day=day,
            said=[_json(each) for each in said],
            found=[_json(each) for each in mine.values()],
            agrees=not differing,
            at=at,
        )
        if not differing:
            _book(institution, day, lines, TreatmentEntry.Source.TOTALS, at)
    return TotalsAnswer(not differing, tuple(mine.values()), differing)


def compare_details(
    *, institution: Institution, day: dt.date, lines: Sequence[Reported], at: dt.datetime
) -> list[Difference]:
    """3202 对明细账: all of a hospital's lines of a day. The differences that are left, each a work item.

    就医地's book follows what the hospital says; a difference that has gone is closed as agreeing.
    Said twice changes nothing the second time.
    """
    with transaction.atomic():
        _follow(institution, day, lines, at)
        return recheck(institution=institution, day=day, at=at)


def note_message(
    *, institution: Institution, line: Reported, day: dt.date, at: dt.datetime
) -> None:
    """就医地 books what a settlement message (2304, 2207 or their reversals) said as it passed. Once a line."""
    _book(institution, day, [line], TreatmentEntry.Source.MESSAGE, at)


def recheck(*, institution: Institution, day: dt.date, at: dt.datetime) -> list[Difference]:
    """Compare the two books of a hospital and a day; the differences still open or waiting."""
    theirs = {e.key: e for e in map(_of_entry, _entries(institution, day))}
    mine = {e.key: e for e in agency_lines(institution, day)}
    # Booked around midnight: the other side may have it under another day.
    elsewhere = theirs.keys() - mine.keys()
    mine |= {e.key: e for e in _agency_by_key(elsewhere)}
    missing = mine.keys() - theirs.keys()
    theirs |= {e.key: e for e in map(_of_entry, _entries_by_key(missing))}
    known = _open_differences(institution, day)
    for key in sorted(mine.keys() | theirs.keys()):
        _compare(institution, day, theirs.get(key), mine.get(key), known.pop(key, None), at)
    for gone in known.values():
        # Neither side has it any more.
        _close(gone, at)
    return list(_open_differences(institution, day).values())


def agency_lines(institution: Institution, day: dt.date) -> list[Reported]:
    """The ledger's direct settlements of a hospital and a day, as 3202 names them. One statement."""
    begins = dt.datetime.combine(day, dt.time(), SHANGHAI)
    rows = Settlement.objects.filter(
        institution=institution,
        kind=Settlement.Kind.DIRECT,
        booked_at__gte=begins,
        booked_at__lt=begins + dt.timedelta(days=1),
    )
    return _reported(rows)


def _agency_by_key(keys: Iterable[Key]) -> list[Reported]:
    ids = {setl_id for setl_id, _ in keys}
    if not ids:
        return []
    rows = Settlement.objects.filter(
        Q(setl_id__in=ids, sign=1) | Q(reverses__setl_id__in=ids), kind=Settlement.Kind.DIRECT
    )
    wanted = set(keys)
    return [line for line in _reported(rows) if line.key in wanted]


def _reported(rows: QuerySet[Settlement]) -> list[Reported]:
    return [
        Reported(
            setl_id=row.reverses.setl_id if row.reverses else row.setl_id,
            sign=row.sign,
            visit=row.visit,
            pool=row.pool,
            medfee_sumamt=row.medfee_sumamt,
            fund_pay_sumamt=row.fund_pay_sumamt,
            acct_pay=row.acct_pay + row.acct_mulaid_pay,
        )
        for row in rows.select_related("reverses").order_by("id")
    ]


def _of_entry(entry: TreatmentEntry) -> Reported:
    return Reported(
        setl_id=entry.setl_id,
        sign=entry.sign,
        visit=entry.visit,
        pool=entry.insured_province,
        medfee_sumamt=entry.medfee_sumamt,
        fund_pay_sumamt=entry.fund_pay_sumamt,
        acct_pay=entry.acct_pay,
    )


def _entries(institution: Institution, day: dt.date) -> QuerySet[TreatmentEntry]:
    return TreatmentEntry.objects.filter(institution=institution, on=day, voided_at=None)


def _entries_by_key(keys: Iterable[Key]) -> list[TreatmentEntry]:
    wanted = set(keys)
    if not wanted:
        return []
    ids = {setl_id for setl_id, _ in wanted}
    rows = TreatmentEntry.objects.filter(setl_id__in=ids, voided_at=None)
    return [row for row in rows if (row.setl_id, row.sign) in wanted]


def _follow(
    institution: Institution, day: dt.date, lines: Sequence[Reported], at: dt.datetime
) -> None:
    """Bring 就医地's book of the day in line with what the hospital says."""
    said = {line.key: line for line in lines}
    stale = [
        entry.pk
        for entry in _entries(institution, day)
        if not _is_same(said.get((entry.setl_id, entry.sign)), entry)
    ]
    TreatmentEntry.objects.filter(pk__in=stale).update(
        voided_at=at, void_reason="医院 3202 明细更新"
    )
    _book(institution, day, lines, TreatmentEntry.Source.DETAILS, at)


def _is_same(line: Reported | None, entry: TreatmentEntry) -> bool:
    return line is not None and line.amounts == _of_entry(entry).amounts


def _book(
    institution: Institution,
    day: dt.date,
    lines: Iterable[Reported],
    source: TreatmentEntry.Source,
    at: dt.datetime,
) -> None:
    """Write lines that are not there yet. One statement."""
    TreatmentEntry.objects.bulk_create(
        [
            TreatmentEntry(
                treated_province=f"{institution.region_id[:2]}0000",
                insured_province=f"{line.pool[:2]}0000",
                institution=institution,
                setl_id=line.setl_id,
                sign=line.sign,
                visit=line.visit,
                on=day,
                medfee_sumamt=line.medfee_sumamt,
                fund_pay_sumamt=line.fund_pay_sumamt,
                acct_pay=line.acct_pay,
                source=source,
                booked_at=at,
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )


def _compare(
    institution: Institution,
    day: dt.date,
    theirs: Reported | None,
    mine: Reported | None,
    known: Difference | None,
    at: dt.datetime,
) -> None:
    line = theirs or mine
    if theirs and mine and theirs.amounts == mine.amounts:
        if known is not None:
            _close(known, at)
        return
    if line is None:
        return
    now = {
        "kind": _kind(theirs, mine),
        "hospital": theirs.amounts if theirs else {},
        "agency": mine.amounts if mine else {},
    }
    if known is None:
        Difference.objects.create(
            treated_province=f"{institution.region_id[:2]}0000",
            insured_province=f"{line.pool[:2]}0000",
            institution=institution,
            day=day,
            setl_id=line.setl_id,
            sign=line.sign,
            found_at=at,
            **now,
        )
    elif {name: getattr(known, name) for name in now} != now:
        Difference.objects.filter(pk=known.pk).update(**now)


def _kind(theirs: Reported | None, mine: Reported | None) -> Difference.Kind:
    if mine is None:
        return Difference.Kind.ONLY_HOSPITAL
    return Difference.Kind.ONLY_AGENCY if theirs is None else Difference.Kind.AMOUNTS


def _open_differences(institution: Institution, day: dt.date) -> dict[Key, Difference]:
    rows = Difference.objects.filter(institution=institution, day=day)
    return {(d.setl_id, d.sign): d for d in rows.exclude(state=Difference.State.SETTLED)}


def _close(difference: Difference, at: dt.datetime) -> None:
    Difference.objects.filter(pk=difference.pk).update(
        state=Difference.State.SETTLED,
        resolution=difference.resolution or Difference.Resolution.AGREED,
        settled_at=at,
    )


def _totals(lines: Iterable[Reported]) -> dict[str, Totals]:
    found: dict[str, Totals] = {}
    for line in lines:
        so_far = found.get(line.visit, _nothing(line.visit))
        sums = {name: getattr(so_far, name) + getattr(line, name) for name in AMOUNTS}
        found[line.visit] = Totals(visit=line.visit, count=so_far.count + 1, **sums)
    return found


def _nothing(visit: str) -> Totals:
    return Totals(visit, 0, Decimal(0), Decimal(0), Decimal(0))


def _json(totals: Totals) -> Mapping[str, Any]:
    kept = asdict(totals)
    return kept | {name: f"{kept[name]:.2f}" for name in AMOUNTS}
