"""Insured people, settlements and hospitals for the citizen's medical pages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from matters.catalogue.models import Matter
from matters.medical.ledger import Order, book
from matters.medical.models import Institution, Insured, Settlement
from tests import journeys
from tests.world import LIN_ID, ZHOU_ID, World, answers_for, at
from tongban.offices.models import Department
from workflows.cases.opening import PartyInput

BEGAN = dt.date(2019, 1, 1)
CHECKED = {"joined_here": "on", "stopped_there": "on"}


def insure(world: World, **other: Any) -> Insured:
    """林晓梅, an employee insured in 重庆; the same for `other` people."""
    row: dict[str, Any] = {
        "psn_no": "CQ1",
        "name": "林晓梅",
        "id_number": LIN_ID,
        "pool_id": "500000",
        "insured_type": "employee",
        "person_class": "active",
        "born_on": dt.date(1980, 1, 1),
        "account_balance": Decimal("1000.00"),
        "valid_from": BEGAN,
    }
    world.citizen.id_number = LIN_ID
    world.citizen.save()
    return Insured.objects.create(**(row | other))


def father(world: World, **other: Any) -> Insured:
    """周德福, retired, insured in 重庆."""
    who = {"psn_no": "CQ2", "name": "周德福", "id_number": ZHOU_ID, "person_class": "retired"}
    return insure(world, **(who | {"born_on": dt.date(1955, 5, 5)} | other))


def settled(insured: Insured, nth: int = 1, total: str = "8000.00") -> Settlement:
    """A visit to the outpatients' of a hospital of 达州, exempted from filing or not: settled."""
    on = dt.date(2026, 3, 1) + dt.timedelta(days=nth)
    order = Order(
        institution=None,
        level="tier_2",
        visit="outpatient",
        began_on=on,
        on=on,
        filing="home",
        treated_at="500101",
        medfee_sumamt=Decimal(total),
        fulamt_ownpay_amt=Decimal("100.00"),
        overlmt_selfpay=Decimal(0),
        preselfpay_amt=Decimal(0),
        mdtrt_id=f"visit-{insured.pk}-{nth}",
    )
    key = f"settle-{insured.pk}-{nth}"
    return book(insured_id=insured.pk, order=order, key=key, at=at("2026-05-11 09:00"))


def acts_for_father(world: World, *, until: dt.date | None = None) -> journeys.Journey:
    """周晓燕 hands something in for her father; not yet taken on by an office."""
    Department.objects.get_or_create(code="medical_insurance", defaults={"name": "医保"})
    version = world.matter("基本医疗保险关系转移接续")
    Matter.objects.filter(pk=version.matter_id).update(department_id="medical_insurance")
    parties = [
        PartyInput(role="applicant", name="周德福", id_number=ZHOU_ID),
        PartyInput(
            role="agent",
            name="周晓燕",
            user=world.daughter,
            relation="子女",
            scope=("sign",),
            expires_on=until,
        ),
    ]
    regions = {"receiving_region": "500101", "sending_region": "511702"}
    data = answers_for(version, person_name="周德福", **regions)
    if "medical_cq" not in world.people:
        world.post("medical_cq", "渝医保", "500000", "medical_insurance", "clerk")
    return journeys.begin(world, version, parties=parties, by="daughter", data=data)


def hospitals(count: int, **other: Any) -> None:
    row: dict[str, Any] = {
        "level": "tier_3",
        "region_id": "511702",
        "open_visits": ["inpatient", "outpatient"],
        "address": "示范路1号",
    }
    Institution.objects.bulk_create(
        Institution(code=f"H{n:05d}", name=f"示范医院{n:02d}", **(row | other))
        for n in range(count)
    )
