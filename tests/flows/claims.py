"""A stay in 达州 that somebody insured in 重庆 paid in full, and its claim."""

from __future__ import annotations

import datetime as dt
from typing import Any

from matters.medical.models import Institution, Insured
from tests import journeys
from tests.world import ZHOU_ID, World, answers_for
from workflows.cases.models import Case

STAYS, AID, BIRTH = "住院费用报销", "医疗救助对象手工（零星）报销", "生育医疗费支付"
CHONGQING, DAZHOU, TONGCHUAN = "500000", "511700", "511702"
OPENED = "2026-05-11 09:00"
INVOICE = {"invoice_code": "51060126", "invoice_number": "0012345678"}
FEE = "12000.00"
VERIFIED = {"invoices": f"51060126 0012345678 {FEE}", "total": FEE}
SPLIT = {
    "level": "tier_3",
    "filing": "referral",
    "medfee_sumamt_0": FEE,
    "fulamt_ownpay_amt_0": "500.00",
    "preselfpay_amt_0": "1000.00",
}


def people(world: World) -> World:
    """Two clerks of 重庆's agency, one of 达州's; 周德福 insured in 重庆; a hospital in 通川."""
    for who, name, region in (
        ("reviewer", "渝初审", CHONGQING),
        ("rechecker", "渝复核", CHONGQING),
        ("place", "达协查", DAZHOU),
    ):
        world.post(who, name, region, "medical_insurance", "clerk")
    insure()
    Institution.objects.create(
        code="H51170200001", name="通川示范医院", level="tier_3", region_id=TONGCHUAN
    )
    return world


def insure(pool: str = CHONGQING, **other: Any) -> Insured:
    row: dict[str, Any] = {
        "psn_no": f"{pool}00001",
        "insured_type": "employee",
        "person_class": "active",
        "valid_from": dt.date(2016, 3, 1),
    }
    who = {"name": "周德福", "id_number": ZHOU_ID, "born_on": dt.date(1986, 5, 5)}
    return Insured.objects.create(pool_id=pool, **who, **(row | other))


def answers(world: World, matter: str = STAYS, **other: Any) -> dict[str, Any]:
    version = world.matter(matter)
    world.parts(version)
    given = {
        "insured_region": CHONGQING,
        "hospital_region": DAZHOU,
        "hospital_name": "通川示范医院",
        "patient_name": "周德福",
        "began_on": "2026-03-01",
        "ended_on": "2026-03-11",
        "emergency": "no",
        "medfee": FEE,
        "invoice_amount": FEE,
        **INVOICE,
    }
    return answers_for(version, **(given | other))


def claimed(
    world: World, matter: str = STAYS, when: str = OPENED, **other: Any
) -> journeys.Journey:
    data = answers(world, matter, **other)
    return journeys.begin(world, world.matter(matter), when, data=data)


def checked(
    world: World, matter: str = STAYS, when: str = OPENED, **other: Any
) -> journeys.Journey:
    return claimed(world, matter, when, **other).take("take_in", "reviewer")


def accepted(world: World, matter: str = STAYS, **other: Any) -> journeys.Journey:
    hospital = Institution.objects.get().code
    journey = checked(world, matter, **other)
    return journey.take("accept", "reviewer", institution=hospital, **VERIFIED)


def reviewed(world: World, matter: str = STAYS, **other: Any) -> journeys.Journey:
    return accepted(world, matter, **other).take("begin_review", "reviewer")


def codes(case: Case) -> list[str]:
    return [found["code"] for found in case.facts["findings"]]
