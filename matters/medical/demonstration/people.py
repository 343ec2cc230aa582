"""Invented insured people: the citizens who sign in, their families, and some more in each pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from matters.medical.models import Insured
from tongban.accounts.demonstration.people import Invented, id_number, invented
from tongban.accounts.models import User

# Ages are counted to this day, so that the same people come out on every installation.
AS_OF = dt.date(2026, 1, 1)
INSURED_SINCE = dt.date(2019, 1, 1)
EMPLOYEE, RESIDENT = Insured.Type.EMPLOYEE, Insured.Type.RESIDENT
# Some of each county beside the citizens: (type, youngest, oldest) in years.
OTHERS = (
    (EMPLOYEE, 24, 48),
    (EMPLOYEE, 62, 78),
    (RESIDENT, 30, 55),
    (RESIDENT, 66, 88),
    (RESIDENT, 3, 14),
)
HOMES = ("500101", "500103", "500116", "510104", "510502", "511602", "511702", "513401")


@dataclass(frozen=True, slots=True)
class Sketch:
    """Who, insured how; `handle` is a stable name that everything invented about them is drawn from."""

    handle: str
    person: Invented
    insured_type: str
    balance: Decimal


def pool_of(county: str) -> str:
    """重庆 is one pool, in 四川 each city is."""
    return "500000" if county.startswith("50") else f"{county[:4]}00"


def age_of(born_on: dt.date) -> int:
    return AS_OF.year - born_on.year - ((AS_OF.month, AS_OF.day) < (born_on.month, born_on.day))


def citizens() -> Iterator[Sketch]:
    """Those who sign in on a demonstration: three in five are employees or retired from that."""
    users = User.objects.filter(is_demonstration=True, kind=User.Kind.CITIZEN)
    for user in users.order_by("username"):
        number = user.id_number or ""
        born = dt.datetime.strptime(number[6:14], "%Y%m%d").date()  # noqa: DTZ007  a day, not a moment
        person = Invented(user.name, number, "", user.region_code, born)
        luck = Random(f"insured {user.username}")
        yield _sketch(user.username, person, EMPLOYEE if luck.random() < 0.6 else RESIDENT)


def others(seed: int) -> Iterator[Sketch]:
    for county in HOMES:
        for insured_type, youngest, oldest in OTHERS:
            handle = f"{seed} {county} {insured_type} {youngest}"
            yield _sketch(handle, _of_age(handle, county, youngest, oldest), insured_type)


def relative(handle: str, of: Sketch, years: int, insured_type: str) -> Sketch:
    """A parent or child born that many years after (or, below zero, before) somebody."""
    person = invented(handle, of.person.region_code)
    born = of.person.birth + dt.timedelta(days=365 * years + 90)
    surname = of.person.name[:1] if len(of.person.name) <= 3 else ""
    name = surname + person.name[1:] if surname and len(person.name) <= 3 else person.name
    return _sketch(handle, _born(replace(person, name=name), born), insured_type)


def _of_age(handle: str, county: str, youngest: int, oldest: int) -> Invented:
    years = Random(f"age {handle}").randrange(youngest, oldest + 1)
    born = AS_OF - dt.timedelta(days=365 * years + 180)
    return _born(invented(handle, county), born)


def _born(person: Invented, born: dt.date) -> Invented:
    order = int(person.id_number[14:17])  # keeps the name's sex: odd for men
    return replace(person, birth=born, id_number=id_number(person.region_code, born, order))


def _sketch(handle: str, person: Invented, insured_type: str) -> Sketch:
    fen = Random(f"balance {handle}").randrange(20_000, 900_000)
    balance = Decimal(fen) / 100 if insured_type == EMPLOYEE else Decimal(0)
    return Sketch(handle, person, insured_type, balance.quantize(Decimal("0.01")))
