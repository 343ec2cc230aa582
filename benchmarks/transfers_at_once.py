"""Two centres sending each other accounts at once over the ledger, with refusals and mismatches."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from queue import Empty, SimpleQueue
from random import Random

from django.db import connection
from django.utils import timezone

from matters.housing_fund import ledger
from matters.housing_fund.models import Account, Remittance
from tongban.offices.models import Department, Office, Province, Region

SIDES = (("500000", "重庆市", "province"), ("511700", "达州市", "city"))
REFUSED, SHORT, UNKNOWN, OVER = 0.10, 0.05, 0.05, 0.05


@dataclass(frozen=True)
class Job:
    """One transfer; `luck` decides what its bank and its receiver do."""

    letter: str
    sender: int
    receiver: int
    luck: float


@dataclass
class Done:
    transfers: int
    seconds: float = 0.0
    what: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def ground(people: int, seed: int = 1) -> list[tuple[Account, Account]]:
    """Centres, and for each person an account with money at one of them and an empty one at the other."""
    Department.objects.get_or_create(code="housing", defaults={"name": "住建"})
    centres = [_centre(*side) for side in SIDES]
    luck = Random(seed)  # noqa: S311
    pairs = []
    for number in range(people):
        here, there = centres if number % 2 else centres[::-1]
        money = Decimal(luck.randrange(1_000, 20_000_000)) / 100
        pairs.append((_account(here, number, money), _account(there, number, Decimal(0))))
    return pairs


def _centre(code: str, name: str, level: str) -> Office:
    province = f"{code[:2]}0000"
    Province.objects.get_or_create(
        code=province, defaults={"name": province, "short": name[0], "platform": ""}
    )
    Region.objects.get_or_create(
        code=code,
        defaults={"name": name, "full_name": name, "level": level, "province_id": province},
    )
    centre, _ = Office.objects.get_or_create(
        code=f"{code}-housing_fund",
        defaults={
            "name": f"{name}住房公积金管理中心",
            "region_id": code,
            "department_id": "housing",
            "kind": "housing_fund",
        },
    )
    return centre


def _account(centre: Office, number: int, money: Decimal) -> Account:
    return ledger.open_account(
        opening=money,
        at=timezone.now(),
        key=f"opening:{centre.region_id}:{number}",
        number=f"{centre.region_id}{number:08d}",
        centre=centre,
        name="示范",
        opened_on=date(2020, 1, 1),
    )


def transfer_at_once(
    pairs: Sequence[tuple[Account, Account]], *, writers: int, seed: int = 1
) -> Done:
    """Every transfer by one thread; one in twenty is worked on by two at once, as after a lost answer."""
    done, queue, luck = Done(len(pairs)), SimpleQueue[Job](), Random(seed)  # noqa: S311
    for number, (old, new) in enumerate(pairs):
        job = Job(f"LXH{number:07d}", old.pk, new.pk, luck.random())
        for _ in range(2 if number % 20 == 0 else 1):
            queue.put(job)
    threads = [threading.Thread(target=_work, args=(queue, done)) for _ in range(writers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.seconds = time.perf_counter() - begun
    return done


def _work(queue: SimpleQueue[Job], done: Done) -> None:
    try:
        while True:
            try:
                job = queue.get_nowait()
            except Empty:
                return
            try:
                done.what[_carry(job)] += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, the proof has to know
                done.failures.append(f"{job.letter}: {error!r}")
    finally:
        connection.close()


def _carry(job: Job) -> str:
    """Freeze, send, and what the bank and the receiving centre make of it. Refused money is sent again."""
    now = timezone.now()
    # Its twin may have frozen it, or carried it to the end already.
    with suppress(ledger.LedgerRefused):
        ledger.freeze(account_id=job.sender)
    try:
        if job.luck < REFUSED:
            _send(job)
            ledger.come_back_refused(letter=job.letter, at=now, reason="户名不符")
        return _arrive(job, _send(job))
    except ledger.LedgerRefused as late:
        return f"twin: {late.code}"


def _send(job: Job) -> Remittance:
    return ledger.remit(
        letter=job.letter,
        sender_id=job.sender,
        receiver_id=job.receiver,
        interest=Decimal("1.23"),
        at=timezone.now(),
    )


def _arrive(job: Job, sent: Remittance) -> str:
    now = timezone.now()
    is_short = REFUSED < job.luck < REFUSED + SHORT
    is_unknown = REFUSED + SHORT < job.luck < REFUSED + SHORT + UNKNOWN
    is_over = REFUSED + SHORT + UNKNOWN < job.luck < REFUSED + SHORT + UNKNOWN + OVER
    amount = sent.amount - Decimal("0.01") if is_short else sent.amount
    amount += Decimal("5.00") if is_over else 0
    state = ledger.book_arrival(
        letter=job.letter, amount=amount, agrees=not is_unknown, at=now
    ).state
    if state != "suspense":
        return state
    if is_unknown:
        return f"matched, {ledger.book_matched(letter=job.letter, at=now, reason='').state}"
    if is_over:
        ledger.book_matched(letter=job.letter, at=now, reason="多划五元")
        ledger.give_back_surplus(letter=job.letter, at=now, reason="TH")
        return "over, the rest given back"
    ledger.give_back(letter=job.letter, at=now, reason="金额不符")
    return "short, returned"
