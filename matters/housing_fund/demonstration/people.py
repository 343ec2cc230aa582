"""Who deposits where: the citizens who sign in, and some more at every centre. All of them are invented."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from stdnum.cn import uscc

from matters.housing_fund.models import Account
from tongban.accounts.demonstration.people import Invented, invented
from tongban.accounts.models import User
from tongban.offices.codes import pool_of

# The centres that most people move between, and how many more go each way.
MAIN = ("500000", "510100", "511700", "510700")
MORE, EVERYWHERE = 3, 2
NORMAL, SEALED, HELD = Account.Status.NORMAL, Account.Status.SEALED, Account.Status.HELD
EMPLOYERS = (
    "示范汽车零部件有限公司",
    "示范电子科技有限公司",
    "示范食品有限公司",
    "示范建筑工程有限公司",
    "示范物流有限公司",
)
# Months in a row of an account in use: some too few for a centre that asks for six.
IN_A_ROW = (3, 5, 7, 9, 12, 18, 24)
OF_OLD = (8, 12, 20, 30)


@dataclass(frozen=True, slots=True)
class Sketch:
    """One account; `handle` names its owner and everything that is drawn for it."""

    handle: str
    person: Invented
    pool: str
    is_left_behind: bool

    @property
    def luck(self) -> Random:
        return Random(f"fund {self.handle} {self.pool}")

    @property
    def number(self) -> str:
        digest = hashlib.sha256(f"{self.handle} {self.pool}".encode()).hexdigest()
        return f"{self.pool}{int(digest, 16) % 10**8:08d}"

    @property
    def status(self) -> str:
        """One in eight left a job and is kept by the centre 托管."""
        if not self.is_left_behind:
            return NORMAL
        return HELD if self.luck.randrange(8) == 0 else SEALED

    @property
    def monthly(self) -> Decimal:
        """Yuan, of both sides together."""
        return Decimal(self.luck.randrange(8, 60) * 100)

    def months_until(self, last: dt.date) -> list[dt.date]:
        """The firsts of the months deposited; an account left behind ends a year or more before."""
        luck = self.luck
        if self.is_left_behind:
            count, end = luck.choice(OF_OLD), back(last, luck.randrange(8, 20))
        else:
            count, end = luck.choice(IN_A_ROW), last
        return [back(end, n) for n in reversed(range(count))]

    @property
    def loans_used(self) -> int:
        return self.luck.choice((0, 0, 0, 0, 1, 1, 2)) if self.is_left_behind else 0

    @property
    def employer(self) -> tuple[str, str]:
        """Name and 统一社会信用代码; the same name at another place is another employer."""
        nth = self.luck.randrange(len(EMPLOYERS))
        body = f"91{self.pool}MA0F{nth:05d}"
        return EMPLOYERS[nth], body + uscc.calc_check_digit(body)


def back(month: dt.date, months: int) -> dt.date:
    years, index = divmod(month.year * 12 + month.month - 1 - months, 12)
    return dt.date(years, index + 1, 1)


def everybody(counties: Mapping[str, str]) -> Iterator[Sketch]:
    """counties: of each centre's place, one county. Each person deposits at one centre and left one behind."""
    yield from citizens(counties)
    for home in sorted(counties):
        for nth, before in _others(home, sorted(counties)):
            handle = f"{home} {before} {nth}"
            person = invented(f"fund {handle}", counties[home], works=True)
            yield Sketch(handle, person, home, is_left_behind=False)
            yield Sketch(handle, person, before, is_left_behind=True)


def citizens(counties: Mapping[str, str]) -> Iterator[Sketch]:
    """Those who sign in on a demonstration, if they are of an age to work."""
    users = User.objects.filter(is_demonstration=True, kind=User.Kind.CITIZEN)
    for nth, user in enumerate(users.order_by("username")):
        number, home = user.id_number or "", pool_of(user.region_code)
        if home not in counties or not number:
            continue
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        person = Invented(user.name, number, "", user.region_code, born)
        yield Sketch(user.username, person, home, is_left_behind=False)
        others = [pool for pool in MAIN if pool != home and pool in counties]
        if others:
            before = others[nth % len(others)]
            yield Sketch(user.username, person, before, is_left_behind=True)


def _others(home: str, places: Sequence[str]) -> Iterator[tuple[int, str]]:
    main = [pool for pool in MAIN if pool != home and pool in places]
    if home in MAIN:
        yield from ((nth, before) for before in main for nth in range(MORE))
    elif main:
        yield from ((nth, main[nth % len(main)]) for nth in range(EVERYWHERE))
