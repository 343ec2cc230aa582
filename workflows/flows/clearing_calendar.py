"""What the clearing does by itself, by the day: months opened and cut off, statements made, advances begun.

Each act is keyed by what it is about, so that a second run of the same slot, anywhere, changes nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.db.models import QuerySet

from matters.medical.clearing.gathering import gather
from matters.medical.clearing.months import PAIRS, ends_at, final_of, is_final, month_of
from matters.medical.clearing.terms import statement_day
from matters.medical.models import Advance, ClearingMonth
from tongban.accounts.actors import SYSTEM
from tongban.offices.directory import office_for
from tongban.offices.models import Office
from workflows.cases.clocks import local_day
from workflows.cases.models import Case
from workflows.cases.opening import Application, open_case
from workflows.cases.perform import NotAllowed, Stale, perform

from .clearing_month_acts import version_of

log = structlog.get_logger(__name__)
NAMES = uuid.UUID("9d1f7c52-5a35-4f0c-8d7e-0c2f5f3f8a11")
AGENCY = "medical_insurance"
# By what state the system moves a month on, where its guard agrees.
MOVES = {"open": "close_intake", "declared": "state_month"}


@dataclass(frozen=True)
class Run:
    """What one run did. waiting: case numbers that a rule still holds back."""

    opened: tuple[str, ...]
    gathered: int
    moved: tuple[str, ...]


class NoAgency(LookupError):
    """A province has no 医保经办机构 of its own level: `load_offices` has not run."""


def run_clearing(now: dt.datetime) -> Run:
    """Everything that is due on that day, for every pair. Safe to run twice, anywhere."""
    opened = [number for pair in PAIRS for number in _opened(pair, now)]
    # The months that are over first, so that theirs is what was booked up to their end.
    moved = [*_moved(now)]
    gathered = sum(_gathered())
    moved += _handed_over()
    return Run(tuple(opened), gathered, tuple(moved))


def clear_some(reached: str | None, now: dt.datetime) -> str | None:
    """One bit of `run_clearing`, for a job in slices: what comes after `reached`; None after the last.

    Months opened; months moved; each open month's lines; advances handed over.
    """
    months = {
        f"gather {is_final(month.month):d} {month.month} {month.pk}": month.pk
        for month in _open_months()
    }
    # In alphabetical order, so that a month which is no longer open is passed over.
    bits = ["a", "b", *sorted(months), "z"]
    bit = next(each for each in bits if reached is None or each > reached)
    if bit == "a":
        for pair in PAIRS:
            list(_opened(pair, now))
    elif bit == "b":
        list(_moved(now))
    elif bit == "z":
        list(_handed_over())
    else:
        gather(months[bit])
    return None if bit == "z" else bit


def open_month(pair: tuple[str, str], month: str, now: dt.datetime) -> Case:
    """The case of a pair's month: opened once, however often it is asked for."""
    treated, insured = (_agency(code, now) for code in pair)
    return open_case(
        Application(
            draft_key=uuid.uuid5(NAMES, f"month:{pair[0]}:{pair[1]}:{month}"),
            version=version_of("clearing_month", local_day(now)),
            origin_region=pair[0],
            parties=(),
            data={"month": month},
            channel="office",
            offices={"treated": treated, "insured": insured},
        ),
        actor=SYSTEM,
        at=now,
    ).case


def open_advance(pair: tuple[str, str], year: int, now: dt.datetime) -> Case:
    """The case of a pair's 预付金 of a year, once."""
    treated, insured = (_agency(code, now) for code in pair)
    return open_case(
        Application(
            draft_key=uuid.uuid5(NAMES, f"advance:{pair[0]}:{pair[1]}:{year}"),
            version=version_of("clearing_advance", local_day(now)),
            origin_region=pair[0],
            parties=(),
            data={"year": str(year)},
            channel="office",
            offices={"treated": treated, "insured": insured},
        ),
        actor=SYSTEM,
        at=now,
    ).case


def _opened(pair: tuple[str, str], now: dt.datetime) -> Iterator[str]:
    """Numbers of what was not there before."""
    mine = {"treated_province": pair[0], "insured_province": pair[1]}
    known = set(ClearingMonth.objects.filter(**mine).values_list("month", flat=True))
    this = month_of(now)
    if this not in known:
        yield open_month(pair, this, now).number
    today = local_day(now)
    final = final_of(f"{today.year - 1}-12")
    had = any(month.startswith(final[:4]) for month in known)
    if final not in known and had and now < ends_at(final):
        yield open_month(pair, final, now).number
    # December's statement is there: the quarter that the advance rests on is whole.
    is_time = today.month > 1 or today.day > statement_day(today)
    if is_time and not Advance.objects.filter(year=today.year, **mine).exists():
        yield open_advance(pair, today.year, now).number


def _moved(now: dt.datetime) -> Iterator[str]:
    rows = Case.objects.filter(flow="clearing_month", state__in=MOVES).order_by("id")
    for number, pk, state, token in rows.values_list("number", "pk", "state", "seq"):
        if _taken(pk, MOVES[state], token, now):
            yield number


def _gathered() -> Iterator[int]:
    """Late lines and today's come into the months that are open. An ordinary month before 年终清算."""
    for month in sorted(_open_months(), key=lambda each: (is_final(each.month), each.month)):
        yield gather(month.pk)


def _open_months() -> QuerySet[ClearingMonth]:
    return ClearingMonth.objects.filter(cut_off_at=None)


def _handed_over() -> Iterator[str]:
    """The advance of a year ends once the next one's is there."""
    later = {(*each.pair, each.year - 1) for each in Advance.objects.all()}
    rows = Advance.objects.filter(adjusted_at=None).exclude(case_number="").order_by("id")
    for each in rows:
        if (*each.pair, each.year) not in later:
            continue
        case = Case.objects.filter(number=each.case_number).first()
        if case is not None and _taken(case.pk, "hand_to_next_year", case.seq, None):
            yield case.number


def _taken(case_id: int, step: str, token: int, now: dt.datetime | None) -> bool:
    """Whether the system took the step; a rule that holds it back, or another run, leaves it."""
    try:
        perform(case_id, step, actor=SYSTEM, token=token, at=now)
    except NotAllowed:
        return False
    except Stale:
        log.info("clearing moved by another run", case=case_id, step=step)
        return False
    return True


def _agency(province: str, now: dt.datetime) -> Office:
    found = office_for(kind=AGENCY, region=province, level="province", on=local_day(now))
    if found is None:
        raise NoAgency(province)
    return found
