"""Who borrows in another city in the play, and what the two centres make of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from matters.housing_fund import certificates
from matters.housing_fund.models import Account, LoanCertificate
from matters.housing_fund.words import rule_book
from tongban.offices.codes import pool_of
from tongban.offices.models import Office
from workflows.cases.clocks import local_day

from .. import models as flows
from .acts import SUPPLEMENT, Move, demand, reason
from .fund import STAFFED

CENTRE = "housing_fund"
GOOD_FOR = dt.timedelta(days=90)


def loan_answers(flow: str, on: dt.date, luck: Random) -> dict[str, Any]:
    """A demonstration depositor who buys a home in another city. {} for any other flow, or without one.

    Three statements; seven more for a loan, whose certificate was issued before the play began.
    """
    if flow not in (flows.LoanCertificateFlow.CODE, flows.CrossCityLoan.CODE):
        return {}
    rows = Account.objects.select_related("centre").filter(
        is_demonstration=True, status=Account.Status.NORMAL, centre__region__in=STAFFED
    )
    centres = list(Office.objects.filter(kind=CENTRE, region__in=STAFFED).order_by("code"))
    # One certificate at a time; now and then somebody asks for a second one all the same.
    if luck.random() < 0.9:
        rows = rows.exclude(loan_certificates__state__in=certificates.LIVE)
    accounts = list(rows.order_by("number"))
    if not accounts or len(centres) < 2:
        return {}
    account = luck.choice(accounts)
    lender = luck.choice([centre for centre in centres if centre.pk != account.centre_id])
    places = {
        "deposit_region": pool_of(account.centre.region_id),
        "loan_region": pool_of(lender.region_id),
        "id_number": account.id_number or "",
    }
    if flow == flows.LoanCertificateFlow.CODE:
        return places
    return places | _home(places["loan_region"], luck) | _certificate(account, lender, on, luck)


def _home(place: str, luck: Random) -> dict[str, str]:
    price = luck.randrange(60, 160) * 10_000
    return {
        "house_region": place,
        "price": f"{price}.00",
        "down_payment": f"{price * 3 // 10}.00",
        "amount": f"{luck.randrange(20, 60) * 10_000}.00",
        "months": luck.choice(["120", "240", "360"]),
        "children": luck.choice(["0", "1", "2"]),
        "couple": "no",
    }


def _certificate(account: Account, lender: Office, on: dt.date, luck: Random) -> dict[str, str]:
    number = f"示范证明{luck.randrange(10**10):010d}"
    at = timezone.make_aware(dt.datetime.combine(on, dt.time(8)))
    try:
        certificates.issue(
            number=number,
            account_id=account.pk,
            loan_centre_id=lender.pk,
            last_day=on + GOOD_FOR,
            at=at,
            on=on,
            pool=pool_of(account.centre.region_id),
            book=rule_book(),
        )
    except certificates.CertificateRefused:
        live = LoanCertificate.objects.filter(account=account, state__in=certificates.LIVE).first()
        return {"certificate_number": live.number if live else number}
    return {"certificate_number": number}


def _day(case: Any) -> str:
    return local_day(case.entered_at).isoformat()


def _last_day(case: Any, _luck: Random) -> dict[str, Any]:
    return {"last_day": (local_day(case.entered_at) + GOOD_FOR).isoformat()}


def _nothing_against(case: Any) -> bool:
    return bool(case.facts.get("obstacles") == [])


def _something_against(case: Any) -> bool:
    return not _nothing_against(case)


def _valuation(case: Any, luck: Random) -> dict[str, Any]:
    value = f"{Decimal(case.data['price']) * luck.randrange(90, 105) / 100:.2f}"
    return {"value": value, "agency": "示范评估", "number": f"PG{luck.randrange(10**6):06d}"}


def _credit(_case: Any, luck: Random) -> dict[str, Any]:
    terms = luck.choices([0, 1, 3], weights=[85, 10, 5])[0]
    return {"consecutive": str(terms), "total": str(terms)}


def _problem(case: Any) -> str | None:
    problem: str | None = case.facts.get("quote", {}).get("problem", {}).get("code")
    return problem


def _not_reckoned(case: Any) -> bool:
    return "quote" not in case.facts


def _may_be_lent(case: Any) -> bool:
    return not _not_reckoned(case) and _problem(case) in (None, "rule_missing")


def _may_not(case: Any) -> bool:
    return not _not_reckoned(case) and not _may_be_lent(case)


def _approval(case: Any, _luck: Random) -> dict[str, Any]:
    wanted = Decimal(case.data["amount"])
    quote = case.facts["quote"]
    amount = min(wanted, Decimal(quote["amount"])) if quote["ok"] else wanted
    return {"amount": f"{amount:.2f}", "opinion": "材料齐全，按现行规定核定。"}


def _contract(case: Any, luck: Random) -> dict[str, Any]:
    return {"number": f"YD{case.number}", "rate": "2.6", "plan": luck.choice(PLANS)}


def _registered(case: Any, luck: Random) -> dict[str, Any]:
    return {"number": f"不动产{luck.randrange(10**8):08d}", "on": _day(case)}


def _voucher(_case: Any, luck: Random) -> dict[str, Any]:
    return {"voucher": f"FK{luck.randrange(10**8):08d}"}


def _is_end(case: Any) -> bool:
    return bool(case.data["task"] == "lift")


def _is_beginning(case: Any) -> bool:
    return not _is_end(case)


PLANS = ("equal_payment", "equal_principal")
REFUSED = {"code": "credit", "reason": "核算结果不符合贷款条件。"}
CERTIFICATE: dict[str, tuple[Move, ...]] = {
    "requested": (Move("check_record", 1),),
    "checking": (
        Move("issue_certificate", 1, _last_day, when=_nothing_against),
        Move("refuse", 1, reason("核查发现不予出具的情形。"), when=_something_against),
    ),
}
LOAN: dict[str, tuple[Move, ...]] = {
    "applied": (Move("verify_certificate", 1),),
    "mismatched": (Move("return_application", 1, reason("请重新开具缴存使用证明。")),),
    "verified": (Move("accept", 1),),
    "valuation": (Move("record_valuation", 1, _valuation),),
    "reviewing": (
        Move("reckon_amount", 92, _credit, when=_not_reckoned),
        Move("require_supplement", 8, demand, when=_not_reckoned),
        Move("approve", 1, _approval, when=_may_be_lent),
        Move("disapprove", 1, lambda _c, _l: REFUSED, when=_may_not),
    ),
    "supplementing": SUPPLEMENT,
    "approved": (Move("sign_contract", 1, _contract),),
    "signed": (Move("register_title", 1, _registered),),
    "titled": (Move("register_mortgage", 1, _registered),),
    "mortgaged": (Move("submit_for_release", 1),),
    "release_review": (
        Move("disburse", 96, _voucher),
        Move("return_from_release", 4, reason("抵押登记证明缺页。")),
    ),
}
MARK: dict[str, tuple[Move, ...]] = {
    "receipt_sent": (
        Move("mark_account", 1, when=_is_beginning),
        Move("lift_account", 1, when=_is_end),
    ),
}
LOANS = {
    (flow.CODE, state): moves
    for flow, states in (
        (flows.LoanCertificateFlow, CERTIFICATE),
        (flows.CrossCityLoan, LOAN),
        (flows.LoanMarkFlow, MARK),
    )
    for state, moves in states.items()
}
