"""Whose account a played transfer moves, and what the two centres make of it."""

from __future__ import annotations

from random import Random
from typing import Any

from matters.catalogue.pinned import definition_of
from matters.housing_fund.models import Account
from tongban.accounts.actors import SYSTEM
from tongban.accounts.demonstration.places import CITIES, home_county
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index
from tongban.offices.codes import pool_of
from workflows.cases.act import Situation
from workflows.cases.forms import StepForm

from .. import models as flows
from ..fund_register_forms import AcceptForm, ConfirmForm
from .acts import Move, money_arrival, money_sent, reason

# Where somebody works: the other centres' part of a case would lie there for ever.
STAFFED = ("500000", *(city.code for city in CITIES))
MOST_PEOPLE = 3
NORMAL, SEALED = Account.Status.NORMAL, Account.Status.SEALED


def fund_answers(flow: str, person: User, luck: Random) -> dict[str, Any]:
    """An account left behind and the one in use elsewhere: the person's own, else somebody's.

    For an employer, some of one city who left theirs in one other. {} for any other flow, and where no
    register has such. Two statements.
    """
    if flow not in (flows.FundTransfer.CODE, flows.FundTransferGroup.CODE):
        return {}
    pairs = _pairs()
    if not pairs:
        return {}
    index = blind_index(person.id_number or "", "id_number")
    own = [pair for pair in pairs if pair[0].id_number_index == index]
    old, new = luck.choice(own or pairs)
    places = {"receiving_region": _county(new), "sending_region": _county(old)}
    if flow == flows.FundTransferGroup.CODE:
        same = (old.centre_id, new.centre_id)
        found = [each for each in pairs if (each[0].centre_id, each[1].centre_id) == same]
        some = luck.sample(found, min(MOST_PEOPLE, len(found)))
        rows = [_employee(account, luck) for _, account in some]
        return places | {
            "employees": rows,
            "enterprise_name": new.employer,
            "uscc": new.employer_code,
        }
    return places | {
        "id_number": old.id_number or "",
        "receiving_account": new.number,
        "sending_account": old.number,
    }


def _pairs() -> list[tuple[Account, Account]]:
    """Accounts left behind with the same person's in use, both at centres where somebody works."""
    rows = Account.objects.filter(is_demonstration=True, centre__region__in=STAFFED)
    rows = rows.select_related("centre")
    in_use = {row.id_number_index: row for row in rows.filter(status=NORMAL)}
    left = rows.filter(status=SEALED).order_by("number")
    return [(row, in_use[row.id_number_index]) for row in left if row.id_number_index in in_use]


def _employee(account: Account, luck: Random) -> dict[str, str]:
    return {
        "name": account.name,
        "id_number": account.id_number or "",
        "phone": f"164{luck.randrange(10**8):08d}",
        "account": account.number,
    }


def _county(account: Account) -> str:
    return home_county(pool_of(account.centre.region_id))


def _has_no_obstacle(form: type[StepForm], case: Any) -> bool:
    """As the clerk sees it who opens the form."""
    situation = Situation(case, SYSTEM, (), definition_of(case.version_id), case.entered_at)
    return form({"checked": "on", "released": "on"}, situation=situation).is_valid()


def _is_ready(case: Any) -> bool:
    return _has_no_obstacle(AcceptForm, case)


def _may_go(case: Any) -> bool:
    return _has_no_obstacle(ConfirmForm, case)


def _objection(case: Any, luck: Random) -> dict[str, Any]:
    """What the register says, where it says anything."""
    situation = Situation(case, SYSTEM, (), definition_of(case.version_id), case.entered_at)
    found = ConfirmForm(situation=situation)
    code = found.leave.code if found.leave is not None else ""
    return {
        "code": code or luck.choice(["not_sealed", "identity", "other"]),
        "reason": "请先在转出地办理相关手续，再申请转移。",
    }


def _sheet(_case: Any, luck: Random) -> dict[str, Any]:
    """The register's figures go before the first and the last two."""
    return {
        "principal": f"{luck.randrange(800, 90000)}.{luck.randrange(100):02d}",
        "interest": f"{luck.randrange(0, 900)}.{luck.randrange(100):02d}",
        "months": luck.randrange(6, 160),
        "loan_uses": luck.choice([0, 0, 0, 1]),
    }


STATES: dict[str, tuple[Move, ...]] = {
    "accepting": (
        Move("accept", 95, lambda _c, _l: {"checked": "on"}, _is_ready),
        Move("refuse", 5, reason("转入地账户尚未正常缴存满规定月数。")),
    ),
    "checking": (
        Move("confirm", 95, lambda _c, _l: {"released": "on"}, _may_go),
        Move("object_to_transfer", 5, _objection),
    ),
    "objected": (
        Move("send_letter_again", 55, reason("职工已办理，请再次核查。")),
        Move("disapprove", 45, reason("转出地账户不能转出。")),
    ),
    "frozen": (Move("send_sheet", 1, _sheet),),
    "info_sent": (Move("send_money", 1, money_sent),),
    "money_sent": (
        Move("money_arrives", 96, money_arrival),
        Move("bank_refuses", 4, reason("收款账户户名不符，银行退票。")),
    ),
    "money_returned": (Move("send_money", 1, money_sent),),
    "mismatched": (
        Move("match_by_hand", 60, reason("经电话核实，确系该职工资金。")),
        Move("ask_sender", 25, reason("附言与联系函不符，请核实是否此笔。")),
        Move("return_money", 15, reason("无法确认，退回转出地。")),
    ),
    "investigating": (Move("explain", 1, reason("附言录入有误，确系本联系函资金。")),),
    "booked": (Move("conclude", 1),),
}
FUND = {(flows.FundTransfer.CODE, state): moves for state, moves in STATES.items()}
