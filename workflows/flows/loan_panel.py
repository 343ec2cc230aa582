"""What the pages of a certificate, a loan and its marks show: the whole family, and both centres' records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from matters.catalogue.pinned import definition_of
from matters.housing_fund.marks import unmarked
from matters.housing_fund.models import Account, Loan, LoanCertificate, Mark
from matters.housing_fund.own import depositor_of
from matters.housing_fund.quote import yuan
from matters.housing_fund.words import rule_book
from workflows.cases.act import Situation
from workflows.cases.flow import Panel
from workflows.cases.models import Case
from workflows.cases.places import office_cards, office_name

from .loan_people import account_at, answers_of, index_of

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

FOR_OFFICES = "desk/_loan.html"
FOR_PEOPLE = "portal/my/_loan.html"
Rows = list[tuple[str, str]]
TASKS = {"mark": "放款回执", "moved": "账户转移后的标记", "lift": "结清回执"}


@dataclass(frozen=True)
class Kin:
    """One case of the family. may_open: whoever looks has a part in it."""

    number: str
    what: str
    office: str
    state: str
    is_here: bool
    may_open: bool


def certificate_panel(case: Flow, situation: Situation, *, for_party: bool) -> Panel:
    """Six statements at most."""
    number = case.facts.get("certificate", "")
    issued = LoanCertificate.objects.filter(number=number).first() if number else None
    standing = LoanCertificate.State(issued.standing(situation.today)).label if issued else ""
    loan_case = issued.case_number if issued else ""
    found: dict[str, Any] = {
        "family": _family(case, situation, number, loan_case, for_party=for_party),
        "certificate": _certificate(issued, standing),
    }
    if for_party:
        return Panel(FOR_PEOPLE, found)
    account = account_at(situation)
    return Panel(
        FOR_OFFICES,
        found
        | {
            "obstacles": case.facts.get("obstacles"),
            "is_certificate": True,
            "may_list": _is_of_a_centre(case, situation),
            "is_anothers": _is_anothers(account, situation),
            "account": _account(account, situation.today) if account else None,
        },
    )


def loan_panel(case: Flow, situation: Situation, *, for_party: bool) -> Panel:
    """Ten statements at most."""
    given = answers_of(case, situation.definition)
    number = str(given["certificate_number"]).strip()
    loan = Loan.objects.filter(number=case.facts["loan"]).first() if "loan" in case.facts else None
    found: dict[str, Any] = {
        "family": _family(case, situation, number, case.number, for_party=for_party),
        "loan": _loan(loan),
        "quote": _quote(case.facts.get("quote")),
    }
    if for_party:
        # The sum is the reviewer's until it is decided.
        decided = "approved" in case.facts or not case.is_open
        return Panel(FOR_PEOPLE, found if decided else found | {"quote": None})
    certificate = LoanCertificate.objects.filter(number=number).first()
    account = account_at(situation)
    return Panel(
        FOR_OFFICES,
        found
        | {
            "problems": case.facts.get("certificate", {}).get("problems"),
            "certificate": _certificate(
                certificate,
                LoanCertificate.State(certificate.standing(situation.today)).label
                if certificate
                else "",
            ),
            "account": _account(account, situation.today) if account else None,
            "asked": _asked(given, case.facts),
            "may_list": _is_of_a_centre(case, situation),
            "is_anothers": _is_anothers(account, situation),
            "unmarked": loan is not None and unmarked().filter(loan=loan).exists(),
        },
    )


def mark_panel(case: Flow, situation: Situation, *, for_party: bool) -> Panel:
    """Eight statements at most."""
    loan = Loan.objects.filter(number=case.data.get("loan_number")).first()
    loan_case = loan.case_number if loan else ""
    found = {
        "family": _family(case, situation, "", loan_case, for_party=for_party),
        "loan": _loan(loan),
        "task": TASKS.get(str(case.data.get("task")), ""),
    }
    if for_party:
        return Panel(FOR_PEOPLE, found)
    account = (
        Account.objects.select_related("centre")
        .filter(number=case.data.get("account_number"), centre_id=case.office_of("deposit"))
        .first()
    )
    return Panel(
        FOR_OFFICES,
        found
        | {
            "account": _account(account, situation.today) if account else None,
            "may_list": _is_of_a_centre(case, situation),
        },
    )


def _is_anothers(account: Account | None, situation: Situation) -> bool:
    """Nobody of the case bears the number that the account goes by: the clerk is told. No statement."""
    if account is None:
        return False
    numbers = {index_of(party.id_number) for party in situation.parties if party.id_number}
    return account.id_number_index not in numbers


def _is_of_a_centre(case: Flow, situation: Situation) -> bool:
    """An office that only countersigns has no list of loans."""
    centres = {case.office_of("deposit"), case.office_of("loan")}
    offices = situation.actor.desks | situation.actor.heads
    return bool(centres & offices or situation.actor.supervises)


def _family(
    case: Flow, situation: Situation, certificate: str, loan_case: str, *, for_party: bool
) -> list[Kin]:
    """Certificate, application and what follows it, in the order of their opening. One statement."""
    # A certificate is numbered after the case that issued it.
    numbers = {certificate.rsplit("-", 1)[0], loan_case, case.number} - {""}
    beside = Q(parent__number__in=numbers, relation="follows")
    parent = Q(pk=case.parent_id) if case.parent_id else Q()
    found = Q(number__in=numbers) | beside | parent
    rows = Case.objects.select_related("matter").filter(found)
    kin = [each for each in rows.order_by("id") if each.flow in FAMILY]
    offices = situation.actor.desks | situation.actor.heads
    office_cards(i for each in kin for i in each.office_ids)
    return [
        Kin(
            number=each.number,
            what=TASKS.get(str(each.data.get("task")), each.matter.name),
            office=office_name(each.office_of(each.OWNER_SEAT)),  # type: ignore[attr-defined]
            state=each.state_label(definition_of(each.version_id)),  # type: ignore[attr-defined]
            is_here=each.pk == case.pk,
            may_open=for_party or bool(offices & set(each.office_ids)),
        )
        for each in kin
    ]


FAMILY = ("loan_certificate", "cross_city_loan", "loan_mark", "loan_collection")


def _certificate(issued: LoanCertificate | None, standing: str) -> Rows:
    if issued is None:
        return []
    rows = [("证明编号", issued.number), ("状态", standing)]
    rows.append(("有效期至", _day(issued.last_day)))
    if issued.revoked_because:
        rows.append(("撤销原因", issued.revoked_because))
    return rows


def _account(account: Account, on: dt.date) -> Rows:
    """What the deposit city's register says. Three statements."""
    deposits = depositor_of(account, on=on)
    marks = Mark.objects.filter(account=account, lifted_at=None).values_list("loan_key", flat=True)
    return [
        ("个人账号", account.number),
        *([("数据来源", "缴存地登记，账册不在本站")] if account.is_entered else []),
        ("账户状态", account.get_status_display()),
        ("余额", yuan(account.balance)),
        ("连续缴存", f"{deposits['in_a_row']} 个月"),
        ("已用公积金贷款", f"{account.loans_used} 次"),
        ("异地贷款标记", "、".join(marks) or "无"),
    ]


def _loan(loan: Loan | None) -> Rows:
    if loan is None:
        return []
    return [
        ("借款合同", loan.number),
        ("金额", yuan(loan.amount)),
        ("年利率", f"{loan.rate.normalize():f}%"),
        ("期限", f"{loan.months} 个月，{loan.get_plan_display()}"),
        ("放款日期", _day(loan.released_on)),
        ("状态", loan.get_state_display()),
        *([("结清日期", _day(loan.settled_on))] if loan.settled_on else []),
    ]


def _asked(given: Mapping[str, Any], facts: Mapping[str, Any]) -> Rows:
    rows = [("申请金额", yuan(given["amount"])), ("房价", yuan(given["price"]))]
    if "valuation" in facts:
        rows.append(("评估价", yuan(Decimal(facts["valuation"]["value"]))))
    if "approved" in facts:
        rows.append(("批准金额", yuan(Decimal(facts["approved"]))))
    return rows


def _quote(quote: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The kept sum, with its amounts as amounts."""
    if quote is None:
        return None
    if not quote["ok"]:
        return {"problem": quote["problem"]["sentence"], "household": quote.get("household", [])}
    return {
        "amount": yuan(Decimal(quote["amount"])),
        "limits": [
            {
                "label": each["label"],
                "amount": yuan(Decimal(each["amount"])),
                "text": each["text"],
                "binds": each["name"] == quote["binding"],
            }
            for each in quote["limits"]
        ],
        "household": [
            {**each, "balance": yuan(Decimal(each["balance"]))} for each in quote["household"]
        ],
        "explanation": quote["explanation"],
        "rules": [
            {
                **rule,
                "name": rule_book().words.name_of(rule["key"]),
                "shown": "" if isinstance(rule["value"], dict | list) else rule["value"],
            }
            for rule in quote["rules"]
        ],
        "missing": quote["missing"],
        "doubts": [
            {**each, "amount": yuan(Decimal(each["amount"])) if each["amount"] else ""}
            for each in quote["doubts"]
        ],
    }


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
