"""The ledger's world: pools, insured people, a hospital, and orders to settle."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from matters.medical.bill import YearToDate
from matters.medical.ledger import Order, book, reverse
from matters.medical.ledger.year import head
from matters.medical.models import Institution, Insured, Settlement
from tests.medical.cover import insure
from tests.world import at
from tongban.offices.models import Province, Region

CHONGQING, CHENGDU, GUANGAN, DAZHOU = "500000", "510100", "511600", "511700"
TONGCHUAN = "511702"
_serial = itertools.count(1)


def places() -> None:
    """The pools and one county, without offices and people."""
    for code, name in (("500000", "重庆市"), ("510000", "四川省")):
        Province.objects.create(code=code, name=name, short=name[0], platform="")
    for code, name, level in (
        (CHONGQING, "重庆市", "province"),
        (CHENGDU, "成都市", "city"),
        (GUANGAN, "广安市", "city"),
        (DAZHOU, "达州市", "city"),
        (TONGCHUAN, "通川区", "county"),
    ):
        province = f"{code[:2]}0000"
        Region.objects.create(
            code=code, name=name, full_name=name, level=level, province_id=province
        )


def hospital(**more: Any) -> Institution:
    fields = {"code": f"H{next(_serial)}", "name": "通川示范医院", "level": "tier_3"}
    return Institution.objects.create(region_id=TONGCHUAN, **(fields | more))


def worker(balance: str = "0.00", pool: str = CHONGQING, **more: Any) -> Insured:
    """Somebody at work, 40 years old, insured as an employee."""
    fields: dict[str, Any] = {
        "person_class": "active",
        "born_on": dt.date(1986, 5, 5),
        "account_balance": Decimal(balance),
    }
    return insure(pool, id_number=None, **(fields | more))  # type: ignore[arg-type]


def stay(fee: str = "12000.00", **more: Any) -> Order:
    """A stay of ten days in a hospital of 达州, filed as a referral, all of it in the policy's scope."""
    fields: dict[str, Any] = {
        "institution": None,
        "level": "tier_3",
        "visit": "inpatient",
        "began_on": dt.date(2026, 3, 1),
        "on": dt.date(2026, 3, 11),
        "filing": "referral",
        "treated_at": TONGCHUAN,
        "medfee_sumamt": Decimal(fee),
        "fulamt_ownpay_amt": Decimal(0),
        "overlmt_selfpay": Decimal(0),
        "preselfpay_amt": Decimal(0),
        "mdtrt_id": f"V{next(_serial)}",
    }
    return Order(**(fields | more))


def settle_now(person: Insured, order: Order | None = None, **more: Any) -> Settlement:
    fields: dict[str, Any] = {"key": f"K{next(_serial)}", "at": at("2026-03-11 10:00")}
    return book(insured_id=person.pk, order=order or stay(), **(fields | more))


def take_back(settlement: Settlement, **more: Any) -> Settlement:
    fields: dict[str, Any] = {"key": f"K{next(_serial)}", "at": at("2026-03-12 10:00")}
    return reverse(settlement_id=settlement.pk, reason="医院要求", **(fields | more))


def year_of(person: Insured, year: int = 2026) -> YearToDate:
    return head(insured_id=person.pk, year=year).totals


def balance_of(person: Insured) -> Decimal:
    return Insured.objects.values_list("account_balance", flat=True).get(pk=person.pk)
