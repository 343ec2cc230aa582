"""The demonstration's clearing: two months settled, one of them paid and closed, the third still open.

Everything goes through the ledger, the daily reconciliation and the one door, at the hours at which it
would have happened. A difference is planted in each month, as hospitals do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random

from matters.medical.clearing.months import PAIRS, SHANGHAI, first_day, following, month_of
from matters.medical.clearing.reconciliation import agency_lines, compare_details
from matters.medical.ledger import NotBooked, Order, book, reverse
from matters.medical.models import (
    ClearingMonth,
    Difference,
    Institution,
    Insured,
    Settlement,
)
from matters.medical.settlement import BillRefused
from matters.rules import RuleMissing
from tongban.accounts.actors import Actor, actor_of
from tongban.accounts.models import Posting
from workflows.cases.models import Case
from workflows.cases.perform import perform
from workflows.cases.waking import take_wakes

from ..clearing_calendar import run_clearing

PER_MONTH = 24
Act = tuple[dt.datetime, Callable[[], None]]


def play_clearing(now: dt.datetime, *, seed: int = 1) -> int:
    """How many settlements came of it. The same seed and people give the same."""
    luck, this = Random(f"clearing {seed}"), month_of(now)
    first, last = following(this, -2), following(this, -1)
    acts = [*_months_acts((first, last, this)), *_settling((first, last, this), luck, now)]
    acts += [*_agreeing((first, last), now), *_paying(first)]
    before = Settlement.objects.count()
    for moment, act in sorted(acts, key=lambda each: each[0]):
        if moment < now:
            act()
    run_clearing(now)
    return Settlement.objects.count() - before


def _months_acts(months: tuple[str, ...]) -> Iterator[Act]:
    """The system's own days: the first of each month, and the day of statements."""
    for month in months:
        for day in (1, 21):
            moment = at(month, day, 0, 5)
            yield moment, lambda moment=moment: _run(moment)  # type: ignore[misc]


def _run(moment: dt.datetime) -> None:
    run_clearing(moment)


def _settling(months: tuple[str, ...], luck: Random, now: dt.datetime) -> Iterator[Act]:
    """Stays of people of either province in the other's hospitals, and now and then one taken back."""
    for treated, insured in PAIRS:
        clinics = _clinics(treated)
        people = list(
            Insured.objects.filter(
                pool__code__startswith=insured[:2], is_demonstration=True
            ).order_by("psn_no")
        )
        if not clinics or not people:
            continue
        for month in months:
            for nth in range(PER_MONTH):
                person, clinic = luck.choice(people), luck.choice(clinics)
                moment = at(month, luck.randrange(1, 27), luck.randrange(9, 18), nth)
                fee = Decimal(luck.randrange(300_000, 4_000_000)) / 100
                key = f"demonstration:{treated}:{month}:{nth}"
                taken_back = luck.random() < 0.08
                yield moment, _stay(person, clinic, fee, moment, key, taken_back=taken_back)
        for month in months:
            yield min(at(month, 28, 20), now - HOUR), _reporter(clinics, month)


def _clinics(province: str) -> list[Institution]:
    rows = Institution.objects.filter(
        region__code__startswith=province[:2], kind="hospital", open_visits__contains=["inpatient"]
    )
    return list(rows.order_by("code")[:4])


def _stay(
    person: Insured,
    clinic: Institution,
    fee: Decimal,
    moment: dt.datetime,
    key: str,
    *,
    taken_back: bool,
) -> Callable[[], None]:
    def settle() -> None:
        own = (fee * Decimal("0.08")).quantize(Decimal("0.01"))
        order = Order(
            institution=clinic,
            level=clinic.level,
            visit="inpatient",
            began_on=moment.date() - dt.timedelta(days=6),
            on=moment.date(),
            filing="referral",
            treated_at=clinic.region_id,
            medfee_sumamt=fee,
            fulamt_ownpay_amt=own,
            overlmt_selfpay=Decimal(0),
            preselfpay_amt=own,
            mdtrt_id=key,
        )
        try:
            done = book(insured_id=person.pk, order=order, key=key, at=moment)
            if taken_back:
                reverse(
                    settlement_id=done.pk, key=f"{key}:back", at=moment + HOUR, reason="费用有误"
                )
        except (RuleMissing, BillRefused, NotBooked):
            # A rule that nobody published, or an order that cannot be: such a stay is paid otherwise.
            return

    return settle


def _reporter(clinics: list[Institution], month: str) -> Callable[[], None]:
    """3202 of every hospital and day of the month; the first line is a cent off, the second is missing."""

    def report() -> None:
        planted = 0
        for clinic in clinics:
            for day in _days(clinic, month):
                lines = agency_lines(clinic, day)
                if planted == 0:
                    more = lines[0].fund_pay_sumamt + Decimal("0.01")
                    lines[0] = replace(lines[0], fund_pay_sumamt=more)
                elif planted == 1:
                    lines = lines[1:]
                planted += 1
                compare_details(institution=clinic, day=day, lines=lines, at=at(month, day.day, 23))

    return report


def _agreeing(months: tuple[str, ...], now: dt.datetime) -> Iterator[Act]:
    """就医地 settles the differences and declares on the eighteenth; the day is past, or it waits."""
    for month in months:
        after = following(month)
        if at(after, 18, 10) < now:
            yield at(after, 2, 9), _each(month, "begin_reconciling", "treated", 2)
            yield at(after, 8, 10), _differences(month)
            yield at(after, 18, 10), _each(month, "declare_month", "treated", 18, {"agreed": "on"})


def _paying(month: str) -> Iterator[Act]:
    """The earlier month goes all the way."""
    after, later = following(month), following(month, 2)
    yield at(after, 22, 9), _signed(month)
    yield (
        at(after, 26, 9),
        _each(month, "apply_to_finance", "payer", 26, {"reference": "示范财社〔2026〕1号"}),
    )
    yield at(after, 28, 9), _each(month, "pass_audit", "payer", 28)
    yield at(later, 5, 9), _money(month, "transfer_money", "payer", 5)
    yield at(later, 6, 9), _money(month, "confirm_arrival", "payee", 6)
    yield at(later, 7, 9), _each(month, "close_month", "treated", 7, months=2)


def _each(
    month: str, step: str, side: str, day: int, data: dict[str, str] | None = None, months: int = 1
) -> Callable[[], None]:
    def act() -> None:
        for case in _cases(month):
            _step(case, step, side, at(following(month, months), day, 10), data or {})

    return act


def _money(month: str, step: str, side: str, day: int) -> Callable[[], None]:
    def act() -> None:
        for case in _cases(month):
            amount = case.facts.get("payable", "0").lstrip("-")
            data = {"amount": amount, "voucher": f"SF{month}{step[:2]}"}
            _step(case, step, side, at(following(month, 2), day, 10), data)

    return act


def _differences(month: str) -> Callable[[], None]:
    """Accepted as 参保地 has them, as most are."""

    def act() -> None:
        moment = at(following(month), 8, 10)
        for case in _cases(month):
            row = ClearingMonth.objects.get(case_number=case.number)
            mine = Difference.objects.filter(
                treated_province=row.treated_province, insured_province=row.insured_province
            ).exclude(state="settled")
            for difference in mine.order_by("id"):
                data = {
                    "difference": difference.pk,
                    "resolution": "accept",
                    "note": "核对病历后认账",
                }
                fresh = Case.objects.get(pk=case.pk)
                _step(fresh, "work_difference", "treated", moment, data)

    return act


def _signed(month: str) -> Callable[[], None]:
    def act() -> None:
        moment = at(following(month), 22, 9)
        for case in _cases(month):
            children = Case.objects.filter(parent=case, awaited_as="sign", closed_at=None)
            for child in children.order_by("id"):
                _step(child, "sign_statement", "signer", moment, {"read": "on"}, role="head")
        take_wakes()

    return act


def _step(
    case: Case, step: str, side: str, moment: dt.datetime, data: object, role: str = ""
) -> None:
    """Somebody of that side takes it; a month that is not so far is left as it is."""
    if case.closed_at is not None or case.state not in case.STEPS[step].source:  # type: ignore[attr-defined]
        return
    actor = _somebody(case.office_of(_side(case, side)) or 0, moment, role)
    if actor is not None:
        perform(case.pk, step, actor=actor, data=data, token=case.seq, at=moment)  # type: ignore[arg-type]


def _side(case: Case, side: str) -> str:
    if side not in ("payer", "payee"):
        return side
    pays = Decimal(case.facts.get("payable", "0")) >= 0
    return "insured" if pays == (side == "payer") else "treated"


def _somebody(office_id: int, moment: dt.datetime, role: str) -> Actor | None:
    posted = Posting.objects.in_force(moment.date()).filter(
        office_id=office_id, role__in=[role] if role else ["clerk", "head"]
    )
    user_id = posted.order_by("user__username").values_list("user_id", flat=True).first()
    return None if user_id is None else actor_of(user_id)


def _cases(month: str) -> list[Case]:
    numbers = ClearingMonth.objects.filter(month=month).values("case_number")
    return list(Case.objects.filter(number__in=numbers).order_by("id"))


def _days(clinic: Institution, month: str) -> list[dt.date]:
    """The days of a month on which something was booked there."""
    rows = Settlement.objects.filter(
        institution=clinic,
        booked_at__gte=at(month, 1, 0),
        booked_at__lt=at(following(month), 1, 0),
    )
    return sorted(
        {moment.astimezone(SHANGHAI).date() for moment in rows.values_list("booked_at", flat=True)}
    )


HOUR = dt.timedelta(hours=1)


def at(month: str, day: int, hour: int, minute: int = 0) -> dt.datetime:
    on = first_day(month).replace(day=day)
    return dt.datetime.combine(on, dt.time(hour, minute), SHANGHAI)
