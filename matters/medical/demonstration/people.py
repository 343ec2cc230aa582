"""Invented insured people: the citizens who sign in, their families, and some more in each pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
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
# 慢特病 that are settled across provinces, as 医保办发〔2024〕19号 names them.
RECOGNISED = dt.date(2024, 12, 31)
OLD_AGE = ("高血压", "糖尿病", "冠心病", "慢性阻塞性肺疾病", "类风湿关节炎")
LONG_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫")
# Some of each county beside the citizens: (type, youngest, oldest) in years.
OTHERS = (
    (EMPLOYEE, 24, 48),
    (EMPLOYEE, 62, 78),
    (RESIDENT, 30, 55),
    (RESIDENT, 66, 88),
    (RESIDENT, 3, 14),
)
# Whoever settles in 广安 may draw on the family's account across the border (pilot of 2024-12-19).
PILOT, PILOT_SINCE = "511600", dt.date(2024, 12, 19)
# Also where little is known of the rules: what is missing is then named to real-looking people.
HOMES = (
    *("500101", "500103", "500116", "510104", "510502", "510703", "510903"),
    *("511602", "511702", "511902", "513401"),
)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Who, insured how; `handle` is a stable name that everything invented about them is drawn from.

    `payer`: the handle of the relative whose account may pay for them.
    """

    handle: str
    person: Invented
    insured_type: str
    payer: str = ""

    @property
    def pool(self) -> str:
        """重庆 is one pool, in 四川 each city is."""
        county = self.person.region_code
        return "500000" if county.startswith("50") else f"{county[:4]}00"

    @property
    def age(self) -> int:
        born = self.person.birth
        return AS_OF.year - born.year - ((AS_OF.month, AS_OF.day) < (born.month, born.day))

    @property
    def luck(self) -> Random:
        """The same numbers in the same order each time it is asked for."""
        return Random(f"insured {self.handle}")

    @property
    def balance(self) -> Decimal:
        """Of the 个人账户: residents have none."""
        fen = self.luck.randrange(20_000, 900_000) if self.insured_type == EMPLOYEE else 0
        return (Decimal(fen) / 100).quantize(Decimal("0.01"))

    @property
    def person_class(self) -> str:
        """A class of the pool's rule file; plain words where no file is known."""
        if self.insured_type == EMPLOYEE:
            return "retired" if self.age >= 60 else "active"
        is_child, is_lucky = self.age < 18, self.luck.randrange(5) < 2
        if self.pool == "500000":
            return ("tier_2" if is_lucky else "tier_1") + ("+minor" if is_child else "")
        if self.pool == "510100":
            return "student" if is_child else "high" if is_lucky else "low"
        return "resident"

    @property
    def diseases(self) -> list[str]:
        """Of half of those over 55, one or two."""
        luck = self.luck
        return luck.sample(OLD_AGE, luck.choice((0, 0, 1, 2))) if self.age >= 55 else []


def everybody(seed: int) -> Iterator[Sketch]:
    signed_in = list(citizens())
    yield from signed_in
    yield from relatives(signed_in)
    yield from others(seed)


def citizens() -> Iterator[Sketch]:
    """Those who sign in on a demonstration: most are employees or retired from that."""
    users = User.objects.filter(is_demonstration=True, kind=User.Kind.CITIZEN)
    for user in users.order_by("username"):
        number = user.id_number or ""
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        person = Invented(user.name, number, "", user.region_code, born)
        works = Random(f"insured {user.username}").randrange(10) < 7 and born.year < 2003
        yield Sketch(user.username, person, EMPLOYEE if works else RESIDENT)


def relatives(of: Iterable[Sketch]) -> Iterator[Sketch]:
    """An old parent and a child of those employees whose years allow it; their account may pay for both."""
    for sketch in of:
        if sketch.insured_type == EMPLOYEE and 28 <= sketch.age <= 58:
            yield _relative(sketch, "parent", -27)
            yield _relative(sketch, "child", 26 if sketch.age > 34 else 24)


def others(seed: int) -> Iterator[Sketch]:
    for county in HOMES:
        for insured_type, youngest, oldest in OTHERS:
            handle = f"{seed} {county} {insured_type} {youngest}"
            years = Random(f"age {handle}").randrange(youngest, oldest + 1)
            born = AS_OF - dt.timedelta(days=365 * years + 180)
            yield Sketch(handle, _born(invented(handle, county), born), insured_type)


def _relative(of: Sketch, who: str, years: int) -> Sketch:
    handle = f"{of.handle} {who}"
    person = invented(handle, of.person.region_code)
    born = of.person.birth + dt.timedelta(days=365 * years + years // 4 + 90)
    if _has_short_surname(of.person.name) and _has_short_surname(person.name):
        person = replace(person, name=of.person.name[0] + person.name[1:])
    return Sketch(handle, _born(person, born), RESIDENT, payer=of.handle)


def _has_short_surname(name: str) -> bool:
    """Names of other nationalities are longer than three characters and have no surname to share."""
    return len(name) <= 3 and name[:2] not in LONG_SURNAMES


def _born(person: Invented, born: dt.date) -> Invented:
    order = int(person.id_number[14:17])  # keeps the name's sex, GB 11643: odd for men
    return replace(person, birth=born, id_number=id_number(person.region_code, born, order))
