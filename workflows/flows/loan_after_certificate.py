"""Whoever has a certificate goes on to the loan city with it: the application, filled in with what it knows."""

from __future__ import annotations

from matters.housing_fund.certificates import LIVE
from matters.housing_fund.models import LoanCertificate
from workflows.cases.act import Situation
from workflows.cases.flow import GoingOn

from .loan_people import answers_of
from .versions_in_force import version_of_flow

LOAN_FLOW = "cross_city_loan"


def loan_after(situation: Situation) -> GoingOn | None:
    """Two statements; none before the certificate is issued. None once it is used, expired or revoked."""
    number = situation.case.facts.get("certificate", "")
    if not number:
        return None
    issued = LoanCertificate.objects.filter(number=number).first()
    if issued is None or issued.standing(situation.today) not in LIVE:
        return None
    version = version_of_flow(LOAN_FLOW, situation.today)
    if version is None:
        return None
    known = answers_of(situation.case, situation.definition)
    data = {code: known[code] for code in ("deposit_region", "loan_region", "id_number", "phone")}
    return GoingOn(
        "申请异地贷款",
        version,
        data | {"certificate_number": number, "house_region": known["loan_region"]},
        title="证明开好了",
        text="可以向贷款城市申请异地贷款，已知的内容会替您填好；证明由两地联网核验，不用打印。",
    )
