"""Hospitals of two provinces settling at once over the ledger: the people, the orders, the threads."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from queue import Empty, SimpleQueue
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from matters.medical.ledger import AlreadyReversed, NotTheLast, Order, book, reverse
from matters.medical.models import FamilyAccount, Institution, Insured, Settlement
from tongban.offices.models import Province, Region

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR, MONTH = 2026, 10
REGIONS = (
    ("500000", "重庆市", "province"),
    ("500101", "万州区", "county"),
    ("510000", "四川省", "province"),
    ("510100", "成都市", "city"),
    ("511702", "通川区", "county"),
)
# Insured in 重庆 and treated in 四川, and the other way about.
SIDES = (("500000", "511702"), ("510100", "500101"))
OPENING = Decimal("2000.00")


@dataclass(frozen=True)
class Job:
    """One order (None: take somebody's last settlement back) of one of the people."""

    person: Insured
    key: str
    order: Order | None


@dataclass
class Done:
    """What all writers did."""

    settled: int
    reversed: int
    sent_twice: int
    seconds: float = 0.0
    statements: int = 0
    too_late: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return (self.settled + self.reversed) / self.seconds

    @property
    def statements_each(self) -> float:
        return self.statements / (self.settled + self.reversed + self.sent_twice)


def ground(people: int, seed: int = 1) -> list[Insured]:
    """The places, a hospital on either side, and the people; some pay for a child of theirs."""
    for code, name, level in REGIONS:
        province = f"{code[:2]}0000"
        Province.objects.get_or_create(
            code=province, defaults={"name": name, "short": name[0], "platform": ""}
        )
        Region.objects.get_or_create(
            code=code,
            defaults={"name": name, "full_name": name, "level": level, "province_id": province},
        )
    for _, county in SIDES:
        Institution.objects.get_or_create(
            code=f"H{county}", defaults={"name": "示范医院", "level": "tier_3", "region_id": county}
        )
    luck = Random(seed)  # noqa: S311
    rows = Insured.objects.bulk_create(_person(number, luck) for number in range(people))
    FamilyAccount.objects.bulk_create(
        FamilyAccount(
            payer=rows[place - 2],
            member=rows[place],
            is_open_across_provinces=True,
            valid_from=dt.date(2025, 1, 1),
        )
        for place in range(2, people, 10)
    )
    return rows


def _person(number: int, luck: Random) -> Insured:
    return Insured(
        psn_no=f"B{number:07d}",
        name="示范",
        pool_id=SIDES[number % 2][0],
        insured_type="employee",
        person_class=luck.choice(("active", "retired")),
        born_on=dt.date(luck.randrange(1940, 2000), 5, 5),
        account_balance=OPENING,
        valid_from=dt.date(2020, 1, 1),
    )


def settle_at_once(
    people: Sequence[Insured], settlements: int, reversals: int, *, writers: int, seed: int = 1
) -> Done:
    """One order in fifty is sent twice. Each writer is a thread with a connection of its own."""
    done = Done(settlements, reversals, sent_twice=max(settlements // 50, 1))
    queue: SimpleQueue[Job] = SimpleQueue()
    luck = Random(seed)  # noqa: S311
    for place, job in enumerate(_jobs(people, settlements, reversals, luck)):
        queue.put(job)
        if place < done.sent_twice:
            queue.put(job)
    threads = [threading.Thread(target=_work, args=(queue, done)) for _ in range(writers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.seconds = time.perf_counter() - begun
    return done


def _jobs(
    people: Sequence[Insured], settlements: int, reversals: int, luck: Random
) -> Iterator[Job]:
    """Orders first; reversals come in once there is something to take back, at random places."""
    clinics = {clinic.region_id: clinic for clinic in Institution.objects.filter(level="tier_3")}
    before_last = settlements - settlements // 10
    places = set(luck.sample(range(settlements - before_last, settlements), reversals))
    stayed: set[int] = set()
    # Where something surely stands when its turn comes: three orders a reversal, and those on their way.
    standing: Counter[int] = Counter()
    for number in range(settlements):
        person = people[luck.randrange(len(people))]
        # 成都's rule of repeat admissions is not known: one stay each, the rest are visits.
        may_stay = person.pool_id == "500000" or person.pk not in stayed
        stayed.add(person.pk)
        standing[person.pk] += 1
        yield Job(person, f"K{number}", _order(person, clinics, f"V{number}", may_stay, luck))
        if number in places:
            taken = luck.choice([each for each in people if standing[each.pk] >= 3])
            standing[taken.pk] -= 3
            yield Job(taken, f"R{number}", None)


def _order(
    person: Insured, clinics: dict[str, Institution], visit: str, may_stay: bool, luck: Random
) -> Order:
    county = dict(SIDES)[person.pool_id]
    stays = may_stay and luck.random() < 0.4
    fen = luck.randrange(100_000, 6_000_000) if stays else luck.randrange(1_000, 80_000)
    own, over, first = (fen * luck.randrange(12) // 100 for _ in range(3))
    day = dt.date(YEAR, MONTH, luck.randrange(1, 32))
    return Order(
        institution=clinics[county],
        level="tier_3",
        visit="inpatient" if stays else "outpatient",
        began_on=day - dt.timedelta(days=8 if stays else 0),
        on=day,
        filing=luck.choice(("referral", "long_term")),
        treated_at=county,
        medfee_sumamt=_yuan(fen),
        fulamt_ownpay_amt=_yuan(own),
        overlmt_selfpay=_yuan(over),
        preselfpay_amt=_yuan(first),
        mdtrt_id=visit,
    )


def _yuan(fen: int) -> Decimal:
    return (Decimal(fen) / 100).quantize(Decimal("0.01"))


def _work(queue: SimpleQueue[Job], done: Done) -> None:
    """Takes jobs until there are none; what goes wrong is told, and the next one is taken."""
    counted = _Statements()
    try:
        with connection.execute_wrapper(counted):
            while True:
                try:
                    job = queue.get_nowait()
                except Empty:
                    return
                try:
                    _do(job, done)
                except Exception as problem:  # noqa: BLE001  told in the report, which then fails
                    done.failures.append(f"{job.key}: {type(problem).__name__} {problem}")
    finally:
        with _LOCK:
            done.statements += counted.number
        connection.close()


def _do(job: Job, done: Done) -> None:
    if job.order is not None:
        at = dt.datetime.combine(job.order.on, dt.time(10), SHANGHAI)
        book(insured_id=job.person.pk, order=job.order, key=job.key, at=at)
        return
    at = dt.datetime(YEAR, MONTH, 31, 18, tzinfo=SHANGHAI)
    while (last := _last(job.person)) is not None:
        try:
            reverse(settlement_id=last, key=job.key, at=at, reason="医院要求")
        except (NotTheLast, AlreadyReversed):
            # Somebody settled or took back in between: look again.
            with _LOCK:
                done.too_late += 1
        else:
            return
    raise LookupError("nothing to take back")


def _last(person: Insured) -> int | None:
    rows = Settlement.objects.live().filter(insured=person, year=YEAR).order_by("-seq")
    found: int | None = rows.values_list("pk", flat=True).first()
    return found


class _Statements:
    """Counts a connection's statements (`connection.execute_wrapper`)."""

    number = 0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.number += 1
        return execute(sql, params, many, context)


_LOCK = threading.Lock()
