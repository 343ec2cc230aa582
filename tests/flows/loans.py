"""周德福 deposits in 达州 and buys a home in 重庆: his account, the two centres' clerks, and the way of a loan."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from matters.housing_fund import lending
from matters.housing_fund.leaving import months_before
from matters.housing_fund.ledger import open_account
from matters.housing_fund.models import Account, DepositMonth, Loan, LoanCertificate
from tests import journeys
from tests.world import LIN_ID, ZHOU_ID, World, answers_for, at
from tongban.offices.models import Office
from workflows.cases.models import Case

CERTIFICATE = "出具贷款职工住房公积金缴存使用证明"
LOAN, MARK, COLLECTION = "公积金互认互贷", "异地贷款账户标记", "异地贷款逾期协助催收"
CHONGQING, DAZHOU = "500000", "511700"
OPENED = "2026-05-11 09:00"
ENTERED = {
    "source": "own",
    "reference": "CX-2026-0001",
    "number": "DZ10001",
    "status": "normal",
    "balance": "36000.00",
    "last_month": "2026-04-15",
    "months": "18",
    "monthly": "2000.00",
    "loans_used": "0",
}
CREDIT = {"consecutive": "0", "total": "0"}
APPROVED = {"amount": "300000.00", "opinion": "符合条件"}
CONTRACT = {"number": "YD-2026-0001", "rate": "3.1", "plan": "equal_payment"}
REGISTERED = {"number": "渝2026不动产001", "on": "2026-05-11"}
RELEASED = {"voucher": "FK0001"}
_serial = itertools.count(1)


def people(world: World) -> World:
    """A clerk at each centre, and the three matters."""
    world.post("lender", "渝贷款", CHONGQING, "housing_fund", "clerk")
    world.post("lender_head", "渝放款", CHONGQING, "housing_fund", "head")
    world.post("keeper", "达缴存", DAZHOU, "housing_fund", "clerk")
    for name in (CERTIFICATE, LOAN, MARK, COLLECTION):
        world.matter(name)
    return world


def account(
    world: World, region: str = DAZHOU, until: dt.date = dt.date(2026, 4, 1), **other: Any
) -> Account:
    """周德福's, with two years of deposits of 2,000 yuan up to that month."""
    centre = world.office(region, "housing_fund")
    number = f"{region}{next(_serial):08d}"
    fields: dict[str, Any] = {
        "number": number,
        "centre": centre,
        "name": "周德福",
        "id_number": ZHOU_ID,
        "opened_on": dt.date(2020, 1, 1),
    }
    made = open_account(
        opening=Decimal(48000), at=at(OPENED), key=f"opening:{number}", **(fields | other)
    )
    DepositMonth.objects.bulk_create(
        DepositMonth(
            account=made,
            month=months_before(until, nth),
            deposited=Decimal(2000),
            deposited_at=centre,
        )
        for nth in range(24)
    )
    return made


def certificate(of: Account, lender: Office, number: str = "ZM-0001") -> LoanCertificate:
    row: LoanCertificate = LoanCertificate.objects.create(
        number=number,
        account=of,
        loan_centre=lender,
        issued_at=at(OPENED),
        last_day=dt.date(2028, 12, 31),
    )
    return row


def loan_made(of: Account, lender: Office, number: str = "YD-1") -> Loan:
    """Paid out long ago, by that centre."""
    return lending.pay_out(
        number=number,
        centre_id=lender.pk,
        account_ids=[of.pk],
        amount=Decimal(200000),
        rate=Decimal("3.1"),
        months=120,
        plan="equal_payment",
        on=dt.date(2024, 1, 1),
    )


def local_loan(of: Account, number: str = "DZ-1") -> Loan:
    """One that the account's own centre lent."""
    return loan_made(of, of.centre, number)


def loan_answers(world: World, **other: Any) -> dict[str, Any]:
    given = {
        "loan_region": CHONGQING,
        "deposit_region": DAZHOU,
        "house_region": CHONGQING,
        "certificate_number": "ZM-0001",
        "price": "1000000.00",
        "down_payment": "300000.00",
        "amount": "500000.00",
        "months": "240",
        "children": "0",
        "couple": "no",
    }
    answers = answers_for(world.matter(LOAN), **(given | other))
    if answers["couple"] == "no":
        del answers["spouse_id"]
    else:
        answers["spouse_id"] = LIN_ID
    return answers


def asked_for_certificate(world: World) -> journeys.Journey:
    version = world.matter(CERTIFICATE)
    data = answers_for(version, deposit_region=DAZHOU, loan_region=CHONGQING)
    case = world.open(version, at=at(OPENED), data=data, origin_region="511702")
    return journeys.Journey(world, case, at(OPENED))


def applied(world: World, **other: Any) -> journeys.Journey:
    case = world.open(world.matter(LOAN), at=at(OPENED), data=loan_answers(world, **other))
    return journeys.Journey(world, case, at(OPENED))


UP_TO_RELEASE: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("verify_certificate", {}),
    ("accept", {}),
    ("reckon_amount", CREDIT),
    ("approve", APPROVED),
    ("sign_contract", CONTRACT),
    ("register_title", REGISTERED),
    ("register_mortgage", REGISTERED),
    ("submit_for_release", {}),
)


def up_to_release(world: World, **other: Any) -> journeys.Journey:
    """Account, certificate, application, all but the money."""
    certificate(account(world), world.office(CHONGQING, "housing_fund"))
    journey = applied(world, **other)
    for step, data in UP_TO_RELEASE:
        journey.take(step, "lender", **data)
    return journey


def released(world: World) -> journeys.Journey:
    return up_to_release(world).take("disburse", "lender_head", **RELEASED)


def beside(journey: journeys.Journey, world: World, task: str) -> journeys.Journey:
    """The small case that went to the deposit city."""
    child = Case.objects.get(parent_id=journey.id, awaited_as=task)
    return journeys.Journey(world, child, journey.now)
