"""The ways of a fund transfer whose two accounts are in the books, and what each step costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from matters.housing_fund.models import DepositMonth
from tests.flows.taken import Taken, reason
from tests.housing_fund.conftest import opened
from tests.world import ZHOU_ID, World
from tongban.accounts.actors import actor_of
from tongban.accounts.models import Posting, User
from workflows.cases.models import Case
from workflows.cases.perform import perform

SHEET = {"interest": "34.56"}
SENT = {"amount": "12034.56", "voucher": "LS0001"}


def two_accounts(world: World) -> dict[str, Any]:
    """周德福 deposits in 重庆 now; what he has in 达州 is sealed."""
    who = {"name": "周德福", "id_number": ZHOU_ID}
    new = opened(world.office("500000", "housing_fund"), **who)
    old = opened(world.office("511700", "housing_fund"), "12000.00", status="sealed", **who)
    DepositMonth.objects.create(
        account=old, month=dt.date(2025, 12, 1), deposited=Decimal(1000), deposited_at=old.centre
    )
    return {"receiving_account": new.number}


def an_employer(world: World) -> dict[str, Any]:
    """Whose one man on the list is 周德福."""
    world.matter("住房公积金异地转移接续")
    row = {"name": "周德福", "id_number": ZHOU_ID, "phone": "13800000000"}
    return {"employees": [{**row, "account": two_accounts(world)["receiving_account"]}]}


def all_refused(case: Case) -> Mapping[str, Any]:
    who, _ = User.objects.get_or_create(username="fund-clerk", name="王收", kind="staff")
    for child in Case.objects.filter(parent_id=case.pk):
        Posting.objects.create(
            user=who, office_id=child.office_of("receiving") or 0, role="clerk",
            valid_from=dt.date(2020, 1, 1),
        )  # fmt: skip
        actor, data = actor_of(who.pk), {"reason": "缴存不正常"}
        perform(child.pk, "refuse", actor=actor, data=data, token=child.seq, at=child.opened_at)
    return {}


def money(case: Case) -> Mapping[str, Any]:
    keys = {"letter_number": case.facts["letter"], "id_number": ZHOU_ID}
    return {**keys, "amount": "12034.56", "voucher": "DZ0001"}


def wrong_money(case: Case) -> Mapping[str, Any]:
    return {**money(case), "amount": "1.00"}


def too_much(case: Case) -> Mapping[str, Any]:
    return {**money(case), "amount": "12044.56"}


def another_letter(case: Case) -> Mapping[str, Any]:
    return {**money(case), "letter_number": "LXH-0"}


ACCEPT = Taken("accept", "receiving", 4, {"checked": "on"})
CONFIRM = Taken("confirm", "sending", 7, {"released": "on"})
OBJECTION = {"code": "not_sealed", "reason": "请封存"}
WAYS: tuple[tuple[Taken, ...], ...] = (
    (
        ACCEPT,
        Taken("object_to_transfer", "sending", 0, OBJECTION),
        reason("send_letter_again", "receiving"),
        CONFIRM,
        Taken("object_to_transfer", "sending", 2, OBJECTION),
        reason("send_letter_again", "receiving"),
        CONFIRM,
        Taken("send_sheet", "sending", 4, SHEET),
        Taken("send_money", "sending", 11, SENT),
        reason("bank_refuses", "sending", 6),
        Taken("send_money", "sending", 7, SENT),
        Taken("money_arrives", "receiving", 5, wrong_money),
        reason("return_money", "receiving", 6),
        Taken("send_money", "sending", 7, SENT),
        Taken("money_arrives", "receiving", 5, another_letter),
        reason("ask_sender", "receiving"),
        reason("explain", "sending"),
        reason("match_by_hand", "receiving", 10),
        Taken("correct_booking", "receiving", 7, {"difference": "1.00", "reason": "少结息"}),
        Taken("correct_booking", "receiving", 7, {"difference": "-1.00", "reason": "多结息"}),
        reason("reverse_booking", "receiving", 11),
        Taken("send_money", "sending", 7, SENT),
        Taken("money_arrives", "receiving", 10, money),
        Taken("conclude", "receiving", 1),
    ),
    (
        ACCEPT,
        CONFIRM,
        Taken("send_sheet", "sending", 4, SHEET),
        Taken("send_money", "sending", 11, SENT),
        Taken("money_arrives", "receiving", 5, too_much),
        reason("match_by_hand", "receiving", 10),
        Taken("return_surplus", "receiving", 6, {"voucher": "TH0001"}),
        Taken("conclude", "receiving", 1),
        Taken("correct_booking", "receiving", 8, {"difference": "1.00", "reason": "少结息"}),
        Taken("correct_booking", "receiving", 8, {"difference": "-1.00", "reason": "多结息"}),
        reason("reverse_told_booking", "head of receiving", 14),
    ),
    (
        ACCEPT,
        Taken("object_to_transfer", "sending", 0, OBJECTION),
        reason("disapprove", "receiving", 1),
    ),
    (reason("refuse", "receiving", 3),),
    (reason("withdraw", "applicant"),),
    (ACCEPT, CONFIRM, reason("withdraw", "applicant", 2)),
)
GROUP_WAYS: tuple[tuple[Taken, ...], ...] = (
    (reason("withdraw", "applicant", 6),),
    (Taken("child_closed", "system", 2, all_refused),),
)
